"""Keeping the forecast of a run current: prepared once a plan, made again when the night moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.ids import RunId, StepId
from relconsole.domain.night.readiness_of_steps import progress_of
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.backout import WayBack
from relconsole.domain.plan.digest import step_digest
from relconsole.domain.plan.forecast import (
    Forecast,
    ForecastBasis,
    Prepared,
    forecast_digest,
    make_forecast,
    prepare_forecasts,
)
from relconsole.domain.plan.guard import StartFigures, weigh_starts
from relconsole.domain.plan.retreat import find_deadline
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.rollback.build import reckoned_runbook, restore_durations

MUSTERING: Final = timedelta(minutes=5)
"""How long it takes to gather the people of a rollback, on top of the decision time."""


def rehearsed_undo(state: ConsoleState, run: RunState) -> Mapping[StepId, ThreePoint]:
    """Give the undo durations that rehearsals of the very same steps took, the longest of each."""
    found: dict[StepId, timedelta] = {}
    for counted in state.rehearsals.get(run.release, ()):
        for kept in counted.undo:
            step = run.runbook.find(kept.step)
            if step is None or step_digest(step, run.calls.get(step.id)) != kept.digest:
                continue
            took = timedelta(seconds=kept.seconds)
            found[kept.step] = max(found.get(kept.step, took), took)
    return {step: plain(took) for step, took in found.items()}


def basis_of(state: ConsoleState, run: RunState) -> ForecastBasis:
    """Give what the forecasts of a run are made from, as the state has it now.

    A rehearsal is reckoned as if its window began with its opening, and waits for no clock.
    """
    release = state.workspace.releases[run.release]
    waiting = [
        other.window.start
        for other in state.workspace.releases.values()
        if release.id in other.waits_for
    ]
    later = run.opened_at - release.window.start if run.rehearsal else timedelta(0)
    planned = replace(release, runbook=_without_clocks(run.runbook) if later else run.runbook)
    way = WayBack(
        runbook=reckoned_runbook(planned),
        deadline=find_deadline(run.runbook, release.window, waiting) + later,
        rehearsed=rehearsed_undo(state, run),
        restore=restore_durations(release.rollback),
    )
    return ForecastBasis(
        plan=run.plan, way=way, window=release.window.moved(later), mustering=MUSTERING
    )


def _without_clocks(runbook: Runbook) -> Runbook:
    """Give a runbook whose steps wait for each other, and for no hour of the day."""
    return replace(runbook, steps=tuple(replace(step, not_before=None) for step in runbook.steps))


class Forecaster:
    """Makes the forecast of a run when asked, and keeps it while nothing in the run has moved."""

    def __init__(self) -> None:
        """Begin without any forecast."""
        self._prepared: dict[RunId, tuple[ForecastBasis, Prepared]] = {}
        self._made: dict[RunId, Forecast] = {}

    def forecast(self, state: ConsoleState, run: RunId, now: datetime) -> Forecast:
        """Give the current forecast of a run."""
        found = state.runs[run]
        basis = basis_of(state, found)
        digest = forecast_digest(basis.plan, progress_of(found, now), basis.way.seed)
        made = self._made.get(run)
        known = self._prepared.get(run)
        if made is not None and made.digest == digest and known is not None and known[0] == basis:
            return made
        return self.renew(state, run, now)

    def renew(self, state: ConsoleState, run: RunId, now: datetime) -> Forecast:
        """Give the forecast of a run as of this instant, though nothing but time has moved.

        It bears the digest that it had: what runs late moves the end, and never what was decided.
        """
        found = state.runs[run]
        progress = progress_of(found, now)
        basis = basis_of(state, found)
        known = self._prepared.get(run)
        prepared = (
            known[1]
            if known is not None and known[0] == basis
            else prepare_forecasts(basis, known[1] if known else None, progress)
        )
        self._prepared[run] = (basis, prepared)
        self._made[run] = make_forecast(basis, progress, prepared)
        return self._made[run]

    def weigh(
        self, state: ConsoleState, run: RunId, step: StepId, now: datetime
    ) -> StartFigures | None:
        """Give what starting a step would do, of one that is done again too.

        None for a step that is not in the forward plan.
        """
        figures = self.forecast(state, run, now).find_start(step)
        if figures is not None:
            return figures
        _, prepared = self._prepared[run]
        begun = progress_of(state.runs[run], now).begun
        return weigh_starts(prepared.backouts, begun, (step,), prepared.draws).get(step)
