"""What a seed decides: how systems behave, when the program dies, what people answer."""

from __future__ import annotations

import random
from datetime import timedelta

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.plan.runbook import StepKind
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.effects import EffectRequest, Ending
from relconsole.ports.questions import Answered, Question, Word
from tests.helpers.fakes.plugins import WELL, Course, Target, Way
from tests.promises.sim.shapes import CI, DESK, METRICS, OTHER_CI, STATION

SETTLE = 1.0
"""Declared by every system that can be asked; LATEST + UNSEEN stay below it, as they must."""

LATEST = 0.5
UNSEEN = 0.4

_WAYS = {
    "perform": (
        (Way.LOSES_THE_ANSWER, 0.10),
        (Way.ARRIVES_LATE, 0.10),
        (Way.IS_DOWN, 0.06),
        (Way.REFUSES, 0.02),
        (Way.LACKS_A_SETTING, 0.01),
    ),
    "find": ((Way.IS_DOWN, 0.08),),
    "follow": ((Way.IS_DOWN, 0.05),),
    "cancel": ((Way.IS_DOWN, 0.05),),
    "query": ((Way.IS_DOWN, 0.02),),
    "describe_job": ((Way.IS_DOWN, 0.01),),
}


class Fate:
    """One seed's world."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.is_calm = chance.random() < 0.15

    def target(self) -> Target:
        """Give how one system knows a repeat."""
        how = self.chance.choice(
            (
                RecognisesRepeat.QUERYABLE,
                RecognisesRepeat.QUERYABLE,
                RecognisesRepeat.NATIVE,
                RecognisesRepeat.NONE,
            )
        )
        return Target(
            how=how,
            settle=timedelta(seconds=SETTLE),
            unseen_for=self.chance.choice((0.0, UNSEEN)),
        )

    def targets(self) -> dict[SystemId, Target]:
        """Give the systems."""
        return {system: self.target() for system in (CI, OTHER_CI, METRICS, DESK)}

    def goes(self, verb: str, system: SystemId) -> Course:
        """Give how a call goes."""
        ways = _WAYS.get(verb)
        if ways is None or self.is_calm:
            return WELL
        if system == METRICS and verb == "perform":
            # A silence gets lost on the way, and is not refused.
            ways = ways[:3]
        drawn = self.chance.random()
        for way, share in ways:
            if drawn < share:
                return Course(way, takes=self._takes(), late=self.chance.random() * LATEST)
            drawn -= share
        return Course(takes=self._takes()) if self.chance.random() < 0.1 else WELL

    def _takes(self) -> float:
        return self.chance.choice((0.0, 0.0, 0.3, 1.2))

    def runs(self, request: EffectRequest) -> tuple[float, Ending]:
        """Give how long a job runs and how it ends."""
        lasts = self.chance.choice((0.0, 0.0, 0.1, 0.3, 0.9))
        if self.is_calm or request.kind.startswith("silence"):
            return lasts, Ending.SUCCEEDED
        drawn = self.chance.random()
        if drawn < 0.03:
            return lasts, Ending.FAILED
        return lasts, Ending.UNKNOWN if drawn < 0.04 else Ending.SUCCEEDED


class PersonAtTheBridge:
    """Answers what is asked, sometimes later, mostly yes."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def answer(self, question: Question) -> Answered | None:
        if self._chance.random() < 0.2:
            return None
        word = self._chance.choice(question.gives[:2]) if self._is_start(question) else None
        if word is None:
            word = question.gives[0]
            if self._chance.random() < 0.03:
                word = question.gives[-1]
        for_name = ""
        if question.step.kind is StepKind.GATE and self._chance.random() < 0.97:
            for_name = STATION
        return Answered(step=question.step.id, word=word, for_name=for_name, note="as seen")

    def _is_start(self, question: Question) -> bool:
        return question.gives[0] is Word.START

    def may_still_answer(self, question: Question) -> bool:
        return True
