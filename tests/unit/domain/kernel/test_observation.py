"""What another system said, while it is fresh."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.observation import Observation, Unknown

NOW = datetime(2026, 8, 8, 22, tzinfo=UTC)
SEEN = Observation(value=3, source="metrics", observed_at=NOW, time_to_live=timedelta(seconds=30))


@given(st.floats(min_value=-30, max_value=30))
def test_that_a_fresh_value_is_given(age: float) -> None:
    assert SEEN.read(NOW + timedelta(seconds=age)) == 3


def test_that_a_value_past_its_time_to_live_is_unknown() -> None:
    assert SEEN.read(NOW + timedelta(seconds=31)) == Unknown(
        why="metrics last answered 31 s ago", since=NOW
    )


def test_that_a_value_from_the_future_is_unknown() -> None:
    assert SEEN.read(NOW - timedelta(seconds=31)) == Unknown(
        why="metrics is 31 s ahead of this clock", since=NOW
    )
