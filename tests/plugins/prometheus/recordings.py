"""The recorded exchanges with the real servers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer; ``path`` with its query."""

    server: str
    method: str
    path: str
    sent: str | None
    status: int
    body: str

    @property
    def place(self) -> str:
        return urlsplit(self.path).path

    @property
    def query(self) -> Mapping[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query))


RECORDED: Final[Sequence[Exchange]] = msgspec.json.decode(
    (Path(__file__).parent / "fixtures/recorded.json").read_bytes(), type=list[Exchange]
)
