"""The keys of people where this desktop keeps secrets, sealed under their passphrases."""

from __future__ import annotations

import asyncio
from typing import Final

from relconsole.adapters.person_keys import (
    SecretBytes,
    make_person_key,
    person_key_name,
    public_key_of,
    unlock_person_key,
)
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.record.signature import PublicKey, SigningKey
from relconsole.ports.credentials import Credentials, Secret
from relconsole.ports.person_keys import MadeKey


class PersonKeyring:
    """Makes, keeps and opens keys; a passphrase is worked upon on a thread."""

    def __init__(self, credentials: Credentials, secret_bytes: SecretBytes) -> None:
        """Take where they are kept, and what new ones are made of."""
        self._credentials: Final = credentials
        self._secret_bytes: Final = secret_bytes

    @property
    def place(self) -> str:
        """Give where they are kept, in words."""
        return self._credentials.place

    @property
    def durable(self) -> bool:
        """Tell whether they outlive the program."""
        return self._credentials.durable

    async def kept(self, person: PersonId) -> PublicKey | None:
        """Give the public half of a person's kept key, None where none is kept."""
        text = await self._credentials.get(person_key_name(person))
        return None if text is None else public_key_of(text)

    async def open(self, person: PersonId, passphrase: Secret) -> SigningKey:
        """Give the key; PersonMustAct for a wrong passphrase and where none is kept."""
        text = await self._credentials.get(person_key_name(person))
        if text is None:
            raise PersonMustAct(
                f"{self.place} keeps no key of {person}.", do="Make one, here or where it is kept."
            )
        return await asyncio.to_thread(unlock_person_key, text, passphrase, person)

    async def make(self, person: PersonId, passphrase: Secret) -> MadeKey:
        """Give a new key of a person; it is not kept yet."""
        return await asyncio.to_thread(self._make, person, passphrase)

    async def keep(self, person: PersonId, sealed: Secret) -> None:
        """Keep a sealed key, in the place of an earlier one."""
        await self._credentials.put(person_key_name(person), sealed)

    def _make(self, person: PersonId, passphrase: Secret) -> MadeKey:
        text, _public = make_person_key(person, passphrase, self._secret_bytes)
        return MadeKey(key=unlock_person_key(text, passphrase, person), sealed=text)
