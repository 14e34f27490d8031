"""What a step waits for, as sheets write it: numbers of steps or of rows, lists and ranges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.taking_in.cells import Cell, CellKind
from relconsole.domain.plan.taking_in.mapping import AfterNames
from relconsole.domain.plan.taking_in.numbering import Numbering
from relconsole.domain.plan.taking_in.problem import NOTHING, Option
from relconsole.domain.plan.taking_in.reading import Read, Unclear, unclear_fault

_BETWEEN: Final = re.compile(r"[,;/&+\n]|\s{2,}")
_RANGE: Final = re.compile(r"([0-9]{1,5})\s*(?:-|–|to|bis)\s*([0-9]{1,5})")
_FINISH_START: Final = re.compile(r"(?i)(.*[0-9])\s*(?:fs|ea)")
_NO_STEP: Final = Option(answer=NOTHING, label="It waits for nothing")


def read_predecessors(
    cell: Cell, numbering: Numbering, names: AfterNames | None, own: StepId
) -> Read[tuple[StepId, ...]] | Unclear:
    """Give the steps that a cell names, each once and in its order.

    ``names`` None is asked of the mapping. A number that is no step's, and the step itself, are
    asked about.
    """
    if cell.is_empty:
        return Read(value=())
    if cell.kind is CellKind.FAULT:
        return unclear_fault(cell)
    if names is None:
        return Unclear(
            question="Do predecessors name the numbers of steps, or rows of the sheet?",
            choice="after_names",
            options=(
                Option(answer=AfterNames.NUMBER, label="Numbers of steps"),
                Option(answer=AfterNames.ROW, label="Rows of the sheet"),
            ),
        )
    known = numbering.by_row if names is AfterNames.ROW else numbering.by_number
    if cell.kind in {CellKind.MOMENT, CellKind.SPAN}:
        return _of_date(cell, known)
    if cell.text in known:
        return _without(own, (known[cell.text],))
    if cell.kind is CellKind.NUMBER and not cell.number.is_integer():
        listed = cell.text.replace(".", ", ")
        return _asks(f"{cell.text} is one number. Which steps are meant?", [listed], known)
    return _of_list(cell.text, known, own)


def _of_list(
    text: str, known: Mapping[str, StepId], own: StepId
) -> Read[tuple[StepId, ...]] | Unclear:
    found: list[StepId] = []
    remark = ""
    for part in (it.strip() for it in _BETWEEN.split(text)):
        plain = part if part in known else _FINISH_START.sub(r"\1", part)
        ends = _RANGE.fullmatch(plain)
        if not part:
            continue
        if plain in known:
            found.append(known[plain])
        elif ends is not None:
            within = [
                number for number in range(int(ends[1]), int(ends[2]) + 1) if str(number) in known
            ]
            if not within or {ends[1], ends[2]} - {str(it) for it in within}:
                return _asks(f"There are no steps {part}. Which are meant?", [], known)
            found.extend(known[str(number)] for number in within)
            remark = f"“{part}” read as all of these steps"
        else:
            question = (
                f"There is no step {part}. Which are meant?"
                if part.isdigit()
                else "Not the number of a step. Which steps come before?"
            )
            return _asks(question, [], known)
    return _without(own, tuple(dict.fromkeys(found)), remark)


def _without(
    own: StepId, found: tuple[StepId, ...], remark: str = ""
) -> Read[tuple[StepId, ...]] | Unclear:
    if own in found:
        return Unclear(question="A step cannot wait for itself. Which steps come before?")
    return Read(value=found, remark=remark)


def _of_date(cell: Cell, known: Mapping[str, StepId]) -> Unclear:
    """Give the question about a date or time that a program may have made of ``3-6`` or ``3:6``."""
    question = f"{cell.text} is a date or a time. Which steps are meant?"
    if cell.kind is CellKind.SPAN:
        return _asks(question, [], known)
    day, month = cell.moment.day, cell.moment.month
    return _asks(question, [f"{day}-{month}", f"{month}-{day}"], known)


def _asks(question: str, readings: list[str], known: Mapping[str, StepId]) -> Unclear:
    """Give the question with those readings whose numbers are all known."""
    likely = [
        it for it in dict.fromkeys(readings) if all(one in known for one in re.split(r"\D+", it))
    ]
    return Unclear(
        question=question,
        proposal=likely[0] if len(likely) == 1 else "",
        options=(*(Option(answer=it, label=f"Read as {it}") for it in likely), _NO_STEP),
    )
