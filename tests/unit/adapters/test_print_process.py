"""Printing in a program of its own: what it is told, and what is made of its answer."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from relconsole.adapters.print_process import PrintProcess
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.ports.journal import JournalKind
from relconsole.ports.paper import Printed

ECHO = "import json, sys; print(json.dumps({'file': ' '.join(sys.argv[1:]), 'digest': 'abc'}))"
REFUSES = 'print(\'{"error": {"message": "No such release."}}\'); raise SystemExit(2)'
SILENT = "raise SystemExit(1)"
HANGS = "import time; time.sleep(60)"


def printed(program: str, kind: JournalKind = JournalKind.LIVE, seconds: float = 20.0) -> Printed:
    """What a program comes to that prints."""
    process = PrintProcess(
        Path("/store"), kind, program=(sys.executable, "-c", program), seconds=seconds
    )
    return asyncio.run(process.print(ReleaseId("--evil")))


@pytest.mark.parametrize(
    ("kind", "flag"),
    [
        (JournalKind.LIVE, ""),
        (JournalKind.REHEARSAL, "--rehearsal "),
        (JournalKind.DEMO, "--demo "),
    ],
)
def test_that_the_program_is_told_store_journal_and_release_never_as_an_option(
    kind: JournalKind, flag: str
) -> None:
    found = printed(ECHO, kind)
    assert found.path == f"print --store=/store --json {flag}-- --evil"
    assert found.digest == "abc"


def test_that_its_own_words_say_why_there_is_no_print() -> None:
    with pytest.raises(PersonMustAct, match="No such release"):
        printed(REFUSES)
    with pytest.raises(PersonMustAct, match="gave no reason"):
        printed(SILENT)


def test_that_a_print_that_hangs_is_ended_and_one_that_cannot_start_is_told() -> None:
    with pytest.raises(WorldIsDown, match="did not end within"):
        printed(HANGS, seconds=0.2)
    missing = PrintProcess(Path("/store"), JournalKind.LIVE, program=("/no/such/program",))
    with pytest.raises(WorldIsDown, match="did not start"):
        asyncio.run(missing.print(ReleaseId("pay-4")))
