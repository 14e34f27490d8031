"""Which connected systems the night of a release asks: nothing may take one away from under it."""

from __future__ import annotations

from collections.abc import Iterator

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.plan.runbook import Runbook, Step
from relconsole.domain.release.release import Release


def systems_needed(release: Release, runbook: Runbook) -> frozenset[SystemId]:
    """Give the systems that a release and the plan of its run name; an amended plan counts too."""
    return frozenset((*_of_release(release), *_of_steps((*runbook.steps, *runbook.relief))))


def _of_release(release: Release) -> Iterator[SystemId]:
    """Give the systems of the change, of what is measured and counted, and of the way back."""
    if release.change is not None:
        yield release.change.system
    yield from (indicator.system for indicator in release.indicators)
    way_back = release.rollback
    yield from (total.system for total in way_back.control_totals)
    for point in way_back.restore_points:
        yield from (run.system for run in (point.take, point.verify) if run is not None)
    yield from _of_steps(way_back.extra)


def _of_steps(steps: tuple[Step, ...]) -> Iterator[SystemId]:
    """Give the systems of jobs, checks and silences."""
    for step in steps:
        yield from (run.system for run in (step.run, step.undo.run) if run is not None)
        yield from (check.system for check in step.checks)
        if step.silence is not None:
            yield step.silence.system
