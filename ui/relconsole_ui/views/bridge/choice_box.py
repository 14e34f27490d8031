"""Boxes of choices: each choice has a key, and says something."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from relconsole_ui.design.text import safe_text, spoken_text, tip_text
from relconsole_ui.presenters.problem_form import Choice

FEWEST_LETTERS = 8


def narrow_box(name: str) -> QComboBox:
    """Give a box that takes the width it is given, whatever its choices say."""
    box = QComboBox()
    box.setAccessibleName(spoken_text(name))
    shortest = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
    box.setSizeAdjustPolicy(shortest)
    box.setMinimumContentsLength(FEWEST_LETTERS)
    return box


def fill_box(box: QComboBox, choices: Sequence[Choice], first: str) -> None:
    """Let these be the choices, and stand on the one of that key, or on the first."""
    box.clear()
    for choice in choices:
        box.addItem(safe_text(choice.says), choice.key)
        box.setItemData(box.count() - 1, tip_text(choice.says), Qt.ItemDataRole.ToolTipRole)
    box.setCurrentIndex(max(0, box.findData(first)))


def chosen_of(box: QComboBox) -> str:
    """Give the key of the choice that is stood on."""
    return str(box.currentData() or "")
