"""Verdicts on journals: of an exported file, and of a journal in the store, which is only read."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from relconsole.adapters.clock import SystemClock
from relconsole.adapters.journal_sql.journal import ReadOnlyJournal
from relconsole.adapters.journal_sql.projection import EffectFacts
from relconsole.adapters.journal_sql.verification import RecordBroken
from relconsole.adapters.person_keys import StoreKeyGone, read_store_key
from relconsole.cli.opening import credentials_of
from relconsole.domain.kernel.errors import InputRejected, PersonMustAct, Problem
from relconsole.domain.kernel.ids import Fingerprint
from relconsole.domain.record.checkpoint import Checkpoint, parse_checkpoint
from relconsole.domain.record.file_form import export_lines
from relconsole.domain.record.signature import PublicKey, SigningKey
from relconsole.domain.record.tree import Frontier, leaf_hash
from relconsole.domain.record.verification import Verification, verify_lines
from relconsole.ports.credentials import Credentials
from relconsole.ports.journal import JournalKind
from relconsole.runtime.reading import open_to_read
from relconsole.services.checkpoints import anchor_name

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST: Final = 1024 * 1024
_MARK: Final = b"relconsole checkpoint "
"""What stands before a checkpoint where it was put as a comment."""

_NOT_ANCHORED: Final = "not anchored: nothing outside this file speaks for it"


def read_anchors(paths: Iterable[Path]) -> tuple[Checkpoint, ...]:
    """Give the checkpoints of files; InputRejected for what is none.

    A file holds one a line, blank lines left out; or it is any text, such as a change record, in
    which comments of ours stand, and then only those are read.
    """
    found: list[Checkpoint] = []
    for path in paths:
        raw = _read(path)
        if _MARK in raw:
            found.extend(_marked(raw, path))
            continue
        for number, line in enumerate(raw.splitlines(), start=1):
            if line.strip():
                found.append(parse_checkpoint(line.strip(), file=str(path), number=number))
    return tuple(found)


def _marked(raw: bytes, path: Path) -> Iterator[Checkpoint]:
    """Give the checkpoints that stand behind our mark, each to the end of its JSON object."""
    for number, line in enumerate(raw.splitlines(), start=1):
        _, mark, rest = line.partition(_MARK)
        if mark:
            text = rest[: rest.rfind(b"}") + 1]
            yield parse_checkpoint(text, file=str(path), number=number)


def read_known_key(given: str) -> Fingerprint:
    """Give the fingerprint of a key: one as it is, or a file with one or with a public key."""
    text = given
    if not _FINGERPRINT.fullmatch(given):
        try:
            text = _read(Path(given)).decode("ascii").strip()
        except UnicodeDecodeError as wrong:
            raise _rejected(given, "no key and no fingerprint") from wrong
    if _FINGERPRINT.fullmatch(text):
        return Fingerprint(text)
    try:
        return PublicKey.from_text(text).fingerprint
    except ValueError as wrong:
        raise _rejected(given, f"no key and no fingerprint: {wrong}") from wrong


def judge_file(
    path: Path, anchors: Sequence[Checkpoint], known: Fingerprint | None
) -> Verification:
    """Give the verdict on an exported journal; InputRejected where the file cannot be read."""
    try:
        with path.open("rb") as lines:
            return verify_lines(lines, anchors, known)
    except OSError as wrong:
        raise _rejected(str(path), f"cannot be read: {wrong.strerror}") from wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A journal as it stood at one moment: its lines, the signed heads up to there, its anchors.

    ``broken`` says what is wrong with its file, empty where nothing is.
    """

    journal: str
    kind: JournalKind
    key: PublicKey
    facts: tuple[bytes, ...]
    heads: tuple[Checkpoint, ...]
    anchors: tuple[Checkpoint, ...]
    broken: str = ""
    first_broken: int | None = None


async def take_journal(
    store: Path,
    kind: JournalKind,
    credentials: Credentials,
    brought: Sequence[Checkpoint] = (),
) -> Taken:
    """Give a journal of the store as it stands, its file verified, read beside whoever writes it.

    The anchor that the credentials keep is taken beside those that were brought. Facts after the
    head that was read first belong to a later moment and are left out. WorldIsDown where there is
    no such journal; RecordBroken where nothing can be read of it.
    """
    async with open_to_read(store, kind) as journal:
        anchors = (*brought, *await anchor_of(credentials, journal.id))
        says, first = "", None
        try:
            head = (await journal.verify(EffectFacts(), anchors)).head
            heads = [*await journal.checkpoints(), head]
        except RecordBroken as broken:
            says, first = broken.what, broken.seq
            heads = await _heads_of(journal)
        facts = await journal.lines()
        identity = journal.identity
    if not says:
        facts = facts[: heads[-1].size]
        heads = [each for each in heads if 0 < each.size <= len(facts)]
    return Taken(
        journal=identity.journal,
        kind=identity.kind,
        key=identity.key,
        facts=tuple(facts),
        heads=tuple(heads),
        anchors=anchors,
        broken=says,
        first_broken=first,
    )


async def _heads_of(journal: ReadOnlyJournal) -> list[Checkpoint]:
    """Give the signed heads of a broken journal, none where one of them cannot be read."""
    try:
        head = await journal.head()
        return [*await journal.checkpoints(), *(() if head is None else (head,))]
    except PersonMustAct:
        return []


async def judge_store(
    arguments: argparse.Namespace, anchors: Sequence[Checkpoint], known: Fingerprint | None
) -> Verification:
    """Give the verdict on a journal of the store, read beside whoever writes it.

    Where the store's key is kept, the journal is judged as its export would be; its file is judged
    in any case.
    """
    async with credentials_of(arguments) as credentials:
        try:
            taken = await take_journal(arguments.store, arguments.kind, credentials, anchors)
        except PersonMustAct as broken:
            return _unreadable(broken)
        key = await _key_of(credentials, taken)
    return _judge_file_only(taken, known) if key is None else judge_taken(taken, key, known)


def lines_of(taken: Taken, key: SigningKey) -> list[bytes]:
    """Give the lines of the export of a journal that was taken, newlines included."""
    return list(
        export_lines(
            journal=taken.journal,
            kind=taken.kind,
            exported_at=SystemClock().now(),
            key=key,
            facts=taken.facts,
            checkpoints=taken.heads,
        )
    )


def judge_taken(taken: Taken, key: SigningKey, known: Fingerprint | None = None) -> Verification:
    """Give the verdict on a journal as an auditor would give it on its export, and on its file."""
    found = verify_lines(lines_of(taken, key), taken.anchors, known)
    if not taken.broken:
        return found
    firsts = [each for each in (found.first_broken, taken.first_broken) if each is not None]
    return replace(
        found,
        ok=False,
        first_broken=min(firsts, default=None),
        anchored=False,
        anchored_to=0,
        reasons=(taken.broken, *found.reasons),
    )


def _judge_file_only(taken: Taken, known: Fingerprint | None) -> Verification:
    """Give the verdict on the file alone: its tree, its heads and what its effects say."""
    tree = Frontier().extend([leaf_hash(fact) for fact in taken.facts])
    wrong = [taken.broken] if taken.broken else []
    if known not in {None, taken.key.fingerprint}:
        wrong.append(f"signed by {taken.key.fingerprint}, known is {known}")
    notes = ["the signatures of people were not judged: the journal's key is not kept here"]
    if not taken.anchors:
        notes.append(_NOT_ANCHORED)
    anchored = not wrong and bool(taken.anchors)
    return Verification(
        ok=not wrong,
        facts=tree.size,
        root=tree.digest,
        first_broken=taken.first_broken,
        anchored=anchored,
        anchored_to=max((each.size for each in taken.anchors), default=0) if anchored else 0,
        signed_by=None if taken.broken else taken.key.fingerprint,
        reasons=(*wrong, *notes),
    )


def _unreadable(broken: PersonMustAct) -> Verification:
    """Give the verdict on a journal of which nothing can be read."""
    return Verification(
        ok=False,
        facts=0,
        root=Frontier().digest,
        first_broken=broken.seq if isinstance(broken, RecordBroken) else None,
        anchored=False,
        anchored_to=0,
        signed_by=None,
        reasons=(broken.what, _NOT_ANCHORED),
    )


async def anchor_of(credentials: Credentials, journal: str) -> tuple[Checkpoint, ...]:
    """Give the newest anchor that the credentials keep of a journal."""
    kept = await credentials.get(anchor_name(journal))
    return () if kept is None else (parse_checkpoint(kept.reveal().encode(), file="keyring"),)


async def _key_of(credentials: Credentials, taken: Taken) -> SigningKey | None:
    """Give the store's key of a journal, None where it is not kept any more."""
    try:
        return await read_store_key(credentials, taken.journal, taken.kind)
    except StoreKeyGone:
        return None


def _read(path: Path) -> bytes:
    """Give what a small file holds; InputRejected where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST)
    except (OSError, ValueError) as wrong:
        says = wrong.strerror if isinstance(wrong, OSError) else wrong
        raise _rejected(str(path), f"cannot be read: {says}") from wrong


def _rejected(file: str, message: str) -> InputRejected:
    """Give the error for a file that is not what it should be."""
    return InputRejected((Problem(file=file, line=None, field="", message=message),))
