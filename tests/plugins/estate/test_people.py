"""A person answers a stranger's request only when it is what it says it is."""

import base64
import hashlib
import json
import subprocess
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from relconsole_estate.canonical import canonical_bytes, parse_strictly
from relconsole_estate.errors import MalformedError
from relconsole_estate.people import DeclinedError, NotForMeError, Person
from relconsole_estate.values import Json, text_of
from tests.plugins.estate.living import begin_module, comes_true, write_json

NOW = datetime(2026, 4, 21, 1, 30, tzinfo=UTC)

values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


def request(**changes: Json) -> dict[str, Json]:
    """A request from mara to lena that is in order, but for the changes."""
    content: dict[str, Json] = {
        "format": "relconsole-request/1",
        "act": "rollback",
        "journal": "demo-1",
        "person_asked": "lena",
        "asked_by": "mara",
        "what": {"release": "payments-core-2026.4", "steps": ["deploy-api"]},
        "expires": "2026-04-21T01:40:00Z",
        **changes,
    }
    digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    return {**content, "digest": digest}


def encoded(value: Json) -> bytes:
    return json.dumps(value).encode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check(card: dict[str, Json], answer: dict[str, Json]) -> None:
    """Raises unless the answer was signed by the key on the card."""
    content = {key: value for key, value in answer.items() if key != "signature"}
    key = Ed25519PublicKey.from_public_bytes(decode(text_of(card, "public_key")))
    signed = b"relconsole-answer/1\n" + rfc8785.dumps(content)
    key.verify(decode(text_of(answer, "signature")), signed)


@settings(max_examples=150, deadline=None)
@given(values)
def test_that_canonical_bytes_are_those_of_the_standard(value: Json) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [1.5, [1.0], {"a": 2.0}, 2**53, "\ud800"])
def test_that_a_value_without_one_spelling_is_refused(value: Json) -> None:
    with pytest.raises(MalformedError):
        canonical_bytes(value)


@pytest.mark.parametrize(
    "text", [b'{"a":1,"a":2}', b'{"a":1.0}', b'{"a":NaN}', b"[]", b"{", b"\xff"]
)
def test_that_a_text_with_two_readings_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_strictly(text)


def test_that_an_answer_signs_the_digest_and_names_the_key() -> None:
    lena = Person("lena")
    asked = request()
    answer = lena.sign(lena.consider(encoded(asked), NOW), NOW)
    card = lena.public_key()
    assert {key: value for key, value in answer.items() if key != "signature"} == {
        "format": "relconsole-answer/1",
        "digest": asked["digest"],
        "signer": "lena",
        "key": card["fingerprint"],
        "signed_at": "2026-04-21T01:30:00Z",
        "expires": asked["expires"],
    }
    assert card["algorithm"] == "ed25519"
    raw = decode(text_of(card, "public_key"))
    assert hashlib.sha256(raw).hexdigest() == card["fingerprint"]
    check(card, answer)
    with pytest.raises(InvalidSignature):
        check(card, {**answer, "signer": "mara"})
    with pytest.raises(InvalidSignature):
        check(Person("lena").public_key(), answer)


def test_that_anybody_but_the_asker_may_answer_a_request_to_nobody_in_particular() -> None:
    asked = encoded(request(person_asked=None))
    assert Person("jo").consider(asked, NOW).act == "rollback"
    with pytest.raises(DeclinedError):
        Person("mara").consider(asked, NOW)


def test_that_a_request_to_somebody_else_is_left_alone() -> None:
    with pytest.raises(NotForMeError):
        Person("jo").consider(encoded(request()), NOW)


@pytest.mark.parametrize("asker", ["lena", "LENA", " lena "])
def test_that_nobody_signs_for_themselves(asker: str) -> None:
    with pytest.raises(DeclinedError):
        Person("lena").consider(encoded(request(asked_by=asker)), NOW)


@pytest.mark.parametrize(
    "expires", ["2026-04-21T01:30:00Z", "2026-04-20T01:30:00Z", "2027-01-01T00:00:00Z"]
)
def test_that_a_request_that_is_over_or_too_long_is_declined(expires: str) -> None:
    with pytest.raises(DeclinedError):
        Person("lena").consider(encoded(request(expires=expires)), NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {**request(), "act": "resume"},
        {**request(), "what": {"release": "another"}},
        {**request(), "more": True},
        {**request(), "digest": "0" * 64},
        {key: value for key, value in request().items() if key != "digest"},
        {key: value for key, value in request().items() if key != "expires"},
        request(format="relconsole-request/2"),
        request(person_asked=7),
        request(what=[]),
        request(expires="2026-04-21T01:40:00"),
        request(expires="soonZ"),
    ],
)
def test_that_a_request_that_is_not_what_it_says_is_refused(changed: dict[str, Json]) -> None:
    with pytest.raises(MalformedError):
        Person("lena").consider(encoded(changed), NOW)


@pytest.fixture
def lena(tmp_path: Path) -> Generator[subprocess.Popen[str]]:
    process = begin_module(
        "relconsole_estate.person", "--id", "lena", "--folder", str(tmp_path), "--think", "0.2"
    )
    assert comes_true((tmp_path / "lena.public.json").exists, 5)
    yield process
    process.kill()
    process.communicate()


def soon() -> str:
    return (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_that_a_persons_process_signs_beside_the_request_and_tells_why_not(
    tmp_path: Path, lena: subprocess.Popen[str]
) -> None:
    write_json(tmp_path / "past.request.json", request())
    write_json(tmp_path / "own.request.json", request(asked_by="lena", expires=soon()))
    write_json(tmp_path / "false.request.json", {**request(expires=soon()), "act": "resume"})
    write_json(tmp_path / "steer.request.json", request(act="\x1b[2J", expires=soon()))
    write_json(tmp_path / "good.request.json", request(expires=soon()))
    write_json(tmp_path / "jo.request.json", request(person_asked="jo", expires=soon()))
    answers = [tmp_path / f"{name}.answer.json" for name in ("good", "steer")]
    assert comes_true(lambda: all(path.exists() for path in answers), 5)
    card = parse_strictly((tmp_path / "lena.public.json").read_bytes())
    for path in answers:
        check(card, parse_strictly(path.read_bytes()))
    assert sorted(tmp_path.glob("*.answer.json")) == sorted(answers)

    lena.terminate()
    said, _ = lena.communicate(timeout=5)
    assert "good.request.json: mara asks for rollback until" in said
    assert 'release: "payments-core-2026.4"' in said
    assert "past.request.json: declined, it expired at" in said
    assert "own.request.json: declined, I asked for it myself" in said
    assert "false.request.json: declined, its digest is" in said
    assert "jo.request.json" not in said
    assert "\x1b" not in said


def test_that_an_answer_that_is_there_is_never_written_over(
    tmp_path: Path, lena: subprocess.Popen[str]
) -> None:
    there = tmp_path / "asked.answer.json"
    there.write_text("somebody's", encoding="utf-8")
    write_json(tmp_path / "asked.request.json", request(expires=soon()))
    write_json(tmp_path / "later.request.json", request(expires=soon()))
    assert comes_true((tmp_path / "later.answer.json").exists, 5)
    assert there.read_text(encoding="utf-8") == "somebody's"


def test_that_a_request_changed_while_the_person_thinks_is_not_signed_as_it_was(
    tmp_path: Path, lena: subprocess.Popen[str]
) -> None:
    path = tmp_path / "moving.request.json"
    write_json(path, request(expires=soon()))
    assert lena.stdout is not None
    while "moving.request.json" not in lena.stdout.readline():
        pass
    other = request(expires=soon(), what={"release": "another"})
    write_json(path, other)
    answer = tmp_path / "moving.answer.json"
    # What was shown is not what lies there now, so nothing is signed before it was shown.
    assert comes_true(answer.exists, 5)
    lena.terminate()
    said, _ = lena.communicate(timeout=5)
    assert text_of(parse_strictly(answer.read_bytes()), "digest") == other["digest"]
    assert 'release: "another"' in said
