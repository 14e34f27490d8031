"""The step card by keys: acts, reasons, for whom they are recorded, and what stays on the card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from relconsole.domain.kernel.ids import EffectId, StepId
from relconsole.domain.night.facts import Followers, StepState
from relconsole.domain.record.effect import EffectState, Outcome
from relconsole_ui.controllers.steps import StepsController
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.step_card import present_step_card
from relconsole_ui.views.bridge.running import RunningList
from relconsole_ui.views.bridge.step_card import StepCard
from relconsole_ui.views.parts.button import ActionButton
from tests.gui.bot import Bot
from tests.gui.plan.rooms import room_of
from tests.unit.presenters.night_plan import JO, RUN
from tests.unit.presenters.scenes import Stage, calm, finished, lost_job


class Board:
    """The list and the card of a night, in one window."""

    def __init__(self, stage: Stage, look: Look, bot: Bot) -> None:
        self.stage = stage
        self.bot = bot
        self.room = room_of(stage)
        self.running, self.card = RunningList(look), StepCard(look)
        self.steps = StepsController(self.room, self.running, self.card)
        self.window = QWidget()
        column = QVBoxLayout(self.window)
        column.addWidget(self.running)
        column.addWidget(self.card, 1)
        bot.show(self.window, 452, 720)

    def choose(self, step: str) -> None:
        """Put a step on the card, with the keyboard on it."""
        self.steps.choose(step)
        self.bot.focus(self.card)

    def offers(self) -> dict[str, ActionButton]:
        """The buttons in sight by their labels."""
        found = self.card.findChildren(ActionButton)
        return {each.label: each for each in found if each.isVisible()}

    def press(self, text: str) -> None:
        """Press a button by key."""
        button = self.offers()[text]
        self.bot.focus(button)
        self.key(Qt.Key.Key_Return)

    def key(self, key: Qt.Key) -> None:
        """Press a key where the keyboard is."""
        focus = self.window.focusWidget()
        QTest.keyClick(focus, key)
        self.bot.settle()

    def gives_reason(self, text: str) -> None:
        """Write a reason and record it."""
        assert self.card.form.note.hasFocus()
        QTest.keyClicks(self.card.form.note, text)
        self.key(Qt.Key.Key_Return)

    def state(self, step: str) -> StepState:
        """Where a step stands, as it is on disk."""
        return self.stage.state.runs[RUN].steps[StepId(step)].state


@pytest.fixture
def board(dressed: Look, bot: Bot) -> Iterator[Board]:
    """A calm night."""
    found = Board(calm(), dressed, bot)
    yield found
    found.room.unfollow()


def test_that_enter_on_the_card_completes_the_step(board: Board) -> None:
    board.choose("warm")
    board.key(Qt.Key.Key_Return)
    assert board.state("warm") is StepState.DONE
    assert board.card.failure.text() == ""


def test_that_enter_on_the_list_goes_to_the_card_and_ends_nothing(board: Board) -> None:
    board.bot.focus(board.running.rows)
    board.key(Qt.Key.Key_Down)
    board.key(Qt.Key.Key_Return)
    assert board.card.hasFocus()
    assert {board.state(step) for step in ("watch-lag", "warm", "shift")} == {StepState.RUNNING}


@pytest.mark.parametrize(
    ("text", "state"), [("Failed", StepState.FAILED), ("Waits", StepState.WAITING)]
)
def test_that_an_act_with_a_reason_is_recorded_with_it(
    board: Board, text: str, state: StepState
) -> None:
    board.choose("warm")
    board.press(text)
    board.gives_reason("the model is not there")
    assert board.state("warm") is state
    found = board.stage.state.runs[RUN].steps[StepId("warm")]
    said = found.waits_for if state is StepState.WAITING else found.attempts[-1].note
    assert said == "the model is not there"
    assert not board.card.form.isVisible()


@pytest.mark.parametrize(
    ("text", "state"), [("Skip", StepState.SKIPPED), ("Not needed", StepState.NOT_NEEDED)]
)
def test_that_a_step_before_its_start_is_let_out_with_a_reason(
    board: Board, text: str, state: StepState
) -> None:
    board.choose("purge")
    board.press(text)
    board.gives_reason("the edge is purged by itself")
    assert board.state("purge") is state


def test_that_a_reason_is_not_left_out(board: Board) -> None:
    board.choose("warm")
    board.press("Failed")
    board.key(Qt.Key.Key_Return)
    assert board.card.form.lacks.text() == "This needs a reason."
    assert board.card.form.note.hasFocus()
    assert board.state("warm") is StepState.RUNNING


def test_that_escape_leaves_the_reason_and_records_nothing(board: Board) -> None:
    board.choose("warm")
    board.press("Failed")
    QTest.keyClicks(board.card.form.note, "oh")
    board.key(Qt.Key.Key_Escape)
    assert not board.card.form.isVisible()
    assert board.card.hasFocus()
    assert board.state("warm") is StepState.RUNNING
    board.press("Failed")
    assert board.card.form.note.text() == ""


def test_that_what_follows_a_failed_step_is_decided_on_the_card(board: Board) -> None:
    board.stage.end("02:12", "warm", StepState.FAILED, "no model")
    board.choose("warm")
    board.press("Let followers go on")
    board.gives_reason("the old model serves")
    assert board.stage.state.runs[RUN].steps[StepId("warm")].followers is Followers.GO_ON


def test_that_followers_of_a_failed_step_are_dropped_on_the_card(board: Board) -> None:
    board.stage.end("02:12", "warm", StepState.FAILED, "no model")
    board.choose("warm")
    board.press("Followers not needed")
    board.gives_reason("nothing follows")
    assert board.stage.state.runs[RUN].steps[StepId("warm")].followers is Followers.NOT_NEEDED


def test_that_enter_repeats_a_failed_step(board: Board) -> None:
    board.stage.end("02:12", "warm", StepState.FAILED, "no model")
    board.choose("warm")
    board.key(Qt.Key.Key_Return)
    found = board.stage.state.runs[RUN].steps[StepId("warm")]
    assert found.state in {StepState.NOT_STARTED, StepState.RUNNING}


def test_that_an_act_for_somebody_else_says_for_whom_and_how_it_was_heard(board: Board) -> None:
    board.choose("shift")
    board.press("Failed")
    assert board.card.form.says.text().startswith("Failed, recorded for Jo")
    board.card.form.heard.setCurrentText("chat")
    board.gives_reason("it flaps")
    ended = board.stage.facts[-1].fact
    assert board.state("shift") is StepState.FAILED
    assert (getattr(ended, "said", None) or ended) is not None
    said = [it for it in map(str, board.stage.facts[-3:]) if "chat" in it and str(JO) in it]
    assert said


def test_that_the_step_stays_on_the_card_while_its_reason_is_written(board: Board) -> None:
    shown = board.steps.shown
    assert shown is not None
    board.bot.focus(board.card)
    board.press("Failed")
    QTest.keyClicks(board.card.form.note, "it does not ans")
    for other in ("watch-lag", "warm", "shift"):
        if other != shown:
            board.stage.end("02:13", other, StepState.FAILED, "gone")
            break
    board.room.show()
    assert board.steps.shown == shown
    assert board.card.form.note.text() == "it does not ans"
    assert board.card.form.note.hasFocus()
    board.gives_reason("wer")
    assert board.state(shown) is StepState.FAILED
    board.room.show()
    assert board.steps.shown == other


def test_that_another_step_put_on_the_card_asks_for_no_reason_of_the_first(board: Board) -> None:
    board.choose("warm")
    board.press("Failed")
    board.choose("watch-lag")
    assert not board.card.form.isVisible()
    assert board.steps.shown == "watch-lag"


def test_that_a_chosen_step_stays_until_it_is_over_wherever_it_ends(board: Board) -> None:
    board.choose("warm")
    board.room.show()
    assert board.steps.shown == "warm"
    board.stage.end("02:13", "warm")
    board.room.show()
    assert board.steps.chosen is None
    assert board.steps.shown != "warm"


def test_that_a_step_that_is_over_can_be_looked_at(board: Board) -> None:
    board.choose("smoke")
    board.room.show()
    assert board.steps.shown == "smoke"
    assert set(board.offers()) == {"Repeat"}


def test_that_why_an_act_was_refused_stands_on_the_card(board: Board) -> None:
    board.choose("shift")
    board.key(Qt.Key.Key_Return)
    assert board.card.failure.text() != ""
    assert board.card.failure.isVisible()
    assert board.state("shift") is StepState.RUNNING


@pytest.mark.parametrize("width", [380, 452])
def test_that_no_offer_of_a_failed_step_is_cut(board: Board, width: int) -> None:
    board.stage.end("02:12", "warm", StepState.FAILED, "no model")
    board.choose("warm")
    board.window.resize(width, 720)
    board.bot.settle()
    inside = board.card.rect()
    for text, button in board.offers().items():
        place = button.rect().translated(button.mapTo(board.card, button.rect().topLeft()))
        assert inside.contains(place), (text, place, inside)
        assert button.width() >= button.sizeHint().width(), text


def test_that_a_card_whose_last_offer_goes_still_shows_its_step(dressed: Look, bot: Bot) -> None:
    view = StepCard(dressed)
    bot.show(view, 452, 400)
    shown = present_step_card(calm().seen(), StepId("warm"))
    assert shown is not None
    view.show_rows(shown)
    view.show_rows(replace(shown, offers=()))
    assert view.title.text() == "Warm fraud-score v41"
    assert not any(each.isVisible() for each in view.findChildren(ActionButton))
    view.show_rows(shown)
    assert any(each.isVisible() for each in view.findChildren(ActionButton))


@pytest.mark.parametrize(
    ("key", "outcome"),
    [(Qt.Key.Key_E, Outcome.SUCCEEDED), (Qt.Key.Key_F, Outcome.FAILED), (Qt.Key.Key_N, None)],
)
def test_that_a_job_whose_end_nobody_knows_is_settled_on_its_card(
    dressed: Look, bot: Bot, key: Qt.Key, outcome: Outcome | None
) -> None:
    stage = lost_job()
    (hold,) = stage.state.runs[RUN].holds
    board = Board(stage, dressed, bot)
    try:
        bot.focus(board.card)
        board.key(key)
        QTest.keyClicks(board.card.form.note, "looked at the target")
        bot.key(board.card.form.note, Qt.Key.Key_Return)
        settled = stage.state.runs[RUN].effects[EffectId(hold.thing)].effect
        assert (settled.state, settled.outcome) == (EffectState.SETTLED_BY_HAND, outcome)
        assert not stage.state.runs[RUN].holds
        assert not board.card.failure.isVisible()
    finally:
        board.room.unfollow()


def test_that_checks_beyond_those_that_fit_are_counted(dressed: Look, bot: Bot) -> None:
    view = StepCard(dressed)
    shown = present_step_card(calm().seen(), StepId("shift"))
    assert shown is not None
    view.show_rows(replace(shown, more_checks="2 more"))
    bot.show(view, 452, 720)
    more = next(each for each in view.findChildren(QLabel) if each.text() == "2 more")
    assert more.isVisible()
    view.show_rows(shown)
    assert not more.isVisible()


def test_that_a_night_that_is_over_leaves_no_step_to_work_on(dressed: Look, bot: Bot) -> None:
    board = Board(finished(), dressed, bot)
    assert board.card.none.isVisible()
    board.key(Qt.Key.Key_Return)
    board.bot.focus(board.card)
    board.key(Qt.Key.Key_Return)
    assert QApplication.activeModalWidget() is None
    board.room.unfollow()


def test_that_the_reason_of_a_refused_act_is_there_when_it_is_wanted_again(
    dressed: Look, bot: Bot
) -> None:
    view = StepCard(dressed)
    bot.show(view, 452, 720)
    shown = present_step_card(calm().seen(), StepId("warm"))
    view.show_rows(shown)
    sent: list[str] = []

    def take(_act: object, note: str, _heard: object) -> None:
        sent.append(note)

    view.wanted.connect(take)
    bot.key(view, Qt.Key.Key_F)
    QTest.keyClicks(view.form.note, "no model")
    bot.key(view.form.note, Qt.Key.Key_Return)
    view.show_failure("The record cannot be written.")
    bot.key(view, Qt.Key.Key_F)
    assert view.form.note.text() == "no model"
    bot.key(view.form.note, Qt.Key.Key_Return)
    view.show_failure("")
    bot.key(view, Qt.Key.Key_F)
    assert view.form.note.text() == ""
    assert sent == ["no model", "no model"]
