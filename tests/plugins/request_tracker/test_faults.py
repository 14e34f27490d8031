"""Whatever a server sends in place of an answer, every question ends as a typed error in time."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import EffectRequest, TargetRefused
from relconsole.plugin_api.errors import BadAnswer, SettingsRejected, Unreachable
from relconsole.plugin_api.http import Answer
from relconsole.plugin_api.itsm import CHANGE_COMMENT, CHANGE_TRANSITION
from relconsole.plugin_api.secret import Secret
from relconsole.plugin_process.guarded_http import GuardedHttp
from relconsole_plugins.request_tracker import parse
from relconsole_plugins.request_tracker.plugin import Plugin
from tests.plugins.request_tracker.servers import Tracker
from tests.plugins.serving import Asked, Said, serving
from tests.unit.plugin_host.test_guarded_http import FAULTS, MOST, TOTAL, Says, raw

NOW = datetime(2026, 4, 21, 1, 30, tzinfo=UTC)
SETTINGS: dict[str, Json] = {
    "queue": "Changes",
    "lifecycle": "change",
    "approval_queue": "___Approvals",
    "digest_field": "",
    "sign_in": "basic",
    "catalog": "Services",
    "service_field": "Service",
    "version_field": "Version",
    "in_use": ["in-use"],
}
COMMENT = EffectRequest(
    id=EffectId("e1"), kind=CHANGE_COMMENT, payload={"change": "1", "text": "checks are green"}
)
TRANSITION = EffectRequest(
    id=EffectId("e2"), kind=CHANGE_TRANSITION, payload={"change": "1", "state": "assess"}
)
QUESTIONS: tuple[Callable[[Plugin], Awaitable[object]], ...] = (
    lambda it: it.check(),
    lambda it: it.read_change("1"),
    lambda it: it.configuration_items(),
    lambda it: it.perform(COMMENT),
    lambda it: it.perform(TRANSITION),
    lambda it: it.find(CHANGE_COMMENT, COMMENT.id),
    lambda it: it.follow(CHANGE_TRANSITION, "1#e2"),
)
SIGN_IN = b"<!DOCTYPE html><title>Login</title>"


def _history(**wrong: object) -> bytes:
    """A page with one transaction, of which something is wrong."""
    right = {"id": "1", "Type": "Status", "Creator": {"id": "console"}}
    return json.dumps({"items": [{**right, "Created": "2026-11-20T11:39:32Z", **wrong}]}).encode()


def plugin_for(http: GuardedHttp, **settings: Json) -> Plugin:
    return Plugin(
        Context(
            system=SystemId("itsm"),
            url="https://rt.example.org",
            settings={**SETTINGS, **settings},
            folder="/nowhere",
            secret=Secret("console:secret"),
            http=http,
            now=lambda: NOW,
        )
    )


@pytest.mark.parametrize("say", [say for _, say, _ in FAULTS], ids=[name for name, _, _ in FAULTS])
def test_that_every_question_ends_as_a_typed_error(say: bytes | Says) -> None:
    async def play() -> None:
        async with raw(say) as (_, url):
            http = GuardedHttp(url, total=TOTAL, most_bytes=MOST)
            plugin = plugin_for(http)
            asked = (question(plugin) for question in QUESTIONS)
            async with asyncio.timeout(60):
                ended = await asyncio.gather(*asked, return_exceptions=True)
            assert [type(one) for one in ended if not isinstance(one, WorldIsDown)] == []
            await http.close()

    asyncio.run(play())


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("status", [200, 201, 302, 500, 502])
def test_that_a_page_in_place_of_an_answer_leaves_it_unknown(method: str, status: int) -> None:
    """A proxy that answers once the request was sent: what became of it is not known."""
    tracker = Tracker()
    tracker.add()

    def answer(asked: Asked) -> Said:
        if asked.method == method:
            return Said(status=status, body=SIGN_IN)
        return tracker.answer(asked)

    async def play() -> None:
        with serving(answer) as url:
            http = GuardedHttp(url)
            with pytest.raises(WorldIsDown):
                await plugin_for(http).perform(COMMENT if method == "POST" else TRANSITION)
            await http.close()

    asyncio.run(play())


def test_that_a_proxys_404_is_no_missing_ticket() -> None:
    missing = Answer(status=404, headers={}, body=b'{"message":"Not Found"}')
    assert parse.read_ticket(missing) is None
    with pytest.raises(BadAnswer):
        parse.read_ticket(Answer(status=404, headers={}, body=SIGN_IN))


def test_that_an_answer_that_does_not_come_leaves_it_unknown() -> None:
    tracker = Tracker()
    number = tracker.add()

    async def play() -> None:
        done = threading.Event()

        def answer(asked: Asked) -> Said:
            said = tracker.answer(asked)
            if asked.method == "PUT":
                # Taken, and answered only once the console has given up.
                done.wait(30)
            return said

        with serving(answer) as url:
            http = GuardedHttp(url, total=TOTAL)
            try:
                with pytest.raises(Unreachable):
                    await plugin_for(http).perform(TRANSITION)
            finally:
                done.set()
            await http.close()

    asyncio.run(play())
    assert tracker.tickets[number]["Status"] == "assess"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        SIGN_IN,
        b"[]",
        b"{}",
        b'{"items": null}',
        b'{"items": [{}]}',
        _history(id="x"),
        _history(Created="yesterday"),
        _history(Created="2026-11-20T11:39:32"),
        _history(Type=5),
        _history(Creator="console"),
    ],
)
def test_that_no_history_is_read_out_of_anything_else(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        parse.read_transactions(Answer(status=200, headers={}, body=body))


def test_that_a_history_in_the_right_form_is_read() -> None:
    (read,) = parse.read_transactions(Answer(status=200, headers={}, body=_history()))
    assert (read.number, read.at) == (1, datetime(2026, 11, 20, 11, 39, 32, tzinfo=UTC))


def test_that_a_ticket_without_etag_is_no_ticket() -> None:
    tracker = Tracker()
    tracker.add()
    asked = Asked(method="GET", path="/REST/2.0/ticket/1", query={}, headers={}, body=b"")
    said = tracker.answer(asked)
    with pytest.raises(BadAnswer, match="ETag"):
        parse.read_ticket(Answer(status=200, headers={}, body=said.body))
    assert parse.read_ticket(Answer(status=200, headers=said.headers, body=said.body)) is not None


def test_that_a_field_of_two_values_is_no_digest() -> None:
    tracker = Tracker()
    number = tracker.add()
    digest = {"id": "2", "name": "Plan digest", "values": ["sha256:aa", "sha256:bb"]}
    tracker.tickets[number]["CustomFields"] = [digest]

    async def play() -> None:
        with serving(tracker.answer) as url:
            http = GuardedHttp(url)
            with pytest.raises(BadAnswer, match="more than one value"):
                await plugin_for(http, digest_field="Plan digest").read_change(str(number))
            await http.close()

    tracker.tickets[number]["_hyperlinks"].append(
        {"ref": "depends-on", "type": "ticket", "id": str(tracker.add())}
    )
    asyncio.run(play())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("queue", ""),
        ("queue", "It's"),
        ("queue", "[Changes]"),
        ("approval_queue", "a/b"),
        ("sign_in", "cookie"),
        ("catalog", "Serv'ices"),
        ("catalog", "a/b"),
    ],
)
def test_that_a_setting_that_cannot_be_meant_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsRejected, match=name):
        plugin_for(GuardedHttp("https://rt.example.org"), **{name: value})


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"change": "1"},
        {"change": "one", "state": "assess"},
        {"change": "1/comment", "state": "assess"},
        {"change": "0", "state": "assess"},
        {"change": "1", "state": " "},
        {"change": "1", "state": "a -> b"},
        {"change": "1", "state": "assess\nit"},
        {"change": "1", "state": "s" * 65},
    ],
)
def test_that_a_payload_that_cannot_be_meant_never_leaves(payload: dict[str, Json]) -> None:
    asked: list[Asked] = []

    def answer(one: Asked) -> Said:
        asked.append(one)
        return Said(status=500)

    async def play() -> None:
        with serving(answer) as url:
            http = GuardedHttp(url)
            request = EffectRequest(id=EffectId("e3"), kind=CHANGE_TRANSITION, payload=payload)
            assert isinstance(await plugin_for(http).perform(request), TargetRefused)
            await http.close()

    asyncio.run(play())
    assert asked == []
