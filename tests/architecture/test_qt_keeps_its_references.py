"""The installed Qt binding keeps the interpreter alive.

One line of it drops a reference to None on most void calls under CPython 3.11; after some thousand
calls the process is aborted. Where None is immortal (3.12 and later) the count never moves.
"""

import subprocess
import sys

CALLS = 5_000
SLACK = 200
"""References that come and go for other reasons, far fewer than the calls."""

PROGRAM = f"""
import sys
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication([])
thing, timer, label = QObject(), QTimer(), QLabel()
before = sys.getrefcount(None)
for number in range({CALLS}):
    thing.setObjectName("a")
    timer.setInterval(number)
    label.setText("b")
    label.update()
print(sys.getrefcount(None) - before)
"""


def test_that_void_calls_of_qt_drop_no_reference_to_none() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert abs(int(done.stdout)) < SLACK
