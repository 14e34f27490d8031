"""`demo --headless`: a whole night on real processes, until the old state is seen again."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.night.once import once
from tests.helpers.cli import Ran, run_cli_process

OLD = {"payments-api": "2.30.4", "ledger-db": "14.2"}
NEW = {"payments-api": "2.31.0", "ledger-db": "15.0"}
LONGEST = 175.0
"""The whole night takes less than three minutes."""


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the demo was played, once, by a program of its own."""
    return once(tmp_path_factory, "demo", play)


def play(home: Path) -> None:
    """Play the night and keep how it ended and what it said."""
    words = ("demo", "--headless", "--json", "--folder", home)
    ran = run_cli_process(*words, seconds=LONGEST)
    (home / "ran.json").write_text(json.dumps(asdict(ran)), encoding="utf-8")


@pytest.fixture
def played(home: Path) -> Ran:
    """How it ended and what it said."""
    return Ran(**json.loads((home / "ran.json").read_text(encoding="utf-8")))


def fleet(rows: list[dict[str, Any]], column: str) -> dict[str, str]:
    """Give one column of a fleet by service."""
    return {row["service"]: row[column] for row in rows}


def said(played: Ran, *moments: str) -> list[int]:
    """Give where each moment is first told; AssertionError where one is not."""
    lines = played.err.splitlines()
    found = [[at for at, line in enumerate(lines) if moment in line] for moment in moments]
    assert all(found), dict(zip(moments, found, strict=True))
    return [places[0] for places in found]


def left_of(home: Path) -> Iterator[str]:
    """Give the command line of each process of the estate, or of a plugin, that still runs."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                inside = (entry / "cwd").readlink().is_relative_to(home / "store" / "plugins")
            except OSError:
                continue
            if inside or str(home / "estate") in line:
                yield line


@pytest.mark.practice("A4.3")
@pytest.mark.practice("E4.4")
@pytest.mark.practice("B5.2")
def test_that_the_night_deploys_is_held_by_the_fault_and_ends_rolled_back(played: Ran) -> None:
    assert played.status == 0, played
    assert played.json["state"] == "rolled_back"
    assert played.json["reconcile"] == []
    order = said(
        played,
        "deploy-api done",
        "migrate-ledger done",
        "TRIGGER: Checkout",
        "HOLD (trigger)",
        "rollback armed",
        "ROLLBACK FIRED, seconded by lena",
        "undo-migrate-ledger done",
        "undo-deploy-api done",
        "run ended: rolled_back",
    )
    assert order == sorted(order)


@pytest.mark.practice("D6.5")
@pytest.mark.practice("B3.2")
@pytest.mark.practice("A4.6")
def test_that_schema_and_service_go_back_in_the_reverse_of_the_order_they_came(
    played: Ran,
) -> None:
    assert list(played.json["steps"]) == ["undo-migrate-ledger", "undo-deploy-api"]
    assert {step["state"] for step in played.json["steps"].values()} == {"done"}
    came = said(played, "deploy-api started", "migrate-ledger started")
    went = said(played, "undo-migrate-ledger started", "undo-deploy-api started")
    assert came == sorted(came)
    assert went == sorted(went)


def test_that_every_service_is_observed_on_the_new_version_before_and_the_old_one_after(
    played: Ran,
) -> None:
    assert fleet(played.json["preflight"], "observed") == NEW
    assert fleet(played.json["fleet"], "observed") == OLD
    assert all(row["ok"] for row in (*played.json["preflight"], *played.json["fleet"]))


def test_that_the_record_of_the_demo_verifies_and_is_no_record_of_a_live_night(
    played: Ran, home: Path
) -> None:
    assert played.json["journal"]["ok"]
    store = ("--store", home / "store", "--json")
    again = run_cli_process("journal", "verify", "--kind", "demo", *store)
    assert (again.status, again.json["ok"]) == (0, True), again
    assert again.json["root"] == played.json["journal"]["root"]
    live = run_cli_process("journal", "verify", *store)
    assert live.status == 3


def test_that_nothing_of_the_estate_is_left_running(played: Ran, home: Path) -> None:
    assert "processes ended" in played.err
    assert list(left_of(home)) == []


def test_that_the_second_person_signed_in_a_process_of_their_own(played: Ran, home: Path) -> None:
    answers = sorted((home / "store" / "requests").glob("*.answer.json"))
    signers = [json.loads(path.read_text(encoding="utf-8"))["signer"] for path in answers]
    assert "lena" in signers
    assert "mara" not in signers
