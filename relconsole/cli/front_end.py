"""Handing over to the window, where one is installed; the core knows only its entry point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import Final, cast

GROUP: Final = "relconsole.front_ends"
WINDOW: Final = "window"


def open_window(words: Sequence[str]) -> int | None:
    """Open the window with these words and give its exit status; None where there is none."""
    found = entry_points(group=GROUP, name=WINDOW)
    for entry in found:
        run = cast("Callable[[Sequence[str]], int]", entry.load())
        return run(words)
    return None
