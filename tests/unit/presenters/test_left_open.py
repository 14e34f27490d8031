"""What the night holds open."""

from relconsole.domain.night.bridge_commands import CloseLeftOpen, HandOverLeftOpen
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.left_open import LeftOpenRow, present_left_open
from relconsole_ui.presenters.seen import Seen
from tests.unit.presenters.night_plan import INES, RUN
from tests.unit.presenters.scenes import before, calm, finished


def row(seen: Seen, key: str) -> LeftOpenRow:
    return next(each for each in present_left_open(seen).rows if each.key == key)


def test_that_nothing_held_open_is_said_so() -> None:
    for seen in (before().seen(), finished().seen()):
        rows = present_left_open(seen)
        assert (rows.rows, rows.note, rows.empty) == ((), "none", "Nothing is held open.")


def test_that_what_ends_first_comes_first_and_what_has_no_end_last() -> None:
    rows = present_left_open(calm().seen())
    assert [(each.key, each.who, each.until) for each in rows.rows] == [
        ("silence", "M. Okafor", "until 02:45"),
        ("batch", "O. Farouk", "until 04:15"),
        ("lock", "M. Okafor", "until 05:00"),
        ("weight", "J. Reyes", "until step 17"),
    ]
    assert (rows.note, rows.is_overdue) == ("4, none overdue", False)
    assert {each.status for each in rows.rows} == {Status.NOT_STARTED}
    spoken = "Alert silence: Edge, Mobile, M. Okafor, until 02:45, closed by: step 17"
    assert rows.rows[0].sentence == spoken


def test_that_what_outlives_its_time_is_overdue() -> None:
    seen = calm().seen("02:50")
    silence = row(seen, "silence")
    assert (silence.until, silence.tone, silence.status) == (
        "overdue 05:00",
        "warn",
        Status.WARNING,
    )
    rows = present_left_open(seen)
    assert (rows.note, rows.is_overdue) == ("4, 1 overdue", True)


def test_that_what_was_handed_over_is_the_new_owners_and_never_overdue() -> None:
    stage = calm()
    stage.do("02:20", HandOverLeftOpen(run=RUN, entry="silence"), by=INES)
    silence = row(stage.seen("02:50"), "silence")
    assert (silence.who, silence.tone) == ("handed to I. Duarte", "quiet")
    assert silence.until == "until 02:45"


def test_that_a_closed_entry_is_gone() -> None:
    stage = calm()
    stage.do("02:20", CloseLeftOpen(run=RUN, entry="silence"))
    assert [each.key for each in present_left_open(stage.seen()).rows] == [
        "batch",
        "lock",
        "weight",
    ]
    assert row(stage.seen(), "batch").why == ""
