"""Holds, triggers, the line, problems, the left-open list, and who commands."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from relconsole.domain.estate.people import are_one_person, find_person
from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.refusal import Refusal, refuse
from relconsole.domain.night.around import (
    Around,
    attribution_reasons,
    commander_reasons,
    gather,
    owner_reasons,
    reason,
)
from relconsole.domain.night.bridge_commands import (
    AcceptHandover,
    Amend,
    BeginHold,
    BridgeCommand,
    ClearTrigger,
    CloseLeftOpen,
    CloseProblem,
    EndHold,
    HandOverLeftOpen,
    LeaveOpen,
    MarkTriggerFalse,
    Note,
    OfferHandover,
    OpenProblem,
    ReportClockJump,
    ResumeLine,
    StandTrigger,
    StopLine,
)
from relconsole.domain.night.bridge_facts import (
    ClockJumped,
    HandoverAccepted,
    HandoverOffered,
    HoldBegan,
    HoldCause,
    HoldEnded,
    LeftOpen,
    LeftOpenClosed,
    LeftOpenHandedOver,
    LineResumed,
    LineStopped,
    Noted,
    ProblemClosed,
    ProblemOpened,
    TriggerCleared,
    TriggerMarkedFalse,
    TriggerStood,
)
from relconsole.domain.night.change_standing import difference
from relconsole.domain.night.decide_amend import amend
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.facts import Followers
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.second_person import second_reasons
from relconsole.domain.night.state import RunState

Facts = tuple[NightFact, ...]


def decide_bridge(around: Around, run: RunState, command: BridgeCommand) -> Facts | Refusal:
    """Give what a command on the bridge comes to."""
    match command:
        case BeginHold(cause=cause, thing=thing, reasons=reasons):
            if any((hold.cause, hold.thing) == (cause, thing) for hold in run.holds):
                return ()
            return (HoldBegan(run=run.id, cause=cause, thing=thing, reasons=reasons),)
        case EndHold():
            return _end_hold(around, run, command)
        case StandTrigger(stood=stood):
            return _stand_trigger(run, stood) if stood.trigger not in run.triggers else ()
        case ClearTrigger(trigger=trigger):
            if trigger not in run.triggers:
                return ()
            return (TriggerCleared(run=run.id, trigger=trigger),)
        case MarkTriggerFalse():
            return _mark_false(around, run, command)
        case StopLine(said=said):
            return (LineStopped(run=run.id, note=said.note),)
        case ResumeLine():
            return _resume(around, run, command)
        case Amend():
            return amend(around, run, command)
        case OpenProblem():
            return _open_problem(around, run, command)
        case CloseProblem():
            return _close_problem(around, run, command)
        case LeaveOpen(entry=entry, what=what, owner=owner, closes=closes, expires=expires):
            return (
                LeftOpen(
                    run=run.id, entry=entry, what=what, owner=owner, closes=closes, expires=expires
                ),
            )
        case CloseLeftOpen() | HandOverLeftOpen():
            return _close_left_open(around, run, command)
        case OfferHandover():
            return _offer(around, run, command)
        case AcceptHandover():
            return _accept(around, run, command)
        case Note():
            return _note(around, run, command)
        case ReportClockJump(seconds=seconds):
            says = f"the clock jumped by {seconds:.0f} s; automation is frozen"
            held = HoldBegan(run=run.id, cause=HoldCause.CLOCK, thing="clock", reasons=(says,))
            return (ClockJumped(run=run.id, seconds=seconds), held)
        case _:
            assert_never(command)


def _end_hold(around: Around, run: RunState, command: EndHold) -> Facts | Refusal:
    """Give the end of a hold; while its cause stands, a person must deal with the cause."""
    wanted = (command.cause, command.thing)
    if not any((hold.cause, hold.thing) == wanted for hold in run.holds):
        return refuse("no_hold", command.thing, f"no {command.cause} hold of {command.thing}")
    standing = (
        (
            reason(
                "trigger_stands",
                command.thing,
                "; ".join(run.triggers[command.thing].reasons),
                "it clears, somebody marks it a false positive, or roll back",
            ),
        )
        if command.cause is HoldCause.TRIGGER and command.thing in run.triggers
        else ()
    )
    effect = run.effects.get(EffectId(command.thing))
    unsettled = (
        (reason("effect_open", command.thing, "it is not settled", "settle it by hand"),)
        if command.cause is HoldCause.EFFECT and effect is not None and effect.is_open
        else ()
    )
    problem = run.problems.get(command.thing)
    undecided = (
        (reason("undecided", command.thing, problem.opened.question, "close it with a decision"),)
        if command.cause is HoldCause.DECISION and problem is not None and problem.closed is None
        else ()
    )
    lifts = "keep the state there, or put the night's there, with: relconsole change"
    differs = (
        (reason("change_differs", command.thing, difference(run), lifts),)
        if command.cause is HoldCause.CHANGE and difference(run)
        else ()
    )
    person = (
        ()
        if around.actor.is_console
        else (
            *attribution_reasons(around, run, command.thing),
            *commander_reasons(around, run, command.thing),
        )
    )
    refusal = gather(standing, unsettled, undecided, differs, person)
    if refusal is not None:
        return refusal
    return (
        HoldEnded(run=run.id, cause=command.cause, thing=command.thing, note=command.said.note),
    )


def _stand_trigger(run: RunState, stood: TriggerStood) -> Facts:
    """Give a standing trigger with the hold that it is."""
    held = HoldBegan(
        run=run.id, cause=HoldCause.TRIGGER, thing=stood.trigger, reasons=stood.reasons
    )
    return (replace(stood, run=run.id), held)


def _mark_false(around: Around, run: RunState, command: MarkTriggerFalse) -> Facts | Refusal:
    """Give a standing trigger as a false positive; its hold goes with it."""
    if command.trigger not in run.triggers:
        return refuse("no_trigger", command.trigger, f"{command.trigger} does not stand")
    unsaid = reason("no_reason", command.trigger, "a false positive needs a reason", "add a note")
    refusal = gather(
        attribution_reasons(around, run, command.trigger),
        commander_reasons(around, run, command.trigger),
        () if command.said.note else (unsaid,),
    )
    if refusal is not None:
        return refusal
    marked = TriggerMarkedFalse(run=run.id, trigger=command.trigger, note=command.said.note)
    ended = tuple(
        HoldEnded(run=run.id, cause=hold.cause, thing=hold.thing, note="marked a false positive")
        for hold in run.holds
        if hold.cause is HoldCause.TRIGGER and hold.thing == command.trigger
    )
    return (marked, *ended)


def _resume(around: Around, run: RunState, command: ResumeLine) -> Facts | Refusal:
    """Give the resumption of a stopped line by two people."""
    if run.stop is None:
        return refuse("line_runs", run.id, "the line is not stopped")
    refusal = gather(
        attribution_reasons(around, run, run.id),
        second_reasons(around, run, TwoPersonAct.RESUME, run.id, command.second),
    )
    return refusal or (LineResumed(run=run.id, second=command.second, note=command.said.note),)


def _open_problem(around: Around, run: RunState, command: OpenProblem) -> Facts | Refusal:
    """Give an opened problem; a decision comes before it is too late to roll back."""
    late = (
        command.decide_by is not None
        and command.latest_decide_by is not None
        and command.decide_by > command.latest_decide_by
    )
    boxed = command.question and command.decide_by is None
    refusal = gather(
        attribution_reasons(around, run, command.problem),
        (reason("problem_exists", command.problem, f"there is a problem {command.problem}"),)
        if command.problem in run.problems
        else (),
        (
            reason(
                "decide_by_late",
                command.problem,
                "the decision would come after the latest safe rollback start, less mustering",
                f"decide by {command.latest_decide_by}",
            ),
        )
        if late
        else (),
        (reason("no_decide_by", command.problem, "a decision box needs a decide-by"),)
        if boxed
        else (),
        (reason("never_go", command.problem, "no decision never means go"),)
        if command.then in {Followers.GO_ON, Followers.NOT_NEEDED}
        else (),
    )
    if refusal is not None:
        return refusal
    return (
        ProblemOpened(
            run=run.id,
            problem=command.problem,
            what=command.what,
            severity=command.severity,
            owner=command.owner,
            step=command.step,
            service=command.service,
            incident=command.incident,
            next_word=command.next_word,
            question=command.question,
            options=command.options,
            decides=command.decides,
            decide_by=command.decide_by,
            then=command.then,
        ),
    )


def _close_problem(around: Around, run: RunState, command: CloseProblem) -> Facts | Refusal:
    """Give a closed problem, decided by who decides it: the commander where nobody is named."""
    found = run.problems.get(command.problem)
    if found is None or found.closed is not None:
        return refuse("no_problem", command.problem, f"no open problem {command.problem}")
    person = around.actor.person
    decides = found.opened.decides or run.commander
    foreign = (
        found.opened.question
        and person is not None
        and not run.rehearsal
        and not are_one_person(around.estate.people, person, decides)
    )
    refusal = gather(
        attribution_reasons(around, run, command.problem),
        (reason("decides", command.problem, f"{decides} decides, not {person}"),)
        if foreign
        else (),
        (reason("undecided", command.problem, found.opened.question, "say what was decided"),)
        if found.opened.question and not command.decision
        else (),
    )
    if refusal is not None:
        return refusal
    closed = ProblemClosed(
        run=run.id, problem=command.problem, decision=command.decision, note=command.said.note
    )
    ended = tuple(
        HoldEnded(run=run.id, cause=hold.cause, thing=hold.thing, note="decided")
        for hold in run.holds
        if hold.cause is HoldCause.DECISION and hold.thing == command.problem
    )
    return (closed, *ended)


def _close_left_open(
    around: Around, run: RunState, command: CloseLeftOpen | HandOverLeftOpen
) -> Facts | Refusal:
    """Give an entry as closed, or as accepted by the person who asks."""
    if command.entry not in run.left_open:
        return refuse("no_entry", command.entry, f"{command.entry} is not on the left-open list")
    # The console may see that an entry is closed; it takes nothing over in a person's name.
    sees = around.actor.is_console and isinstance(command, CloseLeftOpen)
    refusal = gather(() if sees else attribution_reasons(around, run, command.entry))
    if refusal is not None:
        return refusal
    if isinstance(command, CloseLeftOpen):
        return (LeftOpenClosed(run=run.id, entry=command.entry, note=command.said.note),)
    person = around.actor.person
    if person is None:
        return refuse("who_acts", command.entry, "somebody accepts an entry", "use --as")
    return (LeftOpenHandedOver(run=run.id, entry=command.entry, to=person, note=command.said.note),)


def _note(around: Around, run: RunState, command: Note) -> Facts | Refusal:
    """Give a note in the writer's own name, or in another's by who keeps the record."""
    said = command.said
    refusal = gather(
        attribution_reasons(around, run, run.id), owner_reasons(around, run, said, None, run.id)
    )
    return refusal or (
        Noted(run=run.id, text=said.note, for_person=said.for_person, heard=said.heard),
    )


def _offer(around: Around, run: RunState, command: OfferHandover) -> Facts | Refusal:
    """Give the offer of the command to somebody whom the estate knows."""
    unknown = reason("person_unknown", command.to, f"the estate knows nobody called {command.to}")
    refusal = gather(
        attribution_reasons(around, run, run.id),
        commander_reasons(around, run, run.id),
        () if find_person(around.estate.people, command.to) else (unknown,),
    )
    return refusal or (HandoverOffered(run=run.id, to=command.to, brief=command.brief),)


def _accept(around: Around, run: RunState, command: AcceptHandover) -> Facts | Refusal:
    """Give the acceptance, by the person to whom it was offered and over the same brief."""
    offer = run.handover
    person = around.actor.person
    if offer is None:
        return refuse("no_offer", run.id, "no hand-over is offered")
    refusal = gather(
        attribution_reasons(around, run, run.id),
        ()
        if person is not None and are_one_person(around.estate.people, person, offer.to)
        else (reason("not_offered", run.id, f"it was offered to {offer.to}"),),
        ()
        if offer.brief == command.brief
        else (reason("brief_changed", run.id, "the brief is not the one that was offered"),),
    )
    return refusal or (HandoverAccepted(run=run.id, brief=offer.brief),)
