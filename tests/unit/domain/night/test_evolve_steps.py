from __future__ import annotations

import pytest

from relconsole.domain.night.facts import (
    CheckRead,
    Followers,
    FollowersDecided,
    GateDecided,
    StationAnswered,
    StepReopened,
    StepState,
    StepWaits,
)
from relconsole.domain.readiness.poll import StationAnswer
from tests.unit.domain.night.scenes import (
    ASHA,
    DEPLOY,
    GATE,
    INES,
    JO,
    MARA,
    PLAN,
    RUN,
    STOP,
    at,
    begin,
)


def vote(station: str, answer: StationAnswer = StationAnswer.GO) -> StationAnswered:
    return StationAnswered(run=RUN, step=GATE, station=station, vote=answer, note="seen")


def read(check: str, value: float) -> CheckRead:
    return CheckRead(
        run=RUN,
        step=DEPLOY,
        attempt=1,
        check=check,
        value=value,
        passed=value < 1,
        says=f"{value}",
        source="metrics",
    )


def test_that_an_attempt_keeps_who_recorded_it_and_for_whom() -> None:
    night = begin()
    night.start(STOP, 2, MARA, for_person=ASHA, heard="voice")
    night.end(STOP, 7, INES, for_person=ASHA, heard="chat", note="queue empty")
    step = night.run.steps[STOP]
    attempt = step.attempt
    assert attempt is not None
    assert (attempt.by, attempt.for_person, attempt.heard) == (MARA, ASHA, "voice")
    assert (attempt.ended_by, attempt.ended_for, attempt.note) == (INES, ASHA, "queue empty")
    assert (step.started, step.ended, step.state) == (at(2), at(7), StepState.DONE)


def test_that_the_note_of_the_start_stands_where_the_end_has_none() -> None:
    night = begin()
    night.start(STOP, 2, ASHA)
    night.end(STOP, 7, ASHA)
    attempt = night.run.steps[STOP].attempt
    assert attempt is not None
    assert attempt.note == ""


def test_that_a_waiting_step_says_for_what_and_until_when_as_long_as_it_waits() -> None:
    night = begin()
    night.start(STOP, 2, ASHA)
    night.add(StepWaits(run=RUN, step=STOP, reason="the vendor", until=at(20)), 3, ASHA)
    waiting = night.run.steps[STOP]
    assert (waiting.state, waiting.waits_for, waiting.waits_until) == (
        StepState.WAITING,
        "the vendor",
        at(20),
    )
    night.end(STOP, 9, ASHA)
    over = night.run.steps[STOP]
    assert (over.waits_for, over.waits_until) == ("", None)


def test_that_a_repeat_is_a_new_attempt_beside_the_old_one() -> None:
    night = begin()
    night.start(DEPLOY, 2, JO)
    night.end(DEPLOY, 4, state=StepState.FAILED)
    night.add(FollowersDecided(run=RUN, step=DEPLOY, decision=Followers.HOLD), 5, MARA)
    assert night.run.steps[DEPLOY].followers is Followers.HOLD
    night.add(StepReopened(run=RUN, step=DEPLOY), 6, JO)
    assert night.run.steps[DEPLOY].followers is None
    night.start(DEPLOY, 7, JO)
    night.end(DEPLOY, 9)
    step = night.run.steps[DEPLOY]
    assert [(each.number, each.ending) for each in step.attempts] == [
        (1, StepState.FAILED),
        (2, StepState.DONE),
    ]
    assert step.started == at(7)


def test_that_a_step_dropped_without_an_attempt_keeps_who_dropped_it() -> None:
    night = begin()
    night.end(STOP, 3, MARA, state=StepState.SKIPPED, for_person=ASHA)
    step = night.run.steps[STOP]
    assert (step.dropped_at, step.dropped_by, step.dropped_for) == (at(3), MARA, ASHA)
    assert step.attempts == ()
    night.add(StepReopened(run=RUN, step=STOP), 4, MARA)
    again = night.run.steps[STOP]
    assert (again.dropped_at, again.dropped_by, again.dropped_for) == (None, None, None)


def test_that_a_failed_step_that_is_then_skipped_keeps_its_failed_attempt() -> None:
    night = begin()
    night.start(STOP, 3, ASHA)
    night.end(STOP, 4, ASHA, state=StepState.FAILED)
    night.end(STOP, 6, MARA, state=StepState.SKIPPED)
    step = night.run.steps[STOP]
    assert step.state is StepState.SKIPPED
    assert step.attempt is not None
    assert (step.attempt.ending, step.attempt.ended) == (StepState.FAILED, at(4))
    assert step.dropped_at == at(6)


def test_that_the_newest_reading_of_a_check_counts() -> None:
    night = begin()
    night.start(DEPLOY, 2, JO)
    for check, value in (("p95", 2.0), ("errors", 0.1), ("p95", 0.4)):
        night.add(read(check, value), 4)
    attempt = night.run.steps[DEPLOY].attempt
    assert attempt is not None
    assert [(each.check, each.value) for each in attempt.checks] == [("errors", 0.1), ("p95", 0.4)]


def test_that_the_last_answer_of_a_station_stands_with_whose_word_it_is() -> None:
    night = begin()
    night.add(vote("payments", StationAnswer.HOLD), 10, JO)
    night.add(vote("ledger"), 11, ASHA)
    recorded = StationAnswered(
        run=RUN, step=GATE, station="payments", vote=StationAnswer.GO, for_person=JO
    )
    night.add(recorded, 12, INES)
    assert [(each.station, each.vote) for each in night.run.votes[GATE]] == [
        ("ledger", StationAnswer.GO),
        ("payments", StationAnswer.GO),
    ]
    assert night.run.voters[GATE] == (ASHA, JO)


@pytest.mark.parametrize("decided", [False, True])
def test_that_a_repeated_gate_is_asked_afresh(*, decided: bool) -> None:
    night = begin()
    if decided:
        night.add(vote("payments"), 10, JO)
        night.add(GateDecided(run=RUN, step=GATE, decision=StationAnswer.GO, seen=PLAN), 11, MARA)
        assert night.run.gates[GATE].decision is StationAnswer.GO
    night.start(GATE, 12, MARA)
    night.end(GATE, 13, MARA)
    night.add(StepReopened(run=RUN, step=GATE), 14, MARA)
    assert GATE not in night.run.votes
    assert GATE not in night.run.voters
    assert GATE not in night.run.gates
