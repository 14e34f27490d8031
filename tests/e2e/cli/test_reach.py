"""`reach`: what a failing service takes along."""

from pathlib import Path

import pytest

from tests.helpers.cli import run_cli


@pytest.mark.practice("B1.2")
def test_that_a_shared_component_names_whom_it_would_take_along(plan: Path) -> None:
    found = run_cli("reach", plan, "ledger-db", "--json").json
    assert {each["id"]: each["path"] for each in found["affected"]} == {
        "ledger-api": ["ledger-db", "ledger-api"],
        "payments-api": ["ledger-db", "ledger-api", "payments-api"],
        "web-shop": ["ledger-db", "ledger-api", "web-shop"],
    }
    assert found["safe"] == ["reports"]
    teams = {each["team"] for each in found["affected"]}
    channels = {channel for each in found["affected"] for channel in each["channels"]}
    assert (teams, channels) == ({"ledger", "payments"}, {"web", "pos"})


def test_that_a_service_which_nothing_needs_takes_nothing_along(plan: Path) -> None:
    found = run_cli("reach", plan, "web-shop", "--json").json
    assert found["affected"] == []
    assert "web-shop" not in found["safe"]
    assert "nothing needs web-shop" in run_cli("reach", plan, "web-shop").out


def test_that_a_person_reads_the_path_of_each(plan: Path) -> None:
    lines = run_cli("reach", plan, "payments-api").out.splitlines()
    assert lines[1].split() == ["web-shop", "payments-api", "<-", "web-shop", "payments", "web"]
    assert lines[-1].startswith("safe: ledger-api, ledger-db, reports")


def test_that_an_unknown_service_is_answered_with_the_nearest(plan: Path) -> None:
    ran = run_cli("reach", plan, "payment-api", "--json")
    assert ran.status == 2
    assert ran.json["error"]["field"] == "SERVICE"
    assert "did you mean payments-api" in ran.json["error"]["message"]


def test_that_a_workspace_with_a_fault_is_not_read_for_an_answer(plan: Path) -> None:
    with (plan / "estate.yaml").open("a", encoding="utf-8") as estate:
        estate.write("serivces: []\n")
    ran = run_cli("reach", plan, "ledger-db", "--json")
    assert ran.status == 2
    assert ran.json["error"]["file"] == "estate.yaml"
    assert ran.json["error"]["line"] == 22
