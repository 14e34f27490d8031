"""The buttons of the step card: one for each thing that may be done with the step now."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.presenters.step_card import Offer
from relconsole_ui.views.parts.button import ActionButton

FIRST_OFFERS = 2
"""Buttons with an outline; the rest is quieter."""

IN_ONE_ROW = 3
"""Buttons that fit beside each other; more stand in two rows."""


class OfferButtons(QWidget):
    """The buttons; ``pressed`` gives which offer is meant, by its place among them.

    ``after`` is what Tab leaves for the first of them.
    """

    pressed = Signal(int)

    def __init__(self, look: Look, after: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._after = after
        self._columns = 0
        self._buttons: list[ActionButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.px(8))

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

    def _make(self, count: int) -> None:
        """Let there be so many buttons at least, each in its place for that many."""
        before = len(self._buttons)
        while len(self._buttons) < count:
            button = ActionButton(self._look, "")
            button.clicked.connect(partial(self._press, len(self._buttons)))
            self._buttons.append(button)
        columns = 2 if count > IN_ONE_ROW else max(1, count)
        if columns != self._columns or before != len(self._buttons):
            self._columns = columns
            for at, button in enumerate(self._buttons):
                self._grid.addWidget(button, at // columns, at % columns)
        if before != len(self._buttons):
            # Made when they are first needed, they would come after everything else of the window.
            for first, second in pairwise((self._after, *self._buttons)):
                QWidget.setTabOrder(first, second)

    def _press(self, at: int, *_clicked: object) -> None:
        self.pressed.emit(at)
