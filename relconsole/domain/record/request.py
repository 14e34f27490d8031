"""Signing requests and their answers, as they pass between two people's processes.

A request shows what is asked, whole; an answer binds a key to the digest of that request. Both are
plain JSON objects, so that a stranger's tool can sign. Who may sign what is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal, cast

import msgspec

from relconsole.domain.kernel.errors import InputRejected, Problem
from relconsole.domain.kernel.ids import Digest, Fingerprint, PersonId
from relconsole.domain.kernel.instants import format_instant, parse_written_instant
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.record.canonical import canonical, digest_of
from relconsole.domain.record.signature import (
    PublicKey,
    SigningKey,
    is_signed_in_text,
    to_base64url,
)

REQUEST_FORMAT: Final = "relconsole-request/1"
ANSWER_FORMAT: Final = "relconsole-answer/1"
ANSWER_PREFIX: Final = b"relconsole-answer/1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRequest:
    """What one person asks another to sign.

    ``act`` is the kind of act; ``person_asked`` is None where anyone entitled may answer; ``what``
    holds no floating-point numbers, which tools write differently; instants are in UTC; ``digest``
    is over everything else.
    """

    act: str
    journal: str
    person_asked: PersonId | None
    asked_by: PersonId
    what: JsonObject
    asked_at: datetime
    expires: datetime
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A signature over a request's digest; instants are in UTC, the signature is base64url."""

    digest: Digest
    signer: PersonId
    key: Fingerprint
    signed_at: datetime
    expires: datetime
    signature: str


_Hex = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
_Text = Annotated[str, msgspec.Meta(min_length=1)]


class _Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of a request."""

    format: Literal["relconsole-request/1"]
    act: _Text
    journal: _Text
    person_asked: _Text | None
    asked_by: _Text
    what: dict[str, object]
    asked_at: str
    expires: str
    digest: _Hex


class _Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of an answer."""

    format: Literal["relconsole-answer/1"]
    digest: _Hex
    signer: _Text
    key: _Hex
    signed_at: str
    expires: str
    signature: _Text


def make_request(
    *,
    act: str,
    journal: str,
    person_asked: PersonId | None,
    asked_by: PersonId,
    what: JsonObject,
    asked_at: datetime,
    expires: datetime,
) -> SigningRequest:
    """Give the request with its digest.

    ValueError for a float anywhere in ``what``, and for one that expires before it is asked.
    """
    _refuse_floats(what, "what")
    if expires <= asked_at:
        raise ValueError(f"a request asked at {asked_at} cannot expire at {expires}")
    parts = _request_parts(
        act=act,
        journal=journal,
        person_asked=person_asked,
        asked_by=asked_by,
        what=what,
        asked_at=format_instant(asked_at),
        expires=format_instant(expires),
    )
    return SigningRequest(
        act=act,
        journal=journal,
        person_asked=person_asked,
        asked_by=asked_by,
        what=what,
        asked_at=asked_at,
        expires=expires,
        digest=digest_of(parts),
    )


def request_bytes(request: SigningRequest) -> bytes:
    """Give the canonical bytes of the request object, digest included."""
    parts = _request_parts(
        act=request.act,
        journal=request.journal,
        person_asked=request.person_asked,
        asked_by=request.asked_by,
        what=request.what,
        asked_at=format_instant(request.asked_at),
        expires=format_instant(request.expires),
    )
    return canonical({**parts, "digest": request.digest})


def parse_request(raw: bytes, *, file: str = "request") -> SigningRequest:
    """Give the request of a file; InputRejected where it is none or its digest is not its own."""
    try:
        found = msgspec.json.decode(raw, type=_Request)
        request = make_request(
            act=found.act,
            journal=found.journal,
            person_asked=None if found.person_asked is None else PersonId(found.person_asked),
            asked_by=PersonId(found.asked_by),
            what=cast("JsonObject", found.what),
            asked_at=parse_written_instant(found.asked_at),
            expires=parse_written_instant(found.expires),
        )
    except (msgspec.MsgspecError, ValueError, RecursionError) as wrong:
        raise _rejected(file, "", f"no signing request: {wrong}") from wrong
    if request.digest != found.digest:
        message = f"says {found.digest}, but the request's own digest is {request.digest}"
        raise _rejected(file, "digest", message)
    return request


def answer_request(
    request: SigningRequest, signer: PersonId, key: SigningKey, now: datetime
) -> Answer:
    """Give the signed answer, which lives as long as its request; ValueError past that."""
    if now >= request.expires:
        raise ValueError(f"the request expired at {format_instant(request.expires)}")
    unsigned = Answer(
        digest=request.digest,
        signer=signer,
        key=key.public.fingerprint,
        signed_at=now,
        expires=request.expires,
        signature="",
    )
    return Answer(
        digest=unsigned.digest,
        signer=signer,
        key=unsigned.key,
        signed_at=now,
        expires=unsigned.expires,
        signature=to_base64url(key.sign(answer_message(unsigned))),
    )


def answer_message(answer: Answer) -> bytes:
    """Give what the key signs of an answer: everything but the signature."""
    return ANSWER_PREFIX + canonical(_answer_parts(answer))


def answer_bytes(answer: Answer) -> bytes:
    """Give the canonical bytes of the answer object."""
    return canonical({**_answer_parts(answer), "signature": answer.signature})


def parse_answer(raw: bytes, *, file: str = "answer") -> Answer:
    """Give the answer of a file; InputRejected where it is none."""
    try:
        found = msgspec.json.decode(raw, type=_Answer)
        return Answer(
            digest=Digest(found.digest),
            signer=PersonId(found.signer),
            key=Fingerprint(found.key),
            signed_at=parse_written_instant(found.signed_at),
            expires=parse_written_instant(found.expires),
            signature=found.signature,
        )
    except (msgspec.MsgspecError, ValueError) as wrong:
        raise _rejected(file, "", f"no answer: {wrong}") from wrong


def check_answer(
    answer: Answer, request: SigningRequest, public: PublicKey, now: datetime
) -> Reason | None:
    """Give why the answer does not count for the request at this instant, or None where it does.

    ``public`` is the key that the signer is enrolled with; whether the signer may sign this act is
    asked elsewhere.
    """
    if answer.digest != request.digest:
        says = f"the answer is to {answer.digest}, not to {request.digest}"
        return _reason("answer_to_another_request", answer, says)
    if request.person_asked is not None and answer.signer != request.person_asked:
        says = f"{request.person_asked} was asked, {answer.signer} answered"
        return _reason("answer_by_another_person", answer, says)
    if answer.key != public.fingerprint:
        says = f"signed with key {answer.key}, enrolled is {public.fingerprint}"
        return _reason("answer_with_another_key", answer, says)
    if not is_signed_in_text(public, answer_message(answer), answer.signature):
        return _reason("answer_not_signed", answer, "the signature does not belong to the answer")
    if answer.expires > request.expires:
        says = f"it claims to live until {format_instant(answer.expires)}, beyond its request"
        return _reason("answer_outlives_request", answer, says)
    if now >= answer.expires:
        says = f"it expired at {format_instant(answer.expires)}"
        return _reason("answer_expired", answer, says)
    return None


def _reason(rule: str, answer: Answer, says: str) -> Reason:
    """Give the reason with the only cure that there is."""
    return Reason(rule=rule, thing=answer.signer, says=says, lifts="ask again for a signature")


def _request_parts(
    *,
    act: str,
    journal: str,
    person_asked: PersonId | None,
    asked_by: PersonId,
    what: JsonObject,
    asked_at: str,
    expires: str,
) -> dict[str, Json]:
    """Give the request object without its digest."""
    return {
        "format": REQUEST_FORMAT,
        "act": act,
        "journal": journal,
        "person_asked": person_asked,
        "asked_by": asked_by,
        "what": what,
        "asked_at": asked_at,
        "expires": expires,
    }


def _answer_parts(answer: Answer) -> dict[str, Json]:
    """Give the answer object without its signature."""
    return {
        "format": ANSWER_FORMAT,
        "digest": answer.digest,
        "signer": answer.signer,
        "key": answer.key,
        "signed_at": format_instant(answer.signed_at),
        "expires": format_instant(answer.expires),
    }


def _refuse_floats(value: Json, field: str) -> None:
    """Raise ValueError, naming the place, for a float."""
    if isinstance(value, float):
        raise ValueError(f"{field}: {value} is a floating-point number; write it as text")  # noqa: TRY004
    if isinstance(value, Mapping):
        for key, item in value.items():
            _refuse_floats(item, f"{field}.{key}")
    elif isinstance(value, list | tuple):
        for at, item in enumerate(value):
            _refuse_floats(item, f"{field}[{at}]")


def _rejected(file: str, field: str, message: str) -> InputRejected:
    """Give the error for a file that cannot be taken."""
    return InputRejected((Problem(file=file, line=None, field=field, message=message),))
