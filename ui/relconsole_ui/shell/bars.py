"""The top bar with the clock, and the three figures under the title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import (
    paint_focus_ring,
)
from relconsole_ui.design.text import spoken_text, tip_text
from relconsole_ui.design.tokens import (
    FIGURES_BAR,
    RADIUS_BUTTON,
    TOP_BAR,
    TextRole,
)
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.chip import Chip
from relconsole_ui.views.parts.words import Words

if TYPE_CHECKING:
    # Only their types: with them half of the domain would come before the first paint.
    from relconsole_ui.presenters.top_bar import Figure, TopBarRows


class TopBar(QWidget):
    """What is on the bridge, where, how far it is; whose key is open; the palette; the clock."""

    palette_wanted = Signal()
    key_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName("Release and clock")
        self.title = Words(look, TextRole.TITLE, elides=True)
        self.place = Chip(look)
        self.mode = Chip(look)
        self.line = Words(look, TextRole.BODY, "", "t2", elides=True)
        self.jump = ActionButton(
            look, "Jump or run", "Ctrl K", icon_name="magnifying-glass", height=32
        )
        self.jump.clicked.connect(self.palette_wanted)
        self.person = ActionButton(look, "", icon_name="key", height=32)
        self.person.clicked.connect(self.key_wanted)
        self.person.hide()
        self.clock = Words(look, TextRole.CLOCK)
        self.zones = Words(look, TextRole.NOTE, "", "t2")
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.clock.setAlignment(right)
        self.zones.setAlignment(right)
        self._times = QVBoxLayout()
        self._times.addWidget(self.clock)
        self._times.addWidget(self.zones)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.title, 40)
        self._row.addWidget(self.place)
        self._row.addWidget(self.mode)
        self._row.addWidget(self.line, 5)
        self._row.addStretch(1)
        self._line = QHBoxLayout()
        self._row.addLayout(self._line)
        self._row.addWidget(self.person)
        self._row.addWidget(self.jump)
        self._row.addLayout(self._times)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def show_rows(self, rows: TopBarRows) -> None:
        """Show these words."""
        self.title.setText(rows.title)
        self.title.setMaximumWidth(self.title.sizeHint().width())
        self.place.show_words(rows.environment, "strong")
        self.mode.show_words(rows.mode, "warn")
        self.place.setVisible(bool(rows.environment))
        self.mode.setVisible(bool(rows.mode))
        self.line.setText(rows.line)
        self.clock.setText(rows.clock)
        self.zones.setText(rows.zones)

    def show_person(self, name: str | None) -> None:
        """Show whose key is open, empty for nobody's; None where keys play no part."""
        self.person.setVisible(name is not None)
        self.person.set_label(name or "Open my key", "" if name else "Ctrl U")
        spoken = f"The key of {name} is open" if name else "No key is open"
        self.person.setAccessibleDescription(spoken_text(spoken))

    def set_line(self, control: QWidget | None) -> None:
        """Put the control of the line beside the palette, or take it away."""
        while (item := self._line.takeAt(0)) is not None:
            earlier = item.widget()
            if earlier is not None:
                earlier.deleteLater()
        if control is not None:
            self._line.addWidget(control)

    def _follow_look(self) -> None:
        px = self._look.px
        self._row.setContentsMargins(px(16), 0, px(16), 0)
        self._row.setSpacing(px(12))
        self._times.setSpacing(0)
        self.setFixedHeight(px(TOP_BAR))


class FigureWords(QWidget):
    """One figure: its name, how much, and why; the whole reason is told on focus."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._figure: Figure | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.name = Words(look, TextRole.BODY_STRONG, "", "t2")
        self.value = Words(look, TextRole.TITLE)
        self.why = Words(look, TextRole.BODY, "", "t2", elides=True)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.name)
        self._row.addWidget(self.value)
        self._row.addWidget(self.why, 1)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def show_figure(self, figure: Figure) -> None:
        """Show this figure."""
        if figure == self._figure:
            return
        self._figure = figure
        self.name.setText(figure.name)
        self.value.show_words(figure.value, "warn" if figure.tone == "warn" else "t1")
        self.why.setText(figure.why)
        self.setAccessibleName(spoken_text(figure.sentence))
        self.setToolTip(tip_text("\n".join(figure.reasons)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the reasons while it has the focus."""
        super().focusInEvent(event)
        if self._figure is not None:
            self.why.setText("; ".join(self._figure.reasons))
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Go back to the short reason."""
        super().focusOutEvent(event)
        if self._figure is not None:
            self.why.setText(self._figure.why)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring of the focus."""
        if self.hasFocus():
            paint_focus_ring(QPainter(self), self._look, QRectF(self.rect()), RADIUS_BUTTON)

    def _follow_look(self) -> None:
        px = self._look.px
        self._row.setContentsMargins(px(6), px(4), px(6), px(4))
        self._row.setSpacing(px(8))


class FiguresBar(QWidget):
    """Latest safe rollback start, forecast end, decide by: always there, at every width."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName("Figures of the night")
        self.figures = tuple(FigureWords(look) for _ in range(3))
        self._row = QHBoxLayout(self)
        for figure in self.figures:
            self._row.addWidget(figure, 1)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def show_figures(self, figures: tuple[Figure, Figure, Figure]) -> None:
        """Show these three."""
        for widget, figure in zip(self.figures, figures, strict=True):
            widget.show_figure(figure)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines above and below, and between the figures."""
        painter = QPainter(self)
        painter.setPen(self._look.colour("line"))
        painter.drawLine(0, 0, self.width(), 0)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        for widget in self.figures[1:]:
            left = widget.x() - self._row.spacing() // 2
            painter.drawLine(left, self.height() // 4, left, self.height() * 3 // 4)

    def changeEvent(self, event: QEvent) -> None:
        """Paint the lines again where the direction of writing changed."""
        super().changeEvent(event)
        self.update()

    def _follow_look(self) -> None:
        px = self._look.px
        self._row.setContentsMargins(px(10), 0, px(10), 0)
        self._row.setSpacing(px(12))
        self.setFixedHeight(px(FIGURES_BAR))
        self.update()
