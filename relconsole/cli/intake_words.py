"""What taking a spreadsheet in came to, as one JSON document and as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from relconsole.cli.words import plain
from relconsole.domain.console.taking_in.intake import Intake
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.domain.plan.taking_in.difference import RunbookDifference
from relconsole.domain.plan.taking_in.mapping import Field
from relconsole.domain.plan.taking_in.problem import CellProblem, Choice, Option, Remark
from relconsole.domain.plan.taking_in.steps import TakenRow

_SHOWN_OPTIONS = 6


def describe(intake: Intake) -> dict[str, Json]:
    """Give the document: what was understood, what was not, and what would differ."""
    taken = intake.taken
    return {
        "ok": intake.is_whole,
        "release": intake.heading.id,
        "understood": {
            "sheet": intake.sheet.name,
            "steps": len(taken.rows),
            "open": sum(row.step is None for row in taken.rows),
            "streams": list(taken.streams),
            "left_out": list(taken.left_out),
            "columns": [
                {"column": it.letters, "heading": it.heading, "becomes": it.becomes}
                for it in taken.layout.columns
            ],
            "rows": [_row(row) for row in taken.rows],
        },
        "problems": [_problem(it) for it in intake.problems],
        "choices": [_choice(it) for it in intake.choices],
        "remarks": [_remark(it) for it in intake.remarks],
        "steps": _steps(intake.steps),
    }


def _row(row: TakenRow) -> JsonObject:
    return {
        "row": row.row,
        "id": row.id,
        "title": row.title,
        "stream": row.stream,
        "owner": row.owner,
        "start": None if row.start is None else format_instant(row.start),
        "duration": None if row.duration is None else row.duration / timedelta(seconds=1),
        "after": list(row.after),
        "kind": row.kind,
        "note": row.note,
        "open": sorted(row.open),
    }


def _options(options: tuple[Option, ...]) -> list[Json]:
    return [{"answer": it.answer, "label": it.label} for it in options]


def _problem(problem: CellProblem) -> JsonObject:
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "cell": problem.cell,
        "heading": problem.heading,
        "field": problem.field,
        "value": problem.value,
        "question": problem.question,
        "proposal": problem.proposal or None,
        "options": _options(problem.options),
    }


def _choice(choice: Choice) -> JsonObject:
    return {
        "key": choice.key,
        "question": choice.question,
        "proposal": choice.proposal or None,
        "options": _options(choice.options),
    }


def _remark(remark: Remark) -> JsonObject:
    return {
        "sheet": remark.sheet,
        "row": remark.row,
        "cells": remark.cells,
        "heading": remark.heading,
        "value": remark.value,
        "says": remark.says,
    }


def _steps(steps: RunbookDifference) -> JsonObject:
    return {
        "added": list(steps.added),
        "changed": [
            {
                "id": it.id,
                "fields": [
                    {"field": one.field, "before": one.before, "after": one.after}
                    for one in it.fields
                ],
            }
            for it in steps.changed
        ],
        "removed": list(steps.removed),
        "reordered": steps.is_reordered,
    }


def in_words(intake: Intake) -> str:
    """Give the lines for a person: the understood in short, then everything that is open."""
    return plain("\n".join(_lines(intake)))


def _lines(intake: Intake) -> Iterator[str]:
    taken = intake.taken
    columns = (it for it in taken.layout.columns if it.becomes is not Field.NOTHING)
    yield f"{intake.sheet.name}: {len(taken.rows)} steps in {len(taken.streams)} streams"
    yield "  " + ", ".join(f"{it.letters} {it.heading} = {it.becomes}" for it in columns)
    for remark in intake.remarks:
        value = f" “{remark.value}”" if remark.value else ""
        yield f"remark: {remark.place} {remark.heading}{value}: {remark.says}"
    for choice in intake.choices:
        yield f"to choose: {choice.key}: {choice.question}{_answers(choice.options)}"
    for problem in intake.problems:
        value = f"{problem.place} {problem.heading} “{problem.value}”"
        yield f"to answer: {value}: {problem.question}{_answers(problem.options)}"
    yield from _step_lines(intake.steps)


def _answers(options: tuple[Option, ...]) -> str:
    shown = [f"{it.answer} ({it.label})" for it in options[:_SHOWN_OPTIONS]]
    return f" [{'; '.join(shown)}]" if shown else ""


def _step_lines(steps: RunbookDifference) -> Iterator[str]:
    if steps.added:
        yield f"steps added: {', '.join(steps.added)}"
    for it in steps.changed:
        changes = (f"{one.field}: “{one.before}” → “{one.after}”" for one in it.fields)
        yield f"step changed: {it.id}: {'; '.join(changes)}"
    if steps.removed:
        yield f"steps removed: {', '.join(steps.removed)}"
    if steps.is_reordered:
        yield "steps stand in another order"
