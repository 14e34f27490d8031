"""Health during a night: a limit that is left holds it, a monitoring outage never rolls it back."""

import pytest

from tests.e2e.night.plans import NEW, RELEASE, by_hand, by_job, limit, release, talk
from tests.e2e.night.stage import Stage

ERRORS = "error_ratio"


@pytest.fixture
def deployed(stage: Stage) -> Stage:
    """A night that has deployed and waits for its last word, with the error ratio watched."""
    stage.bring(
        release(by_job("deploy", "payments-api", "jo"), talk("close", "deploy"), health=limit())
    )
    stage.metrics.values[ERRORS] = 0.01
    stage.held()
    return stage


@pytest.mark.practice("A4.3")
@pytest.mark.practice("E4.4")
def test_that_a_limit_which_is_left_holds_the_night_with_its_reasons_and_proposes_the_way_back(
    deployed: Stage,
) -> None:
    deployed.metrics.values[ERRORS] = 0.9
    run = deployed.held()
    assert run["triggers"] == ["errors"]
    (reason,) = [hold["reasons"][0] for hold in run["holds"] if hold["cause"] == "trigger"]
    assert "Error ratio is 0.9, limit above 0.5" in reason
    assert "'error_ratio' from metrics" in reason
    # Under the hold nothing forward goes on, whoever asks, and nothing was rolled back by itself.
    assert "hold_trigger" in deployed.refused("mara", "step", RELEASE, "close", "done")
    resumed = deployed.refused("mara", "resume", RELEASE)
    assert set(resumed) == {"trigger_stands"}
    assert deployed.fleet.runs("payments-api") == NEW["payments-api"]
    # The second person is shown why, and two people take it back.
    assert deployed.act("mara", "rollback", RELEASE, "--reason=checkout fails").status == 1
    assert "Error ratio is 0.9" in deployed.request().read_text(encoding="utf-8")
    back = deployed.act(
        "mara", "rollback", RELEASE, "--reason=checkout fails", "--answer", deployed.signed("lena")
    )
    assert back.json["state"] == "rolled_back"


@pytest.mark.practice("A4.3")
def test_that_people_roll_back_without_any_trigger(deployed: Stage) -> None:
    assert deployed.status()["triggers"] == []
    assert (
        deployed.seconded("mara", "lena", "rollback", RELEASE, "--reason=checkout fails").json[
            "state"
        ]
        == "rolled_back"
    )


def test_that_a_fleeting_excursion_is_no_trigger_and_a_lasting_one_is(bare: Stage) -> None:
    bare.bring(
        release(
            by_job("deploy", "payments-api", "jo"),
            talk("close", "deploy"),
            health=limit(lasting="2s"),
        )
    )
    bare.fleet.holds("payments-api", NEW["payments-api"])
    bare.metrics.tells(
        ERRORS, 0.9, 0.1, 0.1, then=lambda: bare.fleet.lets_go("payments-api", NEW["payments-api"])
    )
    run = bare.held()
    assert (run["triggers"], run["steps"]["deploy"]["state"]) == ([], "done")
    bare.metrics.tells(ERRORS, 0.9)
    bare.fleet.holds("payments-api", NEW["payments-api"])
    bare.do("jo", "step", RELEASE, "deploy", "repeat", "--note", "again")
    run = bare.held()
    assert run["triggers"] == ["errors"]
    bare.fleet.lets_go("payments-api", NEW["payments-api"])


@pytest.mark.practice("B1.3")
@pytest.mark.practice("B7.1")
def test_that_a_figure_of_the_data_which_no_longer_agrees_is_a_criterion_of_the_plan(
    bare: Stage,
) -> None:
    whole = {
        "id": "whole",
        "title": "Rows of the ledger",
        "system": "metrics",
        "query": "rows",
        "limit": {"below": 99.5, "above": 100.5, "for": "0s"},
        "severity": "critical",
        "time_to_live": "2s",
    }
    slow = limit()["indicators"]
    bare.bring(
        release(
            by_job("deploy", "payments-api", "jo"),
            talk("close", "deploy"),
            health={"indicators": [*slow, whole]},
        )
    )
    bare.metrics.values[ERRORS] = 0.01
    assert bare.held()["triggers"] == []
    bare.fleet.loses(3)
    run = bare.held()
    assert run["triggers"] == ["whole"]
    assert "Rows of the ledger is 97" in " ".join(run["reasons"])


def test_that_an_outage_of_the_monitoring_holds_the_night_and_rolls_nothing_back(
    bare: Stage,
) -> None:
    bare.bring(
        release(
            by_job("deploy", "payments-api", "jo"),
            by_job("deploy-again", "payments-api", "jo", "deploy"),
            talk("close", "deploy-again"),
            health=limit(),
        )
    )
    new = NEW["payments-api"]
    bare.fleet.holds("payments-api", new)
    outage = [None] * 4
    bare.metrics.tells(
        ERRORS, 0.01, *outage, 0.01, then=lambda: bare.fleet.lets_go("payments-api", new)
    )
    run = bare.held()
    assert run["triggers"] == []
    assert run["steps"]["deploy-again"]["state"] == "done"
    assert run["holds"] == [hold for hold in run["holds"] if hold["cause"] == "no_answer"]
    log = bare.log()
    dark = [line for line in log if line["kind"] in {"hold_began", "hold_ended"}]
    assert ["monitoring" in line["text"] for line in dark[:2]] == [True, True]
    assert "unknown" in dark[0]["text"]
    # What was ready in the dark began only when it was light again.
    (began,) = (line for line in log if line["text"].startswith("deploy-again started"))
    assert began["seq"] > dark[1]["seq"]
    assert not [line for line in log if line["kind"].startswith("rollback")]
    report = " ".join(bare.desk.run("report", RELEASE).out.split())
    assert "monitoring" in report


def test_that_nothing_starts_before_the_first_reading_was_seen(bare: Stage) -> None:
    bare.bring(release(by_job("deploy", "payments-api", "jo"), health=limit()))
    seen: list[int] = []
    bare.metrics.tells(ERRORS, None, None, 0.01, then=lambda: seen.append(len(bare.fleet.log)))
    run = bare.finished()
    assert (seen, run["steps"]["deploy"]["state"]) == ([0], "done")


@pytest.mark.practice("D7.3")
def test_that_a_false_positive_is_named_with_its_reason_and_counted(deployed: Stage) -> None:
    deployed.metrics.values[ERRORS] = 0.9
    deployed.held()
    false = ("resume", RELEASE, "--false-positive", "errors")
    assert set(deployed.refused("mara", *false)) == {"no_reason"}
    said = ("--note", "the probe itself is broken")
    assert "not_the_commander" in deployed.refused("jo", *false, *said)
    deployed.do("mara", *false, *said)
    # The excursion goes on, and is the same one: it holds no more.
    run = deployed.held()
    assert run["triggers"] == []
    deployed.do("mara", "step", RELEASE, "close", "done")
    assert deployed.finished()["outcome"] == "finished"
    report = deployed.desk.ask("report", RELEASE)
    assert [(row["trigger"], row["ending"]) for row in report["triggers"]] == [
        ("errors", "false positive")
    ]
    assert "trigger errors stood, a false positive" in report["issues"]


def test_that_a_limit_is_not_asked_during_the_step_that_suppresses_it(bare: Stage) -> None:
    bare.bring(
        release(
            by_hand("drain", "asha"),
            talk("close", "drain"),
            health=limit(suppressed_during=["drain"]),
        )
    )
    bare.metrics.values[ERRORS] = 0.01
    bare.held()
    bare.do("asha", "step", RELEASE, "drain", "start")
    bare.metrics.values[ERRORS] = 0.9
    assert bare.held()["triggers"] == []
    bare.do("asha", "step", RELEASE, "drain", "done")
    assert bare.held()["triggers"] == ["errors"]
