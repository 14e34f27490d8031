"""A stretch of time over a width of pixels: where an instant lies, zooming and moving; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from relconsole_ui.presenters.timeline_rows import Span

SHORTEST: Final = 120.0
"""Seconds below which nobody can zoom in any further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeScale:
    """``shown`` lies over the pixels from ``left`` on, ``width`` of them."""

    shown: Span
    left: float
    width: float

    @property
    def pixels_a_second(self) -> float:
        """Give how many pixels a second takes."""
        return self.width / max(self.shown.length, 1e-9)

    def x(self, at: float) -> float:
        """Give the pixel of an instant, outside the width where it is not shown."""
        return self.left + (at - self.shown.start) * self.pixels_a_second

    def at(self, x: float) -> float:
        """Give the instant at a pixel."""
        return self.shown.start + (x - self.left) / self.pixels_a_second


def on_pixels(shown: Span, width: float, whole: Span) -> Span:
    """Give the stretch moved by less than a pixel, so that it begins on one of the whole.

    Then a picture of more than the stretch can be moved under it and stays sharp.
    """
    a_pixel = shown.length / max(width, 1.0)
    start = whole.start + round((shown.start - whole.start) / a_pixel) * a_pixel
    return Span(start=start, end=start + shown.length)


def zoomed(shown: Span, factor: float, around: float, whole: Span) -> Span:
    """Give a stretch ``factor`` times as long with ``around`` at its place, within the whole."""
    length = min(max(shown.length * factor, min(SHORTEST, whole.length)), whole.length)
    share = (around - shown.start) / max(shown.length, 1e-9)
    return held_within(
        Span(start=around - share * length, end=around + (1 - share) * length), whole
    )


def moved(shown: Span, by: float, whole: Span) -> Span:
    """Give a stretch moved by seconds, as far as the whole goes."""
    return held_within(Span(start=shown.start + by, end=shown.end + by), whole)


def brought_in(shown: Span, part: Span, whole: Span) -> Span:
    """Give the stretch moved no more than is needed to show a part, its start where it is long."""
    if part.end > shown.end:
        shown = moved(shown, part.end - shown.end, whole)
    if part.start < shown.start:
        shown = moved(shown, part.start - shown.start, whole)
    return shown


def held_within(shown: Span, whole: Span) -> Span:
    """Give a stretch of the same length inside the whole; the whole where it is longer."""
    if shown.length >= whole.length:
        return whole
    start = min(max(shown.start, whole.start), whole.end - shown.length)
    return Span(start=start, end=start + shown.length)


class Stretch:
    """Which part of the whole a person looks at; all of it, as it grows, until they choose one."""

    def __init__(self) -> None:
        self._chosen: Span | None = None

    def shown(self, whole: Span) -> Span:
        """Give the part that is shown."""
        return whole if self._chosen is None else held_within(self._chosen, whole)

    def show_all(self) -> None:
        """Show the whole."""
        self._chosen = None

    def zoom(self, factor: float, around: float, whole: Span) -> None:
        """Show a part ``factor`` times as long, around an instant or the edge next to it."""
        shown = self.shown(whole)
        middle = min(max(around, shown.start), shown.end)
        wanted = zoomed(shown, factor, middle, whole)
        self._chosen = None if wanted == whole else wanted

    def move(self, by: float, whole: Span) -> None:
        """Move the part by seconds; the whole stays where it is."""
        if self._chosen is not None:
            self._chosen = moved(self._chosen, by, whole)

    def bring_in(self, part: Span, whole: Span) -> None:
        """Move no more than is needed to show a part."""
        if self._chosen is not None:
            self._chosen = brought_in(self._chosen, part, whole)
