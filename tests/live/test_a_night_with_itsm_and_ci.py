"""What must be true of the night with a change and a build system, each stopped in its middle.

Buildbot tells of the builds, Prometheus and Alertmanager of versions, alerts and silences, all of
them asked by the test itself; the exported journal tells what was decided.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.live.facts import moves_of, of_kind
from tests.live.great_night import CREDENTIALS, OLD, SECRETS, GreatSeen, GreatStage
from tests.live.leaks import files_with
from tests.live.story import ALERT, RELEASE

BUILDS = [
    ("deploy-payments", "payments", "2.31.0", "mara", ""),
    ("deploy-ledger", "ledger", "15.0", "mara", ""),
    ("undo-deploy-ledger", "ledger", "14.2", "mara", "lena"),
    ("undo-deploy-payments", "payments", "2.30.4", "mara", "lena"),
]
"""What was built, in order: step, service, version, and the two people."""


def one_effect(effects: dict[str, dict[str, Any]], purpose: str, step: str) -> str:
    """The id of the one effect of a step with this purpose."""
    [name] = [
        name for name, it in effects.items() if (it["purpose"], it["step"]) == (purpose, step)
    ]
    return name


@pytest.mark.practice("B5.1")
def test_that_there_is_exactly_one_build_of_each_effect(
    great_stage: GreatStage, great_effects: dict[str, dict[str, Any]]
) -> None:
    ordered = [name for name, it in great_effects.items() if it["system"] == "ci"]
    sets = great_stage.buildbot.buildsets()
    ours = [one for one in sets if f"release {RELEASE} step" in one["reason"]]
    assert len(ours) == len(ordered) == len(BUILDS)
    built: list[tuple[str, ...]] = []
    for name in ordered:
        [one] = [one for one in ours if f"relconsole effect {name} " in one["reason"]]
        [request] = great_stage.buildbot.requests(one["bsid"])
        assert great_effects[name]["remote"] == f"buildrequest/{request}"
        [build] = great_stage.buildbot.builds(request)
        kept = {each: value for each, (value, _) in build["properties"].items()}
        assert kept["relconsole_effect_id"] == name
        people = (kept["relconsole_person"], kept["relconsole_second_person"])
        built.append((great_effects[name]["step"], kept["service"], kept["version"], *people))
    assert built == BUILDS


def test_that_each_deployment_ran_once_under_the_id_of_its_effect(
    great_stage: GreatStage, great_effects: dict[str, dict[str, Any]]
) -> None:
    begun = [line for line in great_stage.log if line["event"] == "begin"]
    assert [line["effect"] for line in begun] == [
        name for name, it in great_effects.items() if it["system"] == "ci"
    ]
    assert [(line["service"], line["version"]) for line in begun] == [it[1:3] for it in BUILDS]


@pytest.mark.practice("B5.1")
def test_that_a_console_killed_under_its_order_finds_the_build_and_does_not_repeat_it(
    great_stage: GreatStage, great_seen: GreatSeen, great_facts: list[dict[str, Any]]
) -> None:
    killed = great_seen.effect_at_the_kill
    assert (killed["state"], killed["remote"]) == ("sent", None)
    assert moves_of(great_facts, killed["id"]) == [
        "effect_sent",
        "effect_unknown",
        "effect_acknowledged",
        "effect_confirmed",
    ]
    assert great_stage.build_of(killed["id"])["results"] == 0


def test_that_a_change_system_that_is_away_keeps_nobody_and_loses_nothing(
    great_seen: GreatSeen, great_facts: list[dict[str, Any]]
) -> None:
    run = great_seen.runs["without the tracker"]
    [line] = [line for line in run["waiting"] if line["system"] == "itsm"]
    assert line["count"] >= 2
    assert run["steps"]["deploy-payments"]["state"] == "running"
    assert great_seen.comments_before == great_seen.comments_after > 0
    tried = [
        fact["id"]
        for fact in of_kind(great_facts, "effect_intended")
        if fact["body"]["system"] == "itsm"
        and "effect_unknown" in moves_of(great_facts, fact["id"])
    ]
    # That it was not there was believed after its settle window only, and then it was sent again.
    assert moves_of(great_facts, tried[0]).count("effect_sent") >= 2


def test_that_a_build_system_that_is_away_leaves_the_step_open_and_says_so(
    great_seen: GreatSeen,
) -> None:
    run = great_seen.runs["without Buildbot"]
    [line] = [line for line in run["waiting"] if line["system"] == "ci"]
    assert line["count"] == 1
    assert run["effects"][great_seen.effect_at_the_kill["id"]]["state"] == "unknown"
    assert run["steps"]["deploy-payments"]["state"] == "running"
    assert run["steps"]["check-books"]["state"] == "not_started"


def test_that_it_is_told_once_each_which_system_went_away_and_that_it_is_back(
    great_seen: GreatSeen,
) -> None:
    said = great_seen.answers["moved by somebody else"].said
    told = re.findall(r"^(\w+ (?:does not answer since|answers again))", said, re.MULTILINE)
    assert told == [
        "ci does not answer since",
        "ci answers again",
        "metrics does not answer since",
        "metrics answers again",
    ]


def test_that_an_alertmanager_that_is_away_leaves_its_silence_on_the_list(
    great_stage: GreatStage,
    great_seen: GreatSeen,
    great_effects: dict[str, dict[str, Any]],
    great_facts: list[dict[str, Any]],
) -> None:
    run = great_seen.runs["without Alertmanager"]
    assert run["steps"]["deploy-payments"]["state"] == "done"
    assert [line["what"] for line in run["left_open"]] == [
        "alerts muted in metrics for deploy-payments"
    ]
    lifted = one_effect(great_effects, "unsilence", "deploy-payments")
    moves = moves_of(great_facts, lifted)
    assert ("effect_unknown" in moves, moves[-1]) == (True, "effect_confirmed")
    made = one_effect(great_effects, "silence", "deploy-payments")
    [silence] = great_stage.monitoring.silences()
    assert f"[relconsole {made}]" in silence["comment"]
    assert great_seen.silence_after["status"]["state"] == "expired"


def test_that_a_prometheus_that_is_away_holds_what_would_begin(
    great_seen: GreatSeen, great_facts: list[dict[str, Any]]
) -> None:
    run = great_seen.runs["without Prometheus"]
    assert [hold["cause"] for hold in run["holds"]] == ["monitoring"]
    assert run["steps"]["check-books"]["state"] == "done"
    assert run["steps"]["deploy-ledger"]["state"] == "ready"
    checked, started = (
        next(fact["seq"] for fact in of_kind(great_facts, kind) if fact["body"]["step"] == step)
        for kind, step in (("step_ended", "check-books"), ("step_started", "deploy-ledger"))
    )
    between = [
        fact["kind"]
        for fact in great_facts
        if checked < fact["seq"] < started and fact["body"].get("cause") == "monitoring"
    ]
    assert between == ["hold_began", "hold_ended"]


@pytest.mark.practice("A4.2")
def test_that_the_gate_was_answered_for_named_people_and_decided_by_its_commander(
    great_seen: GreatSeen, great_facts: list[dict[str, Any]]
) -> None:
    assert great_seen.answers["gate"].done()["gates"]["go-for-payments"]["decision"] == "go"
    votes = [fact["body"] for fact in of_kind(great_facts, "station_answered")]
    assert [(vote["station"], vote["for_person"], vote["heard"]) for vote in votes] == [
        ("payments", "jo", "bridge"),
        ("ledger", "asha", "bridge"),
    ]
    [decided] = of_kind(great_facts, "gate_decided")
    assert (decided["by"], bool(decided["sig"]["signature"])) == ("mara", True)


@pytest.mark.practice("A4.3", "B7.1")
def test_that_the_night_is_held_by_the_fault_while_its_build_still_runs(
    great_seen: GreatSeen,
) -> None:
    held = great_seen.answers["held"]
    assert (held.status, held.document["outcome"]) == (1, "held")
    [hold] = [hold for hold in held.document["holds"] if hold["cause"] == "trigger"]
    assert hold["thing"] == "errors"
    assert "Payments error ratio is 0.2" in hold["reasons"][0]
    assert great_seen.alert_when_held == [ALERT]
    assert great_seen.build_when_held["complete"] is False


def test_that_one_person_alone_rolls_nothing_back(great_seen: GreatSeen) -> None:
    shown = great_seen.answers["dry run"].done()
    assert (shown["state"], list(shown["steps"])) == (
        "dry_run",
        ["undo-deploy-ledger", "undo-deploy-payments"],
    )
    refused = great_seen.answers["alone"]
    assert (refused.status, refused.document["state"]) == (1, "refused")
    assert "needs a second person's signature" in refused.document["reconcile"][0]["reason"]


def test_that_the_rollback_stops_the_build_that_still_runs_before_it_undoes_anything(
    great_stage: GreatStage, great_effects: dict[str, dict[str, Any]]
) -> None:
    forward = one_effect(great_effects, "step", "deploy-ledger")
    back = one_effect(great_effects, "undo", "undo-deploy-ledger")
    stopped, undone = great_stage.build_of(forward), great_stage.build_of(back)
    # 6 is what Buildbot calls cancelled.
    assert (stopped["results"], great_effects[forward]["outcome"]) == (6, "cancelled")
    assert stopped["complete_at"] <= undone["started_at"]
    assert undone["results"] == 0


def test_that_nothing_is_called_rolled_back_before_it_is_observed(great_seen: GreatSeen) -> None:
    unseen = great_seen.runs["undone, and not seen"]
    undone = [step["state"] for name, step in unseen["steps"].items() if name.startswith("undo-")]
    assert undone == ["done", "done"]
    assert unseen["outcome"] != "rolled_back"
    back = great_seen.answers["rolled back"].done()
    assert (back["state"], back["reconcile"]) == ("rolled_back", [])
    assert {row["service"]: {row["observed"]} for row in back["fleet"]} == OLD
    assert great_seen.versions_after == OLD


@pytest.mark.practice("A4.4")
def test_that_the_secrets_are_in_the_keyring_and_nowhere_else(
    great_stage: GreatStage, great_seen: GreatSeen
) -> None:
    listed = great_stage.line.run("credential", "list").done()
    assert {row["system"]: row["kept"] for row in listed["credentials"]} == dict.fromkeys(
        CREDENTIALS, True
    )
    assert great_seen.exposed == []
    for folder in (great_stage.line.store, great_stage.desktop.home):
        assert any(path.is_file() for path in folder.rglob("*"))
        assert files_with(folder, *SECRETS) == []
    said = [f"{answer.document} {answer.said}" for answer in great_seen.answers.values()]
    assert not [text for text in said for secret in SECRETS if secret in text]


def test_that_the_report_tells_how_the_night_ended(great_seen: GreatSeen) -> None:
    report = great_seen.answers["report"].done()
    assert report["outcome"] == "rolled_back"
    assert report["approval"].startswith("approved by petra at ")
