"""Processes that a test started: which there are, and their end, each by its id."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

MARK: Final = "RELCONSOLE_WINDOW_TEST"
"""The variable by which everything that was started from here is known, however deep it stands."""

_STATE: Final = 0


def end(process: subprocess.Popen[bytes], seconds: float = 10.0) -> bool:
    """Ask a process to end, and after that time kill it; True where it ended by itself."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)
        return False
    return True


def marked(mark: str) -> dict[int, str]:
    """Give the living processes that carry the mark, with their command lines."""
    wanted = f"{MARK}={mark}".encode()
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        # A process may end while it is looked at.
        with contextlib.suppress(OSError):
            if wanted in (entry / "environ").read_bytes().split(b"\0") and _lives(entry):
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(entry.name)] = line.decode(errors="replace").strip()
    return found


def _lives(entry: Path) -> bool:
    after_name = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
    return after_name[_STATE] not in {"Z", "X"}


def left_behind(mark: str, patience: float = 10.0) -> dict[int, str]:
    """Give what still lives after that time, and kill each of them."""
    until = time.monotonic() + patience
    while found := marked(mark):
        if time.monotonic() > until:
            for process in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            break
        time.sleep(0.1)
    return found
