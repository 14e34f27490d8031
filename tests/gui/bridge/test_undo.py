"""Taking the last act back, as its key does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.bridge_commands import BeginHold, EndHold
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.step_commands import Said
from relconsole_ui.controllers.undo import UndoController
from relconsole_ui.presenters.undo import WITHIN
from tests.gui.plan.rooms import room_of
from tests.unit.presenters.night_plan import RUN
from tests.unit.presenters.scenes import Stage, calm


class Taken:
    """A night with somebody who takes back, and what was said of it."""

    def __init__(self) -> None:
        self.stage: Stage = calm()
        self.said: list[str] = []
        room = room_of(self.stage)
        # Nothing is shown here, so that a fact needs no loop to be handed on.
        room._is_due = True
        self.stage.listener = room.take_fact
        self.undo = UndoController(room, self.said.append)

    def hold(self) -> None:
        began = BeginHold(run=RUN, cause=HoldCause.PERSON, thing="bridge", reasons=("wait",))
        self.stage.do("02:12", began)


@pytest.fixture
def taken() -> Taken:
    return Taken()


def test_that_nothing_is_taken_back_before_anything_was_done(taken: Taken) -> None:
    assert taken.undo.text == ""
    taken.undo.undo()
    assert taken.said == [f"Not taken back: {taken.undo.why_not}."]


def test_that_the_end_of_a_step_is_taken_back_once(taken: Taken) -> None:
    taken.stage.end("02:12", "warm")
    assert taken.undo.text == "Warm fraud-score v41: done"
    taken.undo.undo()
    assert taken.stage.state.runs[RUN].steps[StepId("warm")].state is StepState.NOT_STARTED
    assert taken.said == ["Taken back: Warm fraud-score v41: done."]
    assert taken.undo.text == ""
    taken.undo.undo()
    assert taken.said[1].startswith("Not taken back: nothing")


def test_that_a_hold_is_taken_back_and_not_put_on_again_by_the_next_press(taken: Taken) -> None:
    taken.hold()
    taken.undo.undo()
    taken.undo.undo()
    assert not taken.stage.state.runs[RUN].holds
    assert taken.said == ["Taken back: the hold.", f"Not taken back: {taken.undo.why_not}."]


def test_that_what_is_too_old_is_not_taken_back(taken: Taken) -> None:
    taken.hold()
    taken.stage.clock.advance((WITHIN + timedelta(seconds=1)).total_seconds())
    taken.undo.undo()
    assert taken.stage.state.runs[RUN].holds
    assert taken.said[0].startswith("Not taken back:")


def test_that_a_refused_taking_back_says_why(taken: Taken) -> None:
    taken.hold()
    ended = EndHold(run=RUN, cause=HoldCause.PERSON, thing="bridge", said=Said(note="on"))
    taken.stage.do("02:12", ended, by=None)
    taken.undo.undo()
    assert taken.said[0].startswith("Not taken back:")
