"""Signing requests and their answers."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.kernel.ids import Digest, Fingerprint, PersonId
from relconsole.domain.kernel.json import Json
from relconsole.domain.record.canonical import digest_of
from relconsole.domain.record.request import (
    Answer,
    SigningRequest,
    answer_bytes,
    answer_message,
    answer_request,
    check_answer,
    make_request,
    parse_answer,
    parse_request,
    request_bytes,
)
from relconsole.domain.record.signature import SigningKey, to_base64url

NIGHT = datetime(2026, 8, 8, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOB = PersonId("bob")
KEY = SigningKey(bytes(range(32)))


def ask(person: PersonId | None = BOB, what: str = "undo all") -> SigningRequest:
    return make_request(
        act="rollback.second",
        journal="live-1",
        person_asked=person,
        asked_by=PersonId("ann"),
        what={"plan": what, "steps": [1, 2]},
        asked_at=NIGHT,
        expires=NIGHT + HOUR,
    )


def rule(answer: Answer, request: SigningRequest, now: datetime = NIGHT) -> str | None:
    reason = check_answer(answer, request, KEY.public, now)
    return None if reason is None else reason.rule


def signed(answer: Answer, key: SigningKey = KEY) -> Answer:
    return replace(answer, signature=to_base64url(key.sign(answer_message(answer))))


def test_that_a_request_is_the_object_that_a_stranger_can_sign() -> None:
    found = json.loads(request_bytes(ask()))
    assert found == {
        "format": "relconsole-request/1",
        "act": "rollback.second",
        "journal": "live-1",
        "person_asked": "bob",
        "asked_by": "ann",
        "what": {"plan": "undo all", "steps": [1, 2]},
        "asked_at": "2026-08-08T22:00:00Z",
        "expires": "2026-08-08T23:00:00Z",
        "digest": ask().digest,
    }
    del found["digest"]
    assert digest_of(found) == ask().digest


WHATS = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(-9, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), WHATS, max_size=3), st.none() | st.text(min_size=1))
def test_that_a_request_reads_back(what: dict[str, Json], person: str | None) -> None:
    request = make_request(
        act="a",
        journal="j",
        person_asked=None if person is None else PersonId(person),
        asked_by=PersonId("ann"),
        what=what,
        asked_at=NIGHT,
        expires=NIGHT + HOUR,
    )
    assert parse_request(request_bytes(request)) == request


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"undo all", b"undo one"),
        (b'"bob"', b"null"),
        (b"23:00:00Z", b"23:30:00Z"),
        (b"live-1", b"live-2"),
    ],
)
def test_that_a_changed_request_no_longer_has_its_digest(old: bytes, new: bytes) -> None:
    with pytest.raises(InputRejected, match="own digest"):
        parse_request(request_bytes(ask()).replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"request/1", b"request/2"),
        (b"[1,2]", b"[1,2.5]"),
        (b"[1,2]", b"[" * 20_000 + b"]" * 20_000),
        (b"22:00:00Z", b"22:00:00+00:00"),
        (b"T23:", b"T21:"),
        (b'"act"', b'"deed"'),
        (b"{", b""),
    ],
)
def test_that_anything_else_is_no_request(old: bytes, new: bytes) -> None:
    with pytest.raises(InputRejected, match="no signing request"):
        parse_request(request_bytes(ask()).replace(old, new, 1))


@pytest.mark.parametrize("what", [{"a": 1.5}, {"a": [{"b": 0.0}]}, {"a": (1.0,)}])
def test_that_nothing_asked_holds_a_float(what: dict[str, Json]) -> None:
    with pytest.raises(ValueError, match=r"what\.a.*floating-point"):
        make_request(
            act="a",
            journal="j",
            person_asked=None,
            asked_by=PersonId("ann"),
            what=what,
            asked_at=NIGHT,
            expires=NIGHT + HOUR,
        )


def test_that_an_answer_counts_for_its_request_while_it_lives() -> None:
    answer = answer_request(ask(), BOB, KEY, NIGHT + timedelta(minutes=5))
    assert rule(answer, ask()) is None
    assert rule(answer, ask(), NIGHT + HOUR - timedelta(seconds=1)) is None
    assert rule(answer, ask(), NIGHT + HOUR) == "answer_expired"


def test_that_anyone_may_answer_where_nobody_is_named() -> None:
    request = ask(person=None)
    assert rule(answer_request(request, PersonId("eve"), KEY, NIGHT), request) is None


def test_that_an_answer_reads_back() -> None:
    answer = answer_request(ask(), BOB, KEY, NIGHT)
    assert parse_answer(answer_bytes(answer)) == answer
    assert json.loads(answer_bytes(answer)).keys() == {
        "format",
        "digest",
        "signer",
        "key",
        "signed_at",
        "expires",
        "signature",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"answer/1", b"answer/2"),
        (b"22:00:00Z", b"22:00Z"),
        (b'"key":"', b'"key":"XY'),
        (b"}", b""),
    ],
)
def test_that_anything_else_is_no_answer(old: bytes, new: bytes) -> None:
    raw = answer_bytes(answer_request(ask(), BOB, KEY, NIGHT))
    with pytest.raises(InputRejected, match="no answer"):
        parse_answer(raw.replace(old, new))


def test_that_an_expired_request_is_not_answered() -> None:
    with pytest.raises(ValueError, match="expired"):
        answer_request(ask(), BOB, KEY, NIGHT + HOUR)


def test_that_an_answer_to_another_request_does_not_count() -> None:
    assert rule(answer_request(ask(what="else"), BOB, KEY, NIGHT), ask()) == (
        "answer_to_another_request"
    )


def test_that_another_person_does_not_answer() -> None:
    assert rule(answer_request(ask(), PersonId("ann"), KEY, NIGHT), ask()) == (
        "answer_by_another_person"
    )


def test_that_another_key_does_not_count() -> None:
    other = SigningKey(bytes(32))
    assert rule(answer_request(ask(), BOB, other, NIGHT), ask()) == "answer_with_another_key"
    claims = replace(answer_request(ask(), BOB, KEY, NIGHT), key=KEY.public.fingerprint)
    assert rule(signed(claims, other), ask()) == "answer_not_signed"


@pytest.mark.parametrize(
    "changes",
    [{"signed_at": NIGHT - HOUR}, {"expires": NIGHT + HOUR / 2}, {"signature": "A"}],
)
def test_that_a_changed_answer_is_not_signed(changes: dict[str, object]) -> None:
    answer = answer_request(ask(), BOB, KEY, NIGHT)
    assert rule(replace(answer, **changes), ask()) == "answer_not_signed"  # type: ignore[arg-type]


def test_that_an_answer_does_not_outlive_its_request() -> None:
    answer = answer_request(ask(), BOB, KEY, NIGHT)
    longer = signed(replace(answer, expires=NIGHT + 2 * HOUR))
    assert rule(longer, ask()) == "answer_outlives_request"
    shorter = signed(replace(answer, expires=NIGHT + HOUR / 2))
    assert rule(shorter, ask()) is None
    assert rule(shorter, ask(), NIGHT + HOUR / 2) == "answer_expired"


def test_that_a_reason_names_the_signer_and_the_cure() -> None:
    answer = replace(answer_request(ask(), BOB, KEY, NIGHT), digest=Digest("0" * 64))
    reason = check_answer(answer, ask(), KEY.public, NIGHT)
    assert reason is not None
    assert (reason.thing, reason.lifts) == ("bob", "ask again for a signature")
    assert answer.key == Fingerprint(KEY.public.fingerprint)
