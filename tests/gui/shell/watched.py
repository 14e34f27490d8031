"""A program whose loop is watched and stalls as told: `watched.py FILE IDLE-CORES HOW...`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QTimer

from relconsole_ui.shell.watchdog import Watchdog

BETWEEN: Final = 150
"""Milliseconds between two doings, so that each is a stall of its own."""


def compute() -> None:
    """Use up processor time, three times what may be used."""
    until = time.thread_time() + 0.15
    while time.thread_time() < until:
        pass


def compute_a_little() -> None:
    """Use up half of what may be used."""
    until = time.thread_time() + 0.025
    while time.thread_time() < until:
        pass


def wait() -> None:
    """Wait for something that is none of the window's business."""
    time.sleep(0.3)


def wait_a_little() -> None:
    """Wait for less than may be waited."""
    time.sleep(0.04)


def hang() -> None:
    """Not come back for longer than a person believes it."""
    time.sleep(1.5)


DOINGS: Final[dict[str, Callable[[], None]]] = {
    it.__name__: it for it in (compute, compute_a_little, wait, wait_a_little, hang)
}


def main() -> None:
    """Do each in its turn, then end."""
    path, idle_cores, *how = sys.argv[1:]
    application = QCoreApplication(sys.argv[:1])
    cores = float(idle_cores)
    watchdog = Watchdog(Path(path), lambda: time.monotonic() * cores)
    watchdog.start()

    def do_next() -> None:
        if how:
            DOINGS[how.pop(0)]()
            QTimer.singleShot(BETWEEN, do_next)
        else:
            application.quit()

    # Each waits for the one before it, so that the loop comes round between them.
    QTimer.singleShot(BETWEEN, do_next)
    application.exec()
    watchdog.stop()


if __name__ == "__main__":
    main()
