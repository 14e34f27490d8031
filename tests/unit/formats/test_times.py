"""Times of a workspace: local, instant, bare, and what a clock change does to each."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relconsole.adapters.formats.workspace import check_workspace, read_workspace
from relconsole.domain.calendar.entries import Freeze
from relconsole.domain.kernel.ids import ReleaseId, StepId
from relconsole.domain.kernel.zones import Meant
from relconsole.domain.plan.runbook import Step
from relconsole.domain.release.release import Release
from tests.unit.formats.payments_files import RELEASE, copy_payments, edit, the_problem


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_payments(tmp_path)


def with_freeze(folder: Path, text: str) -> Path:
    """Give the workspace with one freeze of these times."""
    (folder / "calendar.yaml").write_text(
        f"freezes: [{{id: f, {text}}}]\ntrains: [{{id: retail, cadence: FREQ=DAILY,"
        " start: 2026-01-06T01:30Z, duration: 1h}]\n",
        encoding="utf-8",
    )
    return folder


def freeze(folder: Path, text: str) -> Freeze:
    return read_workspace(with_freeze(folder, text)).calendar.freezes[0]


def with_window(folder: Path, window: str, not_before: str) -> Path:
    """Give the workspace with another window and another fixed start."""
    edit(
        folder,
        RELEASE,
        "{start: 2026-04-21T01:30, end: 2026-04-21T05:00, zone: Europe/Berlin}",
        window,
    )
    return edit(folder, RELEASE, 'not_before: "02:38"', f"not_before: {not_before}")


def release(folder: Path) -> Release:
    return read_workspace(folder).releases[ReleaseId("payments-core-2026.4")]


def fixed(folder: Path) -> Step:
    found = release(folder).runbook.find(StepId("drop-columns"))
    assert found is not None
    return found


def test_that_a_local_time_keeps_what_was_meant(folder: Path) -> None:
    found = freeze(folder, "start: 2026-07-01T02:00, end: 2026-07-01 03:30:15, zone: Europe/Berlin")
    assert found.when.start == Meant(
        instant=datetime(2026, 7, 1, tzinfo=UTC),
        wall=datetime(2026, 7, 1, 2),  # noqa: DTZ001
        zone="Europe/Berlin",
    )
    assert found.when.end.instant == datetime(2026, 7, 1, 1, 30, 15, tzinfo=UTC)


def test_that_an_instant_is_meant_as_the_clocks_beside_it_show_it(folder: Path) -> None:
    found = freeze(folder, "start: 2026-07-01T00:00Z, end: 2026-07-01T01:00Z, zone: Asia/Kolkata")
    assert found.when.start.wall == datetime(2026, 7, 1, 5, 30)  # noqa: DTZ001


def test_that_instants_without_a_zone_are_kept_in_utc(folder: Path) -> None:
    found = freeze(folder, "start: 2026-07-01T00:00Z, end: 2026-07-01T01:00Z")
    assert found.when.start.zone == "UTC"


def test_that_one_local_time_among_instants_needs_a_zone(folder: Path) -> None:
    with_freeze(folder, "start: 2026-07-01T00:00Z, end: 2026-07-01T01:00")
    assert the_problem(folder).field == "freezes[0].zone"


def test_that_a_time_that_the_clock_skips_is_a_problem_with_both_readings(folder: Path) -> None:
    with_freeze(folder, "start: 2026-03-29T02:30, end: 2026-03-30T00:00, zone: Europe/Berlin")
    problem = the_problem(folder)
    assert (problem.line, problem.field) == (1, "freezes[0].start")
    assert "2026-03-29T00:30:00Z" in problem.message
    assert "2026-03-29T01:30:00Z" in problem.message


def test_that_a_time_that_exists_twice_is_a_problem_with_both_readings(folder: Path) -> None:
    with_freeze(folder, "start: 2026-10-25T02:30, end: 2026-10-26T00:00, zone: Europe/Berlin")
    message = the_problem(folder).message
    assert "2026-10-25T02:30:00+02:00" in message
    assert "2026-10-25T02:30:00+01:00" in message


@pytest.mark.parametrize(("offset", "hour"), [("+02:00", 0), ("+01:00", 1)])
def test_that_its_offset_settles_a_time_that_exists_twice(
    folder: Path, offset: str, hour: int
) -> None:
    found = freeze(
        folder, f"start: 2026-10-25T02:30{offset}, end: 2026-10-26T00:00, zone: Europe/Berlin"
    )
    assert found.when.start.instant == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    assert found.when.start.wall == datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    "start", ["2026-07-01T02:30+01:00", "2026-10-25T02:30+03:00", "2026-03-29T02:30+01:00"]
)
def test_that_an_offset_which_the_zone_does_not_have_is_a_problem(folder: Path, start: str) -> None:
    with_freeze(folder, f"start: {start}, end: 2026-12-01T00:00, zone: Europe/Berlin")
    problem = the_problem(folder)
    assert problem.field == "freezes[0].start"
    assert "+02:00" in problem.message or "does not exist" in problem.message


@pytest.mark.parametrize(
    "start",
    [
        "2026-04-31T00:00",
        "2026-04-30",
        "1969-12-31T23:59",
        "2200-01-01T00:00",
        "0001-01-01T00:00",
        "2026-04-30T24:00",
        "2026-04-30T00:00 +02:00",
        "2026-04-30T00:00+25:00",
        "２026-04-30T00:00",
        "tomorrow",
    ],
)
def test_that_what_is_no_time_of_a_plan_is_a_problem(folder: Path, start: str) -> None:
    with_freeze(folder, f"start: {start}, end: 2026-12-01T00:00, zone: Europe/Berlin")
    assert "is no time such as" in the_problem(folder).message


def test_that_starts_are_left_out_by_wall_time_by_date_and_by_instant(folder: Path) -> None:
    found = freeze(
        folder,
        "start: 2026-01-01T22:00, end: 2026-01-02T05:00, zone: Europe/Berlin, rrule: FREQ=DAILY,"
        " exdates: [2026-01-03T22:00, 2026-01-05, 2026-01-07T21:00Z]",
    )
    walls = [datetime(2026, 1, day, 22) for day in (3, 5, 7)]  # noqa: DTZ001
    assert found.when.exdates == tuple(walls)


@pytest.mark.parametrize("left_out", ["2026-02-30", "2026-02-30T10:00", "[]"])
def test_that_a_start_left_out_that_is_no_date_is_a_problem(folder: Path, left_out: str) -> None:
    with_freeze(
        folder,
        "start: 2026-01-01T22:00, end: 2026-01-02T05:00, zone: Europe/Berlin, rrule: FREQ=DAILY,"
        f" exdates: [{left_out}]",
    )
    assert the_problem(folder).field == "freezes[0].exdates[0]"


def test_that_both_a_wrong_rule_and_a_wrong_time_are_named(folder: Path) -> None:
    with_freeze(
        folder,
        "start: 2026-03-29T02:30, end: 2026-10-25T02:30, zone: Europe/Berlin, rrule: FREQ=SECONDLY",
    )
    assert [it.field for it in check_workspace(folder)] == [
        "freezes[0].start",
        "freezes[0].end",
        "freezes[0].rrule",
    ]


def test_that_a_rule_until_the_end_of_all_calendars_is_a_problem(folder: Path) -> None:
    with_freeze(
        folder,
        "start: 2026-01-01T22:00, end: 2026-01-02T05:00, zone: Asia/Tokyo,"
        " rrule: FREQ=DAILY;UNTIL=99991231T235959Z",
    )
    assert the_problem(folder).field == "freezes[0].rrule"


NIGHT = "{start: 2026-04-20T22:00, end: 2026-04-21T05:00, zone: Europe/Berlin}"
BACK = "{start: 2026-10-25T01:00, end: 2026-10-25T05:00, zone: Europe/Berlin}"
FORTH = "{start: 2026-03-29T01:00, end: 2026-03-29T05:00, zone: Europe/Berlin}"


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("23:59", datetime(2026, 4, 20, 21, 59, tzinfo=UTC)),
        ("00:00", datetime(2026, 4, 20, 22, 0, tzinfo=UTC)),
        ("22:00", datetime(2026, 4, 20, 20, 0, tzinfo=UTC)),
        ("05:00", datetime(2026, 4, 21, 3, 0, tzinfo=UTC)),
        ("2026-04-21T02:38", datetime(2026, 4, 21, 0, 38, tzinfo=UTC)),
        ("2026-04-21T00:38Z", datetime(2026, 4, 21, 0, 38, tzinfo=UTC)),
    ],
)
def test_that_a_fixed_start_falls_into_the_window(
    folder: Path, written: str, instant: datetime
) -> None:
    assert fixed(with_window(folder, NIGHT, f'"{written}"')).not_before == instant


@pytest.mark.parametrize(
    ("window", "written", "readings"),
    [
        (NIGHT, "05:01", ["2026-04-21T03:01:00Z", "2026-04-20T03:01:00Z"]),
        (NIGHT, "21:59", ["2026-04-21T19:59:00Z", "2026-04-20T19:59:00Z"]),
        (BACK, "02:30", ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]),
        (FORTH, "02:30", ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"]),
        (NIGHT, "2026-04-21T06:00", ["2026-04-21T04:00:00Z", "2026-04-21T03:00:00Z"]),
    ],
)
def test_that_a_fixed_start_outside_missing_or_doubled_is_refused_with_both_readings(
    folder: Path, window: str, written: str, readings: list[str]
) -> None:
    problem = the_problem(with_window(folder, window, f'"{written}"'))
    assert problem.file == RELEASE
    assert problem.field == "runbook.steps[3].not_before"
    assert all(reading in problem.message for reading in readings), problem.message


def test_that_a_doubled_fixed_start_is_settled_by_writing_it_whole(folder: Path) -> None:
    with_window(folder, BACK, "2026-10-25T02:30+01:00")
    assert fixed(folder).not_before == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("written", ["25:00", "2:38", "02:38:61", "02.38", ""])
def test_that_what_is_no_time_of_day_is_a_problem(folder: Path, written: str) -> None:
    problem = the_problem(with_window(folder, NIGHT, f'"{written}"'))
    assert problem.field == "runbook.steps[3].not_before"


def test_that_a_fixed_start_without_a_window_is_not_judged(folder: Path) -> None:
    with_window(folder, "{start: 2026-04-20T22:00}", "99:99")
    assert {it.field for it in check_workspace(folder)} == {"window.end"}


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ('"04:00"', datetime(2026, 4, 21, 2, tzinfo=UTC)),
        ("2026-04-21T06:00", datetime(2026, 4, 21, 4, tzinfo=UTC)),
        ("2026-04-21T04:30Z", datetime(2026, 4, 21, 4, 30, tzinfo=UTC)),
    ],
)
def test_that_a_deadline_is_a_time_even_after_the_window(
    folder: Path, written: str, instant: datetime
) -> None:
    edit(folder, RELEASE, "deadline: window_end", f"deadline: {written}")
    assert release(folder).deadline == instant


def test_that_a_window_across_a_clock_change_has_its_real_length(folder: Path) -> None:
    assert release(with_window(folder, BACK, '"03:30"')).window.length == timedelta(hours=5)


DEPARTURE = "id: t, cadence: FREQ=DAILY, duration: 1h"
EXPIRY = "id: e, freeze: f, release: ledger-2026.3, approver: mara, reason: r"


@pytest.mark.parametrize(
    ("section", "entry", "field"),
    [
        ("trains", f"{DEPARTURE}, start: 2026-01-06T01:30", "zone"),
        ("trains", f"{DEPARTURE}, start: 2026-03-29T02:30, zone: Europe/Berlin", "start"),
        ("exceptions", f"{EXPIRY}, expires: 2026-03-29T02:30", "zone"),
        ("exceptions", f"{EXPIRY}, expires: 2026-03-29T02:30, zone: Europe/Berlin", "expires"),
    ],
)
def test_that_departures_and_expiries_are_judged_like_any_time(
    folder: Path, section: str, entry: str, field: str
) -> None:
    edit(folder, RELEASE, "train: retail\n", "")
    (folder / "calendar.yaml").write_text(
        f"{section}: [{{{entry}}}]\n"
        "freezes: [{id: f, start: 2026-01-06T01:30Z, end: 2026-01-06T02:30Z}]\n",
        encoding="utf-8",
    )
    assert the_problem(folder).field == f"{section}[0].{field}"
