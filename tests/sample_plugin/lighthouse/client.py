"""The requests to Lighthouse."""

from collections.abc import Mapping

from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.http import Answer, Http


class Client:
    """The HTTP API of a Lighthouse."""

    def __init__(self, http: Http) -> None:
        """Keep the way to it."""
        self._http = http

    async def values(self, query: str) -> Answer:
        """Give the current values of a metric."""
        return await self._http.request("GET", "/values", query=[("metric", query)])

    async def alerts(self) -> Answer:
        """Give the alerts that stand."""
        return await self._http.request("GET", "/alerts")

    async def pauses(self) -> Answer:
        """Give the pauses."""
        return await self._http.request("GET", "/pauses")

    async def pause(self, pause: str) -> Answer:
        """Give one pause."""
        return await self._http.request("GET", f"/pauses/{pause}")

    async def put(self, pause: str, body: Mapping[str, Json]) -> Answer:
        """Make a pause of this id, once."""
        return await self._http.request("PUT", f"/pauses/{pause}", json=body)
