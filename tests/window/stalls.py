"""What the watchdog of a window wrote: the stalls that count, with the places where they lay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STARTING: Final = frozenset({"Session.open_release", "_settle_memory", "Opener._open"})
"""Putting a release on the bridge, walking through the memory after it, and opening its night."""

SHOWN: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """Seconds of processor and of the clock; ``stack`` is innermost last."""

    kind: str
    at: float
    cpu: float
    wall: float
    stack: tuple[str, ...]

    @property
    def is_of_the_start(self) -> bool:
        """Tell whether it lies in what is done once, before anybody acts."""
        functions = {place.rpartition(" ")[2] for place in self.stack}
        return "_QEventLoop.run_forever" not in functions or bool(functions & STARTING)

    def __str__(self) -> str:
        """Give the figures and the innermost places, a line each."""
        places = "\n    ".join(self.stack[-SHOWN:]) or "nobody could look"
        figures = f"{1000 * self.cpu:.0f} ms of processor, {1000 * self.wall:.0f} ms in all"
        return f"{self.kind} at {self.at:.1f} s, {figures}\n    {places}"


def stalls_of(path: Path) -> Sequence[Stall]:
    """Give every stall that was written."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Stall(
            kind=line["kind"],
            at=line["at"],
            cpu=line["cpu"],
            wall=line["wall"],
            stack=tuple(line["stack"]),
        )
        for line in lines
        if "kind" in line
    ]


def longest(path: Path) -> float:
    """Give the most processor seconds between two beats, over all the time."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return max((line["longest"]["cpu"] for line in lines if "longest" in line), default=0.0)


def beats(path: Path) -> int:
    """Give how often the window's loop came round."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return max((line["beats"] for line in lines if "beats" in line), default=0)
