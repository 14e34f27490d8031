"""P17: a long night leaves no trace: memory, files, threads, tasks and objects stay what they were.

The real window lives through a night at sixty times its speed. What it holds is looked at every
other second, and the trend by Theil and Sen must stay within the budget of eight hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.helpers.leaks_of_a_window import Budget, Trace, leaks
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.soak_window import MUTANTS, soak

WARM_UP: Final = 0.25
"""The part of the time after which everything has been opened once."""

MINUTES: Final = "night minutes"
BUDGET: Final = Budget()
GAINED: Final = "none: +"
"""The binding keeps a reference to None for each widget that goes: it costs nothing, while one that
is lost counts.
"""


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Let the window live for as many minutes of its night: as many seconds of ours."""
    seconds = float(counts[MINUTES])
    traces, failures = soak(seconds, mutant)
    found = [
        says
        for says in leaks(traces, BUDGET, warm_up=seconds * WARM_UP)
        if not says.startswith(GAINED)
    ]
    first, last = _after_warm_up(traces, seconds)[0], traces[-1]
    print(
        f"{seconds:.0f} s; memory {first.memory >> 20} to {last.memory >> 20} MB,"
        f" files {first.files} to {last.files}, threads {first.threads} to {last.threads},"
        f" tasks {first.tasks} to {last.tasks}, Qt {first.qt_objects} to {last.qt_objects}"
    )
    return Tally(cases={MINUTES: counts[MINUTES]}, violations=(*failures, *found))


def _after_warm_up(traces: list[Trace], seconds: float) -> list[Trace]:
    return [it for it in traces if it.at >= seconds * WARM_UP] or traces


HARNESS: Final = Harness(
    promise="P17",
    title="a night in the window leaves no trace",
    counts={MINUTES: Counts(pr=120, release=480)},
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={MINUTES: 40},
)
