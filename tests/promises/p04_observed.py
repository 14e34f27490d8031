"""P4: *rolled back* means observed, not requested.

Nights are rolled back through the engine on a virtual clock while the CI lies: a job says that it
succeeded and did nothing, and one that was called off goes forward later all the same. Whenever the
record says *rolled back*, the world's own versions, at the moment in which they were last asked
for, must be the old ones.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from relconsole.domain.kernel.ids import RunId, SystemId
from relconsole.domain.night.rollback_facts import FleetRow, RollbackEnding
from relconsole.domain.rollback.reconcile import Reconciliation
from relconsole.plugin_api.effects import EffectRequest, Ending
from relconsole.services.falling_back import Retreat
from tests.helpers.fakes.plugins import RemoteJob, World
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.seeds import seeds_of
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.night import Night, Parts
from tests.promises.sim.shapes import LEDGER, OLD, PAY, Shape, chain, data, shape, wide

IDLE, BACK_AGAIN = 0.25, 0.5
"""The shares of jobs that do nothing, and of called-off ones that go forward later."""


@dataclass(slots=True)
class LyingWorld(World):
    """Systems whose jobs tell one thing and do another."""

    chance: random.Random = field(default_factory=lambda: random.Random(0))
    idle: set[str] = field(default_factory=set[str])
    late: dict[str, float] = field(default_factory=dict[str, float])

    def take(self, system: SystemId, request: EffectRequest, late: float = 0.0) -> RemoteJob:
        known = len(self.jobs)
        # Not by super(): a dataclass with slots is made anew, and is another class then.
        job = World.take(self, system, request, late)
        if len(self.jobs) > known and request.kind == "job.start":
            if self.chance.random() < IDLE:
                self.idle.add(job.remote)
            if self.chance.random() < BACK_AGAIN:
                self.late[job.remote] = self.chance.uniform(0.1, 4.0)
        return job

    def version(self, service: str, before: str) -> str:
        return self.version_at(service, before, self.time())

    def version_at(self, service: str, before: str, moment: float) -> str:
        """Give the version that was really there at a moment of the world's clock."""
        acts: list[tuple[float, str]] = []
        for job in self.jobs:
            told = job.payload.get("parameters")
            if not isinstance(told, dict) or told.get("service") != service:
                continue
            if job.ending is Ending.CANCELLED and job.remote in self.late:
                acts.append((job.ends + self.late[job.remote], str(told.get("version"))))
            elif job.ending is Ending.SUCCEEDED and job.remote not in self.idle:
                acts.append((job.ends, str(told.get("version"))))
        running = before
        for at, version in sorted(acts):
            running = version if at <= moment else running
        return running


class BelievesJobs(Retreat):
    """Says that all is back once every job has said so."""

    async def reckon(self, run: RunId) -> tuple[Reconciliation, tuple[FleetRow, ...]]:
        result, rows = await super().reckon(run)
        if self.is_through(run):
            result, rows = Reconciliation(rows=()), _as_wished(rows)
        return result, rows


class TakesSilenceForWell(Retreat):
    """Takes what nobody could read for what it should be."""

    async def reckon(self, run: RunId) -> tuple[Reconciliation, tuple[FleetRow, ...]]:
        result, rows = await super().reckon(run)
        wrong = {row.service for row in rows if row.observed and not row.ok}
        if self.is_through(run) and not wrong:
            result, rows = Reconciliation(rows=()), _as_wished(rows)
        return result, rows


def _as_wished(rows: Sequence[FleetRow]) -> tuple[FleetRow, ...]:
    """Give the rows as if each service had been seen with the old version."""
    return tuple(replace(row, observed=(row.target,), ok=True) for row in rows)


MUTANTS: Final[Mapping[str, type[Retreat]]] = {
    "believes_jobs": BelievesJobs,
    "takes_silence_for_well": TakesSilenceForWell,
}


class LyingNight(Night):
    """A night that is rolled back among lies."""

    def __init__(self, seed: int, chosen: Shape, loop: VirtualLoop, parts: Parts) -> None:
        """Take the seed; the rollback is always wished for."""
        super().__init__(seed, chosen, loop, parts)
        self.will_stop = False
        self.will_roll_back = True
        self.leave_at = self.chance.randrange(5, 90)
        self.lying.chance = random.Random(f"lies {seed}")

    @property
    def lying(self) -> LyingWorld:
        """Give the world as what it is."""
        assert isinstance(self.world, LyingWorld)
        return self.world

    def false_words(self) -> Iterator[str]:
        """Give every *rolled back* that was not so when the versions were last asked for."""
        for envelope in self.stored.envelopes:
            if envelope.kind != "rollback_ended":
                continue
            if envelope.body["ending"] != RollbackEnding.ROLLED_BACK:
                continue
            fleet = envelope.body["fleet"]
            assert isinstance(fleet, Sequence)
            services = {str(row["service"]) for row in fleet if isinstance(row, Mapping)}
            for service in sorted(services & {PAY, LEDGER}):
                yield from self._judge(service, self._moment(envelope.at))

    def _moment(self, at: datetime) -> float:
        """Give an instant of the wall clock on the world's clock; here it never jumps.

        The record keeps microseconds only.
        """
        return self.clock.born + (at - self.start).total_seconds() + 1e-3

    def _judge(self, service: str, said: float) -> Iterator[str]:
        about = f"version:{service}"
        asked = [
            call.at
            for call in self.world.calls
            if call.verb == "query" and call.about == about and call.at <= said
        ]
        if not asked:
            yield f"{service} is called rolled back, and nobody looked"
            return
        there = self.lying.version_at(service, OLD, asked[-1])
        if there != OLD:
            yield f"{service} is called rolled back, and {there} was there"


def play(
    count: int, shapes: Sequence[Shape], loop: VirtualLoop, parts: Parts
) -> Iterator[tuple[list[str], int]]:
    """Play so many nights; give what each said falsely, and how many rollbacks it called done."""
    for seed in seeds_of("p04_observed", count):
        night = LyingNight(seed, shapes[seed % len(shapes)], loop, parts)
        night.play()
        done = sum(
            envelope.kind == "rollback_ended"
            and envelope.body["ending"] == RollbackEnding.ROLLED_BACK
            for envelope in night.stored.envelopes
        )
        yield [f"{night.shape.name} night {seed}: {says}" for says in night.false_words()], done


async def all_shapes() -> tuple[Shape, ...]:
    """Give the plans by turns; each may be rolled back."""
    return (
        await shape("wide", wide(), two_people=True),
        await shape("data", data(), two_people=True),
        await shape("chain", chain(), two_people=True, change=True),
    )


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Play the nights, sound or with a mutant in the engine."""
    loop = VirtualLoop()
    shapes = loop.play(all_shapes())
    parts = Parts(world=LyingWorld)
    if mutant is not None:
        parts = replace(parts, retreat=MUTANTS[mutant])
    nights, rolled_back, wrong = 0, 0, list[str]()
    for broken, done in play(counts["nights"], shapes, loop, parts):
        nights, rolled_back = nights + 1, rolled_back + done
        wrong += broken
        if mutant and wrong:
            break
    loop.close()
    print(f"{nights} nights, {rolled_back} rollbacks called done")
    if not mutant and counts["nights"] >= 50 and rolled_back * 10 < nights:
        wrong.append(f"only {rolled_back} of {nights} nights came to a rollback at all")
    return Tally(cases={"nights": nights}, violations=tuple(wrong))


HARNESS = Harness(
    promise="P4",
    title="rolled back means observed",
    counts={"nights": Counts(pr=500, release=5_000)},
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={"nights": 200},
)
