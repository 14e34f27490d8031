"""A row becomes a step: each field read, and each that cannot be read asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from immutables import Map

from relconsole.domain.estate.catalogue import Service
from relconsole.domain.estate.people import Person, fold_name
from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.ids import PersonId, ServiceId, StepId
from relconsole.domain.plan.runbook import Mode, Step, StepKind, Undo, UndoKind
from relconsole.domain.plan.taking_in.mapping import AfterNames, Field, NoAfter, SheetMapping
from relconsole.domain.plan.taking_in.names import PeopleBook
from relconsole.domain.plan.taking_in.numbering import NumberedRow, Numbering
from relconsole.domain.plan.taking_in.owners import Owners, read_owners
from relconsole.domain.plan.taking_in.predecessors import read_predecessors
from relconsole.domain.plan.taking_in.problem import NOTHING, Choice, Option
from relconsole.domain.plan.taking_in.reading import (
    Read,
    Unclear,
    fold_word,
    read_duration,
    read_truth,
    read_whole,
    read_word,
    read_words,
    split_list,
)
from relconsole.domain.plan.taking_in.rows import Row
from relconsole.domain.plan.taking_in.starts import Frame, read_start
from relconsole.domain.plan.taking_in.ways_back import read_undo, same_or_plain

KIND_WORDS: Final[Mapping[str, StepKind]] = {
    "manuell": StepKind.MANUAL,
    "automatic": StepKind.AUTOMATED,
    "automatisch": StepKind.AUTOMATED,
    "go/no-go": StepKind.GATE,
    "go / no-go": StepKind.GATE,
    "milestone": StepKind.CHECKPOINT,
    "meilenstein": StepKind.CHECKPOINT,
    "message": StepKind.COMMUNICATION,
    "kommunikation": StepKind.COMMUNICATION,
}
_OWNED: Final = frozenset({StepKind.MANUAL, StepKind.AUTOMATED, StepKind.COMMUNICATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known besides the sheet: people, window, services, and the plan as it stands."""

    book: PeopleBook = field(default_factory=PeopleBook)
    frame: Frame | None = None
    services: Mapping[ServiceId, Service] = field(default_factory=Map[ServiceId, Service])
    present: Mapping[StepId, Step] = field(default_factory=Map[StepId, Step])


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenRow:
    """A row as it will be taken in; ``step`` is None while one of its fields is ``open``.

    ``start`` is where the sheet puts its start, in UTC, None where it does not.
    """

    row: int
    id: StepId
    title: str
    stream: str = ""
    owner: PersonId | None = None
    start: datetime | None = None
    duration: timedelta | None = None
    after: tuple[StepId, ...] = ()
    kind: StepKind | None = None
    note: str = ""
    open: frozenset[Field] = frozenset()
    step: Step | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReader:
    """Reads the rows of one sheet."""

    mapping: SheetMapping
    known: Known
    numbering: Numbering

    def read(self, numbered: NumberedRow) -> TakenRow:
        """Give a row as it will be taken in, after what it lacks was asked."""
        row, base = numbered.row, self.known.present.get(numbered.id)
        kind = self._kind(row, base)
        owners = self._owners(row, base, kind, numbered.id)
        planned = self._start(row, Field.PLANNED_START)
        fixed = self._start(row, Field.FIXED_START)
        duration = self._duration(row, base)
        after = self._after(row, base, numbered)
        stream = self._words(row, Field.STREAM, "" if base is None else base.stream)
        note = self._note(row, base, owners.helpers)
        partial = replace(
            base or Step(id=numbered.id, title=numbered.title, duration=plain(timedelta(0))),
            title=numbered.title,
            stream=stream,
            owner=owners.owner,
            after=after,
            note=note,
            services=self._services(row, base),
            changes_data=self._changes_data(row, base),
            mode=self._mode(row, base),
        )
        step = self._whole(row, partial, base, kind, duration, fixed)
        return TakenRow(
            row=row.number,
            id=numbered.id,
            title=numbered.title,
            stream=stream,
            owner=owners.owner,
            start=fixed if planned is None else planned,
            duration=None if duration is None else duration.likely,
            after=after,
            kind=kind,
            note=note,
            open=frozenset(row.open),
            step=None if row.open else step,
        )

    def _whole(
        self,
        row: Row,
        partial: Step,
        base: Step | None,
        kind: StepKind | None,
        duration: ThreePoint | None,
        fixed: datetime | None,
    ) -> Step:
        """Give the step with what depends on its kind; what is open stays as it was."""
        stations, quorum = self._stations(row, base, kind)
        is_told = row.layout.find(Field.FIXED_START) is not None
        return replace(
            partial,
            kind=kind or partial.kind,
            duration=duration or partial.duration,
            stations=stations,
            quorum=quorum,
            run=partial.run if kind is StepKind.AUTOMATED else None,
            undo=self._undo(row, base, kind),
            not_before=fixed if is_told else partial.not_before,
        )

    def _kind(self, row: Row, base: Step | None) -> StepKind | None:
        found = row.find(Field.KIND)
        if found.cell.is_empty:
            if base is not None:
                return base.kind
            if self.mapping.no_kind is None:
                row.notes.need(_NO_KIND)
                row.open.add(Field.KIND)
            return self.mapping.no_kind
        own = {fold_word(word): kind for word, kind in self.mapping.kinds.items()}
        words = {**KIND_WORDS, **own}
        read = read_word(found.cell, words, tuple(StepKind), "Which kind of step is it?")
        if read == Read(value=StepKind.AUTOMATED) and (base is None or base.run is None):
            read = _NO_JOB
        return row.settle(Field.KIND, read, found)

    def _owners(self, row: Row, base: Step | None, kind: StepKind | None, number: StepId) -> Owners:
        if row.layout.find(Field.OWNER) is None:
            return Owners(owner=None if base is None else base.owner)
        found = row.find(Field.OWNER)
        read = read_owners(found, self.known.book, step=number, needed=kind in _OWNED)
        return row.settle(Field.OWNER, read, found) or Owners()

    def _start(self, row: Row, field_: Field) -> datetime | None:
        found = row.find(field_)
        if found.cell.is_empty:
            return None
        is_typed = row.sheet.is_typed and not found.is_answer
        return row.settle(
            field_, read_start(found.cell, self.known.frame, is_typed=is_typed), found
        )

    def _duration(self, row: Row, base: Step | None) -> ThreePoint | None:
        likely = self._length(row, Field.DURATION)
        best, worst = self._length(row, Field.BEST), self._length(row, Field.WORST)
        if likely is None:
            if Field.DURATION not in row.open:
                found = row.find(Field.DURATION)
                row.ask(Field.DURATION, Unclear(question="How long does it take?"), found)
            return None
        if best is None and worst is None:
            return same_or_plain(None if base is None else base.duration, likely)
        try:
            return ThreePoint(
                best=likely if best is None else best,
                likely=likely,
                worst=likely if worst is None else worst,
            )
        except ValueError:
            question = "Best, likely and worst are not in order. How long does it take?"
            row.ask(Field.DURATION, Unclear(question=question), row.find(Field.DURATION))
            return None

    def _length(self, row: Row, field_: Field) -> timedelta | None:
        found = row.find(field_)
        if found.cell.is_empty:
            return None
        is_typed = row.sheet.is_typed and not found.is_answer
        read = read_duration(found.cell, self.mapping.numbers, is_typed=is_typed)
        return row.settle(field_, read, found)

    def _after(self, row: Row, base: Step | None, numbered: NumberedRow) -> tuple[StepId, ...]:
        if row.layout.find(Field.AFTER) is None:
            return self._without_column(row, base, numbered)
        found = row.find(Field.AFTER)
        names = self.mapping.after_names if self.numbering.by_number else AfterNames.ROW
        read = read_predecessors(found.cell, self.numbering, names, numbered.id)
        return row.settle(Field.AFTER, read, found) or ()

    def _without_column(
        self, row: Row, base: Step | None, numbered: NumberedRow
    ) -> tuple[StepId, ...]:
        """Give what a step waits for where no column says it."""
        if base is not None:
            return base.after
        if self.mapping.no_after is None:
            row.notes.need(_NO_AFTER)
            row.open.add(Field.AFTER)
            return ()
        if self.mapping.no_after is NoAfter.NOTHING:
            return ()
        ids = [it.id for it in self.numbering.rows]
        return tuple(ids[: ids.index(numbered.id)][-1:])

    def _words(self, row: Row, field_: Field, otherwise: str) -> str:
        """Give the words of a cell on one line, what the plan has where there is no column."""
        if row.layout.find(field_) is None:
            return otherwise
        found = row.find(field_)
        return " ".join((row.settle(field_, read_words(found.cell), found) or "").split())

    def _note(self, row: Row, base: Step | None, helpers: tuple[Person, ...]) -> str:
        if row.layout.find(Field.NOTE) is None:
            note = "" if base is None else base.note
        else:
            found = row.find(Field.NOTE)
            note = row.settle(Field.NOTE, read_words(found.cell), found) or ""
        line = f"Helpers: {', '.join(person.name for person in helpers)}"
        if not helpers or note.endswith(line):
            return note
        return f"{note}\n{line}" if note else line

    def _services(self, row: Row, base: Step | None) -> tuple[ServiceId, ...]:
        if row.layout.find(Field.SERVICES) is None:
            return () if base is None else base.services
        found = row.find(Field.SERVICES)
        names = {
            fold_name(name): it.id
            for it in self.known.services.values()
            for name in (it.name, it.id)
        }
        read = _read_services(split_list(found.cell.text), names)
        return row.settle(Field.SERVICES, read, found) or ()

    def _changes_data(self, row: Row, base: Step | None) -> bool:
        if row.layout.find(Field.CHANGES_DATA) is None:
            return base is not None and base.changes_data
        found = row.find(Field.CHANGES_DATA)
        truth: bool | None = row.settle(Field.CHANGES_DATA, read_truth(found.cell), found)
        return truth is True

    def _mode(self, row: Row, base: Step | None) -> Mode:
        found = row.find(Field.MODE)
        standing = Mode.DO_CONFIRM if base is None else base.mode
        if found.cell.is_empty:
            return standing
        read = read_word(found.cell, {}, tuple(Mode), "Read first, or do first?")
        return row.settle(Field.MODE, read, found) or standing

    def _stations(
        self, row: Row, base: Step | None, kind: StepKind | None
    ) -> tuple[tuple[str, ...], int | None]:
        """Give the voices at a gate, and how many of them must say go."""
        named, wanted = row.find(Field.STATIONS), row.find(Field.QUORUM)
        if kind is not StepKind.GATE:
            for it, found in ((Field.STATIONS, named), (Field.QUORUM, wanted)):
                if not found.cell.is_empty:
                    row.remark(it, "not taken in: the step is no gate", found.value)
            return (), None
        stations = split_list(self._words(row, Field.STATIONS, "")) or (
            () if base is None else base.stations
        )
        if not stations:
            row.ask(Field.STATIONS, Unclear(question="Which stations answer this gate?"), named)
        if wanted.cell.is_empty:
            return stations, None if base is None else base.quorum
        quorum = row.settle(Field.QUORUM, read_whole(wanted.cell), wanted)
        if quorum is not None and quorum > len(stations):
            question = f"There are only {len(stations)} stations. How many must say go?"
            row.ask(Field.QUORUM, Unclear(question=question), wanted)
        return stations, quorum

    def _undo(self, row: Row, base: Step | None, kind: StepKind | None) -> Undo:
        """Give the way back; none is asked for while the kind of the step is open."""
        nothing = Undo(kind=UndoKind.NONE)
        if kind in {StepKind.MANUAL, StepKind.AUTOMATED}:
            return read_undo(row, self.mapping, base) or nothing
        if kind is not None:
            for it in (Field.UNDO, Field.UNDO_DURATION, Field.UNDO_TITLE):
                found = row.find(it)
                if not found.cell.is_empty and fold_word(found.cell.text) != UndoKind.NONE:
                    row.remark(it, f"not taken in: a {kind} has nothing to undo", found.value)
        return nothing


def _read_services(
    wanted: tuple[str, ...], names: Mapping[str, ServiceId]
) -> Read[tuple[ServiceId, ...]] | Unclear:
    unknown = [name for name in wanted if fold_name(name) not in names]
    if unknown:
        return Unclear(
            question=f"There is no service “{unknown[0]}”. Which are meant?",
            options=(Option(answer=NOTHING, label="None"),),
        )
    return Read(value=tuple(dict.fromkeys(names[fold_name(name)] for name in wanted)))


_NO_KIND: Final = Choice(
    key="no_kind",
    question="Of some steps the sheet tells no kind. What are they?",
    options=(
        Option(answer=StepKind.MANUAL, label="Done by hand"),
        Option(answer=StepKind.CHECKPOINT, label="Checkpoints"),
    ),
    proposal=StepKind.MANUAL,
)
_NO_AFTER: Final = Choice(
    key="no_after",
    question="No column says what a step waits for. What does each wait for?",
    options=(
        Option(answer=NoAfter.ROW_BEFORE, label="The row before it"),
        Option(answer=NoAfter.NOTHING, label="Nothing"),
    ),
)
_NO_JOB: Final = Unclear(
    question="A sheet cannot say which job runs. Is the step done by hand?",
    proposal=StepKind.MANUAL,
    options=(Option(answer=StepKind.MANUAL, label="Done by hand"),),
)
