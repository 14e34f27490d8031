"""Words on a screen: plain, safe, and honest about being cut."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_text
from relconsole_ui.design.text import ELLIPSIS, LONG_TEXT_CAP, TEXT_CAP, safe_text, tip_text
from relconsole_ui.design.tokens import TextRole


class Words(QLabel):
    """A text of one role, on one line unless ``wraps``; ``elides`` lets it be cut, with a tip.

    It never reads its text as markup, whatever the text looks like.
    """

    def __init__(
        self,
        look: Look,
        role: TextRole,
        text: str = "",
        colour: str = "t1",
        parent: QWidget | None = None,
        *,
        elides: bool = False,
        wraps: bool = False,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._role = role
        self._colour = colour
        self._elides = elides
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        if not wraps:
            across = QSizePolicy.Policy.Ignored if elides else QSizePolicy.Policy.Preferred
            self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self._follow_look()
        look.changed.connect(self._follow_look)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show ``text``, made safe."""
        wraps = self.wordWrap()
        safe = safe_text(text, LONG_TEXT_CAP if wraps else TEXT_CAP, keeps_lines=wraps)
        if safe != self.text():
            super().setText(safe)
            self._follow_width()

    def show_words(self, text: str, colour: str) -> None:
        """Show ``text`` in the colour of a token."""
        self.set_colour(colour)
        self.setText(text)

    def set_colour(self, colour: str) -> None:
        """Change to the colour of a token."""
        if colour != self._colour:
            self._colour = colour
            self._follow_look()

    def set_role(self, role: TextRole) -> None:
        """Change what the words are for, and so their size."""
        if role is not self._role:
            self._role = role
            self._follow_look()

    @property
    def is_cut(self) -> bool:
        """Whether less is seen than was given."""
        return not self.wordWrap() and (
            self._width_of_text() > self.contentsRect().width() + 0.5
            or self.text().endswith(ELLIPSIS)
        )

    def sizeHint(self) -> QSize:
        """Give the size of the whole text."""
        if self.wordWrap():
            return super().sizeHint()
        margins = self.contentsMargins()
        return QSize(
            int(self._width_of_text()) + 1 + margins.left() + margins.right(),
            self._height_of_line() + margins.top() + margins.bottom(),
        )

    def minimumSizeHint(self) -> QSize:
        """Give the size below which the text would be cut without leave."""
        if self.wordWrap():
            return super().minimumSizeHint()
        hint = self.sizeHint()
        return QSize(min(hint.width(), self._look.px(24)), hint.height()) if self._elides else hint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint one line as all painted text is; what wraps is laid out by Qt."""
        if self.wordWrap():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        rect = QRectF(self.contentsRect())
        colour = self._colour if self.isEnabled() else "t3"
        align = self.alignment()
        paint_text(painter, self._look, rect, self.text(), self._role, colour, align)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole text as a tip when it no longer fits."""
        super().resizeEvent(event)
        self._follow_width()

    def _width_of_text(self) -> float:
        return self._look.metrics(self._role).horizontalAdvance(self.text())

    def _height_of_line(self) -> int:
        return round(self._look.metrics(self._role).height()) + self._look.px(2)

    def _follow_width(self) -> None:
        self.setToolTip(tip_text(self.text()) if self._elides and self.is_cut else "")

    def _follow_look(self) -> None:
        self.setFont(self._look.font(self._role))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, self._look.colour(self._colour))
        self.setPalette(palette)
        self.updateGeometry()
        self.update()
