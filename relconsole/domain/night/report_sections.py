"""What the sections of a night report gather from the facts of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from relconsole.domain.estate.people import Person, are_one_person
from relconsole.domain.kernel.ids import EffectId, PersonId, StepId
from relconsole.domain.night.bridge_facts import (
    ClockJumped,
    HandoverAccepted,
    HoldBegan,
    HoldCause,
    HoldEnded,
    LineResumed,
    LineStopped,
    MonitoringWentDark,
    PlanAmended,
    TriggerCleared,
    TriggerMarkedFalse,
    TriggerStood,
)
from relconsole.domain.night.effect_facts import EffectIntended, EffectSettledByHand
from relconsole.domain.night.facts import RunOpened, StepEnded, StepStarted
from relconsole.domain.night.log import LoggedFact
from relconsole.domain.night.rollback_facts import RollbackFired, TotalMoment, TwoPersonAct
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.runbook import StepKind
from relconsole.domain.record.effect import Outcome
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.record.request import Answer

Facts = Sequence[Recorded[LoggedFact]]

LINE = "the line"
"""What a stop stands under among the holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """A hold, or a stopped line; ``ended`` and ``lasted`` are None while it stands."""

    cause: str
    thing: str
    reasons: tuple[str, ...]
    began: datetime
    began_by: PersonId | None
    ended: datetime | None = None
    ended_by: PersonId | None = None
    lasted: timedelta | None = None
    note: str = ""

    @property
    def is_unplanned(self) -> bool:
        """Tell whether it was more than a gate or a person waiting for an answer."""
        return self.cause not in {HoldCause.GATE, HoldCause.NO_ANSWER}


class TriggerEnding(StrEnum):
    """What became of a trigger that stood."""

    CLEARED = "cleared"
    FALSE_POSITIVE = "false positive"
    STANDING = "standing"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerRow:
    """A trigger that stood; ``ended`` is None while it stands, ``by`` who marked it as false."""

    trigger: str
    value: float
    since: datetime
    stood: datetime
    reasons: tuple[str, ...]
    ending: TriggerEnding = TriggerEnding.STANDING
    ended: datetime | None = None
    by: PersonId | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentRow:
    """An amendment; ``second`` signed beside ``by`` where it went beyond the policy's limits."""

    at: datetime
    by: PersonId | None
    second: PersonId | None
    reason: str
    says: tuple[str, ...]
    changed: tuple[StepId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """Who commanded from when on."""

    person: PersonId
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRow:
    """A two-person act: ``by`` did it, ``second`` signed it; both None where nobody is named."""

    act: str
    thing: str
    by: PersonId | None
    second: PersonId
    signed_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledRow:
    """An effect that a person settled; ``outcome`` None means that it never happened."""

    effect: EffectId
    what: str
    step: StepId | None
    outcome: Outcome | None
    by: PersonId | None
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalRow:
    """A control total, with what closed its difference where there was one."""

    total: str
    moment: TotalMoment
    value: float | None
    closed: str


def list_holds(facts: Facts) -> tuple[HoldRow, ...]:
    """Give the holds and the stops of the line in the order in which they began."""
    rows: list[HoldRow] = []
    standing: dict[tuple[str, str], int] = {}
    for each in facts:
        match each.fact:
            case HoldBegan(cause=cause, thing=thing, reasons=reasons):
                _begin(rows, standing, each, (cause.value, thing), reasons)
            case LineStopped(note=note):
                _begin(rows, standing, each, ("stop", LINE), (note,) if note else ())
            case HoldEnded(cause=cause, thing=thing, note=note):
                _end(rows, standing, each, (cause.value, thing), note)
            case LineResumed(note=note):
                _end(rows, standing, each, ("stop", LINE), note)
            case RollbackFired():
                # Two people signed it, so it resumes a stopped line.
                _end(rows, standing, each, ("stop", LINE), "the rollback was fired")
            case _:
                pass
    return tuple(rows)


def _begin(
    rows: list[HoldRow],
    standing: dict[tuple[str, str], int],
    each: Recorded[LoggedFact],
    key: tuple[str, str],
    reasons: tuple[str, ...],
) -> None:
    """Add a hold, or new reasons to one that stands."""
    if key in standing:
        rows[standing[key]] = replace(rows[standing[key]], reasons=reasons)
        return
    standing[key] = len(rows)
    rows.append(
        HoldRow(cause=key[0], thing=key[1], reasons=reasons, began=each.at, began_by=each.by)
    )


def _end(
    rows: list[HoldRow],
    standing: dict[tuple[str, str], int],
    each: Recorded[LoggedFact],
    key: tuple[str, str],
    note: str,
) -> None:
    """End a hold that stands."""
    place = standing.pop(key, None)
    if place is None:
        return
    began = rows[place].began
    rows[place] = replace(
        rows[place], ended=each.at, ended_by=each.by, lasted=each.at - began, note=note
    )


def list_triggers(facts: Facts) -> tuple[TriggerRow, ...]:
    """Give the triggers in the order in which they stood."""
    rows: list[TriggerRow] = []
    standing: dict[str, int] = {}
    for each in facts:
        match each.fact:
            case TriggerStood() as stood:
                standing[stood.trigger] = len(rows)
                rows.append(
                    TriggerRow(
                        trigger=stood.trigger,
                        value=stood.value,
                        since=stood.since,
                        stood=each.at,
                        reasons=stood.reasons,
                    )
                )
            case TriggerCleared(trigger=trigger) if trigger in standing:
                place = standing.pop(trigger)
                rows[place] = replace(rows[place], ending=TriggerEnding.CLEARED, ended=each.at)
            case TriggerMarkedFalse(trigger=trigger, note=note) if trigger in standing:
                place = standing.pop(trigger)
                rows[place] = replace(
                    rows[place],
                    ending=TriggerEnding.FALSE_POSITIVE,
                    ended=each.at,
                    by=each.by,
                    note=note,
                )
            case _:
                pass
    return tuple(rows)


def list_amendments(facts: Facts) -> tuple[AmendmentRow, ...]:
    """Give the amendments in their order."""
    return tuple(
        AmendmentRow(
            at=each.at,
            by=each.by,
            second=each.fact.second.signer if each.fact.second else None,
            reason=each.fact.reason,
            says=each.fact.says,
            changed=each.fact.changed,
        )
        for each in facts
        if isinstance(each.fact, PlanAmended)
    )


def list_commands(facts: Facts, people: Mapping[PersonId, Person]) -> tuple[CommandRow, ...]:
    """Give who commanded, in turn."""
    rows: list[CommandRow] = []
    for each in facts:
        match each.fact:
            case RunOpened(commander=commander):
                person: PersonId | None = commander
            case HandoverAccepted():
                person = each.by
            case _:
                continue
        if person is not None and not (rows and are_one_person(people, rows[-1].person, person)):
            rows.append(CommandRow(person=person, since=each.at))
    return tuple(rows)


def list_signatures(run: RunState, facts: Facts) -> tuple[SignatureRow, ...]:
    """Give the acts that a second person signed, in their order."""
    rows: list[SignatureRow] = []
    for each in facts:
        match each.fact:
            case StepStarted(commit=Answer() as answer, step=step):
                rows.append(_signature(run, each, answer, TwoPersonAct.COMMIT, step))
            case StepEnded(second=Answer() as answer, step=step):
                rows.append(_signature(run, each, answer, TwoPersonAct.OVERRIDE, step))
            case LineResumed(second=answer):
                rows.append(_signature(run, each, answer, TwoPersonAct.RESUME, LINE))
            case PlanAmended(second=Answer() as answer, reason=reason):
                rows.append(_signature(run, each, answer, TwoPersonAct.AMEND, reason))
            case RollbackFired(second=Answer() as answer):
                rows.append(_signature(run, each, answer, TwoPersonAct.ROLLBACK, run.release))
            case _:
                pass
    return tuple(rows)


def _signature(
    run: RunState, each: Recorded[LoggedFact], answer: Answer, act: TwoPersonAct, thing: str
) -> SignatureRow:
    """Give a signature; what was asked says best which act it is."""
    asked = run.asked.get(answer.digest)
    return SignatureRow(
        act=str(asked.act if asked else act).replace("_", " "),
        thing=asked.thing if asked else thing,
        by=each.by,
        second=answer.signer,
        signed_at=answer.signed_at,
        at=each.at,
    )


def list_settled(facts: Facts) -> tuple[SettledRow, ...]:
    """Give the effects that a person settled, in their order."""
    intents: dict[str, EffectIntended] = {}
    rows: list[SettledRow] = []
    for each in facts:
        match each.fact:
            case EffectIntended() as intended:
                intents[each.id] = intended
            case EffectSettledByHand() as settled:
                known = intents.get(settled.effect)
                rows.append(
                    SettledRow(
                        effect=settled.effect,
                        what=f"{known.effect_kind} at {known.system}" if known else "an effect",
                        step=known.step if known else None,
                        outcome=settled.outcome,
                        by=each.by,
                        at=each.at,
                        note=settled.note,
                    )
                )
            case _:
                pass
    return tuple(rows)


def list_totals(run: RunState) -> tuple[TotalRow, ...]:
    """Give the control totals in the order in which they were taken."""
    closed = {
        (each.total, each.moment): f"{each.owner}: {each.cause}; {each.correction}"
        for each in run.total_closings
    }
    return tuple(
        TotalRow(
            total=each.total,
            moment=each.moment,
            value=each.value,
            closed=closed.get((each.total, each.moment), ""),
        )
        for each in run.totals
    )


def list_dark(facts: Facts) -> list[str]:
    """Give the moments in which automation or monitoring could not be relied upon."""
    found: list[str] = []
    for each in facts:
        match each.fact:
            case MonitoringWentDark(system=system):
                found.append(f"{system} did not answer")
            case ClockJumped(seconds=seconds):
                found.append(f"the wall clock jumped by {seconds:+g} s")
            case _:
                pass
    return list(dict.fromkeys(found))


def list_unproven(run: RunState, facts: Facts) -> tuple[str, ...]:
    """Give, for a live run, whose acts bear no signature; a rehearsal takes everybody's word."""
    if run.rehearsal:
        return ()
    counts: dict[PersonId, int] = {}
    for each in facts:
        if each.by is not None and each.key is None:
            counts[each.by] = counts.get(each.by, 0) + 1
    return tuple(
        f"unproven: acts of {person} without a signature: {count}"
        for person, count in counts.items()
    )


def list_unread(run: RunState) -> tuple[str, ...]:
    """Give the checks of steps that were done without the check having been read."""
    if run.rehearsal:
        return ()
    found: list[str] = []
    for step in run.runbook.steps:
        newest = run.steps[step.id].attempt
        if step.kind is StepKind.GATE or newest is None or not run.steps[step.id].was_done:
            continue
        read = {each.check for each in newest.checks if each.passed is not None}
        found += [
            f"check {check.id} of {step.id} was never read"
            for check in step.checks
            if check.id not in read
        ]
    return tuple(found)
