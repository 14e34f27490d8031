"""P9: a target may be away for eight hours; nothing is lost, doubled or put out of order.

Words are written on three change records all along, by one night and by the next. Their system goes
away for eight hours in the middle: it loses answers as it goes, is silent, and comes back. The
program is killed now and then. What waits is asked of the record at every hour. Where it is away
for longer than a day, what waited so long leaves only after a person has said so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import RunId, SystemId
from relconsole.domain.night.effect_facts import EffectRefused
from relconsole.domain.night.run_commands import MoveEffect, RenewEffect
from relconsole.domain.night.state import EffectRun
from relconsole.domain.night.waiting import is_expired, waiting_lines
from relconsole.domain.record.effect import EffectState
from relconsole.plugin_api.effects import Acknowledged, EffectRequest, TargetRefused
from relconsole.services.deliver import Dispatcher
from relconsole.services.desk import Desk
from relconsole.services.patience import Patience
from relconsole.services.reaching import Reach
from relconsole.services.turns import Turns
from tests.helpers.fakes.plugins import FakePlugins
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.outages import HOUR, Outage, Parts, Spans, quiet
from tests.promises.outages_expiry import Overdue
from tests.promises.seeds import seeds_of
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import DESK, START, Shape

AWAY: Final = 8 * HOUR
BEGINS: Final = HOUR / 2
BACK: Final = BEGINS + AWAY
SPANS: Final = Spans(begins=BEGINS, back=BACK, end=BACK + HOUR, pause=10.0)
DRAINED: Final = 600.0
"""Seconds after the return in which everything that waited is taken."""

PROBE: Final = 30.0
SPARE_PROBES: Final = 49
"""The first six pauses are shorter than thirty seconds, and each of seven programs begins anew."""

SPARE_FACTS: Final = 30
"""What may be recorded of sending in an outage: what was on its way as it began or was killed."""


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
        plugins = self._reach._plugins
        self._reach = Reach(plugins, Patience(self._clock, lambda: 0.0))
        await super().deliver(run)


class NoTurns(Turns):
    """Everything is next."""

    def is_next(self, found: EffectRun) -> bool:
        return True


class TurnsOfOneNight(Turns):
    """Keeps the order of each night, and none between two."""

    def is_next(self, found: EffectRun) -> bool:
        first = self._first_of(self._desk.run(found.effect.run))
        place = self._place_of(found)
        return place is None or found.seq <= first.get(place, found.seq)


class KeepsNoOrder(Dispatcher):
    """Sends the next word before it is known what became of the one before."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._turns = NoTurns(self._desk)


class ForgetsTheNightBefore(Dispatcher):
    """Keeps the order of each night, and none between two."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._turns = TurnsOfOneNight(self._desk)


class RecordsEachQuestion(Dispatcher):
    """Records every sending, of those too that only ask what became of the first."""

    async def _repeat(self, run: RunId, found: EffectRun) -> None:
        await self._send(run, found)


class LeavesAfterADay(Dispatcher):
    """Says itself that what waited for a day is still to be done."""

    async def deliver(self, run: RunId) -> None:
        for found in self._desk.run(run).open_effects():
            if is_expired(found, self._clock.now()):
                renewal = RenewEffect(run=run, effect=found.effect.id, note="it is late")
                await self._desk.must(renewal)
        await super().deliver(run)


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
    "forgets_the_night_before": Parts(dispatcher=ForgetsTheNightBefore),
    "records_each_question": Parts(dispatcher=RecordsEachQuestion),
    "leaves_after_a_day": Parts(dispatcher=LeavesAfterADay),
}


class Away(Outage):
    """One outage of eight hours with so many words, by its seed."""

    def __init__(
        self, seed: int, words: int, chosen: Shape, loop: VirtualLoop, parts: Parts
    ) -> None:
        """Take the seed."""
        super().__init__(seed, chosen, loop, parts, SPANS, words)
        self.shown = 0

    async def look(self, desk: Desk) -> None:
        """Compare what the console shows as waiting with what the system has not taken."""
        if self.since() < (self.shown + 1) * HOUR:
            return
        self.shown += 1
        taken = {str(job.payload["text"]) for job in self.world.jobs}
        waits = len([text for _, text, _ in self.said if text not in taken])
        lines = waiting_lines(desk.state.runs.values(), self.clock.now())
        told = sum(line.count for line in lines)
        # What was taken while its answer was lost waits still, as far as anybody can tell.
        if told < waits:
            self.wrong.append(f"{waits} words wait after {self.shown} h, {told} are shown")

    def judge(self) -> None:
        """Find what was lost, doubled, late, out of order, asked or recorded too often."""
        super().judge()
        written = self.written()
        texts = Counter(str(job.payload["text"]) for job in written)
        lost = len([text for _, text, _ in self.said if text not in texts])
        doubled = sum(count - 1 for count in texts.values())
        if lost or doubled or len(self.said) != len(self.due):
            self.wrong.append(f"of {len(self.said)} words {lost} are lost, {doubled} doubled")
        if len(self.fold().runs) != 2:
            self.wrong.append("there was no second night on these records")
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
        begins, back = (START + timedelta(seconds=each) for each in (BEGINS, BACK))
        recorded = [
            envelope
            for envelope in self.stored.envelopes
            if envelope.kind in {"effect_sent", "effect_unknown"} and begins <= envelope.at < back
        ]
        if len(recorded) > SPARE_FACTS:
            self.wrong.append(f"recorded {len(recorded)} facts of asking while it was away")


OUTAGES: Final = "outages of 8 h"
WORDS: Final = "words in them"
OVERDUE: Final = "outages of more than a day"


def _stories(
    counts: Mapping[str, int], chosen: Shape, loop: VirtualLoop, parts: Parts
) -> Iterator[tuple[str, int, Away | Overdue]]:
    """Give every outage with its story and its seed; all words of a story are in its outages."""
    each = -(-counts[WORDS] // counts[OUTAGES])
    for seed in seeds_of("p09_outage", counts[OUTAGES]):
        yield OUTAGES, seed, Away(seed, each, chosen, loop, parts)
    for seed in seeds_of("p09_outage", counts[OVERDUE]):
        yield OVERDUE, seed, Overdue(seed, chosen, loop, parts)


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Play the outages, sound or with a mutant in the engine."""
    loop = VirtualLoop()
    chosen = loop.play(quiet())
    done, wrong = Counter[str](), list[str]()
    for story, seed, outage in _stories(
        counts, chosen, loop, MUTANTS[mutant] if mutant else Parts()
    ):
        outage.play()
        done[story] += 1
        done[WORDS] += len(outage.said) if story == OUTAGES else 0
        wrong += [f"{story}, {seed}: {says}" for says in outage.wrong]
        if mutant and wrong:
            break
    loop.close()
    return Tally(cases=dict(done), violations=tuple(wrong))


HARNESS = Harness(
    promise="P9",
    title="a target may be away for eight hours",
    # 500 words in each outage of 8 h, and 2,000 before a release.
    counts={
        OUTAGES: Counts(pr=20, release=100),
        WORDS: Counts(pr=10_000, release=200_000),
        OVERDUE: Counts(pr=20, release=100),
    },
    run=run,
    mutants=tuple(MUTANTS),
    # Only where a system that knows ids lost an answer as it went is the same sent again.
    mutant_counts={OUTAGES: 6, WORDS: 3_000, OVERDUE: 2},
)
