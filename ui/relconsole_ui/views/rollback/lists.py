"""The lists of the rollback's views: what was looked at, what will change, what people must do."""

from __future__ import annotations

from typing import Final, Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE, MIDDLE_RIGHT, paint_bar, paint_text, text_width
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import RADIUS_BUTTON, TextRole
from relconsole_ui.presenters.rollback_changes import ChangeRow
from relconsole_ui.presenters.way_back import RepairRow, UndoRow
from relconsole_ui.views.parts.rows import AnyRow, PaintRow, RowList

LINE: Final = 26
CHANGE: Final = 54
UNDO: Final = 46
GLYPH: Final = 16
GAP: Final = 8
DISC: Final = 22
INSET: Final = 6
"""Pixels at 100 per cent that leave room for the bar of the selected row."""

_CALM: Final = frozenset({Status.DONE, Status.NOT_STARTED, Status.SKIPPED, Status.RUNNING})


class StatusRow(Protocol):
    """A line with a shape, words, and a note at the right."""

    @property
    def key(self) -> str:
        """What tells it from the others."""
        ...

    @property
    def status(self) -> Status:
        """How it stands."""
        ...

    @property
    def says(self) -> str:
        """What it is."""
        ...

    @property
    def note(self) -> str:
        """What stands at the right."""
        ...

    @property
    def sentence(self) -> str:
        """The line as it is spoken."""
        ...


def fitting_list(
    look: Look, name: str, paint: PaintRow[AnyRow], height: int, parent: QWidget | None = None
) -> RowList[AnyRow]:
    """Give a list that is as high as its rows, under this name for a screen reader."""
    rows = RowList[AnyRow](look, paint, height, parent, fits_rows=True)
    rows.setFrameShape(RowList.Shape.NoFrame)
    rows.viewport().setAutoFillBackground(False)
    rows.setAccessibleName(spoken_text(name))
    return rows


def status_list(look: Look, name: str) -> RowList[StatusRow]:
    """Give a list of lines with a shape."""

    def paint(painter: QPainter, rect: QRectF, row: StatusRow) -> None:
        calm = row.status in _CALM
        role = TextRole.BODY if calm else TextRole.BODY_STRONG
        left = _paint_glyph(painter, look, rect, row.status)
        note = text_width(look, row.note, TextRole.ROW)
        wide = min(note, (rect.width() - left) / 2)
        end = rect.right() - look.px(4)
        right = QRectF(end - wide, rect.top(), wide, rect.height())
        paint_text(painter, look, right, row.note, TextRole.ROW, "t2", MIDDLE_RIGHT)
        words = QRectF(left, rect.top(), right.left() - look.px(GAP) - left, rect.height())
        paint_text(painter, look, words, row.says, role, "t2" if calm else "t1")

    return fitting_list(look, name, paint, LINE)


def change_list(look: Look, name: str) -> RowList[ChangeRow]:
    """Give the list of what will change: number, thing, before and after, how long."""

    def paint(painter: QPainter, rect: QRectF, row: ChangeRow) -> None:
        px = look.px
        card = rect.adjusted(0, px(2), 0, -px(2))
        paint_bar(painter, look, card, "bg2", radius=RADIUS_BUTTON)
        disc = QRectF(card.left() + px(10), 0, px(DISC), px(DISC))
        disc.moveTop(card.center().y() - disc.height() / 2)
        paint_bar(painter, look, disc, "bg3", radius=DISC)
        paint_text(painter, look, disc, str(row.number), TextRole.NOTE_STRONG, "t1", MIDDLE)
        inner = card.adjusted(px(10 + DISC + 10), px(5), -px(12), -px(5))
        upper = QRectF(inner.left(), inner.top(), inner.width(), inner.height() / 2)
        lower = upper.translated(0, upper.height())
        half = upper.width() * 0.42
        about = QRectF(upper.left(), upper.top(), half - px(GAP), upper.height())
        change = QRectF(upper.left() + half, upper.top(), upper.width() - half, upper.height())
        paint_text(painter, look, about, row.about or row.what, TextRole.BODY_STRONG, "t1")
        words = f"{row.before} to {row.after}"
        paint_text(painter, look, change, words, TextRole.BODY_STRONG, "t1", MIDDLE_RIGHT)
        lasts = text_width(look, row.lasts, TextRole.ROW)
        end = QRectF(lower.right() - lasts, lower.top(), lasts, lower.height())
        paint_text(painter, look, end, row.lasts, TextRole.ROW, "t2", MIDDLE_RIGHT)
        lower.setRight(end.left() - px(GAP))
        paint_text(painter, look, lower, row.what, TextRole.ROW, "t2")

    return fitting_list(look, name, paint, CHANGE)


def undo_list(look: Look, name: str) -> RowList[UndoRow]:
    """Give the list of the steps of the way back as they run."""

    def paint(painter: QPainter, rect: QRectF, row: UndoRow) -> None:
        left = _paint_glyph(painter, look, rect, row.status)
        end = rect.right() - look.px(4)
        upper = QRectF(left, rect.top() + look.px(3), end - left, rect.height() / 2)
        upper.setHeight(rect.height() / 2 - look.px(3))
        stop = text_width(look, row.stop, TextRole.ROW)
        right = QRectF(upper.right() - stop, upper.top(), stop, upper.height())
        paint_text(painter, look, right, row.stop, TextRole.ROW, "t2", MIDDLE_RIGHT)
        title = QRectF(upper)
        title.setRight(right.left() - look.px(GAP))
        words = f"{row.number}  {row.title}"
        paint_text(painter, look, title, words, TextRole.BODY_STRONG, "t1")
        says = upper.translated(0, upper.height())
        paint_text(painter, look, says, row.says, TextRole.ROW, "t2")

    return fitting_list(look, name, paint, UNDO)


def repair_list(look: Look, name: str) -> RowList[RepairRow]:
    """Give the list of what people must see to; one is chosen to act on it."""

    def paint(painter: QPainter, rect: QRectF, row: RepairRow) -> None:
        left = _paint_glyph(painter, look, rect, row.status)
        end = rect.right() - look.px(4)
        upper = QRectF(left, rect.top() + look.px(3), end - left, rect.height() / 2)
        upper.setHeight(rect.height() / 2 - look.px(3))
        words = f"{row.item}: {row.reason}"
        paint_text(painter, look, upper, words, TextRole.BODY_STRONG, "t1")
        todo = upper.translated(0, upper.height())
        paint_text(painter, look, todo, row.todo, TextRole.ROW, "t2")

    return fitting_list(look, name, paint, UNDO)


def _paint_glyph(painter: QPainter, look: Look, rect: QRectF, status: Status) -> float:
    """Paint the shape at the left, and give where words begin."""
    side = look.px(GLYPH)
    place = QRectF(rect.left() + look.px(INSET), rect.center().y() - side / 2, side, side)
    paint_status(painter, look, place, status)
    return place.right() + look.px(GAP + 2)
