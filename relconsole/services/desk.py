"""Submitting a command: the domain decides, the journal keeps, and only then it has happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.console.decide import decide
from relconsole.domain.console.evolve import evolve, fold
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.errors import RuleRefuses
from relconsole.domain.kernel.ids import EffectId, FactId, PersonId, RunId
from relconsole.domain.kernel.refusal import Refusal, refuse
from relconsole.domain.night.around import Actor
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectIntended,
    EffectRefused,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
)
from relconsole.domain.night.state import RunState
from relconsole.domain.record.codec import Codec
from relconsole.domain.record.effect import Effect
from relconsole.domain.record.envelope import (
    ActSignature,
    Envelope,
    act_message,
    act_message_of,
)
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.record.signature import SigningKey, is_signed_in_text, to_base64url
from relconsole.ports.clock import Clock, Ids
from relconsole.ports.inbox import Order, SignedAct
from relconsole.ports.journal import Batch, Journal, StaleFence

Records = tuple[Recorded[ConsoleFact], ...]

_BRAKED = refuse(
    "line_stopped",
    "line",
    "the line is being stopped; nothing leaves",
    "the stop is recorded, and two people resume",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The one person whose key is open in this process."""

    person: PersonId
    key: SigningKey


def stream_of(fact: ConsoleFact, state: ConsoleState) -> str:
    """Give the stream that a fact belongs to: its release, the keys, or the workspace."""
    release = getattr(fact, "release", None)
    run = getattr(fact, "run", None)
    if run is not None and run in state.runs:
        return f"release/{state.runs[run].release}"
    if release is not None:
        return f"release/{getattr(release, 'id', release)}"
    return "keys" if fact.KIND.startswith("key_") else "workspace"


class Desk:
    """Takes commands one after the other; its state is the fold of what is durable, never more."""

    def __init__(
        self,
        *,
        journal: Journal,
        clock: Clock,
        ids: Ids,
        codec: Codec[ConsoleFact],
        state: ConsoleState,
        signer: Signer | None = None,
        announce: Callable[[Recorded[ConsoleFact], ConsoleState], None] | None = None,
        brake: Callable[[], bool] | None = None,
    ) -> None:
        """Take the ports, the state that the journal comes to, and whose key is open.

        ``brake`` tells whether somebody has stopped the line whose word is not recorded yet.
        """
        self._journal = journal
        self._clock = clock
        self._ids = ids
        self._codec = codec
        self._state = state
        self._signer = signer
        self._announce = announce
        self._brake = brake
        self._turn = asyncio.Lock()

    @property
    def state(self) -> ConsoleState:
        """Give the state as it is on disk."""
        return self._state

    @property
    def journal(self) -> Journal:
        """Give the journal behind the desk."""
        return self._journal

    @property
    def person(self) -> PersonId | None:
        """Give the person whose key is open."""
        return self._signer.person if self._signer else None

    def sign_as(self, signer: Signer | None) -> None:
        """Let this one person's key be open, or nobody's; whose it was before is closed."""
        self._signer = signer

    def run(self, run: RunId) -> RunState:
        """Give a run as it is on disk."""
        return self._state.runs[run]

    @property
    def is_braked(self) -> bool:
        """Tell whether a stop that is not recorded yet keeps everything from leaving."""
        return self._brake is not None and self._brake()

    @property
    def actor(self) -> Actor:
        """Give the actor of a person's own acts."""
        if self._signer is None:
            return Actor()
        return Actor(person=self._signer.person, key=self._signer.key.public.fingerprint)

    @property
    def console(self) -> Actor:
        """Give the actor of what the console itself observed."""
        return Actor(person=self.person, is_console=True)

    async def find(self, facts: AbstractSet[FactId], among: int) -> Records:
        """Give those of these facts that stand among so many of the newest, in their order."""
        newest = await self._journal.read(max(0, self._state.size - among))
        return tuple(open_envelope(each, self._codec) for each in newest if each.id in facts)

    async def records(self) -> Records:
        """Give everything that is recorded, in its order."""
        found, codec = await self._journal.read(), self._codec
        return await asyncio.to_thread(lambda: tuple(open_envelope(it, codec) for it in found))

    async def submit(
        self, command: ConsoleCommand, actor: Actor | None = None
    ) -> Records | Refusal:
        """Give the facts that a command came to, durable when this returns, or the refusal.

        ``actor`` None is the person whose key is open. Raises StaleFence where another console took
        the run over, WorldIsDown where the disk refuses; then nothing has happened.
        """
        async with self._turn:
            who, now = actor or self.actor, self._clock.now()
            facts = decide(self._state, command, who, now, self._journal.id)
            if isinstance(facts, Refusal):
                return facts
            if _leaves(facts) and self.is_braked:
                return _BRAKED
            return await self._keep(command, facts, who, now)

    async def must_be_newest(self) -> None:
        """Raise StaleFence where somebody else wrote, before what leaves without a fact."""
        async with self._turn:
            size = await self._journal.size()
        if size != self._state.size:
            raise StaleFence(f"the journal has {size} facts, and {self._state.size} were ours")

    def would_refuse(self, command: ConsoleCommand, actor: Actor) -> Refusal | None:
        """Give why a command would be refused now, None where it would not; nothing is recorded."""
        facts = decide(self._state, command, actor, self._clock.now(), self._journal.id)
        return facts if isinstance(facts, Refusal) else None

    async def must(self, command: ConsoleCommand, actor: Actor | None = None) -> Records:
        """Give the facts of a command; RuleRefuses where it is refused."""
        answer = await self.submit(command, actor)
        if isinstance(answer, Refusal):
            raise RuleRefuses(answer)
        return answer

    async def adopt(self, command: ConsoleCommand, order: Order) -> Records | Refusal:
        """Record what a command of another process comes to, under that person's signatures.

        Refused where it comes to other facts here, or a signature is not over them.
        """
        async with self._turn:
            unproven = _key_reasons(self._state, order)
            if unproven is not None:
                return unproven
            actor = Actor(person=order.by, key=order.key)
            # A poster's clock that runs ahead makes nothing due that is not due here.
            now = min(order.at, self._clock.now())
            facts = decide(self._state, command, actor, now, self._journal.id)
            if isinstance(facts, Refusal):
                return facts
            if _leaves(facts) and self.is_braked:
                return _BRAKED
            if len(facts) != len(order.acts):
                says = "the night has moved on since it was decided"
                return refuse("night_moved", order.id, says, "decide again")
            envelopes: list[Envelope] = []
            for number, (fact, act) in enumerate(zip(facts, order.acts, strict=True), 1):
                envelope = self._foreign(fact, act, order, self._state.size + number)
                if isinstance(envelope, Refusal):
                    return envelope
                envelopes.append(envelope)
            return await self.append(tuple(envelopes), facts)

    def _foreign(
        self, fact: ConsoleFact, act: SignedAct, order: Order, seq: int
    ) -> Envelope | Refusal:
        """Give the envelope of a fact that somebody signed elsewhere."""
        kind, version, body = self._codec.encode(fact)
        envelope = Envelope(
            seq=seq,
            id=act.id,
            journal=self._journal.id,
            stream=stream_of(fact, self._state),
            kind=kind,
            version=version,
            at=order.at,
            tick=int(self._clock.tick() * 1000),
            by=order.by,
            body=body,
            act=ActSignature(key=order.key, signature=act.signature) if order.key else None,
        )
        message = act_message_of(envelope)
        if order.key is None or message is None:
            return envelope
        if is_signed_in_text(self._state.keys.keys[order.key], message, act.signature):
            return envelope
        says = "the signature is not over what it comes to here"
        return refuse("order_not_signed", order.id, says, "decide again")

    async def _keep(
        self,
        _command: ConsoleCommand,
        facts: tuple[ConsoleFact, ...],
        actor: Actor,
        decided: datetime,
    ) -> Records | Refusal:
        """Give the facts as recorded, after one durable transaction."""
        return await self.append(self.seal(facts, actor, decided), facts)

    def seal(
        self, facts: tuple[ConsoleFact, ...], actor: Actor, decided: datetime
    ) -> tuple[Envelope, ...]:
        """Give the envelopes of facts that come next, all of the instant of their decision.

        Whoever decides them again elsewhere, at that instant, comes to what was signed here.
        """
        state = self._state
        envelopes: list[Envelope] = []
        for fact in facts:
            if envelopes:
                state = evolve(state, _recorded(envelopes[-1], facts[len(envelopes) - 1]))
            envelopes.append(self._seal(fact, actor, state, decided))
        return tuple(envelopes)

    async def append(
        self, envelopes: tuple[Envelope, ...], facts: tuple[ConsoleFact, ...]
    ) -> Records:
        """Append sealed facts durably and go on from them."""
        if not facts:
            return ()
        state = self._state
        records: list[Recorded[ConsoleFact]] = []
        effects: dict[str, Effect] = {}
        steps: list[ConsoleState] = []
        for envelope, fact in zip(envelopes, facts, strict=True):
            recorded = _recorded(envelope, fact)
            state = evolve(state, recorded)
            if (moved := moved_effect_of(state, recorded)) is not None:
                effects[moved.id] = moved
            records.append(recorded)
            steps.append(state)
        await self._journal.append(Batch(envelopes=envelopes, effects=tuple(effects.values())))
        self._state = state
        if self._announce is not None:
            for recorded, after in zip(records, steps, strict=True):
                self._announce(recorded, after)
        return tuple(records)

    def _seal(self, fact: ConsoleFact, actor: Actor, state: ConsoleState, at: datetime) -> Envelope:
        """Give the envelope of a fact, signed where the person whose key is open acts."""
        kind, version, body = self._codec.encode(fact)
        by = None if actor.is_console else actor.person
        envelope = Envelope(
            seq=state.size + 1,
            id=FactId(self._ids.fresh()),
            journal=self._journal.id,
            stream=stream_of(fact, state),
            kind=kind,
            version=version,
            at=at,
            tick=int(self._clock.tick() * 1000),
            by=by,
            body=body,
            act=None,
        )
        signer = self._signer
        # Only a key that the journal itself introduces can be checked by whoever verifies it.
        is_known = signer is not None and signer.key.public.fingerprint in state.keys.keys
        if signer is None or by != signer.person or not is_known:
            return envelope
        return msgspec.structs.replace(envelope, act=_sign(signer, envelope))


def _sign(signer: Signer, envelope: Envelope) -> ActSignature:
    """Give a person's signature under an act of theirs."""
    message = act_message(
        id=envelope.id,
        journal=envelope.journal,
        stream=envelope.stream,
        kind=envelope.kind,
        version=envelope.version,
        at=envelope.at,
        by=signer.person,
        body=envelope.body,
    )
    signature = to_base64url(signer.key.sign(message))
    return ActSignature(key=signer.key.public.fingerprint, signature=signature)


def _leaves(facts: tuple[ConsoleFact, ...]) -> bool:
    """Tell whether facts let something leave."""
    return any(isinstance(fact, EffectIntended | EffectSent) for fact in facts)


def _key_reasons(state: ConsoleState, order: Order) -> Refusal | None:
    """Give why the key of an order is not the one of whom it names, None where it is.

    Not every act asks who signs: anybody stops the line, yet nobody in another's name.
    """
    if order.key is None:
        return None
    owner = state.keys.owners.get(order.key)
    people = state.workspace.estate.people
    if owner is not None and order.by is not None and are_one_person(people, owner, order.by):
        return None
    says = f"{order.key} is no key of {order.by or 'nobody'}"
    return refuse("another_key", order.id, says, "sign with the own key")


def _recorded(envelope: Envelope, fact: ConsoleFact) -> Recorded[ConsoleFact]:
    """Give the recorded fact of an envelope that holds it."""
    return Recorded(
        id=envelope.id,
        seq=envelope.seq,
        at=envelope.at,
        by=envelope.by,
        key=envelope.act.key if envelope.act else None,
        fact=fact,
    )


def moved_effect_of(state: ConsoleState, recorded: Recorded[ConsoleFact]) -> Effect | None:
    """Give the projection of the effect that a fact intended or moved, None for other facts.

    It bears the token under which the run is held now: an effect that outlived the console which
    intended it is moved by the one that took the run up.
    """
    match recorded.fact:
        case EffectIntended(run=run):
            effect = EffectId(recorded.id)
        case (
            EffectSent(run=run, effect=effect)
            | EffectAcknowledged(run=run, effect=effect)
            | EffectConfirmed(run=run, effect=effect)
            | EffectUnknown(run=run, effect=effect)
            | EffectRefused(run=run, effect=effect)
            | EffectSettledByHand(run=run, effect=effect)
        ):
            pass
        case _:
            return None
    found = state.runs[run]
    return replace(found.effects[effect].effect, fence=found.fence)


async def load_state(journal: Journal, codec: Codec[ConsoleFact]) -> ConsoleState:
    """Give the fold of everything that a journal holds."""
    found = await journal.read()
    # On a thread: neither decoding nor folding may hold a window up.
    return await asyncio.to_thread(lambda: fold(open_envelope(it, codec) for it in found))


def open_envelope(envelope: Envelope, codec: Codec[ConsoleFact]) -> Recorded[ConsoleFact]:
    """Give the recorded fact of an envelope; InputRejected for a fact that nobody knows."""
    return _recorded(envelope, codec.decode(envelope.kind, envelope.version, envelope.body))
