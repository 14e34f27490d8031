"""The keys of people from a window: opening one's own, making it, confirming another's, ending it.

One process opens at most one person's key; whoever confirms while another's is open signs in a
process of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from relconsole.domain.console.commands import EnrolKey, RegisterKey, RevokeKey
from relconsole.domain.console.decide_keys import enrolment_binding
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import Digest, Fingerprint, PersonId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.readiness.keys import (
    ENROL_ACT,
    KeyEnrolled,
    KeyFact,
    KeyRegistered,
    KeyRevoked,
)
from relconsole.domain.record.request import Answer, make_request, request_bytes
from relconsole.domain.record.signature import SigningKey
from relconsole.ports.clock import Clock
from relconsole.ports.credentials import Secret
from relconsole.ports.person_keys import PersonKeys
from relconsole.ports.signing import SigningRequests
from relconsole.services.desk import Desk, Records, Signer

REQUEST_LIFE: Final = timedelta(minutes=30)
"""How long somebody has for confirming a key elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedKey:
    """Whose key is open now; ``is_new`` where this record learned of it by the opening."""

    person: PersonId
    fingerprint: Fingerprint
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedConfirmation:
    """A confirmation that was asked for in a file; ``person_asked`` None lets anybody answer."""

    person: PersonId
    fingerprint: Fingerprint
    digest: Digest
    request: str
    place: str
    person_asked: PersonId | None
    expires: datetime


class KeyKeeper:
    """Does what a window wants of keys; which of them count the domain says."""

    def __init__(
        self, *, desk: Desk, keys: PersonKeys, requests: SigningRequests, clock: Clock
    ) -> None:
        """Take the desk, where keys are kept, and where requests and answers lie."""
        self._desk = desk
        self._keys = keys
        self._requests = requests
        self._clock = clock

    @property
    def place(self) -> str:
        """Give where keys are kept, in words."""
        return self._keys.place

    @property
    def durable(self) -> bool:
        """Tell whether a key that is made here outlives the program."""
        return self._keys.durable

    async def is_kept(self, person: PersonId) -> bool:
        """Tell whether a key of this person is kept here."""
        return await self._keys.kept(person) is not None

    async def history(self) -> tuple[KeyFact, ...]:
        """Give what the record says of keys, in its order."""
        envelopes = await self._desk.journal.read()
        about = frozenset(each.id for each in envelopes if each.stream == "keys")
        records = await self._desk.find(about, len(envelopes))
        return tuple(
            each.fact
            for each in records
            if isinstance(each.fact, KeyRegistered | KeyEnrolled | KeyRevoked)
        )

    async def open(self, person: PersonId, passphrase: Secret) -> OpenedKey | Refusal:
        """Open a person's key, in the place of whose was open before.

        A key that this record does not know is registered, since nothing signed by it could be
        checked. PersonMustAct for a wrong passphrase and where no key is kept.
        """
        return await self._take(person, await self._keys.open(person, passphrase))

    def close(self) -> None:
        """Close the key that is open, if any."""
        self._desk.sign_as(None)

    async def make(
        self, person: PersonId, passphrase: Secret, *, replaces: bool = False
    ) -> OpenedKey | Refusal:
        """Make a key, keep it, register it and open it; it counts once somebody confirmed it.

        PersonMustAct where one is kept already and it is not said that it is to be replaced.
        """
        if not replaces and await self.is_kept(person):
            raise PersonMustAct(
                f"{self.place} keeps a key of {person} already.",
                why="A new one would take its place, and count only after somebody confirmed it.",
                do="Open the kept one, or say that it is to be replaced.",
            )
        made = await self._keys.make(person, passphrase)
        # Kept before it is registered: a registered key that nobody holds would be a dead end.
        await self._keys.keep(person, made.sealed)
        return await self._take(person, made.key)

    async def confirm(
        self, person: PersonId, fingerprint: Fingerprint, means: str
    ) -> Records | Refusal:
        """Confirm somebody's key as the person whose own is open."""
        return await self._desk.submit(
            EnrolKey(person=person, fingerprint=fingerprint, means=means)
        )

    async def ask(
        self, person: PersonId, fingerprint: Fingerprint, person_asked: PersonId | None
    ) -> AskedConfirmation:
        """Lay down a request that somebody else confirms a key, and give where."""
        now = self._clock.now()
        people = self._desk.state.workspace.estate.people
        known = people.get(person)
        request = make_request(
            act=ENROL_ACT,
            journal=self._desk.journal.id,
            person_asked=person_asked,
            asked_by=self._desk.person or person,
            what={
                "binds": enrolment_binding(person, fingerprint),
                "shows": {"name": person if known is None else known.name},
            },
            asked_at=now,
            expires=now + REQUEST_LIFE,
        )
        text = request_bytes(request).decode()
        place = await self._requests.publish(request.digest, text)
        return AskedConfirmation(
            person=person,
            fingerprint=fingerprint,
            digest=request.digest,
            request=text,
            place=place,
            person_asked=person_asked,
            expires=request.expires,
        )

    async def answer_to(self, asked: AskedConfirmation) -> Answer | None:
        """Give the answer that appeared, None while there is none."""
        return await self._requests.answer_to(asked.digest)

    async def sign_here(self, asked: AskedConfirmation, by: PersonId, passphrase: Secret) -> Answer:
        """Let somebody sign at this machine, in a program of their own."""
        return await self._requests.sign(asked.digest, by, passphrase)

    async def take_answer(
        self, asked: AskedConfirmation, answer: Answer, means: str
    ) -> Records | Refusal:
        """Record the confirmation that somebody signed elsewhere."""
        return await self._desk.submit(
            EnrolKey(
                person=asked.person,
                fingerprint=asked.fingerprint,
                means=means,
                request=asked.request,
                answer=answer,
            )
        )

    async def revoke(self, fingerprint: Fingerprint, reason: str) -> Records | Refusal:
        """End a key as the person whose own is open."""
        return await self._desk.submit(RevokeKey(fingerprint=fingerprint, reason=reason))

    async def _take(self, person: PersonId, key: SigningKey) -> OpenedKey | Refusal:
        """Let this be the open key, registered where the record does not know it."""
        public = key.public
        is_new = public.fingerprint not in self._desk.state.keys.keys
        if is_new:
            command = RegisterKey(person=person, public_key=public.text)
            answer = await self._desk.submit(command, Actor(person=person, key=public.fingerprint))
            if isinstance(answer, Refusal):
                return answer
        self._desk.sign_as(Signer(person=person, key=key))
        return OpenedKey(person=person, fingerprint=public.fingerprint, is_new=is_new)
