"""`journal`: anybody verifies the record, and an anchor outside speaks against its own store."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from relconsole.domain.record.file_form import split_lines
from tests.e2e.cli.plans import CUTOVER, RELEASE, write_plan
from tests.helpers.cli import Workstation, change_fact, run_cli
from tests.helpers.fakes.credentials import FakeCredentials
from tests.helpers.journals import edit

KEYS = {"ok", "facts", "root", "first_broken", "anchored", "signed_by"}


@pytest.fixture
def exported(desk: Workstation, tmp_path: Path) -> Path:
    path = tmp_path / "out" / "night.jsonl"
    assert desk.ask("journal", "export", path)["ok"]
    return path


def live(machine: Workstation) -> Path:
    return machine.store / "live" / "journal.db"


def test_that_a_journal_of_the_store_verifies_and_says_that_it_is_not_anchored(
    desk: Workstation,
) -> None:
    found = desk.ask("journal", "verify")
    assert found.keys() >= KEYS
    assert (found["ok"], found["anchored"], found["first_broken"]) == (True, False, None)
    assert any("not anchored" in reason for reason in found["reasons"])
    assert len(found["signed_by"]) == 64
    assert "not anchored" in desk.run("journal", "verify").out


def test_that_an_export_and_its_store_have_one_verdict(desk: Workstation, exported: Path) -> None:
    assert run_cli("journal", "verify", exported, "--json").json == desk.ask("journal", "verify")


@pytest.mark.practice("E4.3")
def test_that_an_auditor_verifies_the_export_with_one_script_alone(
    desk: Workstation, tmp_path: Path
) -> None:
    exported, seal = tmp_path / "out" / "night.jsonl", tmp_path / "seal"
    desk.ask("journal", "checkpoint", seal)
    written = desk.ask("journal", "export", exported, "--with-verifier")
    done = subprocess.run(
        [sys.executable, "-I", written["verifier"], exported, "--anchor", seal, "--json"],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout)
    ours = run_cli("journal", "verify", exported, "--anchor", seal, "--json").json
    assert {name: theirs[name] for name in KEYS} == {name: ours[name] for name in KEYS}
    assert theirs["anchored"]


def test_that_an_export_seals_every_fact(desk: Workstation, exported: Path) -> None:
    lines = split_lines(exported.read_bytes())
    header, last = json.loads(lines[0]), json.loads(lines[-1])
    assert header["facts"] == desk.ask("journal", "verify")["facts"]
    assert (last["format"], last["size"]) == ("relconsole-checkpoint/1", header["facts"])
    assert exported.stat().st_mode & 0o077 == 0


def test_that_a_changed_line_of_an_export_is_named(exported: Path) -> None:
    exported.write_bytes(exported.read_bytes().replace(b"Mara Okafor", b"Nora Okafor"))
    ran = run_cli("journal", "verify", exported, "--json")
    assert ran.status == 1
    assert (ran.json["ok"], ran.json["first_broken"]) == (False, ran.json["facts"])
    assert "NOT VERIFIED" in run_cli("journal", "verify", exported).out


def test_that_a_changed_fact_of_the_store_is_named(desk: Workstation) -> None:
    change_fact(live(desk), 2, "Month-end close", "nothing at all")
    ran = desk.run("journal", "verify", "--json")
    assert ran.status == 1
    assert ran.json["first_broken"] == 2
    assert "fact 2 was changed" in ran.json["reasons"][0]


def test_that_a_fact_cut_off_the_end_is_missed(desk: Workstation) -> None:
    facts = desk.ask("journal", "verify")["facts"]
    edit(live(desk), "DELETE FROM fact WHERE seq = (SELECT max(seq) FROM fact)")
    ran = desk.run("journal", "verify", "--json")
    assert (ran.status, ran.json["first_broken"]) == (1, facts)


def test_that_an_older_copy_put_back_is_found_by_the_anchor_in_the_keyring(
    desk: Workstation, tmp_path: Path
) -> None:
    shutil.copytree(desk.store / "live", tmp_path / "older")
    desk.ask("import", write_plan(tmp_path / "plan", RELEASE, CUTOVER))
    sealed = desk.ask("journal", "checkpoint")
    assert sealed["places"] == ["the test's keyring"]
    assert desk.ask("journal", "verify")["anchored"]
    shutil.rmtree(desk.store / "live")
    shutil.copytree(tmp_path / "older", desk.store / "live")
    ran = desk.run("journal", "verify", "--json")
    assert ran.status == 1
    assert f"{sealed['size']} facts were signed" in ran.json["reasons"][0]
    assert not ran.json["anchored"]


def test_that_an_older_export_is_found_by_an_anchor_of_a_later_day(
    desk: Workstation, exported: Path, tmp_path: Path
) -> None:
    desk.ask("import", write_plan(tmp_path / "plan", RELEASE, CUTOVER))
    desk.ask("journal", "checkpoint", tmp_path / "seal")
    ran = run_cli("journal", "verify", exported, "--anchor", tmp_path / "seal", "--json")
    assert (ran.status, ran.json["anchored"]) == (1, False)


def test_that_an_anchor_kept_as_a_comment_is_understood(desk: Workstation, tmp_path: Path) -> None:
    exported = tmp_path / "night.jsonl"
    text = desk.ask("journal", "checkpoint")["checkpoint"]
    desk.ask("journal", "export", exported)
    (tmp_path / "comment").write_text(f"\n  relconsole checkpoint {text}\n", encoding="utf-8")
    ran = run_cli("journal", "verify", exported, "--anchor", tmp_path / "comment", "--json")
    assert ran.json["anchored"]
    assert ran.json["anchored_to"] == ran.json["facts"]


def test_that_a_key_learnt_elsewhere_must_be_the_one_that_signed(
    exported: Path, tmp_path: Path
) -> None:
    header = json.loads(split_lines(exported.read_bytes())[0])["key"]
    known = tmp_path / "key"
    known.write_text(header["public_key"] + "\n", encoding="ascii")
    assert run_cli("journal", "verify", exported, "--key", known).status == 0
    assert run_cli("journal", "verify", exported, "--key", header["fingerprint"]).status == 0
    ran = run_cli("journal", "verify", exported, "--key", "0" * 64, "--json")
    assert (ran.status, ran.json["ok"]) == (1, False)


@pytest.mark.parametrize("words", [("--key", "no key"), ("--anchor", "ANCHOR"), ()])
def test_that_what_cannot_be_read_is_an_error(
    exported: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "anchor").write_text("{}\n", encoding="ascii")
    named = [word.replace("ANCHOR", str(tmp_path / "anchor")) for word in words]
    file = exported if words else tmp_path / "nowhere"
    ran = run_cli("journal", "verify", file, *named, "--json")
    assert ran.status == 2
    assert ran.json["error"]["kind"] == "input"


def test_that_without_the_stores_key_the_file_alone_is_judged_and_that_is_said(
    desk: Workstation,
) -> None:
    reader = Workstation(store=desk.store, credentials=FakeCredentials())
    found = reader.ask("journal", "verify")
    own = desk.ask("journal", "verify")
    assert (found["root"], found["facts"]) == (own["root"], own["facts"])
    assert "signatures of people were not judged" in found["reasons"][0]
    assert reader.run("journal", "verify", "--key", "0" * 64).status == 1
    change_fact(live(desk), 1, "Mara", "Nora")
    ran = reader.run("journal", "verify", "--json")
    assert (ran.status, ran.json["first_broken"], ran.json["signed_by"]) == (1, 1, None)


def test_that_without_the_stores_key_nothing_is_exported_or_sealed(
    desk: Workstation, tmp_path: Path
) -> None:
    reader = Workstation(store=desk.store, credentials=FakeCredentials())
    for verb in ("export", "checkpoint"):
        ran = reader.run("journal", verb, tmp_path / verb, "--json")
        assert ran.status == 3
        assert "key of the live journal" in ran.json["error"]["message"]
        assert not (tmp_path / verb).exists()


def test_that_a_seal_which_nobody_outside_keeps_is_no_anchor(tmp_path: Path, plan: Path) -> None:
    machine = Workstation(store=tmp_path / "memory", credentials=FakeCredentials(durable=False))
    machine.ask("import", plan)
    ran = machine.run("journal", "checkpoint", "--json")
    assert (ran.status, ran.json["anchored"], ran.json["places"]) == (0, False, [])
    assert "The keyring keeps no anchor" in ran.err
    assert machine.ask("journal", "checkpoint", tmp_path / "seal")["anchored"]


def test_that_the_journals_of_rehearsals_and_of_live_nights_are_two(desk: Workstation) -> None:
    desk.run("night", "pay-4", "--rehearsal")
    own, rehearsal = (
        desk.ask("journal", "verify", "--kind", kind) for kind in ("live", "rehearsal")
    )
    assert own["signed_by"] != rehearsal["signed_by"]
    ran = desk.run("journal", "verify", "--kind", "demo", "--json")
    assert ran.status == 3
    assert ran.json["error"]["message"].startswith("There is no demo journal")


def test_that_options_may_stand_before_and_after_the_second_verb(desk: Workstation) -> None:
    words = ("journal", "--json", "--store", desk.store, "verify")
    assert run_cli(*words, credentials=desk.credentials).json == desk.ask("journal", "verify")


@pytest.mark.parametrize("kept", [0.5, 0.02])
def test_that_a_file_cut_short_is_not_verified_and_not_read_for_anything_else(
    desk: Workstation, tmp_path: Path, kept: float
) -> None:
    raw = live(desk).read_bytes()
    live(desk).write_bytes(raw[: int(len(raw) * kept)])
    ran = desk.run("journal", "verify", "--json")
    assert (ran.status, ran.json["ok"]) == (1, False)
    for words in (("export", tmp_path / "out"), ("key", "list"), ("status", "pay-4")):
        ran = desk.run(*words, "--json")
        assert (ran.status, ran.json["error"]["kind"]) == (3, "out_of_reach")
    assert not (tmp_path / "out").exists()
