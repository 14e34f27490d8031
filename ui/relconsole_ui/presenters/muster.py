"""Who is needed soon: who is missing, called, to be called, and here, with their telephones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.ahead import Need, NeedRole
from relconsole.domain.night.muster import AHEAD, Muster, MusterLine, muster_times
from relconsole.domain.night.muster_marks import MusterStanding
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.lateness import numbers
from relconsole_ui.presenters.seen import Seen, SourceStanding
from relconsole_ui.presenters.words import (
    clock,
    clock_seconds,
    count_down,
    counted,
    minutes,
    short_name,
)

HERE: Final = "here"
PHONE: Final = "phone"
_WORDS: Final[Mapping[MusterStanding, tuple[str, Status]]] = {
    MusterStanding.MISSING: ("Missing", Status.WARNING),
    MusterStanding.GONE: ("Gone", Status.WARNING),
    MusterStanding.CALLED: ("Called", Status.WAITING),
    MusterStanding.NOT_CALLED: ("To call", Status.NOT_STARTED),
    MusterStanding.HERE: ("Here", Status.DONE),
}
"""In the order in which they are shown: who must be looked for comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MusterRow:
    """A person, all who are here together, or a need that nobody meets.

    ``person`` is None for the last two.
    """

    key: str
    word: str
    status: Status
    name: str
    below: str
    reach: str
    person: PersonId | None = None
    is_here: bool = False
    is_urgent: bool = False

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        parts = (self.word, self.name, self.below, self.reach)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class MusterRows:
    """The panel; ``note`` counts who is here, called, missing, and still to call."""

    title: str
    note: str
    rows: tuple[MusterRow, ...]
    empty: str = ""


def present_muster(seen: Seen, muster: Muster, *, spreads: bool = False) -> MusterRows:
    """Give who is needed soon; who is here stands in one row unless it is to be spread out."""
    run = seen.run
    if run is not None and run.is_over:
        return MusterRows(title="Needed", note="", rows=(), empty="The night is over.")
    rows = [_nobody(seen, need) for need in muster.nobody]
    for standing in _WORDS:
        lines = muster.standing(standing)
        if standing is MusterStanding.HERE and lines and not spreads:
            rows.append(_together(seen, lines))
        else:
            rows.extend(_row(seen, line) for line in lines)
    return MusterRows(
        title=_title(seen),
        note=_note(seen, muster),
        rows=tuple(rows),
        empty="" if rows else f"Nobody is needed in the next {minutes(AHEAD)}.",
    )


def _title(seen: Seen) -> str:
    if _is_blind(seen):
        return "Phones, kept on this machine"
    if seen.run is None:
        return f"Muster, window opens {clock(seen.release.window.start, seen.zone)}"
    return f"Needed in the next {minutes(AHEAD)}"


def _is_blind(seen: Seen) -> bool:
    return bool(seen.sources) and all(
        each.standing is not SourceStanding.LIVE for each in seen.sources
    )


def _note(seen: Seen, muster: Muster) -> str:
    """Give how many stand how; where production is not seen, how to get onto the bridge."""
    bridge = muster.bridge
    if _is_blind(seen) and bridge is not None and bridge.dial_in:
        return f"bridge line {bridge.dial_in[0].number}"
    counts = [
        f"{len(muster.standing(standing))} {word.lower()}"
        for standing, (word, _) in reversed(tuple(_WORDS.items()))
        if muster.standing(standing)
    ]
    if muster.nobody:
        counts.append(f"{counted(len(muster.nobody), 'step')} without anybody")
    due = _due(seen)
    return ", ".join((*counts, due) if due else counts)


def _due(seen: Seen) -> str:
    """Give when the next muster before the window is due, empty once the window is open."""
    start = seen.release.window.start
    for moment in muster_times(seen.release) if seen.run is None else ():
        if seen.now < moment:
            name = f"T-{int((start - moment).total_seconds() // 60)}"
            return f"{name} in {count_down(moment - seen.now)}"
    return ""


def _nobody(seen: Seen, need: Need) -> MusterRow:
    asked = f"station {need.asked}" if need.role is NeedRole.STATION else need.asked
    return MusterRow(
        key=f"nobody:{need.step}:{need.asked}",
        word="Nobody",
        status=Status.WARNING,
        name=need.title,
        below=f"{asked} is nobody the estate knows" if need.asked else "the step has no owner",
        reach=clock(need.at, seen.zone),
        is_urgent=True,
    )


def _together(seen: Seen, lines: tuple[MusterLine, ...]) -> MusterRow:
    word, status = _WORDS[MusterStanding.HERE]
    named = (line.name if len(lines) < 3 else short_name(line.name) for line in lines)  # noqa: PLR2004
    return MusterRow(
        key=HERE,
        word=word,
        status=status,
        name=", ".join(named),
        below=_needed(seen, (need for line in lines for need in line.needs), lines),
        reach="",
    )


def _row(seen: Seen, line: MusterLine) -> MusterRow:
    word, status = _WORDS[line.standing]
    return MusterRow(
        key=line.person,
        word=word,
        status=status,
        name=line.name,
        below=" · ".join(
            part for part in (_needed(seen, line.needs, (line,)), _last(seen, line)) if part
        ),
        reach=_reach(line),
        person=line.person if line.known else None,
        is_here=line.standing is MusterStanding.HERE,
        is_urgent=line.standing is MusterStanding.MISSING,
    )


def _reach(line: MusterLine) -> str:
    """Give the telephone, else the first way to reach somebody."""
    phone = next((each.value for each in line.reach if each.way == PHONE), "")
    if phone:
        return phone
    return f"{line.reach[0].way} {line.reach[0].value}" if line.reach else "no way known"


def _needed(seen: Seen, needs: Iterable[Need], lines: tuple[MusterLine, ...]) -> str:
    """Give what somebody is needed for: the bridge, steps by number, stations."""
    run = seen.run
    planned = {step.id: at for at, step in enumerate(seen.release.runbook.steps, 1)}
    known = planned if run is None else numbers(run)
    bridge = [role for line in lines for role in line.roles if role in {"commander", "scribe"}]
    steps: set[int] = set()
    stations: list[str] = []
    for need in needs:
        if need.role is NeedRole.STATION:
            stations.append(f"{need.asked} station")
        elif need.step in known:
            steps.add(known[need.step])
    said = dict.fromkeys((*bridge, *stations))
    return ", ".join((*said, *([_steps(sorted(steps))] if steps else [])))


def _steps(found: list[int]) -> str:
    """Give step numbers in few words."""
    if len(found) == 1:
        return f"step {found[0]}"
    is_row = found[-1] - found[0] == len(found) - 1 and len(found) > 2  # noqa: PLR2004
    if is_row:
        return f"steps {found[0]} to {found[-1]}"
    return f"steps {', '.join(map(str, found))}"


def _last(seen: Seen, line: MusterLine) -> str:
    """Give what was last known of somebody, and who may stand in for who is missing."""
    mark = line.mark
    match line.standing:
        case MusterStanding.CALLED if mark.called_at is not None:
            return f"called {clock_seconds(mark.called_at, seen.zone)}"
        case MusterStanding.MISSING if mark.called_at is not None:
            called = f"called {clock_seconds(mark.called_at, seen.zone)}"
            instead = _instead(seen, line)
            return f"{called}, or {instead}" if instead else called
        case MusterStanding.GONE if mark.answered_at is not None:
            return f"gone {clock_seconds(mark.answered_at, seen.zone)}"
        case _:
            return "off duty" if line.on_duty is False else ""


def _instead(seen: Seen, line: MusterLine) -> str:
    """Give who else meets what a person is needed for."""
    others = (
        person
        for need in line.needs
        if need.role is NeedRole.STATION
        for person in need.people
        if person != line.person
    )
    return ", ".join(seen.name(each) for each in dict.fromkeys(others))
