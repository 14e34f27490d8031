"""Renders the pictures of the window: `python -m tests.gui.screens FOLDER [STATE ...]`."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication

from relconsole_ui.design import theme
from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import ThemeName
from tests.gui.screens.states import STATES, State

COLOURS = 144
THEMES = (ThemeName.DARK, ThemeName.LIGHT)


def picture_of(state: State, look: Look) -> QImage:
    """Give the picture of a state in a look."""
    console = state.make(look)
    try:
        console.show(*state.size)
        shown: QPixmap = console.window.grab()
        return shown.toImage().convertToFormat(QImage.Format.Format_RGB32)
    finally:
        console.close()


def main(words: list[str]) -> int:
    """Write the pictures into a folder, and tell how large each is."""
    folder = Path(words[0])
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication(["relconsole"])
    with tempfile.TemporaryDirectory() as cache:
        for name in words[1:] or STATES:
            for theme_name in THEMES:
                look = Look(theme_name, reduced_motion=True)
                theme.apply(app, look, Path(cache))
                before = time.monotonic()
                path = folder / f"{name}-{theme_name.value}.png"
                save(picture_of(STATES[name], look), path)
                size = path.stat().st_size / 1024
                print(f"{path.name}: {size:.0f} kB, {time.monotonic() - before:.1f} s", flush=True)
    return 0


def save(picture: QImage, path: Path) -> None:
    """Write a picture as a small PNG: of few colours, which nobody tells from all of them."""
    pixels = pixels_of(picture)
    every, place, count = np.unique(
        pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    spread = every.max(axis=1).astype(float) - every.min(axis=1)
    telling = np.argsort(-count * (1 + spread / 8))[:COLOURS]
    kept = every[telling]
    far = every.astype(int)[:, None, :] - kept.astype(int)[None, :, :]
    nearest = (far**2).sum(axis=2).argmin(axis=1).astype(np.uint8)
    few = Image.fromarray(nearest[place.reshape(pixels.shape[:2])], "P")
    few.putpalette(kept.tobytes())
    few.save(path, "PNG", optimize=True)


def pixels_of(picture: QImage) -> NDArray[np.uint8]:
    """Give height by width by red, green and blue."""
    bits = picture.convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(bits.constBits(), np.uint8).reshape(bits.height(), bits.bytesPerLine())
    return lines[:, : bits.width() * 3].reshape(bits.height(), bits.width(), 3).copy()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
