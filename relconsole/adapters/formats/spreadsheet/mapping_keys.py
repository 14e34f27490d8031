"""The keys of a mapping file and of a file of answers.

A mapping, saved by a team for its files:

    team: Payments team
    sheet: Cutover                     # which sheet holds the runbook
    header_row: 5                      # the row of its headings
    columns:                           # by heading; column: D where it is empty or stands twice
      - {heading: Nr, becomes: number}
      - {heading: Aufgabe, becomes: title}
      - {heading: Dauer, becomes: duration}
      - {heading: Vorg., becomes: after}
      - {heading: Ampel, becomes: nothing}
    numbers: minutes                   # what a bare number in a duration counts: minutes | hours
    after_names: number                # what predecessors name: number | row
    no_after: row_before               # without such a column: nothing | row_before
    no_kind: manual                    # what a step without a kind is
    no_undo: none                      # where no way back is told: none | irreversible
    kinds: {Go/No-Go: gate}            # the team's own words
    undos: {PONR: irreversible}
    release_sheet: Release             # a key and its value in each row
    contacts_sheet: Contacts           # a person in each row
    services_sheet: Services           # a service in each row
    encoding: cp1252                   # of a CSV file that is not UTF-8
    delimiter: ";"

What a column may become is the closed list ``Field``. Answers, each bound to the value that was
asked about; ``cell: Cutover!D`` answers wherever that value stands in the column:

    answers:
      - {cell: Cutover!D27, value: Omar/Asha, answer: omar}
      - {cell: Cutover!E32, value: "3:28", answer: "03:28"}
      - {cell: Cutover!B40, value: Legend, answer: leave out}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic

from relconsole.adapters.formats.spreadsheet.csv_file import DELIMITERS, ENCODINGS
from relconsole.adapters.formats.workspace.desk import Desk, Frame, Unread
from relconsole.adapters.formats.workspace.estate_keys import TEXT
from relconsole.adapters.formats.workspace.kinds import (
    Choice,
    ListOf,
    OneOf,
    Text,
    Texts,
    Whole,
    read_text,
)
from relconsole.adapters.formats.workspace.nodes import MappingNode, Node, shorten
from relconsole.adapters.formats.workspace.records import (
    Key,
    Record,
    Values,
    complain_of_key,
    plainly,
)
from relconsole.adapters.formats.workspace.written import Written, word
from relconsole.domain.plan.runbook import StepKind, UndoKind
from relconsole.domain.plan.taking_in.answers import Answer
from relconsole.domain.plan.taking_in.cells import column_of, letters_of
from relconsole.domain.plan.taking_in.mapping import (
    AfterNames,
    Column,
    Field,
    NoAfter,
    SheetMapping,
    Unit,
)

_CELL: Final = re.compile(r"(?P<sheet>.+)!(?P<letters>[A-Za-z]{1,3})(?P<row>[0-9]{1,7})?")
_PROSE: Final = Text(may_be_empty=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsFor(Generic[Choice]):
    """A team's own words, each for one of a closed list."""

    choices: type[Choice]

    def read(self, node: Node, desk: Desk) -> Mapping[str, Choice] | Unread:
        """Give what each word means."""
        texts = Texts().read(node, desk)
        if isinstance(texts, Unread):
            return texts
        found: dict[str, Choice] = {}
        for said, meant in texts.items():
            try:
                found[said] = self.choices(meant)
            except ValueError:
                known = ", ".join(str(choice) for choice in self.choices)
                return desk.complain(node, f"{shorten(meant)!r} is none of {known}")
        return found

    def write(self, value: Mapping[str, Choice], frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the words, sorted."""
        return {said: word(str(value[said])) for said in sorted(value)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """The letters of a column."""

    def read(self, node: Node, desk: Desk) -> str | Unread:
        """Give them in capitals."""
        text = read_text(node, desk)
        if not isinstance(text, str):
            return text
        try:
            return letters_of(column_of(text[:4]))
        except ValueError:
            return desk.complain(node, f"{shorten(text)!r} is no column such as D")

    def write(self, value: str, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the letters."""
        return word(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneText:
    """One text of a few."""

    texts: tuple[str, ...]

    def read(self, node: Node, desk: Desk) -> str | Unread:
        """Give the text."""
        text = read_text(node, desk)
        if isinstance(text, str) and text not in self.texts:
            return desk.complain(node, f"{shorten(text)!r} is none of {self.texts}")
        return text

    def write(self, value: str, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the text."""
        return word(value)


def _column(values: Values, node: MappingNode, desk: Desk) -> Column | Unread:
    if "heading" not in values and "letters" not in values:
        return desk.complain(node, "a column needs heading, column or both")
    return plainly(Column)(values, node, desk)


COLUMN: Final[Record[Column]] = Record(
    what="column",
    makes=_column,
    keys=(
        Key("heading", TEXT),
        Key("column", Letters(), into="letters"),
        Key("becomes", OneOf(choices=Field), required=True),
    ),
)


def _mapping(values: Values, node: MappingNode, desk: Desk) -> SheetMapping | Unread:
    if values.get("no_undo") in {UndoKind.INVERSE, UndoKind.COMPENSATION}:
        message = "a way back is told by each step: only none or irreversible can hold for all"
        return complain_of_key(node, "no_undo", message, desk)
    if values.get("no_kind") in {StepKind.AUTOMATED, StepKind.GATE}:
        message = "an automated step needs its job and a gate its stations, each of its own"
        return complain_of_key(node, "no_kind", message, desk)
    return plainly(SheetMapping)(values, node, desk)


MAPPING: Final[Record[SheetMapping]] = Record(
    what="mapping",
    makes=_mapping,
    keys=(
        Key("team", TEXT),
        Key("sheet", TEXT, required=True),
        Key("header_row", Whole(least=1)),
        Key("columns", ListOf(item=COLUMN), required=True),
        Key("numbers", OneOf(choices=Unit)),
        Key("after_names", OneOf(choices=AfterNames)),
        Key("no_after", OneOf(choices=NoAfter)),
        Key("no_kind", OneOf(choices=StepKind)),
        Key("no_undo", OneOf(choices=UndoKind)),
        Key("kinds", WordsFor(choices=StepKind)),
        Key("undos", WordsFor(choices=UndoKind)),
        Key("release_sheet", TEXT),
        Key("contacts_sheet", TEXT),
        Key("services_sheet", TEXT),
        Key("encoding", OneText(texts=ENCODINGS)),
        Key("delimiter", OneText(texts=DELIMITERS)),
    ),
)


def _answer(values: Values, node: MappingNode, desk: Desk) -> Answer | Unread:
    found = _CELL.fullmatch(values["cell"])
    if found is None:
        return complain_of_key(node, "cell", "no cell such as Cutover!D27", desk)
    return Answer(
        sheet=found["sheet"],
        column=column_of(found["letters"]),
        row=None if found["row"] is None else int(found["row"]),
        value=values.get("value", ""),
        answer=values["answer"],
    )


def _answer_parts(answer: Answer) -> Mapping[str, str]:
    row = "" if answer.row is None else str(answer.row)
    cell = f"{answer.sheet}!{letters_of(answer.column)}{row}"
    return {"cell": cell, "value": answer.value, "answer": answer.answer}


ANSWER: Final[Record[Answer]] = Record(
    what="answer",
    makes=_answer,
    parts=_answer_parts,
    keys=(
        Key("cell", TEXT, required=True),
        Key("value", _PROSE),
        Key("answer", TEXT, required=True),
    ),
)


def _answers(values: Values, node: MappingNode, desk: Desk) -> tuple[Answer, ...]:  # noqa: ARG001 - the port's face
    found: tuple[Answer, ...] = values.get("answers", ())
    return found


ANSWERS: Final[Record[tuple[Answer, ...]]] = Record(
    what="file",
    makes=_answers,
    parts=lambda value: {"answers": value},
    keys=(Key("answers", ListOf(item=ANSWER)),),
)
