"""The bridge log: its lines in words, what is asked of them, and how they leave the window."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from immutables import Map

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.kernel.ids import EffectId, PersonId, ReleaseId, RunId, StepId
from relconsole.domain.night.effect_facts import EffectIntended
from relconsole.domain.night.log import LoggedFact, LogLine, log_lines, render_line
from relconsole.domain.night.muster_facts import MusterFact
from relconsole.domain.record.recorded import Recorded
from relconsole_ui.presenters.problem_form import Choice
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock_seconds, day, table_cell

HEADINGS: Final = ("Time", "Who", "What")
_COLUMNS: Final = (
    "number", "date", "time", "who", "for", "heard", "kind", "step", "signed", "what"
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The lines of a run so far, and the effects intended in it, which later words name."""

    lines: tuple[LogLine, ...] = ()
    intents: Mapping[EffectId, Recorded[EffectIntended]] = field(
        default_factory=Map[EffectId, Recorded[EffectIntended]]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWish:
    """Which lines are asked for; empty means all of them."""

    text: str = ""
    kind: str = ""
    person: str = ""
    step: str = ""

    def takes(self, line: LogLine) -> bool:
        """Tell whether a line is asked for; words are found in any order and case."""
        said = f"{line.text} {line.person or ''} {line.for_person or ''} {line.kind}".casefold()
        return (
            (not self.kind or line.kind == self.kind)
            and (not self.person or self.person in {line.person, line.for_person})
            and (not self.step or line.step == self.step)
            and all(word in said for word in self.text.casefold().split())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """A line of the table; ``key`` is its place in the record."""

    key: int
    time: str
    who: str
    what: str
    is_pinned: bool = False
    is_unsigned: bool = False

    @property
    def cells(self) -> tuple[str, str, str]:
        """Give the cells in the order of the headings."""
        return (self.time, self.who, self.what)

    @property
    def sentence(self) -> str:
        """Give the line as it is spoken."""
        pinned = "pinned, " if self.is_pinned else ""
        return f"{pinned}{self.time}, {self.who}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRows:
    """The table, oldest first with what is pinned above, and what may be asked for."""

    rows: tuple[LogRow, ...]
    note: str
    kinds: tuple[Choice, ...]
    people: tuple[Choice, ...]
    steps: tuple[Choice, ...]
    empty: str = ""


def write_book(
    book: Book,
    facts: Iterable[Recorded[ConsoleFact]],
    run: RunId | None,
    release: ReleaseId | None = None,
) -> Book:
    """Give the book with the facts of a run, and of its release's muster, that came after it."""
    intents = dict(book.intents)
    lines = list(book.lines)
    for recorded in facts:
        if not _belongs(recorded.fact, run, release):
            continue
        logged = cast("Recorded[LoggedFact]", recorded)
        if isinstance(logged.fact, EffectIntended):
            intents[EffectId(logged.id)] = cast("Recorded[EffectIntended]", logged)
        before = intents.get(getattr(logged.fact, "effect", EffectId("")))
        known = () if before is None else (cast("Recorded[LoggedFact]", before),)
        lines.append(log_lines((*known, logged))[-1])
    return Book(lines=tuple(lines), intents=Map(intents))


def _belongs(fact: ConsoleFact, run: RunId | None, release: ReleaseId | None) -> bool:
    if isinstance(fact, MusterFact):
        return fact.release == release
    return run is not None and getattr(fact, "run", None) == run


def present_log(
    seen: Seen, book: Book, wish: LogWish | None = None, pinned: frozenset[int] = frozenset()
) -> LogRows:
    """Give the lines that are asked for; what is pinned is shown whatever is asked."""
    asked = wish or LogWish()
    taken = [line for line in book.lines if asked.takes(line) and line.seq not in pinned]
    above = [line for line in book.lines if line.seq in pinned]
    rows = (
        *(_row(seen, line, is_pinned=True) for line in above),
        *(_row(seen, line) for line in taken),
    )
    return LogRows(
        rows=rows,
        note=f"{len(rows)} of {len(book.lines)}",
        kinds=_choices("any kind", {line.kind: _kind(line.kind) for line in book.lines}),
        people=_choices("anybody", _people(seen, book)),
        steps=_choices("any step", _steps(seen, book)),
        empty="" if rows else "Nothing is recorded yet." if not book.lines else "No line fits.",
    )


def _row(seen: Seen, line: LogLine, *, is_pinned: bool = False) -> LogRow:
    who = "the console" if line.person is None else seen.name(line.person)
    if line.for_person is not None and line.for_person != line.person:
        heard = f", {line.heard}" if line.heard else ""
        who = f"{seen.name(line.for_person)} (by {who}{heard})"
    return LogRow(
        key=line.seq,
        time=clock_seconds(line.at, seen.zone),
        who=who,
        what=line.text,
        is_pinned=is_pinned,
        is_unsigned=line.person is not None and not line.signed,
    )


def _kind(kind: str) -> str:
    return kind.replace("_", " ")


def _people(seen: Seen, book: Book) -> Mapping[str, str]:
    found: set[PersonId] = set()
    for line in book.lines:
        found |= {each for each in (line.person, line.for_person) if each is not None}
    return {each: seen.name(each) for each in found}


def _steps(seen: Seen, book: Book) -> Mapping[str, str]:
    run = seen.run
    found: dict[str, str] = {}
    for line in book.lines:
        if line.step is not None and line.step not in found:
            step = None if run is None else run.find_step(StepId(line.step))
            found[line.step] = line.step if step is None else step.title
    return found


def _choices(all_of_them: str, found: Mapping[str, str]) -> tuple[Choice, ...]:
    ordered = sorted(found.items(), key=lambda item: item[1])
    return (
        Choice(key="", says=all_of_them),
        *(Choice(key=key, says=says) for key, says in ordered),
    )


def log_csv(seen: Seen, book: Book, keys: Sequence[int]) -> str:
    """Give these lines as a table that a spreadsheet opens and takes no formula from."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(
        ("number", "date", "time", "who", "for", "heard", "kind", "step", "signed", "what")
    )
    wanted = set(keys)
    for line in book.lines:
        if line.seq in wanted:
            cells = (
                str(line.seq),
                day(line.at, seen.zone),
                clock_seconds(line.at, seen.zone),
                line.person or "console",
                line.for_person or "",
                line.heard,
                line.kind,
                line.step or "",
                "yes" if line.signed else "no",
                line.text,
            )
            table.writerow([table_cell(cell) for cell in cells])
    return out.getvalue()


def log_text(seen: Seen, book: Book, keys: Sequence[int]) -> str:
    """Give these lines as plain text."""
    wanted = set(keys)
    return "".join(f"{render_line(line, seen.zone)}\n" for line in book.lines if line.seq in wanted)
