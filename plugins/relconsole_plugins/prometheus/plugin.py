"""The verbs of the plugin."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.instants import format_instant, in_utc
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
from relconsole.plugin_api.errors import BadAnswer, NotSupported
from relconsole.plugin_api.monitoring import (
    SILENCE_CREATE,
    SILENCE_EXPIRE,
    Alert,
    QueryAnswer,
    RangeAnswer,
    Rule,
    Silence,
)
from relconsole_plugins.prometheus import parse
from relconsole_plugins.prometheus.client import Alertmanager, Prometheus, silence_body
from relconsole_plugins.prometheus.config import read_config

_RECOGNITION: Final = {
    SILENCE_CREATE: Recognition(
        how=RecognisesRepeat.QUERYABLE,
        settle=timedelta(seconds=10),
        source="Alertmanager API v2, getSilences: the comment bears the effect's id",
    ),
    SILENCE_EXPIRE: Recognition(
        how=RecognisesRepeat.NATIVE,
        settle=timedelta(0),
        source="Alertmanager API v2, deleteSilence: an expired silence stays expired",
    ),
}
_REFUSED: Final = (400, 404, 422)


class _Creating(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of ``silence.create``."""

    services: tuple[str, ...]
    starts: datetime
    ends: datetime
    comment: str = ""


class _Expiring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of ``silence.expire``."""

    remote: str


class Plugin:
    """A Prometheus, with its Alertmanager where there is one."""

    def __init__(self, context: Context) -> None:
        """Read the settings; SettingsRejected where they cannot be meant."""
        self._config = read_config(context.settings)
        self._prometheus = Prometheus(context.http)
        address = self._config.alertmanager
        self._manager = Alertmanager(context.http.elsewhere(address)) if address else None
        self._now = context.now

    async def check(self) -> str:
        """Give what answers, by product and version."""
        build = await self._prometheus.build()
        if build is None:
            await self._prometheus.query("up")
            found = "a server with the query API of Prometheus"
        else:
            found = f"Prometheus {parse.read_version(build)}"
        if self._manager is None:
            return f"{found}; no Alertmanager"
        parse.read_manager(await self._manager.status())
        return f"{found}; Alertmanager"

    async def close(self) -> None:
        """Connections belong to the client that was given."""

    async def query(self, query: str) -> QueryAnswer:
        """Give the value now."""
        return parse.read_vector(await self._prometheus.query(query))

    async def query_range(
        self, query: str, start: datetime, end: datetime, step: timedelta
    ) -> RangeAnswer:
        """Give the values over a range."""
        return parse.read_matrix(await self._prometheus.query_range(query, start, end, step))

    async def rules(self) -> tuple[Rule, ...]:
        """Give the rules of Prometheus."""
        return parse.read_rules(await self._prometheus.rules())

    async def alerts(self) -> tuple[Alert, ...]:
        """Give what is pending or firing, and what else the Alertmanager holds."""
        own = parse.read_alerts(await self._prometheus.alerts())
        if self._manager is None:
            return own
        routed = parse.read_routed(await self._manager.alerts())
        return _joined(own, routed)

    async def silences(self) -> tuple[Silence, ...]:
        """Give the silences, expired ones too; none where there is no Alertmanager."""
        return () if self._manager is None else await self._silences(self._manager)

    async def recognition(self, kind: str) -> Recognition:
        """Give how a repeat is recognised."""
        self._require(kind)
        return _RECOGNITION[kind]

    async def perform(self, request: EffectRequest) -> Acknowledged | TargetRefused:
        """Make a silence, or end one."""
        manager = self._require(request.kind)
        try:
            if request.kind == SILENCE_CREATE:
                wanted = msgspec.convert(request.payload, _Creating)
                return await self._create(manager, request, wanted)
            expiring = msgspec.convert(request.payload, _Expiring)
        except msgspec.ValidationError as wrong:
            return TargetRefused(reason=f"{request.kind}: {wrong}")
        return await self._expire(manager, expiring.remote)

    async def find(self, kind: str, effect: EffectId) -> Found | NotFound:
        """Tell whether a silence bears the effect's id; an ending leaves no trace of its own."""
        manager = self._require(kind)
        if kind == SILENCE_CREATE:
            mark = _mark(effect)
            for silence in await self._silences(manager):
                if mark in silence.comment:
                    return Found(remote=silence.id)
        return NotFound()

    async def follow(self, kind: str, remote: str) -> RemoteState:
        """Give whether the silence is in force, or over."""
        manager = self._require(kind)
        silence = await self._silence(manager, remote)
        if kind == SILENCE_EXPIRE:
            if silence is None or silence.state == "expired":
                return RemoteState(ending=Ending.SUCCEEDED, detail="the silence is over")
            return RemoteState(ending=Ending.RUNNING, detail=f"the silence is {silence.state}")
        if silence is None:
            return RemoteState(ending=Ending.UNKNOWN, detail="there is no such silence any more")
        if silence.state == "pending":
            begin = format_instant(silence.starts)
            return RemoteState(ending=Ending.RUNNING, detail=f"the silence begins at {begin}")
        end = format_instant(silence.ends)
        said = "ended" if silence.state == "expired" else "ends"
        return RemoteState(ending=Ending.SUCCEEDED, detail=f"the silence {said} at {end}")

    async def cancel(self, kind: str, remote: str, reason: str) -> bool:
        """End a silence that was made; False where it is over, or for the ending of one."""
        del reason
        manager = self._require(kind)
        if kind == SILENCE_EXPIRE:
            return False
        silence = await self._silence(manager, remote)
        if silence is None or silence.state == "expired":
            return False
        return isinstance(await self._expire(manager, remote), Acknowledged)

    async def _create(
        self, manager: Alertmanager, request: EffectRequest, wanted: _Creating
    ) -> Acknowledged | TargetRefused:
        known = await self.find(request.kind, request.id)
        if isinstance(known, Found):
            return Acknowledged(remote=known.remote)
        services, now = tuple(sorted(set(wanted.services))), self._now()
        if not services or not all(services):
            return TargetRefused(reason="a silence names at least one service")
        if wanted.starts.tzinfo is None or wanted.ends.tzinfo is None:
            return TargetRefused(reason="starts and ends need a zone")
        # A past start would be moved to now by the target; moving it here keeps both the same.
        starts, ends = max(in_utc(wanted.starts), now), in_utc(wanted.ends)
        if ends <= starts:
            return TargetRefused(reason=f"it would have been over at {format_instant(ends)}")
        single = len(services) == 1
        body = silence_body(
            label=self._config.service_label,
            pattern=services[0] if single else parse.pattern_of(services),
            is_regex=not single,
            starts=starts,
            ends=ends,
            author=request.person or self._config.author,
            comment=f"{wanted.comment} {_mark(request.id)}".strip(),
        )
        answer = await manager.create(body)
        if answer.status in _REFUSED:
            return TargetRefused(reason=parse.read_refusal(answer))
        return Acknowledged(remote=parse.read_created(answer))

    async def _expire(self, manager: Alertmanager, remote: str) -> Acknowledged | TargetRefused:
        """End a silence; one that is over already is as wanted."""
        answer = await manager.silence(remote)
        if answer.status in _REFUSED:
            said = "there is no such silence" if answer.status == _REFUSED[1] else ""
            return TargetRefused(reason=said or parse.read_refusal(answer))
        silence = parse.read_silence(answer, self._config.service_label, remote)
        if silence is None or silence.state == "expired":
            return Acknowledged(remote=remote)
        ended = await manager.expire(remote)
        # Its answer has no body, so anybody's 200 looks like it; and where somebody ended the
        # silence between the two requests, the target calls that an error. So look again.
        after = await self._silence(manager, remote)
        if after is not None and after.state != "expired":
            ended.require(200)
            raise BadAnswer(f"{ended.asked} was answered 200, and the silence is {after.state}")
        return Acknowledged(remote=remote)

    async def _silences(self, manager: Alertmanager) -> tuple[Silence, ...]:
        return parse.read_silences(await manager.silences(), self._config.service_label)

    async def _silence(self, manager: Alertmanager, remote: str) -> Silence | None:
        answer = await manager.silence(remote)
        return parse.read_silence(answer, self._config.service_label, remote)

    def _require(self, kind: str) -> Alertmanager:
        if kind not in _RECOGNITION:
            raise NotSupported(f"Prometheus and Alertmanager cannot do {kind}.")
        if self._manager is None:
            raise NotSupported(
                "There is no Alertmanager, and so no silences.",
                do="Write its address as the setting alertmanager.",
            )
        return self._manager


def _mark(effect: str) -> str:
    """Give how an effect's id stands in a comment: whole, so that no id is found in a longer."""
    return f"[relconsole {effect}]"


def _joined(own: tuple[Alert, ...], routed: tuple[Alert, ...]) -> tuple[Alert, ...]:
    """Give Prometheus' alerts with their silences, then those that only the Alertmanager knows.

    On its way an alert gains external labels and loses none, so one holds the other's labels.
    """
    rest = list(routed)
    joined: list[Alert] = []
    for alert in own:
        labels = alert.labels.items()
        same = [one for one in rest if one.labels.items() >= labels]
        rest = [one for one in rest if one not in same]
        silenced = tuple(sorted({name for one in same for name in one.silenced_by}))
        joined.append(replace(alert, silenced_by=silenced))
    return (*joined, *rest)
