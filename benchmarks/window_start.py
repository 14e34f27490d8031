"""A window, started as a person would start it, that says when it was first painted and usable.

``bare`` is a window of PySide6 with one line of text; ``console`` is ours, over a store or over
none; ``cola`` is git-cola over a repository. One line of JSON is written and the process ends.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from PySide6 import QtWidgets
from PySide6.QtCore import QEvent, QObject, Qt, QTimer

if TYPE_CHECKING:
    from relconsole.ports.credentials import Secret

LOOK_MS: Final = 10
KEYS: Final = "keys.json"
"""What a keyring would keep, beside the store: the names of secrets and what they are."""


class FileKeys:
    """What a keyring would keep, in a file: no desktop's keyring is part of what is measured."""

    place = "a file of the benchmark"
    durable = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: dict[str, str] = json.loads(path.read_bytes()) if path.exists() else {}

    async def get(self, name: str) -> Secret | None:
        """Give a secret."""
        from relconsole.ports.credentials import Secret

        kept = self._kept.get(name)
        return None if kept is None else Secret(kept)

    async def put(self, name: str, secret: Secret) -> None:
        """Keep a secret."""
        self._kept[name] = secret.reveal()
        self._path.write_text(json.dumps(self._kept), encoding="utf-8")

    async def remove(self, name: str) -> None:
        """Forget a secret."""
        self._kept.pop(name, None)

    async def close(self) -> None:
        """Do nothing."""


class Eye(QObject):
    """Sees the first paint of a window, and the first of the page that is waited for."""

    def __init__(self, app: QtWidgets.QApplication, page: str, settle: float) -> None:
        super().__init__(app)
        self._app, self._page, self._settle = app, page, settle
        self._watched: QtWidgets.QWidget | None = None
        self._found: dict[str, float] = {}
        self._gap, self._beat_at = 0.0, time.thread_time()
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.setInterval(LOOK_MS)
        self._beat.timeout.connect(self._note_beat)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep the clocks of the first paint, and of the first of the page."""
        if event.type() is not QEvent.Type.Paint or not isinstance(watched, QtWidgets.QWidget):
            return False
        if not self._found:
            self._app.removeEventFilter(self)
            QTimer.singleShot(0, lambda: self._note("first"))
        elif watched is self._watched:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, lambda: self._note("usable"))
        return False

    def _note(self, what: str) -> None:
        """Keep the clocks once everything that was painted with it is painted."""
        self._found |= {
            f"{what}_wall": time.monotonic() - float(os.environ["BEGAN"]),
            f"{what}_cpu": time.process_time(),
            f"{what}_rss": float(resident()),
        }
        if what == "first":
            self._beat_at = time.thread_time()
            self._beat.start()
        if what == "first" and self._page:
            self._timer.start()
            return
        QTimer.singleShot(round(self._settle * 1_000), self._end)

    def _note_beat(self) -> None:
        """Keep the longest that this thread computed from one beat to the next."""
        now = time.thread_time()
        self._gap, self._beat_at = max(self._gap, now - self._beat_at), now

    def _look(self) -> None:
        """Look whether the page is open, and wait until it is painted."""
        for window in self._app.topLevelWidgets():
            if getattr(window, "page", "") == self._page:
                pages = window.findChild(QtWidgets.QStackedWidget)
                page = None if pages is None else pages.currentWidget()
                if page is None:
                    continue
                self._timer.stop()
                page.installEventFilter(self)
                page.update()
                self._watched = page

    def _end(self) -> None:
        self._found |= {"settled_rss": float(resident()), "gap_cpu": self._gap}
        sys.stdout.write(json.dumps(self._found) + "\n")
        sys.stdout.flush()
        os._exit(0)


def resident() -> int:
    """Give the bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class Watched(QtWidgets.QApplication):
    """The application, with an eye on it."""

    page: ClassVar[str] = ""
    settle: ClassVar[float] = 0.0

    def __init__(self, words: list[str]) -> None:
        super().__init__(words)
        self.eye = Eye(self, self.page, self.settle)


def bare() -> None:
    """Open a window with a line of text."""
    app = QtWidgets.QApplication(["bare"])
    window = QtWidgets.QMainWindow()
    window.setCentralWidget(QtWidgets.QLabel("Opening"))
    window.resize(1_600, 1_000)
    window.show()
    app.exec()


def console() -> None:
    """Open our window as the command does, with the keys of the store at hand."""
    from importlib.metadata import entry_points

    from relconsole.cli import front_end

    words = sys.argv[4:]
    (entry,) = entry_points(group=front_end.GROUP, name=front_end.WINDOW)
    entry.load()(words, FileKeys(Path(words[words.index("--store") + 1]) / KEYS))


def cola() -> None:
    """Open git-cola."""
    sys.argv[1:] = sys.argv[4:]
    runpy.run_module("cola", run_name="__main__")


PROGRAMS: Final[dict[str, Callable[[], None]]] = {"bare": bare, "console": console, "cola": cola}

if __name__ == "__main__":
    Watched.page, Watched.settle = sys.argv[2], float(sys.argv[3])
    # Each program makes its own application, by this name.
    QtWidgets.__dict__["QApplication"] = Watched
    PROGRAMS[sys.argv[1]]()
