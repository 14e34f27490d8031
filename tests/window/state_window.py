"""The window in one of the states that are pictured: `python state_window.py STATE`."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from relconsole_ui.design import theme
from relconsole_ui.design.look import Look
from tests.gui.screens.states import STATES


def main(state: str) -> int:
    """Show it until the process is ended."""
    application = QApplication(sys.argv)
    application.setStyle(theme.STYLE)
    look = Look(reduced_motion=True)
    theme.follow(application, look, Path.cwd())
    console = STATES[state].make(look)
    console.show(*STATES[state].size)
    console.window.activateWindow()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
