"""Gates: who answers for a station, what the answers come to, and who decides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, HoldEnded
from relconsole.domain.night.decide_gates import (
    find_station,
    poll_of,
    poll_result,
    what_was_seen,
)
from relconsole.domain.night.facts import (
    GateDecided,
    StationAnswered,
    StepEnded,
    StepStarted,
    StepState,
)
from relconsole.domain.night.step_commands import (
    AnswerStation,
    DecideGate,
    RepeatStep,
    Said,
    WaitStep,
)
from relconsole.domain.plan.runbook import Runbook, Step, StepKind
from relconsole.domain.readiness.poll import PollResult, StationAnswer
from relconsole.domain.record.canonical import digest_of
from tests.unit.domain.night import scenes
from tests.unit.domain.night.nights import (
    BEN,
    EVERYBODY,
    PIA,
    Bridge,
    at_the_gate,
    bridge,
    deploying,
    nameless,
    past_the_gate,
)
from tests.unit.domain.night.scenes import (
    ASHA,
    DEPLOY,
    DROP,
    GATE,
    INES,
    JO,
    MARA,
    RUN,
    TOMAS,
    minutes,
    runbook,
)

GO, NO_GO, HOLD = StationAnswer.GO, StationAnswer.NO_GO, StationAnswer.HOLD
SLOW = Said(note="p95 too slow")
GATE_STEP = runbook().steps[3]


def answer(
    station: str, vote: StationAnswer = GO, said: Said | None = None, step: StepId = GATE
) -> AnswerStation:
    return AnswerStation(run=RUN, step=step, station=station, vote=vote, said=said or Said())


def decide(decision: StationAnswer = GO, said: Said | None = None) -> DecideGate:
    return DecideGate(run=RUN, step=GATE, decision=decision, said=said or Said())


def heard_from(person: PersonId, note: str = "") -> Said:
    return Said(for_person=person, heard="voice", note=note)


def gate_alone(**changed: object) -> Runbook:
    alone = replace(GATE_STEP, after=(), **changed)  # type: ignore[arg-type]
    return Runbook(steps=(alone,))


def both_go() -> Bridge:
    night = at_the_gate()
    night.does(answer("payments"), by=JO)
    night.does(answer("ledger"), by=ASHA)
    return night


# Who speaks for a station.


@pytest.mark.parametrize(
    ("name", "station"),
    [
        ("payments", "payments"),
        ("PAYMENTS ", "payments"),
        ("jo", "payments"),
        ("JO", "payments"),
        ("asha", "ledger"),
        ("ben", None),
        ("zoe", None),
    ],
)
def test_that_a_station_is_spoken_for_by_its_name_or_by_who_bears_it(
    name: str, station: str | None
) -> None:
    assert find_station(bridge().around(), GATE_STEP, name) == station


@pytest.mark.parametrize(
    ("stations", "station"),
    [
        (("mara", "ledger"), "mara"),
        (("commander", "ledger"), "commander"),
        (("Operations", "ledger"), "Operations"),
        (("commander", "operations"), None),
    ],
)
def test_that_id_role_and_team_speak_for_a_station_but_nobody_for_two_at_once(
    stations: tuple[str, ...], station: str | None
) -> None:
    gate = replace(GATE_STEP, stations=stations)
    assert find_station(bridge().around(), gate, "mokafor") == station


def test_that_a_station_answers_for_itself_and_the_first_answer_starts_the_gate() -> None:
    night = at_the_gate()
    started, answered = night.does(answer("payments"), by=JO)
    assert started == StepStarted(run=RUN, step=GATE, attempt=1)
    assert answered == StationAnswered(run=RUN, step=GATE, station="payments", vote=GO)
    assert len(night.does(answer("ledger"), by=ASHA)) == 1


@pytest.mark.parametrize("who", [BEN, ASHA])
def test_that_nobody_answers_for_a_station_that_is_not_theirs(who: PersonId) -> None:
    assert at_the_gate().refuses(answer("payments"), by=who) == ("not_the_station",)


@pytest.mark.parametrize("who", [MARA, INES])
def test_that_commander_and_scribe_record_what_they_heard(who: PersonId) -> None:
    night = at_the_gate()
    _, answered = night.does(answer("payments", said=heard_from(JO)), by=who)
    assert isinstance(answered, StationAnswered)
    assert (answered.for_person, answered.heard) == (JO, "voice")


def test_that_a_station_records_nobody_elses_answer() -> None:
    night = at_the_gate()
    assert night.refuses(answer("payments", said=heard_from(ASHA)), by=JO) == ("not_the_owner",)
    assert night.refuses(answer("payments", said=heard_from(JO)), by=BEN) == (
        "not_the_station",
        "not_the_owner",
    )


def test_that_one_person_does_not_speak_for_two_stations() -> None:
    night = at_the_gate()
    night.does(answer("payments", said=heard_from(JO)))
    assert night.refuses(answer("ledger", said=heard_from(JO))) == ("two_stations",)
    assert night.refuses(answer("ledger", said=heard_from(PersonId("JO")))) == ("two_stations",)
    assert night.does(answer("ledger", said=heard_from(ASHA)))


def test_that_the_commander_stands_for_one_station_at_most() -> None:
    night = at_the_gate()
    night.does(answer("payments"))
    assert night.refuses(answer("ledger")) == ("two_stations",)


@pytest.mark.parametrize("who", [TOMAS, PersonId("tnovak"), PIA])
def test_that_requester_and_author_recuse(who: PersonId) -> None:
    night = at_the_gate()
    assert night.refuses(answer("payments", said=heard_from(who))) == ("segregation_of_duties",)


def test_that_a_station_that_this_gate_does_not_ask_is_not_heard() -> None:
    assert at_the_gate().refuses(answer("Payments"), by=MARA) == ("station_unknown",)


@pytest.mark.parametrize("vote", [NO_GO, HOLD])
def test_that_no_go_and_hold_need_a_note(vote: StationAnswer) -> None:
    night = at_the_gate()
    assert night.refuses(answer("payments", vote), by=JO) == ("note_missing",)
    assert night.does(answer("payments", vote, SLOW), by=JO)


def test_that_an_unsigned_answer_does_not_count() -> None:
    night = at_the_gate()
    unsigned = replace(night.around(JO).actor, key=None)
    assert night.refuses(answer("payments"), by=unsigned) == ("unproven",)
    assert night.refuses(answer("payments"), by=None) == ("who_acts",)


def test_that_a_rehearsal_asks_only_that_the_station_exists() -> None:
    night = bridge(gate_alone(), rehearsal=True)
    assert night.refuses(answer("nobody"), by=None) == ("station_unknown",)
    assert night.does(answer("payments", NO_GO), by=TOMAS)
    assert night.does(answer("ledger", HOLD), by=TOMAS)


def test_that_a_nameless_night_asks_the_rules_of_whomever_an_answer_names() -> None:
    night = nameless(gate_alone())
    assert night.refuses(answer("payments", said=heard_from(TOMAS)), by=None) == (
        "segregation_of_duties",
    )
    assert night.refuses(answer("nobody"), by=None) == ("station_unknown",)
    assert night.does(answer("payments", NO_GO), by=None)
    assert night.does(answer("payments", said=heard_from(JO)), by=None)
    assert night.refuses(answer("ledger", said=heard_from(JO)), by=None) == ("two_stations",)


# When a gate may be answered.


def test_that_only_a_gate_is_polled_and_decided() -> None:
    night = bridge()
    for step in (DEPLOY, StepId("nowhere")):
        assert night.refuses(answer("payments", step=step)) == ("no_gate",)
        assert night.refuses(replace(decide(), step=step)) == ("no_gate",)


def test_that_a_gate_waits_for_what_stands_before_it() -> None:
    assert deploying().refuses(answer("payments"), by=JO) == ("predecessor",)


def test_that_a_gate_does_not_begin_under_a_hold_or_with_the_line_stopped() -> None:
    night = at_the_gate()
    night.record(HoldBegan(run=RUN, cause=HoldCause.TRIGGER, thing="p95", reasons=("slow",)))
    night.does(StopLine(run=RUN), by=BEN)
    assert night.refuses(answer("payments"), by=JO) == ("line_stopped", "hold_trigger")


def test_that_a_decided_gate_takes_no_answer_until_it_is_repeated() -> None:
    night = past_the_gate()
    assert night.refuses(answer("payments"), by=JO) == ("step_state",)
    assert night.refuses(decide()) == ("step_state",)
    night.does(RepeatStep(run=RUN, step=GATE))
    assert poll_of(night.run, GATE_STEP).votes == ()
    assert night.does(answer("payments"), by=JO)[0] == StepStarted(run=RUN, step=GATE, attempt=2)


def test_that_a_gate_that_waits_for_somebody_is_answered_and_decided_all_the_same() -> None:
    night = both_go()
    night.does(WaitStep(run=RUN, step=GATE, reason="the vendor"))
    assert len(night.does(answer("payments"), by=JO)) == 1
    night.does(decide())
    assert night.run.steps[GATE].state is StepState.DONE


def test_that_a_forward_gate_is_closed_once_a_rollback_was_fired() -> None:
    night = deploying()
    night.fires()
    assert night.refuses(answer("payments"), by=JO) == ("rolling_back",)
    assert night.refuses(decide()) == ("rolling_back",)


def undo_gate() -> Step:
    return Step(
        id=StepId("look-back"),
        title="Old version seen",
        kind=StepKind.GATE,
        stations=("payments",),
        duration=plain(minutes(1)),
    )


def test_that_a_gate_of_the_way_back_opens_with_the_firing_and_under_the_holds_behind_it() -> None:
    night = deploying()
    armed = night.arms(scenes.armed(scenes.undo_deploy(), undo_gate()))
    back = answer("payments", step=undo_gate().id)
    assert night.refuses(back, by=JO) == ("not_fired",)
    assert night.refuses(replace(decide(), step=undo_gate().id)) == ("not_fired",)
    del armed
    fired = deploying()
    fired.record(HoldBegan(run=RUN, cause=HoldCause.TRIGGER, thing="p95", reasons=("slow",)))
    fired.fires()
    rollback = fired.run.rollback
    assert rollback is not None
    steps = (*rollback.armed.steps, undo_gate())
    armed_with_gate = replace(rollback, armed=replace(rollback.armed, steps=steps))
    standing = replace(fired.run.steps[GATE], step=undo_gate().id)
    fired.night.run = replace(
        fired.run,
        rollback=armed_with_gate,
        steps=fired.run.steps.set(undo_gate().id, standing),
    )
    assert fired.does(back, by=JO)


# The decision.


def test_that_a_poll_that_is_go_throughout_is_decided_go_and_ends_the_gate() -> None:
    night = both_go()
    decided, done = night.does(decide(said=Said(note="all go")))
    assert isinstance(decided, GateDecided)
    assert (decided.decision, decided.note) == (GO, "all go")
    assert done == StepEnded(run=RUN, step=GATE, attempt=1, state=StepState.DONE)


def test_that_the_decision_is_over_the_digest_of_what_was_seen() -> None:
    night = both_go()
    seen = what_was_seen(night.run, GATE_STEP)
    decided, _ = night.does(decide())
    assert isinstance(decided, GateDecided)
    assert decided.seen == digest_of(seen)
    assert seen["answers"] == [
        {"station": "payments", "answer": "go", "note": ""},
        {"station": "ledger", "answer": "go", "note": ""},
    ]
    assert (seen["triggers"], seen["holds"]) == ([], [])


def test_that_another_answer_is_another_thing_seen() -> None:
    night = both_go()
    before = digest_of(what_was_seen(night.run, GATE_STEP))
    night.does(answer("ledger", HOLD, SLOW), by=ASHA)
    assert digest_of(what_was_seen(night.run, GATE_STEP)) != before


def test_that_go_needs_the_quorum() -> None:
    night = at_the_gate()
    assert night.refuses(decide()) == ("quorum_missing",)
    night.does(answer("payments"), by=JO)
    assert night.refuses(decide()) == ("quorum_missing",)


def test_that_without_a_quorum_every_station_is_asked() -> None:
    night = bridge(gate_alone(quorum=None))
    night.does(answer("payments"), by=JO)
    assert night.refuses(decide()) == ("quorum_missing",)
    night.does(answer("ledger"), by=ASHA)
    assert night.does(decide())


def test_that_a_no_that_was_said_never_becomes_go() -> None:
    night = both_go()
    night.does(answer("ledger", NO_GO, SLOW), by=ASHA)
    assert night.refuses(decide(said=Said(note="we go anyway"))) == ("mandatory_station",)


@pytest.mark.parametrize("decision", [NO_GO, HOLD])
def test_that_no_go_and_hold_hold_the_run_and_say_why(decision: StationAnswer) -> None:
    night = at_the_gate()
    assert night.refuses(decide(decision)) == ("note_missing",)
    started, decided, held = night.does(decide(decision, SLOW))
    assert isinstance(started, StepStarted)
    assert isinstance(decided, GateDecided)
    assert held == HoldBegan(
        run=RUN,
        cause=HoldCause.GATE,
        thing=GATE,
        reasons=(f"canary was decided {decision}: p95 too slow",),
    )
    assert night.run.steps[GATE].state is StepState.RUNNING


def test_that_a_later_go_ends_the_hold_of_its_own_gate_and_no_other() -> None:
    night = both_go()
    night.does(decide(HOLD, SLOW))
    night.record(HoldBegan(run=RUN, cause=HoldCause.GATE, thing="another", reasons=("no",)))
    night.record(HoldBegan(run=RUN, cause=HoldCause.STEP, thing=GATE, reasons=("no",)))
    *_, ended = night.does(decide())
    assert isinstance(ended, HoldEnded)
    assert [(hold.cause, hold.thing) for hold in night.run.holds] == [
        (HoldCause.GATE, "another"),
        (HoldCause.STEP, GATE),
    ]


@pytest.mark.parametrize("who", [INES, ASHA, BEN])
def test_that_only_the_commander_decides(who: PersonId) -> None:
    assert both_go().refuses(decide(), by=who) == ("decider",)


def test_that_a_requester_who_commands_decides_nothing() -> None:
    night = both_go()
    night.release = replace(night.release, requester=MARA)
    assert night.refuses(decide()) == ("segregation_of_duties",)


def test_that_nobody_decides_namelessly_once_anybody_is_enrolled() -> None:
    assert "who_acts" in both_go().refuses(decide(), by=None)


def test_that_in_a_nameless_night_the_decision_is_the_commanders() -> None:
    night = nameless(gate_alone())
    night.does(answer("payments"), by=None)
    night.does(answer("ledger"), by=None)
    assert night.does(decide(), by=None)


def test_that_the_requesters_answer_makes_no_quorum() -> None:
    night = both_go()
    assert poll_result(night.around(), night.run, GATE_STEP) is PollResult.GO
    night.release = replace(night.release, requester=JO)
    assert poll_result(night.around(), night.run, GATE_STEP) is PollResult.UNDECIDED
    assert night.refuses(decide()) == ("quorum_missing",)


def test_that_in_a_rehearsal_everybodys_answer_counts() -> None:
    night = bridge(gate_alone(), rehearsal=True)
    night.does(answer("payments"), by=TOMAS)
    night.does(answer("ledger"), by=PIA)
    assert poll_result(night.around(), night.run, GATE_STEP) is PollResult.GO


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["payments", "ledger"]),
            st.sampled_from(list(StationAnswer)),
            st.sampled_from([*EVERYBODY, None]),
            st.sampled_from([*EVERYBODY, None]),
        ),
        max_size=8,
    )
)
def test_that_go_is_only_ever_decided_over_two_entitled_people_who_both_say_go(
    answers: list[tuple[str, StationAnswer, PersonId | None, PersonId | None]],
) -> None:
    night = bridge(gate_alone())
    for station, vote, by, for_person in answers:
        said = Said(for_person=for_person, heard="voice", note="because")
        facts = night.decide(answer(station, vote, said), by)
        if not isinstance(facts, Refusal):
            night.record(*facts, by=by)
    standing = {vote.station: vote for vote in poll_of(night.run, GATE_STEP).votes}
    may_go = (
        standing.keys() == {"payments", "ledger"}
        and all(vote.answer is GO for vote in standing.values())
        and len({vote.holder for vote in standing.values()}) == 2
    )
    assert {vote.holder for vote in standing.values()}.isdisjoint({TOMAS, PIA})
    assert isinstance(night.decide(decide()), tuple) is may_go


def test_that_what_waits_for_a_gate_goes_only_on_a_go() -> None:
    night = both_go()
    night.does(decide(NO_GO, SLOW))
    night.clock = 60
    assert "predecessor" in night.refuses(night.start(DROP), by=ASHA)
