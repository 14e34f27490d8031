"""Signing requests in memory, and people who sign with the keys of a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.record.request import Answer, answer_request, parse_request
from relconsole.domain.record.signature import SigningKey
from relconsole.ports.credentials import Secret


def passphrase_of(person: str) -> str:
    """The words that open a person's key."""
    return f"the words of {person}"


class FakeRequests:
    """Requests by digest; `answers` holds what people elsewhere wrote beside them."""

    def __init__(self, keys: Mapping[PersonId, SigningKey], now: Callable[[], datetime]) -> None:
        self._keys = keys
        self._now = now
        self.requests: dict[Digest, str] = {}
        self.answers: dict[Digest, Answer] = {}
        self.broken = ""

    async def publish(self, digest: Digest, request: str) -> str:
        self.requests[digest] = request
        return f"/requests/{digest[:16]}.request.json"

    async def answer_to(self, digest: Digest) -> Answer | None:
        if self.broken:
            raise PersonMustAct(self.broken)
        return self.answers.get(digest)

    async def sign(self, digest: Digest, person: PersonId, passphrase: Secret) -> Answer:
        if passphrase.reveal() != passphrase_of(person):
            raise PersonMustAct(f"The passphrase does not open the key of {person}.")
        self.signs(person, digest)
        return self.answers[digest]

    def signs(self, person: PersonId, digest: Digest | None = None) -> None:
        """Let somebody answer a request, the newest where none is named."""
        asked = digest or list(self.requests)[-1]
        request = parse_request(self.requests[asked].encode())
        self.answers[asked] = answer_request(request, person, self._keys[person], self._now())
