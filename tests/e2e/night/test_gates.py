"""A gate: each station answers once, a quorum makes it, and the commander decides and signs."""

import json

import pytest

from tests.e2e.night.plans import RELEASE, by_job, gate, release, talk
from tests.e2e.night.stage import Stage

GO = ("gate", RELEASE, "go")


@pytest.fixture
def asked(stage: Stage) -> Stage:
    """A night that has come to a gate before its only deployment."""
    stage.bring(
        release(
            talk("open"),
            gate("go", "open", "payments", "ledger"),
            by_job("deploy", "payments-api", "jo", "go"),
        )
    )
    stage.held(*stage.answers(("open", "done")))
    return stage


@pytest.mark.practice("A4.2")
def test_that_a_deployment_waits_for_a_decision_that_is_signed_over_what_was_seen(
    asked: Stage,
) -> None:
    asked.do("jo", *GO, "go")
    asked.do("ines", *GO, "go", "--station", "ledger", "--for", "asha", "--heard", "chat")
    assert asked.status()["gates"]["go"]["decision"] is None
    assert asked.held()["steps"]["deploy"]["state"] == "not_started"
    assert asked.fleet.log == []
    assert "decider" in asked.refused("jo", *GO, "go", "--decide")
    run = asked.do("mara", *GO, "go", "--decide")
    assert run["gates"]["go"]["decision"] == "go"
    assert [(vote["station"], vote["by"]) for vote in run["gates"]["go"]["votes"]] == [
        ("payments", "jo"),
        ("ledger", "asha"),
    ]
    assert asked.finished()["steps"]["deploy"]["state"] == "done"
    decided = [line for line in asked.log() if line["kind"] == "gate_decided"]
    assert [(line["person"], line["signed"]) for line in decided] == [("mara", True)]
    # The decision stands in the record before the effect, with the digest of what was seen.
    asked.desk.ask("journal", "export", asked.folder / "night.jsonl")
    lines = (asked.folder / "night.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = [json.loads(line).get("kind") for line in lines]
    at = kinds.index("gate_decided")
    assert at < kinds.index("effect_intended")
    assert len(json.loads(lines[at])["body"]["seen"]) == 64
    assert asked.desk.ask("journal", "verify")["ok"]


def test_that_without_the_quorum_nothing_is_decided_go(asked: Stage) -> None:
    asked.do("jo", *GO, "go")
    assert "quorum_missing" in asked.refused("mara", *GO, "go", "--decide")
    # The same person does not make a quorum of two.
    twice = asked.refused("mara", *GO, "go", "--station", "ledger", "--for", "jo")
    assert "two_stations" in twice
    assert "not_the_station" in asked.refused("jo", *GO, "go", "--station", "ledger")
    assert "station_unknown" in asked.refused("mara", *GO, "go", "--station", "moon")


def test_that_a_no_go_needs_a_reason_holds_the_night_and_gives_way_to_no_decision(
    asked: Stage,
) -> None:
    assert "note_missing" in asked.refused("asha", *GO, "no-go")
    asked.do("asha", *GO, "no-go", "--note", "replication lags")
    asked.do("jo", *GO, "go")
    assert "mandatory_station" in asked.refused("mara", *GO, "go", "--decide", "--note", "go on")
    run = asked.do("mara", *GO, "no-go", "--decide", "--note", "we wait for replication")
    assert [hold["cause"] for hold in run["holds"] if hold["thing"] == "go"] == ["gate"]
    assert asked.held()["steps"]["deploy"]["state"] == "not_started"
    # What lifts it is the station's own go, and the decision after it.
    asked.do("asha", *GO, "go", "--note", "replication is back")
    asked.do("mara", *GO, "go", "--decide")
    assert asked.finished()["outcome"] == "finished"


def test_that_no_answer_never_becomes_go_by_time_passing(asked: Stage) -> None:
    asked.do("jo", *GO, "go")
    for _ in range(2):
        assert asked.held()["gates"]["go"]["decision"] is None
    assert asked.fleet.log == []


def test_that_answers_of_a_file_make_a_gate_and_the_conducting_commander_decides(
    asked: Stage,
) -> None:
    asked.finished(*asked.answers(("go", "go", "jo"), ("go", "go", "asha")))
    votes = [line for line in asked.log("--step", "go") if line["kind"] == "station_answered"]
    assert [(line["person"], line["for_person"]) for line in votes] == [
        ("mara", "jo"),
        ("mara", "asha"),
    ]
