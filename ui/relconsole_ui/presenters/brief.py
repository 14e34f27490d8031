"""The brief for whoever joins, and the hand-over of the command over it."""

from __future__ import annotations

from dataclasses import dataclass

from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.night.brief import brief_digest, make_brief
from relconsole.domain.night.brief_text import render_brief
from relconsole.domain.night.state import RunState
from relconsole_ui.presenters.problem_form import Choice
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefRows:
    """The brief as text with its digest, and what may be done about the command.

    ``standing`` says to whom the command is offered; ``may_offer`` and ``may_accept`` are for the
    person at this console, and ``why`` says why they may do neither.
    """

    title: str
    text: str
    digest: Digest | None
    people: tuple[Choice, ...] = ()
    standing: str = ""
    may_offer: bool = False
    may_accept: bool = False
    why: str = ""


def present_brief(seen: Seen, reader: PersonId | None = None) -> BriefRows:
    """Give the brief as of now, for a reader where one is named."""
    run = seen.run
    if run is None:
        return BriefRows(title="Brief", text="The night has not been opened.", digest=None)
    brief = make_brief(
        run,
        seen.release,
        seen.state.workspace.estate,
        seen.now,
        forecast=seen.forecast,
        reader=reader,
    )
    to = "" if reader is None else f" for {seen.name(reader)}"
    is_commander = _is(seen, run.commander)
    is_offered = run.handover is not None and _is(seen, run.handover.to)
    return BriefRows(
        title=f"Brief{to}, {clock(seen.now, seen.zone)}",
        text=render_brief(brief),
        digest=brief_digest(brief),
        people=_people(seen, run),
        standing=_standing(seen, run),
        may_offer=is_commander and not run.is_over,
        may_accept=is_offered and not run.is_over,
        why=_why(seen, run, may=is_commander or is_offered),
    )


def _is(seen: Seen, person: PersonId) -> bool:
    people = seen.state.workspace.estate.people
    return seen.person is not None and are_one_person(people, seen.person, person)


def _people(seen: Seen, run: RunState) -> tuple[Choice, ...]:
    """Give to whom the command may be offered: everybody but who has it."""
    estate = seen.state.workspace.estate.people
    others = [
        each for each in estate.values() if not are_one_person(estate, each.id, run.commander)
    ]
    return tuple(
        Choice(key=each.id, says=each.name) for each in sorted(others, key=lambda one: one.name)
    )


def _standing(seen: Seen, run: RunState) -> str:
    if run.handover is None:
        return f"{seen.name(run.commander)} commands"
    return f"{seen.name(run.commander)} offers the command to {seen.name(run.handover.to)}"


def _why(seen: Seen, run: RunState, *, may: bool) -> str:
    if run.is_over:
        return "The night is over."
    return "" if may else f"{seen.name(run.commander)} hands the command over."
