"""One plan, two kinds of run: a rehearsal at another place or at the desk, and the night itself."""

import pytest

from tests.e2e.night.fleet import Fleet
from tests.e2e.night.plans import (
    NEW,
    OLD,
    RELEASE,
    by_hand,
    by_job,
    gate,
    release,
    talk,
)
from tests.e2e.night.stage import Stage

REHEARSAL = {"environment": "staging", "with": {"target": "staging"}}
STEPS = (
    by_hand("drain", "asha"),
    gate("go", "drain", "payments", "ledger"),
    by_job("deploy", "payments-api", "jo", "go"),
    talk("close", "deploy"),
)


def staging(stage: Stage) -> Fleet:
    """Give the fleet at which rehearsals are held."""
    return Fleet(stage.fleet.folder.with_name("staging"))


@pytest.mark.practice("B5.6")
def test_that_a_rehearsal_runs_the_same_plan_elsewhere_and_leaves_production_alone(
    bare: Stage,
) -> None:
    bare.bring(release(*STEPS, rehearsal=REHEARSAL))
    ran = bare.desk.run("night", RELEASE, "--rehearsal", "--auto", "--json")
    assert (ran.status, ran.json["type"], ran.json["outcome"]) == (0, "rehearsal", "finished")
    assert staging(bare).begun == [("payments-api", NEW["payments-api"])]
    assert bare.fleet.log == []
    # The rehearsal is no live run, and its record is another journal under another key.
    assert bare.desk.run("status", RELEASE).status == 1
    assert bare.status("--rehearsal")["type"] == "rehearsal"
    kinds = [bare.desk.ask("journal", "verify", "--kind", kind) for kind in ("live", "rehearsal")]
    assert kinds[0]["signed_by"] != kinds[1]["signed_by"]
    assert all(found["ok"] for found in kinds)
    assert bare.desk.run("night", RELEASE, "--auto", "--json").status == 2
    live = bare.held()
    assert (live["type"], bare.fleet.log) == ("live", [])


@pytest.mark.practice("B5.6")
def test_that_a_walk_through_starts_no_job_and_keeps_no_times(bare: Stage) -> None:
    bare.bring(release(*STEPS))
    ran = bare.desk.run("night", RELEASE, "--rehearsal", "--auto", "--json")
    assert (ran.status, ran.json["outcome"]) == (0, "finished")
    assert "no times were kept" in ran.err
    assert ran.json["effects"] == {}
    assert (bare.fleet.log, staging(bare).log) == ([], [])


@pytest.mark.practice("B7.2")
@pytest.mark.practice("D6.2")
def test_that_a_way_back_which_was_rehearsed_elsewhere_backs_the_one_of_the_night(
    stage: Stage,
) -> None:
    deploy = by_job("deploy", "payments-api", "jo")
    plan = release(deploy, talk("close", "deploy"), rehearsal=REHEARSAL)
    stage.bring(plan)
    rehearsal = stage.desk.run("night", RELEASE, "--rehearsal", "--json")
    assert rehearsal.json["outcome"] == "held"
    back = stage.desk.run("rollback", RELEASE, "--reason=checkout fails", "--rehearsal", "--json")
    assert (back.status, back.json["state"]) == (0, "rolled_back"), back
    assert "Kept the times of 1 steps and 1 undo steps" in back.err
    assert staging(stage).begun == [
        ("payments-api", NEW["payments-api"]),
        ("payments-api", OLD["payments-api"]),
    ]
    assert [(row["environment"], row["ok"]) for row in back.json["fleet"]] == [("staging", True)]
    assert stage.fleet.log == []
    stage.held()
    ran = stage.act("mara", "rollback", RELEASE, "--reason=checkout fails", "--dry-run")
    assert ran.status == 0
    assert "not backed by a rehearsal" not in ran.err


@pytest.mark.practice("B7.2")
def test_that_the_backing_of_a_rehearsal_decays_with_age_and_with_the_plan(stage: Stage) -> None:
    deploy = by_job("deploy", "payments-api", "jo")
    stage.bring(release(deploy, talk("close", "deploy"), rehearsal=REHEARSAL))
    stage.desk.run("night", RELEASE, "--rehearsal")
    assert stage.desk.run("rollback", RELEASE, "--reason=checkout fails", "--rehearsal").status == 0
    changed = {**deploy, "undo": {**deploy["undo"], "duration": "9s"}}
    plan = release(changed, talk("close", "deploy"), rehearsal=REHEARSAL)
    stage.bring(plan, policy={"rehearsal_age": "0s"})
    stage.held()
    ran = stage.act("mara", "rollback", RELEASE, "--reason=checkout fails", "--dry-run")
    assert "not backed by a rehearsal: the plan is" in ran.err
    assert "more than 0s ago" in ran.err
    # The one who seconds is shown it too.
    assert stage.act("mara", "rollback", RELEASE, "--reason=checkout fails").status == 1
    assert "not_rehearsed" in stage.request().read_text(encoding="utf-8")
    report = stage.desk.run("report", RELEASE, "--rehearsal").out
    assert "(rehearsal)" in report
