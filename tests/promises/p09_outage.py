"""P9: a target may be away for eight hours; nothing is lost, doubled or put out of order.

Under a night on a virtual clock, words are written on three change records all along. Their system
goes away for eight hours in the middle: it loses answers as it goes, is silent, and comes back. The
program is killed now and then. What waits is asked of the record at every hour.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from relconsole.domain.console.evolve import evolve
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import EffectId, RunId, SystemId
from relconsole.domain.night.effect_facts import EffectRefused, Purpose
from relconsole.domain.night.run_commands import IntendEffect, MoveEffect
from relconsole.domain.night.waiting import waiting_lines
from relconsole.domain.record.effect import EffectState, RecognisesRepeat
from relconsole.plugin_api.effects import Acknowledged, EffectRequest, TargetRefused
from relconsole.services.deliver import Dispatcher
from relconsole.services.desk import Desk, open_envelope
from relconsole.services.opening import Holder, Opener, TakenUp
from relconsole.services.patience import Patience
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.journal import FakeJournal, Stored
from tests.helpers.fakes.plugins import WELL, Course, FakePlugins, Target, Way, World
from tests.helpers.fakes.tasks import FakeTasks
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.seeds import seeds_of
from tests.promises.sim.clock import VirtualClock
from tests.promises.sim.loop import Crash, VirtualLoop
from tests.promises.sim.shapes import CODEC, DESK, START, Shape, chain, shape

EVENTS: Final = 500
RECORDS: Final = ("CHG-1", "CHG-2", "CHG-3")
HOUR: Final = 3600.0
AWAY: Final = 8 * HOUR
BEGINS: Final = HOUR / 2
BACK: Final = BEGINS + AWAY
END: Final = BACK + HOUR
DRAINED: Final = 600.0
"""Seconds after the return in which everything that waited is taken."""

PAUSE: Final = 10.0
PROBE: Final = 30.0
SPARE_PROBES: Final = 49
"""The first six pauses are shorter than thirty seconds, and each of seven programs begins anew."""

LEASE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What the engine is built of; a mutant exchanges one of them."""

    dispatcher: type[Dispatcher] = Dispatcher
    plugins: type[FakePlugins] = FakePlugins


class GivesUp(Dispatcher):
    """Takes a system that is away for one that said no."""

    async def deliver(self, run: RunId) -> None:
        await super().deliver(run)
        for found in self._desk.run(run).open_effects():
            if found.effect.state is EffectState.UNKNOWN:
                refused = EffectRefused(run=run, effect=found.effect.id, reason="it is away")
                await self._desk.submit(MoveEffect(run=run, move=refused), self._desk.console)


class Impatient(Dispatcher):
    """Asks as often as it can."""

    async def deliver(self, run: RunId) -> None:
        self._patience = Patience(self._clock)
        await super().deliver(run)


class KeepsNoOrder(Dispatcher):
    """Sends the next word before it is known what became of the one before."""

    def _is_untaken(self, run: RunId, effect: EffectId) -> bool:
        return False


class SendsTwice(FakePlugins):
    """Sends once more what was not answered, under another id."""

    async def perform(
        self, system: SystemId, request: EffectRequest
    ) -> Acknowledged | TargetRefused:
        try:
            return await super().perform(system, request)
        except WorldIsDown:
            self.world.take(system, request, late=AWAY)
            raise


MUTANTS: Final[Mapping[str, Parts]] = {
    "gives_up": Parts(dispatcher=GivesUp),
    "asks_all_the_time": Parts(dispatcher=Impatient),
    "sends_twice": Parts(plugins=SendsTwice),
    "keeps_no_order": Parts(dispatcher=KeepsNoOrder),
}


class Outage:
    """One night with an outage, by its seed."""

    def __init__(self, seed: int, chosen: Shape, loop: VirtualLoop, parts: Parts) -> None:
        """Take the seed; the shape's release has a change record."""
        self.chance = random.Random(seed)
        self.shape, self.loop, self.parts = chosen, loop, parts
        self.loop.chance = self.chance
        self.stored = Stored(envelopes=list(chosen.stored.envelopes))
        self.clock = VirtualClock(loop, START)
        how = self.chance.choice((RecognisesRepeat.QUERYABLE, RecognisesRepeat.NATIVE))
        self.world = World(time=self.since, wall=self.clock.now, goes=self._goes)
        self.world.targets[DESK] = Target(how=how, settle=timedelta(seconds=10), unseen_for=4.0)
        self.ids = FakeIds()
        for _ in chosen.stored.envelopes:
            self.ids.fresh()
        self.due = sorted(self.chance.uniform(1.0, BACK) for _ in range(EVENTS))
        self.kills = sorted(self.chance.uniform(1.0, END) for _ in range(6))
        self.said: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        self.shown = 0

    def since(self) -> float:
        """Give the seconds since the night began."""
        return self.loop.time() - self.clock.born

    def _goes(self, verb: str, system: SystemId) -> Course:
        """Give how a call goes: well but for the outage, and unsure at its edges."""
        if system != DESK or verb not in {"perform", "find", "follow"}:
            return WELL
        now = self.since()
        if BEGINS <= now < BACK:
            return Course(Way.IS_DOWN, retry_after=self.chance.choice((None, None, 5.0)))
        at_an_edge = abs(now - BEGINS) < 60.0 or abs(now - BACK) < 120.0
        if at_an_edge and verb == "perform" and self.chance.random() < 0.3:
            way = self.chance.choice((Way.LOSES_THE_ANSWER, Way.ARRIVES_LATE, Way.IS_DOWN))
            return Course(way, late=self.chance.uniform(0.0, 5.0))
        return WELL

    def play(self) -> None:
        """Live through the night, program after program."""
        while True:
            try:
                self.loop.play(self._live())
            except Crash:
                continue
            break
        self._judge()

    def _fold(self) -> ConsoleState:
        state = self.shape.state
        for envelope in self.stored.envelopes[state.size :]:
            state = evolve(state, open_envelope(envelope, CODEC))
        return state

    async def _live(self) -> None:
        """Be one program until it is killed or the night is over."""
        if self.kills:
            pause = max(0.0, self.kills.pop(0) - self.since())
            asyncio.get_running_loop().call_later(pause, self._kill)
        desk = Desk(
            journal=FakeJournal(self.stored),
            clock=self.clock,
            ids=self.ids,
            codec=CODEC,
            state=self._fold(),
        )
        plugins = self.parts.plugins(self.world)
        opener = Opener(
            desk=desk,
            plugins=plugins,
            clock=self.clock,
            ids=self.ids,
            holder=Holder(name="console", lease_seconds=LEASE, console="0"),
        )
        self.world.changes.clear()
        taken = await opener.open_or_take_up(self.shape.release.id, rehearsal=True)
        if not isinstance(taken, TakenUp):
            self.wrong.append(f"not taken up: {taken}")
            return
        dispatcher = self.parts.dispatcher(
            desk=desk, plugins=plugins, clock=self.clock, tasks=FakeTasks()
        )
        lease = taken.lease
        while self.since() < END:
            lease = await desk.journal.renew_lease(lease, self.clock.now(), LEASE)
            await self._say_what_is_due(desk, taken.run)
            await dispatcher.deliver(taken.run)
            self._look(desk, taken.run)
            await self.clock.sleep(PAUSE)

    def _kill(self) -> None:
        with suppress(Crash):
            self.loop.crash()

    async def _say_what_is_due(self, desk: Desk, run: RunId) -> None:
        """Write every word whose time has come."""
        while len(self.said) < EVENTS and self.due[len(self.said)] <= self.since():
            record, text = self.chance.choice(RECORDS), f"word {len(self.said)}"
            self.said.append((record, text))
            word = IntendEffect(
                run=run,
                system=DESK,
                effect_kind="change.comment",
                purpose=Purpose.ANCHOR,
                payload={"change": record, "text": text},
            )
            await desk.must(word, desk.console)

    def _look(self, desk: Desk, run: RunId) -> None:
        """Compare what the console shows as waiting with what the system has not taken."""
        if self.since() < (self.shown + 1) * HOUR:
            return
        self.shown += 1
        taken = {str(job.payload["text"]) for job in self.world.jobs}
        waits = len([text for _, text in self.said if text not in taken])
        lines = waiting_lines((desk.run(run),), self.clock.now())
        told = sum(line.count for line in lines)
        # What was taken while its answer was lost waits still, as far as anybody can tell.
        if told < waits:
            self.wrong.append(f"{waits} words wait after {self.shown} h, {told} are shown")

    def _judge(self) -> None:
        """Find what was lost, doubled, late, out of order, or asked too often."""
        written = sorted(self.world.jobs, key=lambda job: job.arrived)
        texts = Counter(str(job.payload["text"]) for job in written)
        lost = len([text for _, text in self.said if text not in texts])
        doubled = sum(count - 1 for count in texts.values())
        if lost or doubled or len(self.said) != EVENTS:
            self.wrong.append(f"of {len(self.said)} words {lost} are lost, {doubled} doubled")
        for record in RECORDS:
            meant = [text for where, text in self.said if where == record and text in texts]
            there = [str(job.payload["text"]) for job in written if job.payload["change"] == record]
            if list(dict.fromkeys(there)) != meant:
                self.wrong.append(f"the words on {record} are out of order")
        if written and written[-1].arrived > BACK + DRAINED:
            self.wrong.append(f"drained only {written[-1].arrived - BACK:.0f} s after the return")
        asked = [
            call
            for call in self.world.calls
            if call.system == DESK
            and call.verb in {"perform", "find", "follow"}
            and BEGINS <= call.at < BACK
        ]
        if len(asked) > AWAY / PROBE + SPARE_PROBES:
            self.wrong.append(f"asked {len(asked)} times while it was away")


def play(count: int, chosen: Shape, loop: VirtualLoop, parts: Parts) -> Iterator[list[str]]:
    """Play so many outages, and give what each broke."""
    for seed in seeds_of("p09_outage", count):
        outage = Outage(seed, chosen, loop, parts)
        outage.play()
        yield [f"outage {seed}: {says}" for says in outage.wrong]


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Play the outages, sound or with a mutant in the engine."""
    loop = VirtualLoop()
    chosen = loop.play(shape("chain", chain(), change=True))
    done, wrong = 0, list[str]()
    for broken in play(
        counts["outages of 8 h, 500 words"], chosen, loop, MUTANTS[mutant] if mutant else Parts()
    ):
        done += 1
        wrong += broken
        if mutant and wrong:
            break
    loop.close()
    return Tally(cases={"outages of 8 h, 500 words": done}, violations=tuple(wrong))


HARNESS = Harness(
    promise="P9",
    title="a target may be away for eight hours",
    counts={"outages of 8 h, 500 words": Counts(pr=20, release=100)},
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={"outages of 8 h, 500 words": 2},
)
