"""What cannot be done now, and why, as the actions of the table say it."""

from __future__ import annotations

from relconsole.domain.night.bridge_commands import BeginHold
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole_ui.presenters.possible import NOT_OPEN, present_possible
from tests.unit.presenters.night_plan import RUN
from tests.unit.presenters.scenes import Stage, before, calm, finished, polling

OF_A_NIGHT = ("hold", "resume", "problem", "ask-next")


def held(cause: HoldCause) -> Stage:
    stage = calm()
    stage.do("02:12", BeginHold(run=RUN, cause=cause, thing="bridge", reasons=("wait",)))
    return stage


def test_that_before_the_night_it_can_only_be_opened() -> None:
    found = present_possible(before().seen(), is_conducting=False)
    assert found["open-night"] == ""
    assert {found[deed] for deed in OF_A_NIGHT} == {NOT_OPEN}
    assert found["leave-night"] == "it is not conducted from here"


def test_that_a_night_nobody_conducts_can_be_taken_up_and_held() -> None:
    found = present_possible(calm().seen(), is_conducting=False)
    assert (found["open-night"], found["hold"], found["problem"]) == ("", "", "")


def test_that_a_night_that_is_conducted_here_can_be_left_and_not_opened_again() -> None:
    found = present_possible(calm().seen(), is_conducting=True)
    assert found["open-night"] == "it is conducted from here"
    assert found["leave-night"] == ""


def test_that_a_night_that_is_over_is_neither_opened_nor_held() -> None:
    found = present_possible(finished().seen(), is_conducting=False)
    assert found["open-night"] == "the night is over"
    assert {found[deed] for deed in OF_A_NIGHT} == {NOT_OPEN}


def test_that_only_a_hold_that_somebody_ends_can_be_ended() -> None:
    def resume(stage: Stage) -> str:
        return present_possible(stage.seen(), is_conducting=True)["resume"]

    assert resume(calm()) == "nothing is held"
    assert resume(held(HoldCause.PERSON)) == ""
    assert resume(held(HoldCause.MONITORING)) == "nothing is held"


def test_that_a_station_is_asked_while_a_gate_is_open() -> None:
    assert present_possible(polling().seen(), is_conducting=True)["ask-next"] == ""
