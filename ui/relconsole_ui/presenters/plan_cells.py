"""What a person types into a cell of the plan, read as a file would read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Final

from relconsole.domain.estate.people import Person
from relconsole.domain.kernel.durations import ThreePoint, parse_duration, plain
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.kernel.zones import Meant, place_bare_wall
from relconsole.domain.plan.runbook import Step, StepKind, Undo, UndoKind
from relconsole.domain.release.release import Release
from relconsole_ui.presenters.plan_table import PlanColumn

EDITABLE: Final = (
    PlanColumn.TITLE,
    PlanColumn.STREAM,
    PlanColumn.OWNER,
    PlanColumn.KIND,
    PlanColumn.DURATION,
    PlanColumn.NOT_BEFORE,
    PlanColumn.AFTER,
    PlanColumn.UNDO,
)
"""The columns that are typed into; what a job runs and what a check asks stays in the file."""

FIELDS: Final[Mapping[str, PlanColumn]] = {
    "title": PlanColumn.TITLE,
    "owner": PlanColumn.OWNER,
    "kind": PlanColumn.KIND,
    "not_before": PlanColumn.NOT_BEFORE,
    "after": PlanColumn.AFTER,
    "undo": PlanColumn.UNDO,
    "step": PlanColumn.NUMBER,
}
"""Under which heading a fault of the plan is shown."""

_BARE: Final = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
_CASES: Final = 3
_UNDO_SAYS: Final = "say none, irreversible, or inverse or compensation with a time: inverse 5m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A text that is not understood, and why."""

    text: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What cells are read against: the release, its people, and the steps by their numbers."""

    release: Release
    people: Mapping[PersonId, Person]
    order: tuple[StepId, ...]


def read_cell(step: Step, column: PlanColumn, text: str, ground: Ground) -> Step | Wrong:
    """Give the step with what was typed into one of its cells, or why that is not understood."""
    said = text.strip()
    match column:
        case PlanColumn.TITLE:
            return replace(step, title=said) if said else Wrong(text=text, says="must not be empty")
        case PlanColumn.STREAM:
            return replace(step, stream=said)
        case PlanColumn.OWNER:
            return _owner(step, said, ground)
        case PlanColumn.KIND:
            kind = next((each for each in StepKind if each == said.casefold()), None)
            kinds = ", ".join(StepKind)
            if kind is None:
                return Wrong(text=text, says=f"{said or 'empty'} is none of {kinds}")
            return replace(step, kind=kind)
        case PlanColumn.DURATION:
            return _duration(step, said)
        case PlanColumn.NOT_BEFORE:
            return _not_before(step, said, ground)
        case PlanColumn.AFTER:
            return _after(step, said, ground)
        case PlanColumn.UNDO:
            return _undo(step, said)
        case _:
            return Wrong(text=text, says=f"{column} is not typed")


def read_estimate(text: str) -> ThreePoint | None:
    """Give a duration as typed, one or best, likely and worst; None where it is none."""
    parts = [part for part in re.split(r"\s*[/,;]\s*|\s+|\.\.", text.strip()) if part]
    try:
        cases = [parse_duration(part) for part in parts]
        if len(cases) == 1:
            return plain(cases[0])
        if len(cases) == _CASES:
            return ThreePoint(best=cases[0], likely=cases[1], worst=cases[2])
    except ValueError:
        return None
    return None


def _duration(step: Step, said: str) -> Step | Wrong:
    found = read_estimate(said)
    if found is None:
        says = "one duration such as 8m, or best, likely and worst in this order: 5m / 8m / 12m"
        return Wrong(text=said, says=says)
    silence = step.silence
    if silence is not None and silence.lasts == step.duration.worst:
        # One that was to last as long as the step goes on to.
        silence = replace(silence, lasts=found.worst)
    return replace(step, duration=found, silence=silence)


def _owner(step: Step, said: str, ground: Ground) -> Step | Wrong:
    found = read_person(said, ground.people)
    if isinstance(found, Wrong):
        return found
    return replace(step, owner=found)


def read_person(said: str, people: Mapping[PersonId, Person]) -> PersonId | Wrong | None:
    """Give the person of this id or name, None for an empty text."""
    if not said:
        return None
    if PersonId(said) in people:
        return PersonId(said)
    named = [each.id for each in people.values() if each.name.casefold() == said.casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        several = ", ".join(sorted(named))
        return Wrong(text=said, says=f"several people are called {said}: {several}")
    return Wrong(text=said, says=f"nobody is called {said}")


def read_wall_time(said: str, release: Release) -> datetime | Wrong:
    """Give the first such time of day at or after the window's start."""
    if not _BARE.fullmatch(said):
        return Wrong(text=said, says=f"{said} is no time of day such as 02:38")
    hours, minutes, seconds = (*(int(part) for part in said.split(":")), 0)[:3]
    reading = place_bare_wall(time(hours, minutes, seconds), release.window, release.zone)
    return reading.instant if isinstance(reading, Meant) else Wrong(text=said, says=str(reading))


def _not_before(step: Step, said: str, ground: Ground) -> Step | Wrong:
    if not said:
        return replace(step, not_before=None)
    found = read_wall_time(said, ground.release)
    return found if isinstance(found, Wrong) else replace(step, not_before=found)


def read_steps(said: str, order: tuple[StepId, ...]) -> tuple[StepId, ...] | Wrong:
    """Give the steps of these numbers or ids, between commas."""
    found: list[StepId] = []
    for part in (each.strip() for each in said.split(",")):
        if not part:
            continue
        if StepId(part) in order:
            found.append(StepId(part))
        elif part.isdecimal() and 1 <= int(part) <= len(order):
            found.append(order[int(part) - 1])
        else:
            return Wrong(text=said, says=f"there is no step {part}")
    return tuple(dict.fromkeys(found))


def _after(step: Step, said: str, ground: Ground) -> Step | Wrong:
    found = read_steps(said, ground.order)
    if isinstance(found, Wrong):
        return found
    if step.id in found:
        return Wrong(text=said, says="a step does not wait for itself")
    return replace(step, after=found)


def _undo(step: Step, said: str) -> Step | Wrong:
    word, _, rest = said.partition(" ")
    kind = next((each for each in UndoKind if each == word.casefold()), None)
    if kind is None:
        return Wrong(text=said, says=_UNDO_SAYS)
    if kind in {UndoKind.NONE, UndoKind.IRREVERSIBLE}:
        says = f"an undo of kind {kind} has no duration"
        return Wrong(text=said, says=says) if rest.strip() else replace(step, undo=Undo(kind=kind))
    lasts = read_estimate(rest)
    if lasts is None:
        return Wrong(text=said, says=f"an undo of kind {kind} needs duration: {kind} 5m")
    return replace(step, undo=replace(step.undo, kind=kind, duration=lasts))
