"""`check`: what is wrong with a workspace."""

from pathlib import Path

import pytest

from tests.e2e.cli.plans import ESTATE, RELEASE, write_plan
from tests.helpers.cli import run_cli

EXAMPLES = Path(__file__).parents[3] / "resources" / "relconsole_resources" / "examples"


def test_that_a_workspace_without_fault_is_said_to_be_one(plan: Path) -> None:
    ran = run_cli("check", plan, "--json")
    assert (ran.status, ran.json) == (0, {"ok": True, "problems": []})
    assert run_cli("check", plan).out == "no problems\n"


def test_that_the_example_of_sixty_steps_has_no_fault() -> None:
    assert run_cli("check", EXAMPLES / "sixty_steps", "--json").status == 0


def test_that_every_fault_is_named_with_file_line_and_field(tmp_path: Path) -> None:
    broken = RELEASE.replace("owner: jo", "owner: joe").replace("duration: 2m}", "durations: 2m}")
    folder = write_plan(tmp_path, broken)
    ran = run_cli("check", folder, "--json")
    assert ran.status == 1
    assert not ran.json["ok"]
    found = ran.json["problems"]
    assert {problem["file"] for problem in found} == {"releases/release-0.yaml"}
    line = 1 + broken.splitlines().index(next(it for it in broken.splitlines() if "joe" in it))
    joe = next(problem for problem in found if "joe" in problem["message"])
    assert joe["line"] == line
    assert joe["field"] == "runbook.steps[2].owner"
    assert "did you mean jo?" in joe["message"]
    assert any("duration" in problem["message"] for problem in found)


def test_that_a_person_reads_a_line_for_each_fault_and_their_number(tmp_path: Path) -> None:
    ran = run_cli("check", write_plan(tmp_path, RELEASE.replace("owner: jo", "owner: joe")))
    first, count = ran.out.splitlines()
    assert first.startswith("releases/release-0.yaml:17: runbook.steps[2].owner: there is no ")
    assert count == "1 problem"


@pytest.mark.parametrize("name", ["nowhere", "estate.yaml"])
def test_that_a_folder_that_cannot_be_read_is_an_error(plan: Path, name: str) -> None:
    ran = run_cli("check", plan / name, "--json")
    assert ran.status == 2
    assert ran.json["error"]["kind"] == "input"
    assert ran.json["error"]["file"] == str(plan / name)


def test_that_an_unsafe_wall_time_is_refused_with_both_readings(tmp_path: Path) -> None:
    twice = RELEASE.replace("2026-04-21T01:30", "2026-10-25T02:30").replace(
        "2026-04-21", "2026-10-25"
    )
    ran = run_cli("check", write_plan(tmp_path, twice), "--json")
    assert ran.status == 1
    (problem,) = ran.json["problems"]
    assert problem["field"] == "window.start"
    assert "+02:00" in problem["message"]
    assert "+01:00" in problem["message"]


def test_that_what_a_terminal_would_obey_is_not_printed(tmp_path: Path) -> None:
    estate = ESTATE + '\n"\\e[2Jsurprise": 1\n'
    ran = run_cli("check", write_plan(tmp_path, RELEASE, estate=estate))
    assert ran.status == 1
    assert "surprise" in ran.out
    assert "\x1b" not in ran.out
