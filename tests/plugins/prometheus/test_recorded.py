"""What real servers answered is read whole, and each of their errors is a typed one."""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from relconsole.domain.kernel.ids import EffectId, PersonId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Ending,
    NotFound,
    TargetRefused,
)
from relconsole.plugin_api.errors import BadAnswer, QuestionRefused
from relconsole.plugin_api.http import Answer, Http
from relconsole.plugin_api.monitoring import SILENCE_CREATE, SILENCE_EXPIRE
from relconsole_plugins.prometheus import parse
from relconsole_plugins.prometheus.plugin import Plugin
from tests.plugins.prometheus.recordings import RECORDED

NOW = datetime(2026, 11, 20, 7, 44, 19, tzinfo=UTC)
MADE = next(json.loads(one.body)["silenceID"] for one in RECORDED if '{"silenceID' in one.body)
EFFECT = EffectId("0190aaaabbbbccccddddeeeeffff0003")


class Replay:
    """Gives what was recorded for the same request; of several answers the chosen one.

    What was deleted since is looked at in its next state.
    """

    def __init__(self, server: str, turn: int = 0) -> None:
        self._server = server
        self._turn = turn
        self.sent: list[tuple[str, str, Json]] = []

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
        self.sent.append((method, path, json))
        found = [
            one
            for one in RECORDED
            if one.server == self._server
            and one.method == method
            and one.place == path
            and one.query == dict(query)
        ]
        assert found, f"no recording of {method} {path} {query}"
        ended = [sent for sent in self.sent if sent[:2] == ("DELETE", path) != (method, path)]
        one = found[min(self._turn + len(ended), len(found) - 1)]
        return Answer(
            status=one.status,
            headers={},
            body=one.body.encode(),
            asked=f"{method} {path}",
        )

    def elsewhere(self, url: str) -> Http:
        return self.manager

    manager: "Replay"


def _plugin(
    turn: int = 0, *, with_manager: bool = True, manager: Replay | None = None
) -> tuple[Plugin, Replay]:
    http, manager = Replay("prometheus", turn), manager or Replay("alertmanager", turn)
    http.manager = manager
    address = "http://127.0.0.1:9093" if with_manager else ""
    context = Context(
        system=SystemId("metrics"),
        url="http://127.0.0.1:9090",
        settings={"alertmanager": address, "service_label": "service", "author": "relconsole"},
        folder="/nowhere",
        secret=None,
        http=http,
        now=lambda: NOW,
    )
    return Plugin(context), manager


def _asked(call: Callable[[Plugin], Awaitable[Any]], turn: int = 0) -> Any:
    async def play() -> Any:
        return await call(_plugin(turn)[0])

    return asyncio.run(play())


def test_that_a_vector_is_read_with_its_labels() -> None:
    answer = _asked(lambda it: it.query("up"))
    assert [one.value for one in answer.samples] == [1.0] * 4
    assert answer.samples[0].labels["job"] == "push"
    assert answer.samples[0].at == datetime(2026, 11, 20, 5, 15, 18, 387000, tzinfo=UTC)


def test_that_an_empty_vector_is_no_value() -> None:
    assert _asked(lambda it: it.query("nope")).samples == ()


def test_that_absence_is_a_value_without_labels() -> None:
    answer = _asked(lambda it: it.query("absent(nope)"))
    assert [(dict(one.labels), one.value) for one in answer.samples] == [({}, 1.0)]


def test_that_no_number_and_infinity_are_read_from_their_words() -> None:
    assert math.isnan(_asked(lambda it: it.query("0/0")).samples[0].value)
    assert _asked(lambda it: it.query("1/0")).samples[0].value == math.inf


def test_that_a_bad_query_is_refused_in_the_targets_words() -> None:
    with pytest.raises(QuestionRefused, match="unclosed left parenthesis"):
        _asked(lambda it: it.query("sum("))


def test_that_a_query_that_cannot_be_computed_is_refused() -> None:
    query = next(
        one.query["query"] for one in RECORDED if one.status == 422 and one.server == "prometheus"
    )
    with pytest.raises(QuestionRefused, match="duplicate series"):
        _asked(lambda it: it.query(query))


@pytest.mark.parametrize("query", ["up[1m]", '"text"'])
def test_that_what_is_no_value_of_one_instant_is_refused(query: str) -> None:
    with pytest.raises(QuestionRefused, match="not values of one instant"):
        _asked(lambda it: it.query(query))


def test_that_too_many_points_are_refused_before_they_are_asked_for() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)

    async def play() -> None:
        plugin, _ = _plugin()
        with pytest.raises(QuestionRefused, match="11000 points"):
            await plugin.query_range(
                "up", start, start + timedelta(seconds=11_000), timedelta(seconds=1)
            )

    asyncio.run(play())


def test_that_rules_are_read_with_their_state() -> None:
    rules = _asked(lambda it: it.rules())
    assert {rule.name for rule in rules} >= {"payments:error_ratio", "PaymentsErrorRatioHigh"}
    assert {rule.health for rule in rules} == {"ok"}


def test_that_alerts_are_read_with_their_beginning() -> None:
    alerts = _asked(lambda it: it.alerts())
    assert [(one.name, one.state) for one in alerts] == [("SmokeDown", "firing")]
    assert alerts[0].since == datetime(2026, 11, 20, 4, 47, 49, 767074, tzinfo=UTC)


def test_that_an_alert_that_has_come_since_is_read() -> None:
    async def play() -> list[str]:
        plugin, manager = _plugin(1)
        del manager
        return [one.name for one in await plugin.alerts()]

    assert "PaymentsErrorRatioHigh" in asyncio.run(play())


def test_that_silences_are_read_with_their_services_and_state() -> None:
    silence = _asked(lambda it: it.silences())[0]
    assert (silence.state, silence.services) == ("expired", ("payments",))
    assert (silence.comment, silence.author) == ("CHG0001 window", "relconsole")


def test_that_the_products_name_themselves() -> None:
    assert _asked(lambda it: it.check()) == "Prometheus 2.42.0+ds; Alertmanager"


def test_that_a_silence_is_made_for_exactly_its_services_with_the_effects_id() -> None:
    payload: Mapping[str, Json] = {
        "services": ["payments", "ledger.db"],
        "starts": "2026-11-20T07:00:00Z",
        "ends": "2026-11-20T07:52:19Z",
        "comment": "CHG-48213",
    }

    async def play() -> None:
        plugin, manager = _plugin(turn=1)  # the second recorded answer is the one that was taken
        taken = await plugin.perform(
            EffectRequest(id=EFFECT, kind=SILENCE_CREATE, payload=payload, person=PersonId("mara"))
        )
        assert taken == Acknowledged(remote=MADE)
        method, path, body = manager.sent[-1]
        assert (method, path) == ("POST", "/api/v2/silences")
        assert body == {
            "matchers": [
                {
                    "name": "service",
                    "value": r"ledger\.db|payments",
                    "isRegex": True,
                    "isEqual": True,
                }
            ],
            # A start in the past is moved to now, and no id is ever sent along.
            "startsAt": "2026-11-20T07:44:19Z",
            "endsAt": "2026-11-20T07:52:19Z",
            "createdBy": "mara",
            "comment": f"CHG-48213 [relconsole {EFFECT}]",
        }

    asyncio.run(play())


@pytest.mark.parametrize(
    ("turn", "reason"), [(0, "comment in body is required"), (2, "in the past")]
)
def test_that_a_refusal_is_read_from_either_of_its_forms(turn: int, reason: str) -> None:
    payload: Mapping[str, Json] = {
        "services": ["payments"],
        "starts": "2026-11-20T07:44:19Z",
        "ends": "2026-11-20T08:00:00Z",
    }
    request = EffectRequest(id=EFFECT, kind=SILENCE_CREATE, payload=payload)
    refused = _asked(lambda it: it.perform(request), turn)
    assert isinstance(refused, TargetRefused)
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("turn", "ending", "detail"),
    [
        (0, Ending.SUCCEEDED, "the silence ends at 2026-11-20T07:52:19Z"),
        (1, Ending.SUCCEEDED, "the silence ended at"),
    ],
)
def test_that_a_silence_in_force_is_a_success(turn: int, ending: Ending, detail: str) -> None:
    state = _asked(lambda it: it.follow(SILENCE_CREATE, MADE), turn)
    assert state.ending is ending
    assert detail in state.detail


def test_that_a_silence_to_come_is_still_running() -> None:
    pending = next(json.loads(one.body)["id"] for one in RECORDED if '"pending"' in one.body)
    assert _asked(lambda it: it.follow(SILENCE_CREATE, pending)).ending is Ending.RUNNING


def test_that_a_silence_nobody_knows_is_unknown() -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    assert _asked(lambda it: it.follow(SILENCE_CREATE, nobody)).ending is Ending.UNKNOWN
    request = EffectRequest(id=EFFECT, kind=SILENCE_EXPIRE, payload={"remote": nobody})
    refused = _asked(lambda it: it.perform(request))
    assert refused == TargetRefused(reason="there is no such silence")


@pytest.mark.parametrize("turn", [0, 1])
def test_that_ending_a_silence_is_the_same_whether_it_was_over_or_not(turn: int) -> None:
    request = EffectRequest(id=EFFECT, kind=SILENCE_EXPIRE, payload={"remote": MADE})
    assert _asked(lambda it: it.perform(request), turn) == Acknowledged(remote=MADE)


def test_that_a_page_that_is_no_api_is_a_bad_answer() -> None:
    recorded = next(one for one in RECORDED if one.path == "/api/v1/nope")
    answer = Answer(status=404, headers={}, body=recorded.body.encode(), asked="GET /nope")
    with pytest.raises(BadAnswer, match="404 page not found"):
        parse.read_envelope(answer)


class Stubborn(Replay):
    """Says yes to every DELETE, as a proxy's page does, and deletes nothing."""

    async def request(self, method: str, path: str, **rest: Any) -> Answer:
        if method == "DELETE":
            return Answer(status=200, headers={}, body=b"<html>", asked=f"{method} {path}")
        return await super().request(method, path, **rest)


def test_that_a_silence_is_over_only_when_it_is_seen_to_be() -> None:
    async def play() -> None:
        plugin = _plugin(manager=Stubborn("alertmanager"))[0]
        with pytest.raises(BadAnswer, match="the silence is active"):
            await plugin.perform(
                EffectRequest(id=EFFECT, kind=SILENCE_EXPIRE, payload={"remote": MADE})
            )

    asyncio.run(play())


def test_that_somebody_elses_words_about_a_silence_are_bad_answers() -> None:
    recorded = next(one for one in RECORDED if one.place.endswith(MADE) and one.method == "GET")
    page = Answer(status=404, headers={}, body=b"<html>no such page</html>")
    other = Answer(status=200, headers={}, body=recorded.body.encode())
    for answer in (page, other):
        with pytest.raises(BadAnswer):
            parse.read_silence(answer, "service", "another")


def test_that_a_page_is_no_alertmanager() -> None:
    with pytest.raises(BadAnswer):
        parse.read_manager(Answer(status=200, headers={}, body=b"<html>Sign in</html>"))


def test_that_an_effect_is_not_found_in_a_longer_ones_id() -> None:
    assert _asked(lambda it: it.find(SILENCE_CREATE, EffectId(EFFECT[:-1]))) == NotFound()
