"""An answer to something else, or from somebody else, is never taken for Buildbot's own."""

import asyncio

import pytest

from relconsole.plugin_api.ci import JOB_START
from relconsole.plugin_api.effects import Ending, RemoteState
from relconsole.plugin_api.errors import BadAnswer
from tests.plugins.buildbot.recordings import plugin_of
from tests.plugins.buildbot.servers import Buildbot
from tests.plugins.buildbot.test_faults import JOBS, START, Between, reply
from tests.plugins.serving import Asked, Said


@pytest.mark.parametrize(
    "said",
    [
        Said(body=b"<!DOCTYPE html><title>Sign in</title>"),
        Said(),
        Said(body=b"{}"),
        Said(body=b'{"buildrequests": [], "meta": {}}'),
        Said(body=reply(error={"code": -32603, "message": "TypeError()"})),
    ],
    ids=lambda said: repr(said.body[:24]),
)
def test_that_an_order_to_end_a_build_is_taken_by_buildbot_s_own_word_only(said: Said) -> None:
    server = Buildbot()
    server.requests.append({"number": 1, "reason": ""})
    http = Between(server, lambda asked: said if asked.method == "POST" else None)

    async def play() -> object:
        return await plugin_of(http, JOBS).cancel(JOB_START, "buildrequest/1", "late")

    with pytest.raises(BadAnswer):
        asyncio.run(play())
    assert http.ordered() == 1


@pytest.mark.parametrize("path", ["buildrequests/1", "builds", "builds/1/steps"])
def test_that_an_answer_of_another_build_is_not_taken_for_this_one(path: str) -> None:
    server, other = Buildbot(), Buildbot()
    for known in (server, other):
        known.requests += [{"number": number, "reason": ""} for number in (1, 2)]

    def turn(asked: Asked) -> Said | None:
        if not asked.path.endswith(path):
            return None
        there = asked.path.replace("s/1", "s/2")
        query = {"buildrequestid__eq": "2"}
        return other.answer(Asked(method="GET", path=there, query=query, headers={}, body=b""))

    async def play() -> object:
        return await plugin_of(Between(server, turn), JOBS).follow(JOB_START, "buildrequest/1")

    with pytest.raises(BadAnswer, match="answered with 2, and not 1"):
        asyncio.run(play())


@pytest.mark.parametrize("path", ["steps/1/logs", "logs/1/contents"])
def test_that_the_log_of_another_step_is_not_shown(path: str) -> None:
    server = Buildbot()
    server.requests.append({"number": 1, "reason": ""})

    def turn(asked: Asked) -> Said | None:
        if not asked.path.endswith(path):
            return None
        there = asked.path.replace("s/1", "s/2")
        return server.answer(Asked(method="GET", path=there, query={}, headers={}, body=b""))

    async def play() -> RemoteState:
        return await plugin_of(Between(server, turn), JOBS).follow(JOB_START, "buildrequest/1")

    state = asyncio.run(play())
    assert state.ending is Ending.RUNNING
    assert "could not be read" in state.output
    assert "deployed" not in state.output


@pytest.mark.parametrize("kind", ["builders", "forceschedulers"])
def test_that_nothing_is_started_by_the_definition_of_something_else(kind: str) -> None:
    server = Buildbot()

    def turn(asked: Asked) -> Said | None:
        said = server.answer(asked) if f"/{kind}/" in asked.path else None
        if said is None or asked.method == "POST":
            return None
        return Said(body=said.body.replace(b'deploy"', b'other"'))

    http = Between(server, turn)

    async def play() -> None:
        plugin = plugin_of(http, JOBS)
        with pytest.raises(BadAnswer, match="other"):
            await plugin.describe("deploy")
        with pytest.raises(BadAnswer, match="other"):
            await plugin.perform(START)

    asyncio.run(play())
    assert http.ordered() == 0
