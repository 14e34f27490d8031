"""How a step stands against its plan at an instant: due, late, waiting, next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.answer import planned_steps
from relconsole.domain.night.decide_end import failing_checks
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.readiness_of_steps import is_ready, lets_followers_go
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.runbook import Step, StepKind
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.asked import asked_effects
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.sources import away_systems

ON_TIME: Final = timedelta(0)

STATUS_OF: Final[Mapping[StepState, Status]] = {
    StepState.NOT_STARTED: Status.NOT_STARTED,
    StepState.RUNNING: Status.RUNNING,
    StepState.WAITING: Status.WAITING,
    StepState.DONE: Status.DONE,
    StepState.DONE_WITH_REMARK: Status.DONE,
    StepState.FAILED: Status.FAILED,
    StepState.SKIPPED: Status.SKIPPED,
    StepState.NOT_NEEDED: Status.SKIPPED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStanding:
    """A step beside its plan.

    ``number`` counts from 1 in plan order. ``due`` is when it should end where it runs, and when it
    should begin where it has not; None where nothing says. ``late`` is negative before that.
    ``waits_for`` names the steps that keep it. ``is_asked`` where nobody knows how its job ended,
    and a person has to say.
    """

    step: Step
    number: int
    state: StepState
    status: Status
    due: datetime | None
    late: timedelta
    is_ready: bool
    waits_for: tuple[int, ...]
    failing: tuple[str, ...]
    is_asked: bool

    @property
    def is_late(self) -> bool:
        """Tell whether its moment has passed."""
        return self.due is not None and self.late > ON_TIME


def numbers(run: RunState) -> Mapping[StepId, int]:
    """Give each step its number, from 1 in plan order, those of a fired rollback after them."""
    return {step.id: number for number, step in enumerate(planned_steps(run), 1)}


def planned_starts(seen: Seen) -> Mapping[StepId, datetime]:
    """Give when each step of the plan should have begun, empty where no forecast was made."""
    run, forecast = seen.run, seen.forecast
    if run is None or forecast is None:
        return {}
    lasts = {step.id: step.duration.expected_seconds for step in run.runbook.steps}
    return {
        each.step: each.planned_finish - timedelta(seconds=lasts[each.step])
        for each in forecast.steps
        if each.step in lasts
    }


def standings(seen: Seen) -> tuple[StepStanding, ...]:
    """Give every step of the run beside its plan, in plan order."""
    run = seen.run
    if run is None:
        return ()
    counted, starts = numbers(run), planned_starts(seen)
    return tuple(
        _standing(seen, run, step, counted, starts.get(step.id)) for step in planned_steps(run)
    )


def _standing(
    seen: Seen,
    run: RunState,
    step: Step,
    counted: Mapping[StepId, int],
    planned: datetime | None,
) -> StepStanding:
    found = run.steps[step.id]
    due = _due(run, step, planned)
    failing = tuple(each.says for each in failing_checks(run, step))
    late = ON_TIME if due is None else seen.now - due
    return StepStanding(
        step=step,
        number=counted[step.id],
        state=found.state,
        status=_status(seen, run, step, late if due is not None else ON_TIME),
        due=due,
        late=late,
        is_ready=is_ready(run, step, seen.now),
        waits_for=tuple(
            counted[before] for before in step.after if not lets_followers_go(run, before)
        ),
        failing=failing,
        is_asked=bool(asked_effects(run, step.id)),
    )


def _due(run: RunState, step: Step, planned: datetime | None) -> datetime | None:
    found = run.steps[step.id]
    if found.state is StepState.WAITING and found.waits_until is not None:
        return found.waits_until
    if found.state in {StepState.RUNNING, StepState.WAITING}:
        return None if found.started is None else found.started + step.duration.likely
    return planned if found.state is StepState.NOT_STARTED else None


def _status(seen: Seen, run: RunState, step: Step, late: timedelta) -> Status:
    found = run.steps[step.id]
    if found.state is StepState.NOT_STARTED and late > ON_TIME:
        return Status.WAITING
    if found.state is StepState.RUNNING and _has_failing_check(run, step):
        return Status.CRITICAL
    if found.state is StepState.RUNNING and (asked_effects(run, step.id) or is_unseen(seen, step)):
        return Status.UNKNOWN
    if found.state is StepState.RUNNING and late > ON_TIME and step.kind is not StepKind.GATE:
        return Status.WARNING
    if found.state is StepState.RUNNING and step.kind is StepKind.GATE:
        return Status.WAITING
    return STATUS_OF[found.state]


def is_unseen(seen: Seen, step: Step) -> bool:
    """Tell whether what a step does or is checked by is at a system that does not answer."""
    systems = {check.system for check in step.checks}
    if step.run is not None:
        systems.add(step.run.system)
    return not systems.isdisjoint(away_systems(seen))


def _has_failing_check(run: RunState, step: Step) -> bool:
    """Tell whether a check of the running attempt was read and did not pass."""
    attempt = run.steps[step.id].attempt
    return attempt is not None and any(check.passed is False for check in attempt.checks)
