"""The strip of the demo: nothing leaves this machine; how to connect a system of one's own."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar
from relconsole_ui.design.tokens import GUTTER, RADIUS_PANEL, TextRole
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words

HINTS = (
    "1 of 5. Enter starts and completes the step on the card; jobs run by themselves.",
    "2 of 5. At the gate, G asks the next station; Enter on the poll records its answer.",
    "3 of 5. Watch the health strip: a fault is on its way. When its limit is left, Arm turns red.",
    "4 of 5. Ctrl Shift R arms the rollback. Somebody else signs, then hold Space for two seconds.",
    "5 of 5. Ctrl K finds any step, person, service or action; ? shows every key.",
)


class DemoStrip(QWidget):
    """One line above the bridge, with a hint that can be turned and taken away."""

    connect_wanted = Signal()
    hints_left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._at = 0
        self.setAccessibleName("Demo")
        self.says = Words(look, TextRole.BODY_STRONG, "Demo. Nothing leaves this machine.")
        self.hint = Words(look, TextRole.BODY, HINTS[0], "t2", elides=True)
        self.further = ActionButton(look, "Next hint", kind="quiet", height=28)
        self.leave = ActionButton(look, "No more hints", kind="quiet", height=28)
        self.connect_ = ActionButton(look, "Connect a system", height=28)
        self.further.clicked.connect(self._turn)
        self.leave.clicked.connect(self._leave)
        self.connect_.clicked.connect(self.connect_wanted)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.says)
        self._row.addWidget(self.hint, 1)
        for button in (self.further, self.leave, self.connect_):
            self._row.addWidget(button)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def show_hints(self, are_shown: bool) -> None:
        """Show the hints from the first one, or none."""
        self._at = 0
        self.hint.setText(HINTS[0] if are_shown else "")
        for button in (self.further, self.leave):
            button.setVisible(are_shown)

    def _turn(self) -> None:
        self._at += 1
        if self._at == len(HINTS):
            self._leave()
            return
        self.hint.setText(HINTS[self._at])

    def _leave(self) -> None:
        self.show_hints(are_shown=False)
        self.hints_left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, dashed: this is no real night."""
        rect = QRectF(self.rect()).adjusted(
            self._look.px(GUTTER), self._look.px(6), -self._look.px(GUTTER), 0
        )
        paint_bar(QPainter(self), self._look, rect, "bg1", "ctl", radius=RADIUS_PANEL, dashed=True)

    def _follow_look(self) -> None:
        px = self._look.px
        self._row.setContentsMargins(px(GUTTER + 16), px(8), px(GUTTER + 8), px(2))
        self._row.setSpacing(px(10))
        self.setFixedHeight(px(42))
        self.update()
