"""The sheet of an act that two people do: what it is, who signs, and what does it in the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_facts import SignatureAsked, TwoPersonAct
from relconsole.domain.night.second_person import binding
from relconsole.domain.night.state import UNDERWAY, RunState
from relconsole.domain.record.request import SigningRequest, parse_request
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.looked_at import LookedAtRow
from relconsole_ui.presenters.rollback_sight import readable
from relconsole_ui.presenters.second_acts import ActWords
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.signature import SignatureSight, Wanted, initials, lacking
from relconsole_ui.presenters.two_people import (
    PersonRow,
    TwoPeopleRows,
    commands,
    present_people,
)
from relconsole_ui.presenters.words import clock_seconds, count_down

DIGITS = 16
"""So much of a request's digest names its file, and is read aloud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondSight(SignatureSight):
    """What a window knows of an act beside the record; ``is_doing`` while it is recorded."""

    is_doing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRows:
    """The button that does it; ``why`` is why it cannot, ``word`` what is typed before it."""

    label: str
    is_possible: bool
    why: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondSheetRows:
    """The sheet; ``left`` is until the request expires, ``barred`` who may not sign and why.

    ``can_ask_again`` where the request that was asked can carry nothing any more.
    """

    title: str
    left: str
    about: str
    heading: str
    rows: tuple[LookedAtRow, ...]
    reason: str
    comes: str
    is_grave: bool
    rule: str
    people: TwoPeopleRows
    barred: tuple[str, ...]
    request: str
    confirm: ConfirmRows
    can_ask_again: bool
    notice: str

    @property
    def sentence(self) -> str:
        """Give the sheet as it is spoken when it opens."""
        rows = (row.sentence for row in self.rows)
        parts = (self.about, self.heading, *rows, self.comes, self.rule, self.confirm.why)
        return ". ".join(part.rstrip(".") for part in parts if part)


def present_second_sheet(
    seen: Seen, wanted: Wanted, words: ActWords, sight: SecondSight
) -> SecondSheetRows | None:
    """Give the sheet of an act, None where no run is on the bridge."""
    run = seen.run
    if run is None:
        return None
    fact = None if sight.asked is None else run.asked.get(sight.asked)
    request = None if fact is None else parse_request(fact.request.encode())
    over = why_over(run, wanted)
    void = "" if over else _why_void(seen, run, wanted, fact, request)
    why = _why(seen, run, wanted, sight, over or void)
    people = present_people(
        seen, run, wanted, sight, _first(seen, run, request), is_open=not over and not void
    )
    return SecondSheetRows(
        title=words.title,
        left=_left(seen, fact),
        about=words.about,
        heading=words.heading,
        rows=words.rows,
        reason=words.reason,
        comes=words.comes,
        is_grave=words.is_grave,
        rule=words.rule,
        people=people,
        barred=tuple(
            f"{each.name}: {readable(each.why, seen.zone)}"
            for each in people.barred
            if each.person != seen.person
        ),
        request="" if fact is None else _request(seen, fact),
        confirm=ConfirmRows(label=words.confirm, is_possible=not why, why=why, word=words.word),
        can_ask_again=_can_ask_again(sight, over=over, void=void),
        notice=sight.notice,
    )


def why_over(run: RunState, wanted: Wanted) -> str:
    """Give why nobody needs to do the act any more, empty while somebody does."""
    if run.is_over:
        return "The night is over"
    match wanted.act:
        case TwoPersonAct.OVERRIDE:
            found = run.steps.get(StepId(wanted.thing))
            return "" if found is not None and found.state in UNDERWAY else "The step is over"
        case TwoPersonAct.COMMIT:
            found = run.steps.get(StepId(wanted.thing))
            waits = found is not None and found.state is StepState.NOT_STARTED
            return "" if waits else "The step has begun"
        case TwoPersonAct.RESUME:
            return "" if run.stop is not None else "The line runs"
        case TwoPersonAct.ROLLBACK | TwoPersonAct.AMEND:
            return ""
        case _:
            assert_never(wanted.act)


def _why_void(
    seen: Seen,
    run: RunState,
    wanted: Wanted,
    fact: SignatureAsked | None,
    request: SigningRequest | None,
) -> str:
    """Give why the request carries nothing any more, empty where it does or none was asked."""
    if fact is None or request is None:
        return ""
    if seen.now >= fact.expires:
        return f"The request expired at {clock_seconds(fact.expires, seen.zone)}"
    bound = binding(run, wanted.act, wanted.thing)
    if isinstance(bound, Refusal) or request.what.get("binds") != bound:
        return "What was asked is not what would be done now"
    return ""


def _why(seen: Seen, run: RunState, wanted: Wanted, sight: SecondSight, void: str) -> str:
    """Give why the act cannot be done yet, empty where it can."""
    if sight.is_doing:
        return "It is being recorded"
    if void:
        return void
    if sight.answer is None:
        return "A second person has not signed"
    wrong = lacking(seen, run, wanted, sight)
    return readable(wrong[0], seen.zone) if wrong else ""


def _can_ask_again(sight: SecondSight, *, over: str, void: str) -> bool:
    if over or sight.is_doing or sight.is_signing:
        return False
    return bool(void) or (sight.asked is None and bool(sight.notice))


def _first(seen: Seen, run: RunState, request: SigningRequest | None) -> PersonRow:
    """Give who wants the act: whoever asked, else whose key is open here."""
    person = seen.person if request is None else request.asked_by
    name = seen.name(person)
    at = "" if request is None else f"asked {clock_seconds(request.asked_at, seen.zone)}"
    return PersonRow(
        initials=initials(name),
        name=name,
        role="Commander" if commands(seen, run, person) else "",
        says=at or "not asked yet",
        status=Status.DONE if at else Status.NOT_STARTED,
    )


def _left(seen: Seen, fact: SignatureAsked | None) -> str:
    if fact is None:
        return ""
    left = fact.expires - seen.now
    return "expired" if left <= timedelta(0) else f"{count_down(left)} to sign"


def _request(seen: Seen, fact: SignatureAsked) -> str:
    return f"Request {fact.digest[:DIGITS]}, until {clock_seconds(fact.expires, seen.zone)}"
