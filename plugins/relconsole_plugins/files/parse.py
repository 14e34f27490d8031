"""A record's file as a tree of nodes, typed by key: reading it and adding to it.

The tree is composed and never constructed, so a value is its source text: ``2.30`` stays 2.30 and
``no`` is a word. What is not touched is written back as it was.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import yaml

from relconsole.domain.kernel.instants import parse_instant
from relconsole.plugin_api.errors import BadAnswer
from relconsole.plugin_api.itsm import ChangeLink, ChangeRecord, LinkKind

LONGEST: Final = 1 << 20
_DEEPEST: Final = 32
_MAP, _SEQUENCE, _TEXT = (f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str"))
_PLAIN_TAGS: Final = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("bool", "float", "int", "map", "merge", "null", "seq", "str", "timestamp", "value")
)
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})


class Record:
    """One change record, with what was written into it."""

    def __init__(self, name: str, text: bytes) -> None:
        """Read it; BadAnswer where the text is no record."""
        self._name = name
        self._root = _compose(name, text)

    def change(self, url: str) -> ChangeRecord:
        """Give the record as the console knows it; BadAnswer where a needed key is missing."""
        return ChangeRecord(
            id=self._name,
            title=self._text("title") or self._name,
            state=self._needed("state"),
            requester=self._needed("requester"),
            approver=self._text("approver"),
            approved_at=self._instant("approved_at"),
            approved_digest=self._text("approved_digest"),
            url=url,
            links=self._links(),
        )

    @property
    def state(self) -> str:
        """Give the state; BadAnswer where the record has none."""
        return self._needed("state")

    def bears(self, key: str, effect: str) -> bool:
        """Tell whether an entry of this list has the effect's id."""
        entries = self._value(key)
        if not isinstance(entries, yaml.SequenceNode):
            return False
        return any(
            isinstance(entry, yaml.MappingNode) and _scalar(entry, "id") == effect
            for entry in entries.value
        )

    def append(self, key: str, entry: dict[str, str]) -> None:
        """Add an entry at the end of a list; BadAnswer where the key holds something else."""
        entries = self._value(key)
        if entries is None or _is_nothing(entries):
            entries = yaml.SequenceNode(_SEQUENCE, [], flow_style=False)
            self._put(key, entries)
        if not isinstance(entries, yaml.SequenceNode):
            raise BadAnswer(f"{self._name}: {key} is no list")
        pairs = [(_written(name), _written(value)) for name, value in entry.items()]
        entries.value.append(yaml.MappingNode(_MAP, pairs, flow_style=False))
        entries.flow_style = False

    def set(self, key: str, value: str) -> None:
        """Give a key another value."""
        self._put(key, _written(value))

    def text(self) -> bytes:
        """Give the record as it is to be written."""
        written: bytes = yaml.serialize(  # pyright: ignore[reportUnknownMemberType]
            self._root,
            Dumper=yaml.CSafeDumper,
            encoding="utf-8",
            allow_unicode=True,
            width=1_000,
        )
        return written

    def _value(self, key: str) -> yaml.Node | None:
        return next((value for name, value in self._root.value if name.value == key), None)

    def _put(self, key: str, node: yaml.Node) -> None:
        pairs = [pair for pair in self._root.value if pair[0].value != key]
        at = next(
            (at for at, pair in enumerate(self._root.value) if pair[0].value == key), len(pairs)
        )
        pairs.insert(at, (_written(key), node))
        self._root.value = pairs

    def _text(self, key: str) -> str | None:
        return _scalar(self._root, key)

    def _needed(self, key: str) -> str:
        text = self._text(key)
        if text is None:
            raise BadAnswer(f"{self._name}: {key} is missing")
        return text

    def _links(self) -> tuple[ChangeLink, ...]:
        """Give the links in their order; BadAnswer for one without an id or of no kind."""
        written = self._value("links")
        if written is None or _is_nothing(written):
            return ()
        if not isinstance(written, yaml.SequenceNode):
            raise BadAnswer(f"{self._name}: links is no list")
        return tuple(self._link(at, each) for at, each in enumerate(written.value, 1))

    def _link(self, at: int, written: yaml.Node) -> ChangeLink:
        found = written if isinstance(written, yaml.MappingNode) else yaml.MappingNode(_MAP, [])
        kind, other = _scalar(found, "kind"), _scalar(found, "id")
        if kind not in set(LinkKind) or not other:
            needed = f"needs an id and a kind, one of {', '.join(LinkKind)}"
            raise BadAnswer(f"{self._name}: link {at} {needed}")
        return ChangeLink(kind=LinkKind(kind), id=other)

    def _instant(self, key: str) -> datetime | None:
        text = self._text(key)
        try:
            return None if text is None else parse_instant(text)
        except ValueError as wrong:
            raise BadAnswer(f"{self._name}: {key} {text!r} is no instant with a zone") from wrong


def _compose(name: str, text: bytes) -> yaml.MappingNode:
    """Give the tree; BadAnswer for anything but one plain mapping with each key once."""
    if len(text) > LONGEST:
        raise BadAnswer(f"{name}: longer than {LONGEST} bytes")
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError) as wrong:
        raise BadAnswer(f"{name}: {' '.join(str(wrong).split())}") from wrong
    if not isinstance(root, yaml.MappingNode):
        raise BadAnswer(f"{name}: is no record")
    _check(name, root, set(), 0)
    keys = [key.value for key, _ in root.value]
    if len(keys) != len(set(map(str, keys))):
        raise BadAnswer(f"{name}: a key stands twice")
    return root


def _check(name: str, node: yaml.Node, seen: set[int], depth: int) -> None:
    """Refuse aliases, tags and depth, each of which says more than a record needs."""
    line = node.start_mark.line + 1
    if id(node) in seen or depth > _DEEPEST or node.tag not in _PLAIN_TAGS:
        raise BadAnswer(f"{name}:{line}: holds an alias, a tag, or too many levels")
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _check(name, key, seen, depth + 1)
            _check(name, value, seen, depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check(name, item, seen, depth + 1)


def _scalar(node: yaml.MappingNode, key: str) -> str | None:
    """Give the source text of a value, None where there is none."""
    for name, value in node.value:
        if name.value == key and isinstance(value, yaml.ScalarNode) and not _is_nothing(value):
            return str(value.value)
    return None


def _is_nothing(node: yaml.Node) -> bool:
    """Tell whether a node is an empty value; a quoted one is a text."""
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in _NOTHING


def _written(text: str) -> yaml.ScalarNode:
    """Give a text as a node; quoted wherever it could be read as something else."""
    return yaml.ScalarNode(_TEXT, text)
