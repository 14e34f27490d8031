"""Checkpoints: kept at gates and by the clock, and taken to places outside the journal."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.night.facts import CheckpointAnchored
from relconsole.services.checkpoints import anchor_name
from relconsole.services.desk import Desk
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.journal import FakeJournal
from tests.helpers.fakes.plugins import Way
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import CODEC, POLICY, chain, release, small
from tests.unit.services.bridge import Bridge

EVERY = POLICY.checkpoint_every.total_seconds()


def with_change(bridge: Bridge) -> Bridge:
    """The change record of the release, approved."""
    bridge.approve()
    return bridge


def test_that_a_checkpoint_is_kept_when_its_time_is_up(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        run = await bridge.night()
        await bridge.checkpointer.keep_due(run)
        assert bridge.stored.kept == []
        await bridge.clock.sleep(EVERY)
        await bridge.checkpointer.keep_due(run)
        assert [head.size for head in bridge.stored.kept] == [7]
        await bridge.checkpointer.keep_due(run)
        assert len(bridge.stored.kept) == 1

    bridge.play(scene())


def test_that_a_jump_of_the_wall_clock_makes_none_due(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        run = await bridge.night()
        bridge.clock.jump(86_400)
        await bridge.checkpointer.keep_due(run)
        assert bridge.stored.kept == []

    bridge.play(scene())


def test_that_a_decided_gate_makes_one_due(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        run = await bridge.night()
        await bridge.begin("a", "b")
        await bridge.work()
        await bridge.say_go("go")
        await bridge.checkpointer.keep_due(run)
        assert len(bridge.stored.kept) == 1

    bridge.play(scene())


def test_that_a_head_is_anchored_in_the_keyring_and_on_the_change_record(
    loop: VirtualLoop,
) -> None:
    bridge = with_change(Bridge(loop, release(chain(), change=True)))

    async def scene() -> None:
        run = await bridge.night()
        head = await bridge.checkpointer.keep(run)
        assert head is not None
        anchor = bridge.credentials.secrets[anchor_name(bridge.journal.id)]
        assert f'"size":{head.size}' in anchor.reveal()
        intent = bridge.effect(purpose="anchor").intent
        assert (intent.effect_kind, intent.serves) == ("change.comment", str(head.size))
        assert "relconsole checkpoint" in intent.payload
        anchored = [each.fact for each in bridge.told if isinstance(each.fact, CheckpointAnchored)]
        assert [(fact.size, fact.place) for fact in anchored] == [
            (head.size, "the test's keyring")
        ]
        assert bridge.run.anchored == head.size

    bridge.play(scene())


def test_that_a_rehearsal_writes_nothing_on_the_change_record(loop: VirtualLoop) -> None:
    bridge = with_change(Bridge(loop, release(chain(), change=True)))

    async def scene() -> None:
        run = await bridge.night(rehearsal=True)
        await bridge.checkpointer.keep(run)
        assert not bridge.run.effects

    bridge.play(scene())


@pytest.mark.parametrize("locked", [True, False])
def test_that_an_anchor_that_failed_is_not_recorded(loop: VirtualLoop, locked: bool) -> None:
    bridge = Bridge(loop, release(small()), durable=locked)
    bridge.credentials.locked = locked

    async def scene() -> None:
        run = await bridge.night()
        head = await bridge.checkpointer.keep(run)
        assert head is not None
        assert bridge.run.anchored == 0
        assert bridge.credentials.secrets == {}

    bridge.play(scene())


def test_that_an_empty_journal_has_no_head_to_keep(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        run = await bridge.night()
        empty = Desk(
            journal=FakeJournal(),
            clock=bridge.clock,
            ids=FakeIds(),
            codec=CODEC,
            state=bridge.desk.state,
        )
        checkpointer = bridge.checkpointer_of(empty)
        assert await checkpointer.keep(run) is None

    bridge.play(scene())


def test_that_the_policy_says_how_often(loop: VirtualLoop) -> None:
    often = replace(POLICY, checkpoint_every=timedelta(seconds=5))
    bridge = Bridge(loop, release(small()), policy=often)

    async def scene() -> None:
        run = await bridge.night()
        await bridge.clock.sleep(5)
        await bridge.checkpointer.keep_due(run)
        assert len(bridge.stored.kept) == 1

    bridge.play(scene())


def test_that_a_system_that_is_down_keeps_no_checkpoint_from_being_kept(loop: VirtualLoop) -> None:
    bridge = with_change(Bridge(loop, release(chain(), change=True)))

    async def scene() -> None:
        run = await bridge.night()
        bridge.fails("perform", Way.IS_DOWN)
        await bridge.checkpointer.keep(run)
        await bridge.deliver()
        assert len(bridge.stored.kept) == 1

    bridge.play(scene())
