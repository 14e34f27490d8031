"""Requests and answers keep to the OpenAPI schemas of the targets, real answers and stand-ins."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.kernel.instants import format_instant
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import Acknowledged, EffectRequest
from relconsole.plugin_api.monitoring import SILENCE_CREATE, SILENCE_EXPIRE
from relconsole.plugin_process.guarded_http import GuardedHttp
from relconsole_plugins.prometheus.plugin import Plugin
from tests.plugins.prometheus.recordings import RECORDED, Exchange
from tests.plugins.prometheus.schemas import Schemas
from tests.plugins.prometheus.servers import Alertmanager, Prometheus
from tests.plugins.serving import Asked, serving

EXCERPTS = {
    "prometheus": Schemas("prometheus_schemas.json"),
    "alertmanager": Schemas("alertmanager_schemas.json"),
}
OLDER = {"annotations", "mutedBy"}
"""Required by the schema of today, and not yet given by the version that was recorded."""

MISTAKEN = "/api/v1/query?query=%22text%22"
"""The schema wants the instant beside a text to be text too; the server gives a number."""


def _operation(server: str, method: str, path: str) -> Any:
    parts = path.split("/")
    if parts[-2] == "silence":
        parts[-1] = "{silenceID}"
    return EXCERPTS[server].operations.get(f"{method} {'/'.join(parts)}")


@pytest.mark.parametrize(
    "recorded",
    [one for one in RECORDED if one.status == 200 and one.body.strip() and one.path != MISTAKEN],
    ids=lambda one: f"{one.method} {one.path[:60]}",
)
def test_that_a_recorded_answer_is_of_its_schema(recorded: Exchange) -> None:
    server, path = recorded.server, recorded.place
    operation = _operation(server, recorded.method, path)
    assert operation is not None
    if "answer" in operation:
        faults = EXCERPTS[server].faults(operation["answer"], json.loads(recorded.body))
        assert [one for one in faults if one.rpartition("lacks ")[2] not in OLDER] == []


def test_that_a_value_of_another_form_is_seen() -> None:
    schemas = EXCERPTS["alertmanager"]
    good = {
        "matchers": [{"name": "service", "value": "x", "isRegex": False}],
        "startsAt": "2026-01-01T00:00:00Z",
        "endsAt": "2026-01-01T00:00:00Z",
        "createdBy": "x",
        "comment": "x",
    }
    assert schemas.faults("postableSilence", good) == []
    for broken in (
        {**good, "matchers": []},
        {**good, "startsAt": "today"},
        {**good, "comment": 1},
        {name: value for name, value in good.items() if name != "createdBy"},
    ):
        assert schemas.faults("postableSilence", broken) != []
    assert EXCERPTS["prometheus"].faults("QueryOutputBody", {"status": "well", "data": []}) != []


def test_that_every_request_of_the_plugin_and_every_stand_in_keeps_to_the_schemas(
    tmp_path: Path,
) -> None:
    """The plugin does all it can; what went over the wire is then held against the schemas."""
    prometheus, manager = Prometheus(), Alertmanager()
    now = datetime.now(UTC)

    async def play(url: str, alertmanager: str) -> None:
        http = GuardedHttp(url)
        context = Context(
            system=SystemId("metrics"),
            url=url,
            settings={"alertmanager": alertmanager, "service_label": "service", "author": "c"},
            folder=str(tmp_path),
            secret=None,
            http=http,
            now=lambda: now,
        )
        plugin = Plugin(context)
        await plugin.check()
        await plugin.query("up")
        await plugin.query_range("up", now - timedelta(minutes=1), now, timedelta(seconds=15))
        await plugin.rules()
        payload = {
            "services": ["payments-api"],
            "starts": format_instant(now),
            "ends": format_instant(now + timedelta(minutes=8)),
        }
        request = EffectRequest(id=EffectId("e1"), kind=SILENCE_CREATE, payload=payload)
        made = await plugin.perform(request)
        assert isinstance(made, Acknowledged)
        assert [one.silenced_by for one in await plugin.alerts()] == [(made.remote,)]
        await plugin.silences()
        await plugin.follow(SILENCE_CREATE, made.remote)
        ending = EffectRequest(
            id=EffectId("e2"), kind=SILENCE_EXPIRE, payload={"remote": made.remote}
        )
        assert await plugin.perform(ending) == made
        assert [one.silenced_by for one in await plugin.alerts()] == [()]
        await http.close()

    with serving(prometheus.answer) as url, serving(manager.answer) as alertmanager:
        asyncio.run(play(url, alertmanager))
    exchanges = {"prometheus": tuple(prometheus.asked), "alertmanager": tuple(manager.asked)}
    for server, asked in exchanges.items():
        for one in asked:
            _check_exchange(server, one, prometheus if server == "prometheus" else manager)
    done = {_named("prometheus", one) for one in prometheus.asked}
    done |= {_named("alertmanager", one) for one in manager.asked}
    declared = {name for excerpt in EXCERPTS.values() for name in excerpt.operations}
    assert done == declared


def _named(server: str, asked: Asked) -> str:
    del server
    parts = asked.path.split("/")
    if parts[-2] == "silence":
        parts[-1] = "{silenceID}"
    return f"{asked.method} {'/'.join(parts)}"


def _check_exchange(server: str, asked: Asked, target: Prometheus | Alertmanager) -> None:
    operation = _operation(server, asked.method, asked.path)
    assert operation is not None, asked
    parameters = operation["query"]
    assert set(asked.query) <= set(parameters)
    assert {name for name, required in parameters.items() if required} <= set(asked.query)
    if "sends" in operation:
        assert EXCERPTS[server].faults(operation["sends"], json.loads(asked.body)) == []
    else:
        assert asked.body == b""
    if "answer" in operation:
        said = target.answer(asked)
        assert EXCERPTS[server].faults(operation["answer"], json.loads(said.body)) == []
