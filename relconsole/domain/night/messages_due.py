"""Which message is due next, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.state import ENDED, RunState, SentMessage
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.release.messages import MessageMoment, MessagePlan, Moment
from relconsole.domain.release.release import Release

PROMPT: Final = timedelta(minutes=5)
"""How long after its moment a message is still in time."""

OWED: Final = timedelta(hours=12)
"""How long after the end of a night its last message is asked for."""

UPDATE: Final = MessageMoment(moment=Moment.UPDATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMessage:
    """The next message of a plan, due at ``due``, in UTC.

    ``expected`` tells that its moment has not come and the time is the forecast's; ``overdue`` that
    it should have gone out. ``last`` is when the one before it did, None where none did.
    """

    plan: MessagePlan
    moment: MessageMoment
    due: datetime
    expected: bool
    overdue: bool
    last: datetime | None

    def countdown(self, now: datetime) -> timedelta:
        """Give how long there is until it is due, negative once it is overdue."""
        return self.due - now


def due_messages(
    run: RunState, release: Release, forecast: Forecast | None, now: datetime
) -> tuple[DueMessage, ...]:
    """Give the next message of each plan, the soonest first.

    A moment that has passed takes those before it along: what is said then says where things stand
    now. A rehearsal owes nobody anything who is not on its own list.
    """
    plans = (plan for plan in release.messages if plan.rehearsal_to or not run.rehearsal)
    found = (_next(run, release, plan, forecast, now) for plan in plans)
    return tuple(
        sorted(
            (each for each in found if each is not None), key=lambda each: (each.due, each.plan.id)
        )
    )


def last_sent(run: RunState, message: str) -> SentMessage | None:
    """Give the last message of a plan that went out, None where none did."""
    sent = (each for each in run.sent if each.fact.message == message)
    return max(sent, key=lambda each: each.fact.sent_at, default=None)


def _next(
    run: RunState,
    release: Release,
    plan: MessagePlan,
    forecast: Forecast | None,
    now: datetime,
) -> DueMessage | None:
    """Give the next message of one plan, None where nothing is to come."""
    last = last_sent(run, plan.id)
    said = None if last is None else last.fact.sent_at
    times = [
        (time, moment)
        for moment in (*plan.at, *((UPDATE,) if plan.every else ()))
        for time in _times(run, release, plan, moment, forecast)
        if not _is_said(run, plan, moment, time)
    ]
    past = [each for each in times if each[0] <= now and _has_come(run, each[1])]
    ahead = [each for each in times if each not in past]
    chosen = max(past, key=_when) if past else min(ahead, key=_when, default=None)
    if chosen is None or (run.is_over and now - chosen[0] > OWED):
        return None
    time, moment = chosen
    due = time if moment.moment is Moment.UPDATE else time + PROMPT
    return DueMessage(
        plan=plan,
        moment=moment,
        due=due,
        expected=not past,
        overdue=bool(past) and now > due,
        last=said,
    )


def _when(each: tuple[datetime, MessageMoment]) -> datetime:
    return each[0]


def _has_come(run: RunState, moment: MessageMoment) -> bool:
    """Tell whether a moment is one of the record, and not one that only is forecast."""
    match moment.moment:
        case Moment.START | Moment.UPDATE:
            return True
        case Moment.GATE:
            return moment.gate is not None and _gate_time(run, moment.gate) is not None
        case Moment.END:
            return run.is_over
        case Moment.ROLLBACK:
            return run.rollback is not None and run.rollback.fired_at is not None
        case _:
            assert_never(moment.moment)


def _is_said(run: RunState, plan: MessagePlan, moment: MessageMoment, time: datetime) -> bool:
    """Tell whether what a moment asks for was said after it had come; a start even before."""
    if moment.moment is Moment.UPDATE:
        return False
    early = str(moment) if moment.moment is Moment.START else None
    return any(
        each.fact.message == plan.id and (each.fact.sent_at >= time or each.fact.moment == early)
        for each in run.sent
    )


def _times(
    run: RunState,
    release: Release,
    plan: MessagePlan,
    moment: MessageMoment,
    forecast: Forecast | None,
) -> Iterator[datetime]:
    """Give when a moment came or is expected, nothing where it is not to come.

    Once a rollback is fired no gate is to come; once the night is over only its end matters.
    """
    fired = None if run.rollback is None else run.rollback.fired_at
    start = run.opened_at if run.rehearsal else max(run.opened_at, release.window.start)
    match moment.moment:
        case Moment.END:
            end = run.ended_at if run.is_over else forecast.end if forecast else None
            if end is not None:
                yield end
        case _ if run.is_over:
            return
        case Moment.START:
            yield start
        case Moment.UPDATE:
            last = last_sent(run, plan.id)
            yield (start if last is None else last.fact.sent_at) + (plan.every or PROMPT)
        case Moment.ROLLBACK:
            if fired is not None:
                yield fired
        case Moment.GATE:
            if fired is None and moment.gate is not None:
                yield from _gate_times(run, moment.gate, forecast)
        case _:
            assert_never(moment.moment)


def _gate_times(run: RunState, gate: StepId, forecast: Forecast | None) -> Iterator[datetime]:
    """Give when a gate was decided, else when it is expected to be."""
    decided = _gate_time(run, gate)
    if decided is not None:
        yield decided
        return
    found = run.steps.get(gate)
    if forecast is not None and found is not None and found.state not in ENDED:
        yield from (each.finish for each in forecast.steps if each.step == gate)


def _gate_time(run: RunState, gate: StepId) -> datetime | None:
    """Give when a gate was decided, None where it is not."""
    if gate not in run.gates:
        return None
    held = (hold.since for hold in run.holds if hold.cause is HoldCause.GATE and hold.thing == gate)
    return next(held, None) or run.steps[gate].ended
