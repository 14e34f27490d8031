"""The frame of the rollback's sheet: a red border, a band with the title, and a quiet shadow."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from relconsole_ui.design.icons import paint_icon
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar
from relconsole_ui.design.tokens import RADIUS_PANEL, TextRole
from relconsole_ui.views.parts.words import Words

SHADOW = 6
BAND = 48
SIDE = 20
ICON = 20
BORDER = 2.0
SHADE = QColor(0, 0, 0, 70)


class SheetFrame(QFrame):
    """A sheet with a title band, a body that scrolls, and a foot that stays.

    ``icon_name`` stands before the title; ``tone`` is the token of border and icon.
    """

    def __init__(self, look: Look, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._icon_name = icon_name
        self._tone = "crit"
        self._band = "crit_bg"
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.title = Words(look, TextRole.TITLE, elides=True)
        self.aside = Words(look, TextRole.BODY_STRONG)
        self.body = QVBoxLayout()
        self.foot = QVBoxLayout()
        self._head = QHBoxLayout()
        self._head.addWidget(self.title, 1)
        self._head.addWidget(self.aside)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = QWidget()
        self._inside.setLayout(self.body)
        self._scroll.setWidget(self._inside)
        self._scroll.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head)
        self._column.addWidget(self._scroll, 1)
        self._column.addLayout(self.foot)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def set_tone(self, tone: str, band: str) -> None:
        """Change the tokens of border and band."""
        if (tone, band) != (self._tone, self._band):
            self._tone, self._band = tone, band
            self.update()

    def bring_into_sight(self, part: QWidget) -> None:
        """Scroll to a part of the body that has just been shown, once it was laid out."""
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(part))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint shadow, ground, band and border."""
        look, painter = self._look, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole, shadow = QRectF(self.rect()), look.px(SHADOW)
        paint_bar(painter, look, whole, SHADE, radius=RADIUS_PANEL + SHADOW)
        card = whole.adjusted(shadow, shadow, -shadow, -shadow)
        paint_bar(painter, look, card, "bg1", radius=RADIUS_PANEL)
        band = QRectF(card.left(), card.top(), card.width(), look.px(BAND))
        rounded = QPainterPath()
        rounded.addRoundedRect(card, look.px(RADIUS_PANEL), look.px(RADIUS_PANEL))
        painter.save()
        painter.setClipPath(rounded)
        painter.fillRect(band, look.colour(self._band))
        painter.restore()
        width = max(BORDER, float(look.theme.border))
        paint_bar(painter, look, card, outline=self._tone, radius=RADIUS_PANEL, width=width)
        side = look.px(ICON)
        left = card.left() + look.px(SIDE)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            left = card.right() - look.px(SIDE) - side
        place = QRectF(left, band.center().y() - side / 2, side, side)
        ink = "t2" if self._tone == "line" else self._tone
        paint_icon(painter, look, place, self._icon_name, ink)

    def _follow_look(self) -> None:
        px = self._look.px
        shadow, side = px(SHADOW), px(SIDE)
        self._column.setContentsMargins(shadow, shadow, shadow, shadow)
        self._column.setSpacing(0)
        band = (px(BAND) - self.title.sizeHint().height()) // 2
        self._head.setContentsMargins(side + px(ICON) + px(10), band, side, band)
        self._head.setSpacing(px(12))
        self.body.setContentsMargins(side, px(12), side, px(8))
        self.body.setSpacing(px(8))
        self.foot.setContentsMargins(side, px(10), side, px(14))
        self.foot.setSpacing(px(8))
        self.update()


class SectionHead(QWidget):
    """A heading of a part of a sheet, with a note at its right."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.title = Words(look, TextRole.BODY_STRONG, title, "t2")
        self.note = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.title)
        self._row.addWidget(self.note, 1)

    def show_note(self, text: str, colour: str = "t2") -> None:
        """Change what stands at the right."""
        self.note.show_words(text, colour)
