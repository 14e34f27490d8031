"""Starting and ending an estate: everything that was started ends, and nothing else does."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from relconsole_estate.errors import NotRunningError
from relconsole_estate.folder import EstateFolder
from relconsole_estate.processes import Entry, ProcessList, end, is_alive, read_boot, start_of
from relconsole_estate.topology import COLLECTOR, SIGNING_PEOPLE
from relconsole_estate.wire import answer_json, open_server
from tests.plugins.estate.living import (
    LivingEstate,
    begin_module,
    comes_true,
    environment,
)


@pytest.fixture
def stranger() -> Generator[subprocess.Popen[bytes]]:
    """A process that no estate has started."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def entry_of(process: subprocess.Popen[bytes]) -> Entry:
    started = start_of(process.pid)
    assert started is not None
    return Entry(
        name="web-shop-1",
        role="service",
        version="8.4.0",
        port=1,
        pid=process.pid,
        started=started,
        boot=read_boot(),
    )


def test_that_stop_ends_every_listed_process_and_nothing_else(
    estate: LivingEstate, stranger: subprocess.Popen[bytes]
) -> None:
    # A stranger now has the pid of a process that ended: same pid, other start time.
    path = estate.folder.processes
    listed = json.loads(path.read_text(encoding="utf-8"))
    freed = {**listed["processes"][0], "name": "freed", "pid": stranger.pid}
    listed["processes"].append(freed)
    path.write_text(json.dumps(listed), encoding="utf-8")
    pids = {entry.pid for entry in estate.entries()}
    assert len(pids) == 10

    stopped = estate.verb("stop")
    assert stopped.returncode == 0
    assert stopped.stdout == "10 processes ended\n"
    assert [pid for pid in pids if start_of(pid) is not None] == []
    assert stranger.poll() is None
    assert estate.verb("stop").stdout == "0 processes ended\n"
    assert estate.verb("status").returncode == 1
    assert estate.job("migrate", "--version", "15.0").returncode == 2


def test_that_an_entry_with_another_start_time_or_boot_is_never_ended(
    stranger: subprocess.Popen[bytes],
) -> None:
    entry = entry_of(stranger)
    end([replace(entry, started=entry.started + 1), replace(entry, boot="another")])
    assert stranger.poll() is None
    end([entry])
    assert stranger.wait(timeout=3) != 0
    assert not is_alive(entry)


def test_that_a_process_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = (
        "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"pathlib.Path({str(ready)!r}).touch(); time.sleep(60)"
    )
    deaf = subprocess.Popen([sys.executable, "-c", code])
    assert comes_true(ready.exists, 5)
    end([entry_of(deaf)], patience=0.3)
    assert deaf.wait(timeout=3) == -9


def test_that_no_entry_is_lost_when_many_enter_at_once(tmp_path: Path) -> None:
    folder = EstateFolder(tmp_path)
    ProcessList(folder).open()
    code = (
        "import sys, pathlib; from relconsole_estate.folder import EstateFolder;"
        "from relconsole_estate.processes import ProcessList;"
        "ProcessList(EstateFolder(pathlib.Path(sys.argv[1]))).enter("
        "name=sys.argv[2], role='service', version='1'); sys.stdin.read()"
    )
    names = [f"one-{number}" for number in range(8)]
    many = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), name],
            env=environment(),
            stdin=subprocess.PIPE,
        )
        for name in names
    ]
    try:
        assert comes_true(lambda: len(ProcessList(folder).entries()) == len(names), 8)
        assert sorted(entry.name for entry in ProcessList(folder).entries()) == names
    finally:
        for process in many:
            process.communicate()


def test_that_whoever_comes_after_the_stop_is_turned_away(tmp_path: Path) -> None:
    listed = ProcessList(EstateFolder(tmp_path))
    listed.open()
    listed.close()
    with pytest.raises(NotRunningError):
        listed.enter(name="late", role="service", version="1")
    assert listed.entries() == []


def test_that_the_estate_ends_with_the_process_that_guards_it(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    living = LivingEstate(tmp_path / "state")
    assert living.verb("start", "--guard", str(stranger.pid)).returncode == 0
    assert len(living.entries()) == 10
    stranger.kill()
    stranger.wait()
    assert comes_true(lambda: living.entries() == [], 5)
    assert not ProcessList(living.folder).is_open()


def test_that_a_second_estate_is_not_started_in_the_same_folder(estate: LivingEstate) -> None:
    before = {entry.pid for entry in estate.entries()}
    second = estate.verb("start")
    assert second.returncode == 1
    assert "an estate is running" in second.stderr
    assert {entry.pid for entry in estate.entries()} == before
    shown = estate.verb("status")
    assert shown.returncode == 0
    assert shown.stdout.count("version 2.30.4") == 3


def test_that_a_start_that_fails_leaves_nothing_running(tmp_path: Path) -> None:
    living = LivingEstate(tmp_path / "state")
    failed = living.verb("start", "--guard", "4194304")
    assert failed.returncode == 1
    assert "no process 4194304" in failed.stderr
    assert living.entries() == []


def test_that_the_written_workspace_holds_this_estates_values(tmp_path: Path) -> None:
    living = LivingEstate(tmp_path / "state")
    out, desk = tmp_path / "plan", tmp_path / "requests"
    asked = ("--workspace", str(out), "--people", str(desk), "--guard", str(os.getpid()))
    begun = living.verb("start", *asked)
    try:
        assert begun.returncode == 0, begun.stderr
        files = sorted(path for path in out.rglob("*") if path.is_file())
        texts = {str(path.relative_to(out)): path.read_text(encoding="utf-8") for path in files}
        assert sorted(texts) == [
            "calendar.yaml",
            "changes/CHG-48213.yaml",
            "connections.yaml",
            "estate.yaml",
            "policy.yaml",
            "releases/payments-core-2026.4.yaml",
        ]
        assert not [name for name, text in texts.items() if re.search(r"@[A-Z_]+@", text)]
        port = living.folder.port(COLLECTOR)
        assert f'"http://127.0.0.1:{port}"' in texts["connections.yaml"]
        assert f'"{living.folder.path}"' in texts["connections.yaml"]
        assert f'folder: "{out / "changes"}"' in texts["connections.yaml"]
        window = re.search(
            r'window: \{start: "(\S+)", end: "(\S+)"', texts["releases/payments-core-2026.4.yaml"]
        )
        assert window is not None
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        assert window[1] < now < window[2]
        cards = sorted(path.name.removesuffix(".public.json") for path in desk.iterdir())
        assert cards == sorted(SIGNING_PEOPLE)
    finally:
        living.verb("stop")
    assert living.entries() == []


def test_that_a_service_waits_a_moment_for_its_port_to_be_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as before:
        port = int(before.getsockname()[1])
        threading.Timer(0.3, before.close).start()
        with open_server(port, lambda _: answer_json(None)) as server:
            assert server.server_port == port


def test_that_a_service_with_an_unknown_version_does_not_start(tmp_path: Path) -> None:
    folder = EstateFolder(tmp_path)
    folder.prepare(seed=1, rate=1.0, ports={"web-shop-1": 1})
    ProcessList(folder).open()
    arguments = ("--service", "web-shop", "--number", "1", "--version", "0", "--state")
    process = begin_module("relconsole_estate.service", *arguments, str(tmp_path))
    said, _ = process.communicate(timeout=10)
    assert process.returncode == 2
    assert "no web-shop '0'; there are 8.4.0" in said
