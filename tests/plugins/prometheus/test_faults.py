"""Whatever a server sends in place of an answer, every question ends as a typed error in time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.kernel.instants import format_instant
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import EffectRequest
from relconsole.plugin_api.monitoring import SILENCE_CREATE, SILENCE_EXPIRE
from relconsole.plugin_process.guarded_http import GuardedHttp
from relconsole_plugins.prometheus.plugin import Plugin
from tests.unit.plugin_host.test_guarded_http import FAULTS, MOST, TOTAL, Says, raw

NOW = datetime(2026, 4, 21, 1, 30, tzinfo=UTC)
SILENCE = {
    "services": ["payments-api"],
    "starts": format_instant(NOW),
    "ends": format_instant(NOW + timedelta(minutes=8)),
}
CREATE = EffectRequest(id=EffectId("e1"), kind=SILENCE_CREATE, payload=SILENCE)
EXPIRE = EffectRequest(id=EffectId("e2"), kind=SILENCE_EXPIRE, payload={"remote": "x"})
QUESTIONS: tuple[Callable[[Plugin], Awaitable[object]], ...] = (
    lambda it: it.check(),
    lambda it: it.query("up"),
    lambda it: it.query_range("up", NOW, NOW + timedelta(minutes=1), timedelta(seconds=15)),
    lambda it: it.rules(),
    lambda it: it.alerts(),
    lambda it: it.silences(),
    lambda it: it.perform(CREATE),
    lambda it: it.perform(EXPIRE),
    lambda it: it.find(SILENCE_CREATE, CREATE.id),
    lambda it: it.follow(SILENCE_CREATE, "x"),
)


@pytest.mark.parametrize("say", [say for _, say, _ in FAULTS], ids=[name for name, _, _ in FAULTS])
def test_that_every_question_ends_as_a_typed_error(say: bytes | Says) -> None:
    async def play() -> None:
        async with raw(say) as (_, url):
            http = GuardedHttp(url, total=TOTAL, most_bytes=MOST)
            context = Context(
                system=SystemId("metrics"),
                url=url,
                settings={"alertmanager": url, "service_label": "service", "author": "c"},
                folder="/nowhere",
                secret=None,
                http=http,
                now=lambda: NOW,
            )
            plugin = Plugin(context)
            asked = (question(plugin) for question in QUESTIONS)
            async with asyncio.timeout(60):
                ended = await asyncio.gather(*asked, return_exceptions=True)
            assert [type(one) for one in ended if not isinstance(one, WorldIsDown)] == []
            await http.close()

    asyncio.run(play())
