"""P6: a recorded decision is not changed, removed, reordered or back-dated without detection.

Journals are written by the product; every damaged one is judged by the auditor's script alone.
"""

from __future__ import annotations

import importlib.util
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast

from msgspec.structs import replace

from relconsole.domain.kernel.ids import FactId, PersonId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.record.checkpoint import Checkpoint, checkpoint_line
from relconsole.domain.record.envelope import (
    Envelope,
    line,
    parse_line,
)
from relconsole.domain.record.file_form import split_lines
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.record.tree import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.journals import EVERY, JOURNALS, Sample, sample, second

SCRIPT: Final = (
    Path(__file__).resolve().parents[2]
    / "resources/relconsole_resources/verifier/verify_journal.py"
)

MUTANTS: Final[Mapping[str, tuple[str, str]]] = {
    "skips_the_root": ('(head["size"], head["root"]) != (self.size, self.root())', "False"),
    "ignores_anchors": ("[*self.seals, *anchors]", "[*self.seals]"),
    "trusts_the_header_key": ("known not in (None, mark)", "False"),
    "skips_the_header": (
        'if is_signed(self.public, header["format"], header, header["signature"], "signature")',
        "if True",
    ),
    "skips_people": (
        'or ended or not is_signed(public, form, what, str(sig["signature"]), *omit)',
        "",
    ),
    "skips_second_people": ("part.keys() == SECOND", "False"),
}

Judge = Callable[..., Any]


def load_script(mutant: str | None = None) -> Any:
    """Give the auditor's script as a module, by its path; with a mutant, as that changes it."""
    if mutant is None:
        return _import_file(SCRIPT)
    old, new = MUTANTS[mutant]
    text = SCRIPT.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise AssertionError(f"mutant {mutant} fits {text.count(old)} places")
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(folder, "verify_journal.py")
        changed.write_text(text.replace(old, new), encoding="utf-8")
        return _import_file(changed)


def _import_file(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("verify_journal", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ----------------------------------------------------------------------------------- edits


def change_bytes(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    raw = bytearray(b"".join(lines))
    at = rng.randrange(len(raw))
    match rng.randrange(4):
        case 0:
            raw[at] ^= 1 << rng.randrange(8)
        case 1:
            del raw[at : at + rng.randrange(1, 40)]
        case 2:
            raw[at:at] = rng.randbytes(rng.randrange(1, 5))
        case _:
            del raw[at:]
    return split_lines(bytes(raw))


def change_lines(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    first, second = sorted(rng.sample(range(len(lines)), 2))
    changed = list(lines)
    match rng.randrange(5):
        case 0:
            del changed[first]
        case 1:
            del changed[first:second]
        case 2:
            changed[first], changed[second] = changed[second], changed[first]
        case 3:
            changed.insert(second, changed[first])
        case _:
            part = changed[first : second + 1]
            rng.shuffle(part)
            changed[first : second + 1] = part
    return changed


def change_fact(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    """Change what a fact says, in a form that is right in itself."""
    places = [at for at, raw in enumerate(lines) if b'"seq":' in raw]
    at = rng.choice(places)
    fact = parse_line(lines[at].rstrip(b"\n"))
    return [*lines[:at], line(distorted(rng, fact)) + b"\n", *lines[at + 1 :]]


def distorted(rng: random.Random, fact: Envelope) -> Envelope:
    """Give the fact with one thing about it changed: body, instant, person or kind."""
    match rng.randrange(4):
        case 0:
            return replace(fact, body={**fact.body, "note": f"forged {rng.random()}"})
        case 1:
            return replace(fact, at=fact.at - timedelta(hours=rng.randrange(1, 9)))
        case 2:
            by = PersonId("mallory" if fact.by != "mallory" else "ann")
            return replace(fact, by=by)
        case _:
            return replace(fact, kind=f"{fact.kind}x")


def cut_to_checkpoint(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    """Cut all after a checkpoint and correct the header, as one without the key would."""
    header = json.loads(lines[0])
    size = rng.choice([EVERY * at for at in range(1, header["facts"] // EVERY)])
    heads = [raw for raw in lines if b'"size":' in raw and json.loads(raw).get("size", 0) <= size]
    header |= {"facts": size, "checkpoints": len(heads)}
    text = json.dumps(header, sort_keys=True, separators=(",", ":"))
    return [text.encode() + b"\n", *lines[1 : size + 1], *heads]


BLIND: Final = (change_bytes, change_lines, change_fact, cut_to_checkpoint)


def forged(rng: random.Random, whole: Sample, *, signed_too: bool) -> tuple[Sample, int]:
    """Give the journal with a change, sealed by its own key, and the first fact that differs.

    With ``signed_too`` a fact that a person signed is changed, and its signature kept.
    """
    facts = list(whole.facts)
    places = [
        at for at, fact in enumerate(facts) if at > 2 and (fact.act is not None) == signed_too
    ]
    at = rng.choice(places)
    way = rng.randrange(3)
    if way == 0 or signed_too:
        facts[at] = distorted(rng, facts[at])
    elif way == 1:
        del facts[at]
    else:
        facts.insert(at, replace(facts[at], id=FactId("added")))
    renumbered = [replace(fact, seq=seq) for seq, fact in enumerate(facts, start=1)]
    return whole.sealed(renumbered), at + 1


def forged_second(rng: random.Random, whole: Sample) -> Sample:
    """Give the journal with one second signature changed, taken from elsewhere or made by its key.

    The fact itself is one that nobody signed, so that nothing but the second signature speaks.
    """
    facts = list(whole.facts)
    places = [at for at, fact in enumerate(facts) if "commit" in fact.body and fact.act is None]
    at = rng.choice(places)
    said = cast("JsonObject", facts[at].body["commit"])
    match rng.randrange(5):
        case 0:
            said = {**said, "digest": f"{rng.getrandbits(256):064x}"}
        case 1:
            said = {**said, "expires": "2027-01-01T00:00:00Z"}
        case 2:
            said = {**said, "signer": "mallory"}
        case 3:
            said = {**said, "signature": 7}
        case _:
            other = SigningKey(rng.randbytes(32))
            said = second(str(facts[at].by), "zoë", {"zoë": other})
    facts[at] = replace(facts[at], body={**facts[at].body, "commit": said})
    return whole.sealed(facts)


# ---------------------------------------------------------------------------------- running


def judge_edits(verify: Judge, count: int, done: Counter[str]) -> list[str]:
    """Judge edits by one who holds no key of the journal."""
    wrong: list[str] = []
    for number in range(count):
        rng = random.Random(f"edit {number}")
        whole = sample(number % JOURNALS)
        lines = whole.lines()
        kind = number % (len(BLIND) + 3)
        if kind < len(BLIND):
            changed = BLIND[kind](rng, lines)
            while changed == lines:
                changed = BLIND[kind](rng, lines)
            answer = verify(changed)
        elif kind == len(BLIND):  # another key in place of the journal's: the known one speaks
            thief = whole.sealed(whole.facts, SigningKey(rng.randbytes(32)))
            answer = verify(thief.lines(), (), whole.key.public.fingerprint)
        elif kind == len(BLIND) + 1:  # nor is the journal's key to change what a second one signed
            answer = verify(forged_second(rng, whole).lines())
        else:  # the journal's key is not enough to change what a person signed
            answer = verify(forged(rng, whole, signed_too=True)[0].lines())
        if answer["ok"]:
            wrong.append(f"edit {number} of kind {kind} was not seen")
        done["edits"] += 1
    return wrong


def judge_restores(verify: Judge, count: int, done: Counter[str]) -> list[str]:
    """Judge older exports, put back in place of the newest."""
    wrong: list[str] = []
    for number in range(count):
        rng = random.Random(f"restore {number}")
        whole = sample(number % JOURNALS)
        old = rng.choice([head.size for head in whole.checkpoints[:-1]])
        later = rng.choice([head for head in whole.checkpoints if head.size > old])
        wrong += judge_with_and_without(verify, whole.lines(old), later, f"restore {number}")
        done["restores"] += 1
    return wrong


def judge_resignings(verify: Judge, count: int, done: Counter[str]) -> list[str]:
    """Judge journals that were changed and sealed anew with their own key."""
    wrong: list[str] = []
    for number in range(count):
        rng = random.Random(f"resign {number}")
        whole = sample(number % JOURNALS)
        changed, first = forged(rng, whole, signed_too=False)
        anchor = rng.choice([head for head in whole.checkpoints if head.size >= first])
        wrong += judge_with_and_without(verify, changed.lines(), anchor, f"re-signing {number}")
        done["re-signings"] += 1
    return wrong


def judge_with_and_without(
    verify: Judge, lines: list[bytes], anchor: Checkpoint, name: str
) -> list[str]:
    """Give what is wrong: unseen with the anchor, or passed as anchored without one."""
    wrong: list[str] = []
    if verify(lines, [json.loads(checkpoint_line(anchor))])["ok"]:
        wrong.append(f"{name} was not seen, given an anchor at {anchor.size}")
    alone = verify(lines)
    if alone["anchored"] or not any("not anchored" in says for says in alone["reasons"]):
        wrong.append(f"{name}: not said that nothing anchors it")
    return wrong


def judge_trees(count: int, done: Counter[str]) -> list[str]:
    """Compare roots and proofs with those of an independent library, on random logs."""
    from pymerkle import InmemoryTree

    wrong: list[str] = []
    for number in range(count):
        rng = random.Random(f"tree {number}")
        entries = [rng.randbytes(rng.randrange(1, 60)) for _ in range(rng.randrange(1, 70))]
        leaves = [leaf_hash(entry) for entry in entries]
        tree: Any = InmemoryTree(algorithm="sha256")
        for entry in entries:
            tree.append_entry(entry)
        size = rng.randrange(1, len(leaves) + 1)
        old, new = Frontier().extend(leaves[:size]), Frontier().extend(leaves)
        same = old.root == tree.get_root(size) and new.root == tree.get_root(len(leaves))
        at = rng.randrange(len(leaves))
        inside = verify_inclusion(
            leaves[at], at, len(leaves), inclusion_proof(leaves, at), tree.get_root(len(leaves))
        )
        grown = verify_consistency(
            size, len(leaves), tree.get_root(size), new.root, consistency_proof(leaves, size)
        )
        if not (same and inside and grown):
            wrong.append(f"tree {number}: root {same}, inclusion {inside}, consistency {grown}")
        done["trees"] += 1
    return wrong


def judge_untouched(verify: Judge) -> list[str]:
    """A verifier that says no to all would see every edit: the true files must pass."""
    wrong: list[str] = []
    for number in range(JOURNALS):
        whole = sample(number)
        anchor = json.loads(checkpoint_line(whole.checkpoints[-1]))
        answer = verify(whole.lines(), [anchor], whole.key.public.fingerprint)
        if not (answer["ok"] and answer["anchored"] and answer["first_broken"] is None):
            wrong.append(f"untouched journal {number} is refused: {answer['reasons']}")
    return wrong


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Do the counts with the script, or with a mutant of it."""
    verify: Judge = load_script(mutant).verify
    done = Counter[str]()
    wrong = judge_untouched(verify)
    wrong += judge_edits(verify, counts["edits"], done)
    wrong += judge_restores(verify, counts["restores"], done)
    wrong += judge_resignings(verify, counts["re-signings"], done)
    wrong += judge_trees(counts["trees"], done)
    return Tally(cases=done, violations=tuple(wrong))


HARNESS = Harness(
    promise="P6",
    title="a record is not changed unseen",
    counts={
        "edits": Counts(pr=2_000, release=10_000),
        "restores": Counts(pr=200, release=1_000),
        "re-signings": Counts(pr=200, release=1_000),
        "trees": Counts(pr=500, release=2_000),
    },
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={"edits": 60, "restores": 4, "re-signings": 12, "trees": 1},
)
