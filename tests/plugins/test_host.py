"""The host: what it says where nothing can be asked, and what a child is given and not given."""

import asyncio
import json
import os
import tomllib
from pathlib import Path

import pytest

import relconsole_plugins
from relconsole.adapters.plugin_host import installed_plugins
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.ci import JOB_START
from relconsole.plugin_api.effects import EffectRequest
from relconsole.plugin_api.errors import NotSent, NotSupported, SettingsRejected
from tests.plugins.hosting import children_of, hosted, is_alive, system

CI = SystemId("ci")
JOBS: Json = {"it": {"argv": ["true"]}}
CANARY = "canary-2c8e4f6a10"


@pytest.mark.parametrize(
    ("connected", "says"),
    [
        (system("other", "command", jobs=JOBS), "No system is called ci"),
        (system("ci", "no_such_plugin"), "needs a plugin no_such_plugin"),
        (system("ci", "prometheus"), "has no url"),
        (system("ci", "prometheus", "ftp://x"), "no address"),
        (system("ci", "command"), "jobs: is missing"),
        (system("ci", "command", jobs=JOBS, job="x"), "did you mean jobs?"),
    ],
    ids=["no system", "no plugin", "no url", "a wrong url", "a missing setting", "a wrong name"],
)
def test_that_what_a_person_must_put_right_is_said(
    connected: object, says: str, tmp_path: Path
) -> None:
    from relconsole.domain.estate.connections import System

    assert isinstance(connected, System)

    async def play() -> None:
        async with hosted(tmp_path, connected) as host:
            with pytest.raises(PersonMustAct) as raised:
                await host.recognition(CI, JOB_START)
            assert says in str(raised.value)

    asyncio.run(play())


@pytest.mark.parametrize("name", ["..", "a/b", "a b", ".hidden", ""])
def test_that_a_system_whose_id_is_no_plain_name_gets_no_folder(name: str, tmp_path: Path) -> None:
    async def play() -> None:
        async with hosted(tmp_path, system(name, "command", jobs=JOBS)) as host:
            with pytest.raises(PersonMustAct, match="cannot have a folder"):
                await host.recognition(SystemId(name), JOB_START)

    asyncio.run(play())
    assert list(tmp_path.iterdir()) == []


def test_that_a_plugin_without_the_verb_says_so(tmp_path: Path) -> None:
    async def play() -> None:
        async with hosted(tmp_path, system("ci", "command", jobs=JOBS)) as host:
            with pytest.raises(NotSupported, match="no query"):
                await host.query(CI, "up")

    asyncio.run(play())


def test_that_the_host_keeps_how_each_system_answered_last(tmp_path: Path) -> None:
    async def play() -> None:
        well, lost = system("ci", "command", jobs=JOBS), system("lost", "no_such_plugin")
        async with hosted(tmp_path, well, lost) as host:
            assert [each.answered_at for each in host.standing()] == [None, None]
            await host.recognition(CI, JOB_START)
            for _ in range(2):
                with pytest.raises(PersonMustAct):
                    await host.recognition(SystemId("lost"), JOB_START)
            with pytest.raises(NotSupported):
                await host.query(CI, "up")
            ci, lost_one = host.standing()
            assert (ci.system, ci.failing_since) == ("ci", None)
            assert ci.answered_at is not None
            assert lost_one.failing_since is not None
            assert lost_one.failing_since >= ci.answered_at
            assert "needs a plugin" in lost_one.why

    asyncio.run(play())


def test_that_a_system_that_an_import_changed_is_connected_anew(tmp_path: Path) -> None:
    connected = {CI: system("ci", "command", jobs=JOBS)}

    async def play() -> None:
        async with hosted(tmp_path) as host:
            host._given = lambda: connected
            assert (await host.describe_job(CI, "it")).job == "it"
            connected[CI] = system("ci", "command", jobs={"other": {"argv": ["true"]}})
            assert (await host.describe_job(CI, "other")).job == "other"
            connected.clear()
            with pytest.raises(PersonMustAct, match="No system is called ci"):
                await host.describe_job(CI, "other")

    asyncio.run(play())


def test_that_every_system_is_checked_and_each_says_what_to_do(tmp_path: Path) -> None:
    async def play() -> None:
        async with hosted(
            tmp_path,
            system("ci", "command", jobs=JOBS),
            system("metrics", "prometheus", "http://127.0.0.1:9"),
            system("wrong", "command"),
        ) as host:
            ci, metrics, wrong = await host.check_systems()
            assert (ci.name, ci.ok, ci.found) == ("ci", True, "1 jobs: it")
            assert (metrics.ok, "127.0.0.1:9" in metrics.do) == (False, True)
            assert (wrong.ok, "is missing" in wrong.found) == (False, True)

    asyncio.run(play())


def test_that_children_start_when_first_asked_and_end_when_the_host_closes(
    tmp_path: Path,
) -> None:
    async def play() -> None:
        systems = [system(name, "command", jobs=JOBS) for name in ("a", "b", "c")]
        async with hosted(tmp_path, *systems) as host:
            assert children_of(host) == set()
            await host.recognition(SystemId("b"), JOB_START)
            assert len(children_of(host)) == 1
            await host.check_systems()
            children = children_of(host)
            assert len(children) == 3
        assert not any(map(is_alive, children))

    asyncio.run(play())


def test_that_many_calls_at_once_start_one_child(tmp_path: Path) -> None:
    async def play() -> None:
        async with hosted(tmp_path, system("ci", "command", jobs=JOBS)) as host:
            told = await asyncio.gather(*(host.recognition(CI, JOB_START) for _ in range(50)))
            assert len(set(told)) == 1
            assert len(children_of(host)) == 1

    asyncio.run(play())


def test_that_an_effect_that_never_left_is_known_not_to_have_been_sent(tmp_path: Path) -> None:
    async def play() -> None:
        async with hosted(tmp_path, system("ci", "command", jobs=JOBS)) as host:
            pass
        request = EffectRequest(id=EffectId("e"), kind=JOB_START, payload={"job": "it"})
        await host.check_systems()
        async with hosted(tmp_path, system("ci", "command", jobs=JOBS)) as again:
            await again.check_systems()
            await again.close()
            with pytest.raises(NotSent, match="has been closed"):
                await again.perform(CI, request)
        await host.close()

    asyncio.run(play())
    assert not (tmp_path / "ci/jobs").exists()


def test_that_a_child_gets_its_secret_through_the_pipe_alone(
    strangers_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSOLE_PASSWORD", CANARY)
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")

    async def play() -> None:
        async with hosted(
            tmp_path,
            system("bad", "saboteur", behaviour="behaves"),
            secrets={"bad": CANARY},
        ) as host:
            await host.query(SystemId("bad"), "up")
            (child,) = children_of(host)
            process = Path(f"/proc/{child}")
            variables = (process / "environ").read_bytes().split(b"\0")
            names = {one.partition(b"=")[0] for one in variables if one}
            assert names <= {b"HOME", b"PATH", b"TZ", b"LANG", b"LC_CTYPE"}
            line = (process / "cmdline").read_bytes()
            assert CANARY.encode() not in line
            assert b"-I" in line.split(b"\0")
            limits = (process / "limits").read_text()
            assert "Max core file size        0                    0" in limits
            assert f"Max address space         {1 << 30}" in limits
            assert (process / "cwd").readlink() == tmp_path / "bad"
            assert os.getpgid(child) == os.getsid(child) == child

    asyncio.run(play())
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes()
    assert (tmp_path / "bad").stat().st_mode & 0o777 == 0o700


def test_that_a_child_imports_neither_database_nor_keyring_nor_window(tmp_path: Path) -> None:
    """The HTTP library too comes with the first request only."""
    script = """
import asyncio, json, os, sys
from relconsole.plugin_process import main, boundary, guarded_http
import relconsole_plugins.prometheus.plugin, relconsole_plugins.command.plugin
import relconsole_plugins.files.plugin
asyncio.run(guarded_http.GuardedHttp("http://127.0.0.1:9").close())
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
    import subprocess
    import sys

    paths = os.pathsep.join(path for path in sys.path if path)
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": paths},
        check=True,
        capture_output=True,
        text=True,
    )
    heavy = {"PySide6", "alembic", "keyring", "matplotlib", "numpy", "scipy", "sqlalchemy", "httpx"}
    assert heavy & set(json.loads(ended.stdout)) == set()


def test_that_settings_are_refused_before_a_process_is_started(tmp_path: Path) -> None:
    async def play() -> None:
        async with hosted(tmp_path, system("ci", "command", jobs="none")) as host:
            with pytest.raises(SettingsRejected, match="is no map"):
                await host.recognition(CI, JOB_START)
            assert children_of(host) == set()

    asyncio.run(play())


@pytest.mark.parametrize("name", ["command", "files", "prometheus"])
def test_that_a_bundled_plugin_has_the_one_shape_and_its_quality_is_shown(
    name: str, project_root: Path
) -> None:
    folder = Path(relconsole_plugins.__path__[0]) / name
    shape = {"manifest.toml", "plugin.py", "client.py", "parse.py", "config.py", "quality.toml"}
    assert shape | {"README.md"} <= {path.name for path in folder.iterdir()}
    quality = tomllib.loads((folder / "quality.toml").read_text(encoding="utf-8"))
    shown = [quality["conformance"], *quality["real_target"], *quality["recorded_target"]]
    for path in [*shown, *quality["schema"]]:
        assert (project_root / path).is_file()
    assert quality["limits"] != []
    assert not isinstance(installed_plugins()[name], PersonMustAct)
