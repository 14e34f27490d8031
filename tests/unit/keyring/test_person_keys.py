"""A person's key is open to that person's passphrase, and a journal's key is where it was put."""

import asyncio
import json

import pytest

from relconsole.adapters.person_keys import (
    StoreKeyGone,
    make_person_key,
    make_store_key,
    person_key_name,
    public_key_of,
    read_store_key,
    store_key_name,
    unlock_person_key,
)
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.record.signature import PublicKey, is_signed_by
from relconsole.ports.credentials import Secret
from relconsole.ports.journal import JournalKind
from tests.helpers.fakes.credentials import FakeCredentials
from tests.helpers.fakes.ids import FakeIds

ANN = PersonId("ann")
PASSPHRASE = Secret("correct horse Zoe\u0308")


@pytest.fixture(scope="module")
def made() -> tuple[Secret, PublicKey]:
    return make_person_key(ANN, PASSPHRASE, FakeIds().secret_bytes)


def test_that_the_passphrase_opens_the_key(made: tuple[Secret, PublicKey]) -> None:
    text, public = made
    key = unlock_person_key(text, PASSPHRASE, ANN)
    assert key.public == public == public_key_of(text)
    assert is_signed_by(public, b"act", key.sign(b"act"))


def test_that_a_passphrase_is_the_same_however_its_letters_are_composed(
    made: tuple[Secret, PublicKey],
) -> None:
    text, public = made
    assert unlock_person_key(text, Secret("correct horse Zo\u00eb"), ANN).public == public


def test_that_a_wrong_passphrase_opens_nothing(made: tuple[Secret, PublicKey]) -> None:
    with pytest.raises(PersonMustAct, match="passphrase does not open") as wrong:
        unlock_person_key(made[0], Secret("incorrect horse"), ANN)
    assert "incorrect" not in str(wrong.value)


def test_that_the_kept_text_shows_neither_key_nor_passphrase(
    made: tuple[Secret, PublicKey],
) -> None:
    fields = json.loads(made[0].reveal())
    assert fields["person"] == "ann"
    assert fields["derivation"] | {"salt": ""} == {
        "name": "argon2id",
        "salt": "",
        "memory_kib": 65_536,
        "passes": 3,
        "lanes": 4,
    }
    seed = FakeIds().secret_bytes(32)
    for shown in (seed.hex(), PASSPHRASE.reveal()):
        assert shown not in made[0].reveal()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("public", "A" * 43),
        ("nonce", "A" * 16),
        ("nonce", "AA"),
        ("sealed", "A" * 64),
    ],
)
def test_that_a_changed_text_opens_nothing(
    made: tuple[Secret, PublicKey], field: str, value: str
) -> None:
    changed = json.loads(made[0].reveal()) | {field: value}
    with pytest.raises(PersonMustAct, match="does not open"):
        unlock_person_key(Secret(json.dumps(changed)), PASSPHRASE, ANN)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "relconsole-person-key/2"},
        {"public": "short"},
        {"sealed": "not base64url!"},
        {"cipher": "none"},
        {"derivation": {"name": "md5"}},
        {"derivation": {"memory_kib": 1_024}},
        {"derivation": {"memory_kib": 2**40}},
        {"derivation": {"passes": 10_000}},
        {"derivation": {"salt": "AA"}},
        {"more": 1},
    ],
)
def test_that_a_text_of_another_form_is_refused_before_it_costs_anything(
    made: tuple[Secret, PublicKey], change: dict[str, object]
) -> None:
    fields = json.loads(made[0].reveal())
    derivation = change.get("derivation", {})
    assert isinstance(derivation, dict)
    changed = fields | change | {"derivation": fields["derivation"] | derivation}
    with pytest.raises(PersonMustAct, match="no key of this program"):
        unlock_person_key(Secret(json.dumps(changed)), PASSPHRASE, ANN)


def test_that_one_person_s_key_is_not_taken_for_another_s(
    made: tuple[Secret, PublicKey],
) -> None:
    with pytest.raises(PersonMustAct, match="is the key of ann"):
        unlock_person_key(made[0], PASSPHRASE, PersonId("bob"))
    renamed = json.loads(made[0].reveal()) | {"person": "bob"}
    with pytest.raises(PersonMustAct, match="does not open"):
        unlock_person_key(Secret(json.dumps(renamed)), PASSPHRASE, PersonId("bob"))


def test_that_a_text_that_is_no_key_has_no_public_half() -> None:
    with pytest.raises(PersonMustAct, match="no key of this program"):
        public_key_of(Secret("{}"))


def test_that_an_empty_passphrase_makes_no_key() -> None:
    with pytest.raises(PersonMustAct, match="passphrase is empty"):
        make_person_key(ANN, Secret("  "), FakeIds().secret_bytes)


def test_that_two_keys_of_one_passphrase_share_nothing() -> None:
    ids = FakeIds()
    first, second = (
        json.loads(make_person_key(ANN, PASSPHRASE, ids.secret_bytes)[0].reveal()) for _ in range(2)
    )
    for field in ("public", "nonce", "sealed"):
        assert first[field] != second[field]
    assert first["derivation"]["salt"] != second["derivation"]["salt"]


def test_that_a_journal_s_key_is_kept_before_it_is_used() -> None:
    async def scene() -> None:
        credentials = FakeCredentials()
        key = await make_store_key(credentials, "j-1", FakeIds().secret_bytes)
        assert list(credentials.secrets) == ["store/j-1"]
        again = await read_store_key(credentials, "j-1", JournalKind.LIVE)
        assert again.public == key.public
        credentials.locked = True
        with pytest.raises(WorldIsDown):
            await make_store_key(credentials, "j-2", FakeIds().secret_bytes)

    asyncio.run(scene())


def test_that_a_journal_whose_key_is_gone_is_told_from_one_that_cannot_be_asked_for() -> None:
    async def scene() -> None:
        credentials = FakeCredentials(durable=False)
        with pytest.raises(StoreKeyGone, match="memory until the program ends") as gone:
            await read_store_key(credentials, "j-1", JournalKind.LIVE)
        assert (gone.value.journal, gone.value.kind) == ("j-1", JournalKind.LIVE)
        credentials.locked = True
        with pytest.raises(WorldIsDown):
            await read_store_key(credentials, "j-1", JournalKind.LIVE)

    asyncio.run(scene())


def test_that_what_is_kept_as_a_journal_s_key_and_is_none_is_refused() -> None:
    async def scene() -> None:
        credentials = FakeCredentials()
        await credentials.put(store_key_name("j-1"), Secret("short"))
        with pytest.raises(PersonMustAct, match="as the key of journal j-1 is none"):
            await read_store_key(credentials, "j-1", JournalKind.LIVE)

    asyncio.run(scene())


def test_that_keys_are_kept_under_names_of_their_own() -> None:
    assert person_key_name(ANN) == "person/ann"
    assert store_key_name("j-1") == "store/j-1"
