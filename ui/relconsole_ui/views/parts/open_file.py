"""Asking which file is to be read, beside the window and never before it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_which(
    parent: QWidget, title: str, kinds: str, chosen: Callable[[str], None]
) -> QFileDialog:
    """Give the open question which file to read; ``chosen`` gets the path a person decides on.

    ``kinds`` is in Qt's writing, such as ``Spreadsheets (*.xlsx *.csv)``.
    """
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setModal(False)
    dialog.fileSelected.connect(chosen)
    dialog.show()
    return dialog
