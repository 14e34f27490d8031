"""Taking a picture of a state, keeping it small, and telling two pictures apart."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QImage, QPixmap

from tests.gui.screens.console import ConsoleOnStage

KEPT: Final = Path(__file__).resolve().parents[3] / "docs" / "screens"
COLOURS: Final = 144
APART: Final = 40
"""By so much, of 255, a colour of a kept picture may be off: it has few colours."""

Pixels = NDArray[np.uint8]


def picture_of(console: ConsoleOnStage) -> Pixels:
    """Give what the window shows now: height by width by red, green and blue."""
    shown: QPixmap = console.window.grab()
    bits = shown.toImage().convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(bits.constBits(), np.uint8).reshape(bits.height(), bits.bytesPerLine())
    return lines[:, : bits.width() * 3].reshape(bits.height(), bits.width(), 3).copy()


def save(pixels: Pixels, path: Path) -> None:
    """Write a picture as a small PNG: of few colours, which nobody tells from all of them."""
    parts = pixels.reshape(-1, 3).astype(np.uint32)
    numbers = (parts[:, 0] << 16) | (parts[:, 1] << 8) | parts[:, 2]
    found, place, count = np.unique(numbers, return_inverse=True, return_counts=True)
    every = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1).astype(np.uint8)
    spread = every.max(axis=1).astype(float) - every.min(axis=1)
    telling = np.argsort(-count * (1 + spread / 8), kind="stable")[:COLOURS]
    kept = every[telling]
    far = every.astype(int)[:, None, :] - kept.astype(int)[None, :, :]
    nearest = (far**2).sum(axis=2).argmin(axis=1).astype(np.uint8)
    few = Image.fromarray(nearest[place.reshape(pixels.shape[:2])], "P")
    few.putpalette(kept.tobytes())
    path.parent.mkdir(parents=True, exist_ok=True)
    few.save(path, "PNG", optimize=True)


def load(path: Path) -> Pixels:
    """Read a kept picture."""
    return np.asarray(Image.open(path).convert("RGB"), dtype=np.uint8)


def difference(one: Pixels, other: Pixels) -> float:
    """Give the share of pixels, 0 to 1, that a person would tell apart; 1 for other sizes."""
    if one.shape != other.shape:
        return 1.0
    far = np.abs(one.astype(np.int16) - other.astype(np.int16)).max(axis=2)
    return float((far > APART).mean())
