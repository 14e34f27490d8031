"""Jobs are local commands, started once and followed to their end, through the plugin host."""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from relconsole.adapters.plugin_host import PluginHost
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import EffectId, PersonId, ReleaseId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.ci import JOB_START
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Ending,
    Found,
    NotFound,
    RemoteState,
    TargetRefused,
)
from relconsole.plugin_api.errors import NotSupported, QuestionRefused
from tests.plugins.hosting import hosted, is_alive, system, until

CI = SystemId("ci")
EFFECT = EffectId("0190aaaabbbbccccddddeeeeffff0001")
SHELL = "/bin/sh"


def _request(job: str, /, **parameters: str) -> EffectRequest:
    return _as(EFFECT, job, parameters)


def _as(effect: EffectId, job: str, parameters: Mapping[str, str]) -> EffectRequest:
    return EffectRequest(
        id=effect,
        kind=JOB_START,
        payload={"job": job, "parameters": parameters},
        release=ReleaseId("payments-core-2026.4"),
        person=PersonId("mara"),
        second_person=PersonId("jo"),
    )


async def _ended(host: PluginHost, effect: EffectId = EFFECT) -> RemoteState:
    for _ in range(500):
        state = await host.follow(CI, JOB_START, effect)
        if state.ending is not Ending.RUNNING:
            return state
        await asyncio.sleep(0.02)
    raise AssertionError("it never ends")


def _played(tmp_path: Path, job: dict[str, Json], **parameters: str) -> RemoteState:
    """How a single job ends."""

    async def play() -> RemoteState:
        async with hosted(tmp_path, system("ci", "command", jobs={"it": job})) as host:
            taken = await host.perform(CI, _request("it", **parameters))
            assert taken == Acknowledged(remote=EFFECT)
            return await _ended(host)

    return asyncio.run(play())


def test_that_a_job_runs_once_however_often_it_is_performed(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    job: dict[str, Json] = {"argv": [SHELL, "-c", f"echo ran >> {trace}"]}

    async def play() -> None:
        async with hosted(tmp_path, system("ci", "command", jobs={"deploy": job})) as host:
            assert await host.find(CI, JOB_START, EFFECT) == NotFound()
            taken = await asyncio.gather(*(host.perform(CI, _request("deploy")) for _ in range(5)))
            assert taken == [Acknowledged(remote=EFFECT)] * 5
            assert await host.find(CI, JOB_START, EFFECT) == Found(remote=EFFECT)
            assert (await _ended(host)).ending is Ending.SUCCEEDED
            assert await host.perform(CI, _request("deploy")) == Acknowledged(remote=EFFECT)
        async with hosted(tmp_path, system("ci", "command", jobs={"deploy": job})) as host:
            assert await host.perform(CI, _request("deploy")) == Acknowledged(remote=EFFECT)
            assert (await _ended(host)).ending is Ending.SUCCEEDED

    asyncio.run(play())
    assert trace.read_text() == "ran\n"


def test_that_parameters_stand_where_their_names_stood_and_meet_no_shell(tmp_path: Path) -> None:
    job: dict[str, Json] = {"argv": ["printf", "%s|", "{version}", "at={target}", "{{as is}}"]}
    state = _played(tmp_path, job, version="2.31.0; echo $HOME", target="`id` > x")
    assert state.output == "2.31.0; echo $HOME|at=`id` > x|{as is}|"


def test_that_a_job_knows_whose_effect_it_is_and_nothing_else_of_the_console(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSOLE_TOKEN", "canary")
    job: dict[str, Json] = {"argv": ["env"], "env": {"REGION": "eu"}}
    variables = dict(line.split("=", 1) for line in _played(tmp_path, job).output.splitlines())
    assert variables.keys() <= {
        *("HOME", "PATH", "LANG", "TZ", "LC_CTYPE", "PWD", "REGION"),
        *("RELCONSOLE_EFFECT_ID", "RELCONSOLE_RELEASE"),
        *("RELCONSOLE_PERSON", "RELCONSOLE_SECOND_PERSON"),
    }
    assert variables["REGION"] == "eu"
    assert variables["RELCONSOLE_EFFECT_ID"] == EFFECT
    assert variables["RELCONSOLE_RELEASE"] == "payments-core-2026.4"
    assert variables["RELCONSOLE_PERSON"] == "mara"
    assert variables["RELCONSOLE_SECOND_PERSON"] == "jo"
    kept = json.loads((tmp_path / "ci/jobs" / EFFECT / "request.json").read_text())
    assert (kept["person"], kept["second_person"], kept["job"]) == ("mara", "jo", "it")


def test_that_a_job_has_the_machines_limits_and_not_the_plugins(tmp_path: Path) -> None:
    state = _played(tmp_path, {"argv": [SHELL, "-c", "ulimit -v; umask; ulimit -c"]})
    assert state.output.split() == ["unlimited", "0022", "0"]


@pytest.mark.parametrize(
    ("argv", "ending", "detail"),
    [
        (["true"], Ending.SUCCEEDED, "exit status 0"),
        ([SHELL, "-c", "exit 3"], Ending.FAILED, "exit status 3"),
        ([SHELL, "-c", "kill -9 $$"], Ending.FAILED, "signal 9"),
        (["/no/such/program"], Ending.FAILED, "could not be started"),
    ],
)
def test_that_it_ends_as_its_command_ended(
    argv: list[str], ending: Ending, detail: str, tmp_path: Path
) -> None:
    state = _played(tmp_path, {"argv": argv})
    assert state.ending is ending
    assert detail in state.detail


def test_that_a_job_beyond_its_timeout_is_ended_with_all_its_processes(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = f"sleep 600 & echo $! > {pids}; wait"
    state = _played(tmp_path, {"argv": [SHELL, "-c", script], "timeout": "0.3s"})
    assert state.ending is Ending.FAILED
    assert "longer than its timeout" in state.detail
    assert not is_alive(int(pids.read_text()))


def test_that_a_job_is_cancelled_when_asked(tmp_path: Path) -> None:
    job: dict[str, Json] = {"argv": ["sleep", "600"]}

    async def play() -> None:
        async with hosted(tmp_path, system("ci", "command", jobs={"it": job})) as host:
            await host.perform(CI, _request("it"))
            assert (await host.follow(CI, JOB_START, EFFECT)).ending is Ending.RUNNING
            assert await host.cancel(CI, JOB_START, EFFECT, "stop the line")
            assert (await _ended(host)).ending is Ending.CANCELLED
            assert not await host.cancel(CI, JOB_START, EFFECT, "again")

    asyncio.run(play())


def test_that_the_end_of_a_long_output_is_kept(tmp_path: Path) -> None:
    script = "import sys\nfor n in range(400_000): print('line', n)\nsys.stdout.flush()\n"
    wait = "import time; time.sleep(0.5); print('the end')"
    state = _played(tmp_path, {"argv": [sys.executable, "-c", script + wait]})
    assert state.output.endswith("line 399999\nthe end\n")
    assert (tmp_path / "ci/jobs" / EFFECT / "output").stat().st_size < 1 << 20


@pytest.mark.parametrize(
    ("job", "parameters", "reason"),
    [
        ("none", {}, "no such job"),
        ("deploy", {}, "needs version"),
        ("deploy", {"version": "1", "target": "prod"}, "no place for target"),
        ("deploy", {"version": "--force"}, "as an option"),
        ("deploy", {"version": "1\0"}, "as an option"),
    ],
)
def test_that_what_does_not_fit_the_job_is_refused_and_nothing_is_run(
    job: str, parameters: dict[str, str], reason: str, tmp_path: Path
) -> None:
    async def play() -> None:
        jobs: Json = {"deploy": {"argv": ["echo", "{version}"]}}
        async with hosted(tmp_path, system("ci", "command", jobs=jobs)) as host:
            refused = await host.perform(CI, _request(job, **parameters))
            assert isinstance(refused, TargetRefused)
            assert reason in refused.reason
            assert await host.find(CI, JOB_START, EFFECT) == NotFound()

    asyncio.run(play())


@pytest.mark.parametrize("effect", ["../up", "a/b", "", ".hidden", "x" * 200, "-rf"])
def test_that_an_id_that_is_no_plain_name_never_becomes_a_folder(
    effect: str, tmp_path: Path
) -> None:
    async def play() -> None:
        jobs: Json = {"it": {"argv": ["true"]}}
        async with hosted(tmp_path, system("ci", "command", jobs=jobs)) as host:
            refused = await host.perform(CI, _as(EffectId(effect), "it", {}))
            assert isinstance(refused, TargetRefused)
            assert await host.find(CI, JOB_START, EffectId(effect)) == NotFound()
            assert (await host.follow(CI, JOB_START, effect)).ending is Ending.UNKNOWN
            assert not await host.cancel(CI, JOB_START, effect, "no")

    asyncio.run(play())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ci"]


def test_that_a_jobs_digest_moves_with_its_definition_its_script_and_its_files(
    tmp_path: Path,
) -> None:
    script, setting = tmp_path / "deploy.sh", tmp_path / "deploy.conf"
    script.write_text("echo one")
    setting.write_text("a")

    def described(**changes: Json) -> str | None:
        job: dict[str, Json] = {"argv": [SHELL, str(script), "{version}"], "files": [str(setting)]}

        async def play() -> str | None:
            jobs: Json = {"it": {**job, **changes}}
            async with hosted(tmp_path / "store", system("ci", "command", jobs=jobs)) as host:
                return (await host.describe_job(CI, "it")).digest

        return asyncio.run(play())

    first = described()
    assert first is not None
    assert described() == first
    script.write_text("echo two")
    second = described()
    setting.write_text("b")
    third = described()
    other = described(env={"A": "1"})
    longer = described(timeout="9s")
    assert len({first, second, third, other, longer}) == 5


def test_that_a_job_whose_file_is_missing_has_no_digest_and_says_why(tmp_path: Path) -> None:
    async def play() -> None:
        jobs: Json = {"it": {"argv": ["true"], "files": [str(tmp_path / "none")]}}
        async with hosted(tmp_path, system("ci", "command", jobs=jobs)) as host:
            found = await host.describe_job(CI, "it")
            assert found.digest is None
            assert str(tmp_path / "none") in found.unreadable
            with pytest.raises(QuestionRefused, match="no job other"):
                await host.describe_job(CI, "other")

    asyncio.run(play())


@pytest.mark.parametrize(
    ("job", "message"),
    [
        ({}, "argv"),
        ({"argv": []}, "no program"),
        ({"argv": ["{program}"]}, "cannot choose the program"),
        ({"argv": ["scripts/deploy"]}, "there is no cwd"),
        ({"argv": ["true", "{"]}, "written twice"),
        ({"argv": ["true"], "cwd": "here"}, "no absolute path"),
        ({"argv": ["true"], "env": {"RELCONSOLE_PERSON": "x"}}, "cannot set"),
        ({"argv": ["true"], "timeout": "soon"}, "no duration"),
        ({"argv": ["true"], "timeout": "0s"}, "longer than nothing"),
        ({"argv": ["true\0"]}, "NUL"),
        ({"argv": ["true"], "shell": "yes"}, "shell"),
    ],
)
def test_that_a_job_that_could_run_something_else_is_refused_with_its_name(
    job: dict[str, Json], message: str, tmp_path: Path
) -> None:
    async def play() -> None:
        async with hosted(tmp_path, system("ci", "command", jobs={"it": job})) as host:
            with pytest.raises(PersonMustAct, match=r"jobs\.it") as raised:
                await host.describe_job(CI, "it")
            assert message in str(raised.value)

    asyncio.run(play())


def test_that_repeats_are_native_and_other_effects_not_supported(tmp_path: Path) -> None:
    async def play() -> None:
        jobs: Json = {"it": {"argv": ["true"]}}
        async with hosted(tmp_path, system("ci", "command", jobs=jobs)) as host:
            told = await host.recognition(CI, JOB_START)
            assert (told.how, told.settle.total_seconds()) == (RecognisesRepeat.NATIVE, 0)
            with pytest.raises(NotSupported):
                await host.recognition(CI, "change.comment")

    asyncio.run(play())


def test_that_a_job_outlives_its_plugin_and_the_console(tmp_path: Path) -> None:
    release = tmp_path / "go"
    script = f"while [ ! -e {release} ]; do sleep 0.05; done; echo done"
    jobs: Json = {"it": {"argv": [SHELL, "-c", script]}}

    async def play() -> None:
        async with hosted(tmp_path, system("ci", "command", jobs=jobs)) as host:
            await host.perform(CI, _request("it"))
        release.touch()
        folder = tmp_path / "ci/jobs" / EFFECT
        await until((folder / "status.json").exists)
        async with hosted(tmp_path, system("ci", "command", jobs=jobs)) as host:
            state = await host.follow(CI, JOB_START, EFFECT)
            assert (state.ending, state.output) == (Ending.SUCCEEDED, "done\n")

    asyncio.run(play())
