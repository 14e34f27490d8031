"""The ground of a timeline, kept as a picture until it would look different."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSizeF
from PySide6.QtGui import QPainter, QPixmap, QRegion

from relconsole_ui.design.look import Look
from relconsole_ui.views.bridge.timeline_bars import Kit, make_kit
from relconsole_ui.views.bridge.timeline_dense import DenseLanes
from relconsole_ui.views.bridge.timeline_geometry import FLAGS, TimelineGeometry
from relconsole_ui.views.bridge.timeline_paint import paint_ground, paint_headers

_EVEN: Final = 1e-6
"""Seconds over the width by which two scales may differ and still be one."""


class Ground:
    """The pictures of what stands still: the names of the lanes, and the plot with room around.

    As long as the stretch in sight lies within that room, moving paints nothing anew.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._dense = DenseLanes()
        self._kit: Kit | None = None
        self._headers: QPixmap | None = None
        self._plot: QPixmap | None = None
        self._painted: TimelineGeometry | None = None
        self.painted = 0
        """How often the plot was painted, for whoever counts."""

    def forget(self) -> None:
        """Let it be painted anew."""
        self._plot = self._headers = None

    def forget_look(self) -> None:
        """Let everything be made anew, since colours or sizes are others."""
        self._kit = None
        self.forget()

    def paint(self, painter: QPainter, place: TimelineGeometry, ratio: float) -> None:
        """Paint the ground on a device of a pixel ratio."""
        if self._headers is None or self._headers.devicePixelRatio() != ratio:
            self._headers = self._blank(QSizeF(place.header, place.size.height()), ratio)
            with _painting(self._headers) as on_headers:
                paint_headers(on_headers, place)
        wide = self._painted
        if (
            self._plot is None
            or wide is None
            or self._plot.devicePixelRatio() != ratio
            or not _covers(wide, place)
        ):
            # Whoever moved once is likely to move on; before that, room around is work for nothing.
            has_moved = wide is not None and _is_as_fine(wide, place)
            self._painted = wide = place.with_room(has_moved=has_moved)
            self._plot = self._blank(wide.size, ratio)
            with _painting(self._plot) as on_plot:
                paint_ground(on_plot, wide, self.kit(ratio))
            self.painted += 1
        painter.drawPixmap(0, 0, self._headers)
        offset = round(wide.scale.x(place.scale.shown.start)) * ratio
        seen = QRectF(offset, 0, place.scale.width * ratio, place.size.height() * ratio)
        target = QRectF(place.scale.left, 0, place.scale.width, place.size.height())
        painter.drawPixmap(target, self._plot, seen)

    def kit(self, ratio: float) -> Kit:
        """Give what is painted with."""
        if self._kit is None:
            self._kit = make_kit(self._look, ratio, self._dense)
        return self._kit

    def _blank(self, size: QSizeF, ratio: float) -> QPixmap:
        picture = QPixmap((size * ratio).toSize())
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._look.colour("bg1"))
        return picture


@contextmanager
def _painting(picture: QPixmap) -> Generator[QPainter]:
    """Give a painter on a picture for a while."""
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.end()


def _is_as_fine(one: TimelineGeometry, other: TimelineGeometry) -> bool:
    """Tell whether a second is as long in both."""
    first, second = one.scale.pixels_a_second, other.scale.pixels_a_second
    return abs(first - second) * other.scale.width < _EVEN * second


def _covers(wide: TimelineGeometry, place: TimelineGeometry) -> bool:
    """Tell whether the picture of one can be moved so that it shows the other."""
    ours, theirs = wide.scale, place.scale
    half = 0.5 / theirs.pixels_a_second
    return (
        _is_as_fine(wide, place)
        and ours.shown.start - half <= theirs.shown.start
        and theirs.shown.end <= ours.shown.end + half
    )


def moving_part(place: TimelineGeometry) -> QRegion:
    """Give what moves with the clock: the flags, the line of now, and the bars that run."""
    x = place.scale.x(place.rows.now)
    wide = place.look.px(3)
    region = QRegion(0, 0, int(place.size.width()) + 1, place.look.px(FLAGS))
    region += QRect(int(x) - wide, 0, 2 * wide, int(place.size.height()))
    lanes = place.visible_lanes()
    for bar in place.rows.running:
        if bar.lane in lanes:
            region += place.whole_rect(bar).toAlignedRect()
    return region
