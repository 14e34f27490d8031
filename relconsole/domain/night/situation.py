"""What is said of a night to everybody alike: the one set of facts that messages come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import Digest
from relconsole.domain.night.answer import planned_steps
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.plain_json import floats_as_text, to_json
from relconsole.domain.night.readiness_of_steps import underway_steps
from relconsole.domain.night.rollback_facts import RollbackEnding
from relconsole.domain.night.state import ENDED, RunState
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.record.canonical import digest_of
from relconsole.domain.release.release import Release

_ORDINARY: Final = frozenset({HoldCause.GATE, HoldCause.NO_ANSWER})
"""Holds that belong to a night: somebody is to decide or to answer."""


class NightState(StrEnum):
    """How a night stands for those who are not on the bridge."""

    RUNNING = "running"
    ON_HOLD = "on_hold"
    STOPPED = "stopped"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How a night stands; ``end`` is None where it is unknown, ``safe_until`` once it is too late.

    ``end_by`` is by when nine nights of ten end. Times are whole minutes.
    """

    state: NightState
    rehearsal: bool
    title: str
    change: str
    services: tuple[str, ...]
    steps_ended: int
    steps: int
    under_way: tuple[str, ...]
    reasons: tuple[str, ...]
    problems: tuple[str, ...]
    window_end: datetime
    end: datetime | None
    end_by: datetime | None
    safe_until: datetime | None

    @property
    def digest(self) -> Digest:
        """Give the digest of all of it: messages of one digest say the same thing."""
        return digest_of(floats_as_text(to_json(self)))

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more is to come."""
        return self.state in {NightState.ROLLED_BACK, NightState.FINISHED}


def situation_of(
    run: RunState, release: Release, estate: Estate, forecast: Forecast | None
) -> Situation:
    """Give how a night stands; the forecast knows the way forward only."""
    steps = planned_steps(run)
    state = _state(run)
    forward = state not in {NightState.ROLLING_BACK, NightState.ROLLED_BACK}
    told = forecast if forward and not run.is_over else None
    known = estate.services
    return Situation(
        state=state,
        rehearsal=run.rehearsal,
        title=release.title,
        change=release.change.id if release.change else "",
        services=tuple(
            known[item.service].name if item.service in known else item.service
            for item in release.items
        ),
        steps_ended=sum(run.steps[step.id].state in ENDED for step in steps),
        steps=len(steps),
        under_way=tuple(step.title for step in underway_steps(run)),
        reasons=_reasons(run),
        problems=tuple(
            f"{name}: {problem.opened.what}"
            for name, problem in sorted(run.problems.items())
            if problem.closed is None
        ),
        window_end=release.window.end,
        end=_minute(run.ended_at if run.is_over else told.end_p50 if told else None),
        end_by=_minute(told.end_p90 if told else None),
        safe_until=_minute(told.latest_safe_start if told else None),
    )


def _minute(moment: datetime | None) -> datetime | None:
    """Give the whole minute: a forecast that moves by less says nothing else to anybody."""
    return None if moment is None else moment.replace(second=0, microsecond=0)


def _state(run: RunState) -> NightState:
    """Give how a night stands."""
    back = run.rollback
    if back is not None and back.fired_at is not None:
        over = back.ending is RollbackEnding.ROLLED_BACK
        return NightState.ROLLED_BACK if over else NightState.ROLLING_BACK
    if run.is_over:
        back_too = run.outcome is RunOutcome.ROLLED_BACK
        return NightState.ROLLED_BACK if back_too else NightState.FINISHED
    if run.stop is not None:
        return NightState.STOPPED
    if any(hold.cause not in _ORDINARY for hold in run.holds):
        return NightState.ON_HOLD
    return NightState.RUNNING


def _reasons(run: RunState) -> tuple[str, ...]:
    """Give why a night does not go on."""
    stopped = (run.stop.note,) if run.stop is not None and run.stop.note else ()
    held = (says for hold in run.holds for says in hold.reasons if hold.cause not in _ORDINARY)
    return (*stopped, *held)
