"""What keeps a night from going on: each reason in its turn, with the act that lets it."""

from dataclasses import replace

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.bridge_commands import BeginHold, StopLine
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.step_commands import Said
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.standing import StandingAct, present_standing
from tests.unit.presenters.scenes import Stage, before, calm, finished, rehearsed, under_way


def run_of(stage: Stage) -> RunId:
    """The run on the bridge."""
    run = stage.seen().run_id
    assert run is not None
    return run


def held(stage: Stage, cause: HoldCause, *reasons: str) -> Stage:
    """The night, held for these reasons."""
    stage.do("02:05", BeginHold(run=run_of(stage), cause=cause, thing="bridge", reasons=reasons))
    return stage


def test_that_a_night_that_goes_on_says_nothing() -> None:
    rows = present_standing(calm().seen(), is_conducting=True)
    assert (rows.says, rows.act, rows.sentence) == ("", StandingAct.NONE, "")


def test_that_a_night_before_its_opening_offers_to_open_it() -> None:
    rows = present_standing(before().seen(), is_conducting=False)
    assert rows.sentence == "The night is not open. Window 01:30 to 05:00"
    assert (rows.act, rows.text, rows.key) == (StandingAct.OPEN, "Open the night", "Ctrl Enter")
    assert rows.status is Status.NOT_STARTED


def test_that_a_night_that_is_over_offers_nothing_and_a_rehearsal_another_one() -> None:
    assert present_standing(finished().seen(), is_conducting=False).says == ""
    seen = rehearsed().seen()
    assert seen.run is not None
    over = replace(seen.run, outcome=RunOutcome.FINISHED)
    ended = replace(seen.state, runs=seen.state.runs.set(over.id, over))
    rows = present_standing(replace(seen, state=ended), is_conducting=False)
    assert (rows.says, rows.text) == ("The rehearsal is over", "Rehearse again")


def test_that_a_night_nobody_conducts_is_to_be_taken_up() -> None:
    rows = present_standing(calm().seen(), is_conducting=False)
    assert (rows.act, rows.text) == (StandingAct.TAKE_UP, "Take up the night")


def test_that_a_stopped_line_names_who_stopped_it_and_why() -> None:
    stage = under_way()
    stage.do("02:05", StopLine(run=run_of(stage), said=Said(note="smoke in the hall")))
    rows = present_standing(stage.seen(), is_conducting=True)
    assert rows.sentence == "Mara Okafor stopped the line: smoke in the hall. Two people resume it."
    assert rows.act is StandingAct.NONE
    quiet = under_way()
    quiet.do("02:05", StopLine(run=run_of(quiet)))
    rows = present_standing(quiet.seen(), is_conducting=True)
    assert rows.says == "Mara Okafor stopped the line"


def test_that_a_hold_says_since_when_and_how_many_more_there_are() -> None:
    stage = held(under_way(), HoldCause.PERSON, "wait for Jo")
    rows = present_standing(stage.seen(), is_conducting=True)
    assert (rows.says, rows.more) == ("Held since 02:05:00", "wait for Jo")
    assert rows.act is StandingAct.END_HOLD
    held(stage, HoldCause.STEP)
    assert present_standing(stage.seen(), is_conducting=True).more == "wait for Jo; 1 more"


def test_that_a_hold_without_a_reason_says_its_cause_and_one_that_passes_offers_no_act() -> None:
    stage = held(under_way(), HoldCause.PERSON)
    assert present_standing(stage.seen(), is_conducting=True).more == "person"
    stage = held(under_way(), HoldCause.MONITORING, "p95 is unknown")
    rows = present_standing(stage.seen(), is_conducting=True)
    assert (rows.act, rows.text) == (StandingAct.NONE, "")
    assert "ends by itself" in rows.more


def test_that_what_keeps_a_step_from_starting_is_told() -> None:
    rows = present_standing(calm().seen(), is_conducting=True, waits_for=("ci does not answer",))
    assert rows.sentence == "Nothing moves. ci does not answer"
