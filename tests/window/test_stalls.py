"""P12: the window stays quick through a night of 200 services, ten minutes' events in two.

The watchdog of the window itself looks at its thread; what it found is printed with its place. The
night is real: a store on disk, the engine, a plugin in its process, 200 jobs, keys and a reader.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from relconsole.domain.kernel.durations import plain
from relconsole.domain.plan.runbook import Runbook
from relconsole.ports.journal import JournalKind
from relconsole_ui.shell.watchdog import VARIABLE
from tests.promises.kills_plan import CI, MARA, Plan, deploy_step
from tests.window.killed_night import PROGRAM, ROOT
from tests.window.killed_plan import HALF_AN_HOUR, begin
from tests.window.program import program
from tests.window.record import NightRecord
from tests.window.screen import Screen
from tests.window.stalls import Stall, beats, longest, of_the_product, stalls_of

SERVICES: Final = 200
CHAINS: Final = 10
JOB_SECONDS: Final = 3.0
BOUND: Final = 240.0
BETWEEN: Final = 2.0
KEYS: Final = ("t", "F6", "ctrl+k", "Escape", "ctrl+l", "t", "ctrl+l", "Down", "ctrl+2", "ctrl+1")
"""What a person presses meanwhile, one after the other: table, panes, palette, log, pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyPlan(Plan):
    """Chains of jobs and nothing else."""

    @property
    def runbook(self) -> Runbook:
        """Give the jobs, a stream for each chain."""
        steps = tuple(
            replace(
                deploy_step(*each),
                duration=plain(HALF_AN_HOUR),
                owner=MARA,
                stream=f"Stream {at % CHAINS + 1}",
            )
            for at, each in enumerate(self.deploys)
        )
        return Runbook(steps=steps)


PLAN: Final = BusyPlan(
    name="busy",
    deploys=tuple(
        (f"s{at}", f"service-{at}", CI, (f"s{at - CHAINS}",) if at >= CHAINS else ())
        for at in range(SERVICES)
    ),
    gate_after=(),
    is_observed=False,
)


def test_that_p12_two_hundred_services_never_keep_the_window_from_answering(
    large: Screen, pictures: Path, tmp_path: Path
) -> None:
    folder, watched = tmp_path / "night", tmp_path / "watched.jsonl"
    begin(folder, PLAN, JOB_SECONDS)
    record = NightRecord(folder / "store", JournalKind.LIVE)
    more = {"PYTHONPATH": str(ROOT), VARIABLE: str(watched)}
    words = [sys.executable, PROGRAM, str(folder)]
    launched = time.monotonic()
    with program(large, folder / "home", words, more=more) as window:
        window.await_window(BOUND)
        window.await_words("Open the night", BOUND)
        ready = time.monotonic() - launched
        window.keys.press("ctrl+Return")
        record.await_fact("run_taken_up", BOUND)
        began = time.monotonic()
        at = 0
        while not record.facts("run_ended") and time.monotonic() - began < BOUND:
            window.keys.press(KEYS[at % len(KEYS)])
            at += 1
            time.sleep(BETWEEN)
        seconds = time.monotonic() - began
        large.picture().save(pictures / "two-hundred-services.png")
        window.keys.press("ctrl+q")
        window.process.wait(30.0)
    ended = record.facts("run_ended")
    assert [fact.body["outcome"] for fact in ended] == ["finished"]
    found = stalls_of(watched, ready)
    facts = len(record.facts())
    print(f"P12: {facts} facts in {seconds:.0f} s, {beats(watched)} beats, {at} keys")
    print(f"P12: the longest {1000 * longest(watched):.0f} ms, {len(found)} stalls past the start")
    print("\n".join(map(str, found)))
    counts = of_the_product(found)
    assert counts == [], "\n".join(map(str, counts))


def _stall(place: str, cpu: float = 0.06) -> Stall:
    stack = (
        f"{ROOT}/tests/window/killed_program.py:18 main",
        f"{ROOT}/ui/relconsole_ui/main.py:66 run",
    )
    inner = (f"{ROOT}/ui/relconsole_ui/presenters/running.py:57 {place}",) if place else ()
    return Stall(kind="computes", at=20.0, cpu=cpu, wall=cpu, stack=(*stack, *inner))


def test_that_what_is_slow_in_itself_counts_and_a_moment_of_the_machine_does_not() -> None:
    once = [_stall("standings"), _stall("present_timeline"), *(_stall("") for _ in range(6))]
    assert of_the_product(once) == []
    assert len(of_the_product([*once, _stall("standings")])) == 2
    assert len(of_the_product([*once, _stall("")])) == 7
    assert len(of_the_product([*once, _stall("paint", 0.2)])) == 1
