"""Problems on the bridge: choosing, recording, opening one without a dialog."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from relconsole.domain.night.state import Problem
from relconsole_ui.controllers.problems import ProblemsController
from relconsole_ui.design.look import Look
from relconsole_ui.views.bridge.problems import ProblemsView
from tests.gui.bot import Bot
from tests.gui.bridge.rooms import room_of
from tests.unit.presenters.night_plan import RUN, SHIFT
from tests.unit.presenters.scenes import Stage, alarm, before, boxed_problem, calm


@dataclass
class Desk:
    """The panel over a staged night."""

    stage: Stage
    view: ProblemsView
    problems: ProblemsController

    def problem(self, name: str) -> Problem:
        return self.stage.state.runs[RUN].problems[name]


def panel(stage: Stage, look: Look, bot: Bot) -> Desk:
    view = ProblemsView(look)
    problems = ProblemsController(room_of(stage), view)
    bot.show(view, 352, 232)
    return Desk(stage, view, problems)


def test_that_standing_on_an_option_chooses_nothing(dressed: Look, bot: Bot) -> None:
    desk = panel(alarm(), dressed, bot)
    bot.focus(desk.view.options)
    bot.key(desk.view.options, Qt.Key.Key_Down)
    assert not desk.view.record.isEnabled()
    assert desk.view.record.why == "Choose an option."


def test_that_a_chosen_option_is_recorded_by_its_button(dressed: Look, bot: Bot) -> None:
    desk = panel(alarm(), dressed, bot)
    bot.focus(desk.view.options)
    bot.key(desk.view.options, Qt.Key.Key_Down)
    bot.key(desk.view.options, Qt.Key.Key_Space)
    assert desk.problem("P1").closed is None
    bot.click(desk.view.record)
    assert desk.problem("P1").decision.startswith("Roll back R2")
    assert desk.view.heading.text() == "Problems and decisions"


def test_that_enter_and_a_click_choose_too(dressed: Look, bot: Bot) -> None:
    desk = panel(alarm(), dressed, bot)
    desk.view.options.select(desk.view.options.rows[0].key)
    bot.key(desk.view.options, Qt.Key.Key_Return)
    assert desk.view.record.isEnabled()
    desk.view.take_choice()
    assert desk.problem("P1").decision.startswith("Hold at 25 %")


def test_that_a_problem_is_opened_in_place_and_nothing_modal_comes_up(
    dressed: Look, bot: Bot
) -> None:
    desk = panel(calm(), dressed, bot)
    desk.problems.open_problem(SHIFT)
    form = desk.view.form
    assert form.what.hasFocus()
    assert QApplication.activeModalWidget() is None
    QTest.keyClick(form.what, Qt.Key.Key_Return)
    assert form.notice.text() == "A problem says what is wrong."
    QTest.keyClicks(form.what, "p95 is high")
    QTest.keyClicks(form.question, "Hold?")
    QTest.keyClicks(form.options, "Hold; Roll back")
    QTest.keyClick(form.options, Qt.Key.Key_Return)
    opened = desk.problem("P1").opened
    assert (opened.what, opened.step, opened.options) == (
        "p95 is high",
        SHIFT,
        ("Hold", "Roll back"),
    )
    assert not form.isVisible()
    assert desk.view.title.text() == "Hold?"


def test_that_a_decision_after_the_way_back_is_refused_in_the_form(dressed: Look, bot: Bot) -> None:
    desk = panel(calm(), dressed, bot)
    desk.problems.open_problem()
    form = desk.view.form
    QTest.keyClicks(form.what, "p95 is high")
    QTest.keyClicks(form.question, "Hold?")
    form.decide_by.setText("04:00")
    form.open.click()
    assert "latest safe rollback start" in form.notice.text()
    assert form.isVisible()
    bot.key(form, Qt.Key.Key_Escape)
    assert not form.isVisible()


def test_that_without_a_night_no_form_comes_up(dressed: Look, bot: Bot) -> None:
    desk = panel(before(), dressed, bot)
    desk.problems.open_problem()
    assert not desk.view.form.isVisible()
    assert desk.view.notice.text() == "A problem is opened in a night that is open."


def test_that_a_problem_without_a_question_is_closed_with_a_note(dressed: Look, bot: Bot) -> None:
    stage = calm()
    plain = boxed_problem(question="", options=(), decides=None, decide_by=None)
    stage.do("02:12", plain)
    desk = panel(stage, dressed, bot)
    bot.click(desk.view.record)
    QTest.keyClicks(desk.view.note_line.field, "the pool was restarted")
    QTest.keyClick(desk.view.note_line.field, Qt.Key.Key_Return)
    assert desk.problem("P1").closed is not None


def test_that_a_question_without_options_asks_what_was_decided(dressed: Look, bot: Bot) -> None:
    stage = calm()
    stage.do("02:12", boxed_problem(options=()))
    desk = panel(stage, dressed, bot)
    bot.click(desk.view.record)
    bot.key(desk.view.note_line.field, Qt.Key.Key_Escape)
    assert desk.view.record.isVisible()
    bot.click(desk.view.record)
    QTest.keyClicks(desk.view.note_line.field, "hold")
    desk.view.note_line.button.click()
    assert desk.problem("P1").decision == "hold"


def test_that_the_others_are_one_button_away(dressed: Look, bot: Bot) -> None:
    stage = alarm()
    stage.do("02:17", boxed_problem(problem="P2"))
    desk = panel(stage, dressed, bot)
    assert desk.view.more.label == "1 more"
    bot.click(desk.view.more)
    assert desk.view.heading.text() == "Problem P2"
    bot.click(desk.view.more)
    assert desk.view.heading.text() == "Problem P1"


def test_that_whoever_does_not_decide_reads_who_does(dressed: Look, bot: Bot) -> None:
    stage = calm()
    stage.do("02:12", boxed_problem(decides="ines"))
    desk = panel(stage, dressed, bot)
    desk.view.pick(desk.view.options.rows[0].key)
    assert not desk.view.record.isEnabled()
    assert desk.view.otherwise.text() == "Ines Duarte decides."
    desk.problems.close_problem("P1", "Hold", "")
    assert "ines decides" in desk.view.notice.text()
