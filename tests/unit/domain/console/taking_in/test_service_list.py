"""The services of a workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from relconsole.domain.console.taking_in.contacts import Roster, roster_of
from relconsole.domain.console.taking_in.service_list import ServiceList, read_services
from relconsole.domain.console.taking_in.table import Margin
from relconsole.domain.estate.catalogue import Estate, Service, Team
from relconsole.domain.kernel.ids import ServiceId, TeamId
from relconsole.domain.release.release import ContractChange, Item
from tests.unit.domain.plan.taking_in.sheets import LEDGER, answers, grid

HEAD = ("Service", "Id", "Team", "Tier", "Kind", "From", "To")
STANDING = {LEDGER.id: LEDGER}


def services(
    *rows: Sequence[object], given: Mapping[str, tuple[str, str]] | None = None
) -> tuple[ServiceList, Roster, Margin]:
    team = Team(id=TeamId("ledger"), name="Ledger")
    roster, margin = roster_of(Estate(teams={team.id: team})), Margin()
    sheet = grid(HEAD, *rows, name="Services")
    said = answers(given or {}, "Services")
    return read_services(sheet, STANDING, roster, said, margin), roster, margin


def test_that_without_a_list_the_release_keeps_its_items() -> None:
    roster = roster_of(Estate())
    found = read_services(None, STANDING, roster, answers({}), Margin())
    assert found == ServiceList(services=STANDING)
    items = (Item(service=LEDGER.id),)
    assert found.items_over(items) == items


def test_that_a_new_service_and_its_item_are_read() -> None:
    found, roster, margin = services(["Web Shop", None, "Shop", 1, "web", "8.4", 9])
    made = Service(
        id=ServiceId("web-shop"),
        name="Web Shop",
        team=TeamId("shop"),
        tier=1,
        kind="web",
        version="8.4",
    )
    assert found.services == {**STANDING, made.id: made}
    assert found.items_over(()) == (Item(service=made.id, from_version="8.4", to_version="9"),)
    assert TeamId("shop") in roster.teams
    assert [it.says for it in margin.remarks] == ["a new team, shop", "a new service, web-shop"]


def test_that_a_known_service_stays_as_it_is() -> None:
    found, _, margin = services(["ledger db", None, "Other", 2], ["X", "ledger-db"])
    assert found.services == STANDING
    assert found.items_over(()) == ()
    assert margin.problems == []


def test_that_a_service_without_kind_and_tier_has_the_usual_ones() -> None:
    found, _, _ = services(["Reports", None, "Ledger", None, None, None, "2"])
    made = found.services[ServiceId("reports")]
    assert (made.tier, made.kind, made.version) == (3, "service", None)


def test_that_what_a_service_lacks_is_asked_for() -> None:
    found, _, margin = services(
        [None, None, "Ledger"], ["Reports"], ["Web Shop", None, "Ledger", "first"]
    )
    assert [(it.place, it.question) for it in margin.problems] == [
        ("Services!A2", "What is this service called?"),
        ("Services!C3", "Which team has Reports?"),
        ("Services!D4", "“first” is no tier such as 1, 2 or 3."),
    ]
    assert set(found.services) == {LEDGER.id, "web-shop"}


def test_that_an_item_keeps_what_the_sheet_does_not_say() -> None:
    standing = (
        Item(service=LEDGER.id, from_version="14", contract_change=ContractChange.ADDED),
        Item(service=ServiceId("gone"), to_version="2"),
    )
    same, _, _ = services(["Ledger DB"])
    assert same.items_over(standing) == standing[:1]
    newer, _, _ = services(["Ledger DB", None, None, None, None, "14", "15"])
    assert newer.items_over(standing) == (replace(standing[0], to_version="15"),)
