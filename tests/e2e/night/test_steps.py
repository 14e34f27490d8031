"""The life of a step: attempts, what drops it, what waits, and what becomes of its followers."""

from datetime import datetime, timedelta

import pytest

from tests.e2e.night.plans import RELEASE, Plan, at, by_hand, by_job, release, talk
from tests.e2e.night.stage import Stage, rules_of


def steps_of(run: Plan) -> Plan:
    """Give the state of each step."""
    return {step: line["state"] for step, line in run["steps"].items()}


def test_that_a_failed_job_holds_and_is_repeated_as_a_new_attempt_with_the_same_inputs(
    bare: Stage,
) -> None:
    bare.bring(release(by_job("deploy", "payments-api", "jo"), talk("close", "deploy")))
    bare.fleet.fails("payments-api", "2.31.0")
    run = bare.held()
    assert steps_of(run) == {"deploy": "failed", "close": "not_started"}
    assert [hold["cause"] for hold in run["holds"]] == ["step"]
    asks = "close wait for it: repeat, go on, hold, not needed, or roll back"
    assert run["holds"][0]["reasons"] == [f"deploy failed: exit status 1; {asks}"]
    bare.fleet.mends("payments-api", "2.31.0")
    bare.do("jo", "step", RELEASE, "deploy", "repeat", "--note", "room was made")
    run = bare.held()
    assert steps_of(run) == {"deploy": "done", "close": "ready"}
    assert run["steps"]["deploy"]["attempt"] == 2
    log = [line["text"] for line in bare.log("--step", "deploy")]
    inputs = "with service=payments-api, target=prod, version=2.31.0"
    assert f"deploy started, attempt 1, {inputs}" in log
    assert f"deploy started, attempt 2, {inputs}" in log
    (failed,) = (text for text in log if text.startswith("job.start at ci for deploy failed"))
    assert "it said: no room for payments-api 2.31.0" in failed
    begun = [done.effect for done in bare.fleet.log if done.event == "begin"]
    assert len(begun) == len(set(begun)) == 2
    assert {(effect["step"], effect["outcome"]) for effect in run["effects"].values()} == {
        ("deploy", "failed"),
        ("deploy", "succeeded"),
    }


def test_that_dropping_a_step_needs_a_reason_and_a_skip_asks_about_its_followers(
    stage: Stage,
) -> None:
    stage.bring(
        release(
            by_hand("drain", "asha"),
            by_hand("warm", "jo", "drain"),
            by_hand("flush", "jo"),
            talk("close", "warm"),
        )
    )
    stage.held()
    assert set(stage.refused("asha", "step", RELEASE, "drain", "skip")) == {"no_reason"}
    stage.do("asha", "step", RELEASE, "drain", "skip", "--note", "no traffic tonight")
    stage.do("jo", "step", RELEASE, "flush", "not-needed", "--note", "nothing is cached")
    run = stage.status()
    assert (run["steps"]["drain"]["state"], run["steps"]["flush"]["state"]) == (
        "skipped",
        "not_needed",
    )
    assert [hold["thing"] for hold in run["holds"] if hold["cause"] == "step"] == ["drain"]
    # While nobody has said what becomes of warm, it does not start.
    assert stage.act("jo", "step", RELEASE, "warm", "start").status == 1
    go_on = ("step", RELEASE, "drain", "followers", "--followers", "go-on")
    assert set(stage.refused("jo", *go_on)) == {"not_the_commander"}
    stage.do("mara", *go_on, "--note", "warm does not need it")
    stage.do("jo", "step", RELEASE, "warm", "done")
    assert stage.status()["steps"]["drain"]["followers"] == "go_on"


def test_that_the_followers_of_a_skipped_step_may_be_not_needed_either(bare: Stage) -> None:
    bare.bring(release(by_hand("drain", "asha"), by_hand("warm", "jo", "drain"), talk("close")))
    bare.held()
    skipped = ("step", RELEASE, "drain", "skip", "--note", "no traffic")
    bare.do("mara", *skipped, "--for", "asha", "--followers", "not-needed")
    assert steps_of(bare.status()) == {
        "drain": "skipped",
        "warm": "not_needed",
        "close": "ready",
    }


def test_that_a_step_waits_for_somebody_until_an_instant_and_then_goes_on(bare: Stage) -> None:
    bare.bring(release(by_hand("drain", "asha"), talk("close", "drain")))
    bare.held()
    bare.do("asha", "step", RELEASE, "drain", "start")
    until = at(10)
    waits = ("step", RELEASE, "drain", "wait")
    assert bare.act("asha", *waits).status == 2
    bare.do("asha", *waits, "--note", "the vendor calls back", "--until", until)
    line = bare.status()["steps"]["drain"]
    assert (line["state"], line["waits_for"], line["waits_until"]) == (
        "waiting",
        "the vendor calls back",
        until,
    )
    assert bare.act("asha", *waits, "--note", "x", "--until", "soon").status == 2
    bare.do("asha", "step", RELEASE, "drain", "done")
    assert bare.status()["steps"]["drain"]["state"] == "done"


def test_that_a_remark_stays_with_what_was_done(bare: Stage) -> None:
    bare.bring(release(by_hand("drain", "asha")))
    bare.held()
    bare.do("asha", "step", RELEASE, "drain", "fail", "--note", "one writer is left")
    assert bare.status()["steps"]["drain"]["state"] == "failed"
    bare.do("asha", "step", RELEASE, "drain", "repeat")
    bare.do("asha", "step", RELEASE, "drain", "done", "--note", "killed by hand")
    line = bare.status()["steps"]["drain"]
    assert (line["attempt"], line["state"]) == (2, "done")
    assert "killed by hand" in "\n".join(line["text"] for line in bare.log("--step", "drain"))


def test_that_a_step_out_of_turn_does_not_start(bare: Stage) -> None:
    bare.bring(release(by_hand("drain", "asha"), by_job("deploy", "payments-api", "jo", "drain")))
    bare.held()
    ran = bare.act("jo", "step", RELEASE, "deploy", "start")
    assert rules_of(ran)
    assert bare.fleet.log == []


@pytest.mark.practice("A4.1")
def test_that_stages_without_a_need_of_each_other_run_side_by_side_and_production_in_order(
    bare: Stage,
) -> None:
    bare.bring(
        release(
            by_job("deploy-ledger", "ledger-db", "asha"),
            by_job("deploy-api", "payments-api", "jo"),
            {
                **by_job("deploy-again", "payments-api", "jo", "deploy-api"),
                "after": ["deploy-api", "deploy-ledger"],
            },
            items=("ledger-db", "payments-api"),
        )
    )
    run = bare.finished()
    assert len(bare.fleet.begun) == 3
    first, second, third = (run["steps"][step] for step in run["steps"])
    # The two that need nothing were under way at the same time; the third waited for both.
    assert first["started"] < second["finished"]
    assert second["started"] < first["finished"]
    assert third["started"] >= max(first["finished"], second["finished"])
    lines = [(done.event, done.service) for done in bare.fleet.log]
    assert lines[-2:] == [("begin", "payments-api"), ("end", "payments-api")]


def test_that_a_planned_hold_begins_by_itself_lasts_as_planned_and_is_then_asked_about(
    bare: Stage,
) -> None:
    watch = {"id": "watch", "title": "Watch checkout", "kind": "hold", "duration": "1s"}
    bare.bring(release(watch, {**by_job("deploy", "payments-api", "jo", "watch")}))
    run = bare.held()
    line = run["steps"]["watch"]
    assert (line["state"], run["steps"]["deploy"]["state"]) == ("running", "not_started")
    (asked,) = (hold for hold in run["holds"] if hold["cause"] == "no_answer")
    lasted = datetime.fromisoformat(asked["since"]) - datetime.fromisoformat(line["started"])
    assert lasted >= timedelta(seconds=1)
    bare.do("mara", "step", RELEASE, "watch", "done")
    assert bare.finished()["steps"]["deploy"]["state"] == "done"
