"""A trial asks one system in a child of its own, and leaves neither child nor folder behind."""

import asyncio
import tempfile
from pathlib import Path

import pytest

from relconsole.adapters.clock import SystemClock
from relconsole.adapters.plugin_host.trial import Trial
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.manifest import Manifest
from relconsole.ports.connections import Tried
from tests.plugins.hosting import in_session, is_alive, system

JOBS: Json = {"it": {"argv": ["true"]}}


def attempt(connected: System) -> Tried:
    return asyncio.run(Trial(SystemClock()).attempt(connected, None))


def test_that_a_system_that_answers_says_what_it_is() -> None:
    before = set(Path(tempfile.gettempdir()).glob("relconsole-trial-*"))
    tried = attempt(system("jobs", "command", jobs=JOBS))
    assert tried.ok, tried
    assert tried.found
    assert set(Path(tempfile.gettempdir()).glob("relconsole-trial-*")) <= before


def test_that_a_system_that_is_not_there_is_told_with_what_to_do() -> None:
    tried = attempt(system("metrics", "prometheus", "http://127.0.0.1:9"))
    assert not tried.ok
    assert "127.0.0.1:9" in tried.do


def test_that_a_plugin_that_is_not_here_is_told() -> None:
    tried = attempt(system("x", "no_such_plugin"))
    assert not tried.ok
    assert "no_such_plugin" in tried.found


def test_that_a_cancelled_trial_leaves_no_child() -> None:
    async def play() -> None:
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.set()
            await reader.read()
            writer.close()

        heard = asyncio.Event()
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        connected = system("metrics", "prometheus", f"http://127.0.0.1:{port}")
        before = _children()
        async with asyncio.timeout(30):
            asking = asyncio.create_task(Trial(SystemClock()).attempt(connected, None))
            await heard.wait()
            started = {pid for child in _children() - before for pid in in_session(child)}
            assert started
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        server.close()
        assert {pid for pid in started if is_alive(pid)} == set()

    asyncio.run(play())


def test_that_the_plugins_that_are_here_are_offered_with_what_they_need() -> None:
    offers = asyncio.run(Trial(SystemClock()).offers())
    found = offers["prometheus"]
    assert isinstance(found, Manifest)
    assert found.title == "Prometheus and Alertmanager"
    refused = PersonMustAct("It has no manifest.")
    given = Trial(SystemClock(), plugins={"broken": refused})
    assert asyncio.run(given.offers()) == {"broken": refused}


def _children() -> set[int]:
    own = Path("/proc/self/task")
    return {
        int(pid)
        for task in own.iterdir()
        for pid in (task / "children").read_text(encoding="ascii").split()
    }
