"""What the watchdog of a window wrote: the stalls that count, with the places where they lay."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

OPENING: Final = "Opener._open"
"""What opens a night: it hashes each of its steps, once, before anything runs."""

SHOWN: Final = 14

_ROOT: Final = Path(__file__).resolve().parents[2]
_PRODUCT: Final = (f"{_ROOT}/ui/relconsole_ui/", f"{_ROOT}/relconsole/")

FAR_TOO_LONG: Final = 0.150
"""Seconds of processor that no machine adds to a turn."""

NOW_AND_THEN: Final = 6
"""Stalls of a night in which nothing of the product was at work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """Seconds of processor and of the clock; ``stack`` is innermost last."""

    kind: str
    at: float
    cpu: float
    wall: float
    stack: tuple[str, ...]

    @property
    def opens_a_night(self) -> bool:
        """Tell whether it lies in opening a night."""
        return any(place.rpartition(" ")[2].startswith(OPENING) for place in self.stack)

    @property
    def place(self) -> str:
        """Give the innermost function of the product that was at work, empty for Qt's own work."""
        own = [place for place in self.stack if place.startswith(_PRODUCT)]
        inner = own[-1].rpartition(" ")[2] if own else ""
        return "" if inner == "run" else inner

    def __str__(self) -> str:
        """Give the figures and the innermost places, a line each."""
        places = "\n    ".join(self.stack[-SHOWN:]) or "nobody could look"
        figures = f"{1000 * self.cpu:.0f} ms of processor, {1000 * self.wall:.0f} ms in all"
        return f"{self.kind} at {self.at:.1f} s, {figures}\n    {places}"


def stalls_of(path: Path, ready: float) -> Sequence[Stall]:
    """Give every stall that counts: after the bridge stood, which took ``ready`` seconds."""
    found = [
        Stall(
            kind=line["kind"],
            at=line["at"],
            cpu=line["cpu"],
            wall=line["wall"],
            stack=tuple(line["stack"]),
        )
        for line in _lines(path)
        if "kind" in line
    ]
    return [stall for stall in found if stall.at >= ready and not stall.opens_a_night]


def of_the_product(stalls: Sequence[Stall]) -> Sequence[Stall]:
    """Give the stalls that are the product's own, not those of a machine that others use too.

    A machine that is held up holds up whatever runs at that moment, wherever that is: it names a
    place once. What takes long in itself does so each time, so a place that is named twice counts,
    as does any stall that is far too long, and Qt's own work where it is more than now and then.
    """
    named = Counter(stall.place for stall in stalls if stall.place)
    nameless = [stall for stall in stalls if not stall.place]
    return [
        stall
        for stall in stalls
        if stall.cpu >= FAR_TOO_LONG
        or named[stall.place] > 1
        or (not stall.place and len(nameless) > NOW_AND_THEN)
    ]


def longest(path: Path) -> float:
    """Give the most processor seconds between two beats, over all the time."""
    return max((line["longest"]["cpu"] for line in _lines(path) if "longest" in line), default=0.0)


def beats(path: Path) -> int:
    """Give how often the window's loop came round."""
    return max((line["beats"] for line in _lines(path) if "beats" in line), default=0)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
