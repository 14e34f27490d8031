"""Renders the pictures of the window: `python -m tests.gui.screens FOLDER [STATE ...]`."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from relconsole_ui.design import theme
from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import ThemeName
from tests.gui.screens.pictures import picture_of, save
from tests.gui.screens.states import STATES

THEMES = (ThemeName.DARK, ThemeName.LIGHT)


def main(words: list[str]) -> int:
    """Write the pictures into a folder, and tell how large each is."""
    folder = Path(words[0])
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication(list(theme.WORDS))
    with tempfile.TemporaryDirectory() as cache:
        look = Look(reduced_motion=True)
        theme.follow(app, look, Path(cache))
        for name in words[1:] or STATES:
            before = time.monotonic()
            look.change(theme=THEMES[0])
            console = STATES[name].make(look)
            for theme_name in THEMES:
                look.change(theme=theme_name)
                console.show(*STATES[name].size)
                path = folder / f"{name}-{theme_name.value}.png"
                save(picture_of(console), path)
                size, took = path.stat().st_size / 1024, time.monotonic() - before
                print(f"{path.name}: {size:.0f} kB, {took:.1f} s", flush=True)
            console.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
