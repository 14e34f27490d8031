"""The plugin for Buildbot against a real master: builds start once, are found, followed, ended."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, TypeVar

import pytest

from relconsole.domain.kernel.ids import EffectId, PersonId, ReleaseId, StepId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.ci import JOB_START
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Ending,
    Found,
    NotFound,
    RemoteState,
    TargetRefused,
)
from relconsole.plugin_api.errors import CredentialRefused, QuestionRefused
from relconsole.plugin_api.manifest import Credential
from relconsole.plugin_api.secret import Secret
from relconsole.plugin_process.guarded_http import GuardedHttp
from relconsole_plugins.buildbot.plugin import Plugin
from tests.live.buildbot import PASSWORD, Master
from tests.live.waiting import eventually

Given = TypeVar("Given")
JOBS: Final[Json] = {
    "deploy": {
        "scheduler": "force-deploy",
        "builder": "deploy",
        "properties": {"target": "prod"},
    },
    "silent": {"scheduler": "force-silent", "builder": "deploy"},
}
STALE: Final = (
    "TWISTED_SESSION=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    ".eyJ1c2VyX2luZm8iOnsiYW5vbnltb3VzIjp0cnVlfX0.c2lnbmVkLWJ5LW5vYm9keQ"
)
NUMBERS: Final = itertools.count(1)


@contextlib.asynccontextmanager
async def connected(
    to: Master, *, user: str = "svc", password: str = PASSWORD, jobs: Json = JOBS
) -> AsyncGenerator[Plugin]:
    """A plugin as its process would make it."""
    secret = Secret(f"{user}:{password}")
    http = GuardedHttp(to.url, secret=secret, credential=Credential.BASIC)
    try:
        yield Plugin(
            Context(
                system=SystemId("ci"),
                url=to.url,
                settings={"jobs": jobs},
                folder="/nowhere",
                secret=secret,
                http=http,
                now=lambda: datetime.now(UTC),
            )
        )
    finally:
        await http.close()


def asked(to: Master, call: Callable[[Plugin], Awaitable[Given]]) -> Given:
    """What a plugin of its own answers, as one that was started again would."""

    async def play() -> Given:
        async with connected(to) as plugin:
            return await call(plugin)

    return asyncio.run(play())


def effect(job: str = "deploy", **parameters: str) -> EffectRequest:
    """An effect of its own, which is started by two persons."""
    return EffectRequest(
        id=EffectId(f"0190aaaabbbbccccddddeeee{next(NUMBERS):08d}"),
        kind=JOB_START,
        payload={"job": job, "parameters": parameters},
        release=ReleaseId("payments-2026.4"),
        step=StepId("deploy-api"),
        person=PersonId("mara"),
        second_person=PersonId("tomas"),
    )


async def started(plugin: Plugin, request: EffectRequest) -> str:
    """The remote id of an effect that the master took."""
    taken = await plugin.perform(request)
    assert isinstance(taken, Acknowledged), taken
    return taken.remote


async def followed(
    plugin: Plugin, remote: str, wanted: Callable[[RemoteState], bool]
) -> RemoteState:
    """The first state that is wanted."""
    async with asyncio.timeout(60):
        while not wanted(state := await plugin.follow(JOB_START, remote)):
            await asyncio.sleep(0.1)
    return state


def over(state: RemoteState) -> bool:
    return state.ending is not Ending.RUNNING


def in_step(name: str) -> Callable[[RemoteState], bool]:
    return lambda state: over(state) or state.detail.endswith(f"step {name}")


def play_out(to: Master, request: EffectRequest) -> RemoteState:
    """How an effect ends."""

    async def play(plugin: Plugin) -> RemoteState:
        return await followed(plugin, await started(plugin, request), over)

    return asked(to, play)


def test_that_a_job_is_started_once_and_bears_whose_it_is(buildbot: Master) -> None:
    request = effect(version="2.4.1", loud="true")

    async def play(plugin: Plugin) -> tuple[str, RemoteState]:
        remote = await started(plugin, request)
        return remote, await followed(plugin, remote, over)

    remote, state = asked(buildbot, play)
    assert (state.ending, state.output) == (Ending.SUCCEEDED, "ok")
    reasons = [one["reason"] for one in buildbot.buildsets() if request.id in one["reason"]]
    mark = f"relconsole effect {request.id}"
    whose = "release payments-2026.4 step deploy-api by mara with tomas"
    assert reasons == [f"A build was forced by 'svc': {mark} {whose}"]
    (build,) = buildbot.builds(int(remote.rpartition("/")[2]))
    kept = {name: value for name, (value, _) in build["properties"].items()}
    assert (kept["version"], kept["target"], kept["loud"]) == ("2.4.1", "prod", True)
    assert (kept["relconsole_effect_id"], kept["relconsole_person"]) == (request.id, "mara")


def test_that_a_job_is_found_again_by_somebody_who_never_had_its_answer(buildbot: Master) -> None:
    request, never = effect(version="2.4.1"), effect(version="2.4.1")
    taken = asked(buildbot, lambda it: it.perform(request))
    assert isinstance(taken, Acknowledged)
    assert asked(buildbot, lambda it: it.find(JOB_START, request.id)) == Found(remote=taken.remote)
    assert asked(buildbot, lambda it: it.find(JOB_START, never.id)) == NotFound()
    assert asked(buildbot, lambda it: it.perform(request)) == taken
    assert len([one for one in buildbot.buildsets() if request.id in one["reason"]]) == 1


def test_that_a_job_is_found_whose_scheduler_leaves_out_the_reason(buildbot: Master) -> None:
    request = effect("silent", version="2.4.1")
    taken = asked(buildbot, lambda it: it.perform(request))
    assert isinstance(taken, Acknowledged)
    assert all(request.id not in one["reason"] for one in buildbot.buildsets())
    assert asked(buildbot, lambda it: it.find(JOB_START, request.id)) == Found(remote=taken.remote)


@pytest.mark.parametrize(
    ("rc", "ending", "detail"),
    [
        ("3", Ending.FAILED, "failure; step deploy"),
        ("7", Ending.SUCCEEDED, "warnings; step smoke"),
        ("8", Ending.FAILED, "exception; step deploy"),
    ],
)
def test_that_a_result_is_said_with_its_step(
    buildbot: Master, rc: str, ending: Ending, detail: str
) -> None:
    state = play_out(buildbot, effect(version="2.4.1", rc=rc))
    assert state.ending is ending
    assert detail in state.detail
    said = "ok" if ending is Ending.SUCCEEDED else "deployed 2.4.1, loud False"
    assert state.output == said


def test_that_a_build_that_is_tried_again_is_followed_to_its_newest_attempt(
    buildbot: Master,
) -> None:
    async def play(plugin: Plugin) -> tuple[str, RemoteState]:
        remote = await started(plugin, effect(version="2.4.1", rc="9"))
        return remote, await followed(plugin, remote, over)

    remote, state = asked(buildbot, play)
    attempts = buildbot.builds(int(remote.rpartition("/")[2]))
    assert [one["results"] for one in attempts] == [5, 0]
    assert state.ending is Ending.SUCCEEDED
    assert state.detail.startswith(f"build {attempts[-1]['number']}: ")


def test_that_a_build_that_runs_is_stopped_and_a_request_that_waits_is_dropped(
    buildbot: Master,
) -> None:
    async def play(plugin: Plugin) -> None:
        running = await started(plugin, effect(version="2.4.1", seconds="50"))
        state = await followed(plugin, running, in_step("deploy"))
        assert state.ending is Ending.RUNNING
        waiting = await started(plugin, effect(version="2.4.2"))
        waits = await plugin.follow(JOB_START, waiting)
        assert (waits.ending, waits.detail) == (Ending.RUNNING, "it waits for a worker")
        assert await plugin.cancel(JOB_START, waiting, "not tonight")
        dropped = await followed(plugin, waiting, over)
        assert dropped.ending is Ending.CANCELLED
        assert dropped.detail == "it was cancelled before it began"
        assert await plugin.cancel(JOB_START, running, "the night is called off")
        stopped = await followed(plugin, running, over)
        assert stopped.ending is Ending.CANCELLED
        assert "step deploy" in stopped.detail
        assert await plugin.cancel(JOB_START, running, "again") is False
        assert await plugin.cancel(JOB_START, waiting, "again") is False

    asked(buildbot, play)


def test_that_a_request_that_is_merged_into_a_later_one_has_failed(buildbot: Master) -> None:
    async def play(plugin: Plugin) -> None:
        running = await started(plugin, effect(version="2.4.1", seconds="50"))
        await followed(plugin, running, in_step("deploy"))
        first = await started(plugin, effect(version="2.4.1"))
        later = await started(plugin, effect(version="2.4.2"))
        merged = await followed(plugin, first, over)
        assert merged.ending is Ending.FAILED
        assert "never built" in merged.detail
        assert await plugin.cancel(JOB_START, running, "over")
        assert (await followed(plugin, later, over)).ending is Ending.SUCCEEDED

    asked(buildbot, play)


def test_that_a_build_is_followed_whose_master_was_away_since(buildbot: Master) -> None:
    request = effect(version="2.4.1", rc="3")
    taken = asked(buildbot, lambda it: it.perform(request))
    assert isinstance(taken, Acknowledged)
    number = int(taken.remote.rpartition("/")[2])
    eventually(lambda: [one for one in buildbot.builds(number) if one["complete"]], "a build")
    buildbot.server.stop()
    buildbot.server.start()
    assert asked(buildbot, lambda it: it.find(JOB_START, request.id)) == Found(remote=taken.remote)
    state = asked(buildbot, lambda it: it.follow(JOB_START, taken.remote))
    assert (state.ending, state.output) == (Ending.FAILED, "deployed 2.4.1, loud False")
    assert len([one for one in buildbot.buildsets() if request.id in one["reason"]]) == 1


def test_that_of_a_build_that_its_master_left_behind_what_the_master_says_counts(
    buildbot: Master,
) -> None:
    async def begin(plugin: Plugin) -> str:
        remote = await started(plugin, effect(version="2.4.1", seconds="5"))
        await followed(plugin, remote, in_step("deploy"))
        return remote

    remote = asked(buildbot, begin)
    buildbot.server.stop()
    buildbot.server.start()
    state = asked(buildbot, lambda it: followed(it, remote, over))
    newest = buildbot.builds(int(remote.rpartition("/")[2]))[-1]
    # A master that stops either cancels its builds or begins them again.
    assert state.ending is {0: Ending.SUCCEEDED, 6: Ending.CANCELLED}[newest["results"]]
    assert state.detail.startswith(f"build {newest['number']}: ")


def test_that_a_wrong_password_and_a_person_who_may_not_are_refused(buildbot: Master) -> None:
    async def play(user: str, password: str) -> None:
        async with connected(buildbot, user=user, password=password) as plugin:
            await plugin.perform(effect(version="2.4.1"))

    before = len(buildbot.buildsets())
    with pytest.raises(CredentialRefused, match="401"):
        asyncio.run(play("svc", "guessed"))
    with pytest.raises(CredentialRefused, match="role 'admins'"):
        asyncio.run(play("looker", PASSWORD))
    assert len(buildbot.buildsets()) == before


def test_that_a_session_that_is_worth_nothing_is_renewed_once(buildbot: Master) -> None:
    request = effect(version="2.4.1")

    async def play(plugin: Plugin) -> None:
        plugin._buildbot._session = Secret(STALE)
        await started(plugin, request)

    asked(buildbot, play)
    assert len([one for one in buildbot.buildsets() if request.id in one["reason"]]) == 1


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({}, "'Version' needs to be specified"),
        ({"version": "1", "seconds": " "}, "blank"),
        ({"version": "1", "nowhere": "x"}, "no field nowhere"),
        ({"version": "1", "target": "staging"}, "fixes target"),
    ],
)
def test_that_parameters_that_do_not_fit_start_nothing(
    buildbot: Master, parameters: dict[str, str], reason: str
) -> None:
    before = len(buildbot.buildsets())
    refused = asked(buildbot, lambda it: it.perform(effect(**parameters)))
    assert isinstance(refused, TargetRefused)
    assert reason in refused.reason
    assert len(buildbot.buildsets()) == before


def test_that_a_changed_definition_has_another_digest(buildbot: Master) -> None:
    first = asked(buildbot, lambda it: it.describe("deploy"))
    assert first.digest is not None
    assert asked(buildbot, lambda it: it.describe("deploy")) == first
    buildbot.reconfigure(button="Deploy now")
    second = asked(buildbot, lambda it: it.describe("deploy"))
    buildbot.reconfigure(description="deploys, and tells nobody")
    third = asked(buildbot, lambda it: it.describe("deploy"))
    assert len({first.digest, second.digest, third.digest, None}) == 4
    buildbot.reconfigure()
    assert asked(buildbot, lambda it: it.describe("deploy")) == first


def test_that_what_the_settings_name_and_nobody_has_is_named(buildbot: Master) -> None:
    async def play(job: Json, named: str) -> None:
        async with connected(buildbot, jobs={"x": job}) as plugin:
            with pytest.raises(QuestionRefused, match=named):
                await plugin.check()
            described = await plugin.describe("x")
            assert (described.digest, named in described.unreadable) == (None, True)

    assert asked(buildbot, lambda it: it.check()) == "Buildbot 4.3.0; 2 jobs: deploy, silent"
    asyncio.run(play({"scheduler": "force-nobody", "builder": "deploy"}, "force-nobody"))
    asyncio.run(play({"scheduler": "force-deploy", "builder": "nobody"}, "nobody"))
