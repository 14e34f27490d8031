"""The two people of an act: who acts first, who may sign beside them, and how it goes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.eligible import Eligible
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.state import RollbackRun, RunState
from relconsole.domain.record.request import Answer, parse_request
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.rollback_sight import RollbackSight, rollback_of
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.signature import (
    SignatureSight,
    Wanted,
    chosen_second,
    initials,
    is_here,
    lacking,
    who_may,
)
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
    found = present_people(
        seen,
        run,
        rollback_of(run),
        sight,
        _armed(seen, run, rollback),
        is_open=rollback is not None,
    )
    return replace(found, rows=found.rows[:1]) if run.rehearsal else found


def present_people(
    seen: Seen,
    run: RunState,
    wanted: Wanted,
    sight: SignatureSight,
    first: PersonRow,
    *,
    is_open: bool,
) -> TwoPeopleRows:
    """Give who acts first, who is asked to sign beside them, and what may be done about it.

    Nobody is waited for unless it ``is_open``.
    """
    found = who_may(seen, run, wanted, sight)
    second = chosen_second(found, sight)
    may = [each.person for each in found if each.ok]
    wrong = lacking(seen, run, wanted, sight)
    signed = sight.answer is not None and not wrong
    waits = is_open and sight.asked is not None and not signed
    return TwoPeopleRows(
        note=_note(found),
        rows=(first, _second(seen, run, wanted, second, sight, wrong)),
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


def unsigned_reasons(seen: Seen, run: RunState, sight: RollbackSight) -> tuple[str, ...]:
    """Give why no second signature carries the armed rollback now, none where one does."""
    return lacking(seen, run, rollback_of(run), sight)


def commands(seen: Seen, run: RunState, person: PersonId | None) -> bool:
    """Tell whether a person commands a run, under any name."""
    people = seen.state.workspace.estate.people
    return person is not None and are_one_person(people, person, run.commander)


def _note(found: tuple[Eligible, ...]) -> str:
    may = sum(each.ok for each in found)
    barred = len(found) - may
    return f"{may} may sign" + (f", {counted(barred, 'other')} may not" if barred else "")


def _armed(seen: Seen, run: RunState, rollback: RollbackRun | None) -> PersonRow:
    person = rollback.armed_by if rollback is not None else seen.person
    name = seen.name(person)
    if rollback is None:
        says, status = "not armed", Status.NOT_STARTED
    else:
        says, status = f"armed {clock_seconds(rollback.armed_at, seen.zone)}", Status.GO
    return PersonRow(
        initials=initials(name),
        name=name,
        role="Commander" if commands(seen, run, person) else "",
        says=says,
        status=status,
    )


def _second(
    seen: Seen,
    run: RunState,
    wanted: Wanted,
    second: PersonId | None,
    sight: SignatureSight,
    wrong: tuple[str, ...],
) -> PersonRow:
    if sight.answer is not None:
        return _signed(seen, sight.answer, wrong)
    if second is None:
        return PersonRow(
            initials="?",
            name="Nobody may sign",
            role="a second key has to be enrolled",
            says="",
            status=Status.UNKNOWN,
        )
    name = seen.name(second)
    here = "here" if is_here(seen, second) else "not here"
    overrides = wanted.act is TwoPersonAct.OVERRIDE
    barred = "not owner, not author" if overrides else "not author, not requester"
    return PersonRow(
        initials=initials(name),
        name=name,
        role=f"{here}, {barred}",
        says=_waiting(seen, run, sight),
        status=Status.WAITING,
    )


def _signed(seen: Seen, answer: Answer, wrong: tuple[str, ...]) -> PersonRow:
    name = seen.name(answer.signer)
    at = clock_seconds(answer.signed_at, seen.zone)
    return PersonRow(
        initials=initials(name),
        name=name,
        role=wrong[0] if wrong else "second person",
        says="does not count" if wrong else f"signed {at}",
        status=Status.NO_GO if wrong else Status.GO,
    )


def _waiting(seen: Seen, run: RunState, sight: SignatureSight) -> str:
    if sight.is_signing:
        return "signing"
    asked = None if sight.asked is None else run.asked.get(sight.asked)
    if asked is None:
        return "not asked"
    at = parse_request(asked.request.encode()).asked_at
    return f"not signed, asked {clock_seconds(at, seen.zone)}"
