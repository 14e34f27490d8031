"""Printing by itself: which facts call for paper, and what is known of the prints."""

from __future__ import annotations

from pathlib import Path

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.kernel.ids import Digest
from relconsole.domain.night.facts import GateDecided
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.runtime.paper_trail import PaperTrail
from tests.unit.domain.console.consoles import Console, open_run, signer, workspace
from tests.unit.domain.night.nights import release
from tests.unit.domain.night.scenes import GATE, MARA, RUN

PRINTS = (
    "import sys, pathlib; page = pathlib.Path(sys.argv[4], 'printed'); "
    "page.open('a').write(' '.join(sys.argv[1:3]) + '\\n')"
)
FAILS = "raise SystemExit(3)"
HANGS = "import time; time.sleep(60)"


def opened(*, rehearsal: bool = False) -> Console:
    """A console whose newest fact opens a run."""
    console = Console()
    console.does(ImportWorkspace(workspace=workspace(release())))
    console.does(open_run(rehearsal=rehearsal), signer(MARA))
    return console


def show_all(trail: PaperTrail, console: Console) -> None:
    """Show a trail every fact of a console."""
    for recorded in console.records:
        trail.see(recorded, console.state)


def pages(folder: Path) -> list[str]:
    """What was printed into a folder."""
    page = folder / "printed"
    return page.read_text(encoding="utf-8").splitlines() if page.exists() else []


def test_that_a_night_is_printed_when_it_opens_and_at_each_gate(tmp_path: Path) -> None:
    console = opened()
    decided = GateDecided(
        run=RUN, step=GATE, decision=StationAnswer.GO, seen=Digest("0" * 64), note=""
    )
    console.record(decided, who=signer(MARA))
    trail = PaperTrail(tmp_path, PRINTS)
    show_all(trail, console)
    assert trail.close() == 0
    assert pages(tmp_path) == ["print pay-4", "print pay-4"]


def test_that_a_rehearsal_uses_no_paper(tmp_path: Path) -> None:
    trail = PaperTrail(tmp_path, PRINTS)
    show_all(trail, opened(rehearsal=True))
    assert trail.close() == 0
    assert pages(tmp_path) == []


def test_that_a_failed_print_is_counted_once() -> None:
    trail = PaperTrail(Path(), FAILS)
    show_all(trail, opened())
    assert (trail.close(), trail.count_failed()) == (1, 0)


def test_that_asking_waits_for_no_print_and_closing_ends_one_that_hangs() -> None:
    trail = PaperTrail(Path(), HANGS, seconds=0.01)
    show_all(trail, opened())
    assert trail.count_failed() == 0
    assert trail.close() == 1
