"""How each fact of a night changes the state of its run; total, and free of judgement.

What may become a fact is decided in the ``decide`` modules; a fact that stands in the record is
taken as it is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeAlias, TypeVar, assert_never

from immutables import Map

from relconsole.domain.kernel.changing import changed
from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.alert_facts import AlertAcknowledged, AlertShelved, AlertUnshelved
from relconsole.domain.night.bridge_facts import (
    ClockJumped,
    HandoverAccepted,
    HandoverOffered,
    HoldBegan,
    HoldEnded,
    LeftOpen,
    LeftOpenClosed,
    LeftOpenHandedOver,
    LineResumed,
    LineStopped,
    MonitoringWentDark,
    Noted,
    PlanAmended,
    ProblemClosed,
    ProblemOpened,
    TriggerCleared,
    TriggerMarkedFalse,
    TriggerStood,
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
from relconsole.domain.night.evolve_alerts import AlertFact, evolve_alert
from relconsole.domain.night.evolve_change import ChangeFact, evolve_change
from relconsole.domain.night.evolve_effects import EffectFact, evolve_effect
from relconsole.domain.night.evolve_steps import StepFact, evolve_step
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
from relconsole.domain.night.message_facts import MessageSent
from relconsole.domain.night.rollback_facts import (
    ControlTotalTaken,
    RestorePointKept,
    RollbackArmed,
    RollbackDisarmed,
    RollbackEnded,
    RollbackFired,
    SignatureAsked,
    StatePreserved,
    TotalDifferenceClosed,
)
from relconsole.domain.night.state import (
    Hold,
    OpenEntry,
    Problem,
    RollbackRun,
    RunState,
    SentMessage,
    StepRun,
    Stop,
)
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.rollback.relief import all_steps

Key = TypeVar("Key")
Value = TypeVar("Value")

RunFact: TypeAlias = (
    RunTakenUp | RunLeft | RunEnded | CheckpointAnchored | ClockJumped | Noted | MonitoringWentDark
)
BridgeFact: TypeAlias = (
    HoldBegan
    | HoldEnded
    | TriggerStood
    | TriggerCleared
    | TriggerMarkedFalse
    | LineResumed
    | ProblemOpened
    | ProblemClosed
    | LeftOpen
    | LeftOpenClosed
    | LeftOpenHandedOver
    | HandoverOffered
    | HandoverAccepted
    | PlanAmended
)
RollbackFact: TypeAlias = (
    SignatureAsked
    | RollbackArmed
    | RollbackDisarmed
    | RollbackFired
    | StatePreserved
    | ControlTotalTaken
    | TotalDifferenceClosed
    | RestorePointKept
    | RollbackEnded
)
NightFact: TypeAlias = (
    RunFact
    | LineStopped
    | BridgeFact
    | RollbackFact
    | StepFact
    | EffectFact
    | ChangeFact
    | AlertFact
    | MessageSent
)


def open_run(recorded: Recorded[RunOpened]) -> RunState:
    """Give the state of a run that was just opened."""
    fact = recorded.fact
    return RunState(
        id=fact.run,
        release=fact.release,
        rehearsal=fact.rehearsal,
        runbook=fact.runbook,
        plan=fact.plan,
        step_digests=fact.step_digests,
        calls=fact.calls,
        commander=fact.commander,
        opened_at=recorded.at,
        opened_by=recorded.by,
        approval=fact.approval,
        console=fact.console,
        holder=fact.holder,
        steps=Map({step.id: StepRun(step=step.id) for step in all_steps(fact.runbook)}),
    )


def evolve_run(run: RunState, recorded: Recorded[NightFact]) -> RunState:
    """Give the run after a fact about it."""
    fact = recorded.fact
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
        ):
            return evolve_step(run, fact, at=recorded.at, by=recorded.by)
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
            return evolve_effect(run, fact, fact_id=recorded.id, seq=recorded.seq, at=recorded.at)
        case ChangeSeen() | ChangeSettled() | ClosureConfirmed():
            return evolve_change(run, fact, at=recorded.at, by=recorded.by)
        case AlertAcknowledged() | AlertShelved() | AlertUnshelved():
            return evolve_alert(run, fact, at=recorded.at, by=recorded.by)
        case MessageSent():
            return _keep_sent(run, fact, recorded.at, recorded.by)
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
            return _evolve_rollback(run, fact, at=recorded.at, by=recorded.by)
        case (
            RunTakenUp()
            | RunLeft()
            | RunEnded()
            | CheckpointAnchored()
            | ClockJumped()
            | Noted()
            | MonitoringWentDark()
        ):
            return _evolve_life(run, fact, at=recorded.at)
        case LineStopped(note=note):
            return changed(
                run, stop=Stop(fact=recorded.id, by=recorded.by, at=recorded.at, note=note)
            )
        case _:
            return _evolve_bridge(run, fact, at=recorded.at, by=recorded.by)


def _keep_sent(run: RunState, fact: MessageSent, at: datetime, by: PersonId | None) -> RunState:
    """Give the run after a message went out."""
    return changed(run, sent=(*run.sent, SentMessage(fact=fact, at=at, by=by)))


def _evolve_life(run: RunState, fact: RunFact, *, at: datetime) -> RunState:
    """Give the run after it was taken up, left or ended, or after something was noted."""
    match fact:
        case RunTakenUp(holder=holder, fence=fence, console=console):
            return changed(
                run,
                holder=holder,
                fence=fence,
                console=console or run.console,
                outcome=None,
                ended_at=None,
                ended_reasons=(),
            )
        case RunLeft(outcome=outcome, reasons=reasons) | RunEnded(outcome=outcome, reasons=reasons):
            return changed(run, outcome=outcome, ended_at=at, ended_reasons=reasons)
        case CheckpointAnchored(size=size):
            return changed(run, anchored=max(run.anchored, size))
        case ClockJumped() | Noted() | MonitoringWentDark():
            return run
        case _:
            assert_never(fact)


def _evolve_bridge(
    run: RunState, fact: BridgeFact, *, at: datetime, by: PersonId | None
) -> RunState:
    """Give the run after a fact of the bridge."""
    match fact:
        case HoldBegan(cause=cause, thing=thing, reasons=reasons):
            since = _held_since(run, fact) or at
            held = Hold(cause=cause, thing=thing, reasons=reasons, since=since)
            return changed(run, holds=(*_holds_without(run, fact), held))
        case HoldEnded():
            return changed(run, holds=_holds_without(run, fact))
        case TriggerStood(trigger=trigger):
            return changed(run, triggers=run.triggers.set(trigger, fact))
        case TriggerCleared(trigger=trigger):
            return changed(run, triggers=_without(run.triggers, trigger))
        case TriggerMarkedFalse(trigger=trigger):
            times = run.false_triggers.get(trigger, 0) + 1
            return changed(
                run,
                triggers=_without(run.triggers, trigger),
                false_triggers=run.false_triggers.set(trigger, times),
            )
        case LineResumed():
            return changed(run, stop=None)
        case ProblemOpened(problem=problem):
            return changed(run, problems=run.problems.set(problem, Problem(opened=fact, at=at)))
        case ProblemClosed(problem=problem, decision=decision):
            closed = replace(run.problems[problem], closed=at, decision=decision)
            return changed(run, problems=run.problems.set(problem, closed))
        case LeftOpen(entry=entry):
            return changed(run, left_open=run.left_open.set(entry, OpenEntry(entry=fact, since=at)))
        case LeftOpenClosed(entry=entry):
            return changed(run, left_open=_without(run.left_open, entry))
        case LeftOpenHandedOver(entry=entry, to=to):
            handed = replace(run.left_open[entry], handed_to=to)
            return changed(run, left_open=run.left_open.set(entry, handed))
        case HandoverOffered():
            return changed(run, handover=fact)
        case HandoverAccepted():
            return changed(run, commander=by or run.commander, handover=None)
        case PlanAmended():
            return _amend(run, fact)
        case _:
            assert_never(fact)


def _amend(run: RunState, fact: PlanAmended) -> RunState:
    """Give the run with the amended plan; steps that were there keep what happened to them."""
    kept = {
        step.id: run.steps.get(step.id, StepRun(step=step.id)) for step in all_steps(fact.runbook)
    }
    return changed(
        run,
        runbook=fact.runbook,
        plan=fact.plan,
        step_digests=fact.step_digests,
        calls=fact.calls,
        steps=run.steps.update(kept),
        amendments=(*run.amendments, fact),
    )


def _evolve_rollback(
    run: RunState, fact: RollbackFact, *, at: datetime, by: PersonId | None
) -> RunState:
    """Give the run after a fact of the way back."""
    match fact:
        case SignatureAsked(digest=digest):
            return changed(run, asked=run.asked.set(digest, fact))
        case RollbackArmed(calls=calls):
            armed = RollbackRun(armed=fact, armed_by=by, armed_at=at)
            return changed(run, rollback=armed, calls={**run.calls, **calls})
        case RollbackDisarmed():
            return changed(run, rollback=None)
        case ControlTotalTaken():
            return changed(run, totals=(*run.totals, fact))
        case TotalDifferenceClosed():
            return changed(run, total_closings=(*run.total_closings, fact))
        case RestorePointKept(point=point, says=says):
            return changed(run, restore_points=run.restore_points.set(point, says))
        case RollbackFired() | StatePreserved() | RollbackEnded():
            if run.rollback is None:
                raise Bug(f"{fact.KIND} without an armed rollback in run {run.id}")
            return _evolve_fired(run, run.rollback, fact, at=at)
        case _:
            assert_never(fact)


def _evolve_fired(
    run: RunState,
    rollback: RollbackRun,
    fact: RollbackFired | StatePreserved | RollbackEnded,
    *,
    at: datetime,
) -> RunState:
    """Give the run after its armed rollback was fired, went on, or ended."""
    match fact:
        case RollbackFired(person=person, second=second):
            fired = replace(
                rollback, fired_at=at, fired_by=person, second=second.signer if second else None
            )
            added = {undo.id: _set_out_again(run, undo.id) for undo in rollback.armed.steps}
            # Two people signed it, so it resumes a stopped line; a stop after it halts it again.
            return changed(run, rollback=fired, steps=run.steps.update(added), stop=None)
        case StatePreserved():
            return changed(run, rollback=replace(rollback, preserved=True))
        case RollbackEnded(ending=ending, fleet=fleet, reconcile=reconcile):
            ended = replace(rollback, ending=ending, ended_at=at, fleet=fleet, reconcile=reconcile)
            return changed(run, rollback=ended)
        case _:
            assert_never(fact)


def _set_out_again(run: RunState, undo: StepId) -> StepRun:
    """Give a step of the way back, not started; attempts of an earlier rollback stay counted."""
    known = run.steps.get(undo)
    return StepRun(step=undo, attempts=known.attempts if known else ())


def _held_since(run: RunState, fact: HoldBegan) -> datetime | None:
    """Give since when this very hold stands, None where it does not: new reasons begin none."""
    return next(
        (held.since for held in run.holds if (held.cause, held.thing) == (fact.cause, fact.thing)),
        None,
    )


def _holds_without(run: RunState, fact: HoldBegan | HoldEnded) -> tuple[Hold, ...]:
    """Give the standing holds but the one of this cause and thing."""
    return tuple(held for held in run.holds if (held.cause, held.thing) != (fact.cause, fact.thing))


def _without(kept: Map[Key, Value], key: Key) -> Map[Key, Value]:
    """Give the map without a key, the same map where it has none."""
    return kept.delete(key) if key in kept else kept
