"""Asking where a file shall go, beside the window and never before it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where(
    parent: QWidget, title: str, name: str, kinds: str, chosen: Callable[[str], None]
) -> QFileDialog:
    """Give the open question where to save a file; ``chosen`` gets the path a person decides on.

    ``kinds`` is in Qt's writing, such as ``CSV (*.csv)``. The rest of the window can be used
    meanwhile.
    """
    dialog = QFileDialog(parent, title, name, kinds)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.selectFile(name)
    dialog.setModal(False)
    dialog.fileSelected.connect(chosen)
    dialog.show()
    return dialog
