"""The prepared way back: looked at, fired by two people, done only when the old state is seen."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.e2e.night.plans import NEW, OLD, RELEASE, Plan, by_job, release, talk
from tests.e2e.night.stage import Stage

BOTH = ("ledger-db", "payments-api")
BACK = ("rollback", RELEASE, "--reason=checkout fails")


@pytest.fixture
def deployed(stage: Stage) -> Stage:
    """A night that has deployed the ledger and then the payments, and waits for its last word."""
    stage.bring(
        release(
            by_job("deploy-ledger", "ledger-db", "asha"),
            by_job("deploy-api", "payments-api", "jo", "deploy-ledger"),
            talk("close", "deploy-api"),
            items=BOTH,
        )
    )
    stage.held()
    return stage


def facts(stage: Stage, kind: str) -> list[Plan]:
    """Give the bodies of all facts of a kind, out of an export of the journal."""
    file = stage.folder / "exported.jsonl"
    stage.desk.ask("journal", "export", file)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [line["body"] for line in lines if line.get("kind") == kind]


@pytest.mark.practice("D6.5")
@pytest.mark.practice("B3.2")
@pytest.mark.practice("A4.6")
def test_that_the_way_back_takes_the_schema_after_the_service_that_needs_it(
    deployed: Stage,
) -> None:
    assert deployed.fleet.begun == [
        ("ledger-db", NEW["ledger-db"]),
        ("payments-api", NEW["payments-api"]),
    ]
    ran = deployed.seconded("mara", "lena", *BACK)
    assert (ran.status, ran.json["state"]) == (0, "rolled_back")
    assert deployed.fleet.begun[2:] == [
        ("payments-api", OLD["payments-api"]),
        ("ledger-db", OLD["ledger-db"]),
    ]
    assert {line["service"]: line["observed"] for line in ran.json["fleet"]} == OLD
    assert all(line["ok"] for line in ran.json["fleet"])
    assert deployed.status()["outcome"] == "rolled_back"
    assert {done.second for done in deployed.fleet.log if done.event == "begin"} == {"-", "lena"}


@pytest.mark.practice("B5.6")
def test_that_a_dry_run_shows_everything_and_changes_nothing(deployed: Stage) -> None:
    done = list(deployed.fleet.log)
    facts_before = deployed.desk.ask("journal", "verify")["facts"]
    shown = deployed.do("mara", *BACK, "--dry-run")
    assert shown["state"] == "dry_run"
    assert list(shown["steps"]) == ["undo-deploy-api", "undo-deploy-ledger"]
    assert [(row["service"], row["observed"], row["target"]) for row in shown["preflight"]] == [
        ("ledger-db", NEW["ledger-db"], OLD["ledger-db"]),
        ("payments-api", NEW["payments-api"], OLD["payments-api"]),
    ]
    assert deployed.fleet.log == done
    assert deployed.desk.ask("journal", "verify")["facts"] == facts_before


def test_that_a_fleet_which_differs_from_the_plan_is_not_rolled_back_unless_two_people_force_it(
    deployed: Stage,
) -> None:
    deployed.fleet.put("payments-api", "2.29.9")
    dry = deployed.act("mara", *BACK, "--dry-run")
    assert (dry.status, [row["ok"] for row in dry.json["preflight"]]) == (1, [True, False])
    ran = deployed.act("mara", *BACK)
    assert (ran.status, ran.json["state"]) == (1, "refused")
    assert "payments-api@prod" in {row["item"] for row in ran.json["reconcile"]}
    assert "2.29.9" in ran.json["reconcile"][0]["reason"]
    # What nobody can see is forced by nobody.
    (deployed.fleet.folder / "payments-api.version").unlink()
    ran = deployed.act("mara", *BACK, "--force")
    assert ran.json["state"] == "refused"
    deployed.fleet.put("payments-api", "2.29.9")
    assert deployed.seconded("mara", "lena", *BACK, "--force").json["state"] == "rolled_back"


def test_that_what_was_signed_is_no_longer_fired_once_the_fleet_has_moved(
    deployed: Stage,
) -> None:
    assert deployed.act("mara", *BACK).status == 1
    answer = deployed.signed("lena")
    deployed.fleet.put("payments-api", "2.31.1")
    ran = deployed.act("mara", *BACK, "--answer", answer)
    assert ran.json["state"] == "refused"
    assert deployed.fleet.runs("ledger-db") == NEW["ledger-db"]


@pytest.mark.practice("C1.5")
@pytest.mark.practice("D1.4")
def test_that_the_policy_names_who_may_be_asked_for_a_rollback(stage: Stage) -> None:
    plan = release(by_job("deploy", "payments-api", "jo"), talk("close", "deploy"))
    stage.bring(plan, policy={"authorities": [{"act": "rollback", "role": "release_lead"}]})
    stage.held()
    alone = stage.act("mara", *BACK)
    assert (alone.status, alone.json["state"]) == (1, "refused")
    request = stage.request()
    refused = stage.act("mara", *BACK, "--answer", stage.signed("ines", request))
    assert refused.json["state"] == "refused"
    assert "ines holds no role that may rollback" in refused.json["reconcile"][0]["reason"]
    agreed = stage.act("mara", *BACK, "--answer", stage.signed("lena", request))
    assert agreed.json["state"] == "rolled_back"


@pytest.mark.practice("B5.1")
@pytest.mark.practice("C5.2")
def test_that_a_rollback_which_failed_half_way_says_what_is_not_back_and_is_gone_on_with(
    deployed: Stage,
) -> None:
    deployed.fleet.fails("ledger-db", OLD["ledger-db"])
    ran = deployed.seconded("mara", "lena", *BACK)
    assert (ran.status, ran.json["state"]) == (1, "partial")
    rows = {row["item"]: row["reason"] for row in ran.json["reconcile"]}
    assert "ledger-db-1 runs 15.0" in rows["ledger-db@prod"]
    assert "failed" in rows["undo-deploy-ledger"]
    assert deployed.fleet.runs("payments-api") == OLD["payments-api"]
    deployed.fleet.mends("ledger-db", OLD["ledger-db"])
    deployed.do("asha", "step", RELEASE, "undo-deploy-ledger", "repeat", "--note", "space made")
    again = deployed.act("mara", *BACK)
    assert (again.status, again.json["state"]) == (0, "rolled_back")
    # What was taken back already is not taken back twice.
    assert deployed.fleet.begun.count(("payments-api", OLD["payments-api"])) == 1
    assert deployed.fleet.begun.count(("ledger-db", OLD["ledger-db"])) == 2


def test_that_rolled_back_is_what_is_seen_and_not_what_a_job_says(stage: Stage) -> None:
    stage.bring(
        release(
            by_job("deploy", "payments-api", "jo"),
            talk("close", "deploy"),
            runbook={"verification": "1s"},
        )
    )
    stage.held()
    stage.fleet.lies("payments-api", OLD["payments-api"])
    ran = stage.seconded("mara", "lena", *BACK)
    assert (ran.status, ran.json["state"]) == (1, "partial")
    assert ran.json["steps"]["undo-deploy"]["state"] == "done"
    assert [row["item"] for row in ran.json["reconcile"]] == ["payments-api@prod"]
    assert "should run 2.30.4; payments-api-1 runs 2.31.0" in ran.json["reconcile"][0]["reason"]
    assert stage.status()["outcome"] == "held"


def test_that_one_service_goes_back_with_whatever_hangs_on_it_and_the_rest_stays(
    deployed: Stage,
) -> None:
    shown = deployed.do("mara", *BACK, "--dry-run", "--only", "payments-api")
    assert list(shown["steps"]) == ["undo-deploy-api"]
    # The payments follow the ledger in the plan: the ledger does not go back alone.
    shown = deployed.do("mara", *BACK, "--dry-run", "--only", "ledger-db")
    assert list(shown["steps"]) == ["undo-deploy-api", "undo-deploy-ledger"]
    ran = deployed.act("mara", *BACK, "--only", "web-shop")
    assert (ran.status, ran.json["state"]) == (1, "refused")
    ran = deployed.seconded("mara", "lena", *BACK, "--only", "payments-api")
    assert (deployed.fleet.runs("payments-api"), deployed.fleet.runs("ledger-db")) == (
        OLD["payments-api"],
        NEW["ledger-db"],
    )
    assert ran.json["state"] == "rolled_back"
    assert deployed.desk.ask("report", RELEASE)["outcome"] == "partly"


@pytest.mark.practice("A8.2")
@pytest.mark.practice("B7.5")
def test_that_the_state_is_saved_with_digests_before_the_first_step_back(
    deployed: Stage,
) -> None:
    assert deployed.seconded("mara", "lena", *BACK).json["state"] == "rolled_back"
    (kept,) = facts(deployed, "state_preserved")
    kinds = [line["kind"] for line in deployed.log()]
    fired = kinds.index("rollback_fired")
    assert kinds.index("state_preserved") < fired + 1 + kinds[fired + 1 :].index("step_started")
    assert len(kept["files"]) == len(kept["digests"]) == 3
    contents = [Path(deployed.desk.store, file).read_bytes() for file in kept["files"]]
    assert [hashlib.sha256(content).hexdigest() for content in contents] == kept["digests"]
    saved = json.loads(contents[0])
    assert {row["service"]: row["observed"] for row in saved["fleet"]} == {
        service: [version] for service, version in NEW.items()
    }
    assert {content.decode() for content in contents[1:]} == {
        f"{service} runs {version}\n" for service, version in NEW.items()
    }


def test_that_nothing_forward_goes_on_once_a_rollback_was_fired(deployed: Stage) -> None:
    deployed.fleet.fails("ledger-db", OLD["ledger-db"])
    assert deployed.seconded("mara", "lena", *BACK).json["state"] == "partial"
    assert "rolling_back" in deployed.refused("mara", "step", RELEASE, "close", "start")
    ran = deployed.night()
    assert ran.status == 1
    assert deployed.fleet.begun.count(("payments-api", NEW["payments-api"])) == 1
