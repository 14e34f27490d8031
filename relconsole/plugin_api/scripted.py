"""A client without a network, for trying a plugin against one answer, or against none."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.http import Answer, Http


class ScriptedHttp:
    """Gives one answer to everything, or none at all; for trying a plugin without a target."""

    def __init__(self, answer: Answer | None) -> None:
        """Keep the answer; None never answers."""
        self._answer = answer

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
        """Give the answer."""
        del method, path, query, json, body, headers
        if self._answer is None:
            await asyncio.Event().wait()
            raise AssertionError
        return self._answer

    def elsewhere(self, url: str) -> Http:
        """Give the same for every address."""
        del url
        return self
