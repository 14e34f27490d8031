"""Keys of people in a dict, each opened by words of its own, and made from a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.record.signature import PublicKey, SigningKey
from relconsole.ports.credentials import Secret
from relconsole.ports.person_keys import MadeKey


class FakePersonKeys:
    """What is kept, by person: the key and the words that open it; `locked` as a keyring can be."""

    def __init__(
        self, kept: Mapping[PersonId, tuple[SigningKey, str]] | None = None, *, durable: bool = True
    ) -> None:
        self.found = dict(kept or {})
        self.made = 0
        self.locked = False
        self._durable = durable
        self._sealed: dict[str, tuple[SigningKey, str]] = {}

    @property
    def place(self) -> str:
        return "the test's keyring" if self._durable else "memory until the program ends"

    @property
    def durable(self) -> bool:
        return self._durable

    async def kept(self, person: PersonId) -> PublicKey | None:
        if self.locked:
            raise WorldIsDown("The keyring is locked.", system="keyring")
        found = self.found.get(person)
        return None if found is None else found[0].public

    async def open(self, person: PersonId, passphrase: Secret) -> SigningKey:
        found = self.found.get(person)
        if found is None:
            raise PersonMustAct(f"{self.place} keeps no key of {person}.")
        if found[1] != passphrase.reveal():
            raise PersonMustAct(f"The passphrase does not open the key of {person}.")
        return found[0]

    async def make(self, person: PersonId, passphrase: Secret) -> MadeKey:
        self.made += 1
        key = SigningKey(hashlib.sha256(f"{person} {self.made}".encode()).digest())
        sealed = f"sealed {self.made}"
        self._sealed[sealed] = (key, passphrase.reveal())
        return MadeKey(key=key, sealed=Secret(sealed))

    async def keep(self, person: PersonId, sealed: Secret) -> None:
        self.found[person] = self._sealed[sealed.reveal()]
