"""Who may say that a message went out, and to whom."""

from __future__ import annotations

from typing import Final

from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.around import (
    Around,
    attribution_reasons,
    commander_reasons,
    gather,
    reason,
)
from relconsole.domain.night.message_commands import MarkSent
from relconsole.domain.night.message_draft import text_digest
from relconsole.domain.night.message_facts import MessageSent
from relconsole.domain.night.state import RunState
from relconsole.domain.release.messages import MessagePlan

LONGEST_SUBJECT: Final = 200
LONGEST_BODY: Final = 20_000


def decide_message(
    around: Around, run: RunState, command: MarkSent
) -> tuple[MessageSent, ...] | Refusal:
    """Give that a message went out; there is one voice, the commander's."""
    plan = next((each for each in around.release.messages if each.id == command.message), None)
    if plan is None:
        says = f"{around.release.id} plans no message {command.message}"
        return refuse("no_message", command.message, says)
    planned = plan.rehearsal_to if run.rehearsal else plan.to
    to = command.to or planned
    refusal = gather(
        attribution_reasons(around, run, plan.id),
        _voice_reasons(around, run, command),
        _audience_reasons(run, plan, to),
        _text_reasons(command),
        _time_reasons(around, run, command),
    )
    return refusal or (
        MessageSent(
            run=run.id,
            message=plan.id,
            moment=command.moment,
            channel=command.channel or plan.channel,
            to=to,
            subject=command.subject,
            body=command.body,
            digest=text_digest(command.subject, command.body),
            facts=command.facts,
            sent_at=command.sent_at or around.now,
            for_person=command.said.for_person,
            heard=command.said.heard,
            note=command.said.note,
        ),
    )


def _voice_reasons(around: Around, run: RunState, command: MarkSent) -> tuple[Reason, ...]:
    """Give why this person does not send: the commander does, or the scribe records that."""
    people, scribe = around.estate.people, around.release.scribe
    actor, meant = around.actor.person, command.said.for_person
    if meant is not None and not are_one_person(people, meant, run.commander):
        says = f"{run.commander} sends messages, not {meant}"
        return (reason("not_the_commander", command.message, says, "a hand-over"),)
    recorded = (
        meant is not None
        and actor is not None
        and scribe is not None
        and are_one_person(people, actor, scribe)
    )
    return () if recorded else commander_reasons(around, run, command.message)


def _audience_reasons(run: RunState, plan: MessagePlan, to: tuple[str, ...]) -> tuple[Reason, ...]:
    """Give why these may not be told: nobody, or in a rehearsal somebody outside its list."""
    if not to:
        lifts = "rehearsal_to names who hears of a rehearsal" if run.rehearsal else "name them"
        return (reason("nobody_told", plan.id, f"{plan.id} would go to nobody", lifts),)
    if not run.rehearsal:
        return ()
    return tuple(
        reason(
            "outside_the_rehearsal",
            plan.id,
            f"{each} is not on the rehearsal list of {plan.id}",
            "leave them out: a rehearsal reaches nobody else",
        )
        for each in to
        if each not in plan.rehearsal_to
    )


def _text_reasons(command: MarkSent) -> tuple[Reason, ...]:
    """Give why this text cannot be kept."""
    if not command.subject.strip() or not command.body.strip():
        return (reason("no_text", command.message, "a message has a subject and a text"),)
    if len(command.subject) > LONGEST_SUBJECT or len(command.body) > LONGEST_BODY:
        says = (
            f"at most {LONGEST_SUBJECT} characters of subject and {LONGEST_BODY} of text are kept"
        )
        return (reason("text_too_long", command.message, says, "say it in fewer words"),)
    return ()


def _time_reasons(around: Around, run: RunState, command: MarkSent) -> tuple[Reason, ...]:
    """Give why it did not go out then."""
    if command.sent_at is None or run.opened_at <= command.sent_at <= around.now:
        return ()
    says = "a message of this run went out after the run was opened, and not in the future"
    return (reason("not_then", command.message, says, "say when it went out"),)
