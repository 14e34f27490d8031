"""Relief: steps that are safe on their own, started one by one whatever else stands still."""

import pytest

from tests.e2e.night.away import away
from tests.e2e.night.plans import RELEASE, Plan, by_hand, by_job, deploy, release, talk
from tests.e2e.night.stage import LEASE, Stage

PAGE: Plan = {
    "id": "page",
    "title": "Show the maintenance page",
    "kind": "automated",
    "owner": "asha",
    "run": deploy("page", "on"),
    "duration": "5s",
    "undo": {"kind": "inverse", "duration": "5s", "run": deploy("page", "off")},
}
SWITCH: Plan = {
    "id": "switch",
    "title": "Switch new accounts off",
    "duration": "5s",
    "undo": {"kind": "none"},
}
ON = ("step", RELEASE, "page", "start")
OFF = ("step", RELEASE, "undo-page", "start")
STAY = ("night", RELEASE, "--stay", *LEASE)


def with_relief(*steps: Plan) -> Plan:
    """A release of these steps with two relief steps."""
    return release(*steps, runbook={"relief": [PAGE, SWITCH]})


def relief_of(stage: Stage) -> dict[str, str]:
    """How each relief step stands."""
    return {line["step"]: line["state"] for line in stage.status()["relief"]}


@pytest.fixture
def deployed(stage: Stage) -> Stage:
    """A night with relief that has deployed and waits for its last word."""
    stage.bring(with_relief(by_job("deploy", "payments-api", "jo"), talk("close", "deploy")))
    stage.held()
    return stage


def test_that_a_night_ends_with_relief_that_nobody_used(deployed: Stage) -> None:
    run = deployed.finished(*deployed.answers(("close", "done")))
    assert list(run["steps"]) == ["deploy", "close"]
    assert relief_of(deployed) == {"page": "not used", "switch": "not used"}
    assert deployed.fleet.begun == [("payments-api", "2.31.0")]
    report = deployed.desk.ask("report", RELEASE)
    assert (report["planned"], report["done"]) == (2, 2)
    assert report["outcome"] == "successful"
    said = deployed.desk.run("report", RELEASE).out
    assert "Show the maintenance page: relief, not used" in said


def test_that_relief_is_turned_on_past_a_hold_and_a_stopped_line_and_off_again(
    deployed: Stage,
) -> None:
    deployed.do("jo", "stop", RELEASE, "--note", "wrong amounts")
    deployed.do("asha", *ON)
    assert deployed.fleet.runs("page") == "on"
    assert relief_of(deployed)["page"] == "on"
    (entry,) = deployed.status()["left_open"]
    assert entry["what"].startswith("Show the maintenance page is on since 20")
    assert (entry["owner"], "undo-page" in entry["closes"]) == ("asha", True)
    assert "step_state" in deployed.refused("asha", *ON)
    (intended,) = [
        line for line in deployed.log("--fact", "effect_intended") if "page" in str(line)
    ]
    assert intended["text"] == "job.start at ci for page intended as relief"
    deployed.do("mara", *OFF)
    assert deployed.fleet.runs("page") == "off"
    assert (relief_of(deployed)["page"], deployed.status()["left_open"]) == ("turned off", [])
    deployed.do("mara", *ON)
    assert deployed.fleet.begun[1:] == [("page", "on"), ("page", "off"), ("page", "on")]
    assert deployed.desk.ask("journal", "verify")["ok"]


def test_that_a_night_does_not_end_while_relief_is_on_that_nobody_took_over(
    deployed: Stage,
) -> None:
    deployed.do("mara", *ON)
    ran = deployed.night(*deployed.answers(("close", "done")))
    assert (ran.status, ran.json["outcome"]) == (1, "held")
    assert "Show the maintenance page is on" in " ".join(ran.json["reasons"])
    deployed.do("asha", *OFF)
    assert deployed.finished()["outcome"] == "finished"


def test_that_relief_is_its_owners_and_the_commanders_unless_the_policy_names_more(
    stage: Stage,
) -> None:
    plan = with_relief(by_job("deploy", "payments-api", "jo"), talk("close", "deploy"))
    stage.bring(plan, policy={"relief": {"roles": ["release_lead"], "reason": "yes"}})
    stage.held()
    assert "not_for_relief" in stage.refused("jo", *ON)
    assert "no_reason" in stage.refused("lena", *ON)
    stage.do("lena", *ON, "--note", "customers wait")
    assert relief_of(stage)["page"] == "on"


def test_that_relief_of_a_person_is_started_and_closed_by_hand(deployed: Stage) -> None:
    deployed.do("mara", "step", RELEASE, "switch", "done")
    assert relief_of(deployed)["switch"] == "on"
    (entry,) = deployed.status()["left_open"]
    assert entry["closes"] == "turning it back by hand"


def test_that_relief_is_turned_on_while_a_rollback_is_armed_and_stays_on_through_it(
    deployed: Stage,
) -> None:
    back = ("rollback", RELEASE, "--reason=checkout fails")
    assert deployed.act("mara", *back).status == 1
    deployed.do("asha", *ON)
    ran = deployed.act("mara", *back, "--answer", deployed.signed("lena"))
    assert ran.json["state"] == "rolled_back"
    assert deployed.fleet.runs("page") == "on"
    assert deployed.status()["outcome"] == "held"
    deployed.do("asha", *OFF)
    assert deployed.act("mara", *back).json["state"] == "rolled_back"
    assert deployed.status()["outcome"] == "rolled_back"


def test_that_relief_is_asked_of_the_program_that_conducts_the_night(stage: Stage) -> None:
    stage.bring(with_relief(by_hand("drain", "asha"), talk("close", "drain")))
    with away(stage, "mara", *STAY) as night:
        night.hears("live run of pay-4 opened")
        stage.do("asha", *ON)
        night.hears("page done")
        stage.do("mara", "stop", RELEASE, "--note", "enough")
        night.ends()
    assert stage.fleet.runs("page") == "on"
    by = {line["step"]: line for line in stage.log("--fact", "step_started")}
    assert (by["page"]["person"], by["page"]["signed"]) == ("asha", True)


def test_that_a_decayed_rollback_is_armed_for_a_reason_that_stays_in_the_record(
    deployed: Stage,
) -> None:
    ran = deployed.act("mara", "rollback", RELEASE)
    assert (ran.status, ran.json["state"]) == (1, "refused")
    assert "never rehearsed to its end; a reason to arm it" in ran.json["reconcile"][0]["reason"]
    assert deployed.log("--fact", "rollback_armed") == []
    deployed.act("mara", "rollback", RELEASE, "--reason", "checkout fails")
    (armed,) = deployed.log("--fact", "rollback_armed")
    assert armed["text"].endswith(": checkout fails")
