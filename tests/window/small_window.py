"""A small program with a window, by which the harness shows that it sees, presses and hears.

It prints every key that reaches it. Words on its command line make it misbehave.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import suppress
from types import FrameType

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

ELSEWHERE = ("192.0.2.1", 53)
"""An address that is nobody's; connecting a datagram socket to it sends nothing."""


class KeyPrinter(QObject):
    """Prints what is pressed and released, with how often it was repeated."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Print a key and let it pass."""
        if isinstance(event, QKeyEvent) and watched is QApplication.focusWidget():
            kind = {QEvent.Type.KeyPress: "press", QEvent.Type.KeyRelease: "release"}.get(
                event.type()
            )
            if kind and not event.isAutoRepeat():
                print(kind, QKeySequence(event.keyCombination()).toString(), flush=True)
        return False


def make_window() -> QMainWindow:
    """Give the window: a heading, a field and a button."""
    window = QMainWindow()
    window.setWindowTitle("A small window")
    content = QWidget()
    layout = QVBoxLayout(content)
    heading = QLabel("Nothing was pressed")
    heading.setAccessibleDescription("What was done last")
    field = QLineEdit()
    field.setAccessibleName("Name of the release")
    button = QPushButton("Arm the rollback")
    nameless = QLineEdit()
    for widget in (heading, field, button, nameless):
        layout.addWidget(widget)
    window.setCentralWidget(content)
    window.setStyleSheet("QMainWindow { background: #0c1014 } QLabel { background: #d02020 }")
    heading.setFixedHeight(200)

    def announce(words: str) -> None:
        heading.setText(words)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(heading, words))

    def name(words: str) -> None:
        heading.setText(f"The release is {words}")

    field.textChanged.connect(name)
    button.clicked.connect(lambda: announce("The rollback is armed"))
    palette = QShortcut(QKeySequence("Ctrl+K"), window)
    palette.activated.connect(lambda: announce("The palette is open"))
    return window


def misbehave(how: list[str]) -> None:
    """Do what the guards have to notice."""
    if "call-out" in how:
        with suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as calling:
            calling.connect(ELSEWHERE)
            print("the call went out", flush=True)
    if "leave-a-child" in how:
        subprocess.Popen(["sleep", "300"], start_new_session=True)


def main() -> int:
    """Show the window until it is closed, or the process is asked to end."""
    application = QApplication(sys.argv)
    printer = KeyPrinter()
    application.installEventFilter(printer)
    window = make_window()
    window.show()
    misbehave(sys.argv[1:])

    def end(_number: int, _frame: FrameType | None) -> None:
        application.quit()

    signal.signal(signal.SIGTERM, end)
    # The interpreter sees a signal only when it runs.
    waking = QTimer(interval=100)
    waking.timeout.connect(lambda: None)
    waking.start()
    window.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
