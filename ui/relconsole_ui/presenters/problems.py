"""Problems and decisions: the box of what must be decided, or what the next decision is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from relconsole.domain.estate.people import are_one_person
from relconsole.domain.night.facts import Followers
from relconsole.domain.night.state import Problem, RunState
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.poll import gate_on_bridge, present_poll
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock, clock_seconds, count_down

TITLE: Final = "Problems and decisions"
NEAR: Final = timedelta(minutes=5)
_RANKS: Final = ("critical", "major", "minor")
_STATUS: Final[Mapping[str, Status]] = {
    "critical": Status.CRITICAL,
    "major": Status.WARNING,
    "minor": Status.ADVISORY,
}
_NOBODY: Final[Mapping[Followers, str]] = {
    Followers.HOLD: "Nobody decides: hold stays",
    Followers.ROLL_BACK: "Nobody decides: roll back",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionRow:
    """One of the options; ``key`` is the option as it is recorded, ``follows`` its consequence."""

    key: str
    title: str
    follows: str

    @property
    def sentence(self) -> str:
        """Give the option as it is spoken."""
        return f"{self.title}, {self.follows}" if self.follows else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """A name and what it is."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRows:
    """The panel; ``problem`` is empty where none is open, ``others`` how many more are.

    ``why`` says why this person does not decide it, empty where they do. ``tone`` of what is left
    is empty, ``warn`` where it is near, ``crit`` where it has passed.
    """

    heading: str
    note: str
    problem: str = ""
    status: Status = Status.DONE
    title: str = ""
    lead: str = ""
    facts: tuple[FactLine, ...] = ()
    options: tuple[OptionRow, ...] = ()
    decides: str = ""
    left: str = ""
    tone: str = ""
    otherwise: str = ""
    needs_choice: bool = False
    why: str = ""
    others: int = 0

    @property
    def sentence(self) -> str:
        """Give the panel as it is spoken."""
        facts = tuple(f"{each.name} {each.value}" for each in self.facts)
        parts = (self.heading, self.note, self.title, *facts, self.decides, self.left)
        return ", ".join(part for part in parts if part)


def open_problems(run: RunState | None) -> tuple[Problem, ...]:
    """Give the open problems: what must be decided first, then by severity, then by age."""
    found = () if run is None else (each for each in run.problems.values() if each.closed is None)
    return tuple(sorted(found, key=_rank))


def _rank(problem: Problem) -> tuple[bool, float, int, float]:
    opened = problem.opened
    by = opened.decide_by
    return (
        not opened.question,
        0.0 if by is None else by.timestamp(),
        _RANKS.index(opened.severity) if opened.severity in _RANKS else len(_RANKS),
        problem.at.timestamp(),
    )


def present_problems(seen: Seen, chosen: str = "") -> ProblemRows:
    """Give the chosen problem, or the first; where none is open, the next decision."""
    run = seen.run
    found = open_problems(run)
    if run is None or not found:
        return _calm(seen)
    problem = next((each for each in found if each.opened.problem == chosen), found[0])
    return _box(seen, run, problem, others=len(found) - 1)


def next_problem(seen: Seen, chosen: str) -> str:
    """Give the open problem after the chosen one, empty where none is open."""
    names = [each.opened.problem for each in open_problems(seen.run)]
    if not names:
        return ""
    return names[(names.index(chosen) + 1) % len(names)] if chosen in names else names[0]


def _calm(seen: Seen) -> ProblemRows:
    poll, gate = present_poll(seen), gate_on_bridge(seen)
    if gate is None:
        return ProblemRows(heading=TITLE, note="none open", lead="Next decision", title="None left")
    forecast = seen.forecast
    decide_by = None if forecast is None else forecast.decide_by
    return ProblemRows(
        heading=TITLE,
        note="none open",
        lead="Next decision",
        title=gate.title,
        facts=(
            FactLine(name=poll.title.partition(":")[0], value=poll.note),
            FactLine(name="Decides", value=poll.decides),
            FactLine(
                name="Decide by",
                value="no limit" if decide_by is None else clock(decide_by, seen.zone),
            ),
            FactLine(name="If nobody decides", value="hold"),
        ),
    )


def _box(seen: Seen, run: RunState, problem: Problem, *, others: int) -> ProblemRows:
    opened = problem.opened
    decider = opened.decides or run.commander
    decides = f"{seen.name(decider)} decides"
    left, tone = "", ""
    if opened.decide_by is not None:
        decides += f" by {clock(opened.decide_by, seen.zone)}"
        span = opened.decide_by - seen.now
        left = f"{count_down(abs(span))} {'left' if span > timedelta(0) else 'over'}"
        tone = "" if span > NEAR else "warn" if span > timedelta(0) else "crit"
    asks = bool(opened.question)
    return ProblemRows(
        heading=f"Problem {opened.problem}",
        note=f"{'' if others else 'open '}since {clock_seconds(problem.at, seen.zone)}",
        problem=opened.problem,
        status=_STATUS.get(opened.severity, Status.WARNING),
        title=opened.question or opened.what,
        lead=opened.what if asks else "",
        facts=() if asks else _facts(seen, problem),
        options=tuple(_option(each) for each in opened.options) if asks else (),
        decides=decides if asks else "",
        left=left if asks else "",
        tone=tone if asks else "",
        otherwise=_NOBODY.get(opened.then, "") if asks else "",
        needs_choice=asks,
        why=_why_not(seen, run, decider) if asks else "",
        others=others,
    )


def _why_not(seen: Seen, run: RunState, decider: str) -> str:
    if seen.person is None:
        return "This console knows nobody who could decide."
    people = seen.state.workspace.estate.people
    is_decider = run.rehearsal or are_one_person(people, seen.person, decider)
    return "" if is_decider else f"{seen.name(decider)} decides."


def _option(text: str) -> OptionRow:
    """Give an option; what stands behind its first colon is its consequence."""
    title, _, follows = text.partition(": ")
    return OptionRow(key=text, title=title, follows=follows)


def _facts(seen: Seen, problem: Problem) -> tuple[FactLine, ...]:
    opened = problem.opened
    run = seen.run
    step = None if run is None or opened.step is None else run.find_step(opened.step)
    about = step.title if step is not None else opened.service or ""
    word = opened.next_word
    late = word is not None and word < seen.now
    due = "" if word is None else f"{clock(word, seen.zone)}{', overdue' if late else ''}"
    lines = (
        ("Owner", seen.name(opened.owner)),
        ("About", about),
        ("Severity", opened.severity),
        ("Next word", due),
        ("Incident", opened.incident),
    )
    return tuple(FactLine(name=name, value=value) for name, value in lines if value)
