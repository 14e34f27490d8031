"""The change record in another system: its approval counts with who gave it and when, or not."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.night.plans import RELEASE, Plan, at, by_job, release, talk
from tests.e2e.night.stage import Stage, rules_of

CHANGE = "CHG-48213"
SYSTEM = {"system": "itsm", "id": CHANGE}


def plan(**more: Any) -> Plan:
    """Give a release of one deployment that has a change record."""
    return release(by_job("deploy", "payments-api", "jo"), change=SYSTEM, **more)


def record(stage: Stage, **keys: str) -> Path:
    """Write the change record as somebody in that system has left it."""
    found = {"title": "Payments Core 4", "state": "approved", "requester": "tomas", **keys}
    path = stage.changes / f"{CHANGE}.yaml"
    stage.changes.mkdir(exist_ok=True)
    lines = [f'{key}: "{value}"\n' for key, value in found.items()]
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.mark.practice("A7.4")
@pytest.mark.parametrize("approver", ["tomas", "tnovak", "ilka", "\uff54omas"])
def test_that_an_approval_by_requester_or_author_is_none(bare: Stage, approver: str) -> None:
    bare.bring(plan())
    record(bare, approver=approver, approved_at=at(-60))
    said = rules_of(bare.night())
    assert set(said) == {"not_approved"}
    assert "requested or wrote what they approved" in said["not_approved"]
    assert bare.fleet.log == []


def test_that_an_approval_too_old_or_not_given_or_unseen_is_none(bare: Stage) -> None:
    bare.bring(plan(approved_within="2h"))
    assert "unknown" in rules_of(bare.night())["not_approved"]
    record(bare, state="assess")
    assert "is assess" in bare.night().json["error"]["message"]
    record(bare, approver="petra", approved_at=at(-180))
    assert "approved 3h" in rules_of(bare.night())["not_approved"]
    record(bare, approver="petra", approved_at=at(30))
    assert "ahead of this clock" in rules_of(bare.night())["not_approved"]
    record(bare, approver="petra", approved_at=at(-60), approved_digest="0" * 64)
    assert "the plan is" in rules_of(bare.night())["not_approved"]
    assert bare.fleet.log == []


@pytest.mark.practice("A7.1")
@pytest.mark.practice("D3.5")
def test_that_a_night_stands_on_its_change_record_and_leaves_its_anchors_there(
    stage: Stage,
) -> None:
    stage.bring(plan(approved_within="7d"))
    tokyo = timezone(timedelta(hours=9))
    given = datetime.fromisoformat(at(-60)).astimezone(tokyo).isoformat()
    path = record(stage, approver="petra", approved_at=given)
    assert stage.finished()["outcome"] == "finished"
    opened = stage.log("--fact", "run_opened")[0]["text"]
    # Whose approval, when in UTC whatever the zone of who gave it, and on whose word it counts.
    approved = datetime.fromisoformat(given).astimezone(UTC).isoformat().replace("+00:00", "Z")
    assert f"approved by petra at {approved}, 1h" in opened
    assert "attested by itsm" in opened
    report = stage.desk.ask("report", RELEASE)
    assert report["change"] == f"{CHANGE} in itsm"
    assert "attested by itsm" in report["approval"]
    # The head of the record stands on the change record, where the store's owner cannot take it
    # back, and an export is held against it.
    text = path.read_text(encoding="utf-8")
    assert "relconsole checkpoint" in text
    assert "mara" in text
    exported = stage.folder / "night.jsonl"
    stage.desk.ask("journal", "export", exported)
    ran = stage.desk.run("journal", "verify", exported, "--anchor", path, "--json")
    assert ran.json["ok"], ran
    assert ran.json["anchored"], ran


def test_that_a_rehearsal_neither_asks_for_the_approval_nor_writes_on_the_record(
    bare: Stage,
) -> None:
    bare.bring(plan())
    path = record(bare, state="assess")
    before = path.read_bytes()
    ran = bare.desk.run("night", RELEASE, "--rehearsal", "--auto", "--json")
    assert ran.json["outcome"] == "finished"
    assert path.read_bytes() == before


def test_that_a_release_without_a_change_record_says_so(bare: Stage) -> None:
    bare.bring(release(talk("open")))
    bare.held()
    assert "no change record" in bare.desk.ask("report", RELEASE)["approval"]


def test_that_what_the_change_system_has_still_to_take_is_shown_and_taken_once_it_is_back(
    bare: Stage,
) -> None:
    deploy = by_job("deploy", "payments-api", "jo", "open")
    bare.bring(release(talk("open"), deploy, change=SYSTEM, approved_within="7d"))
    path = record(bare, approver="petra", approved_at=at(-60))
    bare.held()
    away = bare.changes.with_name("away")
    bare.changes.rename(away)
    bare.do("mara", "step", RELEASE, "open", "done")
    assert bare.finished()["outcome"] == "finished"
    # The night went on without that system; what it lacks is said, everywhere.
    (line,) = bare.status()["waiting"]
    assert (line["system"], line["expired"]) == ("itsm", False)
    assert line["count"] >= 1
    assert "for itsm since" in bare.desk.run("status", RELEASE).out
    doctor = bare.desk.run("doctor", "--json").json
    (check,) = (each for each in doctor["checks"] if each["name"] == "waiting for itsm")
    assert check["found"].startswith(f"{line['count']} effect")
    away.rename(bare.changes)
    bare.bring(release(talk("again"), id="pay-5"))
    assert bare.act("mara", "night", "pay-5").json["outcome"] == "held"
    assert bare.status()["waiting"] == []
    comments = yaml.safe_load(path.read_text("utf-8"))["comments"]
    effects = bare.status()["effects"]
    told = [name for name, effect in effects.items() if effect["system"] == "itsm"]
    # Each once, in the order of the night.
    assert [comment["id"] for comment in comments] == sorted(told)
    assert len(told) >= line["count"]
