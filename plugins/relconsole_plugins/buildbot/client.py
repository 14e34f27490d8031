"""The requests to Buildbot, and the session in which they are made.

Buildbot takes a name and a password at one address only, ``/auth/login``; its answer sets a cookie,
which is the credential of every other request. A session that has expired is not refused by name:
its bearer is nobody from then on, and may not do what it could.

Since version 4.2 the answer to a question is written by a thread beside the one that owns the
connection, and now and then its end is never sent. A question is therefore asked again soon; an
order, which is answered in another way, is never sent twice for want of an answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.errors import BadAnswer, Redirected
from relconsole.plugin_api.http import Answer, Http
from relconsole.plugin_api.secret import Secret
from relconsole_plugins.buildbot.parse import read_session

PAGE: Final = 100
"""How many rows are asked for at once."""

_API: Final = "/api/v2"
UNFINISHED: Final = 3.0
"""Seconds after which the answer to a question counts as one whose end is never sent."""

_IMPATIENT: Final = 2
"""How often; after that the client's own patience counts."""

_WITHOUT_SESSION: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class Buildbot:
    """The data API of a Buildbot; ``logs_in`` where there is a name and a password."""

    def __init__(self, http: Http, *, logs_in: bool, unfinished: float = UNFINISHED) -> None:
        """Keep the way to it, and the seconds until a question is asked again."""
        self._http = http
        self._logs_in = logs_in
        self._unfinished = unfinished
        self._session: Secret | None = None

    async def versions(self) -> Answer:
        """Give the settings of its pages, which name its version."""
        return await self._ask("GET", "/config")

    async def builders(self) -> Answer:
        """Give every builder."""
        return await self._get("/builders")

    async def builder(self, name: str) -> Answer:
        """Give a builder."""
        return await self._get(f"/builders/{_quoted(name)}")

    async def schedulers(self) -> Answer:
        """Give every force scheduler, with its fields."""
        return await self._get("/forceschedulers")

    async def scheduler(self, name: str) -> Answer:
        """Give a force scheduler, with its fields."""
        return await self._get(f"/forceschedulers/{_quoted(name)}")

    async def force(self, scheduler: str, params: Mapping[str, Json]) -> Answer:
        """Start a build; sent again only after an answer that says that nothing was done."""
        return await self._order(f"/forceschedulers/{_quoted(scheduler)}", "force", params)

    async def buildsets(self, mark: str, page: int) -> Answer:
        """Give a page of the buildsets whose reason holds a text, the oldest first."""
        return await self._get(
            "/buildsets",
            ("reason__contains", mark),
            ("order", "bsid"),
            ("limit", str(PAGE)),
            ("offset", str(page * PAGE)),
        )

    async def newest_requests(self) -> Answer:
        """Give the newest requests, each with its property ``reason``."""
        return await self._get(
            "/buildrequests",
            ("property", "reason"),
            ("order", "-buildrequestid"),
            ("limit", str(PAGE)),
        )

    async def requests_of(self, buildset: int) -> Answer:
        """Give the requests of a buildset."""
        return await self._get("/buildrequests", ("buildsetid__eq", str(buildset)))

    async def request(self, request: int) -> Answer:
        """Give a request."""
        return await self._get(f"/buildrequests/{request}")

    async def builds_of(self, request: int) -> Answer:
        """Give the newest builds of a request, the newest first."""
        return await self._get(
            "/builds",
            ("buildrequestid__eq", str(request)),
            ("order", "-buildid"),
            ("limit", str(PAGE)),
        )

    async def steps_of(self, build: int) -> Answer:
        """Give the steps of a build, in their order."""
        return await self._get(f"/builds/{build}/steps")

    async def logs_of(self, step: int) -> Answer:
        """Give the logs of a step."""
        return await self._get(f"/steps/{step}/logs")

    async def lines_of(self, log: int, offset: int, limit: int) -> Answer:
        """Give lines of a log, from this one on."""
        return await self._get(
            f"/logs/{log}/contents", ("offset", str(offset)), ("limit", str(limit))
        )

    async def stop(self, build: int, reason: str) -> Answer:
        """Ask for the end of a build that runs."""
        return await self._order(f"/builds/{build}", "stop", {"reason": reason})

    async def withdraw(self, request: int, reason: str) -> Answer:
        """Ask that a request be dropped, and its build stopped where one has begun since."""
        return await self._order(f"/buildrequests/{request}", "cancel", {"reason": reason})

    async def _get(self, path: str, *query: tuple[str, str]) -> Answer:
        return await self._ask("GET", f"{_API}{path}", *query)

    async def _order(self, path: str, method: str, params: Mapping[str, Json]) -> Answer:
        order: dict[str, Json] = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return await self._ask("POST", f"{_API}{path}", order=order)

    async def _ask(
        self, method: str, path: str, *query: tuple[str, str], order: Json = None
    ) -> Answer:
        """Give the answer, in a session; where it may not, in one that is certainly fresh.

        Buildbot looks at who asks before it does anything, so what it forbids it has not done.
        """
        held = self._session
        answer = await self._send(method, path, *query, order=order)
        if answer.status in _WITHOUT_SESSION and held is not None:
            if self._session is held:
                self._session = None
            answer = await self._send(method, path, *query, order=order)
        return answer

    async def _send(self, method: str, path: str, *query: tuple[str, str], order: Json) -> Answer:
        if self._logs_in and self._session is None:
            self._session = await self._log_in()
        headers = {} if self._session is None else {"cookie": self._session.reveal()}
        for _ in range(_IMPATIENT if order is None else 0):
            try:
                async with asyncio.timeout(self._unfinished):
                    return await self._http.request(method, path, query=query, headers=headers)
            except TimeoutError:
                continue
        return await self._http.request(method, path, query=query, json=order, headers=headers)

    async def _log_in(self) -> Secret:
        """Give a session; CredentialRefused, or BadAnswer where none is given."""
        try:
            answer = await self._http.request("GET", "/auth/login")
        except Redirected as led_on:
            # It leads on to the pages, which are not wanted.
            cookies = led_on.headers.get("set-cookie", "")
        else:
            cookies = answer.require(HTTPStatus.OK).headers.get("set-cookie", "")
        session = read_session(cookies)
        if session is None:
            raise BadAnswer("GET /auth/login gave no session")
        return session


def _quoted(name: str) -> str:
    return quote(name, safe="")
