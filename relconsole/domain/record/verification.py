"""The judgement of an exported journal, by its own bytes, its anchors and a known key.

The stand-alone script for an auditor gives the same verdict with code of its own; a test compares
the two on damaged files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise

from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.kernel.ids import Digest, Fingerprint, PersonId
from relconsole.domain.kernel.json import Json, JsonObject, as_text
from relconsole.domain.record.canonical import canonical, is_canonical
from relconsole.domain.record.checkpoint import (
    Checkpoint,
    checkpoint_line,
    is_checkpoint_signed,
    parse_checkpoint,
)
from relconsole.domain.record.envelope import Envelope, act_message_of, parse_line
from relconsole.domain.record.file_form import Header, is_header_signed, parse_header
from relconsole.domain.record.request import ANSWER_FORMAT, ANSWER_PREFIX, Answer
from relconsole.domain.record.signature import PublicKey, is_signed_in_text
from relconsole.domain.record.tree import Frontier, leaf_hash

KEY_REGISTERED = "key_registered"
KEY_ENROLLED = "key_enrolled"
KEY_REVOKED = "key_revoked"
_ANSWER = frozenset(each.name for each in fields(Answer))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The verdict on a journal.

    ``first_broken`` counts facts from 1 and is None where nothing is broken, or not at a fact;
    ``anchored`` tells whether every anchor that was brought agrees, and at least one was;
    ``anchored_to`` is the number of facts that they cover; ``signed_by`` is None where the header
    is not signed by its own key; ``reasons`` say what is wrong and what could not be shown.
    """

    ok: bool
    facts: int
    root: Digest
    first_broken: int | None
    anchored: bool
    anchored_to: int
    signed_by: Fingerprint | None
    reasons: tuple[str, ...]


@dataclass(slots=True)
class _Findings:
    """What is wrong so far."""

    says: list[str] = field(default_factory=list[str])
    first: int | None = None

    def add(self, says: str, fact: int | None = None) -> None:
        """Keep one more, at this fact where it is at one."""
        self.says.append(says)
        if fact is not None and (self.first is None or fact < self.first):
            self.first = fact


@dataclass(slots=True)
class _People:
    """The people's keys as the facts so far introduce and revoke them."""

    keys: dict[str, tuple[PersonId, PublicKey]] = field(
        default_factory=dict[str, tuple[PersonId, PublicKey]]
    )
    revoked: set[str] = field(default_factory=set[str])

    def judge(self, envelope: Envelope) -> str | None:
        """Give what is wrong with the keys and the signature of the next fact, or None.

        A key may sign its own introduction, and its own end.
        """
        wrong = self._introduce(envelope) if envelope.kind == KEY_REGISTERED else None
        wrong = wrong or self._judge_signature(envelope) or self._judge_seconds(envelope)
        if envelope.kind == KEY_REVOKED:
            self.revoked.add(as_text(envelope.body.get("fingerprint")))
        return wrong

    def _introduce(self, envelope: Envelope) -> str | None:
        """Take a new key up; its fingerprint may be left out."""
        person = PersonId(as_text(envelope.body.get("person")))
        try:
            key = PublicKey.from_text(as_text(envelope.body.get("public_key")))
        except ValueError as wrong:
            return f"registers no key: {wrong}"
        if not person or envelope.body.get("fingerprint", key.fingerprint) != key.fingerprint:
            return "registers a key of nobody, or under another key's fingerprint"
        owner, _ = self.keys.setdefault(key.fingerprint, (person, key))
        return None if owner == person else f"registers {owner}'s key for {person}"

    def _judge_signature(self, envelope: Envelope) -> str | None:
        """Check the person's signature, where there is one."""
        message = act_message_of(envelope)
        if envelope.act is None or message is None:
            return None
        return self._judge_key(envelope.by, envelope.act.key, message, envelope.act.signature)

    def _judge_seconds(self, envelope: Envelope) -> str | None:
        """Check the signatures of second people, which stand in the body, wherever they stand."""
        for answer in _answers_in(envelope.body):
            signer, key = PersonId(as_text(answer["signer"])), Fingerprint(as_text(answer["key"]))
            said = {name: value for name, value in answer.items() if name != "signature"}
            message = ANSWER_PREFIX + canonical({**said, "format": ANSWER_FORMAT})
            wrong = self._judge_key(signer, key, message, as_text(answer["signature"]))
            if wrong is not None:
                return f"its second signature: {wrong}"
            if signer == envelope.by and envelope.kind != KEY_ENROLLED:
                return f"{signer} is second to themselves"
        return None

    def _judge_key(
        self, person: PersonId | None, key: Fingerprint, message: bytes, signature: str
    ) -> str | None:
        """Give why the signature does not count as this person's, or None."""
        known = self.keys.get(key)
        if known is None or known[0] != person:
            return f"signed with a key that is not registered for {person}"
        if key in self.revoked:
            return f"signed with a revoked key of {person}"
        return (
            None if is_signed_in_text(known[1], message, signature) else f"not what {person} signed"
        )


def _answers_in(body: JsonObject) -> Iterator[JsonObject]:
    """Give every object with exactly the fields of an answer, at any depth of a fact's body."""
    left: list[Json] = [body]
    for found in left:
        if isinstance(found, Mapping):
            if not found.keys() ^ _ANSWER:
                yield found
            left += found.values()
        elif isinstance(found, list | tuple):
            left += found


@dataclass(slots=True)
class _Contents:
    """What the lines after the header hold."""

    leaves: list[bytes] = field(default_factory=list[bytes])
    checkpoints: list[tuple[bytes, Checkpoint]] = field(
        default_factory=list[tuple[bytes, Checkpoint]]
    )
    other: int = 0


def verify_lines(
    lines: Iterable[bytes],
    anchors: Sequence[Checkpoint] = (),
    known_key: Fingerprint | None = None,
) -> Verification:
    """Give the verdict on an exported journal.

    ``lines`` come with their newlines, as a binary file gives them. ``known_key`` is the
    fingerprint of the journal's key as learnt elsewhere. Without an anchor, nothing speaks against
    whoever holds the journal's key; the reasons then say so.
    """
    findings = _Findings()
    numbered = enumerate(lines, start=1)
    header = _read_header(next(numbered, (1, b""))[1], findings)
    if header is None:
        return _verdict(findings, Frontier(), None, None)
    signed_by = header.key.fingerprint if is_header_signed(header) else None
    if signed_by is None:
        findings.add("the header is not signed by its key")
    if known_key is not None and header.key.fingerprint != known_key:
        findings.add(f"signed by {header.key.fingerprint}, known is {known_key}")
    contents = _read_contents(numbered, header, findings)
    _judge_counts(contents, header, findings)
    tree = _judge_heads(contents, anchors, header, findings)
    anchored_to = max((anchor.size for anchor in anchors), default=None)
    return _verdict(findings, tree, signed_by, anchored_to)


def _read_header(raw: bytes, findings: _Findings) -> Header | None:
    """Give the header, or None with a finding."""
    if not raw.endswith(b"\n"):
        findings.add("line 1 does not end")
    try:
        return parse_header(raw.removesuffix(b"\n"))
    except InputRejected as wrong:
        findings.add(str(wrong))
        return None


def _read_contents(
    numbered: Iterable[tuple[int, bytes]], header: Header, findings: _Findings
) -> _Contents:
    """Read facts, then checkpoints; before the first of these, what is neither counts as a fact."""
    contents, people = _Contents(), _People()
    for number, ended in numbered:
        raw = ended.removesuffix(b"\n")
        checkpoint = _as_checkpoint(raw)
        if checkpoint is not None:
            contents.checkpoints.append((raw, checkpoint))
        elif contents.checkpoints:
            contents.other += 1
            findings.add(f"line {number} is no checkpoint")
        else:
            contents.leaves.append(leaf_hash(raw))
            wrong = _judge_fact(raw, len(contents.leaves), header, people)
            if wrong is not None:
                findings.add(f"line {number}: {wrong}", len(contents.leaves))
        if raw == ended:
            findings.add(f"line {number} does not end")
    return contents


def _as_checkpoint(raw: bytes) -> Checkpoint | None:
    """Give the checkpoint of a canonical line, or None."""
    if b'"format":"relconsole-checkpoint/1"' not in raw:
        return None
    try:
        checkpoint = parse_checkpoint(raw)
    except InputRejected:
        return None
    return checkpoint if checkpoint_line(checkpoint) == raw else None


def _judge_fact(raw: bytes, seq: int, header: Header, people: _People) -> str | None:
    """Give what is wrong with the fact at this place, or None."""
    try:
        envelope = parse_line(raw)
    except InputRejected as wrong:
        return str(wrong)
    if not is_canonical(raw):
        return "not in canonical form"
    if envelope.seq != seq:
        return f"fact {envelope.seq} stands at place {seq}"
    if envelope.journal != header.journal:
        return f"from the journal {envelope.journal}"
    return people.judge(envelope)


def _judge_counts(contents: _Contents, header: Header, findings: _Findings) -> None:
    """Compare with what the header says follows."""
    facts, checkpoints = len(contents.leaves), len(contents.checkpoints)
    if facts != header.facts:
        missing = min(facts, header.facts) + 1
        findings.add(f"the header says {header.facts} facts, here are {facts}", missing)
    if checkpoints != header.checkpoints:
        findings.add(f"the header says {header.checkpoints} checkpoints, here are {checkpoints}")


def _judge_heads(
    contents: _Contents, anchors: Sequence[Checkpoint], header: Header, findings: _Findings
) -> Frontier:
    """Judge checkpoints and anchors against the tree; give the tree of all facts."""
    keys = [(checkpoint.size, raw) for raw, checkpoint in contents.checkpoints]
    if any(later <= earlier for earlier, later in pairwise(keys)):
        findings.add("the checkpoints are not in order")
    sealed = max((size for size, _ in keys), default=0)
    if sealed < len(contents.leaves):
        findings.add(f"no checkpoint covers the facts after {sealed}", sealed + 1)
    heads = [("checkpoint", head) for _, head in contents.checkpoints]
    heads += [("anchor", head) for head in anchors]
    tree = Frontier()
    for what, head in sorted(heads, key=lambda named: named[1].size):
        if tree.size < head.size <= len(contents.leaves):
            tree = tree.extend(contents.leaves[tree.size : head.size])
        wrong = _judge_head(head, header, tree)
        if wrong is not None:
            findings.add(f"{what} of {head.size} facts: {wrong[0]}", wrong[1])
    return tree.extend(contents.leaves[tree.size :])


def _judge_head(head: Checkpoint, header: Header, tree: Frontier) -> tuple[str, int | None] | None:
    """Give what is wrong with a head, given the tree at its size, and the fact it names."""
    if head.journal != header.journal:
        return f"of the journal {head.journal}", None
    if not is_checkpoint_signed(head, header.key):
        return "not signed by the journal's key", None
    if head.size != tree.size:
        return "covers more facts than there are", head.size
    if head.root != tree.digest:
        return f"has root {head.root}, the facts have {tree.digest}", head.size
    return None


def _verdict(
    findings: _Findings, tree: Frontier, signed_by: Fingerprint | None, anchored_to: int | None
) -> Verification:
    """Give the verdict; an anchor that agrees with a broken file anchors nothing."""
    ok = not findings.says
    anchored = ok and anchored_to is not None
    reasons = tuple(findings.says)
    if anchored_to is None:
        reasons += ("not anchored: nothing outside this file speaks for it",)
    return Verification(
        ok=ok,
        facts=tree.size,
        root=tree.digest,
        first_broken=findings.first,
        anchored=anchored,
        anchored_to=anchored_to if anchored and anchored_to is not None else 0,
        signed_by=signed_by,
        reasons=reasons,
    )
