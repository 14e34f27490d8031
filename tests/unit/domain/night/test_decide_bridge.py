"""Holds, triggers, the line, problems, what is left open, and who commands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import Digest, EffectId, PersonId, RunId
from relconsole.domain.night.bridge_commands import (
    AcceptHandover,
    Amend,
    BeginHold,
    ClearTrigger,
    CloseLeftOpen,
    CloseProblem,
    EndHold,
    HandOverLeftOpen,
    LeaveOpen,
    MarkTriggerFalse,
    Note,
    OfferHandover,
    OpenProblem,
    ReportClockJump,
    ResumeLine,
    StandTrigger,
    StopLine,
)
from relconsole.domain.night.bridge_facts import (
    ClockJumped,
    HandoverAccepted,
    HoldBegan,
    HoldCause,
    HoldEnded,
    LeftOpen,
    LeftOpenHandedOver,
    LineStopped,
    Noted,
    PlanAmended,
    ProblemClosed,
    ProblemOpened,
    TriggerCleared,
    TriggerMarkedFalse,
    TriggerStood,
)
from relconsole.domain.night.facts import Followers
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.step_commands import Said
from relconsole.domain.plan.amendment import NotNeeded
from tests.unit.domain.night.nights import (
    BEN,
    CONSOLE,
    Bridge,
    bridge,
    current_forecast,
    deploying,
    nameless,
)
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    INES,
    JO,
    MARA,
    RUN,
    TOMAS,
    at,
    minutes,
)

NOTED = Said(note="seen on the wall")
BRIEF, OTHER_BRIEF = Digest("e" * 64), Digest("f" * 64)


def hold(cause: HoldCause = HoldCause.PERSON, thing: str = "it") -> BeginHold:
    return BeginHold(run=RUN, cause=cause, thing=thing, reasons=("so it is",))


def end_hold(cause: HoldCause = HoldCause.PERSON, thing: str = "it") -> EndHold:
    return EndHold(run=RUN, cause=cause, thing=thing, said=NOTED)


def trigger(run: RunId = RUN) -> StandTrigger:
    stood = TriggerStood(run=run, trigger="p95", value=1.5, since=at(4), reasons=("p95 is 1.5",))
    return StandTrigger(run=RUN, stood=stood)


def triggered() -> Bridge:
    night = bridge()
    night.does(trigger(), by=CONSOLE)
    return night


def stopped() -> Bridge:
    night = bridge()
    night.does(StopLine(run=RUN, said=Said(note="smoke")), by=BEN)
    return night


def causes(night: Bridge) -> list[tuple[HoldCause, str]]:
    return [(found.cause, found.thing) for found in night.run.holds]


# Holds.


def test_that_a_hold_begins_once_and_is_ended_by_the_commander() -> None:
    night = bridge()
    assert night.does(hold(), by=CONSOLE)
    assert night.does(hold(), by=CONSOLE) == ()
    (ended,) = night.does(end_hold())
    assert ended == HoldEnded(run=RUN, cause=HoldCause.PERSON, thing="it", note="seen on the wall")


def test_that_holds_of_another_thing_or_cause_stand_beside_it() -> None:
    night = bridge()
    night.does(hold(), by=CONSOLE)
    night.does(hold(thing="that"), by=CONSOLE)
    night.does(hold(HoldCause.GATE), by=CONSOLE)
    assert len(night.run.holds) == 3
    assert night.refuses(end_hold(HoldCause.CLOCK)) == ("no_hold",)
    assert night.refuses(end_hold(thing="this")) == ("no_hold",)


@pytest.mark.parametrize("who", [INES, ASHA, BEN])
def test_that_only_the_commander_ends_a_hold(who: PersonId) -> None:
    night = bridge()
    night.does(hold(), by=CONSOLE)
    assert night.refuses(end_hold(), by=who) == ("not_the_commander",)


def test_that_an_unsigned_or_nameless_word_ends_no_hold() -> None:
    night = bridge()
    night.does(hold(), by=CONSOLE)
    unsigned = replace(night.around(MARA).actor, key=None)
    assert night.refuses(end_hold(), by=unsigned) == ("unproven",)
    assert night.refuses(end_hold(), by=None) == ("who_acts",)
    before = nameless()
    before.does(hold(), by=CONSOLE)
    assert before.does(end_hold(), by=None)


def test_that_the_console_ends_what_it_sees_is_over() -> None:
    night = bridge()
    night.does(hold(HoldCause.MONITORING), by=CONSOLE)
    assert night.does(end_hold(HoldCause.MONITORING), by=CONSOLE)


def test_that_the_hold_of_an_effect_stands_until_it_is_settled() -> None:
    night = deploying()
    (effect,) = night.effects(DEPLOY)
    night.does(hold(HoldCause.EFFECT, effect), by=CONSOLE)
    assert night.refuses(end_hold(HoldCause.EFFECT, effect)) == ("effect_open",)
    assert night.refuses(end_hold(HoldCause.EFFECT, effect), by=CONSOLE) == ("effect_open",)
    night.succeeds(DEPLOY)
    assert night.does(end_hold(HoldCause.EFFECT, effect))


def test_that_the_hold_of_an_effect_that_this_run_does_not_know_can_be_ended() -> None:
    night = bridge()
    night.does(hold(HoldCause.EFFECT, EffectId("gone")), by=CONSOLE)
    assert night.does(end_hold(HoldCause.EFFECT, EffectId("gone")))


# Triggers.


def test_that_a_trigger_that_stands_holds_the_run_with_its_reasons() -> None:
    night = bridge()
    stood, held = night.does(trigger(), by=CONSOLE)
    assert isinstance(stood, TriggerStood)
    assert held == HoldBegan(run=RUN, cause=HoldCause.TRIGGER, thing="p95", reasons=("p95 is 1.5",))
    assert night.does(trigger(), by=CONSOLE) == ()


def test_that_a_trigger_always_stands_in_the_run_that_it_is_told_to() -> None:
    night = bridge()
    stood, _ = night.does(trigger(RunId("another")), by=CONSOLE)
    assert isinstance(stood, TriggerStood)
    assert stood.run == RUN


def test_that_the_hold_of_a_trigger_is_not_ended_while_it_stands() -> None:
    night = triggered()
    assert night.refuses(end_hold(HoldCause.TRIGGER, "p95")) == ("trigger_stands",)


def test_that_a_trigger_that_cleared_leaves_its_hold_for_the_commander_to_end() -> None:
    night = triggered()
    clear = ClearTrigger(run=RUN, trigger="p95")
    assert night.does(clear, by=CONSOLE) == (TriggerCleared(run=RUN, trigger="p95"),)
    assert night.does(clear, by=CONSOLE) == ()
    assert causes(night) == [(HoldCause.TRIGGER, "p95")]
    assert night.does(end_hold(HoldCause.TRIGGER, "p95"))


def test_that_a_false_positive_is_marked_with_a_reason_and_its_hold_goes() -> None:
    night = triggered()
    night.does(hold(HoldCause.STEP, "p95"), by=CONSOLE)
    night.does(hold(HoldCause.TRIGGER, "errors"), by=CONSOLE)
    mark = MarkTriggerFalse(run=RUN, trigger="p95", said=Said(note="the probe itself was slow"))
    marked, ended = night.does(mark)
    assert isinstance(marked, TriggerMarkedFalse)
    assert isinstance(ended, HoldEnded)
    assert causes(night) == [(HoldCause.STEP, "p95"), (HoldCause.TRIGGER, "errors")]
    assert night.run.false_triggers["p95"] == 1


def test_that_a_false_positive_needs_a_standing_trigger_a_reason_and_the_commander() -> None:
    night = triggered()
    other = MarkTriggerFalse(run=RUN, trigger="errors", said=NOTED)
    assert night.refuses(other) == ("no_trigger",)
    silent = MarkTriggerFalse(run=RUN, trigger="p95", said=Said())
    assert night.refuses(silent, by=ASHA) == ("not_the_commander", "no_reason")


# The line.


@pytest.mark.parametrize("who", [MARA, BEN, TOMAS, PersonId("zoe"), None])
def test_that_anyone_stops_the_line_signed_or_not(who: PersonId | None) -> None:
    night = bridge()
    (fact,) = night.does(StopLine(run=RUN, said=Said(note="smoke")), by=who)
    assert fact == LineStopped(run=RUN, note="smoke")
    assert night.run.stop is not None


def test_that_two_people_resume_the_line() -> None:
    night = stopped()
    second = night.signs(TwoPersonAct.RESUME, RUN)
    night.does(ResumeLine(run=RUN, second=second, said=NOTED))
    assert night.run.stop is None


@pytest.mark.parametrize(
    ("signer", "rule"),
    [
        ("mara", "same_person"),
        ("MOKAFOR", "same_person"),
        ("tomas", "segregation_of_duties"),
        ("pia", "segregation_of_duties"),
    ],
)
def test_that_the_same_person_twice_the_requester_or_an_author_resume_no_line(
    signer: str, rule: str
) -> None:
    night = stopped()
    second = night.signs(TwoPersonAct.RESUME, RUN, signer=signer)
    assert night.refuses(ResumeLine(run=RUN, second=second)) == (rule,)


def test_that_a_line_that_runs_is_not_resumed() -> None:
    night = stopped()
    second = night.signs(TwoPersonAct.RESUME, RUN)
    assert bridge().refuses(ResumeLine(run=RUN, second=second)) == ("line_runs",)


def test_that_a_signature_for_one_stop_does_not_resume_the_next() -> None:
    night = stopped()
    second = night.signs(TwoPersonAct.RESUME, RUN)
    night.does(StopLine(run=RUN, said=Said(note="and water")), by=BEN)
    assert night.refuses(ResumeLine(run=RUN, second=second)) == ("request_is_old",)


def test_that_the_first_of_the_two_signs_too() -> None:
    night = stopped()
    second = night.signs(TwoPersonAct.RESUME, RUN)
    unsigned = replace(night.around(MARA).actor, key=None)
    assert night.refuses(ResumeLine(run=RUN, second=second), by=unsigned) == ("unproven",)


# Problems and decision boxes.


def problem(**changed: object) -> OpenProblem:
    plain = OpenProblem(run=RUN, problem="P1", what="queue grows", severity="high", owner=JO)
    return replace(plain, **changed)  # type: ignore[arg-type]


def box(**changed: object) -> OpenProblem:
    asked = problem(
        question="drain or roll back?",
        options=("drain", "roll back"),
        decides=INES,
        decide_by=at(20),
        latest_decide_by=at(25),
    )
    return replace(asked, **changed)  # type: ignore[arg-type]


def test_that_a_problem_is_opened_by_anybody_on_the_bridge_with_its_owner() -> None:
    night = bridge()
    (opened,) = night.does(problem(), by=BEN)
    assert opened == ProblemOpened(
        run=RUN, problem="P1", what="queue grows", severity="high", owner=JO
    )
    assert night.refuses(problem(), by=BEN) == ("problem_exists",)


def test_that_a_closed_problem_keeps_its_name() -> None:
    night = bridge()
    night.does(problem())
    night.does(CloseProblem(run=RUN, problem="P1"))
    assert night.refuses(problem()) == ("problem_exists",)


def test_that_a_decision_box_has_a_decide_by() -> None:
    assert bridge().refuses(box(decide_by=None)) == ("no_decide_by",)


def test_that_a_decision_comes_no_later_than_a_rollback_can_still_be_mustered() -> None:
    night = bridge()
    assert night.refuses(box(decide_by=at(26))) == ("decide_by_late",)
    assert night.decide(box(decide_by=at(25)))
    assert night.does(box(decide_by=at(200), latest_decide_by=None))


@pytest.mark.parametrize("then", list(Followers))
def test_that_no_decision_means_hold_or_the_prepared_rollback_and_never_go(
    then: Followers,
) -> None:
    night = bridge()
    if then in {Followers.HOLD, Followers.ROLL_BACK}:
        (opened,) = night.does(box(then=then))
        assert isinstance(opened, ProblemOpened)
        assert opened.then is then
    else:
        assert night.refuses(box(then=then)) == ("never_go",)
        assert night.refuses(problem(then=then)) == ("never_go",)


def test_that_an_unsigned_problem_does_not_count() -> None:
    assert bridge().refuses(problem(), by=None) == ("who_acts",)


def test_that_a_decision_box_is_closed_by_who_decides_with_what_was_decided() -> None:
    night = bridge()
    night.does(box())
    close = CloseProblem(run=RUN, problem="P1", said=NOTED)
    assert night.refuses(close, by=INES) == ("undecided",)
    assert night.refuses(replace(close, decision="drain"), by=MARA) == ("decides",)
    (closed,) = night.does(replace(close, decision="drain"), by=PersonId("INES "))
    assert closed == ProblemClosed(run=RUN, problem="P1", decision="drain", note="seen on the wall")


def test_that_where_nobody_is_named_the_commander_decides() -> None:
    night = bridge()
    night.does(box(decides=None))
    close = CloseProblem(run=RUN, problem="P1", decision="drain")
    assert night.refuses(close, by=BEN) == ("decides",)
    assert night.does(close)


def test_that_a_problem_without_a_question_is_closed_by_anybody_on_the_bridge() -> None:
    night = bridge()
    night.does(problem())
    assert night.does(CloseProblem(run=RUN, problem="P1"), by=BEN)


def test_that_only_an_open_problem_is_closed() -> None:
    night = bridge()
    assert night.refuses(CloseProblem(run=RUN, problem="P1")) == ("no_problem",)
    night.does(problem())
    night.does(CloseProblem(run=RUN, problem="P1"))
    assert night.refuses(CloseProblem(run=RUN, problem="P1")) == ("no_problem",)


def test_that_the_hold_of_an_undecided_box_goes_only_by_its_decision() -> None:
    night = bridge()
    night.does(box())
    for thing in ("P1", "P2"):
        night.does(hold(HoldCause.DECISION, thing), by=CONSOLE)
    assert night.refuses(end_hold(HoldCause.DECISION, "P1")) == ("undecided",)
    _, ended = night.does(CloseProblem(run=RUN, problem="P1", decision="drain"), by=INES)
    assert isinstance(ended, HoldEnded)
    assert causes(night) == [(HoldCause.DECISION, "P2")]
    assert night.does(end_hold(HoldCause.DECISION, "P2"))


def test_that_a_closed_box_holds_nothing_any_more() -> None:
    night = bridge()
    night.does(box())
    night.does(CloseProblem(run=RUN, problem="P1", decision="drain"), by=INES)
    night.does(hold(HoldCause.DECISION, "P1"), by=CONSOLE)
    assert night.does(end_hold(HoldCause.DECISION, "P1"))


def test_that_rehearsals_and_nameless_nights_decide_without_names() -> None:
    for night, by in ((bridge(rehearsal=True), BEN), (nameless(), None)):
        night.does(box(), by=by)
        assert night.does(CloseProblem(run=RUN, problem="P1", decision="drain"), by=by)


# What is left open.


def left(owner: PersonId | None = JO) -> LeaveOpen:
    return LeaveOpen(
        run=RUN,
        entry="silence-1",
        what="alerts muted",
        owner=owner,
        closes="lift the silence",
        expires=at(90),
    )


def test_that_what_the_night_holds_open_has_an_owner_an_expiry_and_an_act_that_closes_it() -> None:
    night = bridge()
    (entry,) = night.does(left(), by=CONSOLE)
    assert entry == LeftOpen(
        run=RUN,
        entry="silence-1",
        what="alerts muted",
        owner=JO,
        closes="lift the silence",
        expires=at(90),
    )


@pytest.mark.parametrize("by", [CONSOLE, JO], ids=["console", "person"])
def test_that_an_entry_is_closed_by_a_person_or_by_what_the_console_sees(by: PersonId) -> None:
    night = bridge()
    night.does(left(), by=CONSOLE)
    assert night.does(CloseLeftOpen(run=RUN, entry="silence-1"), by=by)
    assert not night.run.left_open


def test_that_an_entry_is_handed_over_to_the_person_who_accepts_it() -> None:
    night = bridge()
    night.does(left(), by=CONSOLE)
    (handed,) = night.does(HandOverLeftOpen(run=RUN, entry="silence-1", said=NOTED), by=JO)
    assert handed == LeftOpenHandedOver(run=RUN, entry="silence-1", to=JO, note="seen on the wall")


def test_that_the_console_accepts_nothing_in_a_persons_name() -> None:
    night = bridge()
    night.does(left(), by=CONSOLE)
    accept = HandOverLeftOpen(run=RUN, entry="silence-1")
    assert night.refuses(accept, by=CONSOLE) == ("unproven",)


def test_that_somebody_accepts_an_entry_and_never_nobody() -> None:
    night = nameless()
    night.does(left(), by=CONSOLE)
    assert night.refuses(HandOverLeftOpen(run=RUN, entry="silence-1"), by=None) == ("who_acts",)


def test_that_an_unsigned_person_closes_no_entry() -> None:
    night = bridge()
    night.does(left(), by=CONSOLE)
    assert night.refuses(CloseLeftOpen(run=RUN, entry="silence-1"), by=None) == ("who_acts",)


def test_that_what_is_not_on_the_list_is_neither_closed_nor_handed_over() -> None:
    night = bridge()
    assert night.refuses(CloseLeftOpen(run=RUN, entry="silence-1")) == ("no_entry",)
    assert night.refuses(HandOverLeftOpen(run=RUN, entry="silence-1")) == ("no_entry",)


# Who commands.


def offered(to: str = "ines") -> Bridge:
    night = bridge()
    night.does(OfferHandover(run=RUN, to=PersonId(to), brief=BRIEF))
    return night


def test_that_the_command_passes_by_one_offer_and_one_accept_over_the_same_brief() -> None:
    night = offered()
    (accepted,) = night.does(AcceptHandover(run=RUN, brief=BRIEF), by=INES)
    assert accepted == HandoverAccepted(run=RUN, brief=BRIEF)
    assert night.run.commander == INES
    night.does(hold(), by=CONSOLE)
    assert night.refuses(end_hold(), by=MARA) == ("not_the_commander",)
    assert night.does(end_hold(), by=INES)


def test_that_only_the_commander_offers_the_command_and_to_somebody_known() -> None:
    night = bridge()
    foreign = OfferHandover(run=RUN, to=PersonId("zoe"), brief=BRIEF)
    assert night.refuses(foreign, by=INES) == ("not_the_commander", "person_unknown")


@pytest.mark.parametrize("who", [MARA, BEN])
def test_that_nobody_accepts_what_was_offered_to_another(who: PersonId) -> None:
    assert offered().refuses(AcceptHandover(run=RUN, brief=BRIEF), by=who) == ("not_offered",)


def test_that_an_offer_under_a_look_alike_name_is_the_persons_own() -> None:
    assert offered("INES").does(AcceptHandover(run=RUN, brief=BRIEF), by=INES)


def test_that_a_brief_that_is_not_the_offered_one_hands_nothing_over() -> None:
    night = offered()
    assert night.refuses(AcceptHandover(run=RUN, brief=OTHER_BRIEF), by=INES) == ("brief_changed",)


def test_that_nothing_is_accepted_that_nobody_offered_or_that_nobody_signs_for() -> None:
    assert bridge().refuses(AcceptHandover(run=RUN, brief=BRIEF), by=INES) == ("no_offer",)
    assert offered().refuses(AcceptHandover(run=RUN, brief=BRIEF), by=None) == (
        "who_acts",
        "not_offered",
    )


# The log, the clock, and the plan.


def test_that_a_note_is_the_writers_own_or_recorded_by_who_keeps_the_record() -> None:
    night = bridge()
    assert night.does(Note(run=RUN, said=NOTED), by=BEN) == (
        Noted(run=RUN, text="seen on the wall"),
    )
    heard = Said(for_person=JO, heard="chat", note="queue is fine")
    assert night.does(Note(run=RUN, said=heard), by=INES) == (
        Noted(run=RUN, text="queue is fine", for_person=JO, heard="chat"),
    )
    assert night.refuses(Note(run=RUN, said=heard), by=BEN) == ("not_the_owner",)
    assert night.refuses(Note(run=RUN, said=NOTED), by=None) == ("who_acts",)


def test_that_a_jump_of_the_clock_freezes_automation() -> None:
    night = bridge()
    jumped, held = night.does(ReportClockJump(run=RUN, seconds=-45.4), by=CONSOLE)
    assert jumped == ClockJumped(run=RUN, seconds=-45.4)
    assert isinstance(held, HoldBegan)
    assert held.reasons == ("the clock jumped by -45 s; automation is frozen",)


def test_that_a_running_plan_is_amended_on_the_bridge() -> None:
    night = bridge()
    command = Amend(
        run=RUN,
        amendments=(NotNeeded(step=ANNOUNCE, reason="told by mail"),),
        reason="told by mail",
        calls={},
        forecast=current_forecast(night.run, night.now),
        later_by=minutes(0),
    )
    amended, *_ = night.does(command)
    assert isinstance(amended, PlanAmended)
