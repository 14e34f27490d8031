"""A night that may go back: the retreat over a room, and how far it has come."""

from __future__ import annotations

import random
from dataclasses import dataclass

from relconsole.domain.kernel.ids import RunId, ServiceId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectSent,
)
from relconsole.domain.night.rollback_facts import (
    RollbackEnded,
    TwoPersonAct,
)
from relconsole.domain.night.state import RollbackRun
from relconsole.domain.release.release import Release
from relconsole.plugin_api.effects import Acknowledged, EffectRequest, Ending
from relconsole.services.arming import Armourer
from relconsole.services.falling_back import Retreat
from relconsole.services.patience import Patience
from relconsole.services.restore import RestoreKeeper
from tests.helpers.fakes.evidence import FakeEvidence
from tests.unit.services.rooms import PAY, Room
from tests.unit.services.rooms_s2 import (
    LEDGER,
    OLD,
    begin,
    deploy,
    deploys,
    ends,
    job_of,
    night,
    shows,
    signs,
    versions,
)

PLAN = versions(deploy("pay"), deploy("ledger", LEDGER))


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A night that may go back."""

    room: Room
    armourer: Armourer
    evidence: FakeEvidence
    retreat: Retreat

    @property
    def run(self) -> RunId:
        return self.room.run.id

    @property
    def rollback(self) -> RollbackRun:
        found = self.room.run.rollback
        assert found is not None
        return found

    async def arms(self, only: ServiceId | None = None) -> None:
        answer = await self.armourer.arm(self.run, only, reason="checkout fails")
        assert not isinstance(answer, Refusal), answer

    async def fires(self, only: ServiceId | None = None) -> None:
        """Arm the rollback and fire it by two people."""
        await self.arms(only)
        second = await signs(self.room, TwoPersonAct.ROLLBACK, self.run)
        answer = await self.retreat.fire(self.run, second)
        assert not isinstance(answer, Refusal), answer

    async def goes_back(self, step: str, service: ServiceId = PAY) -> None:
        """Let an undo step bring a service back."""
        await begin(self.room, step)
        await ends(self.room, step)
        shows(self.room, service, OLD)

    async def ends(self) -> RollbackEnded:
        """What the rollback came to, recorded."""
        answer = await self.retreat.end(self.run)
        assert not isinstance(answer, Refusal), answer
        fact = answer[-1].fact
        assert isinstance(fact, RollbackEnded)
        return fact

    async def reasons(self) -> dict[str, str]:
        """What is not as it was before the release, by the thing."""
        result, _ = await self.retreat.reckon(self.run)
        return {row.item: row.reason for row in result.rows}

    async def runs_outside(self, step: str) -> str:
        """Let the job of a step run in its system for an hour; gives its id there."""
        self.room.world.runs = lambda _request: (3_600.0, Ending.SUCCEEDED)
        effect = job_of(self.room, step).effect
        taken = await self.room.plugins.perform(
            effect.system, EffectRequest(id=effect.id, kind=effect.kind)
        )
        assert isinstance(taken, Acknowledged)
        await self.room.moves(
            EffectSent(run=self.run, effect=effect.id),
            EffectAcknowledged(run=self.run, effect=effect.id, remote=taken.remote),
        )
        return taken.remote


async def begun(release: Release = PLAN, *, rehearsal: bool = False) -> Night:
    """A night of which nothing has been done yet."""
    room = await night(release, rehearsal=rehearsal)
    desk, plugins, clock = room.desk, room.plugins, room.clock
    armourer = Armourer(desk=desk, plugins=plugins, clock=clock)
    evidence = FakeEvidence()
    retreat = Retreat(
        desk=desk,
        plugins=plugins,
        clock=clock,
        evidence=evidence,
        armourer=armourer,
        keeper=RestoreKeeper(desk=desk, plugins=plugins),
        patience=Patience(clock, random.Random(11).random),
    )
    return Night(room=room, armourer=armourer, evidence=evidence, retreat=retreat)


async def deployed(release: Release = PLAN) -> Night:
    """A night that has brought its first service to the new version."""
    found = await begun(release)
    await deploys(found.room, "pay")
    return found
