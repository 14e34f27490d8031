"""The way back is kept: two people give it up, and data is saved and counted before it changes."""

import json
from datetime import datetime

import pytest

from tests.e2e.night.plans import NEW, OLD, RELEASE, Plan, at, by_hand, by_job, release, talk
from tests.e2e.night.stage import Stage, rules_of


def slow_back(step: Plan) -> Plan:
    """Give a step whose way back takes ten minutes."""
    return {**step, "undo": {**step["undo"], "duration": "10m"}}


@pytest.mark.practice("D6.3")
def test_that_past_the_latest_safe_start_only_two_people_start_a_step(stage: Stage) -> None:
    # Too little time is left to take back what needs ten minutes.
    window = {"start": at(-5), "end": at(4), "zone": "Europe/Berlin"}
    slow = slow_back(by_job("deploy", "payments-api", "jo"))
    stage.bring(release(slow, talk("close", "deploy"), window=window))
    planned = stage.desk.ask("schedule", stage.folder / "workspace", RELEASE)
    latest = datetime.fromisoformat(planned["latest_safe_rollback_start"]["deploy"])
    assert latest < datetime.fromisoformat(window["start"])
    run = stage.held()
    assert any("past_latest_safe_start" in reason for reason in run["reasons"])
    start = ("step", RELEASE, "deploy", "start")
    alone = rules_of(stage.act("mara", *start))
    assert set(alone) == {"second_person"}
    request = stage.request()
    shown = json.loads(request.read_text(encoding="utf-8"))
    assert "latest start of a rollback in time" in json.dumps(shown)
    own = stage.act("mara", *start, "--answer", stage.signed("mara", request))
    assert "same_person" in rules_of(own)
    assert stage.fleet.log == []
    stage.do("mara", *start, "--answer", stage.signed("lena", request))
    run = stage.held()
    assert run["steps"]["deploy"]["state"] == "done"
    begun = [done for done in stage.fleet.log if done.event == "begin"]
    assert [(done.person, done.second) for done in begun] == [("mara", "lena")]
    # What was signed for one attempt carries no other.
    stage.fleet.put("payments-api", OLD["payments-api"])
    stage.do("jo", "step", RELEASE, "deploy", "repeat", "--note", "once more")
    again = stage.act("mara", *start, "--answer", stage.signed("lena", request))
    assert "request_is_old" in rules_of(again)
    assert len([done for done in stage.fleet.log if done.event == "begin"]) == 1


def test_that_an_irreversible_step_takes_two_people_and_leaves_only_the_way_forward(
    stage: Stage,
) -> None:
    drop = {**by_hand("drop", "asha"), "undo": {"kind": "irreversible"}}
    stage.bring(release(drop, talk("close", "drop")))
    stage.held()
    start = ("step", RELEASE, "drop", "start")
    assert set(rules_of(stage.act("asha", *start))) == {"second_person"}
    stage.do("asha", *start, "--answer", stage.signed("lena"))
    stage.do("asha", "step", RELEASE, "drop", "done")
    text = "\n".join(line["text"] for line in stage.log("--step", "drop"))
    assert "lena signed the commit" in text
    back = stage.act("mara", "rollback", RELEASE, "--reason=checkout fails")
    assert (back.status, back.json["state"]) == (1, "refused")
    assert "there is only the way forward" in back.json["reconcile"][0]["reason"]


@pytest.mark.practice("C5.5")
@pytest.mark.practice("B5.2")
def test_that_a_job_which_ended_well_is_not_done_before_the_service_is_seen_to_be_well(
    bare: Stage,
) -> None:
    check = {"id": "p95", "system": "metrics", "query": "checkout_p95", "below": 0.8}
    bare.bring(
        release(by_job("deploy", "payments-api", "jo", checks=[check]), talk("close", "deploy"))
    )
    bare.metrics.tells("checkout_p95", 1.4, None, 0.3)
    run = bare.held()
    assert run["steps"]["deploy"]["state"] == "done"
    seen = [line["text"] for line in bare.log("--fact", "check_read")]
    assert len(seen) == 3
    assert "p95 is 1.4" in seen[0]
    assert "unknown" in seen[1]
    assert "p95 is 0.3" in seen[2]


@pytest.mark.practice("C5.5")
def test_that_a_failing_check_is_overridden_by_a_second_person_who_does_not_own_the_step(
    stage: Stage,
) -> None:
    check = {"id": "queue", "system": "metrics", "query": "queue_depth", "below": 10}
    stage.bring(release({**by_hand("drain", "asha"), "checks": [check]}, talk("close", "drain")))
    stage.metrics.values["queue_depth"] = 40
    stage.held()
    done = ("step", RELEASE, "drain", "done")
    assert set(rules_of(stage.act("mara", *done, "--for", "asha"))) == {"second_person"}
    asked = stage.act("mara", *done, "--for", "asha")
    (reason,) = asked.json["error"]["reasons"]
    assert reason["lifts"].endswith("one of these signs: ines, jo, lena")
    owner = stage.signed("asha")
    found = rules_of(stage.act("mara", *done, "--for", "asha", "--answer", owner))
    assert "owner_overrides" in found
    assert stage.status()["steps"]["drain"]["state"] == "running"
    stage.do("mara", *done, "--for", "asha", "--answer", stage.signed("lena"))
    text = "\n".join(line["text"] for line in stage.log("--step", "drain"))
    assert "queue is 40" in text
    assert "lena signed the override" in text


def with_data(stage: Stage, **rollback: object) -> None:
    """Bring a night that changes the ledger's data, which is saved, proven and counted."""
    save = {"system": "ci", "job": "save", "with": {"name": "before", "target": "prod"}}
    prove = {"system": "ci", "job": "prove", "with": {"name": "before", "target": "prod"}}
    point = {
        "id": "ledger-copy",
        "before": "migrate",
        "what": "ledger rows",
        "where": "the fleet's folder",
        "take": save,
        "verify": prove,
        "restore": "1m",
    }
    total = {"id": "rows", "title": "Rows of the ledger", "system": "metrics", "query": "rows"}
    migrate = {**by_job("migrate", "ledger-db", "asha"), "changes_data": "yes"}
    back = {"restore_points": [point], "control_totals": [total], **rollback}
    plan = release(migrate, talk("close", "migrate"), items=("ledger-db",), rollback=back)
    stage.bring(plan)


@pytest.mark.practice("E4.6")
def test_that_data_is_saved_and_the_copy_proven_before_the_step_that_changes_it(
    bare: Stage,
) -> None:
    with_data(bare)
    run = bare.held()
    assert run["steps"]["migrate"]["state"] == "done"
    text = (bare.fleet.folder / "log").read_text(encoding="utf-8").splitlines()
    assert [line.split()[0] for line in text] == ["save", "prove", "begin", "end"]
    kept = [line["text"] for line in bare.log("--fact", "restore_point_kept")]
    assert len(kept) == 1
    assert "ledger rows in the fleet's folder" in kept[0]


@pytest.mark.practice("E4.6")
def test_that_without_a_proven_copy_the_data_is_not_touched(bare: Stage) -> None:
    with_data(bare, restore_points=[])
    run = bare.held()
    assert any("no_restore_point" in reason for reason in run["reasons"])
    assert bare.fleet.runs("ledger-db") == OLD["ledger-db"]


def test_that_a_copy_which_cannot_be_proven_holds_the_night_before_the_data_step(
    bare: Stage,
) -> None:
    point = {
        "id": "ledger-copy",
        "before": "migrate",
        "what": "ledger rows",
        "where": "the fleet's folder",
        "take": {"system": "ci", "job": "save", "with": {"name": "before", "target": "prod"}},
        # What is compared was never saved.
        "verify": {"system": "ci", "job": "prove", "with": {"name": "other", "target": "prod"}},
    }
    with_data(bare, restore_points=[point])
    run = bare.held()
    assert "verifying restore point ledger-copy ended failed" in " ".join(run["reasons"])
    assert bare.fleet.begun == []


@pytest.mark.practice("A8.4")
def test_that_a_difference_of_a_control_total_stays_open_until_a_second_person_closes_it(
    stage: Stage,
) -> None:
    with_data(stage)
    stage.held()
    stage.fleet.loses(7)
    ran = stage.seconded("mara", "lena", "rollback", RELEASE, "--reason=checkout fails")
    assert (ran.status, ran.json["state"]) == (1, "partial")
    assert [row["item"] for row in ran.json["reconcile"]] == ["rows"]
    assert "differs by -7" in ran.json["reconcile"][0]["reason"]
    # The versions are back, and it is not called rolled back.
    assert stage.fleet.runs("ledger-db") == OLD["ledger-db"]
    told = ("--cause", "seven rows of the failed migration", "--correction", "posted by hand")
    close = ("settle", RELEASE, "--total", "rows", *told, "--owner", "asha")
    assert "owner_closes" in stage.refused("asha", *close)
    stage.do("lena", *close)
    again = stage.act("mara", "rollback", RELEASE, "--reason=checkout fails")
    assert (again.status, again.json["state"]) == (0, "rolled_back")
    report = stage.desk.run("report", RELEASE).out
    assert "posted by hand" in " ".join(report.split())
    assert NEW["ledger-db"] not in stage.fleet.runs("ledger-db")
