"""The timeline of the bridge, painted: only what moves with the clock is painted each second."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QScrollBar, QToolTip, QWidget

from relconsole.domain.kernel.ids import StepId
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_focus_ring
from relconsole_ui.design.text import spoken_text, tip_text
from relconsole_ui.presenters.timeline_rows import Bar, Span, TimelineRows
from relconsole_ui.presenters.timeline_words import say_bar
from relconsole_ui.views.bridge.time_scale import Stretch
from relconsole_ui.views.bridge.timeline_alike import look_alike
from relconsole_ui.views.bridge.timeline_flags import paint_flags
from relconsole_ui.views.bridge.timeline_geometry import TimelineGeometry, lay_out
from relconsole_ui.views.bridge.timeline_ground import Ground, moving_part
from relconsole_ui.views.bridge.timeline_paint import (
    paint_axis,
    paint_bracket,
    paint_choice,
    paint_now,
    paint_running,
)
from relconsole_ui.views.bridge.timeline_walk import Walk, walk

ZOOM: Final = 0.8
"""By how much a press or a notch shortens the shown stretch."""
MOVE: Final = 0.1
"""By which share of the shown stretch a press moves it."""

_WALKS: Final = {
    Qt.Key.Key_Left: Walk.EARLIER,
    Qt.Key.Key_Right: Walk.LATER,
    Qt.Key.Key_Up: Walk.LANE_ABOVE,
    Qt.Key.Key_Down: Walk.LANE_BELOW,
    Qt.Key.Key_Home: Walk.FIRST,
    Qt.Key.Key_End: Walk.LAST,
}


class Timeline(QAbstractScrollArea):
    """Lanes of bars; ``selected`` names the step that a person chose, ``opened`` the one entered.

    Plus, minus and the wheel zoom, 0 shows all; arrows, Home and End choose a bar, with Shift they
    move the view.
    """

    selected = Signal(str)
    opened = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows: TimelineRows | None = None
        self._place: TimelineGeometry | None = None
        self._stretch = Stretch()
        self._chosen: StepId | None = None
        self.ground = Ground(look)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Timeline")
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self.horizontalScrollBar().valueChanged.connect(self._follow_across)
        self.verticalScrollBar().valueChanged.connect(self._lay_out_anew)
        look.changed.connect(self._follow_look)

    @property
    def place(self) -> TimelineGeometry | None:
        """Where everything lies, None before the first rows."""
        return self._place

    @property
    def shown(self) -> Span | None:
        """The stretch of time in sight."""
        return None if self._place is None else self._place.scale.shown

    def sizeHint(self) -> QSize:
        """Give the size at which eight lanes stand at ease."""
        return QSize(self._look.px(620), self._look.px(440))

    def minimumSizeHint(self) -> QSize:
        """Give the size below which nothing can be read."""
        return QSize(self._look.px(320), self._look.px(180))

    def show_rows(self, rows: TimelineRows) -> None:
        """Show another state of the night; what looks the same is not painted again."""
        before = self._place
        self._rows = rows
        self._lay_out()
        self._describe()
        after = self._place
        if after is None:
            return
        if before is None or not look_alike(before, after):
            self.ground.forget()
            self.viewport().update()
            return
        self.viewport().update(moving_part(before).united(moving_part(after)))

    def choose(self, step: StepId | None) -> None:
        """Choose a step from outside, without a signal, and bring it into sight."""
        if step != self._chosen:
            self._chosen = step
            bar = self._find(step)
            if bar is not None:
                self._bring_in(bar)
            self._describe()
            self.viewport().update()

    def show_all(self) -> None:
        """Show the whole night."""
        self._stretch.show_all()
        self._follow_stretch()

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show a stretch ``factor`` times as long around an instant, now where none is given."""
        if self._rows is not None:
            middle = self._rows.now if around is None else around
            self._stretch.zoom(factor, middle, self._rows.span)
            self._follow_stretch()

    def move_by(self, share: float) -> None:
        """Move the view by a share of the stretch in sight."""
        if self._rows is not None:
            whole = self._rows.span
            self._stretch.move(share * self._stretch.shown(whole).length, whole)
            self._follow_stretch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._lay_out_anew()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the kept ground, and on it what moves."""
        place = self._place
        if place is None:
            return
        painter = QPainter(self.viewport())
        ratio = self.viewport().devicePixelRatioF()
        painter.setClipRegion(event.region())
        self.ground.paint(painter, place, ratio)
        paint_axis(painter, place)
        if place.rows.resumed:
            paint_bracket(painter, place)
        paint_running(painter, place, self.ground.kit(ratio))
        chosen = self._find(self._chosen)
        if chosen is not None:
            paint_choice(painter, place, chosen, has_focus=self.hasFocus())
        paint_now(painter, place)
        paint_flags(painter, place)
        if self.hasFocus() and chosen is None:
            paint_focus_ring(painter, self._look, QRectF(self.viewport().rect()), 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the bar under the pointer."""
        bar = self._bar_at(event.position())
        if bar is not None and event.button() is Qt.MouseButton.LeftButton:
            self._choose_by_hand(bar)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the release of what was pressed here."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the bar under the pointer."""
        bar = self._bar_at(event.position())
        if bar is not None:
            self.opened.emit(bar.step)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer; with Shift move; where lanes overflow, Ctrl zooms."""
        place = self._place
        turned = event.angleDelta().y() or event.angleDelta().x()
        if place is None or not turned:
            return
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ShiftModifier or event.angleDelta().x():
            self.move_by(-MOVE if turned > 0 else MOVE)
        elif place.overflow and not modifiers & Qt.KeyboardModifier.ControlModifier:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - turned // 2)
        else:
            around = place.scale.at(event.position().x())
            self.zoom(ZOOM if turned > 0 else 1 / ZOOM, around)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, move, and walk from bar to bar."""
        key = Qt.Key(event.key())
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match key:
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(ZOOM)
            case Qt.Key.Key_Minus:
                self.zoom(1 / ZOOM)
            case Qt.Key.Key_0:
                self.show_all()
            case Qt.Key.Key_Left | Qt.Key.Key_Right if shifted:
                self.move_by(-MOVE if key is Qt.Key.Key_Left else MOVE)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._chosen is not None:
                self.opened.emit(self._chosen)
            case _ if key in _WALKS and self._rows is not None:
                bar = walk(self._rows, self._chosen, _WALKS[key])
                if bar is not None:
                    self._choose_by_hand(bar)
            case _:
                super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Say in a tip what stands under the pointer."""
        if isinstance(event, QHelpEvent) and self._rows is not None:
            bar = self._bar_at(QPointF(event.pos()))
            says = "" if bar is None else say_bar(self._rows, bar)
            QToolTip.showText(event.globalPos(), tip_text(says), self.viewport())
            return True
        return super().viewportEvent(event)

    def _choose_by_hand(self, bar: Bar) -> None:
        """Choose a bar and say so."""
        self.choose(bar.step)
        self.selected.emit(bar.step)

    def _find(self, step: StepId | None) -> Bar | None:
        """Give the bar of a step, None where there is none."""
        if self._rows is None or step is None:
            return None
        return next(
            (bar for lane in self._rows.lanes for bar in lane.bars if bar.step == step), None
        )

    def _bar_at(self, point: QPointF) -> Bar | None:
        return None if self._place is None else self._place.bar_at(point)

    def _bring_in(self, bar: Bar) -> None:
        """Move and scroll no more than is needed to see a bar."""
        place = self._place
        if place is None:
            return
        self._stretch.bring_in(Span(start=bar.start, end=bar.end), place.rows.span)
        self.verticalScrollBar().setValue(place.scroll_for(bar))
        self._lay_out_anew()

    def _lay_out(self) -> None:
        """Reckon where everything lies, and set the scroll bars to it."""
        rows = self._rows
        if rows is None:
            return
        shown = self._stretch.shown(rows.span)
        size = QSizeF(self.viewport().size())
        down = self.verticalScrollBar()
        self._place = lay_out(self._look, rows, size, shown, down.value(), self._place)
        height = int(self._place.plot.height())
        _set_bar(down, int(self._place.overflow), height, int(self._place.scrolled))
        beyond = rows.span.length - shown.length
        offset = shown.start - rows.span.start
        _set_bar(self.horizontalScrollBar(), int(beyond), int(shown.length), int(offset))

    def _follow_stretch(self) -> None:
        """Show another stretch; what of the ground still fits is kept."""
        self._lay_out()
        self.viewport().update()

    def _lay_out_anew(self) -> None:
        """Lay out and paint everything."""
        self._lay_out()
        self.ground.forget()
        self.viewport().update()

    def _follow_across(self, value: int) -> None:
        """Follow the scroll bar of time."""
        if self._rows is not None:
            whole = self._rows.span
            self._stretch.move(whole.start + value - self._stretch.shown(whole).start, whole)
            self._follow_stretch()

    def _follow_look(self) -> None:
        self.ground.forget_look()
        self._place = None
        self.updateGeometry()
        self._lay_out_anew()

    def _describe(self) -> None:
        """Say all of it in a sentence, and the chosen bar before it."""
        if self._rows is None:
            return
        bar = self._find(self._chosen)
        chosen = "" if bar is None else f"Selected: {say_bar(self._rows, bar)} "
        self.setAccessibleDescription(spoken_text(f"{chosen}{self._rows.says}"))


def _set_bar(bar: QScrollBar, most: int, page: int, value: int) -> None:
    """Set a scroll bar without its telling anybody."""
    was = bar.blockSignals(True)
    bar.setRange(0, most)
    bar.setPageStep(page)
    bar.setSingleStep(max(1, page // 10))
    bar.setValue(value)
    bar.blockSignals(was)
