"""P18: stop means stop, while everything else is broken.

A real night conducts two chains of jobs; something is always about to leave. One thing is broken in
its middle, and somebody types ``stop``. The stop is recorded within a second of being handed over,
and nothing leaves past it: no intent and no sending by the journal, no call by the target's own
record, neither while the fault lasts nor when it is over nor by the next console. Where nobody can
record it, the command says so, and still nothing leaves.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.promises.frame import Counts, Harness, Tally
from tests.promises.stop_case import LEAVING, LOOK_SECONDS, OF_A_MUTANT, PATIENCE, SOUND, Scene
from tests.promises.stop_faults import KEPT, RECORDED, Ends, Trouble
from tests.promises.stop_judge import Seen, judge_end, judge_silence, stop_of, watch
from tests.promises.stop_plan import begin_night
from tests.promises.stop_program import MUTANTS

AT_ONCE: Final = 3
MOMENTS: Final = (2, 6)
"""Jobs that were sent when the fault comes: at the beginning of the night, and in its middle."""

MOST_PLAYED: Final = 5
"""Nights in which a mutant may show itself."""

UNDER_THE_FAULT: Final = 0.8
WITHOUT_IT: Final = 0.7
"""Seconds in which what was held back would leave, under the fault and after it."""

FAULTS, UNWRITABLE = "single faults", "faults under which nobody can record"


@dataclass(slots=True, kw_only=True)
class Played:
    """What came of one stop."""

    name: str
    seconds: float = 0.0
    command: float = 0.0
    wrong: list[str] = field(default_factory=list[str])


def _play(template: Path, folder: Path, trouble: Trouble, number: int, mutant: str) -> Played:
    """Stop one night under one fault and judge it."""
    played = Played(name=trouble.name)
    shutil.copytree(template, folder, symlinks=True)
    scene = Scene(folder=folder, mutant=mutant)
    try:
        seen = _stop_under(scene, trouble, number, played)
        played.wrong += judge_end(scene, seen, trouble.ends)
        if played.wrong and mutant != SOUND:
            return played
        ended = time.monotonic()
        _let_go_on(scene, UNDER_THE_FAULT)
        trouble.end(scene)
        _let_go_on(scene, WITHOUT_IT)
        if trouble.ends is Ends.KEPT:
            played.wrong += _judge_kept(scene)
        played.wrong += judge_silence(scene, seen, ended)
    except (OSError, subprocess.SubprocessError) as failed:
        raise RuntimeError(f"{trouble.name} could not be played") from failed
    finally:
        scene.end()
        shutil.rmtree(folder, ignore_errors=True)
    return played


def _stop_under(scene: Scene, trouble: Trouble, number: int, played: Played) -> Seen:
    """Let a night come to its middle, break something, and stop the line."""
    trouble.prepare(scene)
    trouble.conduct(scene)
    scene.until(
        lambda: scene.journal.exists() and scene.count("effect_sent") >= number,
        f"the night does not come to {number} jobs",
    )
    trouble.begin(scene)
    scene.patience = PATIENCE if scene.mutant == SOUND else OF_A_MUTANT
    seen = watch(scene, trouble.stop(scene))
    played.command, played.seconds = seen.command, seen.seconds
    return seen


def _let_go_on(scene: Scene, seconds: float) -> None:
    """Let so much time pass in which night and systems had a processor, or the night end."""
    if scene.mutant != SOUND:
        scene.comes(lambda: _has_left(scene) or scene.night.poll() is not None)
        return
    begun, before = time.monotonic(), scene.starved()
    while scene.night.poll() is None and time.monotonic() - begun < PATIENCE:
        if time.monotonic() - begun - max(0.0, scene.starved() - before) >= seconds:
            return
        time.sleep(10 * LOOK_SECONDS)


def _has_left(scene: Scene) -> bool:
    """Tell whether something left behind the stop, so that no more is to be learnt of a mutant."""
    stop = stop_of(scene.facts())
    return stop is not None and any(
        fact.seq > stop.seq and fact.kind in LEAVING for fact in scene.facts()
    )


def _judge_kept(scene: Scene) -> Iterator[str]:
    """Give what is broken once somebody can record again: the night, or the next one, does so."""
    is_over = scene.comes(lambda: scene.night.poll() is not None)
    if is_over and scene.night.returncode != 1:
        scene.conduct()
        is_over = scene.comes(lambda: scene.night.poll() is not None)
    if stop_of(scene.facts()) is None:
        yield "a stop that was kept is never recorded"
    elif not is_over or scene.night.returncode != 1:
        yield f"the night that found the stop ended with {scene.night.poll()}"


def _play_all(troubles: Sequence[Trouble], count: int, mutant: str | None) -> list[Played]:
    """Stop so many nights, some at a time."""
    with tempfile.TemporaryDirectory(prefix="stops-", ignore_cleanup_errors=True) as top:
        template = Path(top, "template")
        begin_night(template)

        def play(at: int) -> Played:
            trouble = troubles[at % len(troubles)]
            moment = MOMENTS[at // len(troubles) % len(MOMENTS)]
            return _play(template, Path(top, f"night-{at}"), trouble, moment, mutant or SOUND)

        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            return list(pool.map(play, range(count)))


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Stop as many nights as were asked for; with a mutant those in which it must be seen.

    Whether anything is about to leave when the stop comes is the night's own affair, so a mutant is
    given a few of them.
    """
    if mutant is not None:
        under = [each for each in (*RECORDED, *KEPT) if each.name == MUTANTS[mutant].under]
        for _ in range(MOST_PLAYED):
            (only,) = _play_all(under, 1, mutant)
            if only.wrong:
                return Tally(cases={FAULTS: 1}, violations=tuple(only.wrong))
        return Tally(cases={FAULTS: 1}, violations=())
    done: dict[str, int] = {}
    violations: list[str] = []
    for what, troubles in ((FAULTS, RECORDED), (UNWRITABLE, KEPT)):
        played = _play_all(troubles, counts[what], None)
        done[what] = len(played)
        for each in played:
            print(f"{each.seconds:6.3f} s to the fact, {each.command:5.2f} s in all: {each.name}")
            violations += [f"{each.name}: {says}" for says in each.wrong]
    return Tally(cases=done, violations=tuple(violations))


HARNESS: Final = Harness(
    promise="P18",
    title="stop means stop under single faults",
    counts={
        FAULTS: Counts(pr=len(RECORDED), release=2 * len(RECORDED)),
        UNWRITABLE: Counts(pr=len(KEPT), release=2 * len(KEPT)),
    },
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={FAULTS: 1},
)
