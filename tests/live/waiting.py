"""Waiting for what other processes do, with an end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(
    look: Callable[[], Found], what: str, seconds: float = 30.0, *, pause: float = 0.1
) -> Found:
    """Give the first thing that is true; AssertionError where none comes in time.

    ``pause`` lies between two looks: a look that starts a program takes the time of what it awaits.
    """
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds:g} s: {what}; last seen: {found!r}")
        time.sleep(pause)
