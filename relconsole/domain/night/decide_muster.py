"""Who may say that somebody was called, is here, or is gone."""

from __future__ import annotations

from typing import assert_never

from relconsole.domain.estate.people import are_one_person, find_person, is_one_of
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.around import Around, gather, reason, signer_reasons
from relconsole.domain.night.muster_commands import AnswerMuster, CallPerson, MusterCommand
from relconsole.domain.night.muster_facts import MusterFact, PersonCalled, PersonGone, PersonHere
from relconsole.domain.night.state import RunState


def decide_muster(
    around: Around, run: RunState | None, command: MusterCommand
) -> tuple[MusterFact, ...] | Refusal:
    """Give what a word about a muster comes to; ``run`` is the open one, None before it opens."""
    person = find_person(around.estate.people, command.person)
    if person is None:
        says = f"the estate knows nobody called {command.person}"
        return refuse("person_unknown", command.person, says)
    rehearsal = run is not None and run.rehearsal
    signed = () if rehearsal else signer_reasons(around, person.id)
    open_run = None if run is None else run.id
    said = command.said
    match command:
        case CallPerson():
            first = person.reach[0].way if person.reach else ""
            return gather(signed) or (
                PersonCalled(
                    release=around.release.id,
                    run=open_run,
                    person=person.id,
                    way=command.way or first,
                    note=said.note,
                ),
            )
        case AnswerMuster(here=here):
            foreign = () if rehearsal else _voice_reasons(around, run, person.id)
            fact = PersonHere if here else PersonGone
            return gather(signed, foreign) or (
                fact(
                    release=around.release.id,
                    run=open_run,
                    person=person.id,
                    heard=said.heard,
                    note=said.note,
                ),
            )
        case _:
            assert_never(command)


def _voice_reasons(around: Around, run: RunState | None, person: PersonId) -> tuple[Reason, ...]:
    """Give why this actor may not answer for a person: all but the bridge answer for themselves."""
    actor, people = around.actor.person, around.estate.people
    commander = around.release.commander if run is None else run.commander
    bridge = tuple(each for each in (commander, around.release.scribe) if each is not None)
    if actor is None or are_one_person(people, actor, person) or is_one_of(people, actor, bridge):
        return ()
    says = f"{actor} may not answer the muster for {person}"
    lifts = f"{person} answers, or {commander} records it"
    return (reason("not_the_owner", person, says, lifts),)
