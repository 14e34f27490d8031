"""The ground of a timeline, kept as a picture until it would look different."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap, QRegion

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import hatch_brush
from relconsole_ui.presenters.timeline_rows import BarState
from relconsole_ui.views.bridge.timeline_dense import DenseLanes
from relconsole_ui.views.bridge.timeline_geometry import FLAGS, TimelineGeometry
from relconsole_ui.views.bridge.timeline_paint import Kit, paint_ground


class Ground:
    """The picture of what stands still, and what it is painted with."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._dense = DenseLanes()
        self._kit: Kit | None = None
        self._picture: QPixmap | None = None
        self.painted = 0
        """How often it was painted, for whoever counts."""

    def forget(self) -> None:
        """Let it be painted anew."""
        self._picture = None

    def forget_look(self) -> None:
        """Let everything be made anew, since colours or sizes are others."""
        self._kit = None
        self._picture = None

    def picture(self, place: TimelineGeometry, ratio: float) -> QPixmap:
        """Give the picture for a device of a pixel ratio, painted if need be."""
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = QPixmap((place.size * ratio).toSize())
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(self._look.colour("bg1"))
            painter = QPainter(self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_ground(painter, place, self.kit(ratio))
            painter.end()
            self.painted += 1
        return self._picture

    def kit(self, ratio: float) -> Kit:
        """Give what is painted with."""
        if self._kit is None:
            self._kit = Kit(hatch=hatch_brush(self._look, "bar", ratio), dense=self._dense)
        return self._kit


def moving_part(place: TimelineGeometry) -> QRegion:
    """Give what moves with the clock: the flags, the line of now, and the bars that run."""
    x = place.scale.x(place.rows.now)
    wide = place.look.px(3)
    region = QRegion(0, 0, int(place.size.width()) + 1, place.look.px(FLAGS))
    region += QRect(int(x) - wide, 0, 2 * wide, int(place.size.height()))
    for lane in place.visible_lanes():
        for bar in place.visible_bars(place.rows.lanes[lane]):
            if bar.state is BarState.RUNNING:
                region += place.whole_rect(bar).toAlignedRect()
    return region
