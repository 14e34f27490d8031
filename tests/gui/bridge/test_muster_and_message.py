"""The people who are needed and the message that is due, by keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from relconsole.domain.night.message_facts import MessageSent
from relconsole.domain.night.muster_facts import PersonCalled, PersonGone, PersonHere
from relconsole_ui.controllers.message import MessageController
from relconsole_ui.controllers.muster import MusterController
from relconsole_ui.design.look import Look
from relconsole_ui.views.bridge.message import DraftSheet, MessageView
from relconsole_ui.views.bridge.muster import MusterView
from tests.gui.bot import Bot
from tests.gui.bridge.rooms import room_of
from tests.unit.presenters.night_plan import RUN
from tests.unit.presenters.scenes import Stage, before, calm, finished


def people(stage: Stage, look: Look, bot: Bot) -> tuple[MusterView, MusterController]:
    view = MusterView(look)
    controller = MusterController(room_of(stage), view)
    return bot.show(view, 452, 216), controller


def test_that_a_person_is_called_and_here_by_one_key_each(dressed: Look, bot: Bot) -> None:
    stage = before()
    view, _ = people(stage, dressed, bot)
    bot.focus(view.list)
    bot.key(view.list, Qt.Key.Key_C)
    assert view.list.rows[0].word == "Called"
    bot.key(view.list, Qt.Key.Key_H)
    assert view.list.rows[-1].word == "Here"
    assert [each.fact.KIND for each in stage.facts[-2:]] == [PersonCalled.KIND, PersonHere.KIND]


def test_that_who_is_here_is_spread_out_by_enter_and_may_go(dressed: Look, bot: Bot) -> None:
    stage = before()
    view, controller = people(stage, dressed, bot)
    controller.answer("jo", is_here=True)
    view.list.select("here")
    bot.key(view.list, Qt.Key.Key_Return)
    view.list.setCurrentIndex(view.list.model().index(len(view.list.rows) - 1, 0))
    assert view.gone.isVisible()
    assert not view.call.isVisible()
    bot.key(view.list, Qt.Key.Key_X)
    assert isinstance(stage.facts[-1].fact, PersonGone)


def test_that_escape_stands_on_nobody_and_the_counts_come_back(dressed: Look, bot: Bot) -> None:
    view, _ = people(calm(), dressed, bot)
    bot.focus(view.list)
    assert view.call.isVisible()
    bot.key(view.list, Qt.Key.Key_Escape)
    assert view.list.selected == ""
    assert view.note.text() == "10 to call"


def test_that_somebody_unknown_is_refused_in_place(dressed: Look, bot: Bot) -> None:
    view, controller = people(calm(), dressed, bot)
    controller.call("stranger")
    assert "the estate knows nobody called stranger" in view.notice.text()


def test_that_the_panel_keeps_its_width_as_one_walks_through_it(dressed: Look, bot: Bot) -> None:
    view, _ = people(calm(), dressed, bot)
    bot.focus(view.list)
    for _ in range(5):
        bot.key(view.list, Qt.Key.Key_Down)
        bot.settle()
    assert view.width() == 452


def message(
    stage: Stage, look: Look, bot: Bot, mails: list[str] | None = None
) -> tuple[MessageView, DraftSheet, MessageController]:
    view, sheet = MessageView(look), bot.add(DraftSheet(look))

    def open_url(url: str) -> bool:
        if mails is None:
            return False
        mails.append(url)
        return True

    controller = MessageController(room_of(stage), view, sheet, open_url)
    return bot.show(view, 240, 142), sheet, controller


def test_that_the_draft_is_altered_and_marked_as_sent(dressed: Look, bot: Bot) -> None:
    stage = calm()
    view, sheet, _ = message(stage, dressed, bot)
    assert (view.due.text(), view.left.text()) == ("02:30", "in 18:18")
    bot.click(view.open)
    assert sheet.isVisible()
    sheet.subject.setText("Payments: calm")
    bot.click(sheet.mark)
    sent = stage.facts[-1].fact
    assert isinstance(sent, MessageSent)
    assert (sent.subject, sent.facts) == ("Payments: calm", "")
    assert not sheet.isVisible()
    assert view.due.text() == "02:41"


def test_that_a_draft_sent_as_it_is_stays_bound_to_what_was_known(dressed: Look, bot: Bot) -> None:
    stage = calm()
    _, sheet, controller = message(stage, dressed, bot)
    controller.open_draft()
    bot.click(sheet.mark)
    sent = stage.facts[-1].fact
    assert isinstance(sent, MessageSent)
    assert sent.facts


def test_that_a_message_without_text_is_refused_in_the_sheet(dressed: Look, bot: Bot) -> None:
    _, sheet, controller = message(calm(), dressed, bot)
    controller.open_draft()
    sheet.text.clear()
    bot.click(sheet.mark)
    assert "a message has a subject and a text" in sheet.notice.text()
    assert sheet.isVisible()


def test_that_a_mail_is_opened_and_not_sent(dressed: Look, bot: Bot) -> None:
    stage, mails = calm(), list[str]()
    _, sheet, controller = message(stage, dressed, bot, mails)
    controller.open_draft()
    count = len(stage.facts)
    bot.click(sheet.mail)
    assert mails[0].startswith("mailto:support@example.org,partners@example.org?subject=")
    assert len(stage.facts) == count


def test_that_without_a_mail_program_the_text_can_be_copied(dressed: Look, bot: Bot) -> None:
    _, sheet, controller = message(calm(), dressed, bot)
    controller.open_draft()
    bot.click(sheet.mail)
    assert sheet.notice.text() == "No mail program answers here. Copy the text instead."
    bot.click(sheet.copy)
    assert QGuiApplication.clipboard().text().startswith("Payments Core 2026.4 cutover")


def test_that_another_message_can_be_drafted(dressed: Look, bot: Bot) -> None:
    _, sheet, controller = message(calm(), dressed, bot)
    controller.open_draft()
    sheet.which.setCurrentIndex(1)
    sheet.which.activated.emit(1)
    assert sheet.heading.text() == "Message to Service desk"
    assert not sheet.mail.isVisible()
    QTest.keyClick(sheet.text, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_that_where_nothing_is_due_no_draft_comes_up(dressed: Look, bot: Bot) -> None:
    for stage in (before(),):
        view, sheet, controller = message(stage, dressed, bot)
        controller.open_draft()
        controller.mark_sent("a", "b")
        controller.mail("a", "b")
        assert not sheet.isVisible()
        assert view.empty.isVisible()
    over = finished()
    _, sheet, controller = message(over, dressed, bot)
    controller.open_draft("support")
    assert sheet.isVisible()
    assert over.state.runs[RUN].is_over
