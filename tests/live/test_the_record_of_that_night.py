"""What anybody can verify of the night afterwards, with what was kept outside the journal."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.live.facts import checkpoints_in
from tests.live.story import Seen, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The exported journal, and the anchors: of the keyring, and of the change record."""

    export: Path
    verifier: Path
    keyring: Path
    change: Path
    fingerprint: str
    facts: int

    def judge(self, export: Path, *anchors: Path) -> tuple[int, dict[str, Any]]:
        """Give what the script that stands alone says, without the program on its path."""
        told = [word for anchor in anchors for word in ("--anchor", str(anchor))]
        words = [str(export), *told, "--key", self.fingerprint, "--json"]
        done = subprocess.run(
            [sys.executable, "-P", str(self.verifier), *words],
            cwd=self.verifier.parent,
            env={"LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, json.loads(done.stdout)


def anchor_in_the_keyring(stage: Stage, journal: str) -> str:
    """The anchor as any other program of this desktop reads it out of the keyring."""
    ask = "import keyring, sys; print(keyring.get_password('relconsole', sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", ask, f"anchor/{journal}"],
        env=dict(stage.desktop.environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


@pytest.fixture
def record(stage: Stage, seen: Seen, tmp_path: Path) -> Record:
    exported = seen.answers["export"].done()
    export = stage.folder / "journal.jsonl"
    header = json.loads(export.read_text(encoding="utf-8").splitlines()[0])
    keyring, change = tmp_path / "keyring.anchor", tmp_path / "change.anchor"
    keyring.write_text(anchor_in_the_keyring(stage, header["journal"]), encoding="utf-8")
    comments = yaml.safe_load(stage.change.read_text(encoding="utf-8"))["comments"]
    kept_there = checkpoints_in(comment["text"] for comment in comments)
    change.write_text("".join(f"{line}\n" for line in kept_there), encoding="utf-8")
    return Record(
        export=export,
        verifier=stage.folder / "verify_journal.py",
        keyring=keyring,
        change=change,
        fingerprint=exported["signed_by"],
        facts=exported["facts"],
    )


def test_that_the_store_verifies_with_the_anchor_of_the_keyring(stage: Stage, seen: Seen) -> None:
    verdict = stage.line.run("journal", "verify").done()
    assert (verdict["ok"], verdict["anchored"], verdict["first_broken"]) == (True, True, None)


@pytest.mark.practice("E4.3")
@pytest.mark.parametrize("place", ["keyring", "change"])
def test_that_the_export_verifies_with_the_anchor_of(
    stage: Stage, record: Record, place: str
) -> None:
    anchor: Path = getattr(record, place)
    # The change record is taken as it is, and for the script that stands alone line by line.
    kept = stage.change if place == "change" else anchor
    words = ("--anchor", str(kept), "--key", record.fingerprint)
    verdict = stage.line.run("journal", "verify", str(record.export), *words).done()
    assert (verdict["ok"], verdict["anchored"]) == (True, True)
    assert verdict["facts"] == record.facts
    status, alone = record.judge(record.export, anchor)
    assert (status, alone["ok"], alone["anchored"]) == (0, True, True)
    assert alone["root"] == verdict["root"]
    assert alone["signed_by"] == record.fingerprint


def test_that_without_an_anchor_it_is_said_that_nothing_speaks_for_it(record: Record) -> None:
    status, verdict = record.judge(record.export)
    assert (status, verdict["ok"], verdict["anchored"]) == (0, True, False)


def test_that_another_word_in_a_fact_is_found(record: Record, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    text = record.export.read_text(encoding="utf-8")
    assert text.count('"rolled_back"') > 0
    other.write_text(text.replace('"rolled_back"', '"finished"'), encoding="utf-8")
    status, verdict = record.judge(other, record.change)
    assert (status, verdict["ok"]) == (1, False)
    assert verdict["first_broken"] is not None


def test_that_a_record_from_before_the_rollback_is_found_out_by_the_change_record(
    stage: Stage, seen: Seen, record: Record
) -> None:
    """It was signed by the journal's own key, so that nothing but a later anchor tells."""
    seen.answers["early export"].done()
    early = stage.folder / "early.jsonl"
    status, alone = record.judge(early)
    assert (status, alone["ok"], alone["anchored"]) == (0, True, False)
    status, anchored = record.judge(early, record.change)
    assert (status, anchored["ok"]) == (1, False)
    verdict = stage.line.run("journal", "verify", str(early), "--anchor", str(stage.change))
    assert (verdict.status, verdict.document["ok"]) == (1, False)
