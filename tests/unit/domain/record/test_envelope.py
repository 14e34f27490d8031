"""Envelopes, their lines, and what a person signs."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.kernel.ids import FactId, Fingerprint, PersonId
from relconsole.domain.record.canonical import is_canonical
from relconsole.domain.record.envelope import (
    ActSignature,
    Envelope,
    act_message_of,
    line,
    parse_line,
)

FACT = Envelope(
    seq=7,
    id=FactId("f7"),
    journal="live-1",
    stream="release/payments",
    kind="step_started",
    version=2,
    at=datetime(2026, 8, 8, 22, 0, tzinfo=UTC),
    tick=1_500,
    by=PersonId("ann"),
    body={"step": "s1"},
    act=ActSignature(key=Fingerprint("00"), signature="c2ln"),
)
NAMES = st.text(min_size=1)
BODIES = st.dictionaries(st.text(), st.none() | st.booleans() | st.text() | st.integers(-9, 9))


def test_that_a_line_has_short_stable_keys() -> None:
    assert line(FACT) == (
        b'{"at":"2026-08-08T22:00:00Z","body":{"step":"s1"},"by":"ann","id":"f7",'
        b'"journal":"live-1","kind":"step_started","seq":7,'
        b'"sig":{"key":"00","signature":"c2ln"},"stream":"release/payments","tick":1500,"v":2}'
    )


def test_that_nobody_and_no_signature_leave_no_key() -> None:
    silent = line(replace(FACT, by=None, act=None))
    assert b'"by"' not in silent
    assert b'"sig"' not in silent
    assert parse_line(silent) == replace(FACT, by=None, act=None)


@given(
    st.builds(
        replace,
        st.just(FACT),
        seq=st.integers(1, 10**9),
        id=NAMES.map(FactId),
        stream=NAMES,
        kind=NAMES,
        at=st.datetimes(timezones=st.just(UTC)),
        tick=st.integers(0, 10**12),
        body=BODIES,
    )
)
def test_that_a_line_reads_back(fact: Envelope) -> None:
    assert parse_line(line(fact)) == fact
    assert is_canonical(line(fact))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"seq":7', b'"seq":0'),
        (b'"seq":7', b'"seq":"7"'),
        (b'"seq":7', b'"seq":true'),
        (b'"v":2', b'"v":0'),
        (b'"id":"f7",', b""),
        (b'"id":"f7"', b'"id":""'),
        (b'"tick"', b'"tock"'),
        (b'"v":2', b'"v":2,"w":3'),
        (b'"by":"ann",', b""),
        (b'"key":"00"', b'"key":"00","more":1'),
        (b"T22:00:00Z", b"T22:00:00"),
        (b"T22:00:00Z", b"T22:00Z"),
        (b"2026-08-08", b"2026-02-30"),
        (b'{"step":"s1"}', b'["s1"]'),
        (b'{"step":"s1"}', b'{"step":' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
        (b'{"step":"s1"}', b'{"step":"\xff"}'),
        (b'"v":2}', b'"v":2'),
    ],
)
def test_that_anything_else_is_no_envelope(old: bytes, new: bytes) -> None:
    raw = line(FACT)
    assert old in raw
    with pytest.raises(InputRejected, match="no envelope") as rejected:
        parse_line(raw.replace(old, new), file="night.jsonl", number=8)
    assert (rejected.value.problems[0].file, rejected.value.problems[0].line) == ("night.jsonl", 8)


def test_that_nobody_cannot_sign() -> None:
    with pytest.raises(ValueError, match="by nobody"):
        replace(FACT, by=None)


def test_that_a_signature_counts_for_one_fact_of_one_journal() -> None:
    signed = act_message_of(FACT)
    assert signed is not None
    assert signed == (
        b'relconsole-act/1\n{"at":"2026-08-08T22:00:00Z","body":{"step":"s1"},"by":"ann",'
        b'"id":"f7","journal":"live-1","kind":"step_started","stream":"release/payments","v":2}'
    )
    others = [
        replace(FACT, id=FactId("f8")),
        replace(FACT, journal="demo-1"),
        replace(FACT, stream="release/other"),
        replace(FACT, kind="step_failed"),
        replace(FACT, version=1),
        replace(FACT, by=PersonId("bob")),
        replace(FACT, at=datetime(2026, 8, 8, 22, 1, tzinfo=UTC)),
        replace(FACT, body={"step": "s2"}),
    ]
    assert signed not in [act_message_of(other) for other in others]


def test_that_the_place_in_the_journal_is_not_signed() -> None:
    assert act_message_of(replace(FACT, seq=9, tick=2)) == act_message_of(FACT)


def test_that_the_console_itself_signs_nothing() -> None:
    assert act_message_of(replace(FACT, by=None, act=None)) is None
