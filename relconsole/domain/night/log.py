"""The bridge log: each recorded fact of a run as one line of plain words.

Every kind of fact is named here, so that the type checkers refuse one that has no words yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from relconsole.domain.kernel.ids import EffectId, FactId, PersonId, StepId
from relconsole.domain.night.alert_facts import AlertAcknowledged, AlertShelved, AlertUnshelved
from relconsole.domain.night.bridge_facts import (
    ClockJumped,
    MonitoringWentDark,
    Noted,
    ProblemOpened,
)
from relconsole.domain.night.change_facts import ChangeSeen, ChangeSettled, ClosureConfirmed
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectIntended,
    EffectRefused,
    EffectRenewed,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
)
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.facts import (
    CheckpointAnchored,
    CheckRead,
    FollowersDecided,
    GateDecided,
    RunEnded,
    RunLeft,
    RunOpened,
    RunTakenUp,
    StationAnswered,
    StepEnded,
    StepReopened,
    StepStarted,
    StepWaits,
)
from relconsole.domain.night.log_words import (
    Intents,
    tell_alert,
    tell_bridge,
    tell_change,
    tell_effect,
    tell_life,
    tell_muster,
    tell_rollback,
    tell_step,
)
from relconsole.domain.night.message_facts import MessageSent
from relconsole.domain.night.muster_facts import MusterFact, PersonCalled, PersonGone, PersonHere
from relconsole.domain.night.rollback_facts import (
    ControlTotalTaken,
    RehearsalCounted,
    RestorePointKept,
    RollbackArmed,
    RollbackDisarmed,
    RollbackEnded,
    RollbackFired,
    SignatureAsked,
    StatePreserved,
    TotalDifferenceClosed,
)
from relconsole.domain.night.wording import one_line, say_instant, say_person
from relconsole.domain.record.recorded import Recorded

LoggedFact: TypeAlias = RunOpened | RehearsalCounted | MusterFact | NightFact


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One fact in words; ``for_person`` is the owner for whom ``person`` recorded it.

    ``person`` is None where the console speaks; ``signed`` tells whether a person's key is on it.
    """

    seq: int
    id: FactId
    at: datetime
    kind: str
    person: PersonId | None
    for_person: PersonId | None
    heard: str
    step: StepId | None
    signed: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which lines to show; empty means all. A person counts as recorder and as the one meant."""

    kinds: frozenset[str] = frozenset()
    people: frozenset[PersonId] = frozenset()
    steps: frozenset[StepId] = frozenset()

    def takes(self, line: LogLine) -> bool:
        """Tell whether a line is to be shown."""
        return (
            (not self.kinds or line.kind in self.kinds)
            and (not self.people or not self.people.isdisjoint({line.person, line.for_person}))
            and (not self.steps or line.step in self.steps)
        )


def log_lines(
    facts: Sequence[Recorded[LoggedFact]], shown: LogFilter | None = None
) -> tuple[LogLine, ...]:
    """Give the log of a run's facts, which come in the order of the record."""
    asked = shown or LogFilter()
    intents: dict[EffectId, EffectIntended] = {}
    lines: list[LogLine] = []
    for recorded in facts:
        if isinstance(recorded.fact, EffectIntended):
            intents[EffectId(recorded.id)] = recorded.fact
        line = _log_line(recorded, intents)
        if asked.takes(line):
            lines.append(line)
    return tuple(lines)


def render_line(line: LogLine, zone: str) -> str:
    """Give a line of text: UTC and the wall time of an IANA zone, whose act, and what."""
    who = say_person(line.person, line.for_person, line.heard)
    return f"{say_instant(line.at, zone)}  {who}: {line.text}"


def _log_line(recorded: Recorded[LoggedFact], intents: Intents) -> LogLine:
    """Give a fact as a line."""
    fact = recorded.fact
    for_person, heard = _meant(fact)
    return LogLine(
        seq=recorded.seq,
        id=recorded.id,
        at=recorded.at,
        kind=fact.KIND,
        person=recorded.by,
        for_person=for_person,
        heard=heard,
        step=step_of(fact, intents),
        signed=recorded.key is not None,
        text=tell_fact(fact, intents),
    )


def tell_fact(fact: LoggedFact, intents: Intents) -> str:
    """Give a fact in plain words, on one line; ``intents`` are the effects intended so far."""
    match fact:
        case (
            RunOpened()
            | RunTakenUp()
            | RunLeft()
            | RunEnded()
            | CheckpointAnchored()
            | ClockJumped()
            | Noted()
            | MonitoringWentDark()
            | MessageSent()
            | RehearsalCounted()
        ):
            words = tell_life(fact)
        case (
            StepStarted()
            | StepWaits()
            | StepEnded()
            | StepReopened()
            | FollowersDecided()
            | CheckRead()
            | StationAnswered()
            | GateDecided()
        ):
            words = tell_step(fact)
        case (
            EffectIntended()
            | EffectSent()
            | EffectAcknowledged()
            | EffectConfirmed()
            | EffectUnknown()
            | EffectRefused()
            | EffectSettledByHand()
            | EffectRenewed()
        ):
            words = tell_effect(fact, intents)
        case ChangeSeen() | ChangeSettled() | ClosureConfirmed():
            words = tell_change(fact)
        case AlertAcknowledged() | AlertShelved() | AlertUnshelved():
            words = tell_alert(fact)
        case PersonCalled() | PersonHere() | PersonGone():
            words = tell_muster(fact)
        case (
            SignatureAsked()
            | RollbackArmed()
            | RollbackDisarmed()
            | RollbackFired()
            | StatePreserved()
            | ControlTotalTaken()
            | TotalDifferenceClosed()
            | RestorePointKept()
            | RollbackEnded()
        ):
            words = tell_rollback(fact)
        case _:
            words = tell_bridge(fact)
    return one_line(words, cap=600)


def step_of(fact: LoggedFact, intents: Mapping[EffectId, EffectIntended]) -> StepId | None:
    """Give the step that a fact is about, None where it is about none."""
    match fact:
        case (
            StepStarted()
            | StepWaits()
            | StepEnded()
            | StepReopened()
            | FollowersDecided()
            | CheckRead()
            | StationAnswered()
            | GateDecided()
            | EffectIntended()
            | ProblemOpened()
        ):
            return fact.step
        case (
            EffectSent()
            | EffectAcknowledged()
            | EffectConfirmed()
            | EffectUnknown()
            | EffectRefused()
            | EffectSettledByHand()
            | EffectRenewed()
        ):
            intended = intents.get(fact.effect)
            return None if intended is None else intended.step
        case _:
            return None


def _meant(fact: LoggedFact) -> tuple[PersonId | None, str]:
    """Give for whom an act was recorded and how it was heard."""
    match fact:
        case (
            StepStarted()
            | StepWaits()
            | StepEnded()
            | StepReopened()
            | StationAnswered()
            | Noted()
            | AlertAcknowledged()
            | AlertShelved()
            | AlertUnshelved()
            | MessageSent()
        ):
            return fact.for_person, fact.heard
        case PersonHere() | PersonGone():
            return fact.person, fact.heard
        case _:
            return None, ""
