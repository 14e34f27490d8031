"""The keys of people in a keyring: made, kept sealed, opened by their own words only."""

import asyncio

import pytest

from relconsole.adapters.person_keyring import PersonKeyring
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import PersonId
from relconsole.ports.credentials import Secret
from tests.helpers.fakes.credentials import FakeCredentials
from tests.helpers.fakes.ids import FakeIds

MARA, JO = PersonId("mara"), PersonId("jo")
WORDS = "correct horse battery staple"


def test_that_a_key_is_kept_sealed_and_opened_by_its_words() -> None:
    async def play() -> None:
        credentials = FakeCredentials()
        keyring = PersonKeyring(credentials, FakeIds().secret_bytes)
        assert await keyring.kept(MARA) is None
        made = await keyring.make(MARA, Secret(WORDS))
        assert credentials.secrets == {}
        await keyring.keep(MARA, made.sealed)
        assert await keyring.kept(MARA) == made.key.public
        opened = await keyring.open(MARA, Secret(WORDS))
        assert opened.public == made.key.public
        kept = credentials.secrets["person/mara"].reveal()
        assert WORDS not in kept
        with pytest.raises(PersonMustAct, match="does not open the key of mara"):
            await keyring.open(MARA, Secret("guess"))
        with pytest.raises(PersonMustAct, match="keeps no key of jo"):
            await keyring.open(JO, Secret(WORDS))

    asyncio.run(play())


@pytest.mark.parametrize("durable", [True, False])
def test_that_it_is_said_where_keys_are_kept(durable: bool) -> None:
    credentials = FakeCredentials(durable=durable)
    keyring = PersonKeyring(credentials, FakeIds().secret_bytes)
    assert (keyring.durable, keyring.place) == (durable, credentials.place)
