#!/usr/bin/env python3
"""Verify an exported relconsole journal, years later, on a machine without relconsole.

    verify_journal.py FILE [--anchor FILE]... [--key FILE|FINGERPRINT] [--json]
Exit status: 0 verified; 1 not verified; 2 the command or a file could not be read. Needs Python
3.11 or later and the `cryptography` package. The file is lines of canonical JSON (RFC 8785): a
signed header, the facts, the signed checkpoints. Leaf n of the tree is SHA-256(0x00 + the line
without its newline), the root is that of RFC 9162 section 2.1. Checked are every line, the order of
the facts, the tree under every checkpoint, all signatures and second signatures, and that their
keys were introduced by the journal and not revoked. An anchor is a checkpoint line that was kept
outside, such as in a change record: whoever holds the journal's key can write another journal that
verifies, and only an anchor speaks against that.
"""

# ruff: noqa: ANN401, T201 - a value of JSON can be anything until it is checked; this is a command

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CAN_CHECK_SIGNATURES = find_spec("cryptography") is not None
HEX = re.compile("[0-9a-f]{64}")
KEY_BYTES, MOST_DIGITS, MOST_ZEROS = 32, 21, 6  # digits and zeros until ECMAScript uses e


def _fields(texts: str, numbers: str = "", objects: str = "") -> dict[str, type]:
    named: dict[str, type] = dict.fromkeys(texts.split(), str)
    return named | dict.fromkeys(numbers.split(), int) | dict.fromkeys(objects.split(), dict)


HEADER = _fields("exported_at format journal kind signature", "checkpoints facts", "key")
FACT = _fields("at by id journal kind stream", "seq tick v", "body sig")
ACT, ANSWER = "relconsole-act/1", "relconsole-answer/1"
SECOND = {"digest", "expires", "key", "signature", "signed_at", "signer"}
SEAL = _fields("at format journal key root signature", "size")


def canonical(value: Any) -> str:
    """Give the canonical text (RFC 8785); ValueError for a number that readers would change."""
    kind = value.__class__
    if kind is list:
        return "[" + ",".join(map(canonical, value)) + "]"
    if kind is dict:
        keys = sorted(value, key=lambda key: str(key).encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    if kind is int and abs(value) >> 53:
        raise ValueError(f"{value} is beyond 2^53")
    return _canonical_float(value) if kind is float else json.dumps(value, ensure_ascii=False)


def _canonical_float(value: float) -> str:
    sign, numerals, exponent = Decimal(repr(value)).normalize().as_tuple()
    if not isinstance(exponent, int) or value == 0:
        raise ValueError("no finite number, or a zero that is written 0")
    digits, minus, point = "".join(map(str, numerals)), "-" * sign, len(numerals) + exponent
    if 0 < point <= MOST_DIGITS:
        whole, rest = digits[:point].ljust(point, "0"), digits[point:]
        return f"{minus}{whole}{'.' * bool(rest)}{rest}"
    if -MOST_ZEROS < point <= 0:
        return f"{minus}0.{'0' * -point}{digits}"
    return f"{minus}{digits[0]}{'.' * (len(digits) > 1)}{digits[1:]}e{point - 1:+d}"


def read_object(raw: bytes, shape: dict[str, type], *optional: str) -> Any:
    """Give the object of a canonical line with these fields only; ValueError for anything else."""
    try:
        found = json.loads(raw.decode())
        if canonical(found).encode() != raw:
            raise ValueError("not in canonical form")
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _check_fields(found, shape, *optional)
    return found


def _check_fields(found: Any, shape: dict[str, type], *optional: str) -> None:
    needed = shape.keys() - set(optional)
    if found.__class__ is not dict or not needed <= found.keys() <= shape.keys():
        raise ValueError("not an object with the fields it should have")
    if any(type(value) is not shape[name] for name, value in found.items()):
        raise ValueError("a field is of the wrong type")
    for name in found.keys() & {"at", "exported_at"}:
        moment = datetime.fromisoformat(found[name]).replace(tzinfo=None)
        if moment.isoformat() + "Z" != found[name]:
            raise ValueError(f"{found[name]} is not written in UTC with Z")


def _from_base64url(text: str) -> bytes:
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise ValueError("not base64url")
    return raw


def _read_public(text: str, found: Any) -> tuple[bytes, str]:
    public = _from_base64url(text)
    fingerprint = hashlib.sha256(public).hexdigest()
    if len(public) != KEY_BYTES or found.get("fingerprint", fingerprint) != fingerprint:
        raise ValueError("no key, or not the key of this fingerprint")
    return public, fingerprint


def is_signed(public: bytes, prefix: str, found: Any, signature: str, *omit: str) -> bool:
    """Tell whether the key signed the object less these fields; True where nothing can tell."""
    if not CAN_CHECK_SIGNATURES:
        return True
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    unsigned = {name: value for name, value in found.items() if name not in omit}
    message = f"{prefix}\n{canonical(unsigned)}".encode()
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(_from_base64url(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


class _Journal:
    def __init__(self) -> None:
        self.wrong: list[tuple[str, int | None]] = []
        self.header: Any = None
        self.public, self.signed_by = b"", None
        self.leaves, self.seals = list[bytes](), list[Any]()
        self.keys, self.revoked = dict[str, tuple[str, bytes]](), dict[str, int]()
        self.size, self.peaks = 0, list[bytes]()

    def grow(self, size: int) -> None:
        for leaf in self.leaves[self.size : size]:
            peak, bits = leaf, self.size
            while bits & 1:
                peak, bits = hashlib.sha256(b"\x01" + self.peaks.pop() + peak).digest(), bits >> 1
            self.peaks.append(peak)
            self.size += 1

    def root(self) -> str:
        root = self.peaks[-1] if self.peaks else hashlib.sha256(b"").digest()
        for peak in reversed(self.peaks[:-1]):
            root = hashlib.sha256(b"\x01" + peak + root).digest()
        return root.hex()

    def read_header(self, raw: bytes) -> None:
        header = read_object(raw, HEADER)
        _check_fields(header["key"], _fields("fingerprint public_key"))
        public, _ = _read_public(header["key"]["public_key"], header["key"])
        known = header["kind"] in ("live", "rehearsal", "demo") and header["journal"]
        empty = min(header["facts"], header["checkpoints"]) < 0
        if header["format"] != "relconsole-journal/1" or not known or empty:
            raise ValueError("not a journal of a known kind")
        self.header, self.public = header, public

    def read_line(self, raw: bytes) -> None:
        try:
            self.seals.append(read_checkpoint(raw))
        except ValueError:
            if self.seals:
                raise
            self.leaves.append(hashlib.sha256(b"\x00" + raw).digest())
            self.judge_fact(read_object(raw, FACT, "by", "sig"))

    def judge_fact(self, fact: Any) -> None:
        if "" in fact.values() or fact["v"] < 1 or ("sig" in fact and "by" not in fact):
            raise ValueError("a field is empty, or signed by nobody")
        if (fact["seq"], fact["journal"]) != (len(self.leaves), self.header["journal"]):
            raise ValueError(f"fact {fact['seq']} of {fact['journal']} stands here")
        texts = {name: value for name, value in fact["body"].items() if isinstance(value, str)}
        if fact["kind"] == "key_revoked":  # itself it may still have signed
            self.revoked.setdefault(texts.get("fingerprint", ""), fact["seq"])
        if fact["kind"] == "key_registered":
            person = texts.get("person")
            public, mark = _read_public(texts.get("public_key", ""), fact["body"])
            if not person or self.keys.setdefault(mark, (person, public))[0] != person:
                raise ValueError("registers a key of nobody, or of somebody else")
        if "sig" in fact:
            _check_fields(fact["sig"], _fields("key signature"))
            self.judge_key(fact["seq"], fact["by"], fact["sig"], ACT, fact, "seq", "sig", "tick")
        parts: list[Any] = [fact["body"]]
        for part in parts:  # a second person's signature may stand anywhere in the body
            kind = part.__class__
            if kind is dict and part.keys() == SECOND:
                if part["signer"] == fact.get("by") and fact["kind"] != "key_enrolled":
                    raise ValueError(f"{part['signer']} is second to themselves")
                whole = {**part, "format": ANSWER}
                self.judge_key(fact["seq"], part["signer"], part, ANSWER, whole, "signature")
            parts += part.values() if kind is dict else part if kind is list else ()

    def judge_key(self, seq: int, who: Any, sig: Any, form: str, what: Any, *omit: str) -> None:
        owner, public = self.keys.get(str(sig["key"]), (None, b""))
        ended = self.revoked.get(str(sig["key"]), seq) < seq
        if owner != who or ended or not is_signed(public, form, what, str(sig["signature"]), *omit):
            raise ValueError(f"not signed with a key that counts for {who}")

    def judge_whole(self, anchors: Sequence[Any], known: str | None) -> None:
        header, facts, mark = self.header, len(self.leaves), self.header["key"]["fingerprint"]
        if is_signed(self.public, header["format"], header, header["signature"], "signature"):
            self.signed_by = mark if CAN_CHECK_SIGNATURES else None
        else:
            self.wrong.append(("the header is not signed by its key", None))
        if known not in (None, mark):
            self.wrong.append((f"signed by another key than {known}", None))
        if facts != header["facts"]:
            self.wrong.append((f"not {header['facts']} facts", min(facts, header["facts"]) + 1))
        order = [(seal["size"], canonical(seal).encode()) for seal in self.seals]
        if len(order) != header["checkpoints"] or order != sorted(set(order)):
            self.wrong.append(("checkpoints are missing, added or not in order", None))
        sealed = max((size for size, _ in order), default=0)
        if sealed < facts:
            self.wrong.append((f"no checkpoint covers the facts after {sealed}", sealed + 1))
        for head in sorted([*self.seals, *anchors], key=lambda head: int(head["size"])):
            self.grow(head["size"])
            signed = (self.public, head["format"], head, head["signature"], "format", "signature")
            ours = (head["journal"], head["key"]) == (header["journal"], mark)
            if not (ours and is_signed(*signed)):
                self.wrong.append(("a checkpoint or anchor is not signed by this key", None))
            elif (head["size"], head["root"]) != (self.size, self.root()):
                self.wrong.append((f"the first {head['size']} facts differ", head["size"]))
        self.grow(facts)


def read_checkpoint(raw: bytes) -> Any:
    """Give the checkpoint of a line; ValueError where it is none."""
    seal = read_object(raw, SEAL)
    hexes = HEX.fullmatch(seal["key"]) and HEX.fullmatch(seal["root"])
    if seal["format"] != "relconsole-checkpoint/1" or not hexes or seal["size"] < 0:
        raise ValueError("no checkpoint")
    return seal


def verify(lines: Iterable[bytes], anchors: Sequence[Any] = (), known: str | None = None) -> Any:
    """Give the verdict on the lines of a file, newlines included."""
    journal = _Journal()
    for number, ended in enumerate(lines, start=1):
        raw, facts = ended.removesuffix(b"\n"), len(journal.leaves)
        try:
            journal.read_line(raw) if journal.header else journal.read_header(raw)
        except ValueError as fault:
            place = len(journal.leaves) if len(journal.leaves) > facts else None
            journal.wrong.append((f"line {number}: {fault}", place))
        if raw == ended or not journal.header:
            journal.wrong.append((f"line {number} does not end, or is no header", None))
            break
    if journal.header:
        journal.judge_whole(anchors, known)
    return _verdict(journal, anchored=bool(anchors))


def _verdict(journal: _Journal, *, anchored: bool) -> Any:
    wrong = [says for says, _ in journal.wrong] if journal.header else ["not a journal"]
    if not CAN_CHECK_SIGNATURES:
        wrong.append("signatures not checked, as there is no cryptography package; all else was")
    return {
        "ok": not wrong,
        "facts": journal.size,
        "root": journal.root(),
        "first_broken": min((at for _, at in journal.wrong if at is not None), default=None),
        "anchored": anchored and not wrong,
        "signed_by": journal.signed_by,
        "reasons": wrong + ["not anchored: nothing outside this file speaks for it"][anchored:],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command, print the verdict, give the exit status."""
    parser = argparse.ArgumentParser(description="Verify an exported relconsole journal.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--anchor", type=Path, action="append", default=[])
    parser.add_argument("--key", help="fingerprint, or a file with fingerprint or public key")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        kept = b"\n".join(path.read_bytes() for path in asked.anchor)
        anchors = [read_checkpoint(line.strip()) for line in kept.splitlines() if line.strip()]
        known = asked.key
        if known and not HEX.fullmatch(known):
            known = Path(known).read_text(encoding="ascii").strip()
            known = known if HEX.fullmatch(known) else _read_public(known, {})[1]
        with asked.file.open("rb") as lines:
            answer = verify(lines, anchors, known)
    except (OSError, ValueError) as fault:
        print(f"cannot be read: {fault}", file=sys.stderr)
        return 2
    if asked.json:
        print(json.dumps(answer))
    else:
        print("verified" if answer["ok"] else "NOT VERIFIED", *answer.pop("reasons"), sep="\n- ")
        print(*(f"{name}: {value}" for name, value in answer.items()), sep="\n")
    return 0 if answer["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
