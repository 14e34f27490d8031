"""From words to the text of a file: the same words always give the same bytes.

The form is the one a person would choose: what fits on a line stands in braces, longer things are
written as blocks, and text that another reader could take for a number is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

import yaml

_TEXT: Final = "tag:yaml.org,2002:str"
_LIST: Final = "tag:yaml.org,2002:seq"
_MAPPING: Final = "tag:yaml.org,2002:map"
_LINE: Final = 88
_SAFE: Final = re.compile(r"[\x20-\x7e\xa1-\ud7ff\ue000-\ufefe\uff00-\ufffd]*")
_NO_FOLDING: Final = 2**30
_RESOLVER: Final = yaml.resolver.Resolver()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One word or text; a bare one stands without quotes although it looks like a number."""

    text: str
    is_bare: bool = False


Written: TypeAlias = Leaf | Sequence["Written"] | Mapping[str, "Written"]


def word(text: str) -> Leaf:
    """Give a text, quoted where another reader would take it for something else."""
    return Leaf(text=text)


def bare(text: str) -> Leaf:
    """Give a number, or a word that stands for a truth value, without quotes."""
    return Leaf(text=text, is_bare=True)


def emit(document: Mapping[str, Written]) -> str:
    """Give the YAML text of one file; each top-level key opens a block."""
    if not document:
        return "{}\n"
    pairs = [(_scalar(word(key)), _node(value, indent=2)) for key, value in document.items()]
    root = yaml.MappingNode(_MAPPING, pairs, flow_style=False)
    text: str = yaml.serialize(  # pyright: ignore[reportUnknownMemberType]
        root, Dumper=yaml.CSafeDumper, allow_unicode=True, indent=2, width=_NO_FOLDING
    )
    return text


def _node(value: Written, indent: int) -> yaml.Node:
    """Give the node of a value that stands this many columns in."""
    in_line = indent + _width(value) <= _LINE
    match value:
        case Leaf():
            return _scalar(value)
        case Mapping():
            return yaml.MappingNode(
                _MAPPING,
                [
                    (_scalar(word(key)), _node(item, indent + len(key) + 2))
                    for key, item in value.items()
                ],
                flow_style=in_line,
            )
        case _:
            return yaml.SequenceNode(
                _LIST, [_node(item, indent + 2) for item in value], flow_style=in_line
            )


def _width(value: Written) -> int:
    """Give the columns that a value takes on one line."""
    match value:
        case Leaf():
            return len(value.text)
        case Mapping():
            return 2 + sum(len(key) + 4 + _width(item) for key, item in value.items())
        case _:
            return 2 + sum(2 + _width(item) for item in value)


def _scalar(leaf: Leaf) -> yaml.ScalarNode:
    """Give the node of a word, in a style that keeps every character of it."""
    if leaf.is_bare:
        # The stubs leave this method untyped.
        tag = cast(
            "str",
            _RESOLVER.resolve(yaml.ScalarNode, leaf.text, (True, False)),  # type: ignore[no-untyped-call]
        )
        return yaml.ScalarNode(tag, leaf.text)
    if _SAFE.fullmatch(leaf.text):
        return yaml.ScalarNode(_TEXT, leaf.text)
    lines = leaf.text.removesuffix("\n").split("\n")
    is_block = all(line == line.strip() and line and _SAFE.fullmatch(line) for line in lines)
    return yaml.ScalarNode(_TEXT, leaf.text, style="|" if is_block else '"')
