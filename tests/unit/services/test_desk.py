"""The desk: a command is decided, its facts are made durable, and only then has it happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import msgspec.structs
import pytest

from relconsole.domain.console.commands import ImportWorkspace, RegisterKey
from relconsole.domain.console.facts import ConsoleFact, ReleaseRemoved
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import InputRejected, RuleRefuses, WorldIsDown
from relconsole.domain.kernel.ids import FactId, PersonId, ReleaseId, StepId
from relconsole.domain.night.around import Actor
from relconsole.domain.night.bridge_commands import BeginHold, EndHold, Note, StopLine
from relconsole.domain.night.bridge_facts import HoldCause, Noted
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectRefused,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
)
from relconsole.domain.night.evolve_effects import EffectMove
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.night.step_commands import EndStep, Said
from relconsole.domain.record.effect import EffectState, Outcome
from relconsole.domain.record.envelope import Envelope, act_message_of
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.record.signature import is_signed_in_text
from relconsole.ports.journal import StaleFence
from relconsole.services.desk import (
    Desk,
    Signer,
    load_state,
    moved_effect_of,
    open_envelope,
    stream_of,
)
from tests.helpers.fakes.journal import FakeJournal
from tests.unit.services.rooms import CODEC, JO, MARA, Room, furnish, manual, open_room, played
from tests.unit.services.rooms_s2 import (
    KEYS,
    RunningClock,
    acts,
    begin,
    deploy,
    job_of,
    night,
    rules,
    talk,
    versions,
)

PLAN = versions(talk("tell"), deploy("pay"))


def note(room: Room, text: str = "all quiet") -> Note:
    return Note(run=room.run.id, said=Said(note=text))


def another_desk(
    room: Room,
    *,
    journal: FakeJournal | None = None,
    signer: PersonId | None = None,
    announce: Callable[[Recorded[ConsoleFact], ConsoleState], None] | None = None,
) -> Desk:
    """A desk over what the room's desk has recorded."""
    return Desk(
        journal=journal or room.journal,
        clock=room.clock,
        ids=room.ids,
        codec=CODEC,
        state=room.desk.state,
        signer=None if signer is None else Signer(person=signer, key=KEYS[signer]),
        announce=announce,
    )


def is_signed(envelope: Envelope, person: PersonId) -> bool:
    """Whether a fact bears the signature of this person's key over its very content."""
    message = act_message_of(envelope)
    assert message is not None
    assert envelope.act is not None
    public = KEYS[person].public
    return envelope.act.key == public.fingerprint and is_signed_in_text(
        public, message, envelope.act.signature
    )


@played
async def test_that_a_command_is_durable_when_its_facts_are_given() -> None:
    room = await open_room(PLAN)
    (noted,) = await acts(room, note(room))
    newest = room.stored.envelopes[-1]
    assert (noted.id, noted.seq, noted.at) == (newest.id, newest.seq, newest.at)
    assert noted.fact == Noted(run=room.run.id, text="all quiet")
    assert open_envelope(newest, CODEC) == noted


@played
async def test_that_a_refused_command_leaves_nothing_behind() -> None:
    room = await open_room(PLAN)
    before, size = room.desk.state, len(room.stored.envelopes)
    unknown = EndHold(run=room.run.id, cause=HoldCause.PERSON, thing="mara")
    assert rules(await room.desk.submit(unknown)) == ("no_hold",)
    with pytest.raises(RuleRefuses) as refused:
        await room.desk.must(unknown)
    assert rules(refused.value.refusal) == ("no_hold",)
    assert room.desk.state is before
    assert len(room.stored.envelopes) == size


@played
async def test_that_whether_a_command_would_be_refused_is_told_without_a_trace() -> None:
    room = await open_room(PLAN)
    before, size = room.desk.state, len(room.stored.envelopes)
    unknown = EndHold(run=room.run.id, cause=HoldCause.PERSON, thing="mara")
    assert rules(room.desk.would_refuse(unknown, room.desk.console)) == ("no_hold",)
    assert room.desk.would_refuse(note(room), room.desk.console) is None
    assert (room.desk.state, len(room.stored.envelopes)) == (before, size)


@played
async def test_that_a_command_that_comes_to_nothing_writes_nothing() -> None:
    room = await open_room(PLAN)
    hold = BeginHold(run=room.run.id, cause=HoldCause.PERSON, thing="mara", reasons=("wait",))
    assert len(await room.sees(hold)) == 1
    appends = room.journal.appends
    assert await room.sees(hold) == ()
    assert room.journal.appends == appends


@played
async def test_that_nothing_has_happened_where_the_disk_refuses() -> None:
    room = await open_room(PLAN)
    told: list[Recorded[ConsoleFact]] = []
    journal = FakeJournal(room.stored, fails_at=1)
    desk = another_desk(room, journal=journal, announce=lambda fact, _: told.append(fact))
    before = desk.state
    with pytest.raises(WorldIsDown):
        await desk.submit(note(room))
    assert desk.state is before
    assert told == []


@played
async def test_that_facts_are_announced_one_by_one_once_they_are_durable() -> None:
    room = await night(PLAN)
    await begin(room, "tell")
    told: list[tuple[str, int, int]] = []

    def tell(recorded: Recorded[ConsoleFact], after: ConsoleState) -> None:
        told.append((recorded.fact.KIND, after.size, len(room.stored.envelopes)))

    desk = another_desk(room, signer=MARA, announce=tell)
    size = desk.state.size
    await desk.must(EndStep(run=room.run.id, step=StepId("tell"), state=StepState.FAILED))
    assert told == [("step_ended", size + 1, size + 2), ("hold_began", size + 2, size + 2)]


@played
async def test_that_one_command_has_one_instant() -> None:
    room = await night(PLAN)
    await begin(room, "tell")
    found = replace(room, clock=RunningClock(room.clock.now()))
    desk = another_desk(found, signer=MARA)
    records = await desk.must(EndStep(run=room.run.id, step=StepId("tell"), state=StepState.FAILED))
    assert len(records) == 2
    assert len({record.at for record in records}) == 1


@played
async def test_that_commands_at_once_are_taken_one_after_the_other() -> None:
    room = await open_room(PLAN)

    async def let_others_run(_point: str) -> None:
        await asyncio.sleep(0)

    desk = another_desk(room, journal=FakeJournal(room.stored, point=let_others_run))
    size = desk.state.size
    await asyncio.gather(*(desk.must(note(room, text)) for text in ("one", "two", "three")))
    facts = [open_envelope(each, CODEC).fact for each in room.stored.envelopes[size:]]
    assert [fact.text for fact in facts if isinstance(fact, Noted)] == ["one", "two", "three"]
    assert desk.state.size == size + 3


@played
async def test_that_a_persons_act_is_signed_by_the_key_that_is_open() -> None:
    room = await night(PLAN)
    await acts(room, note(room))
    newest = room.stored.envelopes[-1]
    assert newest.by == MARA
    assert is_signed(newest, MARA)
    assert not is_signed(msgspec.structs.replace(newest, stream="release/other"), MARA)


@played
async def test_that_what_the_console_saw_is_in_nobodys_name() -> None:
    room = await night(PLAN)
    await room.sees(
        BeginHold(run=room.run.id, cause=HoldCause.MONITORING, thing="m", reasons=("dark",))
    )
    newest = room.stored.envelopes[-1]
    assert (newest.by, newest.act) == (None, None)
    assert room.desk.console == Actor(person=MARA, is_console=True)


@played
async def test_that_nobodys_key_signs_for_somebody_else() -> None:
    room = await night(PLAN)
    await room.desk.must(StopLine(run=room.run.id), Actor(person=JO))
    newest = room.stored.envelopes[-1]
    assert (newest.by, newest.act) == (JO, None)


@played
async def test_that_a_key_which_the_journal_does_not_know_signs_nothing_yet() -> None:
    room = await furnish(PLAN)
    desk = another_desk(room, signer=MARA)
    public = KEYS[MARA].public.text
    await desk.must(RegisterKey(person=MARA, public_key=public))
    before, after = room.stored.envelopes[-1], len(room.stored.envelopes)
    assert (before.by, before.act) == (MARA, None)
    await desk.must(RegisterKey(person=JO, public_key=KEYS[JO].public.text))
    assert is_signed(room.stored.envelopes[after], MARA)


@played
async def test_that_a_key_is_opened_and_closed_while_the_desk_stands() -> None:
    room = await furnish(PLAN)
    desk = another_desk(room)
    desk.sign_as(Signer(person=MARA, key=KEYS[MARA]))
    assert desk.person == MARA
    await desk.must(RegisterKey(person=MARA, public_key=KEYS[MARA].public.text))
    assert room.stored.envelopes[-1].by == MARA
    desk.sign_as(None)
    assert desk.actor == Actor()


@played
async def test_that_a_desk_without_a_key_acts_for_nobody() -> None:
    room = await open_room(PLAN)
    assert room.desk.person is None
    assert room.desk.actor == Actor()
    await acts(room, note(room))
    assert room.stored.envelopes[-1].by is None


@played
async def test_that_a_desk_acts_for_the_person_whose_key_is_open() -> None:
    room = await night(PLAN)
    assert room.desk.person == MARA
    assert room.desk.actor == Actor(person=MARA, key=KEYS[MARA].public.fingerprint)
    assert room.desk.journal is room.journal
    assert room.desk.run(room.run.id) is room.run


@played
async def test_that_each_fact_stands_in_the_stream_of_its_release() -> None:
    room = await night(PLAN)
    await begin(room, "tell")
    by_kind = {each.kind: each.stream for each in room.stored.envelopes}
    assert by_kind["estate_imported"] == "workspace"
    assert by_kind["key_registered"] == by_kind["key_enrolled"] == "keys"
    assert by_kind["release_imported"] == "release/pay-4"
    assert by_kind["run_opened"] == by_kind["step_started"] == "release/pay-4"
    gone = ReleaseRemoved(release=ReleaseId("old-1"))
    assert stream_of(gone, room.desk.state) == "release/old-1"


@played
async def test_that_facts_are_found_by_their_ids_among_the_newest() -> None:
    room = await open_room(PLAN)
    (first,) = await acts(room, note(room, "one"))
    (second,) = await acts(room, note(room, "two"))
    assert await room.desk.find({first.id, second.id}, among=10) == (first, second)
    assert await room.desk.find({first.id, second.id}, among=1) == (second,)
    assert await room.desk.find({FactId("f" * 32)}, among=10_000) == ()


@played
async def test_that_everything_recorded_is_given_in_its_order() -> None:
    room = await open_room(PLAN)
    (last,) = await acts(room, note(room, "one"))
    records = await room.desk.records()
    assert [each.seq for each in records] == list(range(1, len(room.stored.envelopes) + 1))
    assert records[-1] == last


@played
async def test_that_a_fact_of_no_known_kind_is_not_opened() -> None:
    room = await open_room(PLAN)
    strange = msgspec.structs.replace(room.stored.envelopes[-1], kind="strange")
    with pytest.raises(InputRejected, match="strange"):
        open_envelope(strange, CODEC)


@pytest.mark.parametrize(
    ("ending", "state"),
    [
        ((), EffectState.SENT),
        (("acknowledged",), EffectState.ACKNOWLEDGED),
        (("acknowledged", "confirmed"), EffectState.CONFIRMED),
        (("unknown",), EffectState.UNKNOWN),
        (("refused",), EffectState.REFUSED),
        (("unknown", "settled"), EffectState.SETTLED_BY_HAND),
    ],
)
def test_that_the_projection_of_an_effect_moves_with_its_facts(
    ending: tuple[str, ...], state: EffectState
) -> None:
    @played
    async def scene() -> None:
        room = await night(PLAN)
        await begin(room, "pay")
        run, effect = room.run.id, job_of(room, "pay").effect.id
        intended = await room.journal.effect(effect)
        assert intended is not None
        assert intended.state is EffectState.INTENDED
        moves: dict[str, EffectMove] = {
            "acknowledged": EffectAcknowledged(run=run, effect=effect, remote="ci-1"),
            "confirmed": EffectConfirmed(run=run, effect=effect, outcome=Outcome.SUCCEEDED),
            "unknown": EffectUnknown(run=run, effect=effect, why="no answer"),
            "refused": EffectRefused(run=run, effect=effect, reason="no"),
            "settled": EffectSettledByHand(
                run=run, effect=effect, outcome=None, note="it is not there"
            ),
        }
        await room.moves(EffectSent(run=run, effect=effect))
        for each in ending:
            await acts(room, MoveEffect(run=run, move=moves[each]))
        found = await room.journal.effect(effect)
        assert found is not None
        assert found.state is state
        assert found == room.run.effects[effect].effect

    scene()


@played
async def test_that_an_effect_outlives_the_console_that_intended_it() -> None:
    room = await night(PLAN)
    await begin(room, "pay")
    effect = job_of(room, "pay").effect
    room.clock.advance(31)
    taken = await room.opener.take_up(room.run.id)
    assert room.run.fence == effect.fence + 1, taken
    await room.moves(EffectSent(run=room.run.id, effect=effect.id))
    found = await room.journal.effect(effect.id)
    assert found is not None
    assert found.fence == room.run.fence


@played
async def test_that_a_console_whose_run_was_taken_over_moves_nothing_any_more() -> None:
    room = await night(PLAN)
    await begin(room, "pay")
    before = room.desk.state
    room.clock.advance(31)
    await room.journal.take_lease(room.run.id, "console-2", room.clock.now(), 30.0)
    with pytest.raises(StaleFence):
        await room.moves(EffectSent(run=room.run.id, effect=job_of(room, "pay").effect.id))
    assert room.desk.state is before


@played
async def test_that_other_facts_move_no_effect() -> None:
    room = await open_room(PLAN)
    (noted,) = await acts(room, note(room))
    assert moved_effect_of(room.desk.state, noted) is None


@played
async def test_that_the_state_is_what_the_journal_comes_to() -> None:
    room = await night(PLAN)
    await begin(room, "pay")
    found = await load_state(room.journal, CODEC)
    state = room.desk.state
    assert (found.size, found.keys, found.newest) == (state.size, state.keys, state.newest)
    assert found.runs[room.run.id].effects == room.run.effects
    assert found.runs[room.run.id].steps == room.run.steps


@played
async def test_that_the_state_of_an_empty_journal_is_the_beginning() -> None:
    assert await load_state(FakeJournal(), CODEC) == ConsoleState()


@played
async def test_that_an_import_is_as_many_facts_as_differ() -> None:
    room = await furnish(PLAN)
    changed = replace(room.desk.state.workspace, releases={PLAN.id: versions(manual("other"))})
    records = await room.desk.must(ImportWorkspace(workspace=changed))
    assert [record.fact.KIND for record in records] == ["release_imported"]
