"""P1, P2, P3: nothing is done twice, nothing decided is lost, and a restart asks before it acts.

Whole nights and rollbacks run through the engine on a virtual clock. By each seed the systems lose
answers, answer late or not at all, and the program is killed at any of its steps and taken up
again. Then the disk refuses each append of a night in turn.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.console.evolve import evolve
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import EffectId, RunId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.effect_facts import EffectSent
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.record.checkpoint import Checkpoint
from relconsole.domain.record.effect import EffectState
from relconsole.domain.record.envelope import Envelope
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Recognition,
    TargetRefused,
)
from relconsole.ports.journal import Batch
from relconsole.services.deliver import Dispatcher
from relconsole.services.desk import Desk, Records, open_envelope
from tests.helpers.fakes.journal import FakeJournal
from tests.helpers.fakes.plugins import FakePlugins
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.seeds import seeds_of
from tests.promises.sim.judging import judge
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.night import SOUND, Night, Parts
from tests.promises.sim.shapes import CODEC, Shape, chain, data, shape, small, wide

ENOUGH: Final = 5
"""A mutant is caught at the first violation; a sound engine shows a few before it gives up."""


class WritesBehind(FakeJournal):
    """Says that an intent is recorded, and writes it with the next batch."""

    _late: Batch | None = None

    async def append(self, batch: Batch) -> Checkpoint:
        if self._late is not None:
            late, self._late = self._late, None
            await super().append(late)
        elif any(envelope.kind == "effect_intended" for envelope in batch.envelopes):
            self._late = batch
            return self._head_at(batch.envelopes[-1].at)
        return await super().append(batch)


class SendsUnrecorded(Desk):
    """Keeps *sent* in mind and writes it with whatever the answer brings."""

    _unwritten: dict[EffectId, MoveEffect]

    async def submit(
        self, command: ConsoleCommand, actor: Actor | None = None
    ) -> Records | Refusal:
        self._unwritten = vars(self).get("_unwritten", {})
        if isinstance(command, MoveEffect):
            if isinstance(command.move, EffectSent):
                self._unwritten[EffectId(command.move.effect)] = command
                return ()
            earlier = self._unwritten.pop(EffectId(command.move.effect), None)
            if earlier is not None:
                await super().submit(earlier, actor)
        return await super().submit(command, actor)


class SaysTooMuch(Desk):
    """Says *recorded* although the disk refused."""

    async def append(
        self, envelopes: tuple[Envelope, ...], facts: tuple[ConsoleFact, ...]
    ) -> Records:
        try:
            return await super().append(envelopes, facts)
        except WorldIsDown:
            records = tuple(open_envelope(envelope, CODEC) for envelope in envelopes)
            for recorded in records:
                self._state = evolve(self._state, recorded)
            return records


class TakesAnyNo(FakePlugins):
    """Takes the first no of a system as true, whatever its settle window."""

    async def recognition(self, system: SystemId, kind: str) -> Recognition:
        return replace(await super().recognition(system, kind), settle=timedelta(0))


class RenamesRepeats(FakePlugins):
    """Gives what is sent again a fresh id."""

    async def perform(
        self, system: SystemId, request: EffectRequest
    ) -> Acknowledged | TargetRefused:
        sent: set[EffectId] = vars(self).setdefault("sent", set())
        if request.id in sent:
            request = replace(request, id=EffectId(f"{request.id}-again"))
        sent.add(request.id)
        return await super().perform(system, request)


class SendsFirst(Dispatcher):
    """Sends what is new before it asks what became of what was left."""

    async def deliver(self, run: RunId) -> None:
        await self._carry(run, lambda effect: effect.state is EffectState.INTENDED)
        await super().deliver(run)


MUTANTS: Final[Mapping[str, Parts]] = {
    "intends_after_the_call": Parts(journal=WritesBehind),
    "believes_an_early_no": Parts(plugins=TakesAnyNo),
    "a_fresh_id_on_repeat": Parts(plugins=RenamesRepeats),
    "sent_after_the_call": Parts(desk=SendsUnrecorded),
    "sends_before_it_asks": Parts(dispatcher=SendsFirst),
    "says_recorded_too_soon": Parts(desk=SaysTooMuch),
}


async def all_shapes() -> tuple[Shape, ...]:
    """Give the plans by turns; every fourth night may be rolled back."""
    first = await shape("small", small())
    second = await shape("chain", chain(), change=True)
    third = await shape("data", data())
    back = [
        await shape("wide", wide(), two_people=True),
        await shape("data", data(), two_people=True),
        await shape("chain", chain(), two_people=True, change=True),
    ]
    return tuple(each for one in back for each in (first, second, third, one))


def kill_everywhere(
    count: int, shapes: tuple[Shape, ...], loop: VirtualLoop, parts: Parts
) -> Iterator[tuple[str, ...]]:
    """Play so many nights by their seeds, and give what each of them broke."""
    for seed in seeds_of("p01_effects", count):
        night = Night(seed, shapes[seed % len(shapes)], loop, parts)
        night.play()
        yield tuple(f"{night.shape.name} night {seed}: {says}" for says in judge(night))


def refuse_each_append(
    count: int, shapes: tuple[Shape, ...], loop: VirtualLoop, parts: Parts
) -> Iterator[tuple[str, ...]]:
    """Let the disk refuse each append of one night after the other, until that many are done."""
    done, seed = 0, 0
    while True:
        chosen = shapes[seed % len(shapes)]
        make = partial(Night, seed, chosen, loop, parts, is_killed=False)
        whole = make()
        whole.play()
        for number in range(1, whole.journal.appends + 1):
            if done == count:
                return
            night = make(fails_at=number)
            night.play()
            done += 1
            said = f"{chosen.name} night {seed}, append {number}"
            yield tuple(f"{said}: {says}" for says in judge(night))
        seed += 1


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Play the nights, sound or with a mutant in the engine."""
    parts = MUTANTS[mutant] if mutant else SOUND
    loop = VirtualLoop()
    shapes = loop.play(all_shapes())
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    cases, wrong = dict.fromkeys(counts, 0), list[str]()
    plays = {"nights": kill_everywhere, "disk faults": refuse_each_append}
    for what, play in plays.items():
        for broken in play(counts[what], shapes, loop, parts):
            cases[what] += 1
            wrong += broken
            if len(wrong) >= ENOUGH or (mutant and wrong):
                loop.close()
                return Tally(cases=cases, violations=tuple(wrong))
    loop.close()
    return Tally(cases=cases, violations=tuple(wrong))


HARNESS = Harness(
    promise="P1 P2 P3",
    title="no effect twice, nothing lost, a restart asks first",
    counts={
        "nights": Counts(pr=20_000, release=200_000),
        "disk faults": Counts(pr=1_000, release=10_000),
    },
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={"nights": 400, "disk faults": 200},
)
