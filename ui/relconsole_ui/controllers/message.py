"""The next message: its draft is read, altered, copied, opened as a mail, and marked as sent."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from relconsole.domain.night.mailto import mailto
from relconsole.domain.night.message_commands import MarkSent
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.presenters.message import DraftRows, present_draft, present_message
from relconsole_ui.views.bridge.message import DraftSheet, MessageView


def open_mail(url: str) -> bool:
    """Open a mail in the desktop's program for it; False where there is none."""
    return QDesktopServices.openUrl(QUrl(url))


class MessageController:
    """The panel and the sheet of the draft over the record."""

    def __init__(
        self,
        room: Room,
        view: MessageView,
        sheet: DraftSheet,
        open_url: Callable[[str], bool] = open_mail,
    ) -> None:
        """Take the room, the panel, the sheet, and what opens a mail."""
        self._room = room
        self._sheet = sheet
        self._open_url = open_url
        self._draft: DraftRows | None = None
        view.open_wanted.connect(self.open_draft)
        sheet.message_chosen.connect(self.open_draft)
        sheet.mail_wanted.connect(self.mail)
        sheet.sent.connect(self.mark_sent)
        sheet.left.connect(sheet.hide)
        room.follow(lambda seen: view.show_rows(present_message(seen)))

    def open_draft(self, message: str = "") -> None:
        """Show the draft of a message, or of the one due next."""
        draft = present_draft(self._room.seen(), message)
        if draft is None:
            return
        self._draft = draft
        self._sheet.show_draft(draft)
        self._sheet.show()
        self._sheet.take_keyboard()

    def mail(self, subject: str, body: str) -> None:
        """Open the message in the desktop's mail program; nothing is sent by that."""
        draft = self._draft
        if draft is not None and not self._open_url(mailto(draft.to, subject, body)):
            self._sheet.show_failure("No mail program answers here. Copy the text instead.")

    def mark_sent(self, subject: str, body: str) -> None:
        """Record that the message went out in these words."""
        run, draft = self._room.run_id, self._draft
        if run is None or draft is None:
            return
        is_as_drafted = (subject, body) == (draft.subject, draft.body)
        command = MarkSent(
            run=run,
            message=draft.message,
            moment=draft.moment,
            subject=subject,
            body=body,
            facts=draft.facts if is_as_drafted else "",
        )

        def taken(answer: Answer) -> None:
            failed = words_of(answer)
            self._sheet.show_failure(failed)
            if not failed:
                self._sheet.hide()

        self._room.command(
            f"message {draft.message} sent",
            lambda: self._room.tools.desk.submit(command),
            taken,
        )
