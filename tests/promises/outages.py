"""A night on a virtual clock whose change system goes away; what the stories of P9 share.

The program is killed now and then, the night may end while words still wait, and the next one
writes on the same records.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from relconsole.domain.console.evolve import evolve
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.ids import EffectId, RunId, StepId, SystemId
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.run_commands import EndRun, IntendEffect
from relconsole.domain.night.step_commands import EndStep, Said
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.services.deliver import Dispatcher
from relconsole.services.desk import Desk, open_envelope
from relconsole.services.opening import Holder, Opener, TakenUp
from relconsole.services.patience import Patience
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.journal import FakeJournal, Stored
from tests.helpers.fakes.plugins import WELL, Course, FakePlugins, RemoteJob, Target, Way, World
from tests.helpers.fakes.tasks import FakeTasks
from tests.promises.sim.clock import VirtualClock
from tests.promises.sim.loop import Crash, VirtualLoop
from tests.promises.sim.shapes import CODEC, DESK, START, Shape, manual, shape

RECORDS: Final = ("CHG-1", "CHG-2", "CHG-3")
STEP: Final = StepId("m")
HOUR: Final = 3600.0
LEASE: Final = 120.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What the engine is built of; a mutant exchanges one of them."""

    dispatcher: type[Dispatcher] = Dispatcher
    plugins: type[FakePlugins] = FakePlugins


@dataclass(frozen=True, slots=True)
class Spans:
    """When the system goes and comes back, the end, and a pass of the loop, in seconds."""

    begins: float
    back: float
    end: float
    pause: float


async def quiet() -> Shape:
    """A night that has nothing to do but to write on change records."""
    return await shape("quiet", Runbook(steps=(manual(STEP),)), change=True)


class Outage:
    """One outage, by its seed; the words are due at drawn moments until the system is back."""

    def __init__(
        self, seed: int, chosen: Shape, loop: VirtualLoop, parts: Parts, spans: Spans, words: int
    ) -> None:
        """Take the seed and how long everything lasts."""
        self.chance = random.Random(seed)
        self.shape, self.loop, self.parts, self.spans = chosen, loop, parts, spans
        self.loop.chance = self.chance
        self.stored = Stored(envelopes=list(chosen.stored.envelopes))
        self.clock = VirtualClock(loop, START)
        how = self.chance.choice((RecognisesRepeat.QUERYABLE, RecognisesRepeat.NATIVE))
        self.world = World(time=self.since, wall=self.clock.now, goes=self._goes)
        self.world.targets[DESK] = Target(how=how, settle=timedelta(seconds=10), unseen_for=4.0)
        self.ids = FakeIds()
        for _ in chosen.stored.envelopes:
            self.ids.fresh()
        self.due = sorted(self.chance.uniform(1.0, spans.back) for _ in range(words))
        self.kills = sorted(self.chance.uniform(1.0, spans.end) for _ in range(6))
        self.night_ends = self.chance.uniform(spans.begins, spans.back)
        self.jitter = random.Random(f"jitter {seed}")
        self.said: list[tuple[str, str, EffectId]] = []
        self.wrong: list[str] = []

    def since(self) -> float:
        """Give the seconds since the night began."""
        return self.loop.time() - self.clock.born

    def _goes(self, verb: str, system: SystemId) -> Course:
        """Give how a call goes: well but for the outage, and unsure at its edges."""
        if system != DESK or verb not in {"perform", "find", "follow"}:
            return WELL
        now, spans = self.since(), self.spans
        if spans.begins <= now < spans.back:
            return Course(Way.IS_DOWN, retry_after=self.chance.choice((None, None, 5.0)))
        at_an_edge = abs(now - spans.begins) < 60.0 or abs(now - spans.back) < 120.0
        if at_an_edge and verb == "perform" and self.chance.random() < 0.3:
            way = self.chance.choice((Way.LOSES_THE_ANSWER, Way.ARRIVES_LATE, Way.IS_DOWN))
            return Course(way, late=self.chance.uniform(0.0, 5.0))
        return WELL

    def play(self) -> None:
        """Live through it, program after program, and judge."""
        while True:
            try:
                self.loop.play(self._live())
            except Crash:
                continue
            break
        self.judge()

    def fold(self) -> ConsoleState:
        """Give what the record comes to."""
        state = self.shape.state
        for envelope in self.stored.envelopes[state.size :]:
            state = evolve(state, open_envelope(envelope, CODEC))
        return state

    async def _live(self) -> None:
        """Be one program until it is killed or everything is over."""
        if self.kills:
            pause = max(0.0, self.kills.pop(0) - self.since())
            asyncio.get_running_loop().call_later(pause, self._kill)
        desk = Desk(
            journal=FakeJournal(self.stored),
            clock=self.clock,
            ids=self.ids,
            codec=CODEC,
            state=self.fold(),
        )
        plugins = self.parts.plugins(self.world)
        opener = Opener(
            desk=desk,
            plugins=plugins,
            clock=self.clock,
            ids=self.ids,
            holder=Holder(name="console", lease_seconds=LEASE, console="0"),
        )
        dispatcher = self.parts.dispatcher(
            desk=desk,
            plugins=plugins,
            clock=self.clock,
            tasks=FakeTasks(),
            patience=Patience(self.clock, self.jitter.random),
        )
        while self.since() < self.spans.end:
            taken = await opener.open_or_take_up(self.shape.release.id, rehearsal=True)
            if not isinstance(taken, TakenUp):
                self.wrong.append(f"not taken up: {taken}")
                return
            await self._conduct(desk, dispatcher, taken)

    async def _conduct(self, desk: Desk, dispatcher: Dispatcher, taken: TakenUp) -> None:
        """Conduct one night until it ends, or everything does."""
        lease = taken.lease
        while self.since() < self.spans.end and not desk.run(taken.run).is_over:
            lease = await desk.journal.renew_lease(lease, self.clock.now(), LEASE)
            await self._say_what_is_due(desk, taken.run)
            await dispatcher.deliver(taken.run)
            for run in desk.state.runs.values():
                if run.is_over and run.open_effects():
                    await dispatcher.deliver(run.id)
            await self.look(desk)
            if len(desk.state.runs) == 1 and self.since() >= self.night_ends:
                await self._end(desk, taken.run)
            await self.clock.sleep(self.spans.pause)

    async def look(self, desk: Desk) -> None:
        """Do what people do at each pass; here nobody does anything."""

    async def _end(self, desk: Desk, run: RunId) -> None:
        """End the first night, whatever still waits; a hold keeps it open."""
        if desk.run(run).holds:
            return
        done = EndStep(run=run, step=STEP, state=StepState.NOT_NEEDED, said=Said(note="quiet"))
        if desk.run(run).steps[STEP].state is StepState.NOT_STARTED:
            await desk.must(done)
        await desk.must(EndRun(run=run, outcome=RunOutcome.FINISHED), desk.console)

    def _kill(self) -> None:
        with suppress(Crash):
            self.loop.crash()

    async def _say_what_is_due(self, desk: Desk, run: RunId) -> None:
        """Write every word whose time has come."""
        while len(self.said) < len(self.due) and self.due[len(self.said)] <= self.since():
            record, text = self.chance.choice(RECORDS), f"word {len(self.said)}"
            word = IntendEffect(
                run=run,
                system=DESK,
                effect_kind="change.comment",
                purpose=Purpose.ANCHOR,
                payload={"change": record, "text": text},
            )
            (intended,) = await desk.must(word, desk.console)
            self.said.append((record, text, EffectId(intended.id)))

    def written(self) -> list[RemoteJob]:
        """Give what stands on the records, in the order in which it arrived."""
        return sorted(self.world.jobs, key=lambda job: job.arrived)

    def judge(self) -> None:
        """Find every word that stands out of its order."""
        written = self.written()
        for record in RECORDS:
            there = [str(job.payload["text"]) for job in written if job.payload["change"] == record]
            meant = [text for where, text, _ in self.said if where == record and text in there]
            if list(dict.fromkeys(there)) != meant:
                self.wrong.append(f"the words on {record} are out of order")
