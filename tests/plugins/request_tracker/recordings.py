"""The recorded exchanges with a real server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.http import Answer, Http

FIXTURES: Final = Path(__file__).parent / "fixtures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request of the plugin and its answer; ``sent`` is the body, None where there was none."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    sent: object
    if_match: str
    status: int
    etag: str
    body: str

    def answer(self) -> Answer:
        headers = {"etag": self.etag} if self.etag else {}
        asked = f"{self.method} {self.path}"
        return Answer(status=self.status, headers=headers, body=self.body.encode(), asked=asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """One request that a person made, ``path`` with its query, and its answer."""

    method: str
    path: str
    sent: str | None
    if_match: str
    status: int
    etag: str
    body: str

    def answer(self) -> Answer:
        headers = {"etag": self.etag} if self.etag else {}
        return Answer(status=self.status, headers=headers, body=self.body.encode(), asked=self.path)


SCENES: Final[Mapping[str, Sequence[Exchange]]] = msgspec.json.decode(
    (FIXTURES / "recorded.json").read_bytes(), type=dict[str, list[Exchange]]
)
BY_HAND: Final[Sequence[ByHand]] = msgspec.json.decode(
    (FIXTURES / "recorded_by_hand.json").read_bytes(), type=list[ByHand]
)


@dataclass
class Replay:
    """Gives the answers of a scene in their order, and fails for any other request."""

    scene: Sequence[Exchange]
    done: list[Exchange] = field(default_factory=list[Exchange])

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
        assert len(self.done) < len(self.scene), f"{method} {path} was not asked then"
        one = self.scene[len(self.done)]
        assert (method, path, tuple(query)) == (one.method, one.path, one.query)
        assert (json, body, (headers or {}).get("if-match", "")) == (one.sent, None, one.if_match)
        self.done.append(one)
        return one.answer()

    def elsewhere(self, url: str) -> Http:
        raise AssertionError(url)
