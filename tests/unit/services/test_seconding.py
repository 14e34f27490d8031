"""A second signature: asked as a fact, laid down as a request, signed elsewhere or here."""

from __future__ import annotations

import pytest

from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.record.request import parse_request
from relconsole.ports.credentials import Secret
from relconsole.services.seconding import AskedSignature, Seconding
from tests.helpers.fakes.signing import FakeRequests, passphrase_of
from tests.unit.services.retreats import Night, deployed
from tests.unit.services.rooms import played
from tests.unit.services.rooms_s2 import INES, KEYS, rules


async def asked(here: Night) -> tuple[Seconding, FakeRequests, AskedSignature]:
    """Somebody is asked to sign the armed rollback."""
    requests = FakeRequests(KEYS, here.room.clock.now)
    seconding = Seconding(desk=here.room.desk, requests=requests)
    await here.arms()
    found = await seconding.ask(
        here.run, TwoPersonAct.ROLLBACK, here.run, shows={"why": "p95"}, person_asked=INES
    )
    assert isinstance(found, AskedSignature), found
    return seconding, requests, found


@played
async def test_that_the_request_is_recorded_before_it_is_laid_down() -> None:
    here = await deployed()
    _, requests, found = await asked(here)
    fact = here.room.run.asked[found.digest]
    assert requests.requests == {found.digest: fact.request}
    assert found.place.endswith(".request.json")
    assert (found.person_asked, found.act, found.thing) == (INES, TwoPersonAct.ROLLBACK, here.run)
    assert (found.asked_at, found.expires) == (here.room.clock.now(), fact.expires)
    assert parse_request(fact.request.encode()).what["shows"] == {"why": "p95"}


@played
async def test_that_nothing_is_laid_down_where_asking_is_refused() -> None:
    here = await deployed()
    requests = FakeRequests(KEYS, here.room.clock.now)
    seconding = Seconding(desk=here.room.desk, requests=requests)
    answer = await seconding.ask(here.run, TwoPersonAct.ROLLBACK, here.run, shows={})
    assert isinstance(answer, Refusal)
    assert rules(answer) == ("not_armed",)
    assert requests.requests == {}


@played
async def test_that_an_answer_from_elsewhere_is_found_once_it_is_there() -> None:
    here = await deployed()
    seconding, requests, found = await asked(here)
    assert await seconding.answer_to(found) is None
    requests.signs(INES)
    answer = await seconding.answer_to(found)
    assert answer is not None
    assert answer.signer == INES


@played
async def test_that_a_person_signs_here_with_their_own_words_only() -> None:
    here = await deployed()
    seconding, _, found = await asked(here)
    with pytest.raises(PersonMustAct):
        await seconding.sign_here(found, INES, Secret("something else"))
    answer = await seconding.sign_here(found, INES, Secret(passphrase_of(INES)))
    assert answer.digest == found.digest
