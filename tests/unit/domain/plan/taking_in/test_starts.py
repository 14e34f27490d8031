"""A time in a cell, placed into the window of its release."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.taking_in.cells import Cell, CellKind
from relconsole.domain.plan.taking_in.reading import Read, Unclear
from relconsole.domain.plan.taking_in.starts import Frame, read_start
from tests.unit.domain.plan.taking_in.sheets import FRAME, Value, cell, clock, wall

TWO = datetime(2026, 4, 21, 0, tzinfo=UTC)
LATE = Frame(
    window=Interval(
        start=datetime(2026, 4, 20, 20, tzinfo=UTC), end=datetime(2026, 4, 21, 3, tzinfo=UTC)
    ),
    zone="Europe/Berlin",
)
"""From ten in the evening to five."""


def start(
    value: Value, frame: Frame | None = FRAME, *, is_typed: bool = True
) -> Read[datetime] | Unclear:
    return read_start(cell(value), frame, is_typed=is_typed)


def window(zone: str, first: datetime, last: datetime) -> Frame:
    return Frame(window=Interval(start=first, end=last), zone=zone)


@pytest.mark.parametrize("value", [clock(2), wall(2026, 4, 21, 2)])
def test_that_a_time_is_placed_into_the_window(value: Value) -> None:
    assert start(value) == Read(value=TWO)


@pytest.mark.parametrize(
    "text", ["2:00", "02:00:00", "2026-04-21 02:00", "2026-04-21T02:00:00", "21.4.2026 2:00"]
)
def test_that_a_file_of_texts_gives_its_times_as_text(text: str) -> None:
    assert start(text, is_typed=False) == Read(value=TWO)


def test_that_a_time_with_its_offset_is_never_asked_about() -> None:
    assert start("2026-04-21T02:00+02:00") == Read(value=TWO)
    assert start("2026-04-21T00:00Z") == Read(value=TWO)


def test_that_times_past_midnight_are_of_the_next_day() -> None:
    half_past_one = Read(value=datetime(2026, 4, 20, 23, 30, tzinfo=UTC))
    assert start(clock(1, 30), LATE) == half_past_one
    assert start(clock(25, 30), LATE) == half_past_one
    assert start("25:30", LATE, is_typed=False) == half_past_one


def test_that_a_time_kept_as_text_is_asked_about_with_its_reading() -> None:
    asked = start("3:28")
    assert isinstance(asked, Unclear)
    assert asked.question == "“3:28” is text, not a time. Read it as Tue 21 Apr, 03:28?"
    assert asked.proposal == "03:28"
    dated = start("2026-04-21 03:28")
    assert isinstance(dated, Unclear)
    assert dated.proposal == "2026-04-21 03:28"


def test_that_a_bare_number_is_asked_about_as_a_part_of_the_day() -> None:
    asked = start(0.125)
    assert isinstance(asked, Unclear)
    assert asked.proposal == "03:00"
    for value in (0.5, 330):
        unread = start(value)
        assert isinstance(unread, Unclear)
        assert unread.proposal == ""


@pytest.mark.parametrize(
    "text", ["soon", "2026-13-41 01:30", "31.2.2026 1:30", "2026-04-21", "0330"]
)
def test_that_what_is_no_time_is_asked_about(text: str) -> None:
    asked = start(text, is_typed=False)
    assert isinstance(asked, Unclear)
    assert asked.question == "Not a time. When does it start?"


@pytest.mark.parametrize("value", [clock(9), wall(2026, 4, 22, 2), clock(30), "9:00"])
def test_that_a_time_outside_the_window_is_asked_about(value: Value) -> None:
    asked = start(value)
    assert isinstance(asked, Unclear)
    assert "window" in asked.question


def test_that_a_window_longer_than_a_day_is_asked_for_the_day() -> None:
    long = replace(
        LATE, window=Interval(start=LATE.window.start, end=datetime(2026, 4, 22, 3, tzinfo=UTC))
    )
    asked = start(clock(1, 30), long)
    assert isinstance(asked, Unclear)
    assert [it.answer for it in asked.options] == ["2026-04-21 01:30", "2026-04-22 01:30"]
    assert start(asked.options[1].answer, long, is_typed=False) == Read(
        value=datetime(2026, 4, 21, 23, 30, tzinfo=UTC)
    )


def test_that_a_time_which_the_clocks_show_twice_is_asked_about() -> None:
    autumn = window(
        "Europe/Berlin",
        datetime(2026, 10, 24, 22, tzinfo=UTC),
        datetime(2026, 10, 25, 4, tzinfo=UTC),
    )
    for value in (clock(2, 30), wall(2026, 10, 25, 2, 30)):
        asked = start(value, autumn)
        assert isinstance(asked, Unclear)
        said = [it.answer for it in asked.options]
        assert said == ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"]
        assert start(said[1], autumn, is_typed=False) == Read(
            value=datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        )


def test_that_a_time_which_the_clocks_skip_is_asked_about() -> None:
    spring = window(
        "Europe/Berlin",
        datetime(2026, 3, 28, 22, tzinfo=UTC),
        datetime(2026, 3, 29, 4, tzinfo=UTC),
    )
    asked = start(clock(2, 30), spring)
    assert isinstance(asked, Unclear)
    assert "skip" in asked.question
    assert len(asked.options) == 2


def test_that_without_a_window_the_day_is_not_known() -> None:
    asked = start(clock(2), None)
    assert isinstance(asked, Unclear)
    assert asked.choice == "window"


def test_that_a_fault_is_no_time() -> None:
    assert isinstance(start(Cell(kind=CellKind.FAULT, text="#N/A")), Unclear)
