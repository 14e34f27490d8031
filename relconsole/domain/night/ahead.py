"""What comes next in a night, when, and who is needed for it.

Times are the forecast's where there is one, else those of the plan from here on. How people are
gathered and told is in ``muster`` and ``brief``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import Person, find_person, fold_name
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.readiness_of_steps import progress_through, steps_of
from relconsole.domain.night.state import UNDERWAY, RunState
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.plan.progress import Progress
from relconsole.domain.plan.runbook import Step, StepKind
from relconsole.domain.plan.schedule import plan_schedule
from relconsole.domain.release.release import Release


class NeedRole(StrEnum):
    """As what somebody is needed."""

    OWNER = "owner"
    STATION = "station"
    DECIDES = "decides"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A step that is under way or still to come; ``at`` and ``until`` are expected, in UTC."""

    step: Step
    state: StepState
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Somebody is needed for a step; ``people`` are those who can, none where nobody is known.

    ``asked`` is the name as the plan has it: the owner, the station, or the commander.
    """

    step: StepId
    title: str
    state: StepState
    role: NeedRole
    asked: str
    people: tuple[PersonId, ...]
    at: datetime
    until: datetime


def coming_steps(
    run: RunState | None, release: Release, now: datetime, forecast: Forecast | None = None
) -> tuple[Coming, ...]:
    """Give the steps that are under way or still to come, the earliest first.

    Without a run, those of the release's plan. A step that failed is not among them: what becomes
    of it is a decision, not a step.
    """
    if run is None:
        steps, states = release.runbook.steps, dict[StepId, StepState]()
        origin, progress = release.window.start, Progress(now=max(now, release.window.start))
    else:
        steps = steps_of(run)
        states = {step.id: run.steps[step.id].state for step in steps}
        origin, progress = _origin(run, release), progress_through(run, steps, now)
    schedule = plan_schedule(steps, origin, progress)
    told = _told(run, forecast)
    wanted = {StepState.NOT_STARTED, *UNDERWAY}
    found = [
        Coming(
            step=step,
            state=states.get(step.id, StepState.NOT_STARTED),
            at=told[step.id][0] if step.id in told else schedule.instant_of(timing.start),
            until=told[step.id][1] if step.id in told else schedule.instant_of(timing.finish),
        )
        for step, timing in ((step, schedule.steps[step.id]) for step in steps)
        if states.get(step.id, StepState.NOT_STARTED) in wanted
    ]
    return tuple(sorted(found, key=lambda each: each.at))


def needs_of(coming: Coming, estate: Estate, commander: PersonId) -> tuple[Need, ...]:
    """Give who is needed for a step: its owner; at a gate its stations and who decides.

    Steps that change nothing and have no owner are the commander's.
    """
    step = coming.step
    if step.kind is StepKind.GATE:
        return (
            *(
                _need(coming, NeedRole.STATION, station, people_of_station(estate, station))
                for station in step.stations
            ),
            _need(coming, NeedRole.DECIDES, commander, _known(estate.people, commander)),
        )
    asked = step.owner or (None if step.changes_production else commander)
    people = () if asked is None else _known(estate.people, asked)
    return (_need(coming, NeedRole.OWNER, asked or "", people),)


def people_of_station(estate: Estate, station: str) -> tuple[PersonId, ...]:
    """Give who speaks for a station: those whose id, team or role bears its name, sorted by id.

    Sorted, because a brief is bound by its digest and the estate keeps no order of its own.
    """
    folded = fold_name(station)
    return tuple(
        sorted(
            person.id
            for person in estate.people.values()
            if folded in {fold_name(each) for each in (person.id, person.team or "", *person.roles)}
        )
    )


def _origin(run: RunState, release: Release) -> datetime:
    """Give the instant before which nothing of the present plan starts."""
    if run.rollback is not None and run.rollback.fired_at is not None:
        return run.rollback.fired_at
    return run.opened_at if run.rehearsal else release.window.start


def _told(
    run: RunState | None, forecast: Forecast | None
) -> Mapping[StepId, tuple[datetime, datetime]]:
    """Give what the forecast says of each step; it knows the way forward only."""
    if forecast is None or (
        run is not None and run.rollback is not None and run.rollback.fired_at is not None
    ):
        return {}
    return {each.step: (each.start, each.finish) for each in forecast.steps}


def _need(coming: Coming, role: NeedRole, asked: str, people: tuple[PersonId, ...]) -> Need:
    """Give a need of a step."""
    return Need(
        step=coming.step.id,
        title=coming.step.title,
        state=coming.state,
        role=role,
        asked=asked,
        people=people,
        at=coming.at,
        until=coming.until,
    )


def _known(people: Mapping[PersonId, Person], name: str) -> tuple[PersonId, ...]:
    """Give the person of a name, nobody where the estate knows none."""
    found = find_person(people, name)
    return () if found is None else (found.id,)
