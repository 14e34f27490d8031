"""The two reports that a run ends with: the practices shown, and the tally of a whole gate."""

import pytest

from tests import practices
from tools import tally


def test_that_there_are_two_hundred_and_forty_practices() -> None:
    assert len(set(practices.CODES)) == 240
    assert (practices.CODES[0], practices.CODES[-1]) == ("A1.1", "E8.6")


def test_that_the_table_counts_what_is_shown_and_names_what_is_not() -> None:
    lines = practices.table(frozenset({"B2.1", "B2.3"}), frozenset({"B2.4"}))
    assert "B2  2 of 6   not shown: B2.2, B2.4 (failed), B2.5, B2.6" in lines
    assert lines[-1] == "2 of 240 practices shown"


@pytest.mark.parametrize(
    ("log", "passed", "failed"),
    [
        ("3 passed in 0.10s", 3, 0),
        ("===== 1 failed, 2 passed, 4 skipped in 61.00s (0:01:01) =====", 2, 1),
        ("5 passed, 3 errors in 5.07s", 5, 3),
        ("\x1b[32m3 passed\x1b[0m\x1b[32m in 0.10s\x1b[0m\n7 passed, 2 failed", 10, 2),
        ("said 9 passed somewhere\nP1: 9 passed gates", 0, 0),
    ],
)
def test_that_the_tally_adds_the_summaries_alone(log: str, passed: int, failed: int) -> None:
    assert tally.tally(log) == (passed, failed)
