"""The net under the tests of the window catches what Qt would let fall."""

import subprocess
import sys
from pathlib import Path

import pytest

CASES = {
    "a message of Qt": "from PySide6.QtCore import qWarning\n\ndef test_it(qapp): qWarning('oh')",
    "an exception in a slot": (
        "from PySide6.QtCore import QTimer\n\n"
        "def fail(): raise ValueError('oh')\n\n"
        "def test_it(qapp, bot):\n    QTimer.singleShot(0, fail)\n    bot.settle()"
    ),
    "a widget that was left": (
        "from PySide6.QtWidgets import QWidget\nKEPT = []\n\n"
        "def test_it(qapp): KEPT.append(QWidget())"
    ),
    "a timer that was left": (
        "from PySide6.QtCore import QTimer\nKEPT = []\n\n"
        "def test_it(qapp):\n    KEPT.append(QTimer())\n    KEPT[0].start(1000)"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_that_a_test_fails_for(case: str, project_root: Path, tmp_path: Path) -> None:
    file = tmp_path / "test_case.py"
    file.write_text(CASES[case], encoding="utf-8")
    net = ["-p", "tests.gui.conftest", "-p", "no:cacheprovider", "-c", "pyproject.toml"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *net, str(file)],
        cwd=project_root,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1, done.stdout
    assert "1 passed, 1 error" in done.stdout
