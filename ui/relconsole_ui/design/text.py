"""Text from elsewhere made fit to show: nothing hidden, turned round or endless; no Qt in here.

A name may hold a character that reverses what follows, or one that no eye sees. Both are shown as
a mark, so that two texts that look alike are alike.
"""

from __future__ import annotations

import html
import unicodedata
from typing import Final

TEXT_CAP: Final = 400
"""Characters of a text that is painted on one line."""

LONG_TEXT_CAP: Final = 4_000
"""Characters of a text that may wrap."""

ELLIPSIS: Final = "…"
HIDDEN_MARK: Final = "¤"
"""Stands for a character that would be invisible or would reorder its neighbours."""

LINE_MARK: Final = "¶"
TAB_MARK: Final = "→"

MARKS_ON_A_LETTER: Final = 3
"""Combining marks after which more would run into the lines above and below."""

_LINE_ENDS: Final = frozenset("\n\v\f\x85\u2028\u2029")
_HIDDEN_KINDS: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_HIDDEN_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks by category, yet blank to the eye."""


def safe_text(text: str, cap: int = TEXT_CAP, *, keeps_lines: bool = False) -> str:
    """Give ``text`` with its hidden characters as marks, and at most ``cap`` characters long.

    Line ends become marks too unless ``keeps_lines``. What was cut ends in an ellipsis.
    """
    is_cut = len(text) > cap
    if not is_cut and text.isascii() and text.isprintable():
        # Most texts are, and every painted one comes through here at every frame.
        return text
    shown: list[str] = []
    marks = 0
    for character in text[: cap - 1 if is_cut else cap].replace("\r\n", "\n"):
        kind = unicodedata.category(character)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if marks <= MARKS_ON_A_LETTER:
            shown.append(_visible(character, kind, keeps_lines=keeps_lines))
    return "".join(shown) + (ELLIPSIS if is_cut else "")


def _visible(character: str, kind: str, *, keeps_lines: bool) -> str:
    if character in _LINE_ENDS:
        return "\n" if keeps_lines else LINE_MARK
    if character == "\t":
        return TAB_MARK
    if kind in _HIDDEN_KINDS or character in _HIDDEN_LETTERS:
        return HIDDEN_MARK
    return character


def spoken_text(text: str) -> str:
    """Give ``text`` for a screen reader, as safe as what is shown, and with an end."""
    return safe_text(text, LONG_TEXT_CAP)


def tip_text(text: str) -> str:
    """Give ``text`` for a tool tip, which Qt would else read as markup if it looks like it."""
    return f"<span>{html.escape(safe_text(text, LONG_TEXT_CAP))}</span>" if text else ""
