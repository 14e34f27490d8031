"""Keys of people as services see them: made, kept sealed, and opened with a passphrase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.record.signature import PublicKey, SigningKey
from relconsole.ports.credentials import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeKey:
    """A new key: open, and as the sealed text that is to be kept."""

    key: SigningKey
    sealed: Secret


class PersonKeys(Protocol):
    """The keys that this desktop keeps; what takes long is done beside the loop."""

    @property
    def place(self) -> str:
        """Give where they are kept, in words."""
        ...

    @property
    def durable(self) -> bool:
        """Tell whether they outlive the program."""
        ...

    async def kept(self, person: PersonId) -> PublicKey | None:
        """Give the public half of a person's kept key, None where none is kept."""
        ...

    async def open(self, person: PersonId, passphrase: Secret) -> SigningKey:
        """Give the key; PersonMustAct for a wrong passphrase and where none is kept."""
        ...

    async def make(self, person: PersonId, passphrase: Secret) -> MadeKey:
        """Give a new key of a person; it is not kept yet."""
        ...

    async def keep(self, person: PersonId, sealed: Secret) -> None:
        """Keep a sealed key, in the place of an earlier one."""
        ...
