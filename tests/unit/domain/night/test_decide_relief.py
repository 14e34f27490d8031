"""Relief: started singly by whoever may, whatever stands still, and open until it is off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.estate.policy import Policy, ReliefRule
from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import (
    BeginHold,
    CloseLeftOpen,
    ReportClockJump,
    StopLine,
)
from relconsole.domain.night.bridge_facts import HoldCause, LeftOpen, LeftOpenClosed
from relconsole.domain.night.decide_relief import start_relief
from relconsole.domain.night.effect_facts import EffectRefused, EffectSent, Purpose
from relconsole.domain.night.facts import (
    Followers,
    RunEnded,
    RunOutcome,
    StepEnded,
    StepStarted,
    StepState,
)
from relconsole.domain.night.relief import ReliefState, entry_of, relief_state
from relconsole.domain.night.run_commands import EndRun, MoveEffect
from relconsole.domain.night.step_commands import DecideFollowers, RepeatStep, Said
from tests.unit.domain.night.nights import (
    BEN,
    CONSOLE,
    Bridge,
    bridge,
    freeze,
    intended,
    nameless,
)
from tests.unit.domain.night.reliefs import (
    OFF,
    PAGE,
    SWITCH,
    ended,
    relieved,
    runbook,
    turned_on,
    use,
)
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    INES,
    JO,
    MARA,
    RUN,
    STOP,
    TOMAS,
    at,
)


def state(night: Bridge, step: StepId = PAGE) -> ReliefState:
    found = next(each for each in night.run.runbook.relief if each.id == step)
    return relief_state(night.run, found)


def test_that_a_start_intends_the_job_as_relief() -> None:
    night = relieved()
    facts = night.does(use(PAGE, note="customers wait"), by=ASHA)
    started, job = facts
    assert isinstance(started, StepStarted)
    assert (started.attempt, started.note, started.commit) == (1, "customers wait", None)
    assert [each.purpose for each in intended((job,))] == [Purpose.RELIEF]
    assert state(night) is ReliefState.STARTING


def test_that_nothing_that_stands_still_keeps_relief() -> None:
    night = relieved()
    night.calendar = freeze(at(-60), at(600))
    night.does(BeginHold(run=RUN, cause=HoldCause.PERSON, thing=RUN, reasons=("wait",)))
    night.does(ReportClockJump(run=RUN, seconds=90), by=CONSOLE)
    night.does(StopLine(run=RUN, said=Said(note="wrong")), by=JO)
    night.does(use(PAGE), by=ASHA)
    (effect,) = night.effects(PAGE)
    night.does(MoveEffect(run=RUN, move=EffectSent(run=RUN, effect=effect)), by=CONSOLE)
    night.does(use(SWITCH))


def test_that_relief_that_waited_when_the_line_was_stopped_stays() -> None:
    night = relieved()
    night.does(use(PAGE), by=ASHA)
    night.clock += 1
    night.does(StopLine(run=RUN, said=Said(note="wrong")), by=JO)
    (effect,) = night.effects(PAGE)
    sent = MoveEffect(run=RUN, move=EffectSent(run=RUN, effect=effect))
    assert night.refuses(sent, by=CONSOLE) == ("line_stopped",)


def test_that_a_stopped_line_keeps_forward_work_all_the_same() -> None:
    night = relieved()
    night.comes_to(ANNOUNCE, STOP)
    night.does(night.start(DEPLOY), by=JO)
    night.does(StopLine(run=RUN, said=Said(note="wrong")), by=JO)
    (effect,) = night.effects(DEPLOY)
    sent = MoveEffect(run=RUN, move=EffectSent(run=RUN, effect=effect))
    assert night.refuses(sent, by=CONSOLE) == ("line_stopped",)


def test_that_relief_is_used_under_a_rollback_that_is_armed_or_fired() -> None:
    night = relieved()
    night.comes_to(ANNOUNCE, STOP)
    night.does(night.start(DEPLOY), by=JO)
    night.arms()
    night.does(use(SWITCH))
    other = relieved()
    other.comes_to(ANNOUNCE, STOP)
    other.does(other.start(DEPLOY), by=JO)
    other.fires()
    other.does(use(PAGE), by=ASHA)
    assert state(other) is ReliefState.STARTING


@pytest.mark.parametrize("who", [MARA, ASHA, "mokafor"])
def test_that_the_commander_and_the_owner_may_use_it(who: str) -> None:
    relieved().does(use(PAGE), by=who)


def test_that_nobody_else_may_unless_the_policy_names_them() -> None:
    night = relieved()
    assert night.refuses(use(PAGE), by=JO) == ("not_for_relief",)
    night.policy = Policy(relief=ReliefRule(people=(JO,), roles=("lead",)))
    night.does(use(PAGE), by=JO)
    assert night.refuses(use(SWITCH), by=INES) == ("not_for_relief",)
    night.does(use(SWITCH), by=BEN)


def test_that_the_bridge_alone_records_it_for_somebody_who_may() -> None:
    night = relieved()
    assert night.refuses(use(PAGE, for_person="jo"), by=INES) == ("not_for_relief",)
    night.policy = Policy(relief=ReliefRule(people=(JO,)))
    assert night.refuses(use(PAGE, for_person="asha"), by=JO) == ("not_the_owner",)
    night.does(use(PAGE, for_person="asha"), by=INES)
    night.does(use(SWITCH, for_person="mokafor"), by=MARA)


def test_that_requester_and_author_press_no_switch_of_their_own_change() -> None:
    night = relieved()
    night.policy = Policy(relief=ReliefRule(people=(TOMAS,)))
    assert night.refuses(use(PAGE), by=TOMAS) == ("segregation_of_duties",)


def test_that_a_reason_is_asked_for_where_the_policy_does() -> None:
    night = relieved()
    night.policy = Policy(relief=ReliefRule(reason=True))
    assert night.refuses(use(PAGE, note=" "), by=ASHA) == ("no_reason",)
    night.does(use(PAGE, note="customers wait"), by=ASHA)


def test_that_names_are_taken_at_their_word_while_nobody_is_enrolled() -> None:
    night = nameless(runbook())
    night.does(use(PAGE), by=None)


def test_that_a_rehearsal_asks_for_nobody() -> None:
    night = relieved(rehearsal=True)
    night.does(use(SWITCH), by=JO)
    night.does(ended(SWITCH), by=JO)


def test_that_another_job_than_the_plan_was_bound_to_is_not_called() -> None:
    command = replace(use(PAGE), call_now=Digest("c" * 64))
    assert relieved().refuses(command, by=ASHA) == ("call_changed",)


def test_that_an_unknown_relief_is_refused() -> None:
    night = relieved()
    refused = start_relief(night.around(), night.run, use(StepId("nothing")))
    assert isinstance(refused, Refusal)
    assert refused.reasons[0].rule == "unknown_step"


# What is on stays open until it is off.


def test_that_relief_that_is_on_is_left_open_with_what_turns_it_off() -> None:
    night = relieved()
    turned_on(night)
    entry = night.run.left_open[entry_of(PAGE)].entry
    assert entry.what == "Show the page is on since 2026-04-20T23:35:00Z"
    assert (entry.owner, entry.closes) == (ASHA, "undo-page, which turns it off")
    assert state(night) is ReliefState.ON
    assert night.refuses(use(PAGE), by=ASHA) == ("step_state",)


def test_that_turning_it_off_closes_the_entry_and_it_can_be_used_again() -> None:
    night = turned_on(relieved())
    night.does(use(OFF))
    assert state(night) is ReliefState.STOPPING
    night.succeeds(OFF)
    facts = night.does(ended(OFF), by=CONSOLE)
    assert [type(fact) for fact in facts] == [StepEnded, LeftOpenClosed]
    assert state(night) is ReliefState.OFF
    assert night.refuses(use(OFF)) == ("step_state",)
    night.does(use(PAGE), by=ASHA)
    assert len(night.run.steps[PAGE].attempts) == 2


def test_that_turning_it_off_may_fail_and_leaves_it_on() -> None:
    night = turned_on(relieved())
    night.does(use(OFF))
    night.succeeds(OFF)
    facts = night.does(ended(OFF, StepState.FAILED), by=CONSOLE)
    assert [type(fact) for fact in facts] == [StepEnded]
    assert state(night) is ReliefState.ON
    night.does(use(OFF))


def test_that_what_was_closed_by_hand_meanwhile_is_not_closed_twice() -> None:
    night = turned_on(relieved())
    night.does(use(OFF))
    night.does(CloseLeftOpen(run=RUN, entry=entry_of(PAGE), said=Said(note="by hand")))
    night.succeeds(OFF)
    assert [type(fact) for fact in night.does(ended(OFF), by=CONSOLE)] == [StepEnded]
    assert state(night) is ReliefState.OFF


def test_that_relief_without_a_way_back_is_turned_back_by_hand() -> None:
    night = relieved()
    night.does(use(SWITCH))
    night.does(ended(SWITCH))
    entry = night.run.left_open[entry_of(SWITCH)].entry
    assert (entry.owner, entry.closes) == (MARA, "turning it back by hand")
    assert night.refuses(use(SWITCH)) == ("step_state",)
    night.does(CloseLeftOpen(run=RUN, entry=entry_of(SWITCH)))
    assert state(night, SWITCH) is ReliefState.OFF


def test_that_relief_that_failed_may_be_on_and_holds_nothing_up() -> None:
    night = relieved()
    night.does(use(PAGE), by=ASHA)
    night.succeeds(PAGE)
    facts = night.does(ended(PAGE, StepState.FAILED, "not shown"), by=CONSOLE)
    assert [type(fact) for fact in facts] == [StepEnded, LeftOpen]
    assert (state(night), night.run.holds) == (ReliefState.UNSURE, ())
    assert "may be on since" in night.run.left_open[entry_of(PAGE)].entry.what
    night.does(use(PAGE), by=ASHA)


def test_that_relief_whose_job_never_happened_leaves_nothing_open() -> None:
    night = relieved()
    night.does(use(PAGE), by=ASHA)
    (effect,) = night.effects(PAGE)
    night.record(EffectSent(run=RUN, effect=effect))
    night.record(EffectRefused(run=RUN, effect=effect, reason="no such job"))
    night.does(ended(PAGE, StepState.FAILED), by=CONSOLE)
    assert (state(night), dict(night.run.left_open)) == (ReliefState.FAILED, {})
    night.does(use(PAGE), by=ASHA)


def test_that_relief_by_hand_that_failed_may_be_on() -> None:
    night = relieved()
    night.does(use(SWITCH))
    night.does(ended(SWITCH, StepState.FAILED))
    assert state(night, SWITCH) is ReliefState.UNSURE


def test_that_relief_is_started_again_and_neither_repeated_nor_followed() -> None:
    night = relieved()
    night.does(use(SWITCH))
    night.does(ended(SWITCH, StepState.FAILED))
    repeat = RepeatStep(run=RUN, step=SWITCH)
    follow = DecideFollowers(run=RUN, step=SWITCH, decision=Followers.GO_ON)
    assert night.refuses(repeat) == night.refuses(follow) == ("relief_alone",)
    night.does(use(SWITCH))


@pytest.mark.parametrize("how", [StepState.SKIPPED, StepState.NOT_NEEDED])
def test_that_nobody_has_to_drop_relief(how: StepState) -> None:
    assert relieved().refuses(ended(PAGE, how, "no use")) == ("not_an_ending",)


def test_that_whoever_may_not_use_it_may_not_end_it() -> None:
    night = relieved()
    night.does(use(SWITCH))
    assert night.refuses(ended(SWITCH), by=JO) == ("not_for_relief",)


def test_that_its_checks_are_asked_as_those_of_any_step() -> None:
    night = relieved()
    night.does(use(PAGE), by=ASHA)
    night.succeeds(PAGE)
    assert night.refuses(ended(PAGE), by=ASHA) == ("check_fails",)


def test_that_a_run_goes_to_its_end_with_relief_unused_but_not_with_relief_on() -> None:
    plan = replace(runbook(), steps=runbook().steps[:1])
    night = bridge(plan)
    night.comes_to(ANNOUNCE)
    end = EndRun(run=RUN, outcome=RunOutcome.FINISHED)
    assert isinstance(night.decide(end, CONSOLE)[-1], RunEnded)  # type: ignore[index]
    turned_on(night)
    assert night.refuses(end, by=CONSOLE) == ("left_open",)


def test_that_a_run_does_not_end_under_relief_that_somebody_is_at() -> None:
    night = bridge(replace(runbook(), steps=runbook().steps[:1]))
    night.comes_to(ANNOUNCE)
    night.does(use(SWITCH))
    end = EndRun(run=RUN, outcome=RunOutcome.FINISHED)
    assert night.refuses(end, by=CONSOLE) == ("relief_underway",)
