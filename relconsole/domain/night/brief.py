"""The relief brief: what somebody must know to join a night, or to take it over.

A hand-over binds the digest of exactly this value, so everything in it comes from the run, the
workspace and the forecast that were handed in; what is not known says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import is_one_of
from relconsole.domain.kernel.ids import Digest, PersonId, ReleaseId, RunId, StepId
from relconsole.domain.night.ahead import Need, coming_steps, needs_of
from relconsole.domain.night.answer import (
    HoldLine,
    OpenLine,
    ProblemLine,
    RunType,
    night_answer,
    planned_steps,
    standing_outcome,
)
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.plain_json import floats_as_text, to_json
from relconsole.domain.night.readiness_of_steps import underway_steps
from relconsole.domain.night.rollback_facts import RollbackEnding
from relconsole.domain.night.state import ENDED, RunState
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.record.canonical import digest_of
from relconsole.domain.release.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the forecast says, as of ``made_at``.

    ``latest_safe_start`` and ``decide_by`` are None once there is no way back.
    """

    digest: Digest
    made_at: datetime
    late: timedelta
    end: datetime
    end_p50: datetime
    end_p90: datetime
    in_window: float
    latest_safe_start: datetime | None
    decide_by: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """A step that runs or waits."""

    step: StepId
    title: str
    owner: PersonId | None
    state: StepState
    since: datetime | None
    waits_for: str
    waits_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBackLine:
    """How the rollback stands: armed, or fired and by whom, and how it ended."""

    armed_at: datetime
    armed_by: PersonId | None
    fired_at: datetime | None
    fired_by: PersonId | None
    second: PersonId | None
    ending: RollbackEnding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The state of a night at ``at``, in UTC; ``outlook`` is None where no forecast was made.

    ``reader`` is for whom it is written, None for anybody; ``mine`` is where the reader is needed,
    the earliest first.
    """

    run: RunId
    release: ReleaseId
    title: str
    type: RunType
    zone: str
    at: datetime
    commander: PersonId
    offered_to: PersonId | None
    window_start: datetime
    window_end: datetime
    outcome: RunOutcome | None
    reasons: tuple[str, ...]
    ended: int
    planned: int
    under_way: tuple[UnderWay, ...]
    outlook: Outlook | None
    rollback: WayBackLine | None
    holds: tuple[HoldLine, ...]
    triggers: tuple[str, ...]
    problems: tuple[ProblemLine, ...]
    left_open: tuple[OpenLine, ...]
    unsettled: tuple[str, ...]
    coming: tuple[Need, ...]
    reader: PersonId | None
    mine: tuple[Need, ...]


def make_brief(
    run: RunState,
    release: Release,
    estate: Estate,
    now: datetime,
    *,
    forecast: Forecast | None = None,
    reader: PersonId | None = None,
) -> Brief:
    """Give the brief of a run at an instant, for a reader or for anybody.

    A reader who takes the command over sees the commander's own steps and decisions as theirs.
    """
    answer = night_answer(run, now)
    outcome, reasons = standing_outcome(run)
    coming = tuple(
        need
        for each in coming_steps(run, release, now, forecast)
        for need in needs_of(each, estate, run.commander)
    )
    names = _names_of(run, reader)
    steps = planned_steps(run)
    return Brief(
        run=run.id,
        release=run.release,
        title=release.title,
        type=answer.type,
        zone=release.zone,
        at=now,
        commander=run.commander,
        offered_to=answer.people.offered_to,
        window_start=release.window.start,
        window_end=release.window.end,
        outcome=outcome,
        reasons=reasons,
        ended=sum(run.steps[step.id].state in ENDED for step in steps),
        planned=len(steps),
        under_way=_under_way(run),
        outlook=None if forecast is None else _outlook(forecast),
        rollback=_way_back(run),
        holds=answer.holds,
        triggers=answer.triggers,
        problems=tuple(problem for problem in answer.problems if problem.closed is None),
        left_open=answer.left_open,
        unsettled=_unsettled(run),
        coming=coming,
        reader=reader,
        mine=tuple(
            need
            for need in coming
            if any(is_one_of(estate.people, name, need.people) for name in names)
        ),
    )


def brief_digest(brief: Brief) -> Digest:
    """Give the digest that an offer and an accept of the command are bound to."""
    return digest_of(floats_as_text(to_json(brief)))


def _names_of(run: RunState, reader: PersonId | None) -> tuple[PersonId, ...]:
    """Give whose steps are the reader's: their own, and the commander's for the one offered to."""
    if reader is None:
        return ()
    if run.handover is not None and run.handover.to == reader:
        return (reader, run.commander)
    return (reader,)


def _outlook(forecast: Forecast) -> Outlook:
    """Give what of a forecast belongs into a brief."""
    return Outlook(
        digest=forecast.digest,
        made_at=forecast.made_at,
        late=forecast.late,
        end=forecast.end,
        end_p50=forecast.end_p50,
        end_p90=forecast.end_p90,
        in_window=forecast.in_window,
        latest_safe_start=forecast.latest_safe_start,
        decide_by=forecast.decide_by,
    )


def _under_way(run: RunState) -> tuple[UnderWay, ...]:
    """Give the steps that run or wait."""
    return tuple(
        UnderWay(
            step=step.id,
            title=step.title,
            owner=step.owner,
            state=run.steps[step.id].state,
            since=run.steps[step.id].started,
            waits_for=run.steps[step.id].waits_for,
            waits_until=run.steps[step.id].waits_until,
        )
        for step in underway_steps(run)
    )


def _way_back(run: RunState) -> WayBackLine | None:
    """Give how the rollback stands, None where none is armed."""
    found = run.rollback
    if found is None:
        return None
    return WayBackLine(
        armed_at=found.armed_at,
        armed_by=found.armed_by,
        fired_at=found.fired_at,
        fired_by=found.fired_by,
        second=found.second,
        ending=found.ending,
    )


def _unsettled(run: RunState) -> tuple[str, ...]:
    """Give the effects that can still change, in words."""
    return tuple(
        f"{found.effect.kind} at {found.effect.system}"
        + (f" for {found.effect.step}" if found.effect.step else "")
        + f" is {found.effect.state}"
        + (f": {found.says}" if found.says else "")
        for found in run.open_effects()
    )
