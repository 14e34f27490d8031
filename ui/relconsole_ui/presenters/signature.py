"""The signature under an act of two people: who may give it, and whether one that came counts."""

from __future__ import annotations

from dataclasses import dataclass

from immutables import Map

from relconsole.domain.console.decide import around_release
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor, Around
from relconsole.domain.night.eligible import Eligible, eligible_seconds, owner_bars
from relconsole.domain.night.muster_marks import NOTHING, PersonMark, counting
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.second_person import second_reasons
from relconsole.domain.night.state import RunState
from relconsole.domain.record.request import Answer
from relconsole_ui.presenters.seen import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What two people are to sign: the act, and what it is about."""

    act: TwoPersonAct
    thing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureSight:
    """What a window knows of a second signature beside the record.

    ``may`` is who may sign, None where it was not worked out beforehand.
    ``asked`` is the request that waits for an answer and ``place`` where it lies; ``second`` whom a
    person chose to ask. ``notice`` is why the last act was not done, empty where it was.
    """

    is_signing: bool = False
    asked: Digest | None = None
    place: str = ""
    answer: Answer | None = None
    second: PersonId | None = None
    may: tuple[Eligible, ...] | None = None
    notice: str = ""


def around(seen: Seen) -> Around | None:
    """Give what decisions about the release on the bridge may know, None where it is not known."""
    found = around_release(
        seen.state, seen.release_id, Actor(person=seen.person), seen.now, journal=""
    )
    return None if isinstance(found, Refusal) else found


def needs_second(run: RunState, wanted: Wanted) -> bool:
    """Tell whether the act takes two people in this run; a rehearsal only resumes by two."""
    return not run.rehearsal or wanted.act is TwoPersonAct.RESUME


def eligible_for(seen: Seen, run: RunState, wanted: Wanted) -> tuple[Eligible, ...]:
    """Give every enrolled person, those who may sign this act first."""
    found = around(seen)
    return () if found is None else eligible_seconds(found, run, wanted.act, wanted.thing)


def who_may(
    seen: Seen, run: RunState, wanted: Wanted, sight: SignatureSight
) -> tuple[Eligible, ...]:
    """Give the same, as it was worked out beforehand where it was; who is here comes first."""
    return here_first(seen, eligible_for(seen, run, wanted) if sight.may is None else sight.may)


def here_first(seen: Seen, found: tuple[Eligible, ...]) -> tuple[Eligible, ...]:
    """Give people with those first who may sign and are here."""
    return tuple(sorted(found, key=lambda each: (not each.ok, not is_here(seen, each.person))))


def is_here(seen: Seen, person: PersonId) -> bool:
    """Tell whether a person answered the muster and has not left since."""
    marks = seen.state.musters.get(seen.release_id, Map[PersonId, PersonMark]())
    return counting(marks.get(person, NOTHING), seen.now).here is True


def chosen_second(found: tuple[Eligible, ...], sight: SignatureSight) -> PersonId | None:
    """Give whom to ask: whom a person chose, else the first who may sign; None where nobody may."""
    may = [each.person for each in found if each.ok]
    if sight.second in may:
        return sight.second
    return may[0] if may else None


def next_second(found: tuple[Eligible, ...], sight: SignatureSight) -> PersonId | None:
    """Give whom to ask instead: the next of those who may sign, in turn."""
    may = [each.person for each in found if each.ok]
    now = chosen_second(found, sight)
    return may[(may.index(now) + 1) % len(may)] if now is not None else None


def lacking(seen: Seen, run: RunState, wanted: Wanted, sight: SignatureSight) -> tuple[str, ...]:
    """Give why no second signature carries the act now, none where one does, or none is needed."""
    if not needs_second(run, wanted):
        return ()
    if sight.answer is None:
        return ("A second person has not signed",)
    found = around(seen)
    if found is None:
        return ("The release is not known any more",)
    owns = (
        owner_bars(found, run, wanted.thing, sight.answer.signer)
        if wanted.act is TwoPersonAct.OVERRIDE
        else ()
    )
    reasons = (*owns, *second_reasons(found, run, wanted.act, wanted.thing, sight.answer))
    return tuple(f"{reason.says[:1].upper()}{reason.says[1:]}" for reason in reasons)


def initials(name: str) -> str:
    """Give the first letters of the first and the last word of a name."""
    parts = name.split()
    first_and_last = parts if len(parts) < 2 else (parts[0], parts[-1])  # noqa: PLR2004 - a pair
    return "".join(part[0].upper() for part in first_and_last)
