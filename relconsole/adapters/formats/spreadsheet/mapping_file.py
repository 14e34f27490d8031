"""The files in which a team keeps its mapping, and a person the answers to what was asked."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar, cast

from relconsole.adapters.formats.spreadsheet.mapping_keys import ANSWERS, MAPPING
from relconsole.adapters.formats.workspace.compose import compose
from relconsole.adapters.formats.workspace.desk import UNREAD, Desk, Unread
from relconsole.adapters.formats.workspace.folder import read_plain_file, shown
from relconsole.adapters.formats.workspace.nodes import Place, ScalarNode
from relconsole.adapters.formats.workspace.records import Record
from relconsole.adapters.formats.workspace.write import replace_file
from relconsole.adapters.formats.workspace.written import Written, emit
from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.plan.taking_in.answers import Answers
from relconsole.domain.plan.taking_in.mapping import SheetMapping

Made = TypeVar("Made")


def read_mapping(path: Path) -> SheetMapping:
    """Give the mapping that a file holds; InputRejected with everything that is wrong with it."""
    return _read(path, MAPPING)


def read_answers(path: Path) -> Answers:
    """Give the answers that a file holds; InputRejected with everything that is wrong with it."""
    return Answers(given=_read(path, ANSWERS))


def write_mapping(mapping: SheetMapping, path: Path) -> None:
    """Keep a mapping in a file; WorldIsDown where the disk refuses."""
    replace_file(path, _text(MAPPING.write(mapping, None)))


def write_answers(answers: Answers, path: Path) -> None:
    """Keep answers in a file; WorldIsDown where the disk refuses."""
    replace_file(path, _text(ANSWERS.write(answers.given, None)))


def _text(written: Written) -> bytes:
    return emit(cast("dict[str, Written]", written)).encode()


def _read(path: Path, record: Record[Made]) -> Made:
    name = shown(path)
    desk = Desk()
    root, problems = compose(read_plain_file(path, name), name)
    desk.problems.extend(problems)
    found: Made | Unread = UNREAD
    if root is not None or not problems:
        place = Place(file=name, line=1, column=1, field="")
        found = record.read(root or ScalarNode(at=place, text="", is_absent=True), desk)
    if isinstance(found, Unread) or desk.problems:
        raise InputRejected(tuple(sorted(desk.problems, key=lambda it: it.line or 0)))
    return found
