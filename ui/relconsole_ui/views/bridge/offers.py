"""The buttons of the step card: one for each thing that may be done with the step now."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.presenters.step_card import Offer
from relconsole_ui.views.parts.button import ActionButton

FIRST_OFFERS = 2
"""Buttons with an outline; the rest is quieter."""

IN_ONE_ROW = 3
"""Buttons that may stand beside each other; more, or wider ones, stand in two rows."""

GAP = 8


class OfferButtons(QWidget):
    """The buttons; ``pressed`` gives which offer is meant, by its place among them.

    ``arranged`` says that they stand in other rows than before.

    ``after`` is what Tab leaves for the first of them.
    """

    pressed = Signal(int)
    arranged = Signal()

    def __init__(self, look: Look, after: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._after = after
        self._columns = self._placed = self._count = 0
        self._buttons: list[ActionButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.px(GAP))

    def show_offers(self, offers: tuple[Offer, ...]) -> None:
        """Show these, and take away what may not be done any more."""
        self._make(len(offers))
        for at, button in enumerate(self._buttons):
            button.setVisible(at < len(offers))
            if at < len(offers):
                offer = offers[at]
                if button.label != offer.text:
                    button.set_label(offer.text, offer.key)
                button.set_kind("plain" if at < FIRST_OFFERS else "quiet")
        self._arrange()

    @property
    def rows(self) -> int:
        """Give in how many rows the buttons stand, also where there are none."""
        return max(1, -(-self._count // max(1, self._columns)))

    def minimumSizeHint(self) -> QSize:
        """Give what two rows need: one row is for where there is more room."""
        widest = max((each.sizeHint().width() for each in self._shown), default=0)
        return QSize(2 * widest + self._grid.spacing(), self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the buttons stand in as many rows as the width asks for."""
        super().resizeEvent(event)
        self._arrange()

    @property
    def _shown(self) -> list[ActionButton]:
        return self._buttons[: self._count]

    def _arrange(self) -> None:
        needs = sum(each.sizeHint().width() + self._grid.spacing() for each in self._shown)
        fits = self._count <= IN_ONE_ROW and needs - self._grid.spacing() <= self.width()
        columns = max(1, self._count) if fits else 2
        if (columns, len(self._buttons)) != (self._columns, self._placed):
            self._columns, self._placed = columns, len(self._buttons)
            for at, button in enumerate(self._buttons):
                self._grid.addWidget(button, at // columns, at % columns)
            self.updateGeometry()
            self.arranged.emit()

    def _make(self, count: int) -> None:
        """Let there be so many buttons at least."""
        self._count = count
        before = len(self._buttons)
        while len(self._buttons) < count:
            button = ActionButton(self._look, "", parent=self)
            button.clicked.connect(partial(self._press, len(self._buttons)))
            self._buttons.append(button)
        if before != len(self._buttons):
            # Made when they are first needed, they would come after everything else of the window.
            for first, second in pairwise((self._after, *self._buttons)):
                QWidget.setTabOrder(first, second)

    def _press(self, at: int, *_clicked: object) -> None:
        self.pressed.emit(at)
