"""What a sheet of paper holds, as plain text in blocks; how it is drawn is in ``draw``.

The digest on every page is over these blocks, so two prints of one digest say the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from relconsole.domain.kernel.ids import Digest
from relconsole.domain.kernel.json import Json
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.wording import one_line
from relconsole.domain.record.canonical import digest_of

LONGEST = 600
"""Characters of one cell line: no stranger's text fills a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A part of the sheet; ``starts_page`` for those that people take out and hand on."""

    text: str
    starts_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Labels with what belongs to them; ``loud`` ones are drawn large."""

    rows: tuple[tuple[str, str], ...]
    loud: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines of text; ``boxed`` ones must not be overlooked."""

    lines: tuple[str, ...]
    boxed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table: a first line that counts, and smaller ones below it; a sign is large."""

    text: str
    below: tuple[str, ...] = ()
    is_sign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a head that is repeated on each page; ``widths`` in millimetres."""

    head: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    row_height: float = 0.0


Block = Heading | Facts | Lines | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The whole print; ``title`` and ``printed`` stand on every page, with the digests."""

    title: str
    printed: str
    plan: Digest
    blocks: tuple[Block, ...]

    @property
    def digest(self) -> Digest:
        """Give the digest of everything that is printed."""
        kinds: list[Json] = [
            {"block": type(block).__name__, "holds": to_json(_as_text(block))}
            for block in self.blocks
        ]
        return digest_of(
            {"title": self.title, "printed": self.printed, "plan": self.plan, "blocks": kinds}
        )


def cell(text: str, *below: str, is_sign: bool = False) -> Cell:
    """Give a cell of cleaned text; empty lines are left out."""
    return Cell(
        text=one_line(text, cap=LONGEST),
        below=tuple(one_line(line, cap=LONGEST) for line in below if line),
        is_sign=is_sign,
    )


def facts(rows: Iterable[tuple[str, str]], *, loud: bool = False) -> Facts:
    """Give labelled facts of cleaned text; those without text are left out."""
    return Facts(
        rows=tuple((label, one_line(text, cap=LONGEST)) for label, text in rows if text),
        loud=loud,
    )


def lines(texts: Iterable[str], *, boxed: bool = False) -> Lines:
    """Give lines of cleaned text."""
    return Lines(lines=tuple(one_line(text, cap=LONGEST) for text in texts), boxed=boxed)


def _as_text(block: Block) -> object:
    """Give what of a block is read; measures in millimetres say nothing."""
    match block:
        case Table(head=head, rows=rows):
            return (head, rows)
        case _:
            return block
