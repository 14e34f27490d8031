"""Keys from a window: opened, made, confirmed under one's own key or another's process, ended."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.record.request import parse_request
from relconsole.domain.record.signature import SigningKey
from relconsole.ports.credentials import Secret
from relconsole.services.keeping_keys import REQUEST_LIFE, KeyKeeper, OpenedKey
from tests.helpers.fakes.person_keys import FakePersonKeys
from tests.helpers.fakes.signing import FakeRequests, passphrase_of
from tests.unit.services.rooms import JO, MARA, Room, furnish, manual, played, release_of

KEYS = {MARA: SigningKey(b"\x01" * 32), JO: SigningKey(b"\x02" * 32)}
MARKS = {person: key.public.fingerprint for person, key in KEYS.items()}


class Desk:
    """A keeper over the room of a record whose people have no keys yet."""

    def __init__(self, room: Room, *, durable: bool = True) -> None:
        self.room = room
        self.keys = FakePersonKeys(
            {person: (key, passphrase_of(person)) for person, key in KEYS.items()}, durable=durable
        )
        self.requests = FakeRequests(KEYS, room.clock.now)
        self.keeper = KeyKeeper(
            desk=room.desk, keys=self.keys, requests=self.requests, clock=room.clock
        )

    async def opens(self, person: PersonId) -> OpenedKey:
        opened = await self.keeper.open(person, Secret(passphrase_of(person)))
        assert isinstance(opened, OpenedKey), opened
        return opened

    async def founds(self) -> None:
        """Let Mara and Jo confirm each other, Mara under her own key, Jo in a process of his."""
        await self.opens(JO)
        await self.opens(MARA)
        await self.keeper.confirm(JO, MARKS[JO], "read out")
        asked = await self.keeper.ask(MARA, MARKS[MARA], JO)
        answer = await self.keeper.sign_here(asked, JO, Secret(passphrase_of(JO)))
        taken = await self.keeper.take_answer(asked, answer, "read out")
        assert not isinstance(taken, Refusal), str(taken)


async def desk() -> Desk:
    return Desk(await furnish(release_of(manual("a"))))


@played
async def test_that_an_opened_key_signs_and_is_registered_the_first_time() -> None:
    found = await desk()
    opened = await found.opens(MARA)
    assert opened == OpenedKey(person=MARA, fingerprint=MARKS[MARA], is_new=True)
    assert found.room.desk.person == MARA
    assert found.room.desk.state.keys.newest[MARA] == MARKS[MARA]
    assert not (await found.opens(MARA)).is_new


@played
async def test_that_a_closed_key_signs_no_more() -> None:
    found = await desk()
    await found.opens(MARA)
    found.keeper.close()
    assert found.room.desk.person is None


@played
async def test_that_a_wrong_passphrase_leaves_open_what_was_open() -> None:
    found = await desk()
    await found.opens(MARA)
    with pytest.raises(PersonMustAct, match="does not open the key of jo"):
        await found.keeper.open(JO, Secret("guess"))
    assert found.room.desk.person == MARA


@played
async def test_that_a_key_of_somebody_unknown_is_not_opened() -> None:
    found = await desk()
    stranger = PersonId("stranger")
    found.keys.found[stranger] = (SigningKey(b"\x09" * 32), "words")
    assert isinstance(await found.keeper.open(stranger, Secret("words")), Refusal)
    assert found.room.desk.person is None


@played
async def test_that_a_made_key_is_kept_registered_and_open() -> None:
    found = await desk()
    del found.keys.found[MARA]
    made = await found.keeper.make(MARA, Secret("four plain words here"))
    assert isinstance(made, OpenedKey)
    assert made.is_new
    assert await found.keeper.is_kept(MARA)
    assert found.room.desk.state.keys.owners[made.fingerprint] == MARA
    found.keeper.close()
    again = await found.keeper.open(MARA, Secret("four plain words here"))
    assert isinstance(again, OpenedKey)
    assert again.fingerprint == made.fingerprint


@played
async def test_that_a_kept_key_is_replaced_only_where_it_is_said() -> None:
    found = await desk()
    with pytest.raises(PersonMustAct, match="keeps a key of mara already"):
        await found.keeper.make(MARA, Secret("words"))
    made = await found.keeper.make(MARA, Secret("words"), replaces=True)
    assert isinstance(made, OpenedKey)
    assert made.fingerprint != MARKS[MARA]


@played
async def test_that_two_people_found_the_ring_with_one_key_open() -> None:
    found = await desk()
    await found.founds()
    assert dict(found.room.desk.state.keys.effective) == MARKS
    assert found.room.desk.person == MARA


@played
async def test_that_a_request_shows_whose_key_it_is_about_and_ends() -> None:
    found = await desk()
    await found.opens(JO)
    found.keeper.close()
    asked = await found.keeper.ask(JO, MARKS[JO], None)
    request = parse_request(asked.request.encode())
    assert request.what["shows"] == {"name": "Jo Park"}
    assert (request.asked_by, request.person_asked) == (JO, None)
    assert asked.expires == found.room.clock.now() + REQUEST_LIFE
    assert await found.keeper.answer_to(asked) is None
    found.requests.signs(MARA, asked.digest)
    assert await found.keeper.answer_to(asked) is not None


@played
async def test_that_a_key_of_somebody_unknown_can_be_asked_about() -> None:
    found = await desk()
    stranger = PersonId("stranger")
    asked = await found.keeper.ask(stranger, Fingerprint("f" * 64), None)
    assert parse_request(asked.request.encode()).what["shows"] == {"name": "stranger"}


@played
async def test_that_an_answer_that_came_too_late_confirms_nothing() -> None:
    found = await desk()
    await found.founds()
    fresh = SigningKey(b"\x03" * 32)
    found.keys.found[MARA] = (fresh, passphrase_of(MARA))
    await found.opens(MARA)
    asked = await found.keeper.ask(MARA, fresh.public.fingerprint, JO)
    answer = await found.keeper.sign_here(asked, JO, Secret(passphrase_of(JO)))
    found.room.clock.advance((REQUEST_LIFE + timedelta(minutes=1)).total_seconds())
    refused = await found.keeper.take_answer(asked, answer, "read out")
    assert isinstance(refused, Refusal)
    forged = replace(answer, signature="A" * 86)
    assert isinstance(await found.keeper.take_answer(asked, forged, "x"), Refusal)


@played
async def test_that_a_revoked_key_counts_no_more() -> None:
    found = await desk()
    await found.founds()
    revoked = await found.keeper.revoke(MARKS[JO], "left the team")
    assert not isinstance(revoked, Refusal)
    assert found.room.desk.state.keys.revoked[MARKS[JO]] == "left the team"


@played
async def test_that_the_history_of_keys_is_told_in_its_order() -> None:
    found = await desk()
    await found.founds()
    await found.keeper.revoke(MARKS[JO], "left the team")
    told = [fact.KIND for fact in await found.keeper.history()]
    assert told == [
        "key_registered",
        "key_registered",
        "key_enrolled",
        "key_enrolled",
        "key_revoked",
    ]


@played
async def test_that_it_is_said_where_keys_are_kept_and_whether_they_last() -> None:
    room = await furnish(release_of(manual("a")))
    kept, passing = Desk(room).keeper, Desk(room, durable=False).keeper
    assert (kept.place, kept.durable) == ("the test's keyring", True)
    assert (passing.place, passing.durable) == ("memory until the program ends", False)
