"""The palette: a few letters, and what they most likely mean first."""

from dataclasses import replace

from relconsole.domain.estate.catalogue import Service
from relconsole.domain.kernel.ids import ServiceId, TeamId
from relconsole.domain.release.release import Item
from relconsole_ui.presenters.palette import MOST, Entry, EntryKind, present_entries, rank
from relconsole_ui.presenters.seen import Seen
from tests.unit.presenters.scenes import before, calm


def entry(kind: EntryKind, text: str, **more: str) -> Entry:
    return Entry(kind=kind, id=more.pop("id", text), text=text, **more)


STOP = entry(EntryKind.ACTION, "Stop the line", key="Ctrl Shift S")
ARM = entry(EntryKind.ACTION, "Arm rollback", why_not="nothing was started")
SHOP = entry(EntryKind.SERVICE, "web-shop", says="Shop, 8.4.0")
INES = entry(EntryKind.PERSON, "Inês Duarte", says="operations")
PAY = entry(EntryKind.ROLLBACK, "Roll back payments-api", id="payments-api")
ALL = (STOP, ARM, SHOP, INES, PAY)


def with_services() -> Seen:
    """The calm night of a release that changes a service which the estate knows."""
    seen = calm().seen()
    service = Service(id=ServiceId("payments-api"), name="Payments API", team=TeamId("payments"))
    workspace = seen.state.workspace
    items = (Item(service=service.id, from_version="2.30", to_version="2.31"),)
    workspace = replace(
        workspace,
        estate=replace(workspace.estate, services={service.id: service}),
        releases={seen.release.id: replace(seen.release, items=items)},
    )
    return replace(seen, state=replace(seen.state, workspace=workspace))


def test_that_without_letters_everything_stands_in_its_own_order() -> None:
    assert rank("", ALL)[0] is PAY
    assert len(rank("", ALL * 4)) == MOST


def test_that_a_start_beats_a_word_and_a_word_beats_letters_inside() -> None:
    assert rank("st", ALL)[0] is STOP
    assert rank("line", ALL)[0] is STOP
    assert rank("sho", ALL)[0] is SHOP
    assert rank("top", ALL)[0] is STOP


def test_that_letters_may_be_scattered_and_a_text_without_them_is_left_out() -> None:
    assert rank("slne", ALL) == (STOP,)
    assert rank("zzz", ALL) == ()


def test_that_accents_and_case_do_not_matter() -> None:
    assert rank("INES", ALL)[0] is INES


def test_that_what_stands_aside_finds_too_but_counts_less() -> None:
    assert rank("operations", ALL) == (INES,)
    assert rank("8.4", ALL) == (SHOP,)


def test_that_every_word_has_to_fit() -> None:
    assert rank("roll pay", ALL) == (PAY,)
    assert rank("roll zzz", ALL) == ()


def test_that_e1_the_prepared_rollback_of_a_service_is_found_by_two_letters() -> None:
    found = rank("pa", present_entries(with_services()))
    assert (found[0].kind, found[0].id) == (EntryKind.ROLLBACK, "payments-api")


def test_that_steps_people_services_and_releases_are_to_be_found() -> None:
    kinds = {each.kind for each in present_entries(with_services())}
    assert kinds == set(EntryKind) - {EntryKind.ACTION}
    assert EntryKind.STEP not in {each.kind for each in present_entries(before().seen())}


def test_that_an_entry_is_spoken_with_its_kind_key_and_why_not() -> None:
    assert STOP.sentence == "Action: Stop the line, Ctrl Shift S"
    assert ARM.sentence == "Action: Arm rollback, nothing was started"
