"""A lane with more bars in sight than pixels: one colour a pixel, whichever says most there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from relconsole_ui.presenters.timeline_rows import Bar, BarState, Lane
from relconsole_ui.views.bridge.timeline_geometry import TimelineGeometry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DENSE: Final = 400
"""Bars in sight of one lane from which on they may be painted as runs."""

_ORDER: Final = (
    (BarState.DROPPED, "line"),
    (BarState.AHEAD, "bar"),
    (BarState.DONE, "bar_done"),
    (BarState.RUNNING, "acc_fill"),
    (BarState.FAILED, "crit_fill"),
)
"""What covers what within a pixel, the last over all, with the colours."""
_RANKS: Final = {state: rank for rank, (state, _) in enumerate(_ORDER)}
_KEPT: Final = 256
"""Lanes whose columns are kept."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """The bars of a lane as columns, in the same order."""

    bars: tuple[Bar, ...]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    ranks: NDArray[np.int8]


@dataclass(slots=True)
class DenseLanes:
    """Paints lanes as runs, and keeps their columns while the lanes are the same."""

    kept: dict[int, _Columns] = field(default_factory=dict[int, _Columns])

    def paint(
        self, painter: QPainter, place: TimelineGeometry, lane: Lane, first: int, beyond: int
    ) -> None:
        """Paint the bars of a lane from one place in it up to another."""
        found = self._columns(lane)
        pixels = _pixels(found, place, first, beyond)
        image = QImage(
            pixels.tobytes(), len(pixels), 1, 4 * len(pixels), QImage.Format.Format_ARGB32
        )
        # Of the first track only: where bars are thinner than a pixel, tracks tell nobody anything.
        body = place.body_rect(lane.bars[first], place.scale.shown)
        strip = QRectF(place.plot.left(), body.top(), float(len(pixels)), body.height())
        painter.drawImage(strip, image)

    def _columns(self, lane: Lane) -> _Columns:
        """Give the columns of a lane."""
        found = self.kept.get(id(lane.bars))
        if found is None or found.bars is not lane.bars:
            found = _read(lane.bars)
            if len(self.kept) >= _KEPT:
                self.kept.clear()
            self.kept[id(lane.bars)] = found
        return found


def _read(bars: tuple[Bar, ...]) -> _Columns:
    """Give the columns of these bars."""
    import numpy as np

    count = len(bars)
    return _Columns(
        bars=bars,
        starts=np.fromiter((bar.start for bar in bars), np.float64, count),
        ends=np.fromiter((bar.end for bar in bars), np.float64, count),
        ranks=np.fromiter((_RANKS[bar.state] for bar in bars), np.int8, count),
    )


def _pixels(
    found: _Columns, place: TimelineGeometry, first: int, beyond: int
) -> NDArray[np.uint32]:
    """Give the colour of each pixel of the plot's width, 0 where no bar is."""
    import numpy as np

    width = int(place.plot.width())
    scale = place.scale
    per_second, start = scale.pixels_a_second, scale.shown.start
    lefts = np.clip((found.starts[first:beyond] - start) * per_second, 0, width).astype(np.intp)
    rights = np.clip(np.ceil((found.ends[first:beyond] - start) * per_second), 0, width).astype(
        np.intp
    )
    rights = np.maximum(rights, np.minimum(lefts + 1, width))
    # A bar that lies wholly before the shown stretch begins and ends on the left edge.
    rights[found.ends[first:beyond] < start] = 0
    ranks = found.ranks[first:beyond]
    pixels = np.zeros(width, np.uint32)
    for rank, (_, token) in enumerate(_ORDER):
        of_rank = ranks == rank
        if of_rank.any():
            steps = np.bincount(lefts[of_rank], minlength=width + 1)[: width + 1] - np.bincount(
                rights[of_rank], minlength=width + 1
            )
            pixels[np.cumsum(steps)[:width] > 0] = place.look.colour(token).rgba()
    return pixels
