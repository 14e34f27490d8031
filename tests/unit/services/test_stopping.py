"""A stop from elsewhere: recorded while everything else waits, and nothing leaves past it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import Note, StopLine
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.step_commands import Said
from relconsole.domain.record.effect import EffectState
from relconsole.plugin_api.effects import Ending
from relconsole.ports.inbox import Order
from relconsole.ports.journal import StaleFence
from relconsole.services.desk import Desk, Signer
from relconsole.services.orders import LISTEN_SECONDS, OLDEST, StopStands, make_order_codec
from tests.helpers.fakes.clock import FakeClock
from tests.helpers.fakes.inbox import FakeInbox
from tests.helpers.fakes.plugins import Course
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import release, small
from tests.unit.services.bridge import LEASE_SECONDS, Bridge
from tests.unit.services.posting import Posted, keyed
from tests.unit.services.rooms import CODEC as FACTS
from tests.unit.services.rooms import MARA, played
from tests.unit.services.rooms_s2 import ASHA, KEYS, begin, rules, start

CODEC = make_order_codec()
HUNG = 25.0


class Listened:
    """A night under way, and the moments at which a stop was posted and recorded."""

    def __init__(
        self, loop: VirtualLoop, *, inbox: FakeInbox | None = None, two_people: bool = False
    ) -> None:
        self.inbox = inbox or FakeInbox()
        self.bridge = Bridge(
            loop, release(small()), waits=True, inbox=self.inbox, two_people=two_people
        )
        self.posted = 0.0

    def stop_at(self, seconds: float) -> None:
        def post() -> None:
            self.posted = self.bridge.clock.tick()
            stop = StopLine(run=self.bridge.run.id, said=Said(note="wrong amounts"))
            self.inbox.waiting.append(self.bridge.order(stop, CODEC, stands=True))

        self.bridge.loop.call_later(seconds, post)

    @property
    def waited(self) -> float:
        (fact,) = [each for each in self.bridge.stored.envelopes if each.kind == "line_stopped"]
        return fact.tick / 1000 - self.posted

    def leaving_after_the_stop(self) -> list[str]:
        kinds = [envelope.kind for envelope in self.bridge.stored.envelopes]
        behind = kinds[kinds.index("line_stopped") :]
        return [kind for kind in behind if kind in {"effect_intended", "effect_sent"}]


@pytest.mark.parametrize("verb", ["perform", "follow", "describe_job"])
def test_that_a_stop_waits_for_no_call_of_a_system(loop: VirtualLoop, verb: str) -> None:
    night = Listened(loop)
    night.bridge.goes(verb, *(Course(takes=HUNG) for _ in range(9)))
    night.stop_at(0.7 if verb != "describe_job" else 0.2 + 9 * HUNG)
    ending = night.bridge.play(night.bridge.conduct())
    assert ending.outcome is RunOutcome.STOPPED
    assert night.waited <= LISTEN_SECONDS + 0.01
    assert night.leaving_after_the_stop() == []


def test_that_a_stop_waits_for_no_call_while_a_rollback_runs(loop: VirtualLoop) -> None:
    night = Listened(loop, two_people=True)
    bridge = night.bridge

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        await bridge.work()
        await bridge.fire()
        bridge.goes("perform", Course(takes=HUNG))
        night.stop_at(1.0)
        assert (await bridge.fall_back()).outcome is RunOutcome.STOPPED

    bridge.play(scene())
    assert night.waited <= LISTEN_SECONDS + 0.01
    assert night.leaving_after_the_stop() == []


def test_that_a_stop_that_stood_before_the_night_lets_nothing_leave(loop: VirtualLoop) -> None:
    night = Listened(loop)
    bridge = night.bridge

    async def scene() -> None:
        await bridge.night()
        stop = StopLine(run=bridge.run.id)
        night.inbox.waiting.append(bridge.order(stop, CODEC, stands=True))
        assert (await bridge.conduct()).outcome is RunOutcome.STOPPED

    bridge.play(scene())
    assert "perform" not in bridge.calls()
    assert not bridge.run.effects
    assert night.inbox.waiting == []


def test_that_nothing_is_intended_or_sent_past_a_stop_that_is_not_recorded_yet(
    loop: VirtualLoop,
) -> None:
    night = Listened(loop)
    bridge = night.bridge

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        stop = StopLine(run=bridge.run.id)
        night.inbox.waiting.append(bridge.order(stop, CODEC, stands=True))
        step = bridge.run.find_step(next(iter(bridge.run.steps)))
        assert step is not None
        await bridge.deliver(times=2)
        assert bridge.effect("a").effect.state is EffectState.INTENDED
        assert "perform" not in bridge.calls()
        noted = await bridge.desk.submit(Note(run=bridge.run.id, said=Said(note="hello")))
        assert not isinstance(noted, Refusal)

    bridge.play(scene())


class UnreadInbox(FakeInbox):
    """An inbox whose folder cannot be read at times."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: list[Exception] = []

    async def take_standing(self, journal: str) -> Sequence[Order]:
        if self.failures:
            raise self.failures.pop()
        return await super().take_standing(journal)


def test_that_listening_outlasts_a_disk_that_refuses_for_a_moment(loop: VirtualLoop) -> None:
    inbox = UnreadInbox()
    night = Listened(loop, inbox=inbox)
    night.bridge.goes("perform", Course(takes=HUNG))
    down = WorldIsDown("The folder cannot be read.", system="disk")
    night.bridge.loop.call_later(0.6, lambda: inbox.failures.extend((down, StaleFence("late"))))
    night.stop_at(0.7)
    assert night.bridge.play(night.bridge.conduct()).outcome is RunOutcome.STOPPED
    assert night.waited < 5 * LISTEN_SECONDS


def test_that_a_night_that_fails_is_listened_to_no_longer(loop: VirtualLoop) -> None:
    night = Listened(loop)
    bridge = night.bridge
    bridge.world.runs = lambda _request: (60.0, Ending.SUCCEEDED)

    def take() -> None:
        held = bridge.stored.leases[bridge.run.id]
        later = replace(held, holder="other", fence=held.fence + 1)
        bridge.stored.leases[held.run] = later

    bridge.loop.call_later(5.0, take)
    with pytest.raises(StaleFence):
        bridge.play(bridge.conduct())
    assert bridge.clock.tick() < 2 * LEASE_SECONDS + bridge.loop.time()


async def stopping(here: Posted, note: str = "") -> StopLine:
    return StopLine(run=here.room.run.id, said=Said(note=note))


@played
async def test_that_a_stop_without_an_answer_stands_until_somebody_records_it() -> None:
    here = await keyed()
    desk = await here.desk_of(ASHA)
    with pytest.raises(StopStands, match="nothing leaves past it"):
        await desk.submit(await stopping(here, "wrong amounts"))
    here.room.clock.advance(OLDEST.total_seconds() * 60)
    await here.taker.take()
    assert here.room.run.stop is not None
    assert (here.room.run.stop.by, here.room.run.stop.note) == (ASHA, "wrong amounts")
    assert here.inbox.waiting == []


@played
async def test_that_a_stop_that_is_recorded_counts_though_no_answer_could_be_written() -> None:
    here = await keyed()
    desk = await here.desk_of(ASHA)

    async def records_and_cannot_say_so() -> None:
        await here.taker.take()
        here.inbox.replies.clear()

    here.inbox.writer = records_and_cannot_say_so
    records = await desk.submit(await stopping(here))
    assert isinstance(records, tuple), records
    assert [record.fact.KIND for record in records] == ["line_stopped"]


@played
async def test_that_no_order_but_a_stop_stands() -> None:
    here = await keyed()
    order = await here.draft(ASHA, here.note())
    assert await here.refuses(replace(order, stands=True)) == ("only_a_stop_stands",)


@played
async def test_that_a_stop_for_another_journal_is_left_to_whoever_writes_that() -> None:
    here = await keyed()
    order = replace(await here.draft(ASHA, await stopping(here)), journal="f" * 32)
    here.inbox.waiting.append(order)
    await here.taker.take()
    assert here.inbox.waiting == [order]
    assert here.room.run.stop is None


@played
async def test_that_an_order_to_start_a_job_comes_behind_a_stop_that_stands() -> None:
    here = await keyed()
    await begin(here.room, "tell")
    ahead = FakeClock(here.room.clock.now() + timedelta(seconds=1))
    job = await here.draft(MARA, start(here.room, "pay"))
    stop = await here.draft(ASHA, await stopping(here), ahead)
    here.inbox.waiting.extend((job, stop))
    await here.taker.take()
    assert here.inbox.replies[stop.id].recorded
    refused = [rule for rule, _, _, _ in here.inbox.replies[job.id].refused]
    assert refused == ["line_stopped"]
    states = {step: found.state for step, found in here.room.run.steps.items()}
    assert StepState.RUNNING not in {state for step, state in states.items() if step == "pay"}


@played
async def test_that_a_posted_job_is_refused_while_a_stop_is_on_its_way() -> None:
    here = await keyed()
    job = await here.draft(MARA, start(here.room, "pay"))
    stop = await here.draft(ASHA, await stopping(here))
    room = here.room
    desk = Desk(
        journal=room.journal,
        clock=room.clock,
        ids=room.ids,
        codec=FACTS,
        state=room.desk.state,
        signer=Signer(person=MARA, key=KEYS[MARA]),
        brake=lambda: True,
    )
    assert rules(await desk.submit(start(room, "pay"))) == ("line_stopped",)
    assert rules(await desk.adopt(start(room, "pay"), job)) == ("line_stopped",)
    assert isinstance(await desk.adopt(await stopping(here), stop), tuple)
