"""P17: what hangs on Qt's application and its windows is counted."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

SCRIPT: Final = """
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from tests.helpers.leaks_of_a_window import count_qt_objects
application = QApplication([])
before = count_qt_objects()
window = QWidget()
labels = [QLabel(window) for _ in range(5)]
assert count_qt_objects() == before + 6, (before, count_qt_objects())
child = QObject(application)
assert count_qt_objects() == before + 7
del labels, window
assert count_qt_objects() == before + 1
"""


def test_that_objects_of_windows_and_of_the_application_are_counted() -> None:
    words = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(words, check=False, timeout=60, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
