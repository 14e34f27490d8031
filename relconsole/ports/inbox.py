"""Orders that another process of this store posts to its writer, and the replies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from relconsole.domain.kernel.ids import FactId, Fingerprint, PersonId
from relconsole.domain.kernel.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAct:
    """The id and the signature of one fact that an order comes to; empty where nobody signed."""

    id: FactId
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command posted by somebody else's process, with the signatures of what it comes to.

    ``at`` is when it was decided, in UTC; ``key`` None where nobody signed. One that ``stands`` is
    never withdrawn: until it is answered, nothing leaves.
    """

    id: str
    journal: str
    kind: str
    body: JsonObject
    by: PersonId | None
    key: Fingerprint | None
    at: datetime
    acts: tuple[SignedAct, ...]
    stands: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What became of an order: the facts it came to are recorded, or the reasons why not."""

    order: str
    recorded: tuple[FactId, ...] = ()
    refused: tuple[tuple[str, str, str, str], ...] = ()
    """Rule, thing, says and lifts of each reason."""


class Inbox(Protocol):
    """The folder through which orders reach the writer."""

    async def take(self) -> Sequence[Order]:
        """Give the orders that wait, oldest first; what is no order is put away.

        Those that stand are not among them.
        """
        ...

    async def take_standing(self, journal: str) -> Sequence[Order]:
        """Give the orders that stand for a journal, oldest first."""
        ...

    def has_standing(self, journal: str) -> bool:
        """Tell at once whether an order stands for a journal; WorldIsDown where none can tell."""
        ...

    async def reply(self, reply: Reply) -> None:
        """Answer an order, durably; it is not given again, whether it stood or not."""
        ...

    async def post(self, order: Order, seconds: float) -> Reply | None:
        """Post an order and wait for its reply; None where none came.

        It is withdrawn then, unless it stands.
        """
        ...
