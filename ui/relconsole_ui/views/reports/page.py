"""The page of a night report, painted: on the screen, and on paper by the same hand."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_LEFT, MIDDLE_RIGHT, paint_bar, paint_text
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import RADIUS_PANEL, TextRole
from relconsole_ui.presenters.report import ReportRows, Section
from relconsole_ui.presenters.report_words import Line

WIDTH: Final = 1160
NARROWEST: Final = 480
SIDE: Final = 36
LINE: Final = 28
HEAD: Final = 36
COLUMN_GAP: Final = 40
TOP: Final = 212
NARROW: Final = 880
"""Pixels at 100 per cent below which the two columns stand one below the other."""

FIGURES_NARROW: Final = 3
FIGURE: Final = 76
FOOT: Final = 52
CELLS: Final = (68, 68, 132)
"""Widths of the columns at the right, from the left."""
GLYPH: Final = 16


class ReportPage(QWidget):
    """The page; its twin in words is the text of the report."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows: ReportRows | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Night report")
        look.changed.connect(self._follow_look)

    @property
    def rows(self) -> ReportRows | None:
        """The page that is shown."""
        return self._rows

    def show_rows(self, rows: ReportRows | None) -> None:
        """Show a page, or none."""
        if rows == self._rows:
            return
        self._rows = rows
        self.setAccessibleName(spoken_text("Night report" if rows is None else rows.sentence))
        self._follow_look()

    def sizeHint(self) -> QSize:
        """Give the size of the whole page at the width that it has."""
        px, width = self._look.px, self.width() / self._look.scale
        return QSize(px(NARROWEST), px(page_height(self._rows, width)))

    def minimumSizeHint(self) -> QSize:
        """Give the size below which words would run into each other."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be as high as the page is at this width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._follow_look()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the page."""
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        rect = QRectF(self.rect())
        edge = "acc" if self.hasFocus() else "line"
        paint_bar(painter, self._look, rect, "bg1", edge, radius=RADIUS_PANEL)
        if self._rows is not None:
            paint_page(painter, self._look, rect, self._rows)

    def _follow_look(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()


def page_height(rows: ReportRows | None, width: float) -> int:
    """Give the height of a page of a width, both in pixels at 100 per cent."""
    if rows is None:
        return 400
    heights = [sum(_height(each) for each in column) for column in (rows.left, rows.right)]
    return _top(rows, width) + (sum(heights) if width < NARROW else max(heights)) + FOOT


def _top(rows: ReportRows, width: float) -> int:
    """Give where the sections begin: figures that do not fit in one line take two."""
    lines = -(-len(rows.figures) // FIGURES_NARROW) if width < NARROW else 1
    return TOP + (lines - 1) * FIGURE


def _height(section: Section) -> int:
    heads = LINE if section.heads else 0
    return HEAD + heads + LINE * len(section.lines) + 24


def paint_page(painter: QPainter, look: Look, rect: QRectF, rows: ReportRows) -> None:
    """Paint a page into a rectangle."""
    px = look.px
    inner = rect.adjusted(px(SIDE), 0, -px(SIDE), 0)
    _paint_head(painter, look, inner, rows)
    across = rect.width() / look.scale
    is_narrow = across < NARROW
    width = inner.width() if is_narrow else (inner.width() - px(COLUMN_GAP)) / 2
    top = start = rect.top() + px(_top(rows, across))
    for at, column in enumerate((rows.left, rows.right)):
        left = inner.left() if is_narrow else inner.left() + at * (width + px(COLUMN_GAP))
        top = top if is_narrow else start
        for section in column:
            height = px(_height(section))
            _paint_section(painter, look, QRectF(left, top, width, height), section)
            top += height
    foot = QRectF(inner.left(), rect.bottom() - px(FOOT - 8), inner.width(), px(32))
    painter.fillRect(QRectF(foot.left(), foot.top(), foot.width(), 1), look.colour("line"))
    paint_text(painter, look, foot, rows.foot, TextRole.NOTE, "t2", MIDDLE_LEFT)
    paint_text(painter, look, foot, rows.foot_right, TextRole.NOTE, "t2", MIDDLE_RIGHT)


def _paint_head(painter: QPainter, look: Look, inner: QRectF, rows: ReportRows) -> None:
    px = look.px
    top = QRectF(inner.left(), inner.top() + px(20), inner.width(), px(24))
    left = top.adjusted(0, 0, -px(300), 0)
    paint_text(painter, look, left, rows.title, TextRole.BODY_STRONG, "t2", MIDDLE_LEFT)
    paint_text(painter, look, top, rows.when, TextRole.ROW, "t2", MIDDLE_RIGHT)
    big = QRectF(inner.left(), top.bottom() + px(8), inner.width(), px(44))
    glyph = QRectF(big.left(), big.center().y() - px(15), px(30), px(30))
    paint_status(painter, look, glyph, rows.status)
    words = big.adjusted(px(44), 0, 0, 0)
    paint_text(painter, look, words, rows.big, TextRole.METRIC_PANEL, "t1", MIDDLE_LEFT)
    says = QRectF(inner.left(), big.bottom() + px(2), inner.width(), px(24))
    paint_text(painter, look, says, rows.says, TextRole.BODY, "t1", MIDDLE_LEFT)
    is_narrow = inner.width() / look.scale + 2 * SIDE < NARROW
    in_line = FIGURES_NARROW if is_narrow else max(1, len(rows.figures))
    step = inner.width() / in_line
    for at, figure in enumerate(rows.figures):
        down, across = divmod(at, in_line)
        high = says.bottom() + px(10) + down * px(FIGURE)
        place = QRectF(inner.left() + across * step, high, step - px(16), px(66))
        if across:
            line = QRectF(place.left() - px(12), place.top(), 1, place.height())
            painter.fillRect(line, look.colour("line"))
        for offset, height, text, role, colour in (
            (0, 20, figure.label, TextRole.ROW, "t2"),
            (20, 28, figure.value, TextRole.STEP_TITLE, "t1"),
            (48, 18, figure.note, TextRole.NOTE, "t2"),
        ):
            row = QRectF(place.left(), place.top() + px(offset), place.width(), px(height))
            paint_text(painter, look, row, text, role, colour, MIDDLE_LEFT)


def _paint_section(painter: QPainter, look: Look, rect: QRectF, section: Section) -> None:
    px = look.px
    head = QRectF(rect.left(), rect.top(), rect.width(), px(HEAD - 8))
    title = paint_text(painter, look, head, section.title, TextRole.BODY_STRONG, "t1", MIDDLE_LEFT)
    note = head.adjusted(title.width() + px(12), 0, 0, 0)
    paint_text(painter, look, note, section.note, TextRole.NOTE, "t2", MIDDLE_RIGHT)
    painter.fillRect(QRectF(rect.left(), head.bottom(), rect.width(), 2), look.colour("bar_plan"))
    top = rect.top() + px(HEAD)
    if section.heads:
        row = QRectF(rect.left(), top, rect.width(), px(LINE))
        _paint_cells(painter, look, row, section.heads, "t2")
        top += px(LINE)
    for line in section.lines:
        _paint_line(painter, look, QRectF(rect.left(), top, rect.width(), px(LINE)), line)
        top += px(LINE)


def _paint_line(painter: QPainter, look: Look, rect: QRectF, line: Line) -> None:
    px = look.px
    left = rect.left()
    if line.status is not None:
        glyph = QRectF(left, rect.center().y() - px(GLYPH) / 2, px(GLYPH), px(GLYPH))
        paint_status(painter, look, glyph, line.status)
        left += px(GLYPH + 10)
    if line.time:
        place = QRectF(left, rect.top(), px(72), rect.height())
        paint_text(painter, look, place, line.time, TextRole.ROW, "t2", MIDDLE_LEFT)
        left += px(76)
    right = _right_width(look, rect, line)
    words = QRectF(left, rect.top(), rect.right() - right - px(8) - left, rect.height())
    role = TextRole.BODY_STRONG if line.is_strong else TextRole.BODY
    paint_text(painter, look, words, line.text, role, "t1", MIDDLE_LEFT)
    if line.cells:
        _paint_cells(painter, look, rect, line.cells, "t1")
    elif line.right:
        place = QRectF(rect.right() - right, rect.top(), right, rect.height())
        paint_text(painter, look, place, line.right, TextRole.ROW, "t2", MIDDLE_RIGHT)


def _right_width(look: Look, rect: QRectF, line: Line) -> float:
    """Give the room of what stands at the right: as much as it needs, at most the half."""
    if line.cells:
        return float(look.px(sum(CELLS[-len(line.cells) :])))
    needs = look.metrics(TextRole.ROW).horizontalAdvance(line.right) + 2
    return min(needs, rect.width() / 2)


def _paint_cells(
    painter: QPainter, look: Look, rect: QRectF, cells: tuple[str, ...], colour: str
) -> None:
    right = rect.right()
    for text, pixels in zip(reversed(cells), reversed(CELLS), strict=False):
        width = look.px(pixels)
        place = QRectF(right - width, rect.top(), width, rect.height())
        paint_text(painter, look, place, text, TextRole.ROW, colour, MIDDLE_RIGHT)
        right -= width
