"""What holds for every test of the window: no display, no word from Qt, and nothing left behind.

The plugin of pytest-qt stays off, since it would import Qt into every worker and has no types; the
fixture `bot` stands in for it. A test fails on a message of Qt, on an exception in a slot or
an override, and on a top-level widget or a running timer that outlives it.
"""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import pytest
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import Shiboken

from relconsole_ui.design import theme
from relconsole_ui.design.look import Look
from tests.gui.bot import Bot

OF_THE_PLATFORM = ("This plugin does not support ",)
"""How messages begin by which the platform without a display excuses itself."""


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application, one for all tests of a process."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(list(theme.WORDS))
    # What was imported need not be walked through after each test.
    gc.collect()
    gc.freeze()
    return app


@pytest.fixture(autouse=True)
def _qt_is_quiet(qapp: QApplication) -> Iterator[list[str]]:
    """No message of Qt, unless a test takes it away from `qt_messages`."""
    said: list[str] = []

    def note(_kind: QtMsgType, _place: QMessageLogContext, text: str) -> None:
        if not text.startswith(OF_THE_PLATFORM):
            said.append(text)

    before = qInstallMessageHandler(note)
    try:
        yield said
    finally:
        qInstallMessageHandler(before)
    if said:
        pytest.fail("messages of Qt:\n" + "\n".join(said), pytrace=False)


@pytest.fixture
def qt_messages(_qt_is_quiet: list[str]) -> list[str]:
    """What Qt has said so far; a test that expects a message clears the list."""
    return _qt_is_quiet


@pytest.fixture(autouse=True)
def _no_exception_is_swallowed(qapp: QApplication) -> Iterator[None]:
    """An exception in a slot or an override is a failure, though Qt goes on."""
    said: list[str] = []

    def note(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        said.extend(traceback.format_exception(kind, error, trace))

    before, sys.excepthook = sys.excepthook, note
    try:
        yield
    finally:
        sys.excepthook = before
    if said:
        pytest.fail("exceptions that Qt went on after:\n" + "".join(said), pytrace=False)


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(qapp: QApplication) -> Iterator[None]:
    """Every top-level widget is gone and every timer stands, once a test is over."""
    known = {id(widget) for widget in QApplication.topLevelWidgets()}
    yield
    _settle()
    if _widgets_but(known) or _running_timers():
        gc.collect()
        _settle()
    widgets = [_called(it) for it in _widgets_but(known)]
    timers = [repr(it.parent()) for it in _running_timers()]
    if widgets or timers:
        pytest.fail(f"left behind: widgets {widgets}, timers of {timers}", pytrace=False)


def _widgets_but(known: set[int]) -> list[QWidget]:
    return [widget for widget in QApplication.topLevelWidgets() if id(widget) not in known]


def _running_timers() -> list[QTimer]:
    timers = [it for it in gc.get_objects() if isinstance(it, QTimer)]
    return [it for it in timers if Shiboken.isValid(it) and it.isActive()]


def _called(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName() or widget.windowTitle()}".strip()


def _settle() -> None:
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def bot(qapp: QApplication) -> Iterator[Bot]:
    """Hands and eyes of a test; what was given to `bot.add` is closed at the end."""
    hands = Bot()
    yield hands
    hands.close_all()
    _settle()


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    """How things look, in the dark theme at 100 per cent; the application is not dressed in it."""
    made = Look()
    yield made
    made.deleteLater()


@pytest.fixture
def dressed(
    qapp: QApplication, look: Look, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Look]:
    """The same, with the application dressed in it; it follows a change of theme."""
    bare = qapp.palette(), qapp.font()
    theme.follow(qapp, look, _cache(tmp_path_factory))
    yield look
    look.changed.disconnect()
    qapp.setStyleSheet("")
    qapp.setPalette(bare[0])
    qapp.setFont(bare[1])


def _cache(factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests of a process, so that indicators are written once."""
    folder = factory.getbasetemp() / "indicators-of-the-theme"
    folder.mkdir(exist_ok=True)
    return folder
