"""The verbs of the plugin."""

from datetime import datetime, timedelta

from lighthouse import parse
from lighthouse.client import Client
from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Ending,
    Found,
    NotFound,
    Recognition,
    RemoteState,
    TargetRefused,
)
from relconsole.plugin_api.errors import NotSupported
from relconsole.plugin_api.monitoring import (
    SILENCE_CREATE,
    Alert,
    QueryAnswer,
    RangeAnswer,
    Rule,
    Silence,
)


class Plugin:
    """A connected Lighthouse."""

    def __init__(self, context: Context) -> None:
        """Keep the way to it."""
        self._client = Client(context.http)

    async def check(self) -> str:
        """Give what answers."""
        return f"Lighthouse with {len(await self.alerts())} alerts"

    async def close(self) -> None:
        """Nothing is held."""

    async def query(self, query: str) -> QueryAnswer:
        """Give the value now."""
        return QueryAnswer(samples=parse.read_values(await self._client.values(query)))

    async def query_range(
        self, query: str, start: datetime, end: datetime, step: timedelta
    ) -> RangeAnswer:
        """Say that Lighthouse keeps no history."""
        raise NotSupported("Lighthouse keeps no history.")

    async def rules(self) -> tuple[Rule, ...]:
        """Give none: they are no part of its API."""
        return ()

    async def alerts(self) -> tuple[Alert, ...]:
        """Give the alerts that stand."""
        return parse.read_alerts(await self._client.alerts())

    async def silences(self) -> tuple[Silence, ...]:
        """Give the pauses."""
        return parse.read_pauses(await self._client.pauses())

    async def recognition(self, kind: str) -> Recognition:
        """Give that a pause is put by the effect's id."""
        if kind != SILENCE_CREATE:
            raise NotSupported(f"Lighthouse cannot do {kind}.")
        return Recognition(
            how=RecognisesRepeat.NATIVE, settle=timedelta(0), source="PUT /pauses/<id>"
        )

    async def perform(self, request: EffectRequest) -> Acknowledged | TargetRefused:
        """Put a pause."""
        await self.recognition(request.kind)
        answer = await self._client.put(request.id, request.payload)
        if answer.status == 400:
            return TargetRefused(reason=answer.excerpt())
        answer.require(200, 201)
        return Acknowledged(remote=request.id)

    async def find(self, kind: str, effect: EffectId) -> Found | NotFound:
        """Look for the pause."""
        await self.recognition(kind)
        found = parse.read_pause(await self._client.pause(effect))
        return NotFound() if found is None else Found(remote=found.id)

    async def follow(self, kind: str, remote: str) -> RemoteState:
        """Give that a pause stands."""
        found = await self.find(kind, EffectId(remote))
        return RemoteState(ending=Ending.SUCCEEDED if isinstance(found, Found) else Ending.UNKNOWN)

    async def cancel(self, kind: str, remote: str, reason: str) -> bool:
        """Say that a pause runs to its end."""
        return False
