"""One cell read as one kind of value: the value, or what has to be asked about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, Generic, TypeVar

from relconsole.domain.kernel.durations import format_duration, parse_duration
from relconsole.domain.plan.taking_in.cells import Cell, CellKind
from relconsole.domain.plan.taking_in.mapping import Unit
from relconsole.domain.plan.taking_in.problem import NOTHING, Option

Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)

LONGEST_TEXT: Final = 2_000
_UNITS: Final = {
    timedelta(hours=1): ("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"),
    timedelta(minutes=1): ("m", "min", "mins", "minute", "minutes", "minuten", "'"),
    timedelta(seconds=1): ("s", "sec", "secs", "second", "seconds", "sek", "sekunden"),
}
_UNIT: Final = {word: length for length, words in _UNITS.items() for word in words}
_PART: Final = re.compile(r"([0-9]{1,4})\s*([a-z]+\.?|')")
_NUMBER: Final = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?")
_NEARLY_NUMBER: Final = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,3})?")
_CLOCK: Final = re.compile(r"([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9]))?")
_LONGEST: Final = timedelta(days=3_660)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Generic[Value]):
    """A value, and what a person should know of how it was read."""

    value: Value
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A cell that has to be asked about; ``choice`` is the mapping's key where that would tell."""

    question: str
    proposal: str = ""
    options: tuple[Option, ...] = ()
    choice: str = ""


def read_words(cell: Cell) -> Read[str] | Unclear:
    """Give the text of a cell, whatever its kind."""
    if cell.kind is CellKind.FAULT:
        return unclear_fault(cell)
    if len(cell.text) > LONGEST_TEXT:
        return Unclear(question=f"The text is longer than {LONGEST_TEXT} characters.")
    return Read(value=cell.text)


def unclear_fault(cell: Cell) -> Unclear:
    """Give the question about a cell in which its own program could not show a value."""
    if cell.is_calculated:
        return Unclear(question="A formula without a saved value. What does it give?")
    return Unclear(question=f"{cell.text} is an error of the sheet. What is meant?")


def read_clock(text: str) -> timedelta | None:
    """Give the length that ``h:mm`` or ``h:mm:ss`` names, None for any other text."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = found[1], found[2], found[3] or "0"
    return timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))


def read_duration(cell: Cell, unit: Unit | None, *, is_typed: bool) -> Read[timedelta] | Unclear:
    """Give a length of time.

    A bare number counts ``unit``; ``h:mm`` as text in a sheet that knows times from texts is asked
    about. ``is_typed`` is False for CSV files and for answers.
    """
    match cell.kind:
        case CellKind.SPAN:
            return _bounded(cell.span)
        case CellKind.NUMBER:
            return _counted(cell.number, unit)
        case CellKind.TEXT:
            return _spoken(cell.text, unit, is_typed=is_typed)
        case CellKind.FAULT:
            return unclear_fault(cell)
        case _:
            return Unclear(question="A date is no length of time. How long does it take?")


def _bounded(length: timedelta) -> Read[timedelta] | Unclear:
    if not timedelta(0) <= length <= _LONGEST:
        return Unclear(question=f"Not a length from 0 to {_LONGEST.days} days.")
    return Read(value=length)


def _counted(number: float, unit: Unit | None) -> Read[timedelta] | Unclear:
    """Give a bare number as a length."""
    if unit is None:
        return Unclear(question="Does a bare number count minutes or hours?", choice="numbers")
    if not 0 <= number <= _LONGEST / timedelta(minutes=1):
        return Unclear(question=f"Not a length from 0 to {_LONGEST.days} days.")
    return _bounded(timedelta(hours=number) if unit is Unit.HOURS else timedelta(minutes=number))


def _spoken(text: str, unit: Unit | None, *, is_typed: bool) -> Read[timedelta] | Unclear:
    """Give a length from a text such as ``5 min``, ``1h30m`` or ``0:05``."""
    clock = read_clock(text)
    if clock is not None:
        if is_typed:
            said = format_duration(clock)
            return Unclear(
                question=f"“{text}” is text, not a time. Read it as {said}?",
                proposal=said,
                options=(Option(answer=said, label=f"Read as {said}"),),
            )
        return _bounded(clock)
    if _NUMBER.fullmatch(text):
        counted = _counted(float(text), unit)
        if isinstance(counted, Read) and is_typed:
            return Read(value=counted.value, remark="a number that the sheet keeps as text")
        return counted
    parts = _as_in_plans(text) or _in_units(text)
    if parts is not None:
        return _bounded(parts)
    return _nearly(text)


def _as_in_plans(text: str) -> timedelta | None:
    """Give the length that a text names in the form of plans, such as ``1h30m`` or ``90.5s``."""
    try:
        return parse_duration(text)
    except ValueError:
        return None


def _in_units(text: str) -> timedelta | None:
    """Give the sum of numbers with their units, None where anything else stands in the text."""
    lowered = text.casefold().strip()
    found = list(_PART.finditer(lowered))
    rest = _PART.sub("", lowered).strip()
    units = [_UNIT.get(part[2].removesuffix(".")) for part in found]
    if not found or rest or None in units or len(set(units)) < len(units):
        return None
    lengths = [int(part[1]) * unit for part, unit in zip(found, units, strict=True) if unit]
    return sum(lengths, start=timedelta(0))


def _nearly(text: str) -> Unclear:
    """Give the question about a text that is no length, with the lengths it may mean."""
    lowered = text.casefold()
    units = [
        unit for word in re.findall(r"[a-z']+", lowered) if (unit := _UNIT.get(word)) is not None
    ]
    unit = units[0] if len(set(units)) == 1 else timedelta(minutes=1)
    numbers = [float(it.replace(",", ".")) for it in _NEARLY_NUMBER.findall(lowered)][:3]
    unique = list(dict.fromkeys(format_duration(number * unit) for number in numbers))
    return Unclear(
        question="Not a length of time. How long does it take?",
        proposal=unique[0] if len(unique) == 1 else "",
        options=tuple(Option(answer=it, label=f"Read as {it}") for it in unique),
    )


def read_whole(cell: Cell) -> Read[int] | Unclear:
    """Give a whole number from 1 up."""
    words = read_words(cell)
    if isinstance(words, Unclear):
        return words
    if words.value.isascii() and words.value.isdigit() and int(words.value[:9]) > 0:
        return Read(value=int(words.value[:9]))
    return Unclear(question="Not a whole number from 1 up.")


def read_word(
    cell: Cell, words: Mapping[str, Word], choices: tuple[Word, ...], question: str
) -> Read[Word] | Unclear:
    """Give which of a closed list a cell means; ``words`` are folded, the team's own among them."""
    found = read_words(cell)
    if isinstance(found, Unclear):
        return found
    folded = fold_word(found.value)
    known = {str(choice): choice for choice in choices} | dict(words)
    if folded in known:
        return Read(value=known[folded])
    return Unclear(
        question=question,
        options=tuple(Option(answer=str(it), label=str(it).capitalize()) for it in choices),
    )


def fold_word(text: str) -> str:
    """Give the form under which spellings of one word are equal."""
    return " ".join(text.casefold().split())


YES: Final = frozenset({"x", "y", "yes", "j", "ja", "true", "1"})
NO: Final = frozenset({"", "n", "no", "nein", "false", "0", "-", NOTHING})


def read_truth(cell: Cell) -> Read[bool] | Unclear:
    """Give yes or no."""
    found = read_words(cell)
    if isinstance(found, Unclear):
        return found
    folded = fold_word(found.value)
    if folded in YES | NO:
        return Read(value=folded in YES)
    return Unclear(
        question="Neither yes nor no. Which is it?",
        options=(Option(answer="yes", label="Yes"), Option(answer="no", label="No")),
    )


def split_list(text: str) -> tuple[str, ...]:
    """Give the items of a list in one cell, in its order, each once."""
    items = (item.strip() for item in re.split(r"[,;\n|/]", text))
    return tuple(dict.fromkeys(item for item in items if item))
