"""Handing over to the window, where one is installed; the core knows only its entry point."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

GROUP: Final = "relconsole.front_ends"
WINDOW: Final = "window"
CANNOT_REACH: Final = 3
"""The exit status where the window is installed and something that it needs is not."""


def open_window(words: Sequence[str], found: Iterable[EntryPoint] | None = None) -> int | None:
    """Open the window with these words and give its exit status; None where there is none.

    ``found`` None looks for what is installed.
    """
    for entry in entry_points(group=GROUP, name=WINDOW) if found is None else found:
        try:
            run = cast("Callable[[Sequence[str]], int]", entry.load())
        except ImportError as wrong:
            sys.stderr.write(
                f"The window cannot be loaded: {wrong}. Install what it names; "
                "every verb of the command line works without it.\n"
            )
            return CANNOT_REACH
        return run(words)
    return None
