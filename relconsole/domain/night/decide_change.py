"""What is decided about the change record: how it is seen, its differences, and its notes.

What the night tells the record is intended in the same breath as what it tells of, where that is
the end of the night or a person's decision, so that no crash leaves it untold.
"""

from __future__ import annotations

from typing import assert_never

from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.refusal import Refusal, refuse
from relconsole.domain.night.around import (
    Around,
    attribution_reasons,
    commander_reasons,
    gather,
    reason,
)
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, HoldEnded
from relconsole.domain.night.change_commands import (
    ChangeCommand,
    ConfirmClosure,
    SeeChange,
    SettleChange,
    TellChange,
)
from relconsole.domain.night.change_facts import ChangeSeen, ChangeSettled, ClosureConfirmed
from relconsole.domain.night.change_standing import (
    difference,
    is_same_state,
    next_state,
    phase_of,
)
from relconsole.domain.night.effect_facts import EffectIntended, Purpose
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.evolve_change import evolve_change
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.intents import intend
from relconsole.domain.night.state import RunState
from relconsole.domain.night.wording import one_line, say_person
from relconsole.domain.night.work_notes import WorkNote, due_notes, last_note
from relconsole.domain.record.effect_kinds import CHANGE_COMMENT, CHANGE_TRANSITION
from relconsole.domain.release.release import ChangePhase, ChangeReference

Facts = tuple[NightFact, ...]


def decide_change(around: Around, run: RunState, command: ChangeCommand) -> Facts | Refusal:
    """Give what a command about the change record comes to."""
    match command:
        case TellChange():
            return _due_facts(around, run)
        case SeeChange():
            return _see(around, run, command)
        case SettleChange():
            return _settle(around, run, command)
        case ConfirmClosure():
            return _confirm(around, run, command)
        case _:
            assert_never(command)


def last_facts(around: Around, run: RunState, outcome: RunOutcome) -> tuple[EffectIntended, ...]:
    """Give what the record is to be told when the night ends so."""
    change = around.release.change
    if change is None or run.rehearsal or run.stop is not None:
        return ()
    notes = (*due_notes(run), last_note(run, outcome))
    return (
        *(_intend_note(around, run, change, note) for note in notes),
        *_intend_move(around, run, ChangePhase(outcome)),
    )


def _due_facts(around: Around, run: RunState) -> tuple[EffectIntended, ...]:
    """Give what the record is to be told now while the night goes on, none under a stopped line."""
    change = around.release.change
    if change is None or run.rehearsal or run.stop is not None:
        return ()
    notes = tuple(_intend_note(around, run, change, note) for note in due_notes(run))
    return (*notes, *_intend_move(around, run, ChangePhase.RUNNING))


def _intend_note(
    around: Around, run: RunState, change: ChangeReference, note: WorkNote
) -> EffectIntended:
    return intend(
        around,
        run,
        system=change.system,
        effect_kind=CHANGE_COMMENT,
        purpose=Purpose.NOTE,
        payload={"change": change.id, "text": note.text},
        serves=note.about,
    )


def _intend_move(around: Around, run: RunState, phase: ChangePhase) -> tuple[EffectIntended, ...]:
    change = around.release.change
    found = next_state(run, around.release, phase)
    if change is None or found is None:
        return ()
    known, wanted = found
    return (
        intend(
            around,
            run,
            system=change.system,
            effect_kind=CHANGE_TRANSITION,
            purpose=Purpose.CHANGE_STATE,
            payload={"change": change.id, "from": known, "state": wanted},
            serves=phase,
        ),
    )


def _see(around: Around, run: RunState, command: SeeChange) -> Facts:
    """Give what a reading changes: nothing where it shows what is known already."""
    change = around.release.change
    if change is None:
        return ()
    seen = ChangeSeen(
        run=run.id,
        system=change.system,
        change=change.id,
        state=command.state,
        in_step=command.state is not None and _goes_with(run, change, command.state),
        why=command.why,
    )
    after = evolve_change(run, seen, at=around.now)
    told: Facts = (seen,) if _what_is_known(after) != _what_is_known(run) else ()
    return (*told, *_holds(run, difference(after), change.id))


def _goes_with(run: RunState, change: ChangeReference, state: str) -> bool:
    """Tell whether a state is the one of the night as it stands, or the one it may begin in."""
    if is_same_state(state, change.states.of(phase_of(run))):
        return True
    if run.change is not None and run.change.state:
        return False
    return not change.states.approved or is_same_state(state, change.states.approved)


def _what_is_known(run: RunState) -> tuple[str, str, str] | None:
    known = run.change
    return None if known is None else (known.state, known.accepted, known.unread)


def _holds(run: RunState, differs: str, change: str) -> Facts:
    """Give the hold that a difference is, or the end of one that is no more."""
    held = next((hold for hold in run.holds if hold.cause is HoldCause.CHANGE), None)
    if not differs:
        note = "in step again"
        ended = HoldEnded(run=run.id, cause=HoldCause.CHANGE, thing=change, note=note)
        return () if held is None else (ended,)
    if run.is_over or (held is not None and held.reasons == (differs,)):
        return ()
    return (HoldBegan(run=run.id, cause=HoldCause.CHANGE, thing=change, reasons=(differs,)),)


def _settle(around: Around, run: RunState, command: SettleChange) -> Facts | Refusal:
    """Give a person's decision about a difference, and the move that it asks for."""
    standing, change = run.change, around.release.change
    if change is None or standing is None or not difference(run):
        return refuse("no_difference", run.id, "night and change record are not seen to differ")
    phase, note = phase_of(run), command.said.note
    wanted = change.states.of(phase)
    refusal = gather(
        attribution_reasons(around, run, change.id),
        commander_reasons(around, run, change.id),
        ()
        if is_same_state(command.state, standing.state)
        else (reason("change_moved", change.id, f"it is {standing.state} by now", "look again"),),
        () if note else (reason("no_reason", change.id, "this needs a reason", "add a note"),),
        ()
        if command.keep or wanted
        else (reason("no_state", change.id, f"no state goes with a night that is {phase}"),),
    )
    if refusal is not None:
        return refusal
    settled = ChangeSettled(
        run=run.id,
        change=change.id,
        state=standing.state,
        kept=command.keep,
        phase=phase,
        note=note,
    )
    after = evolve_change(run, settled, at=around.now)
    moved = () if command.keep or run.stop is not None else _intend_move(around, after, phase)
    return (settled, *_holds(run, "", change.id), *moved)


def _confirm(around: Around, run: RunState, command: ConfirmClosure) -> Facts | Refusal:
    """Give a person's word on the closure code, and the note that tells it to the record.

    Another code than the one proposed, or than the one confirmed before, needs a reason.
    """
    change, note = around.release.change, command.said.note.strip()
    if change is None or run.rehearsal:
        says = "a rehearsal touches no change record" if run.rehearsal else "there is no change"
        return refuse("no_change", run.id, says)
    differs = command.code is not command.proposed or run.closure is not None
    is_same = run.closure is not None and run.closure.fact.code is command.code
    refusal = gather(
        attribution_reasons(around, run, change.id),
        () if run.is_over else (reason("run_open", run.id, f"run {run.id} has not ended"),),
        (reason("closure_same", change.id, f"it is confirmed as {command.code} already"),)
        if is_same
        else (),
        ()
        if note or not differs
        else (reason("no_reason", change.id, "another code needs a reason", "add a note"),),
    )
    if refusal is not None:
        return refusal
    confirmed = ClosureConfirmed(
        run=run.id, change=change.id, code=command.code, proposed=command.proposed, note=note
    )
    by, why = say_person(around.actor.person), f": {one_line(note)}" if note else ""
    told = WorkNote(
        about=f"closure {command.code} {format_instant(around.now)}",
        text=f"closure code {command.code}, confirmed by {by}{why}",
    )
    return (confirmed, _intend_note(around, run, change, told))
