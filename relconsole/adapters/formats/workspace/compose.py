"""From the bytes of a file to its nodes: libyaml's events, and nothing constructed.

The tree is put together here, event by event and without recursion, and not by the composer of the
library: that one descends once a level in C, so a file of brackets could end the process before any
limit is asked. No tag, anchor or alias passes, so no text can name a type or grow by reference.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Final

import yaml

from relconsole.adapters.formats.workspace.nodes import (
    Entry,
    ListNode,
    MappingNode,
    Node,
    Place,
    ScalarNode,
    path_to,
    shorten,
)
from relconsole.domain.kernel.errors import Problem

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_LEVELS: Final = 64

_ESCAPE: Final = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|.)", re.DOTALL
)

_Start = yaml.SequenceStartEvent | yaml.MappingStartEvent


def compose(content: bytes, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """Give the root node of a file and all that is wrong with its form.

    The node is None where the file says nothing or could not be read to its end. ``file`` is the
    name that places and problems bear.
    """
    if len(content) > MOST_BYTES:
        return None, (_of_file(file, None, f"longer than {MOST_BYTES // 1024 // 1024} MiB"),)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        return None, (_of_file(file, line, "not UTF-8"),)
    composer = _Composer(file)
    root = composer.compose(_with_whole_characters(text))
    return root, tuple(composer.problems)


def _with_whole_characters(text: str) -> str:
    r"""Give JSON with each escaped surrogate pair as its character, other text as it is.

    JSON writes a character beyond U+FFFF as two escapes, which libyaml refuses.
    """
    if not text.lstrip().startswith("{") or not any(pair[1] for pair in _ESCAPE.finditer(text)):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _ESCAPE.sub(
        lambda pair: json.loads(f'"{pair[0]}"') if pair[1] is not None else pair[0], text
    )


def _of_file(file: str, line: int | None, message: str) -> Problem:
    return Problem(file=file, line=line, field="", message=message)


@dataclass(slots=True, kw_only=True)
class _Open:
    """A list or mapping whose end has not come yet; ``key`` is the key that waits for its node."""

    at: Place
    is_mapping: bool
    items: list[Node] = field(default_factory=list[Node])
    entries: list[Entry] = field(default_factory=list[Entry])
    lines: dict[str, int] = field(default_factory=dict[str, int])
    key: str | None = None
    key_at: Place | None = None

    @property
    def waits_for_key(self) -> bool:
        """Tell whether what comes next must be a key."""
        return self.is_mapping and self.key is None

    def next_field(self) -> str:
        """Give the dotted path of the node that comes next."""
        if not self.is_mapping:
            return f"{self.at.field}[{len(self.items)}]"
        return path_to(self.at, self.key or "")


class _Composer:
    """Builds the node tree of one file; what is wrong is kept, not raised."""

    def __init__(self, file: str) -> None:
        self._file: Final = file
        self._open: list[_Open] = []
        self._root: Node | None = None
        self._documents = 0
        self.problems: list[Problem] = []

    def compose(self, text: str) -> Node | None:
        """Give the root node, None where there is none or the text could not be read to its end."""
        try:
            for event in yaml.parse(text, Loader=yaml.CSafeLoader):
                if not self._take(event):
                    return None
        except yaml.YAMLError as wrong:
            self.problems.append(_in_our_words(wrong, self._file, text))
            return None
        root = self._root
        is_empty = isinstance(root, ScalarNode) and root.is_absent
        return None if is_empty else root

    def _take(self, event: yaml.Event) -> bool:
        """Take the next event; False where reading on makes no sense."""
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                return self._documents == 1 or self._stop(event, "a second document")
            case yaml.AliasEvent():
                return self._stop(event, "aliases are refused")
            case yaml.ScalarEvent():
                self._refuse_extras(event)
                self._take_scalar(event)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._refuse_extras(event)
                return self._begin(event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._end()
            case _:
                pass
        return True

    def _refuse_extras(self, event: yaml.ScalarEvent | _Start) -> None:
        if event.anchor is not None:
            self._complain(event, f"the anchor &{shorten(event.anchor)} is refused")
        if event.tag is not None:
            self._complain(event, f"the tag {shorten(event.tag)} is refused")

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        top = self._open[-1] if self._open else None
        if top is not None and top.waits_for_key:
            top.key = event.value
            top.key_at = self._place(event)
            if event.value in top.lines:
                first = top.lines[event.value]
                self._complain(event, f"the key stands already on line {first}")
            return
        is_absent = not event.value and bool(event.implicit[0])
        place = self._place(event)
        self._add(ScalarNode(at=place, text=event.value, is_absent=is_absent))

    def _begin(self, event: _Start) -> bool:
        if self._open and self._open[-1].waits_for_key:
            return self._stop(event, "a key must be a word, not a list or a mapping")
        if len(self._open) == MOST_LEVELS:
            return self._stop(event, f"nested deeper than {MOST_LEVELS} levels")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._open.append(_Open(at=self._place(event), is_mapping=is_mapping))
        return True

    def _end(self) -> None:
        done = self._open.pop()
        if done.is_mapping:
            self._add(MappingNode(at=done.at, entries=tuple(done.entries)))
        else:
            self._add(ListNode(at=done.at, items=tuple(done.items)))

    def _add(self, node: Node) -> None:
        """Put a finished node where it belongs."""
        if not self._open:
            self._root = node
            return
        top = self._open[-1]
        if top.key is None or top.key_at is None:  # a list: a mapping's key came before its node
            top.items.append(node)
            return
        if top.key not in top.lines:
            top.lines[top.key] = top.key_at.line
            top.entries.append(Entry(key=top.key, at=top.key_at, node=node))
        top.key = top.key_at = None

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(
            file=self._file,
            line=mark.line + 1 if mark else 1,
            column=mark.column + 1 if mark else 1,
            field=self._open[-1].next_field() if self._open else "",
        )

    def _complain(self, event: yaml.Event, message: str) -> None:
        place = self._place(event)
        self.problems.append(
            Problem(file=place.file, line=place.line, field=place.field, message=message)
        )

    def _stop(self, event: yaml.Event, message: str) -> bool:
        self._complain(event, message)
        return False


def _in_our_words(wrong: yaml.YAMLError, file: str, text: str) -> Problem:
    """Give the problem that a fault of the parser is."""
    if isinstance(wrong, yaml.MarkedYAMLError):
        mark = wrong.problem_mark or wrong.context_mark
        said = ", ".join(part for part in (wrong.context, wrong.problem) if part)
        return _of_file(file, mark.line + 1 if mark else None, f"no YAML: {shorten(said, 200)}")
    if isinstance(wrong, yaml.reader.ReaderError):
        line = text.count("\n", 0, wrong.position) + 1
        return _of_file(file, line, f"no YAML: {shorten(str(wrong.reason), 200)}")
    return _of_file(file, None, f"no YAML: {shorten(str(wrong), 200)}")
