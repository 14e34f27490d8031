"""`schedule`: the worked figures of the method, to the letter, through the command line."""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cli.plans import CUTOVER, NETWORK, PARALLEL, write_plan
from tests.helpers.cli import run_cli

WAITING = """
id: {id}
environment: prod
window: {{start: 2026-04-21T04:00, end: 2026-04-21T06:00, zone: UTC}}
commander: mara
requester: tomas
waits_for: [cutover]
"""


def scheduled(folder: Path, release: str, *others: str) -> Any:
    text = {"cutover": CUTOVER, "network": NETWORK, "parallel": PARALLEL}[release]
    ran = run_cli("schedule", write_plan(folder, text, *others), release, "--json")
    assert ran.status == 0, ran
    return ran.json


@pytest.mark.practice("D6.3")
def test_the_latest_safe_rollback_start_of_the_worked_cutover(tmp_path: Path) -> None:
    found = scheduled(tmp_path, "cutover")
    assert found["latest_safe_rollback_start"] == {
        "stop-writers": "2026-04-21T04:35:00Z",
        "migrate": "2026-04-21T03:25:00Z",
        "deploy": "2026-04-21T03:00:00Z",
        "switch": "2026-04-21T02:50:00Z",
        "drop-columns": None,
    }
    assert found["end"] == 100 * 60
    assert found["percentiles"] == {"p50": 6000.0, "p90": 6000.0}
    assert found["in_window"] == 1.0


def test_the_critical_path_of_the_worked_network(tmp_path: Path) -> None:
    found = scheduled(tmp_path, "network")
    steps = found["steps"]
    assert found["end"] == 60 * 60
    assert [step for step in steps if steps[step]["critical"]] == ["A", "C", "D", "F", "G"]
    floats = {
        step: (each["total_float"] / 60, each["free_float"] / 60) for step, each in steps.items()
    }
    assert floats == {
        "A": (0, 0),
        "B": (15, 0),
        "C": (0, 0),
        "D": (0, 0),
        "E": (15, 15),
        "F": (0, 0),
        "G": (0, 0),
    }
    assert steps["E"] == {
        "earliest_start": 1800.0,
        "earliest_finish": 2400.0,
        "latest_start": 2700.0,
        "latest_finish": 3300.0,
        "total_float": 900.0,
        "free_float": 900.0,
        "critical": False,
    }


def test_that_parallel_paths_end_later_than_the_critical_path_says(tmp_path: Path) -> None:
    found = scheduled(tmp_path, "parallel")
    assert found["end"] == 17.5 * 60
    # Ten thousand nights come within a few seconds of the true 19.7 and 25.5 minutes.
    assert found["percentiles"]["p50"] / 60 == pytest.approx(19.7, abs=0.2)
    assert found["percentiles"]["p90"] / 60 == pytest.approx(25.5, abs=0.2)
    assert 0.8 < found["in_window"] < 0.95
    assert scheduled(tmp_path, "parallel") == found


def test_that_an_unrehearsed_way_back_counts_one_and_a_half_times(tmp_path: Path) -> None:
    text = CUTOVER.replace("  unrehearsed_factor: 1\n", "")
    ran = run_cli("schedule", write_plan(tmp_path, text), "cutover", "--json")
    assert ran.json["latest_safe_rollback_start"]["stop-writers"] == "2026-04-21T04:32:30Z"


def test_that_a_release_which_waits_brings_the_deadline_forward(tmp_path: Path) -> None:
    found = scheduled(tmp_path, "cutover", WAITING.format(id="after"))
    assert found["latest_safe_rollback_start"]["stop-writers"] == "2026-04-21T03:35:00Z"


def test_that_a_written_deadline_counts_before_any_other(tmp_path: Path) -> None:
    text = CUTOVER.replace("runbook:\n", 'runbook:\n  deadline: "03:50"\n')
    folder = write_plan(tmp_path, text, WAITING.format(id="after"))
    found = run_cli("schedule", folder, "cutover", "--json").json
    assert found["latest_safe_rollback_start"]["stop-writers"] == "2026-04-21T03:25:00Z"


def test_that_a_runbook_longer_than_its_window_is_answered_with_no(tmp_path: Path) -> None:
    folder = write_plan(tmp_path, NETWORK.replace("end: 2026-04-21T05:00", "end: 2026-04-21T01:59"))
    ran = run_cli("schedule", folder, "network", "--json")
    assert ran.status == 1
    assert ran.json["end"] == 3600.0
    assert ran.json["in_window"] == 0.0
    assert "LONGER" in run_cli("schedule", folder, "network").out


def test_that_a_person_reads_clock_times_of_the_window(tmp_path: Path) -> None:
    lines = run_cli("schedule", write_plan(tmp_path, CUTOVER), "cutover").out.splitlines()
    assert lines[2].split() == ["migrate", "01:05Z", "01:45Z", "0s", "critical", "03:25Z"]
    assert lines[5].endswith("no way back")


def test_that_an_unknown_release_is_answered_with_the_nearest(tmp_path: Path) -> None:
    ran = run_cli("schedule", write_plan(tmp_path, CUTOVER), "cut-over", "--json")
    assert ran.status == 2
    assert "did you mean cutover" in ran.json["error"]["message"]
