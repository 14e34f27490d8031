"""Reaching connected systems about effects: each answer and each silence counts for the next time.

A system that answers questions and takes nothing is sent to as seldom as one that is away, and one
that lacks a setting here is left alone without being called away.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TypeVar

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.night.away import Away
from relconsole.domain.record.effect import Effect
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Found,
    NotFound,
    Recognition,
    RemoteState,
    TargetRefused,
)
from relconsole.ports.plugins import Plugins
from relconsole.services.patience import Patience

Given = TypeVar("Given")


class NoAnswer(Exception):
    """A system did not answer. Apart from WorldIsDown, which is also what a full disk raises."""

    def __init__(self, down: WorldIsDown) -> None:
        """Keep what the plugin said."""
        super().__init__(down.what)
        self.what = down.what
        self.retry_after = down.retry_after


class Reach:
    """Asks and sends; raises NoAnswer where there is none, PersonMustAct where a setting lacks."""

    def __init__(self, plugins: Plugins, patience: Patience) -> None:
        """Take the systems, and the patience with those that do not answer."""
        self._plugins = plugins
        self._asking = patience
        self._sending = patience.beside()
        self._lacking = patience.beside()
        self._recognitions: dict[tuple[SystemId, str], Recognition] = {}

    def may_ask(self, system: SystemId) -> bool:
        """Tell whether a system may be asked anything now."""
        return self._asking.may_ask(system) and self._lacking.may_ask(system)

    def may_send(self, system: SystemId) -> bool:
        """Tell whether something may be sent to a system that may be asked now.

        While it answers nothing at all, one pause counts, and what is sent may be the one probe.
        """
        return self._asking.is_failing(system) or self._sending.may_ask(system)

    def keep_silence(self, system: SystemId, none: NoAnswer) -> None:
        """Keep that a system did not answer, so that it is left alone for a while."""
        self._asking.failed(system, none.what, none.retry_after)

    def keep_lack(self, system: SystemId) -> None:
        """Keep that a system cannot be asked until a person has acted."""
        self._lacking.failed(system)

    def away(self, wanted: Callable[[], AbstractSet[SystemId]]) -> tuple[Away, ...]:
        """Give the systems that do not answer, or take nothing, by their names.

        One that takes nothing is away only where something is still to be sent to it, ``wanted``.
        """
        found = {away.system: away for away in self._asking.away()}
        refusing = self._sending.away()
        still = wanted() if refusing else frozenset[SystemId]()
        for away in refusing:
            if away.system not in still:
                continue
            known = found.get(away.system, away)
            found[away.system] = replace(
                known,
                failures=max(known.failures, away.failures),
                since=min(known.since, away.since),
            )
        return tuple(away for _, away in sorted(found.items()))

    async def recognise(self, effect: Effect) -> Recognition:
        """Give how the target recognises a repeat, asked once a system and kind.

        It is the plugin that answers this, so it does not show that the system is there.
        """
        key = (effect.system, effect.kind)
        if key not in self._recognitions:
            try:
                self._recognitions[key] = await self._plugins.recognition(*key)
            except WorldIsDown as down:
                raise NoAnswer(down) from down
        return self._recognitions[key]

    async def find(self, effect: Effect) -> Found | NotFound:
        """Give whether the target knows an effect; one that took it takes others too."""
        call = self._plugins.find(effect.system, effect.kind, EffectId(effect.id))
        found = await self._answer(effect.system, call)
        if isinstance(found, Found):
            self._sending.answered(effect.system)
        return found

    async def follow(self, effect: Effect, remote: str) -> RemoteState:
        """Give how an acknowledged effect stands."""
        call = self._plugins.follow(effect.system, effect.kind, remote)
        return await self._answer(effect.system, call)

    async def perform(
        self, system: SystemId, request: EffectRequest
    ) -> Acknowledged | TargetRefused:
        """Send; a silence is kept for the next sending too."""
        try:
            answer = await self._answer(system, self._plugins.perform(system, request))
        except NoAnswer as none:
            self._sending.failed(system, none.what, none.retry_after)
            raise
        self._sending.answered(system)
        return answer

    async def _answer(self, system: SystemId, call: Awaitable[Given]) -> Given:
        """Give the answer of a system, which so answers again."""
        try:
            answer = await call
        except WorldIsDown as down:
            raise NoAnswer(down) from down
        self._asking.answered(system)
        self._lacking.answered(system)
        return answer
