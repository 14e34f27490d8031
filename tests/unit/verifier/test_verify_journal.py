"""The auditor's script: one file that needs nothing of the product, with the product's verdict."""

import ast
import json
import random
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec.structs
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import FactId, Fingerprint
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.record.checkpoint import checkpoint_line, parse_checkpoint
from relconsole.domain.record.file_form import split_lines
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.record.verification import verify_lines
from tests.promises.journals import sample, sign_act
from tests.promises.p06_record import BLIND, SCRIPT, forged, forged_second, load_script

script: Any = load_script()
WHOLE = sample(3)
LINES = WHOLE.lines()
ANCHOR = checkpoint_line(WHOLE.checkpoints[-1])
FINGERPRINT = WHOLE.key.public.fingerprint
SHARED = ("ok", "facts", "root", "first_broken", "anchored", "signed_by")


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "night.jsonl"
    path.write_bytes(b"".join(LINES))
    return path


def verdicts(
    lines: list[bytes], anchors: list[bytes], known: Fingerprint | None
) -> tuple[Any, Any]:
    """Give what the script says and what the product says, in what they share."""
    heads = [parse_checkpoint(raw) for raw in anchors]
    ours = asdict(verify_lines(lines, heads, known))
    theirs = script.verify(lines, [json.loads(raw) for raw in anchors], known)
    return {name: theirs[name] for name in SHARED}, {name: ours[name] for name in SHARED}


# --------------------------------------------------------------------------- what it is made of


def test_that_an_auditor_can_read_it_in_one_sitting() -> None:
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 300


def test_that_it_imports_the_standard_library_and_cryptography_only() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    names = {
        (alias.name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names - set(sys.stdlib_module_names) == {"cryptography"}


# ------------------------------------------------------------------------------ same verdict


@pytest.mark.parametrize("anchors", [[], [ANCHOR]])
@pytest.mark.parametrize("known", [None, FINGERPRINT])
def test_that_an_untouched_journal_has_one_verdict(
    anchors: list[bytes], known: Fingerprint | None
) -> None:
    theirs, ours = verdicts(LINES, anchors, known)
    assert theirs == ours
    assert theirs["ok"]


def test_that_a_forged_second_signature_has_one_verdict() -> None:
    rng = random.Random(13)
    for number in range(40):
        theirs, ours = verdicts(forged_second(rng, sample(number % 4)).lines(), [], None)
        assert theirs == ours, number
        assert not theirs["ok"]


def test_that_a_foreign_anchor_has_one_verdict() -> None:
    stranger = sample(4).checkpoints
    thief = WHOLE.sealed(WHOLE.facts, SigningKey(bytes(32))).checkpoints
    for head in (stranger[0], stranger[-1], thief[-1]):
        theirs, ours = verdicts(LINES, [checkpoint_line(head), ANCHOR], None)
        assert theirs == ours
        assert not theirs["ok"]


@pytest.mark.parametrize("way", BLIND)
def test_that_a_damaged_journal_has_one_verdict(way: Any) -> None:
    rng = random.Random(11)
    for number in range(40):
        whole = sample(number % 4)
        anchors = [checkpoint_line(rng.choice(whole.checkpoints))] if number % 3 == 0 else []
        theirs, ours = verdicts(way(rng, whole.lines()), anchors, None)
        assert theirs == ours, number


@pytest.mark.parametrize("signed_too", [True, False])
def test_that_a_journal_sealed_anew_has_one_verdict(signed_too: bool) -> None:
    rng = random.Random(12)
    for number in range(20):
        whole = sample(number % 4)
        changed, _ = forged(rng, whole, signed_too=signed_too)
        anchors = [checkpoint_line(rng.choice(whole.checkpoints))] if number % 2 else []
        theirs, ours = verdicts(changed.lines(), anchors, None)
        assert theirs == ours, number


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"seq":4', b'"seq":4.0'),
        (b'"seq":4', b'"seq":9007199254740993'),
        (b'"seq":4', b'"seq":NaN'),
        (b'"seq":4', b'"seq":true'),
        (b'"v":1', b'"v":0'),
        (b'"id":"f', b'"id":"","x":"f'),
        (b'"tick"', b'"tock"'),
        (b'"body":{', b'"body":{"deep":' + b"[" * 5_000 + b"]" * 5_000 + b","),
        (b'"body":{', b'"body":{"a":-0.0,'),
        (b'"body":{', b'"body":{"a":1e999,'),
        (b'"body":{', b'"body":{"a":1,"a":1,'),
        (b'"body":{', b'"body":{"a":"\\ud800",'),
        (b'"body":{', b'"body":{"a":"\xed\xa0\x80",'),
        (b"2026-", b"0000-"),
        (b"Z", b"+00:00"),
        (b"live-7", b""),
        (b"\n", b"\r\n"),
        (b'"kind":"live"', b'"kind":"dead"'),
        (b'"kind":"live"', b'"kind":["live"]'),
        (b'"facts":', b'"facts":-'),
        (b'"public_key":"', b'"public_key":"AA'),
        (b'"public_key":"', b'"public_key":7,"x":"'),
        (b'"fingerprint":"', b'"fingerprint":"0'),
        (b'"size":7', b'"size":-7'),
        (b'"root":"', b'"root":"G'),
        (b'"sig":{', b'"sig":{"a":1,'),
        (b'"by":"ann",', b""),
    ],
)
def test_that_a_rare_damage_has_one_verdict(old: bytes, new: bytes) -> None:
    raw = b"".join(LINES)
    assert old in raw
    for changed in (raw.replace(old, new), raw.replace(old, new, 1)):
        theirs, ours = verdicts(split_lines(changed), [], None)
        assert theirs == ours
        assert not theirs["ok"]


@pytest.mark.parametrize("lines", [[], [b""], [b"\n"], [b"[]\n"], LINES[:1], LINES[1:]])
def test_that_a_piece_of_a_journal_has_one_verdict(lines: list[bytes]) -> None:
    theirs, ours = verdicts(lines, [ANCHOR], FINGERPRINT)
    assert theirs == ours
    assert not theirs["ok"]


def test_that_every_key_swap_is_seen_given_the_known_key() -> None:
    thief = WHOLE.sealed(WHOLE.facts, SigningKey(bytes(32)))
    theirs, ours = verdicts(thief.lines(), [], FINGERPRINT)
    assert theirs == ours
    assert not theirs["ok"]


NEW = SigningKey(b"n" * 32)
BODIES: list[JsonObject] = [
    {"person": "ann", "public_key": NEW.public.text},
    {"person": "ann", "public_key": NEW.public.text, "fingerprint": NEW.public.fingerprint},
    {"person": "ann", "public_key": NEW.public.text, "fingerprint": 7},
    {"person": "ann", "public_key": NEW.public.text, "fingerprint": ""},
    {"person": "", "public_key": NEW.public.text},
    {"person": 7, "public_key": NEW.public.text},
    {"person": "ann", "public_key": NEW.public.text[:-1]},
    {"person": "ann", "public_key": None},
    {"person": "ann", "public_key": WHOLE.people["bob"].public.text},
    {"fingerprint": NEW.public.fingerprint},
    {"fingerprint": 7},
    {},
]


@pytest.mark.parametrize("first", ["key_registered", "key_revoked"])
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("signer", [NEW, WHOLE.people["ann"], WHOLE.people["bob"]])
def test_that_a_persons_key_has_one_verdict(
    first: str, body: JsonObject, signer: SigningKey
) -> None:
    facts = list(WHOLE.facts)
    more: list[tuple[str, JsonObject]] = [(first, body), ("gate_voted", {})]
    more += [("key_revoked", body), ("step_started", {})]
    for kind, inside in more:
        seq = len(facts) + 1
        fact = msgspec.structs.replace(
            facts[0], seq=seq, id=FactId(f"n{seq}"), kind=kind, body=inside, act=None
        )
        facts.append(sign_act(fact, signer))
    theirs, ours = verdicts(WHOLE.sealed(facts).lines(), [], None)
    assert theirs == ours


@given(st.floats(allow_nan=False, allow_infinity=False).filter(bool))
def test_that_numbers_are_laid_out_as_the_rfc_does(number: float) -> None:
    assert script.canonical(number).encode() == rfc8785.dumps(number)


@pytest.mark.parametrize("number", [1e21, 9.9e20, 1e-6, 1e-7, 123456.789, 5e-324, 1.5e300, -2.5])
def test_that_numbers_at_the_edges_are_too(number: float) -> None:
    assert script.canonical(number).encode() == rfc8785.dumps(number)


@given(st.dictionaries(st.text(), st.text() | st.integers(-9, 9) | st.lists(st.none())))
def test_that_objects_have_the_form_of_the_rfc(value: dict[str, Any]) -> None:
    assert script.canonical(value).encode() == rfc8785.dumps(value)


# ---------------------------------------------------------------------------- the command


def test_that_a_verified_journal_ends_with_0(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anchor = tmp_path / "anchor"
    anchor.write_bytes(b"\n " + ANCHOR + b" \r\n" + checkpoint_line(WHOLE.checkpoints[0]) + b"\n")
    asked = [str(journal), "--anchor", str(anchor), "--key", FINGERPRINT, "--json"]
    assert script.main(asked) == 0
    assert json.loads(capsys.readouterr().out) == {
        "ok": True,
        "facts": len(WHOLE.facts),
        "root": WHOLE.checkpoints[-1].root,
        "first_broken": None,
        "anchored": True,
        "signed_by": FINGERPRINT,
        "reasons": [],
    }


def test_that_a_broken_journal_ends_with_1(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.write_bytes(b"".join(LINES[:5] + LINES[6:]))
    assert script.main([str(journal)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("NOT VERIFIED\n- line 6: fact 6 of live-7 stands here\n")
    assert "first_broken: 5\n" in said


def test_that_a_person_reads_that_nothing_anchors_it(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.main([str(journal)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("verified\n- not anchored")
    assert "anchored: False\n" in said


@pytest.mark.parametrize("text", [FINGERPRINT, WHOLE.key.public.text])
def test_that_the_known_key_may_be_a_file(journal: Path, tmp_path: Path, text: str) -> None:
    key = tmp_path / "key"
    key.write_text(f"{text}\n")
    assert script.main([str(journal), "--key", str(key)]) == 0
    key.write_text(SigningKey(bytes(32)).public.text)
    assert script.main([str(journal), "--key", str(key)]) == 1


def test_that_what_cannot_be_read_ends_with_2(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.main([str(tmp_path / "missing")]) == 2
    assert script.main([str(journal), "--key", str(tmp_path / "missing")]) == 2
    assert script.main([str(journal), "--anchor", str(tmp_path / "missing")]) == 2
    assert script.main([str(journal), "--anchor", str(journal)]) == 2
    wrong = tmp_path / "key"
    wrong.write_text("no key!")
    assert script.main([str(journal), "--key", str(wrong)]) == 2
    assert capsys.readouterr().err.count("cannot be read") == 5


def test_that_without_cryptography_it_says_what_was_not_checked(journal: Path) -> None:
    bare = [sys.executable, "-I", "-S", str(SCRIPT), str(journal), "--json"]
    ended = subprocess.run(bare, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    verdict = json.loads(ended.stdout)
    assert (verdict["ok"], verdict["signed_by"], verdict["first_broken"]) == (False, None, None)
    assert verdict["root"] == WHOLE.checkpoints[-1].root
    assert verdict["reasons"][0].startswith("signatures not checked")


def test_that_it_runs_as_a_program_of_its_own(journal: Path) -> None:
    alone = [sys.executable, "-I", str(SCRIPT), str(journal), "--json"]
    ended = subprocess.run(alone, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)["ok"]
