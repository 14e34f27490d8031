"""The night whose window is killed: steps by hand one after the other, and a job after each.

Its folder holds ``store``, the keys of its people beside it, and ``world``: what the jobs did.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from immutables import Map

from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.json import Json
from relconsole.domain.plan.runbook import Runbook, Step
from tests.promises.kills_cold import keep_keys
from tests.promises.kills_plan import (
    CI,
    DEPLOY,
    MARA,
    OLD,
    RELEASE,
    Plan,
    deploy_step,
    record_beginning,
    workspace_of,
)

LENGTH: Final = 10
"""Steps by hand, and as many jobs."""

HALF_AN_HOUR: Final = timedelta(minutes=30)
JOB_SECONDS: Final = 0.7
"""Long enough to be killed in its middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOfHands(Plan):
    """The steps of a person, each of which lets a job go and the next step."""

    @property
    def runbook(self) -> Runbook:
        """Give the hands and the jobs after them."""
        hands = tuple(
            Step(
                id=StepId(f"h{at}"),
                title=f"Check part {at}",
                owner=MARA,
                duration=plain(HALF_AN_HOUR),
                after=(StepId(f"h{at - 1}"),) if at > 1 else (),
            )
            for at in range(1, LENGTH + 1)
        )
        jobs = tuple(
            replace(step, duration=plain(HALF_AN_HOUR), owner=MARA)
            for step in (deploy_step(*each) for each in self.deploys)
        )
        return Runbook(steps=(*hands, *jobs), verification=timedelta(seconds=1))


PLAN: Final = PlanOfHands(
    name="by hand",
    deploys=tuple((f"a{at}", f"part-{at}", CI, (f"h{at}",)) for at in range(1, LENGTH + 1)),
    gate_after=(),
    is_observed=False,
)


def begin(folder: Path, plan: Plan = PLAN, job_seconds: float = JOB_SECONDS) -> None:
    """Make a night's folder: the world as it was, a store with the plan in it, and sealed keys."""
    world = folder / "world"
    world.mkdir(parents=True)
    for service in plan.services:
        (world / service).write_text(f"{OLD}\n")
    now = datetime.now(UTC)
    workspace = _workspace(plan, now, job_seconds)
    asyncio.run(record_beginning(folder / "store", workspace, now))
    keep_keys(folder)


def _workspace(plan: Plan, now: datetime, job_seconds: float) -> Workspace:
    """Give the workspace, with jobs that take their time, and a window that has just begun."""
    known = workspace_of(plan, now)
    release = known.releases[RELEASE]
    window = replace(release.window, start=now - timedelta(minutes=1))
    slowly = f"sleep {job_seconds}; {DEPLOY}"
    jobs: Mapping[str, Json] = {
        "jobs": {"deploy": {"argv": ["/bin/sh", "-c", slowly, "deploy", "{service}", "{version}"]}}
    }
    systems = Map({CI: System(id=CI, plugin="command", url="", settings=jobs)})
    releases = Map({RELEASE: replace(release, window=window)})
    return replace(known, systems=systems, releases=releases)
