"""The requests to Prometheus and to Alertmanager; what the answers mean is in ``parse``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.errors import QuestionRefused
from relconsole.plugin_api.http import Answer, Http
from relconsole_plugins.prometheus.parse import Envelope, read_envelope

MOST_POINTS: Final = 11_000
"""Per series; Prometheus answers 400 beyond it."""


class Prometheus:
    """The HTTP API v1 of a Prometheus."""

    def __init__(self, http: Http) -> None:
        """Keep the way to it."""
        self._http = http

    async def query(self, query: str) -> Envelope:
        """Give the value now."""
        return await self._get("/api/v1/query", ("query", query))

    async def query_range(
        self, query: str, start: datetime, end: datetime, step: timedelta
    ) -> Envelope:
        """Give the values from start to end, both included; QuestionRefused for too many."""
        if step <= timedelta(0) or end < start:
            raise QuestionRefused("A range has an end after its start, and a step.")
        if (end - start) / step + 1 > MOST_POINTS:
            raise QuestionRefused(
                f"The range holds more than {MOST_POINTS} points a series.", do="Widen the step."
            )
        return await self._get(
            "/api/v1/query_range",
            ("query", query),
            ("start", f"{start.timestamp():.3f}"),
            ("end", f"{end.timestamp():.3f}"),
            ("step", f"{step.total_seconds():.3f}"),
        )

    async def rules(self) -> Envelope:
        """Give the rules by group."""
        return await self._get("/api/v1/rules")

    async def alerts(self) -> Envelope:
        """Give what is pending or firing."""
        return await self._get("/api/v1/alerts")

    async def build(self) -> Envelope | None:
        """Give what the server is, None where it does not tell: some that speak the API do not."""
        answer = await self._http.request("GET", "/api/v1/status/buildinfo")
        return None if answer.status in (400, 404) else read_envelope(answer)

    async def _get(self, path: str, *query: tuple[str, str]) -> Envelope:
        return read_envelope(await self._http.request("GET", path, query=query))


class Alertmanager:
    """The HTTP API v2 of an Alertmanager."""

    def __init__(self, http: Http) -> None:
        """Keep the way to it."""
        self._http = http

    async def status(self) -> Answer:
        """Give what the server is."""
        return await self._http.request("GET", "/api/v2/status")

    async def alerts(self) -> Answer:
        """Give the alerts, silenced and inhibited ones too."""
        return await self._http.request("GET", "/api/v2/alerts")

    async def silences(self) -> Answer:
        """Give the silences, expired ones too."""
        return await self._http.request("GET", "/api/v2/silences")

    async def silence(self, silence: str) -> Answer:
        """Give one silence."""
        return await self._http.request("GET", f"/api/v2/silence/{quote(silence, safe='')}")

    async def create(self, silence: Mapping[str, Json]) -> Answer:
        """Make a silence; never with an id, which would replace one whose start has passed."""
        return await self._http.request("POST", "/api/v2/silences", json=silence)

    async def expire(self, silence: str) -> Answer:
        """End a silence now."""
        return await self._http.request("DELETE", f"/api/v2/silence/{quote(silence, safe='')}")


def silence_body(
    *,
    label: str,
    pattern: str,
    is_regex: bool,
    starts: datetime,
    ends: datetime,
    author: str,
    comment: str,
) -> Mapping[str, Json]:
    """Give the body of a new silence in the target's form."""
    matcher: dict[str, Json] = {
        "name": label,
        "value": pattern,
        "isRegex": is_regex,
        "isEqual": True,
    }
    return {
        "matchers": [matcher],
        "startsAt": format_instant(starts),
        "endsAt": format_instant(ends),
        "createdBy": author,
        "comment": comment,
    }
