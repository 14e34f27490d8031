"""What the screens are made from."""

from relconsole.domain.record.file_form import JournalKind
from tests.unit.presenters.night_plan import MARA, RELEASE
from tests.unit.presenters.scenes import Stage, before, calm, rehearsed


def test_that_before_the_night_there_is_a_release_and_no_run() -> None:
    seen = before().seen()
    assert seen.release.id == RELEASE
    assert seen.run is None
    assert not seen.is_rehearsal


def test_that_a_person_is_named_as_the_estate_does_or_by_the_id() -> None:
    seen = calm().seen()
    assert [seen.name(each) for each in (MARA, "stranger", None)] == [
        "Mara Okafor",
        "stranger",
        "nobody",
    ]


def test_that_a_rehearsal_is_told_by_its_journal_or_its_run() -> None:
    assert rehearsed().seen().is_rehearsal
    assert Stage(kind=JournalKind.REHEARSAL).seen().is_rehearsal
    beside = Stage()
    beside.open("01:30", rehearsal=True)
    assert beside.seen().is_rehearsal
    assert not calm().seen().is_rehearsal
