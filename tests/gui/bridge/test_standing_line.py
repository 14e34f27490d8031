"""The line over what runs: why the night stands still, the act that lets it, what was refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from relconsole.domain.night.bridge_commands import BeginHold
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole_ui.controllers.conducting import Conducting
from relconsole_ui.controllers.night import NightController
from relconsole_ui.controllers.room import Answer, NotDone
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.standing import StandingRows
from relconsole_ui.views.bridge.standing import StandingLine
from tests.gui.bot import Bot
from tests.gui.plan.rooms import room_of
from tests.unit.presenters.night_plan import RUN
from tests.unit.presenters.scenes import Stage, before, calm


class Conducts(Conducting):
    """Conducts as the test says, and counts how often it was begun and left."""

    def __init__(self, *, is_conducting: bool, answer: Answer = None) -> None:
        self.conducts = is_conducting
        self.answer = answer
        self.begun = 0
        self.left = 0

    @property
    def is_conducting(self) -> bool:
        return self.conducts

    @property
    def is_busy(self) -> bool:
        return self.conducts

    @property
    def waits_for(self) -> tuple[str, ...]:
        return ()

    def begin(
        self,
        *,
        rehearsal: bool,
        answered: Callable[[Answer], None],
        ended: Callable[..., None],
    ) -> None:
        del rehearsal, ended
        self.begun += 1
        answered(self.answer)

    def leave(self) -> None:
        self.left += 1


Made = tuple[StandingLine, NightController, Conducts]


def line_of(stage: Stage, look: Look, bot: Bot, conducts: Conducts) -> Made:
    line = StandingLine(look)
    bot.show(line, 420, 48)
    return line, NightController(room_of(stage), conducts, line), conducts


def held() -> Stage:
    stage = calm()
    stage.do("02:12", BeginHold(run=RUN, cause=HoldCause.PERSON, thing="bridge", reasons=("w",)))
    return stage


def test_that_nothing_is_said_while_the_night_goes_on(dressed: Look, bot: Bot) -> None:
    line, _, _ = line_of(calm(), dressed, bot, Conducts(is_conducting=True))
    assert line.isHidden()


@pytest.mark.parametrize("stage", [before, calm], ids=["not open", "nobody conducts"])
def test_that_the_night_is_begun_by_its_button(
    dressed: Look, bot: Bot, stage: Callable[[], Stage]
) -> None:
    line, _, conducts = line_of(stage(), dressed, bot, Conducts(is_conducting=False))
    assert line.isVisible()
    bot.focus(line.act)
    bot.key(line.act, Qt.Key.Key_Return)
    assert conducts.begun == 1


def test_that_a_hold_is_ended_by_its_button(dressed: Look, bot: Bot) -> None:
    stage = held()
    line, _, _ = line_of(stage, dressed, bot, Conducts(is_conducting=True))
    assert line.act.label == "End the hold"
    bot.key(line.act, Qt.Key.Key_Return)
    assert stage.state.runs[RUN].holds == ()
    assert line.isHidden()


def test_that_why_the_night_is_not_opened_stands_on_the_line(dressed: Look, bot: Bot) -> None:
    refused = Conducts(is_conducting=False, answer=NotDone("The window is not open yet."))
    line, night, _ = line_of(before(), dressed, bot, refused)
    night.begin()
    assert line.failure.text() == "The window is not open yet."
    assert line.failure.isVisible()


def test_that_a_hold_that_is_refused_is_told_though_nothing_stands_still(
    dressed: Look, bot: Bot
) -> None:
    line, _, _ = line_of(calm(), dressed, bot, Conducts(is_conducting=True))
    line.show_failure("This console has no person.")
    assert line.isVisible()
    assert line.failure.isVisible()
    line.show_rows(StandingRows())
    assert line.isVisible()
    line.show_failure("")
    assert line.isHidden()


def test_that_another_reason_takes_an_old_failure_away(dressed: Look, bot: Bot) -> None:
    line, night, _ = line_of(before(), dressed, bot, Conducts(is_conducting=False))
    line.show_failure("The window is not open yet.")
    line.show_rows(StandingRows(says="Held since 02:12"))
    assert line.failure.text() == ""
    night.act()


def test_that_the_night_is_held_and_left_by_their_actions(dressed: Look, bot: Bot) -> None:
    stage = calm()
    _, night, conducts = line_of(stage, dressed, bot, Conducts(is_conducting=True))
    night.hold()
    assert stage.state.runs[RUN].holds[0].reasons == ("Mara Okafor holds the night",)
    night.leave()
    assert conducts.left == 1


def test_that_without_a_night_nothing_is_held_or_let_go(dressed: Look, bot: Bot) -> None:
    stage = before()
    _, night, _ = line_of(stage, dressed, bot, Conducts(is_conducting=False))
    facts = len(stage.facts)
    night.hold()
    night.end_hold()
    assert len(stage.facts) == facts
