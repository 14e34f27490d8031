"""Alerts of a night: what stands and since which step, what people say of it, and what is over."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.e2e.night.away import away
from tests.e2e.night.plans import RELEASE, at, by_hand, by_job, limit, release, talk
from tests.e2e.night.stage import LEASE, Stage

ERRORS = "error_ratio"


@pytest.fixture
def slow(stage: Stage) -> Stage:
    """A night that is held: since its deployment the error ratio is beyond its limit."""
    stage.bring(
        release(by_job("deploy", "payments-api", "jo"), talk("close", "deploy"), health=limit())
    )
    stage.metrics.values[ERRORS] = 0.01
    stage.held()
    stage.metrics.values[ERRORS] = 0.9
    stage.held()
    return stage


def alerts(stage: Stage) -> dict[str, Any]:
    """What stands, by key, with what was said of it."""
    found = stage.desk.ask("alerts", RELEASE)
    return {each["alert"]["key"]: each for each in found["alerts"]}


@pytest.mark.practice("A6.2")
@pytest.mark.practice("D7.1")
def test_that_an_alert_names_its_value_its_limit_and_the_step_it_came_in(slow: Stage) -> None:
    found = alerts(slow)["trigger:errors"]
    alert = found["alert"]
    assert (alert["level"], alert["cause"], alert["source"]) == ("critical", "deploy", "metrics")
    assert (alert["what"], alert["value"], alert["limit"]) == (
        "Error ratio",
        "0.9",
        "limit above 0.5",
    )
    began = next(line for line in slow.log("--step", "deploy") if line["kind"] == "step_started")
    assert datetime.fromisoformat(alert["since"]) > datetime.fromisoformat(began["at"])
    text = slow.desk.run("alerts", RELEASE).out
    assert "CRITICAL  Error ratio: 0.9, limit above 0.5" in text
    assert "not read here, so unknown: errors" in text


def test_that_an_alert_stands_on_when_it_is_acknowledged_and_comes_back_from_a_shelf(
    slow: Stage,
) -> None:
    key = "trigger:errors"
    slow.do("jo", "alert", RELEASE, key, "acknowledge", "--note", "looking")
    found = alerts(slow)[key]
    assert (found["state"], found["by"], found["note"]) == ("acknowledged", "jo", "looking")
    shelve = ("alert", RELEASE, key, "shelve")
    known = ("--note", "load test")
    assert set(slow.refused("jo", *shelve, *known)) == {"not_the_commander"}
    assert set(slow.refused("mara", *shelve)) == {"no_reason"}
    assert set(slow.refused("mara", *shelve, *known, "--until", at(90))) == {"shelf_too_long"}
    slow.do("mara", *shelve, *known)
    found = alerts(slow)[key]
    assert (found["state"], found["by"], found["note"]) == ("shelved", "mara", "load test")
    lasts = datetime.fromisoformat(found["until"]) - datetime.fromisoformat(found["at"])
    assert timedelta(minutes=14) < lasts <= timedelta(minutes=15)
    assert "1 of them shelved" in slow.desk.run("alerts", RELEASE).out
    slow.do("jo", "alert", RELEASE, key, "unshelve")
    assert alerts(slow)[key]["state"] == "acknowledged"
    assert set(slow.refused("jo", "alert", RELEASE, key, "unshelve")) == {"not_shelved"}
    report = slow.desk.run("report", RELEASE).out
    assert "trigger:errors" in report
    assert "shelved until" in " ".join(report.split())


def test_that_what_is_over_can_be_recalled(slow: Stage) -> None:
    slow.do("mara", "problem", RELEASE, "open", "--what", "errors", "--next-word", at(-1))
    assert "word:P1" in alerts(slow)
    slow.do("mara", "problem", RELEASE, "close", "--id", "P1")
    assert "word:P1" not in alerts(slow)
    recent = slow.desk.ask("alerts", RELEASE)["recent"]
    assert recent[0]["alert"]["key"] == "word:P1"
    assert set(slow.refused("jo", "alert", RELEASE, "word:P1", "acknowledge")) == {"no_alert"}


def test_that_alerts_of_a_running_night_are_acknowledged_from_elsewhere(stage: Stage) -> None:
    stage.bring(release(by_hand("drain", "asha"), talk("close", "drain"), health=limit()))
    stage.metrics.values[ERRORS] = 0.01
    with away(stage, "mara", "night", RELEASE, "--stay", *LEASE) as night:
        night.hears("live run of pay-4 opened")
        stage.do("asha", "step", RELEASE, "drain", "start")
        night.hears("drain started")
        stage.do("asha", "step", RELEASE, "drain", "wait", "--note", "the bank", "--until", at(-1))
        ran = stage.act("jo", "alert", RELEASE, "waits:drain", "acknowledge")
        assert ran.status == 0, ran
        assert "posted to the program that writes it" in ran.err
        # What only whoever conducts can see is taken at the word of who saw it there.
        stage.do("jo", "alert", RELEASE, "away:metrics", "acknowledge")
    line = next(each for each in stage.log() if each["kind"] == "alert_acknowledged")
    assert (line["person"], line["signed"]) == ("jo", True)
    assert "waits longer than it said: the bank" in line["text"]


def test_that_a_night_that_is_over_has_no_alerts_but_those_to_be_recalled(bare: Stage) -> None:
    bare.bring(release(by_hand("drain", "asha")))
    bare.held()
    assert set(alerts(bare)) == {"hold:no_answer/answers"}
    bare.finished(*bare.answers(("drain", "done")))
    ran = bare.desk.run("alerts", RELEASE)
    assert (ran.status, ran.out.splitlines()[0].endswith("nothing stands")) == (0, True), ran
    assert "hold:no_answer/answers" in ran.out
