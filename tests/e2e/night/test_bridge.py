"""The bridge: who commands, who is called and how, what is open, and who joins with a brief."""

from datetime import datetime, timedelta

import pytest

from tests.e2e.night.plans import RELEASE, at, by_hand, by_job, gate, release, talk
from tests.e2e.night.stage import Stage, rules_of

BRIDGE = {
    "dial_in": {"de": "+49 30 9999", "us": "+1 212 9999"},
    "link": "https://bridge.example.org/7",
    "backup": "+44 20 9999",
}
VENDOR = {
    "name": "Card scheme",
    "contract": "C-11",
    "case": "88-1",
    "phone": "+1 914 1",
    "hours": "24/7",
    "response": "30m",
}


@pytest.fixture
def going(stage: Stage) -> Stage:
    """A night that waits for its first step; at its gate nobody speaks for one station."""
    stage.bring(
        release(
            by_hand("drain", "asha"),
            by_job("deploy", "payments-api", "jo", "drain"),
            {**by_hand("sweep", "jo", "deploy"), "owner": "asha"},
            gate("leave", "deploy", "payments", "edge"),
            bridge=BRIDGE,
            vendors=[VENDOR],
        )
    )
    stage.held()
    return stage


def test_that_command_passes_by_an_offer_and_an_acceptance_over_the_same_brief(
    going: Stage,
) -> None:
    assert "no_offer" in going.refused("lena", "handover", RELEASE, "--accept")
    assert "not_the_commander" in going.refused("jo", "handover", RELEASE, "--to", "lena")
    offered = going.act("mara", "handover", RELEASE, "--to", "lena")
    assert offered.json["people"] == {"commander": "mara", "offered_to": "lena"}
    digest = offered.err.rsplit(" ", 1)[1].strip()
    assert len(digest) == 64
    # Until it is accepted mara commands, and nobody else accepts it, nor over another brief.
    assert "not_offered" in going.refused("jo", "handover", RELEASE, "--accept")
    other = ("--brief", "0" * 64)
    assert "brief_changed" in going.refused("lena", "handover", RELEASE, "--accept", *other)
    run = going.do("lena", "handover", RELEASE, "--accept", "--brief", digest)
    assert run["people"] == {"commander": "lena", "offered_to": None}
    going.do("asha", "step", RELEASE, "drain", "skip", "--note", "idle")
    go_on = ("step", RELEASE, "drain", "followers", "--followers", "go-on")
    assert "not_the_commander" in going.refused("mara", *go_on)
    going.do("lena", *go_on)


@pytest.mark.practice("C1.5")
def test_that_who_is_needed_is_named_with_the_ways_to_reach_them_in_their_order(
    going: Stage,
) -> None:
    muster = going.desk.ask("brief", RELEASE, "--muster")["muster"]
    people = {line["person"]: line for line in muster["people"]}
    assert people["mara"]["reach"] == [
        {"way": "phone", "value": "+49 30 1234"},
        {"way": "chat", "value": "@mara"},
    ]
    assert people["asha"]["reach"] == []
    assert [need["step"] for need in muster["nobody"]] == ["leave"]
    assert muster["bridge"]["link"] == BRIDGE["link"]
    assert {row["country"]: row["number"] for row in muster["bridge"]["dial_in"]} == {
        "de": "+49 30 9999",
        "us": "+1 212 9999",
    }
    assert [(row["name"], row["case"]) for row in muster["vendors"]] == [("Card scheme", "88-1")]
    text = going.desk.run("brief", RELEASE, "--muster").out
    for shown in ("+49 30 1234", "+1 212 9999", "+1 914 1", "77-12"):
        assert shown in text, shown


def test_that_a_brief_tells_the_state_the_forecast_and_what_is_the_readers_own(
    going: Stage,
) -> None:
    brief = going.desk.ask("brief", RELEASE, "--for", "asha")
    assert [need["step"] for need in brief["mine"]] == ["drain", "sweep"]
    outlook = brief["outlook"]
    assert 0 <= outlook["in_window"] <= 1
    assert outlook["end_p50"] <= outlook["end_p90"]
    assert outlook["decide_by"] <= outlook["latest_safe_start"]
    text = going.desk.run("brief", RELEASE).out
    assert "drain" in text
    assert going.desk.run("brief", RELEASE, "--for", "nobody").status == 2


@pytest.mark.practice("B4.5")
def test_that_a_problem_with_a_question_is_decided_by_who_was_named_before_it_is_too_late(
    going: Stage,
) -> None:
    outlook = going.desk.ask("brief", RELEASE)["outlook"]
    opens = ("problem", RELEASE, "open", "--what", "replication lags", "--severity", "critical")
    asks = ("--question", "go on or back?", "--option", "wait", "--option", "back")
    named = ("--decides", "lena", "--owner", "asha", "--incident", "INC-7", "--step", "drain")
    assert set(going.refused("mara", *opens, *asks, *named)) == {"no_decide_by"}
    too_late = datetime.fromisoformat(outlook["decide_by"]) + timedelta(minutes=5)
    late = ("--decide-by", too_late.isoformat())
    assert set(going.refused("mara", *opens, *asks, *named, *late)) == {"decide_by_late"}
    run = going.do("jo", *opens, *asks, *named, "--decide-by", at(2), "--then", "roll_back")
    (problem,) = run["problems"]
    assert (problem["problem"], problem["options"]) == ("P1", ["wait", "back"])
    assert (problem["decides"], problem["then"]) == ("lena", "roll_back")
    assert going.desk.ask("brief", RELEASE)["problems"][0]["what"] == "replication lags"
    closes = ("problem", RELEASE, "close", "--id", "P1")
    assert "decides" in going.refused("mara", *closes, "--decision", "wait")
    assert "undecided" in going.refused("lena", *closes)
    going.do("lena", *closes, "--decision", "wait")
    # That nobody decides is never taken for go: it cannot even be written.
    ran = going.act("mara", *opens, *asks, "--decide-by", at(2), "--then", "go_on")
    assert ran.status == 2
    issues = going.desk.ask("report", RELEASE)["issues"]
    assert "problem P1: replication lags (incident INC-7, stated by jo)" in issues
    assert any("incident INC-7" in line["text"] for line in going.log("--person", "jo"))


def test_that_the_night_does_not_end_while_a_problem_is_open(bare: Stage) -> None:
    bare.bring(release(talk("open")))
    bare.held()
    bare.do("mara", "problem", RELEASE, "open", "--what", "a slow query")
    bare.do("mara", "step", RELEASE, "open", "done")
    run = bare.held()
    assert run["steps"]["open"]["state"] == "done"
    assert any("problem_open" in reason for reason in run["reasons"])
    bare.do("mara", "problem", RELEASE, "close", "--id", "P1", "--decision", "watched")
    assert bare.finished()["outcome"] == "finished"


def test_that_a_past_night_is_shown_as_it_stood_at_any_instant(going: Stage) -> None:
    before = going.log()[-1]["at"]
    going.do("asha", "step", RELEASE, "drain", "done")
    then = going.desk.ask("log", RELEASE, "--at", before, "--state")
    assert then["state"]["steps"]["drain"]["state"] == "ready"
    now = going.desk.ask("log", RELEASE, "--state")
    assert now["state"]["steps"]["drain"]["state"] == "done"
    assert [line["seq"] for line in then["lines"]] == [
        line["seq"] for line in now["lines"] if line["at"] <= before
    ]
    mine = going.log("--person", "asha")
    assert {line["person"] for line in mine} == {"asha"}
    assert going.desk.run("log", RELEASE, "--at", "yesterday").status == 2
    assert rules_of(going.desk.run("log", RELEASE, "--step", "nothing", "--json"))
