"""Checkpoints: signed heads, kept when they are due and taken to places outside the journal."""

import json
from dataclasses import replace

from relconsole.domain.console.state import ConsoleState
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.ids import RunId, StepId
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.step_commands import AnswerStation, DecideGate, Said
from relconsole.domain.plan.runbook import StepKind
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.record.checkpoint import checkpoint_line, is_checkpoint_signed
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.release.release import ChangeReference, Release
from relconsole.plugin_api.itsm import ChangeRecord
from relconsole.services.checkpoints import Checkpointer, anchor_name
from relconsole.services.desk import Desk
from tests.helpers.fakes.clock import START, FakeClock
from tests.helpers.fakes.credentials import FakeCredentials
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.journal import FakeJournal
from tests.unit.services.rooms import (
    CODEC,
    ITSM,
    JO,
    Room,
    furnish,
    manual,
    minutes,
    played,
    release_of,
)

KEY = SigningKey(b"\x07" * 32)
EVERY = Policy(checkpoint_every=minutes(15))
GATE = replace(manual("gate"), kind=StepKind.GATE, stations=("payments",), quorum=1)
GATED = release_of(GATE, replace(GATE, id=StepId("second-gate")))
CHANGED = replace(GATED, change=ChangeReference(system=ITSM, id="CHG-1"))


async def night(release: Release = GATED, *, rehearsal: bool = False) -> Room:
    """A night whose change, where it has one, was approved an hour ago."""
    room = await furnish(release, policy=EVERY, key=KEY)
    room.world.changes["CHG-1"] = ChangeRecord(
        id="CHG-1",
        title="Payments 4",
        state="approved",
        requester="tomas",
        approver="mara",
        approved_at=START - minutes(60),
    )
    await room.opens(rehearsal=rehearsal)
    return room


def checkpointer(room: Room, credentials: FakeCredentials | None = None) -> Checkpointer:
    found = credentials or FakeCredentials(durable=False)
    return Checkpointer(desk=room.desk, clock=room.clock, credentials=found)


async def decide(room: Room, gate: str, decision: StationAnswer = StationAnswer.GO) -> None:
    """Let the one station of a gate answer, and the commander decide likewise."""
    run, step, said = room.run.id, StepId(gate), Said(note="as the numbers say")
    vote = AnswerStation(run=run, step=step, station="payments", vote=decision, said=said)
    await room.does(vote, JO)
    await room.does(DecideGate(run=run, step=step, decision=decision, said=said))


@played
async def test_that_an_empty_journal_has_no_checkpoint() -> None:
    clock = FakeClock()
    desk = Desk(
        journal=FakeJournal(), clock=clock, ids=FakeIds(), codec=CODEC, state=ConsoleState()
    )
    keeper = Checkpointer(desk=desk, clock=clock, credentials=FakeCredentials())
    assert await keeper.keep(RunId("night-1")) is None


@played
async def test_that_a_checkpoint_is_the_signed_head_of_what_is_on_disk() -> None:
    room = await night()
    size = len(room.stored.envelopes)
    kept = await checkpointer(room).keep(room.run.id)
    assert kept is not None
    assert (kept.size, kept.journal) == (size, room.stored.id)
    assert room.stored.kept == [kept]
    assert is_checkpoint_signed(kept, KEY.public)


@played
async def test_that_nothing_is_kept_before_the_time_of_the_policy_is_up() -> None:
    room = await night()
    keeper = checkpointer(room)
    room.clock.advance(15 * 60 - 1)
    await keeper.keep_due(room.run.id)
    assert room.stored.kept == []
    room.clock.advance(1)
    await keeper.keep_due(room.run.id)
    assert len(room.stored.kept) == 1


@played
async def test_that_the_time_of_the_policy_counts_from_the_last_checkpoint() -> None:
    room = await night()
    keeper = checkpointer(room)
    for _ in range(60):
        room.clock.advance(60)
        await keeper.keep_due(room.run.id)
    assert len(room.stored.kept) == 4


@played
async def test_that_a_jump_of_the_wall_clock_makes_no_checkpoint_due() -> None:
    room = await night()
    keeper = checkpointer(room)
    room.clock.jump(3_600)
    await keeper.keep_due(room.run.id)
    assert room.stored.kept == []


@played
async def test_that_every_gate_that_was_decided_is_followed_by_one_checkpoint() -> None:
    room = await night()
    keeper = checkpointer(room)
    for number, gate in enumerate(("gate", "second-gate"), 1):
        await decide(room, gate)
        for _ in range(3):
            await keeper.keep_due(room.run.id)
        assert len(room.stored.kept) == number


@played
async def test_that_a_gate_that_is_decided_again_is_followed_by_another_checkpoint() -> None:
    room = await night()
    keeper = checkpointer(room)
    await decide(room, "gate", StationAnswer.NO_GO)
    await keeper.keep_due(room.run.id)
    assert len(room.stored.kept) == 1
    await decide(room, "gate")
    await keeper.keep_due(room.run.id)
    assert len(room.stored.kept) == 2


@played
async def test_that_a_checkpoint_is_written_onto_the_change_record() -> None:
    room = await night(CHANGED)
    kept = await checkpointer(room).keep(room.run.id)
    assert kept is not None
    (comment,) = room.effects(Purpose.ANCHOR)
    assert (comment.effect.system, comment.effect.kind) == ("itsm", "change.comment")
    assert comment.intent.serves == str(kept.size)
    text = f"relconsole checkpoint {checkpoint_line(kept).decode()}"
    assert json.loads(comment.intent.payload) == {"change": "CHG-1", "text": text}


@played
async def test_that_a_rehearsal_writes_nothing_onto_the_change_record() -> None:
    room = await night(CHANGED, rehearsal=True)
    assert await checkpointer(room).keep(room.run.id) is not None
    assert room.effects(Purpose.ANCHOR) == []


@played
async def test_that_a_checkpoint_is_anchored_in_the_keyring_under_the_journal_s_name() -> None:
    room = await night()
    credentials = FakeCredentials()
    kept = await checkpointer(room, credentials).keep(room.run.id)
    assert kept is not None
    assert set(credentials.secrets) == {anchor_name(room.stored.id)}
    anchor = credentials.secrets[anchor_name(room.stored.id)]
    assert anchor.reveal() == checkpoint_line(kept).decode()
    assert room.run.anchored == kept.size
    body = room.stored.envelopes[-1].body
    assert (body["place"], body["root"]) == ("the test's keyring", kept.root)


@played
async def test_that_an_anchor_that_was_not_taken_is_not_recorded() -> None:
    room = await night()
    credentials = FakeCredentials()
    credentials.locked = True
    assert await checkpointer(room, credentials).keep(room.run.id) is not None
    assert room.facts("checkpoint_anchored") == 0
    assert room.run.anchored == 0


@played
async def test_that_what_forgets_at_the_end_of_the_program_is_no_anchor() -> None:
    room = await night()
    credentials = FakeCredentials(durable=False)
    assert await checkpointer(room, credentials).keep(room.run.id) is not None
    assert credentials.secrets == {}
    assert room.facts("checkpoint_anchored") == 0


@played
async def test_that_a_stopped_line_keeps_its_checkpoints_without_writing_anything_outside() -> None:
    room = await night(CHANGED)
    await room.does(StopLine(run=room.run.id))
    assert await checkpointer(room).keep(room.run.id) is not None
    assert room.effects(Purpose.ANCHOR) == []
