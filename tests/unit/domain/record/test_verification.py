"""The verdict on an exported journal."""

import random
from collections.abc import Sequence
from dataclasses import replace

import msgspec.structs
import pytest

from relconsole.domain.kernel.ids import Digest, FactId, Fingerprint, PersonId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.record.canonical import canonical
from relconsole.domain.record.checkpoint import checkpoint_line, sign_checkpoint
from relconsole.domain.record.envelope import Envelope, line
from relconsole.domain.record.file_form import export_lines, header_line, parse_header
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.record.tree import EMPTY_ROOT, leaf_hash, root_of
from relconsole.domain.record.verification import Verification, verify_lines
from tests.promises.journals import EVERY, Sample, sample, second, sign_act

WHOLE = sample(1)
LINES = WHOLE.lines()
FACTS = len(WHOLE.facts)
NOT_ANCHORED = "not anchored: nothing outside this file speaks for it"


def with_fact(at: int, fact: Envelope) -> list[bytes]:
    """Give the file with another fact at a place, from 1, and nothing else changed."""
    return [*LINES[:at], line(fact) + b"\n", *LINES[at + 1 :]]


def grown(*bodies: tuple[str, JsonObject, SigningKey | None]) -> Sample:
    """Give the journal with facts more, sealed anew: kind, body, and the key that signs for ann."""
    facts: list[Envelope] = list(WHOLE.facts)
    for kind, body, key in bodies:
        fact = msgspec.structs.replace(
            facts[0],
            seq=len(facts) + 1,
            id=FactId(f"more-{len(facts)}"),
            kind=kind,
            body=body,
            act=None,
        )
        facts.append(fact if key is None else sign_act(fact, key))
    return WHOLE.sealed(facts)


def broken(lines: Sequence[bytes]) -> tuple[bool, int | None]:
    verdict = verify_lines(lines)
    return verdict.ok, verdict.first_broken


def test_that_an_untouched_journal_is_verified() -> None:
    assert verify_lines(LINES) == Verification(
        ok=True,
        facts=FACTS,
        root=Digest(root_of(leaf_hash(line(fact)) for fact in WHOLE.facts).hex()),
        first_broken=None,
        anchored=False,
        anchored_to=0,
        signed_by=WHOLE.key.public.fingerprint,
        reasons=(NOT_ANCHORED,),
    )


def test_that_an_anchor_that_agrees_anchors() -> None:
    verdict = verify_lines(LINES, WHOLE.checkpoints[:2], WHOLE.key.public.fingerprint)
    assert (verdict.ok, verdict.anchored, verdict.anchored_to) == (True, True, 2 * EVERY)
    assert verdict.reasons == ()


def test_that_a_journal_without_facts_is_verified() -> None:
    empty = Sample(WHOLE.key, {}, (), ())
    verdict = verify_lines(empty.lines())
    assert (verdict.ok, verdict.facts, verdict.root) == (True, 0, EMPTY_ROOT.hex())


@pytest.mark.parametrize("lines", [[], [b"\n"], [b"{}\n"], LINES[1:]])
def test_that_a_file_without_header_is_no_journal(lines: list[bytes]) -> None:
    verdict = verify_lines(lines, WHOLE.checkpoints[:1])
    assert (verdict.ok, verdict.facts, verdict.signed_by) == (False, 0, None)
    assert verdict.anchored is False


def test_that_a_header_of_another_key_is_seen() -> None:
    header = parse_header(LINES[0].rstrip(b"\n"))
    claims = replace(header, key=SigningKey(bytes(32)).public)
    verdict = verify_lines([header_line(claims) + b"\n", *LINES[1:]])
    assert (verdict.ok, verdict.signed_by) == (False, None)


def test_that_another_key_than_the_known_one_is_seen() -> None:
    thief = WHOLE.sealed(WHOLE.facts, SigningKey(bytes(32)))
    assert verify_lines(thief.lines()).ok
    verdict = verify_lines(thief.lines(), known_key=WHOLE.key.public.fingerprint)
    assert (verdict.ok, verdict.first_broken) == (False, None)


def test_that_a_changed_fact_is_named_by_the_first_checkpoint_over_it() -> None:
    forged = msgspec.structs.replace(WHOLE.facts[8], body={"note": "forged"}, act=None)
    assert broken(with_fact(9, forged)) == (False, 2 * EVERY)


def test_that_a_fact_out_of_place_is_named() -> None:
    swapped = [*LINES[:9], LINES[10], LINES[9], *LINES[11:]]
    assert broken(swapped) == (False, 9)


def test_that_a_missing_fact_is_named() -> None:
    assert broken([*LINES[:9], *LINES[10:]]) == (False, 9)


def test_that_a_fact_of_another_journal_is_named() -> None:
    other = msgspec.structs.replace(WHOLE.facts[4], journal="demo-1", act=None)
    assert broken(with_fact(5, other)) == (False, 5)


def test_that_another_spelling_of_a_fact_is_named() -> None:
    assert broken([*LINES[:5], LINES[5].replace(b'"seq":', b'"seq": '), *LINES[6:]]) == (False, 5)


def test_that_what_is_no_fact_is_named() -> None:
    assert broken([*LINES[:5], b"garbage\n", *LINES[6:]]) == (False, 5)


def test_that_a_line_must_end() -> None:
    verdict = verify_lines([*LINES[:-1], LINES[-1].rstrip(b"\n")])
    assert not verdict.ok
    assert f"line {len(LINES)} does not end" in verdict.reasons
    assert not verify_lines([LINES[0].rstrip(b"\n")]).ok


def test_that_facts_that_no_checkpoint_covers_are_named() -> None:
    loose = Sample(WHOLE.key, WHOLE.people, WHOLE.facts, WHOLE.checkpoints[:2])
    assert broken(loose.lines()) == (False, 2 * EVERY + 1)
    assert broken(Sample(WHOLE.key, {}, WHOLE.facts, ()).lines()) == (False, 1)


def test_that_checkpoints_are_counted_and_in_order() -> None:
    first = FACTS + 1
    assert not verify_lines([*LINES[:first], *LINES[first + 1 :]]).ok
    assert not verify_lines(
        [*LINES[:first], LINES[first + 1], LINES[first], *LINES[first + 2 :]]
    ).ok
    assert not verify_lines([*LINES, LINES[-1]]).ok


def test_that_nothing_but_checkpoints_stands_after_the_first_one() -> None:
    verdict = verify_lines([*LINES, LINES[3]])
    assert (verdict.ok, verdict.first_broken) == (False, None)
    assert f"line {len(LINES) + 1} is no checkpoint" in verdict.reasons


@pytest.mark.parametrize("changes", [b'"size":-7', b'"size": 7'])
def test_that_a_checkpoint_in_another_form_is_none(changes: bytes) -> None:
    raw = LINES[FACTS + 1].replace(b'"size":7', changes)
    assert raw != LINES[FACTS + 1]
    assert broken([*LINES[: FACTS + 1], raw, *LINES[FACTS + 2 :]]) == (False, FACTS + 1)


def test_that_an_anchor_speaks_against_a_journal_sealed_anew() -> None:
    forged = [msgspec.structs.replace(WHOLE.facts[0], by=PersonId("bob")), *WHOLE.facts[1:]]
    anew = WHOLE.sealed(forged)
    assert verify_lines(anew.lines()).ok
    verdict = verify_lines(anew.lines(), [WHOLE.checkpoints[2], WHOLE.checkpoints[1]])
    assert (verdict.ok, verdict.anchored, verdict.anchored_to) == (False, False, 0)
    assert verdict.first_broken == WHOLE.checkpoints[1].size
    assert NOT_ANCHORED not in verdict.reasons


def test_that_an_anchor_speaks_against_an_older_file() -> None:
    older = WHOLE.lines(EVERY)
    assert verify_lines(older).ok
    last = WHOLE.checkpoints[-1]
    verdict = verify_lines(older, [last])
    assert (verdict.ok, verdict.first_broken) == (False, last.size)


def test_that_an_anchor_of_another_journal_or_key_is_refused() -> None:
    head = WHOLE.checkpoints[0]
    other = sign_checkpoint(
        journal="demo-1", size=head.size, root=head.root, at=head.at, key=WHOLE.key
    )
    thief = sign_checkpoint(
        journal=head.journal, size=head.size, root=head.root, at=head.at, key=SigningKey(bytes(32))
    )
    for anchor in (other, thief, replace(head, key=Fingerprint("0" * 64))):
        verdict = verify_lines(LINES, [anchor])
        assert (verdict.ok, verdict.anchored, verdict.first_broken) == (False, False, None)


# ------------------------------------------------------------------- people's signatures

ANN, BOB = WHOLE.people["ann"], WHOLE.people["bob"]
NEW = SigningKey(b"n" * 32)


def registers(key: SigningKey, person: str = "ann", mark: str | None = None) -> JsonObject:
    fingerprint = key.public.fingerprint if mark is None else mark
    return {"person": person, "public_key": key.public.text, "fingerprint": fingerprint}


BARE: JsonObject = {"person": "ann", "public_key": NEW.public.text}
REVOKES: JsonObject = {"fingerprint": NEW.public.fingerprint}


More = tuple[str, JsonObject, SigningKey | None]
SIGNED: list[list[More]] = [
    [("gate_voted", {}, ANN)],
    [("key_registered", registers(NEW), NEW), ("gate_voted", {}, NEW)],
    [("key_registered", registers(NEW), None), ("key_revoked", REVOKES, NEW)],
    [("key_registered", BARE, None), ("gate_voted", {}, NEW)],
    [("key_registered", registers(ANN), ANN), ("gate_voted", {}, ANN)],
]
UNSIGNED: list[tuple[More, str]] = [
    (("gate_voted", {}, NEW), "not registered for ann"),
    (("gate_voted", {}, BOB), "not registered for ann"),
    (("key_registered", registers(NEW, "bob"), NEW), "not registered for ann"),
    (("key_registered", registers(BOB), None), "registers bob's key for ann"),
    (("key_registered", registers(NEW, ""), None), "of nobody"),
    (("key_registered", registers(NEW, mark="0" * 64), None), "another key's fingerprint"),
    (("key_registered", {**BARE, "fingerprint": 7}, None), "another key's fingerprint"),
    (("key_registered", {**registers(NEW), "public_key": "AA"}, None), "registers no key"),
    (("key_registered", {**registers(NEW), "public_key": 7}, None), "registers no key"),
]


@pytest.mark.parametrize("facts", SIGNED)
def test_that_a_registered_key_signs(facts: list[More]) -> None:
    assert verify_lines(grown(*facts).lines()).ok


@pytest.mark.parametrize(("fact", "says"), UNSIGNED)
def test_that_another_key_does_not_sign(fact: More, says: str) -> None:
    verdict = verify_lines(grown(fact).lines())
    assert (verdict.ok, verdict.first_broken) == (False, FACTS + 1)
    assert says in verdict.reasons[0]


def test_that_a_revoked_key_never_signs_again() -> None:
    registered = ("key_registered", registers(NEW), None)
    later = grown(registered, ("key_revoked", REVOKES, None), ("gate_voted", {}, NEW))
    verdict = verify_lines(later.lines())
    assert (verdict.ok, verdict.first_broken) == (False, FACTS + 3)
    again = grown(registered, ("key_revoked", REVOKES, None), registered, ("gate_voted", {}, NEW))
    assert verify_lines(again.lines()).first_broken == FACTS + 4


def test_that_the_journals_key_cannot_change_what_a_person_signed() -> None:
    at, signed = next((at, fact) for at, fact in enumerate(WHOLE.facts) if fact.act is not None)
    forged = msgspec.structs.replace(signed, body={"note": "forged"})
    anew = WHOLE.sealed([*WHOLE.facts[:at], forged, *WHOLE.facts[at + 1 :]])
    verdict = verify_lines(anew.lines())
    assert (verdict.ok, verdict.first_broken) == (False, at + 1)
    assert f"not what {signed.by} signed" in verdict.reasons[0]


def by_second(signer: str, key: SigningKey, **changes: str) -> More:
    answer = second("ann", signer, {signer: key})
    return ("step_started", {"deep": [{"commit": {**answer, **changes}}]}, None)


def test_that_a_second_person_signs_with_a_registered_key() -> None:
    assert verify_lines(grown(by_second("zoë", WHOLE.people["zoë"])).lines()).ok


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        (by_second("bob", BOB), "second signature: signed with a revoked key of bob"),
        (by_second("zoë", NEW), "second signature: signed with a key that is not registered"),
        (by_second("mallory", BOB), "second signature: signed with a key that is not registered"),
        (by_second("ann", ANN), "ann is second to themselves"),
        (by_second("zoë", WHOLE.people["zoë"], digest="0" * 64), "not what zoë signed"),
    ],
)
def test_that_a_second_signature_counts_by_the_rules_of_the_first(fact: More, says: str) -> None:
    verdict = verify_lines(grown(fact).lines())
    assert (verdict.ok, verdict.first_broken) == (False, FACTS + 1)
    assert says in verdict.reasons[0]


def test_that_who_enrols_a_key_may_have_signed_for_it_themselves() -> None:
    _, body, _ = by_second("ann", ANN)
    assert verify_lines(grown(("key_enrolled", body, None)).lines()).ok


def test_that_a_body_may_speak_of_checkpoints() -> None:
    body: JsonObject = {"anchor": canonical({"format": "relconsole-checkpoint/1"}).decode()}
    quoted: JsonObject = {"format": "relconsole-checkpoint/1", "of": [body]}
    assert verify_lines(grown(("anchored", quoted, None)).lines()).ok


def test_that_no_single_damaged_byte_passes() -> None:
    raw = b"".join(LINES)
    rng = random.Random(6)
    for _ in range(40):
        at, bit = rng.randrange(len(raw)), 1 << rng.randrange(8)
        damaged = raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :]
        assert not verify_lines(damaged.splitlines(keepends=True)).ok


def test_that_the_export_of_a_sample_is_what_it_says() -> None:
    header = parse_header(LINES[0].rstrip(b"\n"))
    again = export_lines(
        journal=header.journal,
        kind=header.kind,
        exported_at=header.exported_at,
        key=WHOLE.key,
        facts=[line(fact) for fact in WHOLE.facts],
        checkpoints=WHOLE.checkpoints,
    )
    assert list(again) == LINES
    assert LINES[FACTS + 1] == checkpoint_line(WHOLE.checkpoints[0]) + b"\n"
