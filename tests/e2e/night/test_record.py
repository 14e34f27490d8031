"""What is left of a night: its report, its log, and a record that a stranger can check alone."""

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from tests.e2e.night.once import once
from tests.e2e.night.plans import RELEASE, Plan, by_hand, by_job, gate, release, talk
from tests.e2e.night.stage import Stage, keep, staged, take_back
from tests.helpers.cli import Keyed, Workstation, change_fact

SCRIPT = Path(str(files("relconsole_resources") / "verifier" / "verify_journal.py"))


@pytest.fixture
def played(
    tmp_path_factory: pytest.TempPathFactory, keys_of_the_night: Keyed, tmp_path: Path
) -> Workstation:
    """The workstation of a night with everything that can be said of one, played to its end."""

    def play(folder: Path) -> None:
        keyed = keys_of_the_night.copied(folder / "store")
        with staged(folder, keyed) as stage:
            play_all(stage)
        keep(keyed, folder)

    return take_back(once(tmp_path_factory, "night-played", play)).copied(tmp_path / "store").desk


def play_all(stage: Stage) -> None:
    """Play a night in which a step is recorded for, one dropped, one polled, and one repeated."""
    stage.bring(
        release(
            by_hand("drain", "asha"),
            by_hand("flush", "jo"),
            gate("go", "drain", "payments", "ledger"),
            by_job("deploy", "payments-api", "jo", "go"),
            talk("close", "deploy"),
        )
    )
    stage.held()
    stage.do("ines", "step", RELEASE, "drain", "done", "--for", "asha", "--heard", "voice")
    stage.do("jo", "step", RELEASE, "flush", "not-needed", "--note", "nothing is cached")
    stage.fleet.fails("payments-api", "2.31.0")
    run = stage.held(*stage.answers(("go", "go", "jo"), ("go", "go", "asha")))
    assert run["steps"]["deploy"]["state"] == "failed"
    stage.fleet.mends("payments-api", "2.31.0")
    stage.do("jo", "step", RELEASE, "deploy", "repeat", "--note", "room was made")
    stage.finished(*stage.answers(("close", "done")))


def exported(desk: Workstation, file: Path) -> list[Plan]:
    """Give every line of the exported journal."""
    desk.ask("journal", "export", file)
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def check_alone(file: Path, *words: str | Path) -> tuple[int, Plan]:
    """Judge an exported journal by the auditor's script in a process that has nothing of ours."""
    told = [str(word) for word in words]
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file), *told, "--json"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, json.loads(done.stdout)


@pytest.mark.practice("C5.6")
@pytest.mark.practice("E4.3")
def test_that_every_act_stands_with_time_person_input_and_the_systems_answer(
    played: Workstation, tmp_path: Path
) -> None:
    facts = [line for line in exported(played, tmp_path / "night.jsonl") if "seq" in line]
    assert [line["seq"] for line in facts] == list(range(1, len(facts) + 1))
    assert all(line["at"].endswith("Z") for line in facts)
    acts = {(line["kind"], line["by"]) for line in facts if line.get("by")}
    assert {("step_ended", "ines"), ("step_ended", "jo"), ("gate_decided", "mara")} <= acts
    signed = [line for line in facts if line.get("by") and line["kind"] != "key_registered"]
    assert {line["kind"] for line in signed if "sig" not in line} == set()
    intended = [line["body"] for line in facts if line["kind"] == "effect_intended"]
    asked = [json.loads(body["payload"]) for body in intended if body["purpose"] == "step"]
    assert [each["parameters"]["version"] for each in asked] == ["2.31.0", "2.31.0"]
    answers = [line["body"] for line in facts if line["kind"] == "effect_confirmed"]
    jobs = [body for body in answers if body["output"]]
    assert [(body["outcome"], body["output"].strip()) for body in jobs] == [
        ("failed", "no room for payments-api 2.31.0"),
        ("succeeded", "payments-api runs 2.31.0"),
    ]


@pytest.mark.practice("E4.3")
def test_that_a_stranger_verifies_the_record_with_one_script_and_finds_any_change(
    played: Workstation, tmp_path: Path
) -> None:
    sealed = tmp_path / "seal"
    played.ask("journal", "checkpoint", sealed)
    file = tmp_path / "night.jsonl"
    exported(played, file)
    status, found = check_alone(file, "--anchor", sealed)
    own = played.ask("journal", "verify", file, "--anchor", sealed)
    assert (status, found["ok"], found["anchored"]) == (0, True, True)
    assert (found["facts"], found["root"]) == (own["facts"], own["root"])
    whole = file.read_bytes()
    assert whole.count(b"room was made") == 1
    file.write_bytes(whole.replace(b"room was made", b"room was mode"))
    at = next(number for number, line in enumerate(whole.splitlines()) if b"room was made" in line)
    status, found = check_alone(file)
    assert (status, found["ok"], found["first_broken"]) == (1, False, at)
    # The last fact is cut off, and everything that was signed of it.
    lines = [line for line in whole.splitlines(keepends=True) if b'"seq":' in line]
    cut = whole.replace(lines[-1], b"")
    file.write_bytes(cut)
    assert check_alone(file, "--anchor", sealed)[1]["ok"] is False
    change_fact(played.store / "live" / "journal.db", at, "room was made", "room was mode")
    ran = played.run("journal", "verify", "--json")
    assert (ran.status, ran.json["first_broken"]) == (1, at)


@pytest.mark.practice("D3.6")
def test_that_the_report_holds_what_was_done_against_what_was_planned(played: Workstation) -> None:
    report = played.ask("report", RELEASE)
    assert report["outcome"] == "successful_with_issues"
    assert report["closure"] == "successful with issues"
    assert (report["done"], report["planned"]) == (4, 5)
    rows = {row["step"]: row for row in report["steps"]}
    assert rows["flush"]["deviations"] == ["not needed"]
    assert rows["deploy"]["attempts"] == 2
    assert (rows["drain"]["by"], rows["drain"]["recorded_by"]) == ("asha", "ines")
    assert any(issue.startswith("hold, step deploy") for issue in report["issues"])
    figures = played.ask("journal", "verify")
    assert report["figures"] == {"facts": figures["facts"], "root": figures["root"]}
    assert report["late"] < 0
    text = played.run("report", RELEASE).out
    for heading in ("NOT AS PLANNED", "PLAN AGAINST ACTUAL", "HOLDS"):
        assert heading in text


@pytest.mark.practice("D3.6")
def test_that_what_was_done_otherwise_than_planned_is_listed_by_kind(stage: Stage) -> None:
    stage.bring(
        release(by_hand("drain", "asha"), by_hand("flush", "jo", "drain"), talk("close", "flush")),
    )
    stage.held()
    skip = ("step", RELEASE, "drain", "skip", "--note", "no traffic", "--followers", "go-on")
    stage.do("mara", *skip, "--for", "asha")
    stage.do("mara", "step", RELEASE, "flush", "done", "--for", "lena", "--heard", "voice")
    stage.finished(*stage.answers(("close", "done")))
    rows = {row["step"]: row["deviations"] for row in stage.desk.ask("report", RELEASE)["steps"]}
    assert rows == {"drain": ["skipped"], "flush": ["not by its owner"], "close": []}
    assert stage.desk.ask("report", RELEASE)["outcome"] == "partly"


def test_that_a_clean_night_is_successful_and_says_so(bare: Stage) -> None:
    bare.bring(release(by_job("deploy", "payments-api", "jo")))
    bare.finished()
    report = bare.desk.ask("report", RELEASE)
    assert (report["outcome"], report["issues"]) == ("successful", [])
    assert report["because"] == ["every step done as planned"]


def test_that_a_night_that_is_not_over_has_no_outcome_and_names_its_hold(bare: Stage) -> None:
    bare.bring(release(talk("open")))
    bare.held()
    report = bare.desk.ask("report", RELEASE)
    assert (report["outcome"], report["closure"], report["standing"]) == (None, "", "held")
