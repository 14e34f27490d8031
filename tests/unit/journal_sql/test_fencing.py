"""One writer of a journal, one holder of a run: whoever is no longer it can write nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec.structs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relconsole.adapters.journal_sql.opening import fence_off, open_journal
from relconsole.adapters.journal_sql.verification import RecordBroken
from relconsole.domain.kernel.errors import Bug, PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.record.checkpoint import sign_checkpoint
from relconsole.domain.record.effect import Effect, EffectState
from relconsole.ports.journal import Batch, StaleFence
from tests.helpers.journals import (
    JOURNAL,
    KEY,
    RUN,
    START,
    edit,
    effect,
    effect_fact,
    fact,
    fact_id,
    intended_fact,
    intent,
    notes,
    sent,
    wanted,
)
from tests.unit.journal_sql.conftest import Opening


def test_that_a_free_run_is_taken_and_a_held_one_is_shown_as_it_stands(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            first = await journal.take_lease(RUN, "ann", START, 30)
            assert (first.holder, first.fence) == ("ann", 1)
            assert first.until == START + timedelta(seconds=30)
            assert await journal.take_lease(RUN, "bob", START, 30) == first
            assert await journal.leases() == (first,)

    asyncio.run(scene())


def test_that_an_expired_lease_is_taken_with_the_next_token(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            await journal.take_lease(RUN, "ann", START, 30)
            late = START + timedelta(seconds=30)
            second = await journal.take_lease(RUN, "bob", late, 30)
            assert (second.holder, second.fence) == ("bob", 2)

    asyncio.run(scene())


def test_that_a_holder_who_comes_again_outdates_its_former_self(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            former = await journal.take_lease(RUN, "ann", START, 30)
            present = await journal.take_lease(RUN, "ann", START, 30)
            assert present.fence == former.fence + 1
            with pytest.raises(StaleFence):
                await journal.renew_lease(former, START, 30)

    asyncio.run(scene())


def test_that_a_lease_is_renewed_by_its_holder_only(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            lease = await journal.take_lease(RUN, "ann", START, 30)
            later = START + timedelta(seconds=40)
            renewed = await journal.renew_lease(lease, later, 30)
            assert renewed.until == later + timedelta(seconds=30)
            assert renewed.fence == lease.fence
            with pytest.raises(StaleFence):
                await journal.renew_lease(replace(lease, holder="bob"), later, 30)

    asyncio.run(scene())


def test_that_a_lease_given_up_is_free_at_once_and_its_token_is_not_used_again(
    opened: Opening,
) -> None:
    async def scene() -> None:
        async with opened() as journal:
            lease = await journal.take_lease(RUN, "ann", START, 30)
            await journal.release_lease(lease)
            following = await journal.take_lease(RUN, "bob", START, 30)
            assert (following.holder, following.fence) == ("bob", 2)
            await journal.release_lease(lease)
            assert await journal.leases() == (following,)

    asyncio.run(scene())


def test_that_an_intent_needs_the_newest_token_of_its_run(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            with pytest.raises(StaleFence):
                await journal.append(intent(1, fence=1))
            await journal.take_lease(RUN, "ann", START, 30)
            await journal.append(intent(1, fence=1))
            await journal.take_lease(RUN, "ann", START, 30)
            with pytest.raises(StaleFence):
                await journal.append(sent(2, of=1, fence=1))
            assert await journal.size() == 1
            await journal.append(sent(2, of=1, fence=2))
            moved = await journal.effect(EffectId(fact_id(1)))
            assert moved == replace(effect(1, 2, EffectState.SENT), fence=2)

    asyncio.run(scene())


def test_that_a_writer_whose_journal_was_opened_by_another_can_append_nothing(
    opened: Opening, path: Path
) -> None:
    async def scene() -> None:
        async with opened() as former:
            lease = await former.take_lease(RUN, "ann", START, 30)
            await former.append(notes(1, 1))
            async with opened() as present:
                for refused in (
                    former.append(notes(2, 2)),
                    former.take_lease(RUN, "ann", START, 30),
                    former.renew_lease(lease, START, 30),
                    former.release_lease(lease),
                ):
                    with pytest.raises(StaleFence):
                        await refused
                head = await present.append(notes(2, 2))
                with pytest.raises(StaleFence):
                    await former.keep_checkpoint(head)
            # What is on the disk can still be shown.
            assert await former.size() == 2

    asyncio.run(scene())


def test_that_a_journal_fenced_off_takes_nothing_from_whoever_has_it_open(
    opened: Opening, path: Path
) -> None:
    async def scene() -> None:
        async with opened() as journal:
            await journal.append(notes(1, 1))
            fence_off(path)
            with pytest.raises(StaleFence):
                await journal.append(notes(2, 2))

    asyncio.run(scene())


def test_that_where_an_effect_stands_is_kept_with_its_facts(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            await journal.take_lease(RUN, "ann", START, 30)
            await journal.append(intent(1, 1))
            await journal.append(sent(2, of=1, fence=1))
            await journal.append(notes(3, 3))
            expected = effect(1, 1, EffectState.SENT)
            assert await journal.effects() == (expected,)
            assert await journal.effects(RUN) == (expected,)
            assert await journal.effect(EffectId("none")) is None

    asyncio.run(scene())


def _said_otherwise(effect: Effect) -> Batch:
    return Batch(envelopes=(intended_fact(1, 1),), effects=(effect,))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: sent(1, of=9, fence=1),
        lambda: _said_otherwise(replace(effect(1, 1), attempt=2)),
        lambda: _said_otherwise(replace(effect(1, 1), state=EffectState.SENT)),
        lambda: Batch(envelopes=(intended_fact(1, 1),)),
        lambda: Batch(envelopes=(fact(1),), effects=(effect(1, 1),)),
    ],
    ids=["sent but never intended", "another attempt", "another state", "not said", "no fact"],
)
def test_that_effects_which_the_facts_do_not_bear_are_refused(
    opened: Opening, wrong: Callable[[], Batch]
) -> None:
    async def scene() -> None:
        async with opened() as journal:
            await journal.take_lease(RUN, "ann", START, 30)
            with pytest.raises(Bug):
                await journal.append(wrong())
            assert await journal.size() == 0

    asyncio.run(scene())


def test_that_one_attempt_of_a_job_is_not_intended_twice_at_once(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            await journal.take_lease(RUN, "ann", START, 30)
            await journal.append(intent(1, 1))
            with pytest.raises(Bug, match="UNIQUE"):
                await journal.append(intent(2, 1))
            await journal.append(sent(2, of=1, fence=1))
            await journal.append(intent(3, 1))

    asyncio.run(scene())


def test_that_without_a_projection_the_given_effects_move_legally_or_not_at_all(
    path: Path,
) -> None:
    plain = replace(wanted(), projection=None)

    async def scene() -> None:
        journal = await open_journal(path, plain)
        try:
            await journal.take_lease(RUN, "ann", START, 30)
            born = effect(1, 1)
            with pytest.raises(Bug):
                await journal.append(Batch(envelopes=(fact(2),), effects=(born,)))
            await journal.append(Batch(envelopes=(fact(1),), effects=(born,)))
            sent_now = replace(born, state=EffectState.SENT)
            for illegal in (
                replace(born, state=EffectState.CONFIRMED),
                replace(sent_now, attempt=2),
            ):
                with pytest.raises(Bug):
                    await journal.append(Batch(envelopes=(fact(2),), effects=(illegal,)))
            await journal.append(Batch(envelopes=(fact(2),), effects=(sent_now,)))
            assert await journal.effects() == (sent_now,)
        finally:
            await journal.close()

    asyncio.run(scene())


def test_that_a_fact_may_not_move_an_effect_of_another_run(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            await journal.take_lease(RUN, "ann", START, 30)
            await journal.append(intent(1, 1))
            moved = effect(1, 1, EffectState.SENT)
            alien = effect_fact(2, "effect_sent", effect=EffectId(fact_id(1)))
            alien = msgspec.structs.replace(alien, body={**alien.body, "run": "another"})
            with pytest.raises(Bug):
                await journal.append(Batch(envelopes=(alien,), effects=(moved,)))

    asyncio.run(scene())


@settings(max_examples=25)
@given(
    acts=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["take", "renew", "release", "wait"])),
        max_size=30,
    )
)
def test_that_tokens_only_rise_and_two_never_hold_a_run(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("lease") / "journal.db"

    async def scene() -> None:
        journal = await open_journal(path, wanted())
        now = START
        newest = 0
        held = {name: await journal.take_lease(RUN, name, now, 10) for name in "a"}
        try:
            for name, act in acts:
                if act == "wait":
                    now += timedelta(seconds=7)
                elif act == "take":
                    lease = await journal.take_lease(RUN, name, now, 10)
                    if lease.holder == name:
                        assert lease.fence > newest
                        held[name] = lease
                    newest = max(newest, lease.fence)
                elif name in held and act == "release":
                    await journal.release_lease(held[name])
                elif name in held:
                    try:
                        held[name] = await journal.renew_lease(held[name], now, 10)
                    except StaleFence:
                        del held[name]
            (stands,) = await journal.leases()
            valid = [lease for lease in held.values() if lease.fence == stands.fence]
            assert len(valid) <= 1
        finally:
            await journal.close()

    asyncio.run(scene())


def test_that_a_journal_which_is_none_cannot_be_fenced_off(path: Path) -> None:
    with pytest.raises(WorldIsDown, match="cannot be opened"):
        fence_off(path)
    path.touch()
    with pytest.raises(PersonMustAct, match="makes no sense"):
        fence_off(path)


def test_that_only_a_head_of_this_journal_is_kept_as_its_checkpoint(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            head = await journal.append(notes(1, 2))
            await journal.keep_checkpoint(head)
            for wrong in (
                replace(head, journal="another"),
                replace(head, size=1),
                sign_checkpoint(journal=JOURNAL, size=3, root=head.root, at=head.at, key=KEY),
            ):
                with pytest.raises(Bug, match="checkpoint"):
                    await journal.keep_checkpoint(wrong)
            assert await journal.checkpoints() == (head,)

    asyncio.run(scene())


def test_that_a_lease_changed_while_the_journal_is_open_is_not_trusted(
    opened: Opening, path: Path
) -> None:
    async def scene() -> None:
        async with opened() as journal:
            await journal.take_lease(RUN, "ann", START, 30)
            edit(path, "UPDATE lease SET holder = 'bob'")
            with pytest.raises(RecordBroken, match="lease of run night-1"):
                await journal.take_lease(RUN, "bob", START, 30)
            with pytest.raises(PersonMustAct):
                await journal.leases()

    asyncio.run(scene())
