"""P2: what was said to be recorded is on disk, wherever a rollback is stopped or a write fails.

One rollback is stopped at every call by which the console writes: killed there, or told EIO or
ENOSPC. Another console then finishes it. Some rollbacks are the command line's own, started cold,
to see that what is wrong is said in a sentence and by the exit status.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.record.checkpoint import Checkpoint
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.ports.journal import Batch
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.kills_cold import PATIENCE, begin_cold, sign, start, words_of
from tests.promises.kills_judge import judge_between, judge_end
from tests.promises.kills_life import TracedJournal
from tests.promises.kills_plan import COLD, MARA, RELEASE
from tests.promises.kills_program import Parts
from tests.promises.kills_swept import (
    FAULTS,
    OUT_OF_REACH,
    SWEEPS,
    Sweep,
    begin_rollback,
    count_points,
    stop_at,
)
from tests.promises.p01_kills import AcknowledgesFirst

LANES: Final = 3
"""Rollbacks at once: they mostly wait, for their jobs and for strace."""

WHOLE: Final = 100
COLD_CALLS: Final = (3, 60)
Point = tuple[int, str, int]


class SaysRecorded(TracedJournal):
    """A journal that says *recorded* also where the disk refused."""

    async def append(self, batch: Batch) -> Checkpoint:
        try:
            return await super().append(batch)
        except WorldIsDown:
            self._acknowledge(batch)
            raise


MUTANTS: Final[Mapping[str, Parts]] = {
    "says_recorded_where_the_disk_refused": Parts(journal=SaysRecorded),
    "acknowledges_before_the_commit": Parts(journal=AcknowledgesFirst),
}


def sweep(share: int, parts: Parts) -> tuple[int, list[str]]:
    """Stop a rollback at so many of a hundred of its points; how many, and what is broken."""
    with tempfile.TemporaryDirectory(prefix="sweep-", ignore_cleanup_errors=True) as top:
        folder = Path(top)
        begin_rollback(folder / "template")
        points: list[Point] = []
        for number, each in enumerate(SWEEPS):
            calls = count_points(folder / "template", folder / "counted", each)
            chosen = range(1, calls + 1)[:: max(1, WHOLE // share)]
            points += [(number, fault, call) for fault in FAULTS for call in chosen]
            print(f"{len(chosen)} of {calls} calls, each {len(FAULTS)} ways: {each.calls}")
        lanes = [_start_lane(folder, at, points[at::LANES], parts) for at in range(LANES)]
        done, broken = 0, list[str]()
        for at, pid in enumerate(lanes):
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            result = folder / f"lane-{at}.json"
            if status or not result.exists():
                broken.append(f"lane {at} ended with {status}")
                continue
            found = json.loads(result.read_text())
            done += found["done"]
            broken += found["broken"]
        return done, broken


def _start_lane(folder: Path, at: int, points: Sequence[Point], parts: Parts) -> int:
    """Stop rollbacks one after the other in a process of its own."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        broken: list[str] = []
        for number, fault, call in points:
            template, own = folder / "template", folder / f"lane-{at}"
            broken += stop_at(template, own, SWEEPS[number], fault, call, parts)
        result = {"done": len(points), "broken": broken}
        (folder / f"lane-{at}.json").write_text(json.dumps(result))
        status = 0
    except BaseException:  # noqa: BLE001 - the parent sees the status
        traceback.print_exc()
    os._exit(status)


def sweep_cold(count: int) -> tuple[int, list[str]]:
    """Stop the command line's own rollback at some calls; how often, and what is broken."""
    cases = [(fault, call) for call in COLD_CALLS for fault in FAULTS][:count]
    broken: list[str] = []
    if not cases:
        return 0, broken
    with tempfile.TemporaryDirectory(prefix="sweep-", ignore_cleanup_errors=True) as top:
        template, folder = Path(top, "template"), Path(top, "night")
        answer = _arm_cold(template)
        for fault, call in cases:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(template, folder)
            broken += _stop_cold(folder, answer, SWEEPS[0], fault, call)
    return len(cases), broken


def _arm_cold(template: Path) -> str:
    """Make a night whose rollback is armed and signed; gives the answer's path in its folder."""
    begin_cold(template)
    for words in (("night", RELEASE), ("rollback", RELEASE, "--reason=checkout fails")):
        start(words_of(template, *words, person=MARA), template / "said").wait(PATIENCE)
    answer = sign(template)
    (template / "said").unlink()
    return str(answer.relative_to(template))


def _stop_cold(folder: Path, answer: str, each: Sweep, fault: str, call: int) -> list[str]:
    """Stop one rollback of the command line, and let the next one finish it."""
    said = folder / "said"
    words = ("rollback", RELEASE, "--reason=checkout fails", "--answer", str(folder / answer))
    options = each.options(folder, fault, call)
    before = ("strace", "-f", "-b", "execve", "-o", "/dev/null", *options)
    name = f"the command line at {call}, {fault}"
    status = start(words_of(folder, *words, person=MARA, before=before), said).wait(PATIENCE)
    told = said.read_text() if said.exists() else ""
    broken: list[str] = []
    if fault == FAULTS[0]:
        if status not in {-signal.SIGKILL, 128 + signal.SIGKILL}:
            broken.append(f"{name}: it was not killed: {status}")
    elif status != OUT_OF_REACH or "Traceback" in told or "relconsole: " not in told:
        broken.append(f"{name}: it ended with {status}: {told[-800:]}")
    _, lost = judge_between(folder)
    status = start(words_of(folder, *words, person=MARA), said).wait(PATIENCE)
    if status:
        broken.append(f"{name}: the next ended with {status}: {said.read_text()[-800:]}")
    found = judge_end(folder, COLD, RecognisesRepeat.NATIVE)
    return [*broken, *(f"{name}: {each}" for each in (*lost, *found))]


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Sweep as much as was asked for."""
    share = counts["% of all points"]
    done, broken = sweep(share, MUTANTS[mutant] if mutant else Parts())
    cold, more = sweep_cold(counts["cold points"])
    print(f"{done} points, {cold} cold")
    cases = {"% of all points": share, "cold points": cold}
    return Tally(cases=cases, violations=(*broken, *more))


HARNESS: Final = Harness(
    promise="P1 P2 sweep",
    title="every write of one rollback",
    counts={
        "% of all points": Counts(pr=WHOLE, release=WHOLE),
        "cold points": Counts(
            pr=len(COLD_CALLS) * len(FAULTS), release=len(COLD_CALLS) * len(FAULTS)
        ),
    },
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={"% of all points": 10, "cold points": 0},
)
