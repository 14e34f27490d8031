"""Journals of random nights, with keys and people, for whatever must judge or damage one."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec.structs

from relconsole.domain.kernel.ids import FactId, PersonId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.record.checkpoint import Checkpoint, sign_checkpoint
from relconsole.domain.record.envelope import ActSignature, Envelope, act_message_of, line
from relconsole.domain.record.file_form import JournalKind, export_lines
from relconsole.domain.record.request import answer_bytes, answer_request, make_request
from relconsole.domain.record.signature import SigningKey, to_base64url
from relconsole.domain.record.tree import Frontier, leaf_hash

START: Final = datetime(2026, 8, 8, 20, 0, tzinfo=UTC)
JOURNALS: Final = 16
EVERY: Final = 7
"""Facts between two checkpoints."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A journal, and what is needed to write it again."""

    key: SigningKey
    people: Mapping[str, SigningKey]
    facts: tuple[Envelope, ...]
    checkpoints: tuple[Checkpoint, ...]

    def lines(self, upto: int | None = None) -> list[bytes]:
        """Give the file as it was exported when it had so many facts, all of them for None."""
        facts = self.facts[:upto]
        return list(
            export_lines(
                journal="live-7",
                kind=JournalKind.LIVE,
                exported_at=START + timedelta(minutes=len(facts)),
                key=self.key,
                facts=[line(fact) for fact in facts],
                checkpoints=[head for head in self.checkpoints if head.size <= len(facts)],
            )
        )

    def sealed(self, facts: Sequence[Envelope], key: SigningKey | None = None) -> Sample:
        """Give the journal of these facts, sealed anew by this key, its own for None."""
        signer = key or self.key
        return Sample(signer, self.people, tuple(facts), seal(facts, signer))


def seal(facts: Sequence[Envelope], key: SigningKey) -> tuple[Checkpoint, ...]:
    """Give a checkpoint every few facts, and one over all."""
    tree, heads = Frontier(), list[Checkpoint]()
    for fact in facts:
        tree = tree.append(leaf_hash(line(fact)))
        if tree.size % EVERY == 0 or tree.size == len(facts):
            heads.append(
                sign_checkpoint(
                    journal=fact.journal, size=tree.size, root=tree.digest, at=fact.at, key=key
                )
            )
    return tuple(heads)


@lru_cache(maxsize=JOURNALS)
def sample(number: int) -> Sample:
    """Give a journal: people's keys, facts of a night, some signed, one key revoked at the end."""
    rng = random.Random(number)
    people = {name: SigningKey(rng.randbytes(32)) for name in ("ann", "bob", "zoë")}
    facts: list[Envelope] = []

    def record(kind: str, by: str | None, body: JsonObject, *, signed: bool = False) -> None:
        fact = Envelope(
            seq=len(facts) + 1,
            id=FactId(f"f{number}-{len(facts) + 1}"),
            journal="live-7",
            stream="release/payments-core-2026.4",
            kind=kind,
            version=1,
            at=START + timedelta(seconds=len(facts), microseconds=rng.choice((0, 250_000))),
            tick=1000 * len(facts),
            by=None if by is None else PersonId(by),
            body=body,
        )
        facts.append(sign_act(fact, people[by]) if signed and by else fact)

    body: JsonObject
    for name, key in people.items():
        body = {
            "person": name,
            "public_key": key.public.text,
            "fingerprint": key.public.fingerprint,
        }
        record("key_registered", "ann", body)
    record("step_started", "ann", {"step": "s0", "commit": second("ann", "zoë", people)})
    for _ in range(rng.randrange(20, 45)):
        by = rng.choice(["ann", "bob", "zoë", None])
        body = {
            "step": f"s{rng.randrange(90)}",
            "seconds": rng.choice([90, 90.5, 1e-7, 12.25]),
            "note": rng.choice(["", "déjà vu", 'a "quoted" word', "zero\u0000", "𝄞"]),
            "tags": ["x"] * rng.randrange(3),
            "done": rng.random() < 0.5,
        }
        others = [name for name in people if name != by]
        if by and rng.random() < 0.3:
            body = {**body, "commit": second(by, rng.choice(others), people)}
        record(rng.choice(["step_started", "gate_voted"]), by, body, signed=rng.random() < 0.4)
    record("key_revoked", "ann", {"fingerprint": people["bob"].public.fingerprint}, signed=True)
    record("night_closed", "zoë", {"outcome": "rolled_back"}, signed=True)
    key = SigningKey(rng.randbytes(32))
    return Sample(key, people, tuple(facts), seal(facts, key))


def second(by: str, other: str, people: Mapping[str, SigningKey]) -> JsonObject:
    """Give another person's answer to a person's request, as a fact's body holds it."""
    request = make_request(
        act="commit",
        journal="live-7",
        person_asked=None,
        asked_by=PersonId(by),
        what={"step": "s1"},
        asked_at=START,
        expires=START + timedelta(hours=9),
    )
    answer = answer_request(request, PersonId(other), people[other], START)
    held: JsonObject = json.loads(answer_bytes(answer))
    return {name: value for name, value in held.items() if name != "format"}


def sign_act(fact: Envelope, key: SigningKey) -> Envelope:
    """Give the fact signed by its person's key."""
    message = act_message_of(fact)
    assert message is not None
    act = ActSignature(key=key.public.fingerprint, signature=to_base64url(key.sign(message)))
    return msgspec.structs.replace(fact, act=act)
