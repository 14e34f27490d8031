"""The stand-in answers in the form of the real one, and conducts the same scenes."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence

import pytest

from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.ci import JOB_START
from relconsole.plugin_api.effects import Acknowledged, EffectRequest, Ending, TargetRefused
from relconsole.plugin_process.guarded_http import GuardedHttp
from tests.plugins.buildbot.recordings import RECORDED, plugin_of
from tests.plugins.buildbot.servers import Buildbot
from tests.plugins.serving import serving

JOBS = {"deploy": {"scheduler": "force-deploy", "builder": "deploy"}}


def _forms(method: str, path: str, body: bytes) -> Iterator[tuple[str, str, str]]:
    """Each value of an answer: which question, the names on the way to it, and its type."""
    parts = [part for part in path.split("/") if not part.isdigit()]
    question = f"{method} {'/'.join(parts)}"

    def walk(value: Json, way: str) -> Iterator[tuple[str, str, str]]:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                yield from walk(inner, f"{way}.{'#' if name.isdigit() else name}")
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for inner in value:
                yield from walk(inner, f"{way}[]")
        else:
            yield question, way, type(value).__name__

    yield from walk(json.loads(body), "")


def _recorded() -> set[tuple[str, str, str]]:
    return {
        form
        for scene in RECORDED.scenes.values()
        for one in scene
        if one.path != "/auth/login"
        for form in _forms(one.method, one.path, one.answer.body)
    }


def _effect(number: int, **parameters: str) -> EffectRequest:
    payload: dict[str, Json] = {"job": "deploy", "parameters": parameters}
    return EffectRequest(id=EffectId(f"e{number}"), kind=JOB_START, payload=payload)


def test_that_the_stand_in_answers_nothing_that_a_real_one_would_not() -> None:
    server = Buildbot()

    async def play(url: str) -> None:
        http = GuardedHttp(url)
        plugin = plugin_of(http, JOBS)
        await plugin.check()
        assert (await plugin.describe("deploy")).digest is not None
        assert isinstance(await plugin.perform(_effect(1)), TargetRefused)
        taken = await plugin.perform(_effect(1, version="2.4.1"))
        assert isinstance(taken, Acknowledged)
        assert (await plugin.follow(JOB_START, taken.remote)).ending is Ending.RUNNING
        assert (await plugin.follow(JOB_START, taken.remote)).output == "deployed"
        assert await plugin.cancel(JOB_START, taken.remote, "late") is False
        await plugin.follow(JOB_START, "buildrequest/99")
        await http.close()

    with serving(server.answer) as url:
        asyncio.run(play(url))
        said = [
            (one.method, one.path, server.answer(one).body)
            for one in tuple(server.asked)
            if one.path != "/auth/login"
        ]
    given = {form for one in said for form in _forms(*one)}
    assert given
    assert given - _recorded() == set()


@pytest.mark.parametrize(
    "broken",
    [b'{"buildsets": [{"bsid": "1"}]}', b'{"buildsets": [{"number": 1}]}', b'{"rows": [1]}'],
)
def test_that_an_answer_of_another_form_is_seen(broken: bytes) -> None:
    assert set(_forms("GET", "/api/v2/buildsets", broken)) - _recorded() != set()
