"""`import` and `export`: the workspace goes into the store whole, and comes out as it went in."""

from pathlib import Path

import pytest

from relconsole.adapters.clock import SystemClock
from relconsole.adapters.formats.workspace import read_workspace
from relconsole.adapters.store.writer_lock import take_writer
from tests.e2e.cli.plans import CALENDAR, CUTOVER, RELEASE, write_plan
from tests.helpers.cli import Workstation, change_fact, run_cli


def facts_of(machine: Workstation) -> int:
    count: int = machine.ask("journal", "verify")["facts"]
    return count


def test_that_an_import_counts_what_it_took_in(tmp_path: Path, plan: Path) -> None:
    found = Workstation(store=tmp_path / "store").ask("import", plan)
    assert found["imported"]["services"] == 5
    assert found["imported"]["people"] == 5
    assert found["imported"]["environments"] == 2
    assert found["imported"]["freezes"] == 1
    assert found["imported"]["systems"] == 3
    assert found["imported"]["releases"] == 1
    assert found["changed"]["added"]["releases"] == ["pay-4"]
    assert found["changed"]["removed"] == {}


def test_that_a_second_import_records_the_difference_alone(
    desk: Workstation, tmp_path: Path, plan: Path
) -> None:
    before = facts_of(desk)
    assert desk.ask("import", plan)["changed"] == {"added": {}, "changed": {}, "removed": {}}
    assert facts_of(desk) == before
    sooner = RELEASE.replace("duration: 8m", "duration: 7m")
    found = desk.ask("import", write_plan(tmp_path / "plan", sooner, CUTOVER, calendar=CALENDAR))
    assert found["changed"] == {
        "added": {"releases": ["cutover"]},
        "changed": {"releases": ["pay-4"]},
        "removed": {},
    }
    assert facts_of(desk) == before + 2


def test_that_a_dry_run_says_what_would_change_and_changes_nothing(
    desk: Workstation, tmp_path: Path
) -> None:
    other = write_plan(tmp_path / "other", CUTOVER)
    found = desk.ask("import", other, "--dry-run")
    assert found["dry_run"]
    assert found["changed"]["added"] == {"releases": ["cutover"]}
    assert found["changed"]["removed"] == {"freezes": ["month-end"], "releases": ["pay-4"]}
    assert desk.ask("import", other, "--dry-run") == found


def test_that_a_workspace_with_a_fault_changes_nothing(desk: Workstation, tmp_path: Path) -> None:
    before = facts_of(desk)
    broken = write_plan(tmp_path / "plan", RELEASE.replace("owner: jo", "owner: joe"))
    ran = desk.run("import", broken, "--json")
    assert ran.status == 2
    assert ran.json["error"]["file"] == "releases/release-0.yaml"
    assert ran.json["error"]["line"] == 17
    assert ran.json["error"]["field"] == "runbook.steps[2].owner"
    assert facts_of(desk) == before


def test_that_what_is_exported_is_the_same_workspace(desk: Workstation, tmp_path: Path) -> None:
    found = desk.ask("export", tmp_path / "out")
    assert str(tmp_path / "out" / "releases" / "pay-4.yaml") in found["files"]
    assert found["exported"]["services"] == 5
    assert read_workspace(tmp_path / "out") == read_workspace(tmp_path / "plan")
    changed = desk.ask("import", tmp_path / "out")["changed"]
    assert changed == {"added": {}, "changed": {}, "removed": {}}


def test_that_an_export_of_nothing_is_out_of_reach(tmp_path: Path) -> None:
    ran = run_cli("export", tmp_path / "out", "--store", tmp_path / "none", "--json")
    assert ran.status == 3
    assert ran.json["error"]["kind"] == "world"
    assert not (tmp_path / "out").exists()


def test_that_a_release_with_an_open_run_is_not_changed_by_an_import(
    desk: Workstation, tmp_path: Path
) -> None:
    plan = write_plan(tmp_path / "plan", RELEASE.replace("duration: 8m", "duration: 7m"))
    # Without an answer the first question holds the night, and its run stays open.
    assert desk.run("night", "pay-4", "--rehearsal").status == 1
    assert desk.ask("import", plan)["changed"]["changed"] == {"releases": ["pay-4"]}
    ran = desk.run("night", "pay-4", "--rehearsal", "--json")
    assert ran.status == 1
    assert ran.json["error"]["reasons"][0]["rule"] == "release_is_running"


def test_that_a_second_writer_is_told_who_the_first_is(desk: Workstation, plan: Path) -> None:
    with take_writer(desk.store, "night", SystemClock().now()):
        ran = desk.run("import", plan, "--json")
        assert ran.status == 3
        assert ran.json["error"]["kind"] == "out_of_reach"
        assert "relconsole night (process" in ran.json["error"]["message"]
        assert desk.run("journal", "verify").status == 0
        assert desk.run("import", plan, "--dry-run").status == 0


def test_that_a_record_changed_outside_takes_nothing_in(desk: Workstation, tmp_path: Path) -> None:
    change_fact(desk.store / "live" / "journal.db", 1, "Mara", "Nora")
    ran = desk.run("import", write_plan(tmp_path / "plan", RELEASE, CUTOVER), "--json")
    assert ran.status == 3
    assert "The first broken fact is 1." in ran.json["error"]["message"]


@pytest.mark.parametrize("verb", [("journal", "checkpoint"), ("key", "register", "mara")])
def test_that_a_journal_whose_key_is_gone_is_left_as_it_is(
    desk: Workstation, verb: tuple[str, ...]
) -> None:
    stranger = Workstation(store=desk.store)
    ran = stranger.run(*verb, "--json")
    assert ran.status in {2, 3}
    assert desk.ask("journal", "verify")["facts"] > 0
