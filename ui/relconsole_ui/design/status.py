"""The states that a screen shows, each with its own shape, symbol and word; no Qt in here.

Colour is never the only carrier: two states that mean different things differ in shape or symbol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from immutables import Map


class Status(StrEnum):
    """What something is in, as a person sees it."""

    NOT_STARTED = "not started"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    GO = "GO"
    NO_GO = "NO-GO"
    FAILED = "failed"
    CRITICAL = "critical"
    WARNING = "warning"
    HOLD = "HOLD"
    ADVISORY = "advisory"
    STALE = "stale"
    UNKNOWN = "unknown"
    RE_ASK = "re-ask"
    SAFE_UNTIL = "safe until"
    WAIVED = "waived"


class Shape(StrEnum):
    """The outline of a status."""

    RING = "ring"
    DASHED_RING = "dashed ring"
    DISC = "disc"
    OCTAGON = "octagon"
    TRIANGLE = "triangle"
    SQUARE = "square"
    DIAMOND = "diamond"
    DASHED_SQUARE = "dashed square"


class Symbol(StrEnum):
    """What stands inside the outline."""

    NONE = ""
    PLAY = "play"
    CHECK = "check"
    CROSS = "cross"
    MARK = "exclamation mark"
    BARS = "two bars"
    LETTER_I = "i"
    LETTER_W = "W"
    QUESTION = "question mark"
    DASH = "dash"
    AGAIN = "turning arrow"
    HANDS = "clock hands"


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """How a status is drawn; ``fill`` and ``ink`` are names of tokens, ``fill`` empty for none."""

    shape: Shape
    symbol: Symbol
    ink: str
    fill: str = ""


GLYPHS: Final[Mapping[Status, Glyph]] = Map(
    {
        Status.NOT_STARTED: Glyph(shape=Shape.RING, symbol=Symbol.NONE, ink="ctl"),
        Status.WAITING: Glyph(shape=Shape.DASHED_RING, symbol=Symbol.NONE, ink="t2"),
        Status.RUNNING: Glyph(shape=Shape.DISC, symbol=Symbol.PLAY, ink="on_acc", fill="acc_fill"),
        Status.DONE: Glyph(shape=Shape.RING, symbol=Symbol.CHECK, ink="t3"),
        Status.SKIPPED: Glyph(shape=Shape.RING, symbol=Symbol.DASH, ink="t3"),
        Status.GO: Glyph(shape=Shape.DISC, symbol=Symbol.CHECK, ink="on_go", fill="go_fill"),
        Status.NO_GO: Glyph(
            shape=Shape.OCTAGON, symbol=Symbol.DASH, ink="on_crit", fill="crit_fill"
        ),
        Status.FAILED: Glyph(
            shape=Shape.OCTAGON, symbol=Symbol.CROSS, ink="on_crit", fill="crit_fill"
        ),
        Status.CRITICAL: Glyph(
            shape=Shape.OCTAGON, symbol=Symbol.MARK, ink="on_crit", fill="crit_fill"
        ),
        Status.WARNING: Glyph(
            shape=Shape.TRIANGLE, symbol=Symbol.MARK, ink="on_warn", fill="warn_fill"
        ),
        Status.HOLD: Glyph(shape=Shape.SQUARE, symbol=Symbol.BARS, ink="on_hold", fill="hold_fill"),
        Status.ADVISORY: Glyph(
            shape=Shape.DIAMOND, symbol=Symbol.LETTER_I, ink="on_hold", fill="hold_fill"
        ),
        Status.STALE: Glyph(shape=Shape.DASHED_SQUARE, symbol=Symbol.HANDS, ink="t2"),
        Status.UNKNOWN: Glyph(shape=Shape.DASHED_SQUARE, symbol=Symbol.QUESTION, ink="t2"),
        Status.RE_ASK: Glyph(shape=Shape.DASHED_RING, symbol=Symbol.AGAIN, ink="t1"),
        Status.SAFE_UNTIL: Glyph(shape=Shape.RING, symbol=Symbol.HANDS, ink="t1"),
        Status.WAIVED: Glyph(shape=Shape.SQUARE, symbol=Symbol.LETTER_W, ink="t1"),
    }
)
