"""The inbox: an order is given until it is answered, and whatever else lies there is put away."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from relconsole.adapters.inbox import FolderInbox
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import FactId, Fingerprint, PersonId
from relconsole.domain.kernel.json import Json
from relconsole.ports.inbox import Inbox, Order, Reply, SignedAct
from tests.helpers.fakes.inbox import FakeInbox

AT = datetime(2026, 8, 8, 22, 0, 0, 125_000, tzinfo=UTC)
SOON, LONG = 0.2, 20.0


def an_order(number: int = 1) -> Order:
    """An order that a person signed."""
    return Order(
        id=f"{number:032x}",
        journal="0192f0c0a5b87d3e8f00112233445566",
        kind="note",
        body={"run": "night-1", "said": {"note": "läuft 🚀"}},
        by=PersonId("asha"),
        key=Fingerprint("f" * 64),
        at=AT,
        acts=(SignedAct(id=FactId(f"{number:032x}"), signature="c2ln"),),
    )


def a_reply(number: int = 1) -> Reply:
    return Reply(order=f"{number:032x}", recorded=(FactId(f"{number:032x}"),))


def file_of(folder: Path, order: Order) -> Path:
    return folder / f"{order.id}.order.json"


def write(folder: Path, order: Order, **changes: Json) -> Path:
    """Lay an order's file into the folder, changed like this."""
    asyncio.run(post_unanswered(FolderInbox(folder), order))
    whole: dict[str, Json] = {
        "format": "relconsole-order/1",
        "id": order.id,
        "journal": order.journal,
        "kind": order.kind,
        "body": order.body,
        "by": order.by,
        "key": order.key,
        "at": "2026-08-08T22:00:00.125000Z",
        "acts": [{"id": act.id, "signature": act.signature} for act in order.acts],
        **changes,
    }
    path = file_of(folder, order)
    path.write_text(json.dumps(whole))
    return path


async def post_unanswered(inbox: Inbox, order: Order) -> None:
    assert await inbox.post(order, 0.0) is None


async def posting(
    inbox: Inbox, order: Order, meanwhile: Callable[[], Coroutine[None, None, None]]
) -> Reply | None:
    """Post an order while the writer does this."""
    if isinstance(inbox, FakeInbox):
        inbox.writer = meanwhile
        return await inbox.post(order, LONG)
    found: list[Reply | None] = []

    async def post() -> None:
        found.append(await inbox.post(order, LONG))

    async def write() -> None:
        while not await inbox.take():
            await asyncio.sleep(0.01)
        await meanwhile()

    await asyncio.gather(post(), write())
    return found[0]


@pytest.fixture(params=["folder", "fake"])
def inbox(request: pytest.FixtureRequest, tmp_path: Path) -> Inbox:
    """Each inbox there is."""
    return FakeInbox() if request.param == "fake" else FolderInbox(tmp_path / "inbox")


@pytest.mark.parametrize(
    "order",
    [an_order(), replace(an_order(), by=None, key=None), replace(an_order(), acts=())],
    ids=["signed", "nobody's", "without acts"],
)
def test_that_an_order_arrives_as_it_was_posted_and_its_reply_comes_back(
    inbox: Inbox, order: Order
) -> None:
    taken: list[Order] = []

    async def meanwhile() -> None:
        taken.extend(await inbox.take())
        await inbox.reply(a_reply())

    assert asyncio.run(posting(inbox, order, meanwhile)) == a_reply()
    assert taken == [order]
    assert list(asyncio.run(inbox.take())) == []


def test_that_a_refusal_comes_back_with_each_reason(inbox: Inbox) -> None:
    refused = Reply(
        order=an_order().id,
        refused=(("step_state", "deploy", "deploy is done", "repeat it"), ("r", "t", "s", "")),
    )

    async def meanwhile() -> None:
        await inbox.reply(refused)

    assert asyncio.run(posting(inbox, an_order(), meanwhile)) == refused


def test_that_an_order_is_given_until_it_is_answered(inbox: Inbox) -> None:
    seen: list[int] = []

    async def meanwhile() -> None:
        seen.extend([len(await inbox.take()), len(await inbox.take())])
        await inbox.reply(a_reply())
        seen.append(len(await inbox.take()))

    asyncio.run(posting(inbox, an_order(), meanwhile))
    assert seen == [1, 1, 0]


def test_that_an_order_that_nobody_answers_is_withdrawn(inbox: Inbox) -> None:
    async def scene() -> None:
        assert await inbox.post(an_order(), SOON) is None
        assert list(await inbox.take()) == []

    asyncio.run(scene())


def test_that_a_reply_that_lies_there_is_given_though_no_time_is_left(tmp_path: Path) -> None:
    async def scene() -> None:
        inbox = FolderInbox(tmp_path)
        await inbox.reply(a_reply())
        assert await inbox.post(an_order(), 0.0) == a_reply()

    asyncio.run(scene())
    assert list(tmp_path.iterdir()) == []


def a_stop(number: int = 1, journal: str = an_order().journal) -> Order:
    """An order that stands."""
    return replace(an_order(number), kind="stop_line", journal=journal, stands=True)


def test_that_an_order_that_stands_is_given_apart_until_it_is_answered(inbox: Inbox) -> None:
    async def scene() -> None:
        assert not inbox.has_standing(a_stop().journal)
        await post_unanswered(inbox, a_stop(2))
        await post_unanswered(inbox, a_stop(1))
        assert list(await inbox.take()) == []
        assert sorted(order.id for order in await inbox.take_standing(a_stop().journal)) == [
            a_stop(1).id,
            a_stop(2).id,
        ]
        await inbox.reply(a_reply(1))
        assert list(await inbox.take_standing(a_stop().journal)) == [a_stop(2)]
        await inbox.reply(a_reply(2))
        assert not inbox.has_standing(a_stop().journal)

    asyncio.run(scene())


def test_that_an_order_stands_for_its_own_journal_alone(inbox: Inbox) -> None:
    async def scene() -> None:
        await post_unanswered(inbox, a_stop(journal="e" * 32))
        assert inbox.has_standing("e" * 32)
        assert not inbox.has_standing("f" * 32)
        assert list(await inbox.take_standing("f" * 32)) == []

    asyncio.run(scene())


def test_that_an_order_that_stands_under_another_name_is_put_away(tmp_path: Path) -> None:
    inbox = FolderInbox(tmp_path)
    asyncio.run(post_unanswered(inbox, a_stop()))
    (path,) = tmp_path.iterdir()
    path.rename(tmp_path / path.name.replace(a_stop().journal, "e" * 32))
    assert list(asyncio.run(inbox.take_standing("e" * 32))) == []
    assert list(tmp_path.iterdir()) == []


def test_that_nobody_is_waited_for_who_is_not_there(tmp_path: Path) -> None:
    inbox = FolderInbox(tmp_path, is_read=lambda: False)
    assert asyncio.run(inbox.post(an_order(), 3_600.0)) is None
    assert list(tmp_path.iterdir()) == []


def test_that_a_folder_in_which_no_stop_can_be_seen_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "inbox"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(WorldIsDown, match="no stop could reach"):
        FolderInbox(blocked).has_standing(an_order().journal)


def test_that_orders_are_given_oldest_first_and_a_hundred_at_most(tmp_path: Path) -> None:
    whole = json.loads(write(tmp_path, an_order(0)).read_text())
    for number in reversed(range(1, 120)):
        order = an_order(number)
        file_of(tmp_path, order).write_text(json.dumps({**whole, "id": order.id}))
    given = [order.id for order in asyncio.run(FolderInbox(tmp_path).take())]
    assert given == [an_order(number).id for number in range(100)]


def test_that_an_inbox_that_nobody_has_used_is_empty(tmp_path: Path) -> None:
    assert list(asyncio.run(FolderInbox(tmp_path / "inbox").take())) == []


def test_that_orders_are_for_their_owners_eyes_alone(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    modes: list[int] = []

    async def scene() -> None:
        inbox = FolderInbox(folder)

        async def meanwhile() -> None:
            modes.extend(stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir()))
            await inbox.reply(a_reply())

        await posting(inbox, an_order(), meanwhile)

    asyncio.run(scene())
    assert modes == [0o700, 0o600]


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "relconsole-order/2"},
        {"id": "../../journal"},
        {"acts": [{"id": "short", "signature": ""}]},
        {"at": "2026-08-08T22:00:00+00:00"},
        {"at": "2026-08-08T22:00:00"},
        {"by": 7},
        {"odd": True},
    ],
    ids=["format", "id", "act", "spelling of the hour", "zone", "name", "unknown field"],
)
def test_that_a_file_of_another_form_is_no_order_and_is_put_away(
    tmp_path: Path, changes: dict[str, Json]
) -> None:
    path = write(tmp_path, an_order(), **changes)
    assert list(asyncio.run(FolderInbox(tmp_path).take())) == []
    assert not path.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 200_000, b'{"odd": ' + b" " * 2 * 1024 * 1024 + b"1}"],
    ids=["empty", "cut", "no text", "deep", "too long"],
)
def test_that_what_is_no_json_is_no_order_and_is_put_away(tmp_path: Path, content: bytes) -> None:
    path = file_of(tmp_path, an_order())
    path.write_bytes(content)
    good = write(tmp_path, an_order(2))
    taken = asyncio.run(FolderInbox(tmp_path).take())
    assert [order.id for order in taken] == [an_order(2).id]
    assert not path.exists()
    assert good.exists()


def test_that_an_order_under_another_name_is_not_taken_again_and_again(tmp_path: Path) -> None:
    path = write(tmp_path, an_order(1))
    copy = path.rename(file_of(tmp_path, an_order(2)))
    assert list(asyncio.run(FolderInbox(tmp_path).take())) == []
    assert not copy.exists()


def test_that_a_folder_where_an_order_should_be_ends_no_night(tmp_path: Path) -> None:
    file_of(tmp_path, an_order(1)).mkdir()
    write(tmp_path, an_order(2))
    assert len(asyncio.run(FolderInbox(tmp_path).take())) == 1


def test_that_other_files_of_the_folder_are_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "README"
    other.write_text("not an order")
    assert list(asyncio.run(FolderInbox(tmp_path).take())) == []
    assert other.exists()


def test_that_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "inbox"
    blocked.write_text("a file where the folder should be")
    inbox = FolderInbox(blocked)
    with pytest.raises(WorldIsDown, match="inbox") as posted:
        asyncio.run(inbox.post(an_order(), SOON))
    with pytest.raises(WorldIsDown, match="inbox") as replied:
        asyncio.run(inbox.reply(a_reply()))
    assert posted.value.system == replied.value.system == "disk"
