"""Who of the enrolled people may sign beside somebody, and why the others may not."""

from __future__ import annotations

from dataclasses import dataclass

from relconsole.domain.estate.people import is_one_of
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.night.around import Around, reason
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.state import RunState
from relconsole.domain.readiness.segregation import second_person_reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligible:
    """An enrolled person, and whether they may be the second person of an act.

    ``why`` says what bars them, empty where nothing does.
    """

    person: PersonId
    ok: bool
    why: str


def eligible_seconds(
    around: Around, run: RunState, act: TwoPersonAct, thing: str
) -> tuple[Eligible, ...]:
    """Give every enrolled person by their ids, those who may sign beside who acts first.

    Whether an answer counts is judged anew when it comes; this is who is worth asking.
    """
    found = [
        Eligible(person=person, ok=not bars, why="; ".join(each.says for each in bars))
        for person in sorted(around.keys.effective)
        for bars in (_bars(around, run, act, thing, person),)
    ]
    return tuple(sorted(found, key=lambda each: not each.ok))


def say_eligible(around: Around, run: RunState, act: TwoPersonAct, thing: str) -> str:
    """Give who may sign, in words that a refusal can end with."""
    names = [each.person for each in eligible_seconds(around, run, act, thing) if each.ok]
    return f"one of these signs: {', '.join(names)}" if names else "nobody enrolled may sign it"


def _bars(
    around: Around, run: RunState, act: TwoPersonAct, thing: str, person: PersonId
) -> tuple[Reason, ...]:
    """Give what bars one person."""
    owns = owner_bars(around, run, thing, person) if act is TwoPersonAct.OVERRIDE else ()
    return (
        *owns,
        *second_person_reasons(
            around.estate,
            around.policy,
            around.release,
            first=around.actor.person or "",
            second=person,
            act=act,
        ),
    )


def owner_bars(
    around: Around,
    run: RunState,
    thing: str,
    person: PersonId,
    recorded_for: PersonId | None = None,
) -> tuple[Reason, ...]:
    """Give why somebody may not override the checks of a step: it is their own, by any name.

    Its owner, else whoever carried out the newest attempt; and for whom the end is recorded.
    """
    owners = [each for each in (_answers_for(run, StepId(thing)), recorded_for) if each is not None]
    if not is_one_of(around.estate.people, person, owners):
        return ()
    says = f"{person} owns {thing} and may not override its checks"
    return (reason("owner_overrides", thing, says, "somebody who does not own it signs"),)


def _answers_for(run: RunState, step: StepId) -> PersonId | None:
    """Give whose step it is, None where nobody is named and no person has begun it."""
    planned, found = run.find_step(step), run.steps.get(step)
    if planned is not None and planned.owner is not None:
        return planned.owner
    attempt = found.attempt if found is not None else None
    return None if attempt is None else attempt.for_person or attempt.by
