"""The inbox as a folder: an order is a file, its reply a file beside it, both written whole."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final, Literal, cast

import msgspec

from relconsole.adapters.evidence import write_durably
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import FactId, Fingerprint, PersonId
from relconsole.domain.kernel.instants import format_instant, parse_written_instant
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.record.canonical import canonical
from relconsole.ports.inbox import Order, Reply, SignedAct

_LONGEST: Final = 1024 * 1024
_MOST: Final = 100
_LOOK_SECONDS: Final = 0.05
_Id = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


class _Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of a signed act."""

    id: _Id
    signature: str


class _Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of an order."""

    format: Literal["relconsole-order/1"]
    id: _Id
    journal: str
    kind: str
    body: dict[str, object]
    by: str | None
    key: str | None
    at: str
    acts: tuple[_Act, ...]


class _Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of a reply."""

    order: _Id
    recorded: tuple[_Id, ...]
    refused: tuple[tuple[str, str, str, str], ...]


class FolderInbox:
    """The store's inbox; only its owner can write into the folder."""

    def __init__(self, folder: Path, *, is_read: Callable[[], bool] | None = None) -> None:
        """Take the folder, and how to know whether anybody is there to answer."""
        self._folder = folder
        self._is_read = is_read

    async def take(self) -> Sequence[Order]:
        """Give the orders that wait, oldest first, a hundred at most.

        A file that is no order, or not the one that its name says, is put away.
        """
        return await asyncio.to_thread(self._take, "*.order.json", stands=False)

    async def take_standing(self, journal: str) -> Sequence[Order]:
        """Give the orders that stand for a journal, oldest first, a hundred at most."""
        if not self.has_standing(journal):
            return ()
        return await asyncio.to_thread(self._take, f"*{_standing(journal)}", stands=True)

    def has_standing(self, journal: str) -> bool:
        """Tell at once whether an order stands for a journal, by the names in the folder.

        WorldIsDown where the folder cannot be read: then no stop could be seen.
        """
        ending = _standing(journal)
        try:
            with os.scandir(self._folder) as entries:
                return any(entry.name.endswith(ending) for entry in entries)
        except FileNotFoundError:
            return False
        except OSError as wrong:
            says = f"{self._folder}: {wrong.strerror}; no stop could reach this program."
            raise WorldIsDown(says, system="disk") from wrong

    def _take(self, names: str, *, stands: bool) -> list[Order]:
        """Read the waiting orders; ids sort by the time they were made."""
        found: list[Order] = []
        for path in sorted(self._folder.glob(names))[:_MOST]:
            order = _read(path, stands=stands)
            # Under another's name it would be answered there, and taken again for ever.
            if order is None or path != self._path_of(order):
                with suppress(OSError):
                    path.unlink()
            else:
                found.append(order)
        return found

    async def reply(self, reply: Reply) -> None:
        """Answer an order, durably, and take it out of the inbox."""
        form = _Reply(order=reply.order, recorded=tuple(reply.recorded), refused=reply.refused)
        try:
            await asyncio.to_thread(
                write_durably, self._path(reply.order, "reply"), msgspec.json.encode(form)
            )
            self._path(reply.order, "order").unlink(missing_ok=True)
            for standing in self._folder.glob(f"{reply.order}.*.standing.json"):
                standing.unlink(missing_ok=True)
        except OSError as wrong:
            raise WorldIsDown(f"{self._folder}: {wrong.strerror}.", system="disk") from wrong

    async def post(self, order: Order, seconds: float) -> Reply | None:
        """Post an order and wait for its reply, while anybody is there to give one.

        An order without a reply is withdrawn, unless it stands.
        """
        path = self._path_of(order)
        try:
            await asyncio.to_thread(write_durably, path, _written(order))
        except OSError as wrong:
            raise WorldIsDown(f"{path}: {wrong.strerror}.", system="disk") from wrong
        answer = self._path(order.id, "reply")
        until = time.monotonic() + seconds
        while not answer.exists():
            if time.monotonic() >= until or not (self._is_read is None or self._is_read()):
                break
            await asyncio.sleep(_LOOK_SECONDS)
        if not order.stands:
            path.unlink(missing_ok=True)
        # Only now: the answer may have come while the order was withdrawn.
        if not answer.exists():
            return None
        read = msgspec.json.decode(answer.read_bytes(), type=_Reply)
        answer.unlink(missing_ok=True)
        return Reply(
            order=read.order,
            recorded=tuple(FactId(each) for each in read.recorded),
            refused=read.refused,
        )

    def _path_of(self, order: Order) -> Path:
        """Give the file of an order; the name of one that stands says for which journal."""
        if order.stands:
            return self._folder / f"{order.id}{_standing(order.journal)}"
        return self._path(order.id, "order")

    def _path(self, order: str, what: str) -> Path:
        """Give the file of an order or a reply."""
        return self._folder / f"{order}.{what}.json"


def _standing(journal: str) -> str:
    """Give how the names of the orders end that stand for a journal."""
    return f".{journal}.standing.json"


def _written(order: Order) -> bytes:
    """Give an order as its file holds it."""
    return canonical(
        {
            "format": "relconsole-order/1",
            "id": order.id,
            "journal": order.journal,
            "kind": order.kind,
            "body": order.body,
            "by": order.by,
            "key": order.key,
            "at": format_instant(order.at),
            "acts": [{"id": act.id, "signature": act.signature} for act in order.acts],
        }
    )


def _read(path: Path, *, stands: bool) -> Order | None:
    """Give the order of a file, None where it is none."""
    try:
        with path.open("rb") as file:
            read = msgspec.json.decode(file.read(_LONGEST), type=_Order)
        return Order(
            id=read.id,
            journal=read.journal,
            kind=read.kind,
            body=cast("JsonObject", read.body),
            by=None if read.by is None else PersonId(read.by),
            key=None if read.key is None else Fingerprint(read.key),
            at=parse_written_instant(read.at),
            acts=tuple(SignedAct(id=FactId(act.id), signature=act.signature) for act in read.acts),
            stands=stands,
        )
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
        return None
