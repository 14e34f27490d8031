"""The exported journal as a file."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.kernel.ids import Digest
from relconsole.domain.record.checkpoint import Checkpoint, checkpoint_line, sign_checkpoint
from relconsole.domain.record.file_form import (
    Header,
    JournalKind,
    export_lines,
    header_line,
    is_header_signed,
    parse_header,
    sign_header,
    sorted_checkpoints,
    split_lines,
)
from relconsole.domain.record.signature import SigningKey

KEY = SigningKey(bytes(range(32)))
NIGHT = datetime(2026, 8, 8, 22, tzinfo=UTC)
HEADER = sign_header(
    journal="live-1", kind=JournalKind.LIVE, exported_at=NIGHT, facts=2, checkpoints=1, key=KEY
)


def head(size: int, minute: int = 0) -> Checkpoint:
    at = NIGHT.replace(minute=minute)
    return sign_checkpoint(journal="live-1", size=size, root=Digest("0" * 64), at=at, key=KEY)


def test_that_a_header_names_the_journal_its_kind_and_its_key() -> None:
    found = json.loads(header_line(HEADER))
    del found["signature"]
    assert found == {
        "checkpoints": 1,
        "exported_at": "2026-08-08T22:00:00Z",
        "facts": 2,
        "format": "relconsole-journal/1",
        "journal": "live-1",
        "key": {"fingerprint": KEY.public.fingerprint, "public_key": KEY.public.text},
        "kind": "live",
    }


def test_that_a_header_reads_back_and_is_signed() -> None:
    assert parse_header(header_line(HEADER)) == HEADER
    assert is_header_signed(HEADER)


@pytest.mark.parametrize(
    "changed",
    [
        replace(HEADER, kind=JournalKind.DEMO),
        replace(HEADER, facts=1),
        replace(HEADER, checkpoints=0),
        replace(HEADER, journal="live-2"),
        replace(HEADER, exported_at=NIGHT.replace(hour=21)),
        replace(HEADER, key=SigningKey(bytes(32)).public),
    ],
)
def test_that_a_changed_header_is_not_signed(changed: Header) -> None:
    assert not is_header_signed(changed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"journal/1", b"journal/2"),
        (b'"live"', b'"dead"'),
        (b'"facts":2', b'"facts":-2'),
        (b"22:00:00Z", b"22:00Z"),
        (b'"public_key":"', b'"public_key":"AA'),
        (b'"fingerprint":"', b'"fingerprint":"0'),
        (b'"facts":2', b'"facts": 2'),
        (b'"live-1"', b'""'),
        (b"{", b"["),
    ],
)
def test_that_anything_else_is_no_header(old: bytes, new: bytes) -> None:
    raw = header_line(HEADER)
    assert old in raw
    with pytest.raises(InputRejected) as rejected:
        parse_header(raw.replace(old, new), file="night.jsonl")
    assert (rejected.value.problems[0].file, rejected.value.problems[0].line) == ("night.jsonl", 1)


def test_that_a_file_is_header_facts_and_checkpoints_a_line_each() -> None:
    lines = list(
        export_lines(
            journal="live-1",
            kind=JournalKind.LIVE,
            exported_at=NIGHT,
            key=KEY,
            facts=[b"fact 1", b"fact 2"],
            checkpoints=[head(2)],
        )
    )
    assert lines == [
        header_line(HEADER) + b"\n",
        b"fact 1\n",
        b"fact 2\n",
        checkpoint_line(head(2)) + b"\n",
    ]


def test_that_checkpoints_stand_by_size_then_by_time_each_once() -> None:
    heads = [head(3), head(1, minute=5), head(1, minute=2), head(3)]
    ordered = [head(1, minute=2), head(1, minute=5), head(3)]
    assert sorted_checkpoints(heads) == [checkpoint_line(each) for each in ordered]


@given(st.lists(st.sampled_from([b"a", b"bc", b""])), st.booleans())
def test_that_splitting_keeps_every_byte(parts: list[bytes], ended: bool) -> None:
    raw = b"\n".join(parts) + (b"\n" if ended else b"")
    lines = split_lines(raw)
    assert b"".join(lines) == raw
    assert all(line.endswith(b"\n") for line in lines[:-1])
    assert all(line.count(b"\n") <= 1 and line for line in lines)
