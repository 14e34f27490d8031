"""Confirming a closure code: recorded, and told to the change record while somebody waits."""

from __future__ import annotations

import asyncio

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.change_facts import ClosureCode
from relconsole.services.closing import Closer
from relconsole.services.desk import Records
from tests.helpers.fakes.clock import FakeClock
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import RUN

CODE = ClosureCode.PARTLY


class SteppingClock(FakeClock):
    """A clock on which whoever sleeps wakes at once, later."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)


def confirm(stage: scenes.Stage) -> tuple[Records | Refusal, list[RunId]]:
    """What confirming comes to, and how often something was delivered."""
    delivered: list[RunId] = []

    async def deliver(run: RunId) -> None:
        delivered.append(run)

    closer = Closer(desk=stage.desk, clock=SteppingClock(stage.now), deliver=deliver)
    return asyncio.run(closer.confirm(RUN, CODE, CODE)), delivered


def test_that_a_confirmed_code_is_recorded_and_what_the_record_is_owed_leaves() -> None:
    stage = scenes.finished()
    answer, delivered = confirm(stage)
    assert not isinstance(answer, Refusal), answer
    found = stage.state.runs[RUN].closure
    assert found is not None
    assert found.fact.code is CODE
    assert delivered == [RUN]


def test_that_nothing_leaves_where_it_is_refused() -> None:
    answer, delivered = confirm(scenes.alarm())
    assert isinstance(answer, Refusal)
    assert delivered == []
