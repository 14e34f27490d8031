"""The sheet with the brief: to read, copy and print, and to hand the command over."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QTextOption
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import LONG_TEXT_CAP, safe_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.brief import BriefRows
from relconsole_ui.presenters.problem_form import Choice
from relconsole_ui.views.bridge.choice_box import chosen_of, fill_box, narrow_box
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.bridge.side_sheet import SideSheet
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words

BUTTON = 32
COLUMNS, SIDES = 80, 84
LONGEST_BRIEF = 25 * LONG_TEXT_CAP


class BriefView(SideSheet):
    """The brief as it was when it was asked for; it does not change while somebody reads."""

    reader_chosen = Signal(str)
    offered = Signal(str)
    accepted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Brief", parent)
        self._known: Sequence[Choice] = ()
        self._dialog: QDialog | None = None
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setAccessibleName("Brief")
        self.text.setTabChangesFocus(True)
        flags = Qt.TextInteractionFlag
        self.text.setTextInteractionFlags(
            flags.TextSelectableByKeyboard | flags.TextSelectableByMouse
        )
        self.copy = ActionButton(look, "Copy", icon_name="copy", height=BUTTON)
        self.print_it = ActionButton(look, "Print", icon_name="printer", height=BUTTON)
        self.standing = Words(look, TextRole.BODY_STRONG, elides=True)
        self.why = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.person = narrow_box("Who takes over")
        self.offer = ActionButton(look, "Offer the command", height=BUTTON)
        self.accept = ActionButton(look, "Accept the command", height=BUTTON)
        self.notice = Notice(look)
        self._lay_out()
        self.copy.clicked.connect(self.copy_text)
        self.print_it.clicked.connect(self.ask_printer)
        self.person.activated.connect(self._choose_reader)
        self.offer.clicked.connect(lambda: self.offered.emit(chosen_of(self.person)))
        self.accept.clicked.connect(self.accepted)
        look.changed.connect(self._follow_sheet_look)
        self._follow_sheet_look()

    def show_rows(self, rows: BriefRows) -> None:
        """Show a brief."""
        self.notice.say("")
        self.set_title(rows.title)
        safe = safe_text(rows.text, LONGEST_BRIEF, keeps_lines=True)
        if safe != self.text.toPlainText():
            self.text.setPlainText(safe)
        is_brief = rows.digest is not None
        for button in (self.copy, self.print_it):
            button.set_possible(is_brief, rows.text)
        self.show_standing(rows)

    def show_standing(self, rows: BriefRows) -> None:
        """Show who has the command, and what may be done about it; the brief stays as it is."""
        self.standing.setText(rows.standing)
        self.why.setText(rows.why)
        self.why.setVisible(bool(rows.why))
        if self._known != rows.people:
            self._known = rows.people
            fill_box(self.person, rows.people, chosen_of(self.person))
        for part in (self.person, self.offer):
            part.setVisible(rows.may_offer)
        self.accept.setVisible(rows.may_accept)

    def take_keyboard(self) -> None:
        """Let the keyboard read the brief."""
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def copy_text(self) -> None:
        """Copy the brief, so that it can be pasted."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.set_note("copied")

    def ask_printer(self) -> None:
        """Ask for the printer, beside everything else."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter()
        printer.setDocName(self.heading.text())
        dialog = QPrintDialog(printer, self)
        dialog.setModal(False)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.text.print_(printer))
        self._dialog = dialog
        dialog.show()

    def sizeHint(self) -> QSize:
        """Give the width in which no line of a brief wraps."""
        look = self._look
        width = COLUMNS * look.metrics(TextRole.MONO).horizontalAdvance("m")
        return QSize(int(width) + look.px(SIDES), super().sizeHint().height())

    def show_failure(self, words: str) -> None:
        """Say why something was not done."""
        self.notice.say(words)

    def _choose_reader(self) -> None:
        self.reader_chosen.emit(chosen_of(self.person))

    def _lay_out(self) -> None:
        self._ways = QHBoxLayout()
        self._ways.addWidget(self.copy)
        self._ways.addWidget(self.print_it)
        self._ways.addStretch(1)
        self._command = QHBoxLayout()
        self._command.addWidget(self.person, 1)
        self._command.addWidget(self.offer)
        self._command.addWidget(self.accept)
        self.body.addWidget(self.text, 1)
        self.body.addLayout(self._ways)
        self.body.addWidget(self.standing)
        self.body.addWidget(self.why)
        self.body.addLayout(self._command)
        self.body.addWidget(self.notice)

    def _follow_sheet_look(self) -> None:
        self.text.setFont(self._look.font(TextRole.MONO))
        for line in (self._ways, self._command):
            line.setSpacing(self._look.px(8))
