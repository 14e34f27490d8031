"""The muster of a release as the whole console knows it."""

from __future__ import annotations

from datetime import datetime

from immutables import Map

from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.muster import Muster, make_muster
from relconsole.domain.night.muster_marks import PersonMark
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.release.release import Release


def muster_of(
    state: ConsoleState,
    release: Release,
    now: datetime,
    run: RunState | None = None,
    forecast: Forecast | None = None,
) -> Muster:
    """Give who is needed soon and who of them is there; ``run`` None before it was opened."""
    return make_muster(
        release,
        state.workspace.estate,
        now,
        run=run,
        forecast=forecast,
        marks=state.musters.get(release.id, Map[PersonId, PersonMark]()),
        patience=state.workspace.policy.muster_answer,
    )
