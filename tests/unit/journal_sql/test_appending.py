"""What an append leaves, and what it refuses."""

import asyncio
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relconsole.adapters.journal_sql.opening import open_journal
from relconsole.domain.kernel.errors import Bug
from relconsole.domain.record.checkpoint import is_checkpoint_signed
from relconsole.domain.record.envelope import Envelope, line
from relconsole.domain.record.tree import leaf_hash, root_of
from relconsole.ports.journal import Batch, Journal
from tests.helpers.journals import KEY, fact, notes, wanted
from tests.unit.journal_sql.conftest import Opening


def test_that_an_appended_fact_is_read_back_as_it_was(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            as_port: Journal = journal
            await as_port.append(notes(1, 3))
            assert list(await as_port.read()) == [fact(1), fact(2), fact(3)]
            assert (await journal.read(2))[0] == fact(3)
            assert await journal.lines(after=1) == [line(fact(2)), line(fact(3))]
            assert await journal.size() == 3

    asyncio.run(scene())


def test_that_the_head_is_signed_over_the_tree_of_all_lines(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            assert await journal.head() is None
            await journal.append(notes(1, 4))
            head = await journal.append(notes(5, 5))
            leaves = [leaf_hash(line(fact(seq))) for seq in range(1, 6)]
            assert head.root == root_of(leaves).hex()
            assert (head.size, head.at) == (5, fact(5).at)
            assert is_checkpoint_signed(head, KEY.public)
            assert await journal.head() == head

    asyncio.run(scene())


def test_that_a_stream_is_read_alone(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            two = (fact(1), fact(2, stream="calendar"), fact(3), fact(4, stream="calendar"))
            await journal.append(Batch(envelopes=two))
            assert await journal.lines(stream="calendar") == [line(two[1]), line(two[3])]
            assert await journal.lines(2, stream="calendar") == [line(two[3])]

    asyncio.run(scene())


def test_that_envelopes_are_taken_apart_one_by_one_and_by_slices(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            await journal.append(notes(1, 5))
            stored = await journal.read()
            assert len(stored) == 5
            assert stored[-1] == fact(5)
            assert list(stored[1:3]) == [fact(2), fact(3)]

    asyncio.run(scene())


@pytest.mark.parametrize(
    "wrong",
    [
        (fact(4),),
        (fact(2),),
        (fact(3), fact(5)),
        (fact(3, journal="another"),),
    ],
    ids=["gap before", "said before", "gap inside", "another journal"],
)
def test_that_facts_which_do_not_follow_are_refused_whole(
    opened: Opening, wrong: tuple[Envelope, ...]
) -> None:
    async def scene() -> None:
        async with opened() as journal:
            await journal.append(notes(1, 2))
            with pytest.raises(Bug):
                await journal.append(Batch(envelopes=wrong))
            assert await journal.size() == 2
            await journal.append(notes(3, 3))

    asyncio.run(scene())


def test_that_an_id_is_never_given_twice(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            await journal.append(notes(1, 2))
            with pytest.raises(Bug, match="UNIQUE"):
                await journal.append(Batch(envelopes=(fact(3, id=fact(1).id),)))
            await journal.append(notes(3, 3))

    asyncio.run(scene())


def test_that_an_append_without_facts_is_refused(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            with pytest.raises(Bug):
                await journal.append(Batch(envelopes=()))

    asyncio.run(scene())


def test_that_a_body_without_canonical_form_is_refused_before_anything_is_written(
    opened: Opening,
) -> None:
    async def scene() -> None:
        async with opened() as journal:
            with pytest.raises(ValueError, match=r"[Nn]a[Nn]"):
                await journal.append(Batch(envelopes=(fact(1, body={"ratio": float("nan")}),)))
            assert await journal.size() == 0

    asyncio.run(scene())


def test_that_appends_at_once_are_kept_in_the_order_of_their_making(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            heads = await asyncio.gather(*(journal.append(notes(n, n)) for n in range(1, 101)))
            assert [head.size >= n for n, head in enumerate(heads, 1)] == [True] * 100
            assert list(await journal.read()) == [fact(seq) for seq in range(1, 101)]
            # Most of them shared a sync of the disk, and so a head.
            assert len({head.size for head in heads}) < 100

    asyncio.run(scene())


def test_that_a_refused_append_does_not_take_its_neighbours_along(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            answers = await asyncio.gather(
                journal.append(notes(1, 1)),
                journal.append(Batch(envelopes=(fact(9),))),
                journal.append(notes(2, 2)),
                return_exceptions=True,
            )
            assert [type(answer).__name__ for answer in answers] == [
                "Checkpoint",
                "Bug",
                "Checkpoint",
            ]
            assert await journal.size() == 2

    asyncio.run(scene())


def test_that_an_append_goes_on_when_whoever_waits_is_cancelled(opened: Opening) -> None:
    async def scene() -> None:
        async with opened() as journal:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await journal.append(notes(1, 1))
            await journal.append(notes(2, 2))
            assert await journal.size() == 2

    asyncio.run(scene())


def test_that_the_files_are_for_their_owner_alone(opened: Opening, path: Path) -> None:
    async def scene() -> None:
        async with opened() as journal:
            await journal.append(notes(1, 1))
            modes = {it.name: stat.S_IMODE(it.stat().st_mode) for it in path.parent.iterdir()}
            assert modes == dict.fromkeys(("journal.db", "journal.db-wal", "journal.db-shm"), 0o600)

    asyncio.run(scene())


def test_that_a_closed_journal_leaves_no_thread_and_takes_no_more(path: Path) -> None:
    async def scene() -> None:
        journal = await open_journal(path, wanted())
        names = {thread.name for thread in threading.enumerate()}
        assert {"journal live writer", "journal live reader"} <= names
        await journal.close()
        await journal.close()
        with pytest.raises(RuntimeError, match="closed"):
            await journal.append(notes(1, 1))

    before = threading.active_count()
    asyncio.run(scene())
    assert threading.active_count() == before


@settings(max_examples=12)
@given(sizes=st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=6), max_size=4))
def test_that_however_it_was_appended_and_reopened_the_same_facts_give_the_same_root(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[list[int]]
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.db"

    async def scene() -> None:
        written = 0
        for session in sizes:
            journal = await open_journal(path, wanted())
            try:
                for size in session:
                    await journal.append(notes(written + 1, written + size))
                    written += size
            finally:
                await journal.close()
        journal = await open_journal(path, wanted())
        try:
            assert list(await journal.read()) == [fact(seq) for seq in range(1, written + 1)]
            verified = await journal.verify()
            leaves = [leaf_hash(line(fact(seq))) for seq in range(1, written + 1)]
            assert verified.head.root == root_of(leaves).hex()
        finally:
            await journal.close()

    asyncio.run(scene())
