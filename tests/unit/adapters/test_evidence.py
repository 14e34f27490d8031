"""Evidence: files that are whole or not there, for their owner alone, under harmless names."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.adapters.evidence import EvidenceFolder, safe_name, write_durably
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.ports.evidence import Evidence
from tests.helpers.fakes.evidence import FakeEvidence


@given(st.text())
def test_that_no_name_leads_out_of_its_folder(name: str) -> None:
    found = safe_name(name)
    assert re.fullmatch(r"[A-Za-z0-9-][A-Za-z0-9._-]{0,119}", found)
    assert Path(found).name == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("state.json", "state.json"),
        ("before-rollback-0192f0c0", "before-rollback-0192f0c0"),
        ("../../etc/passwd", "etc_passwd"),
        (".hidden", "hidden"),
        ("a b;rm -rf /", "a_b_rm_-rf"),
        ("Grüße", "Gr_e"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("x" * 300, "x" * 120),
    ],
)
def test_that_a_name_keeps_what_is_harmless_in_it(name: str, found: str) -> None:
    assert safe_name(name) == found


@pytest.mark.parametrize("content", [b"", b"what was seen", bytes(range(256)) * 1_000])
def test_that_evidence_is_kept_with_the_digest_of_its_bytes(tmp_path: Path, content: bytes) -> None:
    evidence: Evidence = EvidenceFolder(tmp_path / "evidence")
    path, digest = asyncio.run(evidence.keep("before/run", "out put.txt", content))
    assert Path(path) == tmp_path / "evidence" / "before_run" / "out_put.txt"
    assert Path(path).read_bytes() == content
    assert digest == hashlib.sha256(content).hexdigest()


def test_that_evidence_is_for_its_owners_eyes_alone(tmp_path: Path) -> None:
    path, _ = asyncio.run(EvidenceFolder(tmp_path / "evidence").keep("run", "state", b"x"))
    kept = Path(path)
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (kept, kept.parent)]
    assert modes == [0o600, 0o700]


def test_that_nothing_but_the_file_remains(tmp_path: Path) -> None:
    write_durably(tmp_path / "state", b"first")
    write_durably(tmp_path / "state", b"second")
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    assert (tmp_path / "state").read_bytes() == b"second"


def test_that_what_was_there_stays_whole_where_the_new_one_cannot_be_put(tmp_path: Path) -> None:
    taken = tmp_path / "state"
    taken.mkdir()
    (taken / "old").write_bytes(b"old")
    with pytest.raises(OSError, match="state"):
        write_durably(taken, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    assert (taken / "old").read_bytes() == b"old"


def test_that_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    outside, link = tmp_path / "outside", tmp_path / "state"
    outside.write_bytes(b"mine")
    link.symlink_to(outside)
    write_durably(link, b"new")
    assert outside.read_bytes() == b"mine"
    assert not link.is_symlink()
    assert link.read_bytes() == b"new"


def test_that_a_link_in_the_place_of_the_unfinished_file_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    (tmp_path / f".state.{os.getpid()}.partial").symlink_to(outside)
    with pytest.raises(OSError, match=r"state.*partial"):
        write_durably(tmp_path / "state", b"new")
    assert outside.read_bytes() == b"mine"
    assert not (tmp_path / "state").exists()


def test_that_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "evidence"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(WorldIsDown, match="state cannot be written") as refused:
        asyncio.run(EvidenceFolder(blocked).keep("run", "state", b"x"))
    assert refused.value.system == "disk"


def test_that_the_fake_keeps_as_the_folder_does(tmp_path: Path) -> None:
    fake = FakeEvidence()
    _, digest = asyncio.run(EvidenceFolder(tmp_path).keep("run", "state", b"x"))
    assert asyncio.run(fake.keep("run", "state", b"x")) == ("run/state", digest)
    fake.full = True
    with pytest.raises(WorldIsDown):
        asyncio.run(fake.keep("run", "state", b"x"))
