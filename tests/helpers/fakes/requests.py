"""Signing requests in memory: laid down, and answered by whoever a test lets answer."""

from __future__ import annotations

from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.record.request import Answer
from relconsole.ports.credentials import Secret


class FakeRequests:
    """The requests of a store; `answers` are what came back, by digest."""

    def __init__(self) -> None:
        self.published: dict[Digest, str] = {}
        self.answers: dict[Digest, Answer] = {}

    async def publish(self, digest: Digest, request: str) -> str:
        self.published[digest] = request
        return f"requests/{digest[:16]}.request.json"

    async def answer_to(self, digest: Digest) -> Answer | None:
        return self.answers.get(digest)

    async def sign(self, digest: Digest, person: PersonId, passphrase: Secret) -> Answer:
        answer = self.answers.get(digest)
        if answer is None:
            raise PersonMustAct(f"The passphrase does not open the key of {person}.")
        return answer
