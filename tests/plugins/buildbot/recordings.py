"""The recorded exchanges with a real Buildbot, scene by scene, and a client that plays them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.instants import parse_instant
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.errors import Redirected
from relconsole.plugin_api.http import Answer, Http
from relconsole.plugin_api.secret import Secret
from relconsole_plugins.buildbot.plugin import Plugin

NOW: Final = parse_instant("2026-11-20T11:54:00Z")
JOBS: Final[Json] = {
    "deploy": {
        "scheduler": "force-deploy",
        "builder": "deploy",
        "properties": {"target": "prod"},
    },
    "silent": {"scheduler": "force-silent", "builder": "deploy"},
}


class Exchange(msgspec.Struct, frozen=True):
    """One request and its answer; ``body`` says which of the bodies, each of which stands once."""

    method: str
    path: str
    query: list[tuple[str, str]]
    sent: Any
    session: bool
    status: int
    headers: dict[str, str]
    body: int

    @property
    def answer(self) -> Answer:
        return Answer(
            status=self.status,
            headers=self.headers,
            body=RECORDED.bodies[self.body].encode(),
            asked=f"{self.method} {self.path}",
        )


class _Recorded(msgspec.Struct, frozen=True):
    bodies: list[str]
    scenes: dict[str, list[Exchange]]


RECORDED: Final = msgspec.json.decode(
    (Path(__file__).parent / "fixtures/recorded.json").read_bytes(), type=_Recorded
)


class Replay:
    """Plays a scene: each request must be the next one that was recorded."""

    def __init__(self, scene: str) -> None:
        self.rest = list(RECORDED.scenes[scene])

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
        assert self.rest, f"{method} {path} is one request too many"
        one = self.rest.pop(0)
        asked = (method, path, list(query), json, "cookie" in (headers or {}))
        assert asked == (one.method, one.path, one.query, one.sent, one.session)
        if one.status == 302:
            raise Redirected("redirected", headers=one.headers)
        return one.answer

    def elsewhere(self, url: str) -> Http:
        raise AssertionError(url)


def plugin_of(http: Http, jobs: Json = JOBS, *, secret: str | None = "svc:word") -> Plugin:
    """A plugin as its process would make it."""
    return Plugin(
        Context(
            system=SystemId("ci"),
            url="http://127.0.0.1:8010",
            settings={"jobs": jobs},
            folder="/nowhere",
            secret=None if secret is None else Secret(secret),
            http=http,
            now=lambda: NOW,
        )
    )
