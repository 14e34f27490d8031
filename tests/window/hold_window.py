"""A window with the button that has to be held, which prints `held` and `cancelled`."""

from __future__ import annotations

import sys
import time

from PySide6.QtWidgets import QApplication

from relconsole_ui.design.look import Look
from relconsole_ui.views.parts.hold_button import HoldButton


def main() -> int:
    """Show it until the process is ended."""
    application = QApplication(sys.argv)
    button = HoldButton(Look(), "Roll back", time.monotonic)

    def say_held() -> None:
        print("held", flush=True)

    def say_cancelled() -> None:
        print("cancelled", flush=True)

    button.held.connect(say_held)
    button.cancelled.connect(say_cancelled)
    button.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
