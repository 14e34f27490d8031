"""What is typed at a terminal: passphrases and secrets, unseen and never an argument."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.helpers.cli import Workstation

PROGRAM = """
import fcntl, json, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from relconsole.cli import main
from tests.helpers.fakes.credentials import FakeCredentials
keyring = FakeCredentials()
status = 0
for words in json.loads(sys.argv[1]):
    status = main(words, credentials=keyring)
print("ENDED", status, sorted(keyring.secrets), "THE END", flush=True)
"""
SECONDS = 30.0


def typed(commands: Sequence[Sequence[str | Path]], answers: Sequence[tuple[str, str]]) -> str:
    """Run commands at a terminal of their own, answer each prompt, and give all that was shown."""
    ours, theirs = pty.openpty()
    words = json.dumps([[str(word) for word in command] for command in commands])
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        shown = b""
        for prompt, answer in answers:
            shown += _read_until(ours, prompt.encode())
            os.write(ours, answer.encode() + b"\n")
        return (shown + _read_until(ours, b"THE END")).decode()
    finally:
        child.kill()
        child.wait(SECONDS)
        os.close(ours)


def _read_until(terminal: int, mark: bytes) -> bytes:
    """Give what is shown up to a mark; the test fails where it does not come."""
    shown, until = b"", time.monotonic() + SECONDS
    while mark not in shown:
        ready, _, _ = select.select([terminal], [], [], max(0.0, until - time.monotonic()))
        assert ready, f"{mark!r} was not shown: {shown!r}"
        shown += os.read(terminal, 4096)
    return shown


def test_that_a_new_passphrase_is_typed_twice_and_never_shown(tmp_path: Path, plan: Path) -> None:
    store = ("--store", tmp_path / "store")
    make = ("key", "make", "mara", *store)
    shown = typed(
        [("import", plan, *store), make],
        [("New passphrase of mara: ", "rhubarb 9"), ("The same again: ", "rhubarb 9")],
    )
    assert "'person/mara'" in shown
    assert "ENDED 0" in shown
    assert "rhubarb" not in shown


def test_that_a_passphrase_mistyped_once_makes_no_key(tmp_path: Path, plan: Path) -> None:
    store = ("--store", tmp_path / "store")
    shown = typed(
        [("import", plan, *store), ("key", "make", "mara", *store)],
        [("New passphrase of mara: ", "rhubarb 9"), ("The same again: ", "rhubarb 8")],
    )
    assert "The two passphrases differ." in shown
    assert "ENDED 2" in shown
    assert "person/mara" not in shown


def test_that_a_secret_is_typed_unseen(desk: Workstation) -> None:
    shown = typed(
        [("credential", "set", "metrics", "--store", desk.store)],
        [("Secret of metrics: ", "canary-77")],
    )
    assert "system/metrics@http://127.0.0.1:1" in shown
    assert "ENDED 0" in shown
    assert "canary-77" not in shown
