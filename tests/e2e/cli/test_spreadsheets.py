"""`import FILE.xlsx` and `export --xlsx`: a night is planned, played and given out without YAML."""

import json
import os
from pathlib import Path

import pytest

from relconsole.adapters.formats.workspace import read_workspace
from tests.helpers.cli import Workstation

EXAMPLES = Path(__file__).parents[3] / "resources/relconsole_resources/examples"
MODEST = EXAMPLES / "modest.xlsx"
MAPPING = EXAMPLES / "modest.mapping.yaml"
ANSWERS = """
answers:
  - {cell: Cutover!D22, value: Karim/Lena, answer: karim}
  - {cell: Cutover!G28, value: see mail, answer: "22"}
  - {cell: Cutover!E35, value: "0:50", answer: "00:50"}
"""


@pytest.fixture
def machine(tmp_path: Path) -> Workstation:
    """A machine on which nothing was imported yet."""
    return Workstation(store=tmp_path / "store")


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """The answers to what the example asks."""
    path = tmp_path / "answers.yaml"
    path.write_text(ANSWERS, encoding="utf-8")
    return path


def test_that_a_sheet_with_open_cells_takes_nothing_in(machine: Workstation) -> None:
    ran = machine.run("import", MODEST, "--map", MAPPING, "--json")
    assert ran.status == 1
    found = ran.json
    assert not found["ok"]
    assert not found["imported"]
    assert found["understood"]["steps"] == 30
    assert found["understood"]["open"] == 3
    assert len(found["understood"]["streams"]) == 5
    first = found["problems"][0]
    assert (first["sheet"], first["row"], first["cell"]) == ("Cutover", 22, "D22")
    assert (first["heading"], first["value"]) == ("Resp.", "Karim/Lena")
    assert [it["answer"] for it in first["options"]] == ["karim", "lena"]
    assert not machine.store.exists()


def test_that_open_cells_are_told_in_words(machine: Workstation) -> None:
    ran = machine.run("import", MODEST, "--map", MAPPING)
    assert ran.status == 1
    assert "to answer: Cutover!G28 Pred. “see mail”: Not the number of a step." in ran.out
    assert ran.out.endswith("nothing was taken in: 3 to answer first\n")


def test_that_a_workbook_alone_founds_a_store(machine: Workstation, given: Path) -> None:
    words = ("import", MODEST, "--map", MAPPING, "--answers", given)
    assert machine.ask(*words, "--dry-run")["imported"] is False
    assert not machine.store.exists()
    found = machine.ask(*words)
    assert found["imported"]
    assert len(found["steps"]["added"]) == 30
    again = machine.ask(*words)
    assert again["steps"] == {"added": [], "changed": [], "removed": [], "reordered": False}


def test_that_a_plan_given_out_comes_back_the_same(
    machine: Workstation, given: Path, tmp_path: Path
) -> None:
    machine.ask("import", MODEST, "--map", MAPPING, "--answers", given)
    for layout in ((), ("--map", MAPPING)):
        out = tmp_path / "out.xlsx"
        assert machine.ask("export", "--xlsx", out, "warehouse-8", *layout)["steps"] == 30
        back = machine.ask("import", out, *layout, "--dry-run")
        assert back["problems"] == []
        assert back["steps"] == {"added": [], "changed": [], "removed": [], "reordered": False}
    assert machine.run("export", "--xlsx", tmp_path / "x.xlsx", "other").status == 2


def test_that_a_night_from_a_sheet_is_played_with_its_fault(
    machine: Workstation, given: Path, tmp_path: Path
) -> None:
    machine.ask("import", MODEST, "--map", MAPPING, "--answers", given)
    played = tmp_path / "night.jsonl"
    done = [{"step": str(step), "answer": "done"} for step in range(1, 5)]
    played.write_text("\n".join(json.dumps(line) for line in done), encoding="utf-8")
    night = ("warehouse-8", "--rehearsal")
    ran = machine.run("night", *night, "--answers", played, "--json")
    assert ran.json["outcome"] == "held"
    note = ("--for", "ruth", "--note", "a forklift is stuck")
    failed = machine.ask("step", "warehouse-8", "5", "fail", "--rehearsal", *note)
    assert failed["steps"]["5"]["state"] == "failed"
    assert failed["steps"]["6"]["state"] == "not_started"
    machine.ask("step", "warehouse-8", "5", "repeat", "--rehearsal", "--for", "ruth")
    whole = machine.run("night", *night, "--auto", "--json").json
    assert (whole["type"], whole["outcome"]) == ("rehearsal", "finished")
    assert whole["steps"]["5"]["attempt"] == 2


def test_that_a_workspace_takes_a_release_and_keeps_its_other_files(
    plan: Path, machine: Workstation, given: Path
) -> None:
    comment = "# nobody touches this\n"
    release = plan / "releases" / "release-0.yaml"
    release.write_text(comment + release.read_text(encoding="utf-8"), encoding="utf-8")
    before = read_workspace(plan)
    words = ("import", MODEST, "--map", MAPPING, "--answers", given, "--into", plan, "wh-8")
    asked = machine.run(*words, "--json")
    assert asked.status == 1
    assert asked.json["problems"][0]["heading"] == "Environment"
    more = "  - {cell: Release!B3, value: Production, answer: prod}\n"
    given.write_text(ANSWERS + more, encoding="utf-8")
    dry = machine.ask(*words, "--dry-run")
    assert dry["files"] == []
    files = machine.ask(*words)["files"]
    assert [os.path.relpath(it, plan) for it in files] == ["estate.yaml", "releases/wh-8.yaml"]
    assert release.read_text(encoding="utf-8").startswith(comment)
    after = read_workspace(plan)
    assert after.releases.keys() - before.releases.keys() == {"wh-8"}
    assert machine.run("check", plan).status == 0
    assert machine.ask(*words)["files"] == []


def test_that_a_folder_that_is_not_there_is_founded(
    machine: Workstation, given: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    words = ("--map", MAPPING, "--answers", given, "--into", folder, "warehouse-8")
    files = machine.ask("import", MODEST, *words)["files"]
    assert [os.path.relpath(it, folder) for it in files] == [
        "estate.yaml",
        "releases/warehouse-8.yaml",
    ]


def test_that_a_changed_sheet_shows_what_it_changes(
    machine: Workstation, given: Path, tmp_path: Path
) -> None:
    machine.ask("import", MODEST, "--map", MAPPING, "--answers", given)
    sheet = tmp_path / "Runbook.csv"
    sheet.write_text(
        "Nr;Title;Owner;Duration;After;Kind\n"
        "1;Open the bridge and call the roll;greta;0:12;;communication\n"
        "99;Look around;ruth;5 min;1;checkpoint\n",
        encoding="utf-8",
    )
    mapping = tmp_path / "map.yaml"
    mapping.write_text(
        "sheet: Runbook\nafter_names: number\ncolumns:\n"
        + "".join(
            f"  - {{heading: {heading}, becomes: {becomes}}}\n"
            for heading, becomes in (
                ("Nr", "number"),
                ("Title", "title"),
                ("Owner", "owner"),
                ("Duration", "duration"),
                ("After", "after"),
                ("Kind", "kind"),
            )
        ),
        encoding="utf-8",
    )
    words = ("import", sheet, "--map", mapping, "--release", "warehouse-8")
    found = machine.ask(*words, "--dry-run")["steps"]
    assert found["added"] == ["99"]
    assert found["changed"] == [
        {"id": "1", "fields": [{"field": "duration", "before": "10m", "after": "12m"}]}
    ]
    assert len(found["removed"]) == 29
    said = machine.run(*words, "--dry-run").out
    assert "step changed: 1: duration: “10m” → “12m”" in said
    assert "nothing recorded" in said


def test_that_what_is_no_workbook_is_refused(machine: Workstation, tmp_path: Path) -> None:
    broken = tmp_path / "plan.xlsx"
    broken.write_bytes(b"PK\x03\x04")
    ran = machine.run("import", broken, "--json")
    assert ran.status == 2
    assert ran.json["error"]["kind"] == "input"
