"""The brief in its sheet, the hand-over, and the line."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from relconsole.domain.night.bridge_commands import OfferHandover
from relconsole.domain.night.brief import brief_digest, make_brief
from relconsole_ui.controllers.brief import BriefController
from relconsole_ui.controllers.line import LineController
from relconsole_ui.design.look import Look
from relconsole_ui.views.bridge.brief import BriefView
from relconsole_ui.views.bridge.line import LineControl
from tests.gui.bot import Bot
from tests.gui.bridge.rooms import room_of
from tests.unit.presenters.night_plan import INES, MARA, RUN, release, workspace
from tests.unit.presenters.scenes import Stage, alarm, before, calm


def sheet(stage: Stage, bot: Bot, look: Look) -> tuple[BriefView, BriefController]:
    view = bot.add(BriefView(look))
    view.resize(708, 600)
    return view, BriefController(room_of(stage), view)


def test_that_one_call_shows_the_brief_to_read(dressed: Look, bot: Bot) -> None:
    view, brief = sheet(alarm(), bot, dressed)
    brief.open_brief()
    bot.settle()
    assert view.text.hasFocus()
    assert "Payments Core 2026.4 cutover" in view.text.toPlainText()
    assert QApplication.activeModalWidget() is None
    bot.key(view.text, Qt.Key.Key_Escape)
    assert not view.isVisible()


def test_that_no_line_of_a_brief_wraps_at_the_width_it_asks_for(dressed: Look, bot: Bot) -> None:
    view, brief = sheet(alarm(), bot, dressed)
    view.resize(view.sizeHint())
    brief.open_brief()
    bot.settle()
    document = view.text.document()
    blocks = [document.findBlockByNumber(at) for at in range(document.blockCount())]
    assert {block.lineCount() for block in blocks} == {1}


def test_that_the_brief_is_copied_as_it_stands(dressed: Look, bot: Bot) -> None:
    view, brief = sheet(calm(), bot, dressed)
    brief.open_brief()
    view.copy_text()
    assert QGuiApplication.clipboard().text() == view.text.toPlainText()
    assert view.note.text() == "copied"


def test_that_the_command_is_offered_over_the_brief_that_is_shown(dressed: Look, bot: Bot) -> None:
    stage = calm()
    view, brief = sheet(stage, bot, dressed)
    brief.open_brief()
    view.person.setCurrentIndex(view.person.findData(INES))
    view.person.activated.emit(view.person.currentIndex())
    bot.click(view.offer)
    offer = stage.state.runs[RUN].handover
    assert offer is not None
    assert offer.to == INES
    assert view.text.toPlainText().rstrip().endswith(offer.brief)
    assert view.standing.text() == "Mara Okafor offers the command to Ines Duarte"
    assert not view.accept.isVisible()


def test_that_whoever_it_is_offered_to_accepts_it(dressed: Look, bot: Bot) -> None:
    stage = calm()
    run = stage.state.runs[RUN]
    digest = brief_digest(make_brief(run, release(), workspace().estate, stage.now))
    stage.do("02:12", OfferHandover(run=RUN, to=MARA, brief=digest))
    view, brief = sheet(stage, bot, dressed)
    brief.open_brief()
    bot.click(view.accept)
    assert stage.state.runs[RUN].handover is None
    assert view.notice.text() == ""


def test_that_before_the_night_nothing_is_copied_or_handed_over(dressed: Look, bot: Bot) -> None:
    view, brief = sheet(before(), bot, dressed)
    brief.open_brief()
    assert not view.copy.isEnabled()
    brief.offer(INES)
    brief.accept()
    assert not view.offer.isVisible()


def test_that_one_stroke_stops_the_line_and_the_reason_may_follow(dressed: Look, bot: Bot) -> None:
    stage = calm()
    view = LineControl(dressed)
    line = LineController(room_of(stage), view)
    bot.show(view, 480, 80)
    line.stop()
    stop = stage.state.runs[RUN].stop
    assert stop is not None
    assert view.says.text() == "Mara Okafor stopped the line at 02:11:42"
    assert view.note_line.field.hasFocus()
    QTest.keyClicks(view.note_line.field, "smoke in the rack")
    QTest.keyClick(view.note_line.field, Qt.Key.Key_Return)
    assert not view.note_line.isVisible()
    resumed: list[str] = []
    line.on_resume = resumed.append
    bot.click(view.resume)
    assert resumed == [stop.fact]


def test_that_a_line_of_no_night_cannot_be_stopped(dressed: Look, bot: Bot) -> None:
    view = LineControl(dressed)
    line = LineController(room_of(before()), view)
    bot.show(view, 480, 80)
    assert not view.stop.isEnabled()
    line.stop()
    line.give_reason("none")
    line.resume("none")
    assert view.notice.text() == "No night is open, so nothing runs."
