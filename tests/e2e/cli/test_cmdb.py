"""`cmdb`: the services of the store held against a CMDB, which changes nothing on either side."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.cli import Workstation, in_pipe
from tests.plugins.request_tracker.servers import Tracker
from tests.plugins.serving import serving

SYSTEM = """
  - {{id: assets, plugin: request_tracker, url: "{url}",
     settings: {{queue: Changes, catalog: Services, service_field: Service,
                version_field: Version}}}}
"""


@pytest.fixture
def tracker() -> Tracker:
    """A catalog that says what the estate says."""
    tracker = Tracker()
    database = tracker.add_asset("ledger-db", "14.2")
    ledger = tracker.add_asset("ledger-api", "5.2", database)
    payments = tracker.add_asset("payments-api", "2.30", ledger)
    tracker.add_asset("web-shop", "8.4", payments, ledger)
    tracker.add_asset("reports", "1.0")
    return tracker


@pytest.fixture
def known(desk: Workstation, plan: Path, tracker: Tracker) -> Iterator[Workstation]:
    """A machine whose store knows the tracker and its credential."""
    with serving(tracker.answer) as url:
        with (plan / "connections.yaml").open("a", encoding="utf-8") as connections:
            connections.write(SYSTEM.format(url=url))
        desk.ask("import", plan)
        desk.ask("credential", "set", "assets", "--secret-fd", in_pipe("console:secret"))
        yield desk


def test_that_two_that_are_alike_end_with_0_and_nothing_is_written(known: Workstation) -> None:
    journal = known.ask("journal", "verify")
    found = known.ask("cmdb", "assets")
    assert (found["system"], found["services"], found["items"], found["both"]) == (
        *("assets", 5),
        *(5, 5),
    )
    assert [found[name] for name in ("differences", "unversioned", "nameless", "outward")] == [
        [] for _ in range(4)
    ]
    ran = known.run("cmdb", "assets")
    assert ran.out.splitlines() == [
        "no differences",
        "5 services here, 5 items in assets, 5 in both",
    ]
    assert known.ask("journal", "verify") == journal


def test_that_every_difference_is_told(known: Workstation, tracker: Tracker) -> None:
    tracker.assets[1]["CustomFields"][1]["values"] = ["14.1"]
    tracker.assets[2]["_hyperlinks"] = []
    tracker.assets[4] |= {"Status": "recycled"}
    del tracker.assets[5]
    tracker.assets[5] = {**tracker.assets[3], "id": "5"}
    tracker.add_asset("fraud-api", "1.0", 1, 77)
    tracker.add_asset("", "")
    ran = known.run("cmdb", "assets", "--json")
    assert ran.status == 1
    told = {(each["service"], each["kind"]): each for each in ran.json["differences"]}
    assert sorted(told) == [
        ("fraud-api", "only_there"),
        ("ledger-api", "dependency_only_here"),
        ("ledger-db", "version"),
        ("payments-api", "several_items"),
        ("reports", "only_here"),
        ("web-shop", "status"),
    ]
    version = told["ledger-db", "version"]
    assert (version["here"], version["there"], version["items"]) == ("14.2", "14.1", ["1"])
    status = told["web-shop", "status"]
    assert (status["here"], status["there"], status["items"]) == ("in use", "recycled", ["4"])
    assert ran.json["nameless"] == ["7"]
    assert ran.json["outward"] == [{"service": "fraud-api", "item": "77"}]
    lines = known.run("cmdb", "assets").out.splitlines()
    assert "ledger-db version 14.2 14.1 1" in [" ".join(line.split()) for line in lines]
    assert "items in use that name no service: 7" in lines
    assert "dependencies on items of no known service: fraud-api on 77" in lines


def test_that_a_version_which_the_cmdb_does_not_state_is_said_not_to_be_compared(
    known: Workstation, tracker: Tracker
) -> None:
    tracker.assets[1]["CustomFields"][1]["values"] = []
    assert known.ask("cmdb", "assets")["unversioned"] == ["ledger-db"]
    out = known.run("cmdb", "assets").out
    assert "version not compared, which one side does not state: ledger-db" in out


def test_that_a_cmdb_out_of_reach_ends_with_3(known: Workstation) -> None:
    known.ask("credential", "remove", "assets")
    ran = known.run("cmdb", "assets", "--json")
    assert (ran.status, ran.json["error"]["kind"]) == (3, "out_of_reach")
    assert "credential" in ran.json["error"]["message"]


def test_that_a_cmdb_that_is_away_ends_with_3(desk: Workstation, plan: Path) -> None:
    with (plan / "connections.yaml").open("a", encoding="utf-8") as connections:
        connections.write(SYSTEM.format(url="http://127.0.0.1:1"))
    desk.ask("import", plan)
    desk.ask("credential", "set", "assets", "--secret-fd", in_pipe("console:secret"))
    assert desk.run("cmdb", "assets", "--json").status == 3


def test_that_a_store_without_a_workspace_ends_with_3(tmp_path: Path) -> None:
    assert Workstation(store=tmp_path / "none").run("cmdb", "assets").status == 3


@pytest.mark.parametrize("system", ["itsm", "metrics"])
def test_that_a_system_that_is_no_cmdb_is_refused(desk: Workstation, system: str) -> None:
    ran = desk.run("cmdb", system, "--json")
    assert ran.status == 2
    assert "no configuration_items" in ran.json["error"]["message"]


def test_that_an_unknown_system_is_answered_with_the_nearest(desk: Workstation) -> None:
    ran = desk.run("cmdb", "metric", "--json")
    assert ran.status == 2
    assert "did you mean metrics" in ran.json["error"]["message"]
