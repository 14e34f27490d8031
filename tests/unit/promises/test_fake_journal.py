"""The journal in memory refuses what the real one refuses: every scene is played on both."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from relconsole.adapters.journal_sql.opening import open_journal
from relconsole.domain.kernel.errors import Bug, WorldIsDown
from relconsole.domain.record.effect import EffectState
from relconsole.ports.journal import Batch, Journal, StaleFence
from tests.helpers.fakes.journal import FakeJournal, Stored
from tests.helpers.journals import (
    JOURNAL,
    KEY,
    RUN,
    START,
    effect,
    fact,
    intent,
    notes,
    sent,
    wanted,
)

Opening = Callable[[], AbstractAsyncContextManager[Journal]]


@pytest.fixture(params=["fake", "sql"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    """Opens the same journal anew at each call."""
    stored = Stored(id=JOURNAL)

    @asynccontextmanager
    async def fake() -> AsyncGenerator[Journal]:
        yield FakeJournal(stored, key=KEY)

    @asynccontextmanager
    async def real() -> AsyncGenerator[Journal]:
        journal = await open_journal(tmp_path / "journal.db", wanted())
        try:
            yield journal
        finally:
            await journal.close()

    return fake if request.param == "fake" else real


def test_that_both_sign_the_same_head(opening: Opening) -> None:
    async def scene() -> None:
        async with opening() as journal:
            assert await journal.head() is None
            head = await journal.append(notes(1, 5))
            assert head == await journal.head()
            await journal.keep_checkpoint(head)
            assert list(await journal.checkpoints()) == [head]
            assert (head.size, head.key) == (5, KEY.public.fingerprint)
            assert head.root.startswith(ROOT_OF_FIVE)
        async with opening() as journal:
            assert await journal.size() == 5
            assert [envelope.seq for envelope in await journal.read(3)] == [4, 5]

    asyncio.run(scene())


ROOT_OF_FIVE = FakeJournal(
    Stored(id=JOURNAL, envelopes=list(notes(1, 5).envelopes)), key=KEY
)._frontier.digest


def test_that_both_follow_an_effect_by_its_legal_moves(opening: Opening) -> None:
    async def scene() -> None:
        async with opening() as journal:
            lease = await journal.take_lease(RUN, "ann", START, 30)
            await journal.append(intent(1, lease.fence))
            await journal.append(sent(2, 1, lease.fence))
            found = await journal.effect(effect(1, 1).id)
            assert found is not None
            assert found.state is EffectState.SENT
            assert list(await journal.effects(RUN)) == list(await journal.effects())

    asyncio.run(scene())


def test_that_both_refuse_an_illegal_move_and_write_nothing(opening: Opening) -> None:
    async def scene() -> None:
        async with opening() as journal:
            await journal.take_lease(RUN, "ann", START, 30)
            await journal.append(intent(1, 1))
            await journal.append(sent(2, 1, 1))
            with pytest.raises(Bug):
                await journal.append(sent(3, 1, 1))
            with pytest.raises(Bug):
                await journal.append(Batch(envelopes=()))
            with pytest.raises(Bug):
                await journal.append(notes(7, 7))
            assert await journal.size() == 2

    asyncio.run(scene())


def test_that_both_refuse_an_effect_without_its_fact(opening: Opening) -> None:
    async def scene() -> None:
        async with opening() as journal:
            await journal.take_lease(RUN, "ann", START, 30)
            stray = Batch(envelopes=(fact(1),), effects=(effect(9, 1),))
            with pytest.raises(Bug):
                await journal.append(stray)

    asyncio.run(scene())


def test_that_both_refuse_a_token_that_is_not_the_newest(opening: Opening) -> None:
    async def scene() -> None:
        async with opening() as journal:
            first = await journal.take_lease(RUN, "ann", START, 30)
            await journal.release_lease(first)
            second = await journal.take_lease(RUN, "bob", START, 30)
            assert second.fence == first.fence + 1
            with pytest.raises(StaleFence):
                await journal.append(intent(1, first.fence))
            with pytest.raises(StaleFence):
                await journal.renew_lease(first, START, 30)
            assert await journal.take_lease(RUN, "ann", START, 30) == second
            assert (await journal.renew_lease(second, START, 60)).until > second.until
            await journal.release_lease(first)
            assert (await journal.take_lease(RUN, "ann", START, 30)).holder == "bob"

    asyncio.run(scene())


def test_that_an_older_opening_may_write_no_more() -> None:
    async def scene() -> None:
        stored = Stored(id=JOURNAL)
        older, newer = FakeJournal(stored), FakeJournal(stored)
        await newer.append(notes(1, 1))
        with pytest.raises(StaleFence):
            await older.append(notes(2, 2))

    asyncio.run(scene())


def test_that_a_full_disk_writes_nothing_and_takes_nothing_more() -> None:
    async def scene() -> None:
        journal = FakeJournal(Stored(id=JOURNAL), fails_at=2)
        await journal.append(notes(1, 1))
        for _ in range(2):
            with pytest.raises(WorldIsDown) as refused:
                await journal.append(notes(2, 2))
            assert refused.value.system == "disk"
        again = FakeJournal(journal.stored)
        await again.append(notes(2, 2))
        assert await again.size() == 2

    asyncio.run(scene())


def test_that_a_changed_effect_is_another_one() -> None:
    async def scene() -> None:
        journal = FakeJournal(Stored(id=JOURNAL))
        await journal.take_lease(RUN, "ann", START, 30)
        await journal.append(intent(1, 1))
        batch = sent(2, 1, 1)
        other = replace(batch.effects[0], kind="job.stop")
        with pytest.raises(Bug):
            await journal.append(replace(batch, effects=(other,)))
        assert batch.effects[0].id in journal.stored.projection

    asyncio.run(scene())
