"""The plugin before a real Request Tracker, with what may be put in its way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.errors import Unreachable
from relconsole.plugin_api.http import Answer, Http
from relconsole.plugin_api.secret import Secret
from relconsole.plugin_process.guarded_http import GuardedHttp
from relconsole_plugins.request_tracker.plugin import Plugin
from tests.live.request_tracker import RequestTracker

Given = TypeVar("Given")
BASIC: Final = "console:console-secret"
SETTINGS: Final[Mapping[str, Json]] = {
    "queue": "Changes",
    "lifecycle": "change",
    "approval_queue": "___Approvals",
    "digest_field": "Plan digest",
    "sign_in": "basic",
}


class Way:
    """A client in whose way something may be put, before a request leaves or after it was taken."""

    def __init__(
        self, http: Http, method: str, before: Callable[[], None], *, loses: bool = False
    ) -> None:
        self._http = http
        self._method = method
        self._before = before
        self._loses = loses

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
        is_meant = method == self._method
        if is_meant:
            before, self._before = self._before, nothing
            before()
        answer = await self._http.request(
            method, path, query=query, json=json, body=body, headers=headers
        )
        if is_meant and self._loses:
            raise Unreachable(f"{method} {path}: the answer was lost")
        return answer

    def elsewhere(self, url: str) -> Http:
        return self._http.elsewhere(url)


def asked(
    tracker: RequestTracker,
    call: Callable[[Plugin], Awaitable[Given]],
    *,
    secret: str = BASIC,
    way: Callable[[Http], Http] = lambda http: http,
    settings: Mapping[str, Json] = SETTINGS,
) -> Given:
    """Give what a call of the plugin gives."""

    async def play() -> Given:
        http = GuardedHttp(tracker.url)
        context = Context(
            system=SystemId("itsm"),
            url=tracker.url,
            settings=settings,
            folder="/nowhere",
            secret=Secret(secret),
            http=way(http),
            now=lambda: datetime.now(UTC),
        )
        try:
            return await call(Plugin(context))
        finally:
            await http.close()

    return asyncio.run(play())


def nothing() -> None:
    """Put nothing in the way."""
