"""Obtaining a second person's signature: asked as a fact, laid down, signed elsewhere or here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relconsole.domain.kernel.ids import Digest, PersonId, RunId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.rollback_commands import AskSignature
from relconsole.domain.night.rollback_facts import SignatureAsked, TwoPersonAct
from relconsole.domain.record.canonical import canonical
from relconsole.domain.record.request import Answer
from relconsole.ports.credentials import Secret
from relconsole.ports.signing import SigningRequests
from relconsole.services.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSignature:
    """A signature that was asked for, and where its request lies.

    ``person_asked`` is None where anybody entitled may answer.
    """

    digest: Digest
    act: TwoPersonAct
    thing: str
    place: str
    person_asked: PersonId | None
    asked_at: datetime
    expires: datetime


class Seconding:
    """Asks for second signatures and gives the answers; whether one counts the domain says."""

    def __init__(self, *, desk: Desk, requests: SigningRequests) -> None:
        """Take the desk, and where requests and answers lie."""
        self._desk = desk
        self._requests = requests

    async def ask(
        self,
        run: RunId,
        act: TwoPersonAct,
        thing: str,
        *,
        shows: JsonObject,
        person_asked: PersonId | None = None,
    ) -> AskedSignature | Refusal:
        """Record that a signature is asked, lay the request down, and give where."""
        ask = AskSignature(
            run=run,
            act=act,
            thing=thing,
            person_asked=person_asked,
            shows=canonical(shows).decode(),
        )
        records = await self._desk.submit(ask)
        if isinstance(records, Refusal):
            return records
        recorded, fact = next(
            (each, each.fact) for each in records if isinstance(each.fact, SignatureAsked)
        )
        place = await self._requests.publish(fact.digest, fact.request)
        return AskedSignature(
            digest=fact.digest,
            act=act,
            thing=thing,
            place=place,
            person_asked=person_asked,
            asked_at=recorded.at,
            expires=fact.expires,
        )

    async def answer_to(self, asked: AskedSignature) -> Answer | None:
        """Give the answer that appeared, None while there is none."""
        return await self._requests.answer_to(asked.digest)

    async def sign_here(
        self, asked: AskedSignature, person: PersonId, passphrase: Secret
    ) -> Answer:
        """Let a person sign at this machine, in a program of their own."""
        return await self._requests.sign(asked.digest, person, passphrase)
