"""Opening, taking up, leaving and ending a run, and the moves of its effects."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, assert_never

from relconsole.domain.calendar.verdict import forbids
from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.around import (
    Around,
    attribution_reasons,
    duties,
    gather,
    reason,
    signer_reasons,
)
from relconsole.domain.night.bookings import booking_of
from relconsole.domain.night.bridge_facts import HoldCause, HoldEnded
from relconsole.domain.night.decide_change import last_facts
from relconsole.domain.night.decide_start import halt_reasons
from relconsole.domain.night.effect_facts import (
    OF_THE_CHANGE,
    WORK,
    EffectRenewed,
    EffectSent,
    EffectSettledByHand,
    Purpose,
)
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.evolve_effects import moved_effect
from relconsole.domain.night.facts import (
    CheckpointAnchored,
    RunEnded,
    RunLeft,
    RunOpened,
    RunOutcome,
    RunTakenUp,
)
from relconsole.domain.night.intents import intend
from relconsole.domain.night.readiness_of_steps import is_finished
from relconsole.domain.night.relief import is_stopped_for, underway_relief
from relconsole.domain.night.rollback_facts import RollbackEnding
from relconsole.domain.night.run_commands import (
    EndRun,
    IntendEffect,
    KeepAnchor,
    LeaveRun,
    MoveEffect,
    OpenRun,
    RenewEffect,
    RunCommand,
    TakeUp,
)
from relconsole.domain.night.standing import standing_silences
from relconsole.domain.night.state import RunState
from relconsole.domain.night.step_commands import Said
from relconsole.domain.night.waiting import MAY_STILL_LEAVE
from relconsole.domain.readiness.segregation import Duty

Facts = tuple[NightFact, ...]
_OF_STEPS: Final = frozenset({*WORK, Purpose.SILENCE})
_WORDS: Final = frozenset({Purpose.ANCHOR, Purpose.NOTE})
"""Comments mean the same to every version."""


def open_release(
    around: Around, standing: RunState | None, command: OpenRun
) -> tuple[RunOpened] | Refusal:
    """Give the opening of a run, or every reason why this night may not begin."""
    release = around.release
    if standing is not None and not standing.is_over:
        return refuse("run_open", standing.id, f"{release.id} has an open run", "take it up")
    refusal = None if command.rehearsal else gather(_live_reasons(around, command))
    if refusal is not None:
        return refusal
    return (
        RunOpened(
            run=command.run,
            release=release.id,
            rehearsal=command.rehearsal,
            runbook=release.runbook,
            plan=command.plan,
            step_digests=command.step_digests,
            calls=command.calls,
            commander=release.commander,
            holder=command.holder,
            approval=command.approval,
            policy=command.policy,
            console=command.console,
            plugins=command.plugins,
        ),
    )


def _live_reasons(around: Around, command: OpenRun) -> tuple[Reason, ...]:
    """Give why a live night may not begin: the calendar, the change, or who begins it."""
    approval = tuple(
        reason("not_approved", around.release.id, gap, "the change is approved")
        for gap in command.approval_gaps
    )
    return (
        *forbids(around.calendar, around.estate, booking_of(around.release, around.estate)),
        *approval,
        *signer_reasons(around, around.release.id),
    )


def decide_run(around: Around, run: RunState, command: RunCommand) -> Facts | Refusal:
    """Give what a command about the run as a whole comes to."""
    match command:
        case OpenRun():
            return refuse("run_open", run.id, f"run {run.id} is open")
        case TakeUp():
            return _take_up(run, command)
        case LeaveRun(outcome=outcome, reasons=reasons):
            return (RunLeft(run=run.id, outcome=outcome, reasons=reasons),)
        case EndRun():
            return _end(around, run, command)
        case IntendEffect():
            return _intend(around, run, command)
        case MoveEffect():
            return _move(around, run, command)
        case RenewEffect():
            return _renew(around, run, command)
        case KeepAnchor(size=size, root=root, place=place):
            return (CheckpointAnchored(run=run.id, size=size, root=root, place=place),)
        case _:
            assert_never(command)


def _answered_holds(run: RunState) -> Facts:
    """Give the end of the holds that only meant that nobody was there to answer."""
    return tuple(
        HoldEnded(run=run.id, cause=hold.cause, thing=hold.thing, note="taken up")
        for hold in run.holds
        if hold.cause in {HoldCause.NO_ANSWER, HoldCause.MONITORING}
    )


def _end(around: Around, run: RunState, command: EndRun) -> Facts | Refusal:
    """Give the end of the run, once nothing is open that nobody took over."""
    rolled_back = run.rollback is not None and run.rollback.ending is RollbackEnding.ROLLED_BACK
    fired = run.rollback is not None and run.rollback.fired_at is not None
    wrong = {
        RunOutcome.FINISHED: (
            *(("a rollback was fired; it ends rolled back",) if fired else ()),
            *(() if is_finished(run) else ("not every step is dealt with",)),
        ),
        RunOutcome.ROLLED_BACK: () if rolled_back else ("it is not observed as rolled back",),
        RunOutcome.HELD: ("a held run is left, not ended",),
        RunOutcome.STOPPED: ("a stopped run is left, not ended",),
    }[command.outcome]
    refusal = gather(
        (reason("run_over", run.id, f"run {run.id} has ended"),) if run.is_over else (),
        tuple(reason("not_at_the_end", run.id, says) for says in wrong),
        halt_reasons(run, forward=True) if command.outcome is RunOutcome.FINISHED else (),
        tuple(
            reason(
                "left_open",
                entry,
                f"{found.entry.what} is open",
                f"{found.entry.closes}, or hand it over",
            )
            for entry, found in sorted(run.left_open.items())
            if found.handed_to is None
        ),
        tuple(
            reason("relief_underway", step.id, f"{step.title} is under way", "end it")
            for step in underway_relief(run)
        ),
        tuple(
            reason("effect_open", found.effect.id, f"{found.effect.kind} is {found.effect.state}")
            for found in run.open_effects()
            # What ITSM has not taken yet keeps nobody on the bridge; the record says so.
            if found.intent.purpose not in OF_THE_CHANGE
        ),
        tuple(
            reason("silence_stands", found.effect.id, f"{found.effect.system} still mutes alerts")
            for found in standing_silences(run, around.now)
        ),
        tuple(
            reason("problem_open", problem, found.opened.what, "close it")
            for problem, found in sorted(run.problems.items())
            if found.closed is None
        ),
    )
    if refusal is not None:
        return refusal
    told = last_facts(around, run, command.outcome)
    return (*told, RunEnded(run=run.id, outcome=command.outcome))


def _take_up(run: RunState, command: TakeUp) -> Facts | Refusal:
    """Give the run under its new token; another program waits until nothing is under way.

    What an effect meant to the version that intended it, another version must not guess.
    """
    if run.is_over:
        return refuse("run_over", run.id, f"run {run.id} has ended")
    open_ = [found for found in run.open_effects() if found.intent.purpose not in _WORDS]
    if open_ and command.console and run.console and command.console != run.console:
        return refuse(
            "program_changed",
            run.id,
            f"version {run.console} conducted it, this is {command.console}, and open are"
            f" {', '.join(found.effect.id for found in open_)}",
            f"go on with version {run.console}, or look at each target and settle each by hand",
        )
    taken = RunTakenUp(
        run=run.id, holder=command.holder, fence=command.fence, console=command.console
    )
    return (taken, *_answered_holds(run))


def _intend(around: Around, run: RunState, command: IntendEffect) -> Facts | Refusal:
    """Give an effect that serves the night itself; what a step does is intended by its start."""
    says = f"a {command.purpose} effect is intended by starting its step"
    refusal = gather(
        halt_reasons(run, forward=False) if run.stop is not None else (),
        (reason("belongs_to_a_step", run.id, says, "start the step"),)
        if command.purpose in _OF_STEPS
        else (),
    )
    return refusal or (
        intend(
            around,
            run,
            system=command.system,
            effect_kind=command.effect_kind,
            purpose=command.purpose,
            payload=command.payload,
            step=command.step,
            serves=command.serves,
        ),
    )


def _move(around: Around, run: RunState, command: MoveEffect) -> Facts | Refusal:
    """Give the move of an effect where the table of moves has it; by hand only by a person."""
    fact = replace(command.move, run=run.id)
    known = run.effects.get(EffectId(fact.effect))
    if known is None:
        return refuse("no_effect", fact.effect, f"run {run.id} has no effect {fact.effect}")
    moved = moved_effect(known.effect, fact, around.now)
    if isinstance(moved, Refusal):
        return moved
    if isinstance(fact, EffectSent) and is_stopped_for(run, known):
        return refuse("line_stopped", fact.effect, "the line is stopped; nothing leaves")
    if not isinstance(fact, EffectSettledByHand):
        return (fact,)
    unsaid = reason("no_reason", fact.effect, "settling by hand needs what was seen", "add a note")
    refusal = gather(
        attribution_reasons(around, run, fact.effect),
        duties(around, run, Said(), Duty.CONFIRM),
        () if fact.note else (unsaid,),
    )
    if refusal is not None:
        return refusal
    return (fact, *_settled_holds(run, fact.effect, "settled by hand"))


def _renew(around: Around, run: RunState, command: RenewEffect) -> Facts | Refusal:
    """Give that what waited is still to be done; a person says so, who may start such a thing."""
    effect = command.effect
    known = run.effects.get(effect)
    if known is None:
        return refuse("no_effect", effect, f"run {run.id} has no effect {effect}")
    state = known.effect.state
    if state not in MAY_STILL_LEAVE:
        return refuse("effect_state", effect, f"it is {state}; it no longer waits to be sent")
    nameless = around.actor.is_console or around.actor.person is None
    says = "that it is still to be done is a person's word"
    refusal = gather(
        (reason("who_acts", effect, says, "name yourself with --as, and sign"),)
        if nameless and not run.rehearsal
        else attribution_reasons(around, run, effect),
        duties(around, run, Said(), Duty.START),
        ()
        if command.note
        else (reason("no_reason", effect, "sending it so late needs a reason", "add a note"),),
    )
    if refusal is not None:
        return refusal
    renewed = EffectRenewed(run=run.id, effect=effect, note=command.note)
    return (renewed, *_settled_holds(run, effect, "it is still to be done"))


def _settled_holds(run: RunState, effect: EffectId, note: str) -> Facts:
    """Give the end of the hold that asked a person about an effect."""
    return tuple(
        HoldEnded(run=run.id, cause=hold.cause, thing=hold.thing, note=note)
        for hold in run.holds
        if hold.cause is HoldCause.EFFECT and hold.thing == effect
    )
