"""Looks at a window for text that was taken for something else, or that hides something."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from relconsole_ui.design.paint import PaintedText, recorded_text
from relconsole_ui.design.text import LONG_TEXT_CAP, TEXT_CAP, safe_text
from tests.gui.acceptance.walks import cut_buttons
from tests.gui.screens.console import ConsoleOnStage
from tests.gui.screens.pictures import picture_of
from tests.promises.payloads import MARK

HIDDEN_KINDS = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
ROWS, COLUMNS = 60, 20
SIZE = (1600, 1000)
_TAG = re.compile(r"<[a-zA-Z!/?]")
_OWN_SPAN = re.compile(r"\A<span>[^<>]*</span>\Z", re.DOTALL)


def look_at(console: ConsoleOnStage, where: str) -> tuple[set[str], list[str]]:
    """Give the planted texts that are shown here, and what is wrong with any."""
    before = console.window.size()
    with recorded_text() as painted:
        picture_of(console)
    wrong = [*_painted(painted)]
    for widget in console.window.findChildren(QWidget):
        if widget.isVisible():
            wrong += _widget(widget)
    wrong += _layout(console.window, before)
    labels = (each.text() for each in console.window.findChildren(QLabel) if each.isVisible())
    shown = (*(each.text for each in painted), *labels)
    seen = {safe_text(each) for each in shown if MARK in each}
    return seen, [f"{where}: {each}" for each in dict.fromkeys(wrong)]


def _layout(window: QWidget, before: QSize) -> Iterator[str]:
    """Give what a text has pushed out of its place."""
    if window.size() != before or (before.width(), before.height()) != SIZE:
        yield f"the window has grown to {window.width()} by {window.height()}"
    needs = window.minimumSizeHint()
    if needs.width() > SIZE[0] or needs.height() > SIZE[1]:
        yield f"the window needs {needs.width()} by {needs.height()}"
    for label in cut_buttons(window):
        yield f"the button {label[:60]!a} is cut"


def _painted(painted: list[PaintedText]) -> Iterator[str]:
    for each in painted:
        # Qt itself joins a cut letter of a joined script to what follows it.
        if hides(each.shown.replace("\u200d…", "…")):
            yield f"paints a hidden character in {each.shown[:60]!a}"
        if len(each.shown) > TEXT_CAP:
            yield f"paints {len(each.shown)} characters in one line"


def _widget(widget: QWidget) -> Iterator[str]:
    name = type(widget).__name__
    for text in (widget.accessibleName(), widget.accessibleDescription()):
        if hides(text):
            yield f"{name} says a hidden character: {text[:60]!a}"
    if widget.toolTip() and not _is_plain_tip(widget.toolTip()):
        yield f"{name} has a tip of markup: {widget.toolTip()[:60]!a}"
    match widget:
        case QLabel():
            yield from _label(widget)
        case QTextEdit():
            if MARK in widget.toPlainText():
                yield f"{name} reads markup"
        case QPlainTextEdit() | QLineEdit() | QComboBox() | QAbstractButton():
            yield from _field(widget)
        case QAbstractItemView():
            yield from _model(name, widget.model())
        case _:
            pass


def _label(label: QLabel) -> Iterator[str]:
    text, form = label.text(), label.textFormat()
    is_plain = form is Qt.TextFormat.PlainText
    if MARK in text and not is_plain and (form is not Qt.TextFormat.AutoText or _is_rich(text)):
        yield f"{type(label).__name__} reads markup: {text[:60]!a}"
    if hides(text, keeps_lines=label.wordWrap()):
        yield f"{type(label).__name__} shows a hidden character: {text[:60]!a}"
    if len(text) > (LONG_TEXT_CAP if label.wordWrap() else TEXT_CAP):
        yield f"{type(label).__name__} shows {len(text)} characters"


def _field(widget: QPlainTextEdit | QLineEdit | QComboBox | QAbstractButton) -> Iterator[str]:
    match widget:
        case QPlainTextEdit():
            text, keeps = widget.toPlainText(), True
        case QComboBox():
            text, keeps = widget.currentText(), False
        case _:
            text, keeps = widget.text(), False
    if hides(text, keeps_lines=keeps):
        yield f"{type(widget).__name__} holds a hidden character: {text[:60]!a}"


def _model(name: str, model: QAbstractItemModel | None) -> Iterator[str]:
    if model is None:
        return
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(min(model.rowCount(), ROWS)):
        for column in range(min(columns, COLUMNS)):
            index = model.index(row, column)
            for role in roles:
                text = index.data(role)
                if isinstance(text, str) and hides(text):
                    yield f"{name} gives a hidden character: {text[:60]!a}"
            tip = index.data(Qt.ItemDataRole.ToolTipRole)
            if isinstance(tip, str) and tip and not _is_plain_tip(tip):
                yield f"{name} gives a tip of markup: {tip[:60]!a}"


@functools.cache
def hides(text: str, *, keeps_lines: bool = False) -> bool:
    """Tell whether a text holds what no eye sees or what turns its neighbours round."""
    lines = "\n" if keeps_lines else ""
    return any(unicodedata.category(each) in HIDDEN_KINDS and each not in lines for each in text)


def _is_plain_tip(tip: str) -> bool:
    """Tell whether Qt shows a tip as it was written: as our own span of encoded text, or plain."""
    return bool(_OWN_SPAN.match(tip)) or not _is_rich(tip)


def _is_rich(text: str) -> bool:
    """Tell whether Qt, which looks for a tag, may read a text as markup."""
    return bool(_TAG.search(text))


def clipboard_text() -> str:
    """Give what stands on the clipboard, and that nothing but plain text does."""
    data = QApplication.clipboard().mimeData()
    assert data is not None
    assert not data.hasHtml()
    assert not data.hasUrls()
    return data.text()
