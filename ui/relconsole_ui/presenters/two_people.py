"""The two people of a rollback: who armed it, who may sign beside them, and how it goes."""

from __future__ import annotations

from dataclasses import dataclass

from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.eligible import Eligible
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.second_person import second_reasons
from relconsole.domain.night.state import RollbackRun, RunState
from relconsole.domain.record.request import parse_request
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.rollback_sight import (
    RollbackSight,
    around,
    initials,
    is_here,
    who_may_sign,
)
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock_seconds, counted


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One of the two: who, as what, how far, and the state as a shape."""

    initials: str
    name: str
    role: str
    says: str
    status: Status

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        return ", ".join(part for part in (self.name, self.role, self.says) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody enrolled, and why they may not sign, empty where they may."""

    person: PersonId
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPeopleRows:
    """The two people and the ways to sign.

    ``second`` is who is asked now, None where nobody may sign; ``place`` where the request lies.
    """

    note: str
    rows: tuple[PersonRow, ...]
    second: PersonId | None
    second_name: str
    candidates: tuple[Candidate, ...]
    place: str
    is_waiting: bool
    is_signing: bool
    can_sign: bool
    can_ask_other: bool

    @property
    def barred(self) -> tuple[Candidate, ...]:
        """Give those who may not sign."""
        return tuple(each for each in self.candidates if each.why)


def present_two_people(
    seen: Seen, run: RunState, rollback: RollbackRun | None, sight: RollbackSight
) -> TwoPeopleRows:
    """Give who armed, who is asked to sign, and what may be done about it."""
    found = who_may_sign(seen, run, sight)
    second = chosen_second(found, sight)
    may = [each.person for each in found if each.ok]
    signed = sight.answer is not None and not unsigned_reasons(seen, run, sight)
    waits = rollback is not None and sight.asked is not None and not signed
    rows = (_first(seen, run, rollback), *_second(seen, run, second, sight))
    return TwoPeopleRows(
        note=_note(found),
        rows=rows[:1] if run.rehearsal else rows,
        second=second,
        second_name=seen.name(second) if second else "",
        candidates=tuple(
            Candidate(person=each.person, name=seen.name(each.person), why=each.why)
            for each in found
        ),
        place=sight.place,
        is_waiting=waits,
        is_signing=sight.is_signing,
        can_sign=waits and second is not None and not sight.is_signing,
        can_ask_other=waits and len(may) > 1,
    )


def chosen_second(found: tuple[Eligible, ...], sight: RollbackSight) -> PersonId | None:
    """Give whom to ask: whom a person chose, else the first who may sign; None where nobody may."""
    may = [each.person for each in found if each.ok]
    if sight.second in may:
        return sight.second
    return may[0] if may else None


def next_second(found: tuple[Eligible, ...], sight: RollbackSight) -> PersonId | None:
    """Give whom to ask instead: the next of those who may sign, in turn."""
    may = [each.person for each in found if each.ok]
    now = chosen_second(found, sight)
    return may[(may.index(now) + 1) % len(may)] if now is not None else None


def unsigned_reasons(seen: Seen, run: RunState, sight: RollbackSight) -> tuple[str, ...]:
    """Give why no second signature carries the armed rollback now, none where one does."""
    if run.rehearsal:
        return ()
    if sight.answer is None:
        return ("A second person has not signed",)
    found = around(seen)
    if found is None:
        return ("The release is not known any more",)
    reasons = second_reasons(found, run, TwoPersonAct.ROLLBACK, run.id, sight.answer)
    return tuple(f"{reason.says[:1].upper()}{reason.says[1:]}" for reason in reasons)


def _note(found: tuple[Eligible, ...]) -> str:
    may = sum(each.ok for each in found)
    barred = len(found) - may
    return f"{may} may sign" + (f", {counted(barred, 'other')} may not" if barred else "")


def _first(seen: Seen, run: RunState, rollback: RollbackRun | None) -> PersonRow:
    person = rollback.armed_by if rollback is not None else seen.person
    name = seen.name(person)
    commands = person is not None and are_one_person(
        seen.state.workspace.estate.people, person, run.commander
    )
    if rollback is None:
        says, status = "not armed", Status.NOT_STARTED
    else:
        says, status = f"armed {clock_seconds(rollback.armed_at, seen.zone)}", Status.GO
    return PersonRow(
        initials=initials(name),
        name=name,
        role="Commander" if commands else "",
        says=says,
        status=status,
    )


def _second(
    seen: Seen, run: RunState, second: PersonId | None, sight: RollbackSight
) -> tuple[PersonRow, ...]:
    if sight.answer is not None:
        return (_signed(seen, run, sight),)
    if second is None:
        return (
            PersonRow(
                initials="?",
                name="Nobody may sign",
                role="a second key has to be enrolled",
                says="",
                status=Status.UNKNOWN,
            ),
        )
    name = seen.name(second)
    return (
        PersonRow(
            initials=initials(name),
            name=name,
            role=f"{'here' if is_here(seen, second) else 'not here'}, not author, not requester",
            says=_waiting(seen, run, sight),
            status=Status.WAITING,
        ),
    )


def _signed(seen: Seen, run: RunState, sight: RollbackSight) -> PersonRow:
    answer = sight.answer
    name = seen.name(None if answer is None else answer.signer)
    wrong = unsigned_reasons(seen, run, sight)
    at = "" if answer is None else clock_seconds(answer.signed_at, seen.zone)
    return PersonRow(
        initials=initials(name),
        name=name,
        role=wrong[0] if wrong else "second person",
        says="does not count" if wrong else f"signed {at}",
        status=Status.NO_GO if wrong else Status.GO,
    )


def _waiting(seen: Seen, run: RunState, sight: RollbackSight) -> str:
    if sight.is_signing:
        return "signing"
    asked = None if sight.asked is None else run.asked.get(sight.asked)
    if asked is None:
        return "not asked"
    at = parse_request(asked.request.encode()).asked_at
    return f"not signed, asked {clock_seconds(at, seen.zone)}"
