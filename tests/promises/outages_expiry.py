"""A change system that is away for longer than a day: what waited so long is a person's to decide.

Some words are older than a day when it comes back, some are not. Nobody says anything for an hour;
then a person says of each word that is asked about whether it is still to be done.
"""

from __future__ import annotations

from typing import Final

from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.night.around import Actor
from relconsole.domain.night.effect_facts import EffectSettledByHand
from relconsole.domain.night.run_commands import MoveEffect, RenewEffect
from relconsole.domain.night.waiting import EXPIRY, expired_effects
from relconsole.services.desk import Desk
from tests.promises.outages import HOUR, Outage, Parts, Spans
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import MARA, START, Shape

WORDS: Final = 40
DAY: Final = EXPIRY.total_seconds()
SPANS: Final = Spans(begins=HOUR, back=30 * HOUR, end=33 * HOUR, pause=30.0)
SAYS_AT: Final = SPANS.back + HOUR


class Overdue(Outage):
    """One such outage, by its seed."""

    def __init__(self, seed: int, chosen: Shape, loop: VirtualLoop, parts: Parts) -> None:
        """Draw what the person will say, too."""
        super().__init__(seed, chosen, loop, parts, SPANS, WORDS)
        early = [self.chance.uniform(1.0, 6 * HOUR) for _ in range(WORDS // 2)]
        self.due = sorted((*early, *self.due[len(early) :]))
        # The night ends before anything has waited for a day, or is held by it and stays open.
        self.night_ends = self.chance.uniform(2 * HOUR, 50 * HOUR)
        self.dropped: set[EffectId] = set()
        self.renewed: dict[EffectId, float] = {}
        self.shown: set[EffectId] = set()

    async def look(self, desk: Desk) -> None:
        """Say of each word that waited for too long what is to become of it, after an hour."""
        expired = expired_effects(desk.state.runs.values(), self.clock.now())
        asked = [found.effect.id for found in expired]
        self.shown.update(asked)
        if self.since() < SAYS_AT:
            return
        for effect in asked:
            run = next(run.id for run in desk.state.runs.values() if effect in run.effects)
            if self.chance.random() < 0.5:
                renewal = RenewEffect(run=run, effect=effect, note="still wanted")
                await desk.must(renewal, Actor(person=MARA))
                self.renewed[effect] = self.since()
                continue
            drop = EffectSettledByHand(run=run, effect=effect, outcome=None, note="too late")
            await desk.must(MoveEffect(run=run, move=drop), Actor(person=MARA))
            self.dropped.add(effect)

    def judge(self) -> None:
        """Find what left by itself after a day, was sent after all, was lost or doubled."""
        super().judge()
        arrived: dict[EffectId, list[float]] = {}
        for job in self.written():
            arrived.setdefault(job.effect, []).append(job.arrived)
        intended = {
            effect: found.intended_at
            for run in self.fold().runs.values()
            for effect, found in run.effects.items()
        }
        for _, text, effect in self.said:
            times = arrived.get(effect, [])
            allowed = (intended[effect] - START).total_seconds() + DAY
            late = [at for at in times if at > allowed + 5.0]
            if late and late[0] < self.renewed.get(effect, float("inf")):
                self.wrong.append(f"{text} left by itself after more than a day")
            if effect in self.dropped and times:
                self.wrong.append(f"{text} was dropped, and left")
            if effect not in self.dropped and len(times) != 1:
                self.wrong.append(f"{text} was written {len(times)} times")
            if late and effect not in self.shown:
                self.wrong.append(f"{text} was late, and nobody was asked")
        if len(self.said) != WORDS or not self.renewed or not self.dropped:
            told = f"{len(self.renewed)} renewed, {len(self.dropped)} dropped"
            self.wrong.append(f"{len(self.said)} words, {told}: nothing is shown")
