"""What a night on the command line prints by itself, and what it says of a print that failed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from relconsole.cli.words import say
from relconsole.runtime.paper_trail import PRINT_FAILED, PaperTrail


@contextmanager
def paper_trail(store: Path, *, wanted: bool) -> Generator[PaperTrail | None]:
    """Give what prints by itself, None where it is not wanted; prints are done when this ends."""
    if not wanted:
        yield None
        return
    trail = PaperTrail(store)
    try:
        yield trail
    finally:
        for _ in range(trail.close()):
            say(PRINT_FAILED)
