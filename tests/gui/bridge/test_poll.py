"""Polling a gate by keyboard: asking in order, answering, deciding, and being refused."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from relconsole.domain.night.facts import StationAnswered, StepState
from relconsole.domain.readiness.poll import StationAnswer
from relconsole_ui.controllers.poll import PollController
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.views.bridge.poll import PollView
from tests.gui.bot import Bot
from tests.gui.bridge.rooms import room_of
from tests.unit.presenters.night_plan import GATE, HANNA, LENA, NILS, PAOLO, RUN
from tests.unit.presenters.scenes import Stage, alarm, calm, polling


@dataclass
class Desk:
    """The panel over a staged night."""

    stage: Stage
    view: PollView
    poll: PollController

    @property
    def answers(self) -> dict[str, StationAnswered]:
        found = self.stage.state.runs[RUN].votes.get(GATE, ())
        return {vote.station: vote for vote in found}

    def type(self, text: str) -> None:
        QTest.keyClicks(self.view.bar.note.field, text)
        QTest.keyClick(self.view.bar.note.field, Qt.Key.Key_Return)


def panel(stage: Stage, look: Look, bot: Bot) -> Desk:
    view = PollView(look)
    poll = PollController(room_of(stage), view)
    bot.show(view, 352, 238)
    return Desk(stage, view, poll)


@pytest.fixture
def desk(dressed: Look, bot: Bot) -> Desk:
    return panel(polling(), dressed, bot)


def test_that_every_station_is_painted_with_its_answer(desk: Desk, bot: Bot) -> None:
    with recorded_text() as record:
        bot.picture(desk.view)
    painted = {each.text for each in record}
    assert {"Payments", "Ledger DB", "Fraud", "Edge", "Support", "Business", "GO"} <= painted
    assert "Ask Payments" in painted


def test_that_asking_stands_on_the_next_station_and_one_key_answers(desk: Desk, bot: Bot) -> None:
    desk.poll.ask_next()
    assert desk.view.list.selected == "Payments"
    assert desk.view.list.hasFocus()
    assert desk.view.list.rows[0].word == "asked 02:15"
    bot.key(desk.view.list, Qt.Key.Key_1)
    vote = desk.answers["Payments"]
    assert (vote.vote, vote.for_person, vote.heard) == (StationAnswer.GO, HANNA, "voice")
    assert desk.view.ask.label == "Ask Edge"
    assert desk.view.ask.isVisible()


def test_that_no_go_asks_for_its_reason_before_it_is_recorded(desk: Desk, bot: Bot) -> None:
    desk.poll.ask_next()
    bot.key(desk.view.list, Qt.Key.Key_2)
    assert "Payments" not in desk.answers
    assert desk.view.bar.note.field.hasFocus()
    QTest.keyClick(desk.view.bar.note.field, Qt.Key.Key_Return)
    assert "Payments" not in desk.answers
    desk.type("p95 is over its limit")
    assert desk.answers["Payments"].vote is StationAnswer.NO_GO
    assert desk.answers["Payments"].note == "p95 is over its limit"


def test_that_standing_on_a_station_offers_nothing_and_enter_or_a_click_does(
    desk: Desk, bot: Bot
) -> None:
    bot.focus(desk.view.list)
    bot.key(desk.view.list, Qt.Key.Key_1)
    assert "Payments" not in desk.answers
    bot.key(desk.view.list, Qt.Key.Key_Return)
    assert desk.view.bar.isVisible()
    bot.key(desk.view.list, Qt.Key.Key_Down)
    assert not desk.view.bar.isVisible()
    edge = desk.view.list.visualRect(desk.view.list.model().index(3, 0))
    bot.click(desk.view.list.viewport(), edge.center())
    assert desk.view.bar.isVisible()
    bot.key(desk.view.list, Qt.Key.Key_1)
    assert desk.answers["Edge"].vote is StationAnswer.GO


def test_that_escape_leaves_an_answer_unsaid(desk: Desk, bot: Bot) -> None:
    desk.poll.ask_next()
    bot.key(desk.view.list, Qt.Key.Key_3)
    bot.key(desk.view.bar.note.field, Qt.Key.Key_Escape)
    assert "Payments" not in desk.answers
    assert desk.view.ask.isVisible()


def test_that_the_deputy_answers_once_chosen(desk: Desk, bot: Bot) -> None:
    desk.view.ask_station("Business")
    bot.key(desk.view.list, Qt.Key.Key_D)
    bot.key(desk.view.list, Qt.Key.Key_1)
    assert desk.answers["Business"].for_person == PAOLO


def test_that_a_refusal_is_said_where_the_answer_was_given(desk: Desk) -> None:
    desk.view.ask_station("Edge")
    desk.poll.answer("Edge", "hold", "")
    assert "hold needs a note" in desk.view.notice.text()
    assert desk.view.notice.isVisible()


def test_that_a_station_without_a_holder_answers_nothing(desk: Desk) -> None:
    desk.poll.answer("Nowhere", "go", "")
    assert "Nowhere" not in desk.answers


def test_that_a_gate_that_is_not_open_asks_nobody(dressed: Look, bot: Bot) -> None:
    desk = panel(calm(), dressed, bot)
    desk.poll.ask_next()
    assert not desk.view.ask.isVisible()
    assert not desk.view.bar.isVisible()
    bot.focus(desk.view.list)
    bot.key(desk.view.list, Qt.Key.Key_1)
    assert desk.answers == {}


def test_that_once_all_have_answered_the_commander_decides(dressed: Look, bot: Bot) -> None:
    stage = polling()
    for station, holder in (
        ("Payments", HANNA),
        ("Edge", NILS),
        ("Support", LENA),
        ("Business", PAOLO),
    ):
        stage.vote("02:16", station, holder, StationAnswer.GO)
    desk = panel(stage, dressed, bot)
    assert desk.view.decide.isVisible()
    desk.poll.ask_next()
    desk.view.bar.buttons[0].click()
    assert desk.view.bar.note.field.hasFocus()
    desk.type("")
    assert stage.state.runs[RUN].steps[GATE].state is StepState.DONE


def test_that_the_decision_is_taken_by_its_key_and_leaves_the_keyboard_on_the_poll(
    dressed: Look, bot: Bot
) -> None:
    stage = polling()
    for station, holder in (
        ("Payments", HANNA),
        ("Edge", NILS),
        ("Support", LENA),
        ("Business", PAOLO),
    ):
        stage.vote("02:16", station, holder, StationAnswer.GO)
    desk = panel(stage, dressed, bot)
    desk.poll.ask_next()
    assert desk.view.bar.buttons[0].hasFocus()
    QTest.keyClick(desk.view.bar.buttons[0], Qt.Key.Key_1)
    assert desk.view.bar.note.field.hasFocus()
    desk.type("")
    assert stage.state.runs[RUN].steps[GATE].state is StepState.DONE
    assert desk.view.list.hasFocus()


def test_that_a_key_beside_the_offered_ones_takes_nothing(dressed: Look, bot: Bot) -> None:
    desk = panel(polling(), dressed, bot)
    desk.view.ask_station("Payments")
    button = desk.view.bar.buttons[1]
    bot.focus(button)
    QTest.keyClick(button, Qt.Key.Key_4)
    assert desk.view.bar.currentIndex() == 0
    QTest.keyClick(button, Qt.Key.Key_1)
    assert desk.answers["Payments"].vote is StationAnswer.GO


def test_that_a_decision_against_an_answer_is_refused_with_words(dressed: Look, bot: Bot) -> None:
    desk = panel(alarm(), dressed, bot)
    desk.poll.decide("go", "")
    assert "Payments answered no-go" in desk.view.notice.text()


def test_that_the_row_of_a_no_go_is_tinted_and_says_its_reason(dressed: Look, bot: Bot) -> None:
    desk = panel(alarm(), dressed, bot)
    picture = bot.picture(desk.view.list)
    tint = dressed.colour("crit_bg").name()
    assert picture.pixelColor(200, 5).name() == tint
    assert picture.pixelColor(200, 30).name() != tint
    with recorded_text() as record:
        bot.picture(desk.view)
    assert any(each.text == "H. Berg: p95 is over its limit" for each in record)
