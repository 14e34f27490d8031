"""Whoever dies, and when: a job never runs twice, and what is not known is said to be unknown."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relconsole.domain.kernel.json import JsonObject
from relconsole.plugin_api.effects import Ending
from relconsole_plugins.command.client import START_GRACE, JobFolders
from tests.plugins.hosting import is_alive, kill

EFFECT = "0190aaaabbbbccccddddeeeeffff0002"
LAUNCHER = Path(str(sys.modules[JobFolders.__module__].__file__)).with_name("launcher.py")


class MovingClock:
    """The wall clock, moved by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def folders(tmp_path: Path, clock: MovingClock) -> JobFolders:
    return JobFolders(tmp_path / "jobs", clock.now)


def _request(tmp_path: Path, script: str) -> JsonObject:
    argv = ["/bin/sh", "-c", script]
    env = {"PATH": os.environ["PATH"]}
    return {"effect": EFFECT, "argv": argv, "cwd": str(tmp_path), "env": env, "timeout": None}


def _launch(folders: JobFolders) -> None:
    asyncio.run(folders.launch(EFFECT, {"PATH": os.environ["PATH"]}))


def _mark(tmp_path: Path, name: str) -> int:
    path = tmp_path / "jobs" / EFFECT / name
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    return int(json.loads(path.read_text())["pid"])


def _wait(holds: object) -> None:
    assert callable(holds)
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_that_a_folder_whose_launcher_never_came_is_unknown_and_never_run(
    folders: JobFolders, clock: MovingClock, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    assert folders.make(EFFECT, _request(tmp_path, f"echo ran >> {trace}"))
    assert folders.state(EFFECT).ending is Ending.RUNNING
    clock.ahead = START_GRACE + timedelta(seconds=1)
    state = folders.state(EFFECT)
    assert (state.ending, state.detail) == (
        Ending.UNKNOWN,
        "it was never started, and will not be",
    )
    # A launcher that comes late after all finds the folder given up.
    _launch(folders)
    time.sleep(0.3)
    assert not trace.exists()
    assert folders.state(EFFECT) == state


def test_that_two_launchers_of_one_folder_run_the_job_once(
    folders: JobFolders, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    folders.make(EFFECT, _request(tmp_path, f"echo ran >> {trace}"))
    folder = tmp_path / "jobs" / EFFECT
    launchers = [
        subprocess.Popen([sys.executable, "-I", "-S", str(LAUNCHER), str(folder)]) for _ in range(4)
    ]
    for launcher in launchers:
        launcher.wait()
    _wait((folder / "status.json").exists)
    assert trace.read_text() == "ran\n"


def test_that_a_folder_is_made_once(folders: JobFolders, tmp_path: Path) -> None:
    assert folders.make(EFFECT, _request(tmp_path, "first"))
    assert not folders.make(EFFECT, _request(tmp_path, "second"))
    request = (tmp_path / "jobs" / EFFECT / "request.json").read_text()
    assert "first" in request
    assert "second" not in request


def test_that_a_job_whose_launcher_was_killed_is_unknown_and_can_still_be_stopped(
    folders: JobFolders, tmp_path: Path
) -> None:
    folders.make(EFFECT, _request(tmp_path, "exec sleep 600"))
    _launch(folders)
    job, keeper = _mark(tmp_path, "job.json"), _mark(tmp_path, "pid.json")
    try:
        kill(keeper)
        _wait(lambda: not is_alive(keeper))
        state = folders.state(EFFECT)
        assert state.ending is Ending.UNKNOWN
        assert "left no exit status" in state.detail
        assert is_alive(job)
        assert folders.cancel(EFFECT, "by hand")
        _wait(lambda: not is_alive(job))
        assert folders.state(EFFECT).ending is Ending.UNKNOWN
        assert not folders.cancel(EFFECT, "again")
    finally:
        kill(job)


@pytest.mark.parametrize("wrong", [{"start": 1}, {"boot": "another"}, {"pid": 0}])
def test_that_another_process_of_the_same_number_is_not_taken_for_the_launcher(
    wrong: dict[str, object], folders: JobFolders, tmp_path: Path
) -> None:
    folders.make(EFFECT, _request(tmp_path, "exec sleep 600"))
    _launch(folders)
    job, keeper = _mark(tmp_path, "job.json"), _mark(tmp_path, "pid.json")
    try:
        assert folders.state(EFFECT).ending is Ending.RUNNING
        path = tmp_path / "jobs" / EFFECT / "pid.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **wrong}))
        assert folders.state(EFFECT).ending is Ending.UNKNOWN
    finally:
        kill(keeper)
        kill(job)


def test_that_a_status_that_was_only_begun_counts_for_nothing(
    folders: JobFolders, tmp_path: Path
) -> None:
    folders.make(EFFECT, _request(tmp_path, "true"))
    folder = tmp_path / "jobs" / EFFECT
    (folder / ".status.json.17").write_text('{"ended": "2026')
    (folder / "status.json").write_text("")
    assert folders.state(EFFECT).ending is Ending.RUNNING


def test_that_a_job_that_ignores_the_signal_is_killed_after_the_grace(
    folders: JobFolders, tmp_path: Path
) -> None:
    folders.make(EFFECT, _request(tmp_path, "trap '' TERM; while :; do sleep 0.05; done"))
    _launch(folders)
    job = _mark(tmp_path, "job.json")
    assert folders.cancel(EFFECT, "stop the line")
    end = time.monotonic() + 60
    while folders.state(EFFECT).ending is Ending.RUNNING:
        assert time.monotonic() < end
        time.sleep(0.05)
    state = folders.state(EFFECT)
    assert (state.ending, state.detail) == (Ending.CANCELLED, "it was cancelled: signal 9")
    assert not is_alive(job)


def test_that_a_plugin_killed_at_any_write_leaves_a_job_that_ran_at_most_once(
    tmp_path: Path,
) -> None:
    """Each write, rename, link and start of the plugin in turn is its last act."""
    script = tmp_path / "victim.py"
    script.write_text(
        """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from relconsole_plugins.command.client import JobFolders

left = int(sys.argv[2])

def watched(event, arguments):
    global left
    if event in {"open", "os.mkdir", "os.rename", "os.link", "subprocess.Popen", "os.posix_spawn"}:
        if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            return
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

root = Path(sys.argv[1])
folders = JobFolders(root / "jobs", lambda: datetime.now(UTC))
request = {"effect": "e", "argv": ["/bin/sh", "-c", f"echo ran >> {root}/trace"],
           "cwd": str(root), "env": {}, "timeout": None}
sys.addaudithook(watched)
if folders.make("e", request):
    asyncio.run(folders.launch("e", {}))
"""
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    deaths = 0
    for point in range(1, 40):
        root = tmp_path / str(point)
        root.mkdir()
        first = subprocess.run(
            [sys.executable, str(script), str(root), str(point)], env=environment, check=False
        )
        deaths += first.returncode == -signal.SIGKILL
        # The repeat that a restarted console would make.
        subprocess.run([sys.executable, str(script), str(root), "0"], env=environment, check=True)
        folders = JobFolders(root / "jobs", lambda: datetime.now(UTC) + START_GRACE * 2)
        end = time.monotonic() + 60
        while (state := folders.state("e")).ending is Ending.RUNNING:
            assert time.monotonic() < end
            time.sleep(0.01)
        runs = len((root / "trace").read_text().split()) if (root / "trace").exists() else 0
        assert runs == (1 if state.ending is Ending.SUCCEEDED else 0), (point, state)
        shutil.rmtree(root)
        if first.returncode == 0:
            break
    assert deaths >= 4
