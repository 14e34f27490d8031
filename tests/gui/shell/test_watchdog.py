"""P12: what keeps the window's thread too long is found, with the place, and nothing else is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from relconsole_ui.shell.watchdog import VARIABLE, stack_of, watchdog_wanted

WATCHED: Final = str(Path(__file__).with_name("watched.py"))
IDLE, BUSY = "2", "0"


def _lines(folder: Path, idle_cores: str, *how: str) -> list[dict[str, Any]]:
    path = folder / "watched.jsonl"
    words = [sys.executable, WATCHED, str(path), idle_cores, *how]
    done = subprocess.run(words, check=False, timeout=60, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _stalls(folder: Path, idle_cores: str, *how: str) -> list[dict[str, Any]]:
    return [line for line in _lines(folder, idle_cores, *how) if "kind" in line]


@pytest.mark.parametrize("idle_cores", [IDLE, BUSY])
def test_that_computing_is_found_with_its_place(tmp_path: Path, idle_cores: str) -> None:
    (stall,) = [it for it in _stalls(tmp_path, idle_cores, "compute") if it["kind"] == "computes"]
    assert stall["cpu"] >= 0.15
    assert stall["seen"] >= 1
    assert stall["stack"][-1].endswith(" compute")
    assert "watched.py:" in stall["stack"][-1]


def test_that_waiting_is_found_while_a_core_is_idle(tmp_path: Path) -> None:
    found = _stalls(tmp_path, IDLE, "wait")
    (stall,) = [it for it in found if it["stack"] and it["stack"][-1].endswith(" wait")]
    assert stall["kind"] == "waits"
    assert stall["wall"] >= 0.3
    assert stall["cpu"] < 0.05
    assert stall["idle_cores"] == pytest.approx(2.0, abs=0.2)


def test_that_waiting_on_a_busy_machine_is_nobodys_fault(tmp_path: Path) -> None:
    assert [it for it in _stalls(tmp_path, BUSY, "wait") if it["kind"] == "waits"] == []


def test_that_what_stays_within_the_limits_is_not_found(tmp_path: Path) -> None:
    how = ["compute_a_little", "wait_a_little"] * 3
    found = _stalls(tmp_path, BUSY, *how)
    assert [it for it in found if it["kind"] == "computes"] == []


def test_that_each_stall_is_one_of_its_own(tmp_path: Path) -> None:
    found = _stalls(tmp_path, BUSY, "compute", "compute_a_little", "compute")
    assert [it["kind"] for it in found].count("computes") == 2


def test_that_a_hang_is_told_before_it_ends(tmp_path: Path) -> None:
    kinds = [it["kind"] for it in _stalls(tmp_path, IDLE, "hang")]
    assert kinds.index("hangs") < kinds.index("waits")


def test_that_the_last_line_tells_how_near_it_came(tmp_path: Path) -> None:
    last = _lines(tmp_path, BUSY, "compute_a_little")[-1]
    assert last["beats"] > 5
    assert 0.025 <= last["longest"]["cpu"] < 0.05


def test_that_nothing_is_watched_unless_asked_for(tmp_path: Path) -> None:
    assert watchdog_wanted({}) is None
    assert watchdog_wanted({VARIABLE: ""}) is None


def test_that_a_thread_that_has_ended_stands_nowhere() -> None:
    assert stack_of(None) == ()


def test_that_a_place_names_file_line_and_function() -> None:
    place = stack_of(sys._getframe())[-1]
    assert place.startswith(f"{__file__}:")
    assert place.endswith(" test_that_a_place_names_file_line_and_function")
