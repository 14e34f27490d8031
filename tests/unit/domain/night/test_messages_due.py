"""Which message is due next: by what has come, what is expected, and what was said already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.alert_rules import alerts_of_record
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, HoldEnded
from relconsole.domain.night.facts import (
    GateDecided,
    RunEnded,
    RunOutcome,
    StepReopened,
)
from relconsole.domain.night.message_facts import MessageSent
from relconsole.domain.night.messages_due import DueMessage, due_messages, last_sent
from relconsole.domain.night.rollback_facts import RollbackFired
from relconsole.domain.plan.forecast import Forecast, StepForecast
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.release.messages import (
    Channel,
    MessageMoment,
    MessagePlan,
    Moment,
)
from relconsole.domain.release.release import Release
from tests.unit.domain.night.scenes import (
    DEPLOY,
    GATE,
    INES,
    JO,
    MARA,
    OTHER_PLAN,
    PLAN,
    RUN,
    Night,
    armed,
    at,
    begin,
    minutes,
    release,
)
from tests.unit.domain.night.test_ahead import forecast

START, END, BACK = (
    MessageMoment(moment=each) for each in (Moment.START, Moment.END, Moment.ROLLBACK)
)
AT_GATE = MessageMoment(moment=Moment.GATE, gate=GATE)


def plan(*moments: MessageMoment, every: float | None = None, name: str = "retail") -> MessagePlan:
    return MessagePlan(
        id=name,
        audience="Retail",
        to=("retail@example.org",),
        at=moments,
        every=None if every is None else minutes(every),
    )


def planned(*plans: MessagePlan) -> Release:
    return replace(release(), messages=plans)


def with_gate(finish: float = 20) -> Forecast:
    told = StepForecast(
        step=GATE,
        start=at(finish - 2),
        finish=at(finish),
        planned_finish=at(finish),
        slack=minutes(0),
        critical=True,
    )
    return replace(forecast(), steps=(told,), end=at(70))


def due(
    night: Night, minute: float, *plans: MessagePlan, told: Forecast | None = None
) -> DueMessage | None:
    """The first message that is due at a minute."""
    found = due_messages(night.run, planned(*plans), told, at(minute))
    return found[0] if found else None


def stands(found: DueMessage | None) -> tuple[str, float, bool, bool] | None:
    """At what it is due, in which minute, whether that is expected, and whether it is overdue."""
    if found is None:
        return None
    minute = (found.due - at(0)).total_seconds() / 60
    return str(found.moment), minute, found.expected, found.overdue


def sent(night: Night, minute: float, moment: str = "update", message: str = "retail") -> None:
    fact = MessageSent(
        run=RUN,
        message=message,
        moment=moment,
        channel=Channel.MAIL,
        to=("retail@example.org",),
        subject="s",
        body="b",
        digest=PLAN,
        facts="",
        sent_at=at(minute),
    )
    night.add(fact, minute, MARA)


def decided(night: Night, minute: float, word: StationAnswer = StationAnswer.GO) -> None:
    night.start(GATE, minute, MARA)
    night.add(GateDecided(run=RUN, step=GATE, decision=word, seen=PLAN), minute, MARA)
    if word is StationAnswer.GO:
        night.end(GATE, minute, MARA)
    else:
        hold = HoldBegan(run=RUN, cause=HoldCause.GATE, thing=GATE, reasons=("no",))
        night.add(hold, minute, MARA)


def test_that_the_start_is_told_within_five_minutes_of_it() -> None:
    night = begin()
    assert stands(due(night, 1, plan(START))) == ("start", 5, False, False)
    assert stands(due(night, 5, plan(START))) == ("start", 5, False, False)
    found = due(night, 6, plan(START))
    assert stands(found) == ("start", 5, False, True)
    assert found is not None
    assert (found.countdown(at(6)), found.last) == (minutes(-1), None)


def test_that_the_start_of_a_night_that_is_opened_early_is_that_of_its_window() -> None:
    night = begin(after=-20)
    assert stands(due(night, -10, plan(START))) == ("start", 5, True, False)
    sent(night, -5, "start")
    assert due(night, 10, plan(START)) is None


def test_that_what_was_sent_before_its_moment_is_no_word_about_it_but_the_start() -> None:
    night = begin()
    sent(night, 3, "gate:canary")
    decided(night, 12)
    assert stands(due(night, 13, plan(AT_GATE))) == ("gate:canary", 17, False, False)


def test_that_a_gate_is_forecast_until_it_was_decided() -> None:
    night = begin()
    assert due(night, 5, plan(AT_GATE)) is None
    assert stands(due(night, 5, plan(AT_GATE), told=with_gate())) == (
        "gate:canary",
        25,
        True,
        False,
    )
    # A forecast that is older than the hour makes nothing overdue.
    assert stands(due(night, 40, plan(AT_GATE), told=with_gate())) == (
        "gate:canary",
        25,
        True,
        False,
    )
    decided(night, 41)
    assert stands(due(night, 47, plan(AT_GATE))) == ("gate:canary", 46, False, True)
    sent(night, 48)
    assert due(night, 60, plan(AT_GATE)) is None


def test_that_a_no_at_a_gate_is_told_too_and_so_is_the_go_after_it() -> None:
    night = begin()
    decided(night, 20, StationAnswer.NO_GO)
    assert stands(due(night, 21, plan(AT_GATE))) == ("gate:canary", 25, False, False)
    sent(night, 22, "gate:canary")
    assert due(night, 23, plan(AT_GATE)) is None
    night.end(GATE, 29, MARA)
    night.add(StepReopened(run=RUN, step=GATE), 29, MARA)
    night.add(HoldEnded(run=RUN, cause=HoldCause.GATE, thing=GATE), 29, MARA)
    decided(night, 30)
    assert stands(due(night, 31, plan(AT_GATE))) == ("gate:canary", 35, False, False)


def test_that_a_gate_that_was_left_out_or_is_no_step_is_never_due() -> None:
    night = begin()
    night.end(GATE, 5, MARA)
    assert due(night, 6, plan(AT_GATE), told=with_gate()) is None
    stray = MessageMoment(moment=Moment.GATE, gate=StepId("no-such-gate"))
    assert due(night, 6, plan(stray), told=with_gate()) is None
    nameless = MessageMoment(moment=Moment.GATE)
    assert due(night, 6, plan(nameless), told=with_gate()) is None


def test_that_a_passed_moment_takes_those_before_it_along() -> None:
    night = begin()
    decided(night, 30)
    assert stands(due(night, 31, plan(START, AT_GATE))) == ("gate:canary", 35, False, False)
    sent(night, 32)
    assert due(night, 33, plan(START, AT_GATE)) is None


def test_that_an_update_is_due_so_long_after_the_last_word() -> None:
    night = begin()
    regular = plan(START, every=30)
    sent(night, 2, "start")
    assert stands(due(night, 3, regular)) == ("update", 32, True, False)
    assert stands(due(night, 33, regular)) == ("update", 32, False, True)
    sent(night, 34)
    found = due(night, 35, regular)
    assert stands(found) == ("update", 64, True, False)
    assert found is not None
    assert found.last == at(34)
    assert stands(due(begin(), 3, plan(every=30))) == ("update", 30, True, False)


def test_that_after_the_end_nothing_but_the_end_is_due() -> None:
    night = begin()
    every = plan(START, AT_GATE, END, BACK, every=30)
    sent(night, 1, "start")
    assert stands(due(night, 2, plan(END), told=with_gate())) == ("end", 75, True, False)
    assert due(night, 2, plan(END)) is None
    night.add(RunEnded(run=RUN, outcome=RunOutcome.FINISHED), 80)
    assert stands(due(night, 81, every)) == ("end", 85, False, False)
    assert stands(due(night, 80 + 12 * 60, every)) == ("end", 85, False, True)
    assert due(night, 81 + 12 * 60, every) is None
    sent(night, 82, "end")
    assert due(night, 83, every) is None


def test_that_a_rollback_is_told_when_it_is_fired_and_no_gate_after_it() -> None:
    night = begin()
    sent(night, 1, "start")
    both = plan(AT_GATE, BACK)
    assert due(night, 2, plan(BACK)) is None
    night.add(armed(), 20, MARA)
    assert due(night, 21, plan(BACK)) is None
    night.start(DEPLOY, 20, JO)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, person=INES), 22, INES)
    assert stands(due(night, 23, both, told=with_gate())) == ("rollback", 27, False, False)
    sent(night, 24)
    assert due(night, 25, both, told=with_gate()) is None


def test_that_the_soonest_comes_first_and_each_plan_once() -> None:
    night = begin()
    plans = (plan(START, every=60, name="b"), plan(START, name="a"), plan(every=4, name="c"))
    found = due_messages(night.run, planned(*plans), None, at(1))
    assert [each.plan.id for each in found] == ["c", "a", "b"]


def test_that_a_rehearsal_owes_only_those_on_its_own_list() -> None:
    night = begin(rehearsal=True, after=-600)
    assert due(night, -599, plan(START)) is None
    heard = replace(plan(START), rehearsal_to=("test@example.org",))
    assert stands(due(night, -599, heard)) == ("start", -595, False, False)


def test_that_the_last_message_of_a_plan_is_the_one_that_went_out_last() -> None:
    night = begin()
    assert last_sent(night.run, "retail") is None
    sent(night, 5)
    sent(night, 9, message="other")
    sent(night, 7)
    found = last_sent(night.run, "retail")
    assert found is not None
    assert (found.fact.sent_at, found.by) == (at(7), MARA)


@pytest.mark.parametrize("over", [False, True])
def test_that_an_overdue_message_is_an_alert_even_after_the_end(over: bool) -> None:
    night = begin()
    if over:
        night.add(RunEnded(run=RUN, outcome=RunOutcome.FINISHED), 1)
    owes = planned(plan(END if over else START))
    assert alerts_of_record(night.run, owes, at(5)) == ()
    (alert,) = alerts_of_record(night.run, owes, at(7))
    assert (alert.key, alert.level) == ("message:retail", AlertLevel.WARNING)
    assert alert.says == f"the message to Retail is overdue: {'end' if over else 'start'}"
    assert alert.action == "mara sends retail by mail"
