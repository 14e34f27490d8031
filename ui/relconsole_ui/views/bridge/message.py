"""The panel of the next message, and the sheet with its draft."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import LONG_TEXT_CAP, safe_text, spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.message import DraftRows, MessageRows
from relconsole_ui.views.bridge.choice_box import chosen_of, fill_box, narrow_box
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.bridge.side_sheet import SideSheet
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.words import Words

BUTTON = 32


class MessageView(Panel):
    """When the next message is due, for whom, and the way to its draft."""

    open_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Next message", parent)
        self.due = Words(look, TextRole.METRIC)
        self.left = Words(look, TextRole.BODY, "", "t2")
        self.audience = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.state = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.open = ActionButton(look, "Open draft", "M", height=BUTTON)
        self.empty = Words(look, TextRole.BODY, "", "t2", elides=True)
        self._clock = QHBoxLayout()
        self._clock.addWidget(self.due)
        self._clock.addWidget(self.left)
        self._clock.addStretch(1)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.state, 1)
        self._foot.addWidget(self.open)
        self.body.addWidget(self.empty)
        self.body.addLayout(self._clock)
        self.body.addWidget(self.audience)
        self.body.addLayout(self._foot)
        self.open.clicked.connect(self.open_wanted)
        look.changed.connect(self._follow_panel_look)
        self._follow_panel_look()
        self.show_rows(MessageRows(title="Next message"))

    def show_rows(self, rows: MessageRows) -> None:
        """Show the message that is due next."""
        self.set_title(rows.title)
        self.set_note(rows.note)
        self.due.setText(rows.due)
        self.left.show_words(rows.left, rows.tone or "t2")
        self.audience.setText(rows.audience)
        self.state.setText(rows.state)
        self.empty.setText(rows.empty)
        self.empty.setVisible(bool(rows.empty))
        for part in (self.due, self.left, self.audience, self.state, self.open):
            part.setVisible(bool(rows.message))
        self.setAccessibleDescription(spoken_text(rows.sentence))

    def _follow_panel_look(self) -> None:
        self._clock.setSpacing(self._look.px(10))
        self._foot.setSpacing(self._look.px(8))
        self._layout.setSpacing(self._look.px(2))
        self.body.setSpacing(self._look.px(2))


class DraftSheet(SideSheet):
    """A draft; ``sent`` gives the subject and the text as they went out."""

    message_chosen = Signal(str)
    mail_wanted = Signal(str, str)
    sent = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Message", parent)
        self._rows: DraftRows | None = None
        self.which = narrow_box("Message")
        self.to = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.subject = QLineEdit()
        self.subject.setAccessibleName("Subject")
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Text")
        self.text.setTabChangesFocus(True)
        self.copy = ActionButton(look, "Copy", icon_name="copy", height=BUTTON)
        self.mail = ActionButton(look, "Open as mail", icon_name="envelope-simple", height=BUTTON)
        self.mark = ActionButton(look, "Mark sent", kind="primary", height=BUTTON)
        self.notice = Notice(look)
        self._line = QHBoxLayout()
        for button in (self.copy, self.mail):
            self._line.addWidget(button)
        self._line.addStretch(1)
        self._line.addWidget(self.mark)
        for part in (self.which, self.to, self.subject):
            self.body.addWidget(part)
        self.body.addWidget(self.text, 1)
        self.body.addWidget(self.notice)
        self.body.addLayout(self._line)
        self.which.activated.connect(self._choose)
        self.copy.clicked.connect(self.copy_text)
        self.mail.clicked.connect(
            lambda: self.mail_wanted.emit(self.subject.text(), self.text.toPlainText())
        )
        self.mark.clicked.connect(
            lambda: self.sent.emit(self.subject.text(), self.text.toPlainText())
        )
        self._line.setSpacing(look.px(8))

    def _choose(self) -> None:
        self.message_chosen.emit(chosen_of(self.which))

    def show_draft(self, rows: DraftRows) -> None:
        """Show a draft anew; what was altered in another one is gone."""
        self._rows = rows
        self.notice.say("")
        self.set_title(rows.title)
        self.set_note(rows.state)
        fill_box(self.which, rows.choices, rows.message)
        self.which.setVisible(len(rows.choices) > 1)
        self.to.setText(f"To {rows.to_words}")
        self.subject.setText(safe_text(rows.subject))
        self.text.setPlainText(safe_text(rows.body, LONG_TEXT_CAP, keeps_lines=True))
        self.mail.setVisible(rows.is_mail)

    def take_keyboard(self) -> None:
        """Let the keyboard read and alter the text."""
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def copy_text(self) -> None:
        """Copy subject and text, so that they can be pasted."""
        copied = f"{self.subject.text()}\n\n{self.text.toPlainText()}"
        QGuiApplication.clipboard().setText(copied)
        self.set_note("copied")

    def show_failure(self, words: str) -> None:
        """Say why something was not done."""
        self.notice.say(words)
