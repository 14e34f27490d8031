"""The way back of a step, as far as a sheet tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from relconsole.domain.kernel.durations import ThreePoint, format_duration, plain
from relconsole.domain.plan.runbook import Step, Undo, UndoKind
from relconsole.domain.plan.taking_in.mapping import Field, SheetMapping
from relconsole.domain.plan.taking_in.problem import Choice, Option
from relconsole.domain.plan.taking_in.reading import (
    Unclear,
    fold_word,
    read_duration,
    read_word,
    read_words,
)
from relconsole.domain.plan.taking_in.rows import Row

WORDS: Final[Mapping[str, UndoKind]] = {
    "not needed": UndoKind.NONE,
    "nicht nötig": UndoKind.NONE,
    "no way back": UndoKind.IRREVERSIBLE,
    "point of no return": UndoKind.IRREVERSIBLE,
    "unumkehrbar": UndoKind.IRREVERSIBLE,
    "reverse": UndoKind.INVERSE,
}
_FIELDS: Final = (Field.UNDO, Field.UNDO_DURATION, Field.UNDO_TITLE)
_WAYS: Final = frozenset({UndoKind.INVERSE, UndoKind.COMPENSATION})
_NO_UNDO: Final = Choice(
    key="no_undo",
    question="Of some steps the sheet tells no way back. What holds for them?",
    options=(
        Option(answer=UndoKind.NONE, label="Nothing has to be undone"),
        Option(answer=UndoKind.IRREVERSIBLE, label="They cannot be undone"),
    ),
)


def read_undo(row: Row, mapping: SheetMapping, base: Step | None) -> Undo | None:
    """Give the way back of a step that changes production; None after what it lacks was asked.

    ``base`` is the step as it stands in the plan, which keeps what the sheet has no column for.
    """
    if base is not None and all(row.layout.find(it) is None for it in _FIELDS):
        return base.undo
    open_before = set(row.open)
    length = _length(row, mapping)
    title = _title(row)
    kind = _kind(row, mapping)
    if row.open != open_before:
        return None
    if kind is None:
        return _untold(row, mapping, length, title, base)
    if kind in _WAYS:
        return _way(row, kind, length, title, base)
    if length is not None:
        return _without_length(row, kind, length, title)
    return Undo(kind=kind, title=title)


def _untold(
    row: Row, mapping: SheetMapping, length: timedelta | None, title: str, base: Step | None
) -> Undo | None:
    """Give the way back of a row without a word for its kind."""
    if length is not None or title:
        return _way(row, UndoKind.INVERSE, length, title, base)
    if mapping.no_undo is None:
        row.notes.need(_NO_UNDO)
        row.open.add(Field.UNDO)
        return None
    return Undo(kind=mapping.no_undo)


def _length(row: Row, mapping: SheetMapping) -> timedelta | None:
    found = row.find(Field.UNDO_DURATION)
    if found.cell.is_empty:
        return None
    is_typed = row.sheet.is_typed and not found.is_answer
    read = read_duration(found.cell, mapping.numbers, is_typed=is_typed)
    return row.settle(Field.UNDO_DURATION, read, found)


def _title(row: Row) -> str:
    found = row.find(Field.UNDO_TITLE)
    words = row.settle(Field.UNDO_TITLE, read_words(found.cell), found)
    return " ".join((words or "").split())


def _kind(row: Row, mapping: SheetMapping) -> UndoKind | None:
    found = row.find(Field.UNDO)
    if found.cell.is_empty:
        return None
    own = {fold_word(word): kind for word, kind in mapping.undos.items()}
    read = read_word(found.cell, {**WORDS, **own}, tuple(UndoKind), "Which way back is meant?")
    return row.settle(Field.UNDO, read, found)


def _way(
    row: Row, kind: UndoKind, length: timedelta | None, title: str, base: Step | None
) -> Undo | None:
    """Give a way back that takes this long; what the sheet cannot say of it stays as it was."""
    if length is None:
        found = row.find(Field.UNDO_DURATION)
        row.ask(Field.UNDO_DURATION, Unclear(question="How long does the way back take?"), found)
        return None
    if base is None or base.undo.kind not in _WAYS:
        return Undo(kind=kind, duration=plain(length), title=title)
    if row.layout.find(Field.UNDO_TITLE) is None:
        title = base.undo.title
    if row.layout.find(Field.UNDO) is None:
        kind = base.undo.kind
    duration = same_or_plain(base.undo.duration, length)
    return replace(base.undo, kind=kind, duration=duration, title=title)


def same_or_plain(standing: ThreePoint | None, length: timedelta) -> ThreePoint:
    """Give the estimate that stands where its likely length is this one, else the length alone."""
    return standing if standing is not None and standing.likely == length else plain(length)


def _without_length(row: Row, kind: UndoKind, length: timedelta, title: str) -> Undo | None:
    """Give a way back that takes no time although the row has a length for it."""
    found = row.find(Field.UNDO)
    if found.is_answer:
        row.remark(Field.UNDO_DURATION, "not taken in: there is no way back", str(length))
        return Undo(kind=kind, title=title)
    said = format_duration(length)
    question = f"“{found.value}”, and yet the way back takes {said}. Which holds?"
    options = tuple(Option(answer=it, label=it.capitalize()) for it in (UndoKind.INVERSE, kind))
    row.ask(Field.UNDO, Unclear(question=question, options=options), found)
    return None
