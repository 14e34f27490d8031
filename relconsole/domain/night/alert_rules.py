"""The alerts that the record alone tells of, with the hour and the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from relconsole.domain.health.trigger import name_limit
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.alert import Alert, AlertKind, step_at
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.alert_rules_steps import alerts_of_steps
from relconsole.domain.night.alert_rules_time import alerts_of_messages, alerts_of_time
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.change_standing import difference
from relconsole.domain.night.state import Hold, RunState
from relconsole.domain.night.waiting import is_expired
from relconsole.domain.record.effect import EffectState
from relconsole.domain.release.release import Release

_KINDS: Final[Mapping[HoldCause, AlertKind]] = {
    HoldCause.TRIGGER: AlertKind.TRIGGER,
    HoldCause.EFFECT: AlertKind.EFFECT,
    HoldCause.GATE: AlertKind.GATE,
    HoldCause.DECISION: AlertKind.DECISION,
    HoldCause.CHANGE: AlertKind.CHANGE,
}
"""What a hold of a cause is told as, where the thing that holds is told by itself too."""

_ACTIONS: Final[Mapping[HoldCause, str]] = {
    HoldCause.TRIGGER: "roll back, or mark it a false positive with a reason",
    HoldCause.CHECK: "look at the check: it passes, or a second person overrides it",
    HoldCause.STEP: "decide: repeat it, go on, not needed, or roll back",
    HoldCause.GATE: "the commander decides the gate again, or rolls back",
    HoldCause.EFFECT: "look at the target, then settle it by hand",
    HoldCause.CLOCK: "check the clock, then end the hold",
    HoldCause.MONITORING: "bring monitoring back; the hold ends by itself",
    HoldCause.NO_ANSWER: "answer what is asked",
    HoldCause.PERSON: "the commander ends the hold once its reason is gone",
    HoldCause.DECISION: "close the problem with a decision",
    HoldCause.CHANGE: "keep the state there, or put the night's state there",
}


def alerts_of_record(run: RunState, release: Release, now: datetime) -> tuple[Alert, ...]:
    """Give what stands by the record, in no order; once the run is over only its last message.

    What a hold only repeats is told once, by the thing that holds.
    """
    if run.is_over:
        return tuple(alerts_of_messages(run, release, now))
    found = (
        *alerts_of_messages(run, release, now),
        *_triggers(run, release),
        *_line(run),
        *_effects(run, now),
        *_change(run),
        *alerts_of_steps(run, now),
        *alerts_of_time(run, release, now),
    )
    told = {alert.key for alert in found}
    checked = {alert.cause for alert in found if alert.kind is AlertKind.CHECK}
    holds = (
        _of_hold(run, hold)
        for hold in run.holds
        if not (hold.cause is HoldCause.CHECK and hold.thing in checked)
    )
    return (*found, *(alert for alert in holds if alert.key not in told))


def _of_hold(run: RunState, hold: Hold) -> Alert:
    """Give a hold as an alert."""
    step = StepId(hold.thing)
    kind = _KINDS.get(hold.cause, AlertKind.HOLD)
    thing = hold.thing if hold.cause in _KINDS else f"{hold.cause}/{hold.thing}"
    return Alert(
        kind=kind,
        thing=thing,
        level=AlertLevel.WARNING,
        what=f"on hold for {hold.cause.replace('_', ' ')} {hold.thing}",
        value="; ".join(hold.reasons),
        since=hold.since,
        cause=step if step in run.steps else step_at(run, hold.since),
        action=_ACTIONS[hold.cause],
    )


def _triggers(run: RunState, release: Release) -> Iterator[Alert]:
    """Give the rollback triggers that stand."""
    known = {indicator.id: indicator for indicator in release.indicators}
    for name, stood in sorted(run.triggers.items()):
        indicator = known.get(name)
        unit = indicator.unit if indicator else ""
        limit = indicator.limit if indicator else None
        yield Alert(
            kind=AlertKind.TRIGGER,
            thing=name,
            level=AlertLevel.CRITICAL,
            what=indicator.title if indicator else name,
            value=f"{stood.value:g} {unit}".rstrip(),
            limit="" if limit is None else name_limit(limit, unit),
            since=stood.since,
            cause=step_at(run, stood.since),
            source=indicator.system if indicator else None,
            action=_ACTIONS[HoldCause.TRIGGER],
        )


def _line(run: RunState) -> Iterator[Alert]:
    """Give that the line is stopped."""
    if run.stop is not None:
        yield Alert(
            kind=AlertKind.STOP,
            thing="line",
            level=AlertLevel.CRITICAL,
            what=f"the line is stopped by {run.stop.by or 'somebody without a name'}",
            value=run.stop.note,
            since=run.stop.at,
            cause=step_at(run, run.stop.at),
            action="two people resume it, or roll back",
        )


def _effects(run: RunState, now: datetime) -> Iterator[Alert]:
    """Give the effects of which nobody can tell the end, and those that waited for too long.

    While the target is still asked, nobody has to do anything.
    """
    asked = {hold.thing: hold for hold in run.holds if hold.cause is HoldCause.EFFECT}
    for found in run.open_effects():
        effect, is_old = found.effect, is_expired(found, now)
        hold = asked.get(effect.id)
        if not is_old and effect.state is not EffectState.UNKNOWN and hold is None:
            continue
        needs_person = is_old or hold is not None
        serves = effect.step or found.intent.serves
        name = f"{effect.kind} at {effect.system}" + (f" for {serves}" if serves else "")
        yield Alert(
            kind=AlertKind.EFFECT,
            thing=effect.id,
            level=AlertLevel.WARNING if needs_person else AlertLevel.ADVISORY,
            what=f"{name} has waited for a day" if is_old else f"the end of {name} is unknown",
            value=found.says or ("" if hold is None else "; ".join(hold.reasons)),
            since=effect.since,
            cause=effect.step,
            source=effect.system,
            action=_ACTIONS[HoldCause.EFFECT] if needs_person else "wait: the target is asked",
        )


def _change(run: RunState) -> Iterator[Alert]:
    """Give that the change record and the night differ, or that it cannot be read."""
    standing = run.change
    if standing is None:
        return
    differs = difference(run)
    held = next((hold.since for hold in run.holds if hold.cause is HoldCause.CHANGE), None)
    known = standing.known_at or run.opened_at
    if differs or standing.unread:
        yield Alert(
            kind=AlertKind.CHANGE,
            thing=standing.change,
            level=AlertLevel.WARNING if differs else AlertLevel.ADVISORY,
            what=differs or f"{standing.change} cannot be read in {standing.system}",
            value="" if differs else standing.unread,
            since=(held or known) if differs else known,
            cause=step_at(run, known),
            source=standing.system,
            action=_ACTIONS[HoldCause.CHANGE] if differs else f"look at {standing.system}",
        )
