"""Whatever is answered, or not, every question ends typed, and nothing unclear is called a no."""

import asyncio
import json as text
from collections.abc import Awaitable, Callable, Mapping, Sequence

import pytest

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.ci import JOB_START
from relconsole.plugin_api.effects import EffectRequest, Ending, TargetRefused
from relconsole.plugin_api.errors import (
    BadAnswer,
    CredentialRefused,
    SettingsRejected,
    Unreachable,
)
from relconsole.plugin_api.http import Answer, Http
from relconsole.plugin_process.guarded_http import GuardedHttp
from relconsole_plugins.buildbot import client, parse
from relconsole_plugins.buildbot.config import read_jobs
from relconsole_plugins.buildbot.plugin import Plugin
from tests.plugins.buildbot.recordings import RECORDED, plugin_of
from tests.plugins.buildbot.servers import SESSION, Buildbot
from tests.plugins.serving import Asked, Said
from tests.unit.plugin_host.test_guarded_http import FAULTS, MOST, TOTAL, Says, raw

JOBS = {"deploy": {"scheduler": "force-deploy", "builder": "deploy"}}
START = EffectRequest(
    id=EffectId("e1"),
    kind=JOB_START,
    payload={"job": "deploy", "parameters": {"version": "2.4.1"}},
)
QUESTIONS: tuple[Callable[[Plugin], Awaitable[object]], ...] = (
    lambda it: it.check(),
    lambda it: it.describe("deploy"),
    lambda it: it.perform(START),
    lambda it: it.find(JOB_START, START.id),
    lambda it: it.follow(JOB_START, "buildrequest/1"),
    lambda it: it.cancel(JOB_START, "buildrequest/1", "late"),
)
Turn = Callable[[Asked], Said | Exception | None]


class Between:
    """A client of the stand-in; ``turn`` gives another answer, an error, or None for its own."""

    def __init__(self, server: Buildbot, turn: Turn) -> None:
        self._server = server
        self._turn = turn
        self.asked: list[Asked] = []

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        json: Json = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        asked = Asked(
            method=method,
            path=path,
            query=dict(query),
            headers=headers or {},
            body=text.dumps(json).encode(),
        )
        self.asked.append(asked)
        turned = self._turn(asked)
        if isinstance(turned, Exception):
            # As where an answer is lost: the order has arrived.
            self._server.answer(asked)
            raise turned
        said = self._server.answer(asked) if turned is None else turned
        if path == "/auth/login":
            said = Said(headers=said.headers)
        return Answer(
            status=said.status, headers=said.headers, body=said.body, asked=f"{method} {path}"
        )

    def elsewhere(self, url: str) -> Http:
        raise AssertionError(url)

    def ordered(self) -> int:
        return sum(one.method == "POST" for one in self.asked)


def _forced(turn: Turn) -> tuple[Between, Buildbot, object]:
    """What starting gives where the answer to the force call is another."""
    server = Buildbot()
    http = Between(server, lambda asked: turn(asked) if asked.method == "POST" else None)

    async def play() -> object:
        return await plugin_of(http, JOBS).perform(START)

    return http, server, asyncio.run(play())


def reply(**said: Json) -> bytes:
    return text.dumps({"jsonrpc": "2.0", "id": 1, **said}).encode()


@pytest.mark.parametrize("secret", [None, "svc:word"])
@pytest.mark.parametrize("say", [say for _, say, _ in FAULTS], ids=[name for name, _, _ in FAULTS])
def test_that_every_question_ends_as_a_typed_error(say: bytes | Says, secret: str | None) -> None:
    async def play() -> None:
        async with raw(say) as (_, url):
            http = GuardedHttp(url, total=TOTAL, most_bytes=MOST)
            plugin = plugin_of(http, JOBS, secret=secret)
            asked = (question(plugin) for question in QUESTIONS)
            async with asyncio.timeout(60):
                ended = await asyncio.gather(*asked, return_exceptions=True)
            assert [type(one) for one in ended if not isinstance(one, WorldIsDown)] == []
            await http.close()

    asyncio.run(play())


@pytest.mark.parametrize(
    "said",
    [
        Said(body=b"<html>"),
        Said(body=reply(result=None)),
        Said(body=reply(result=[1, {"2": 1}])),
        Said(body=reply(result=[1, {"1": "1"}])),
        Said(status=400, body=b"<h1>400 Bad Request</h1>"),
        Said(status=404, body=reply(error={"code": -32600, "message": "Invalid path"})),
        Said(status=500, body=reply(error={"code": -32603, "message": "TypeError()"})),
        Said(status=502, body=b"bad gateway"),
        Said(status=503),
    ],
    ids=lambda said: f"{said.status} {said.body[-24:]!r}",
)
def test_that_an_unclear_answer_to_a_force_call_is_never_a_refusal(said: Said) -> None:
    with pytest.raises(WorldIsDown):
        _forced(lambda _: said)


def test_that_a_force_call_without_an_answer_is_sent_once_and_found_later() -> None:
    server = Buildbot()
    lost = Unreachable("POST: no whole answer within 20 s")
    http = Between(server, lambda asked: lost if asked.method == "POST" else None)

    async def play() -> object:
        plugin = plugin_of(http, JOBS)
        with pytest.raises(Unreachable):
            await plugin.perform(START)
        return await plugin.find(JOB_START, START.id)

    found = asyncio.run(play())
    assert getattr(found, "remote", "") == "buildrequest/1"
    assert http.ordered() == 1


def test_that_a_job_that_stands_already_is_not_forced_again() -> None:
    server = Buildbot()
    http = Between(server, lambda _: None)

    async def play() -> tuple[object, object]:
        plugin = plugin_of(http, JOBS)
        return await plugin.perform(START), await plugin.perform(START)

    first, second = asyncio.run(play())
    assert first == second
    assert http.ordered() == 1


def test_that_who_is_forbidden_twice_is_refused() -> None:
    forbidden = Said(status=403, body=reply(error={"code": -32600, "message": "you need a role"}))
    with pytest.raises(CredentialRefused, match="you need a role"):
        _forced(lambda _: forbidden)


def test_that_a_session_that_has_expired_is_renewed_once() -> None:
    sessions: list[str] = []

    def turn(asked: Asked) -> Said | None:
        sessions.append(asked.headers["cookie"])
        return Said(status=403, body=b"expired") if len(sessions) == 1 else None

    http, server, taken = _forced(turn)
    assert getattr(taken, "remote", "") == "buildrequest/1"
    assert sessions == [SESSION, SESSION]
    assert [one.path for one in http.asked].count("/auth/login") == 2
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"version": "1", "nowhere": "x"}, "no field nowhere"),
        ({"version": "1", "reason": "mine"}, "no field reason"),
        ({"version": "1", "builderid": "2"}, "no field builderid"),
        ({}, "version: 'Version' needs to be specified"),
    ],
)
def test_that_parameters_without_a_place_are_refused(
    parameters: dict[str, str], reason: str
) -> None:
    server = Buildbot()
    request = EffectRequest(
        id=EffectId("e2"), kind=JOB_START, payload={"job": "deploy", "parameters": parameters}
    )

    async def play() -> object:
        return await plugin_of(Between(server, lambda _: None), JOBS).perform(request)

    refused = asyncio.run(play())
    assert isinstance(refused, TargetRefused)
    assert reason in refused.reason
    assert server.requests == []


@pytest.mark.parametrize("rows", [b'[{"bsid": 1, "reason": 7}]', b'"none"', b'[{"bsid": null}]'])
def test_that_what_is_no_buildset_is_never_an_absence(rows: bytes) -> None:
    wrong = Said(body=b'{"buildsets": ' + rows + b', "meta": {}}')
    http = Between(Buildbot(), lambda asked: wrong if asked.path.endswith("buildsets") else None)

    async def play() -> object:
        return await plugin_of(http, JOBS).find(JOB_START, START.id)

    with pytest.raises(BadAnswer):
        asyncio.run(play())


def test_that_buildsets_that_are_not_narrowed_down_are_never_an_absence() -> None:
    row = {"bsid": 1, "reason": "relconsole effect another"}
    said = Said(body=text.dumps({"buildsets": [row] * client.PAGE}).encode())
    http = Between(Buildbot(), lambda asked: said if asked.path.endswith("buildsets") else None)

    async def play() -> object:
        return await plugin_of(http, JOBS).find(JOB_START, START.id)

    with pytest.raises(BadAnswer, match="not narrowed down"):
        asyncio.run(play())


@pytest.mark.parametrize("number", [-1, 7, 99, None])
def test_that_an_unknown_result_is_a_bad_answer(number: int | None) -> None:
    with pytest.raises(BadAnswer, match="unknown"):
        parse.read_result(number)


def test_that_every_result_has_an_ending() -> None:
    assert {int(one): parse.ENDINGS[one] for one in parse.Result} == {
        0: Ending.SUCCEEDED,
        1: Ending.SUCCEEDED,
        2: Ending.FAILED,
        3: Ending.FAILED,
        4: Ending.FAILED,
        5: Ending.RUNNING,
        6: Ending.CANCELLED,
    }


def test_that_an_id_is_not_found_in_a_longer_one() -> None:
    reason = "A build was forced by 'svc': relconsole effect 0190ab-3 release r"
    assert parse.bears(reason, "0190ab-3")
    assert parse.bears("relconsole effect 0190ab-3", "0190ab-3")
    assert not parse.bears(reason, "0190ab")
    assert not parse.bears(reason, "0190ab-")
    assert not parse.bears("effect 0190ab-3", "0190ab-3")


def test_that_a_question_whose_answer_never_ends_is_asked_again_and_an_order_is_not() -> None:
    login = RECORDED.scenes["check"][0].headers

    class Hanging:
        """Never ends its first answer to each kind of request."""

        def __init__(self) -> None:
            self.methods: list[str] = []

        async def request(
            self,
            method: str,
            path: str,
            *,
            query: Sequence[tuple[str, str]] = (),
            json: Json = None,
            body: bytes | None = None,
            headers: Mapping[str, str] | None = None,
        ) -> Answer:
            if path == "/auth/login":
                return Answer(status=200, headers=login, body=b"")
            self.methods.append(method)
            if method == "POST" or self.methods.count(method) == 1:
                await asyncio.Event().wait()
            return Answer(status=200, headers={}, body=b'{"builders": []}')

        def elsewhere(self, url: str) -> Http:
            raise AssertionError(url)

    async def play() -> list[str]:
        http = Hanging()
        buildbot = client.Buildbot(http, logs_in=True, unfinished=0.02)
        assert (await buildbot.builders()).status == 200
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await buildbot.force("force-deploy", {})
        return http.methods

    assert asyncio.run(play()) == ["GET", "GET", "POST"]


@pytest.mark.parametrize(
    "written",
    [
        "deploy",
        {"scheduler": "force-deploy"},
        {"scheduler": " ", "builder": "deploy"},
        {"scheduler": "force-deploy", "builder": "deploy", "properties": {"n": 1}},
        {"scheduler": "force-deploy", "builder": "deploy", "argv": ["x"]},
    ],
)
def test_that_a_job_that_is_none_is_refused_by_its_name(written: Json) -> None:
    with pytest.raises(SettingsRejected) as refused:
        read_jobs({"jobs": {"deploy": written}})
    assert [problem.field for problem in refused.value.problems] == ["settings.jobs.deploy"]
