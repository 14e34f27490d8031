from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.health.analysis import (
    Measurement,
    Metric,
    Outcome,
    Phase,
    assess_metric,
    assess_run,
    find_next_measurement,
    judge_value,
)

T0 = datetime(2026, 4, 21, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LETTERS = {
    "s": Outcome.SUCCESSFUL,
    "f": Outcome.FAILED,
    "i": Outcome.INCONCLUSIVE,
    "e": Outcome.ERROR,
    ".": None,
}


def measure(letters: str) -> list[Measurement[float]]:
    """One measurement a letter: successful, failed, inconclusive, error, in flight."""
    return [Measurement(started=T0, outcome=LETTERS[letter]) for letter in letters]


def endless(
    count: int | None = None,
    failure_limit: int = 0,
    inconclusive_limit: int = 0,
    consecutive_error_limit: int = 4,
    consecutive_success_limit: int = 0,
) -> Metric:
    return Metric(
        name="errors",
        interval=MINUTE,
        count=count,
        failure_limit=failure_limit,
        inconclusive_limit=inconclusive_limit,
        consecutive_error_limit=consecutive_error_limit,
        consecutive_success_limit=consecutive_success_limit,
    )


@pytest.mark.parametrize(
    ("metric", "letters", "phase"),
    [
        (endless(), "", Phase.PENDING),
        (endless(), ".", Phase.RUNNING),
        (endless(), "sss", Phase.RUNNING),
        (endless(), "f", Phase.FAILED),
        (endless(failure_limit=1), "fs", Phase.RUNNING),
        (endless(failure_limit=1), "fsf", Phase.FAILED),
        (endless(failure_limit=-1), "ffff", Phase.RUNNING),
        (endless(), "i", Phase.INCONCLUSIVE),
        (endless(inconclusive_limit=1), "is", Phase.RUNNING),
        (endless(), "eeee", Phase.RUNNING),
        (endless(), "eeeee", Phase.ERROR),
        (endless(), "eeeesee", Phase.RUNNING),
        (endless(consecutive_error_limit=0), "e", Phase.ERROR),
        (endless(consecutive_success_limit=3), "ss", Phase.RUNNING),
        (endless(consecutive_success_limit=3), "sss", Phase.SUCCESSFUL),
        (endless(consecutive_success_limit=3, failure_limit=9), "ssfss", Phase.RUNNING),
        (endless(count=3), "ss", Phase.RUNNING),
        (endless(count=3), "sss", Phase.SUCCESSFUL),
        (endless(count=3), "sse", Phase.RUNNING),
        (endless(count=3, failure_limit=2), "sff", Phase.SUCCESSFUL),
        (endless(count=3, failure_limit=2, consecutive_success_limit=3), "sfs", Phase.INCONCLUSIVE),
        (endless(count=3, failure_limit=-1, consecutive_success_limit=3), "sfs", Phase.FAILED),
        (endless(count=2, failure_limit=0), "f", Phase.FAILED),
        (Metric(name="once"), "s", Phase.SUCCESSFUL),
        (Metric(name="once"), "e", Phase.RUNNING),
        (Metric(name="thrice", count=3), "ss", Phase.RUNNING),
    ],
)
def test_that_the_phase_is_the_one_of_the_fields_standard(
    metric: Metric, letters: str, phase: Phase
) -> None:
    assert assess_metric(metric, measure(letters)) is phase


def test_that_a_metric_told_to_stop_before_it_knew_is_stopped_early_not_successful() -> None:
    assert assess_metric(endless(), [], terminating=True) is Phase.STOPPED_EARLY
    assert assess_metric(endless(), measure("ss"), terminating=True) is Phase.STOPPED_EARLY
    assert assess_metric(endless(), measure("s."), terminating=True) is Phase.RUNNING
    assert assess_metric(endless(), measure("sf"), terminating=True) is Phase.FAILED


@given(
    letters=st.text("sfie", max_size=12),
    more=st.text("sfie.", max_size=4),
    failures=st.integers(-1, 2),
    inconclusive=st.integers(0, 2),
    errors=st.integers(0, 3),
    successes=st.integers(0, 3),
    count=st.none() | st.integers(1, 6),
)
def test_that_a_final_phase_never_changes(
    letters: str,
    more: str,
    failures: int,
    inconclusive: int,
    errors: int,
    successes: int,
    count: int | None,
) -> None:
    metric = endless(count, failures, inconclusive, errors, successes)
    phase = assess_metric(metric, measure(letters))
    if phase.is_final:
        assert assess_metric(metric, measure(letters + more)) is phase


@given(letters=st.text("e", max_size=30))
def test_that_errors_alone_never_call_for_a_rollback(letters: str) -> None:
    phase = assess_metric(endless(failure_limit=0), measure(letters))
    assert not phase.calls_for_rollback
    assert phase.calls_for_hold is (len(letters) > 4)


def test_that_a_failed_phase_calls_for_rollback_and_an_open_question_for_a_person() -> None:
    assert {phase for phase in Phase if phase.calls_for_rollback} == {Phase.FAILED}
    assert {phase for phase in Phase if phase.calls_for_hold} == {
        Phase.INCONCLUSIVE,
        Phase.ERROR,
        Phase.STOPPED_EARLY,
    }


@pytest.mark.parametrize(
    ("value", "with_both", "success_only", "failure_only"),
    [
        (0.5, Outcome.SUCCESSFUL, Outcome.SUCCESSFUL, Outcome.SUCCESSFUL),
        (1.5, Outcome.INCONCLUSIVE, Outcome.FAILED, Outcome.SUCCESSFUL),
        (2.5, Outcome.FAILED, Outcome.FAILED, Outcome.FAILED),
    ],
)
def test_that_meeting_neither_of_two_conditions_is_inconclusive(
    value: float, with_both: Outcome, success_only: Outcome, failure_only: Outcome
) -> None:
    def is_good(seen: float) -> bool:
        return seen < 1

    def is_bad(seen: float) -> bool:
        return seen > 2

    assert judge_value(value, success=is_good, failure=is_bad) is with_both
    assert judge_value(value, success=is_good) is success_only
    assert judge_value(value, failure=is_bad) is failure_only
    assert judge_value(value) is Outcome.SUCCESSFUL


COUNTED, DRY = Metric(name="counted"), Metric(name="dry", dry_run=True)


@pytest.mark.parametrize(
    ("phases", "run"),
    [
        ((), Phase.PENDING),
        ((Phase.PENDING,), Phase.PENDING),
        ((Phase.PENDING, Phase.RUNNING), Phase.RUNNING),
        ((Phase.PENDING, Phase.SUCCESSFUL), Phase.RUNNING),
        ((Phase.SUCCESSFUL, Phase.SUCCESSFUL), Phase.SUCCESSFUL),
        ((Phase.SUCCESSFUL, Phase.STOPPED_EARLY), Phase.STOPPED_EARLY),
        ((Phase.RUNNING, Phase.FAILED), Phase.FAILED),
        ((Phase.INCONCLUSIVE, Phase.ERROR), Phase.ERROR),
        ((Phase.FAILED, Phase.ERROR), Phase.FAILED),
        ((Phase.RUNNING, Phase.STOPPED_EARLY), Phase.RUNNING),
    ],
)
def test_that_a_run_is_as_bad_as_its_worst_metric(phases: tuple[Phase, ...], run: Phase) -> None:
    assert assess_run((COUNTED, phase) for phase in phases) is run
    assert assess_run([*((COUNTED, phase) for phase in phases), (DRY, Phase.FAILED)]) is run


def test_that_the_next_measurement_is_due_after_delay_then_after_each_interval() -> None:
    metric = Metric(name="errors", interval=MINUTE, initial_delay=5 * MINUTE, count=2)
    assert find_next_measurement(metric, [], T0) == T0 + 5 * MINUTE
    first: Measurement[float] = Measurement(
        started=T0 + 5 * MINUTE, finished=T0 + 6 * MINUTE, outcome=Outcome.SUCCESSFUL
    )
    assert find_next_measurement(metric, [first], T0) == T0 + 7 * MINUTE
    assert find_next_measurement(metric, [first, first], T0) is None


def test_that_nothing_is_due_while_one_is_in_flight_or_after_the_end() -> None:
    assert find_next_measurement(endless(), measure("s."), T0) is None
    assert find_next_measurement(endless(), measure("f"), T0) is None
    assert find_next_measurement(endless(), [], T0, terminating=True) is None


def test_that_an_error_of_a_single_measurement_is_tried_again_after_ten_seconds() -> None:
    once = Metric(name="once")
    assert find_next_measurement(once, measure("e"), T0) == T0 + timedelta(seconds=10)
