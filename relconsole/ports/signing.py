"""Asking a second person to sign, as a port: requests and answers lie beside each other.

The second person signs in a program of their own, wherever that runs, so that no process ever has
the keys of two people open.
"""

from __future__ import annotations

from typing import Protocol

from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.record.request import Answer
from relconsole.ports.credentials import Secret


class SigningRequests(Protocol):
    """The place where requests are laid down and answers appear."""

    async def publish(self, digest: Digest, request: str) -> str:
        """Lay a request down durably and give where; WorldIsDown where that is impossible."""
        ...

    async def answer_to(self, digest: Digest) -> Answer | None:
        """Give the answer that appeared, None while there is none; PersonMustAct for a bad one."""
        ...

    async def sign(self, digest: Digest, person: PersonId, passphrase: Secret) -> Answer:
        """Let a person sign here, in a program of their own, and give the answer.

        PersonMustAct where it was not signed, with the reason; WorldIsDown where the program did
        not end in time.
        """
        ...
