"""What must be true of the night, by the records of the systems themselves.

Prometheus, Alertmanager and the pushgateway tell of alerts, silences and versions, the commands of
their own runs, the change record of its comments, the exported journal of what was decided.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from tests.live.facts import (
    CHECKPOINT,
    checkpoints_in,
    dark_stretches,
    facts_of,
    moves_of,
    of_kind,
)
from tests.live.servers import ask
from tests.live.story import ALERT, RELEASE, Seen, Stage

COMMANDS = [
    ("deploy", "payments", "2.31.0"),
    ("look", "payments", "2.31.0"),
    ("deploy", "ledger", "15.0"),
    ("deploy", "ledger", "14.2"),
    ("deploy", "payments", "2.30.4"),
]
"""Everything that the night runs, in order."""


@pytest.fixture
def facts(stage: Stage, seen: Seen) -> list[dict[str, Any]]:
    """The facts of the exported journal."""
    seen.answers["export"].done()
    return facts_of(stage.folder / "journal.jsonl")


@pytest.mark.practice("A7.1")
def test_that_a_night_without_an_approval_does_not_begin(seen: Seen) -> None:
    refused = seen.answers["unapproved"]
    assert refused.status == 1
    assert "CHG-48213 is assess" in refused.document["error"]["message"]


@pytest.mark.practice("A7.4")
def test_that_an_approval_by_the_requester_under_another_name_counts_for_nothing(
    seen: Seen,
) -> None:
    refused = seen.answers["approved by its requester"]
    assert refused.status == 1
    assert "requested or wrote what they approved" in refused.document["error"]["message"]


def test_that_a_night_without_an_answer_is_held_and_a_step_answers_it(seen: Seen) -> None:
    held = seen.answers["nobody answers"]
    assert (held.status, held.document["outcome"]) == (1, "held")
    assert any("roll-call" in reason for reason in held.document["reasons"])
    assert seen.answers["roll call"].done()["steps"]["roll-call"]["state"] == "done"


@pytest.mark.practice("B5.1")
def test_that_each_command_ran_exactly_once(stage: Stage, seen: Seen) -> None:
    runs = [(line["act"], line["service"], line["version"]) for line in stage.log]
    begun = [run for run, line in zip(runs, stage.log, strict=True) if line["event"] == "begin"]
    assert begun == COMMANDS
    assert Counter(runs) == Counter([*COMMANDS, *COMMANDS])


def test_that_each_command_ran_under_the_id_of_its_effect_and_in_a_folder_of_that_name(
    stage: Stage, seen: Seen
) -> None:
    ran = [line["effect"] for line in stage.log if line["event"] == "begin"]
    effects = seen.answers["status"].document["effects"]
    assert sorted(ran) == sorted(name for name, it in effects.items() if it["system"] == "ci")
    jobs = stage.line.store / "plugins" / "ci" / "jobs"
    assert sorted(ran) == sorted(folder.name for folder in jobs.iterdir())


@pytest.mark.practice("B5.1")
def test_that_a_console_killed_between_sending_and_hearing_finds_its_job_again(
    stage: Stage, seen: Seen, facts: list[dict[str, Any]]
) -> None:
    killed = seen.effect_at_the_kill
    assert killed["state"] == "sent"
    assert moves_of(facts, killed["id"]) == [
        "effect_sent",
        "effect_unknown",
        "effect_acknowledged",
        "effect_confirmed",
    ]
    begun = [line["effect"] for line in stage.log if line["event"] == "begin"]
    assert begun.count(killed["id"]) == 1


def test_that_the_silence_came_with_the_step_for_its_service_alone(seen: Seen) -> None:
    silence = seen.silence_while_deploying
    assert silence["status"]["state"] == "active"
    assert silence["matchers"] == [
        {"name": "service", "value": "payments", "isRegex": False, "isEqual": True}
    ]
    assert silence["createdBy"] == "mara"
    assert f"{RELEASE} deploy-payments" in silence["comment"]


def test_that_the_silence_went_with_the_step_and_not_when_it_would_have_run_out(
    stage: Stage, seen: Seen
) -> None:
    came, went = seen.silence_while_deploying, seen.silence_after
    assert went["status"]["state"] == "expired"
    would_have = datetime.fromisoformat(came["endsAt"])
    assert datetime.fromisoformat(went["endsAt"]) < would_have - timedelta(minutes=5)


def test_that_there_was_one_silence_and_it_bears_the_id_of_its_effect(
    stage: Stage, seen: Seen
) -> None:
    effects = seen.answers["status"].document["effects"]
    made = [name for name, effect in effects.items() if effect["purpose"] == "silence"]
    silences = stage.monitoring.silences()
    assert [silence["id"] for silence in silences] == [seen.silence_after["id"]]
    assert len(made) == 1
    assert f"[relconsole {made[0]}]" in silences[0]["comment"]


def test_that_a_night_without_monitoring_is_held_and_begins_nothing(
    seen: Seen, facts: list[dict[str, Any]]
) -> None:
    dark = seen.in_the_dark
    assert [hold["cause"] for hold in dark["holds"]] == ["monitoring"]
    assert dark["steps"]["deploy-payments"]["state"] == "running"
    assert dark["steps"]["look-at-payments"]["state"] != "running"
    [(began, over)] = dark_stretches(facts)
    started = [fact["seq"] for fact in of_kind(facts, "step_started")]
    assert not [seq for seq in started if began < seq < over]


def test_that_the_night_goes_on_by_itself_once_monitoring_is_back(
    seen: Seen, facts: list[dict[str, Any]]
) -> None:
    after = seen.answers["after the dark"].document
    assert after["steps"]["deploy-payments"]["state"] == "done"
    assert after["steps"]["look-at-payments"]["state"] == "done"
    [(_, over)] = dark_stretches(facts)
    [ended] = [fact for fact in facts if fact["seq"] == over]
    assert "by" not in ended
    [looked] = [
        fact
        for fact in of_kind(facts, "step_started")
        if fact["body"]["step"] == "look-at-payments"
    ]
    assert looked["seq"] > over


def test_that_a_monitoring_outage_stands_as_no_trigger_and_arms_nothing(
    facts: list[dict[str, Any]],
) -> None:
    [stood] = of_kind(facts, "trigger_stood")
    fault = next(
        fact for fact in of_kind(facts, "step_started") if fact["body"]["step"] == "deploy-ledger"
    )
    armed = of_kind(facts, "rollback_armed")
    assert stood["seq"] > fault["seq"]
    assert all(fact["seq"] > stood["seq"] for fact in armed)


@pytest.mark.practice("A4.2")
def test_that_the_gate_was_answered_for_named_people_and_decided_by_its_commander(
    seen: Seen, facts: list[dict[str, Any]]
) -> None:
    assert seen.answers["gate"].done()["gates"]["go-for-ledger"]["decision"] == "go"
    votes = of_kind(facts, "station_answered")
    assert [(vote["body"]["station"], vote["body"]["for_person"]) for vote in votes] == [
        ("payments", "jo"),
        ("ledger", "asha"),
    ]
    [decided] = of_kind(facts, "gate_decided")
    assert decided["by"] == "mara"
    assert decided["sig"]["signature"]


@pytest.mark.practice("A4.3", "B7.1")
def test_that_the_night_is_held_by_the_metric_that_left_its_limit(seen: Seen) -> None:
    held = seen.answers["held"]
    assert (held.status, held.document["outcome"]) == (1, "held")
    [hold] = held.document["holds"]
    assert (hold["cause"], hold["thing"]) == ("trigger", "errors")
    assert "Payments error ratio is 0.2" in hold["reasons"][0]


def test_that_the_alert_of_the_systems_fired_and_was_silenced_by_nobody(seen: Seen) -> None:
    assert seen.firing_when_held == [ALERT]
    [alert] = seen.alert_when_held
    assert alert["labels"]["alertname"] == ALERT
    assert alert["status"]["silencedBy"] == []


def test_that_the_alert_fired_once_and_was_resolved(stage: Stage, seen: Seen) -> None:
    assert stage.monitoring.called() == [(ALERT, "firing"), (ALERT, "resolved")]
    assert stage.monitoring.firing() == []
    assert stage.monitoring.routed() == []


def test_that_prometheus_itself_has_the_alert_between_fault_and_rollback(
    stage: Stage, seen: Seen
) -> None:
    found = ask(
        f"{stage.monitoring.prometheus_url}/api/v1/query_range",
        query=f'ALERTS{{alertname="{ALERT}",alertstate="firing"}}',
        start=seen.began.isoformat(),
        end=datetime.now(UTC).isoformat(),
        step="1s",
    )["data"]["result"]
    [series] = found
    fired = [datetime.fromtimestamp(at, UTC) for at, _ in series["values"]]
    at = {
        (line["act"], line["version"]): datetime.fromisoformat(line["at"])
        for line in stage.log
        if line["event"] == "begin"
    }
    assert at["deploy", "15.0"] < fired[0]
    # Scraped and judged each second: two after the push it is gone, later on a busy machine.
    assert fired[-1] < at["deploy", "14.2"] + timedelta(seconds=10)


def test_that_a_dry_run_shows_the_way_back_and_begins_nothing(
    seen: Seen, facts: list[dict[str, Any]]
) -> None:
    shown = seen.answers["dry run"].done()
    assert shown["state"] == "dry_run"
    assert list(shown["steps"]) == ["undo-deploy-ledger", "undo-deploy-payments"]
    assert all(row["ok"] for row in shown["preflight"])


def test_that_one_person_alone_rolls_nothing_back(seen: Seen) -> None:
    for name, why in (
        ("alone", "needs a second person's signature"),
        ("seconded by herself", "are one person"),
    ):
        refused = seen.answers[name]
        assert (refused.status, refused.document["state"]) == (1, "refused")
        assert why in refused.document["reconcile"][0]["reason"]


def test_that_two_people_roll_back_through_the_end_of_a_console(
    stage: Stage, seen: Seen, facts: list[dict[str, Any]]
) -> None:
    back = seen.answers["rolled back"].done()
    assert back["state"] == "rolled_back"
    assert back["reconcile"] == []
    assert [step["state"] for step in back["steps"].values()] == ["done", "done"]
    assert len(of_kind(facts, "rollback_fired")) == 1
    undone = [line for line in stage.log if line["version"] in {"14.2", "2.30.4"}]
    assert {(line["person"], line["second_person"]) for line in undone} == {("mara", "lena")}


def test_that_the_old_versions_are_what_runs_in_the_end(stage: Stage, seen: Seen) -> None:
    assert seen.versions_when_held == {"payments": {"2.31.0"}, "ledger": {"15.0"}}
    assert stage.monitoring.versions("payments") == {"2.30.4"}
    assert stage.monitoring.versions("ledger") == {"14.2"}
    rows = {row["service"]: row["observed"] for row in seen.answers["rolled back"].done()["fleet"]}
    assert rows == {"payments": "2.30.4", "ledger": "14.2"}


@pytest.mark.practice("A7.1", "E4.3")
def test_that_the_change_record_bears_each_checkpoint_once_under_its_effect(
    stage: Stage, seen: Seen
) -> None:
    record = yaml.safe_load(stage.change.read_text(encoding="utf-8"))
    effects = seen.answers["status"].document["effects"]
    anchors = [name for name, effect in effects.items() if effect["purpose"] == "anchor"]
    # One for the gate, one for the end.
    assert len(anchors) >= 2
    kept = [one for one in record["comments"] if one["text"].startswith(CHECKPOINT)]
    assert [one["id"] for one in kept] == anchors
    for line in checkpoints_in(one["text"] for one in kept):
        assert json.loads(line)["format"].startswith("relconsole-checkpoint")


def test_that_every_word_on_the_change_record_stands_there_once(stage: Stage, seen: Seen) -> None:
    record = yaml.safe_load(stage.change.read_text(encoding="utf-8"))
    effects = seen.answers["status"].document["effects"]
    told = [name for name, effect in effects.items() if effect["system"] == "itsm"]
    assert [comment["id"] for comment in record["comments"]] == told


def test_that_the_approval_that_counted_is_what_the_record_still_says(
    stage: Stage, seen: Seen
) -> None:
    record = yaml.safe_load(stage.change.read_text(encoding="utf-8"))
    assert (record["state"], record["requester"], record["approver"]) == (
        "approved",
        "tomas",
        "petra",
    )


def test_that_the_report_tells_how_the_night_ended(seen: Seen) -> None:
    report = seen.answers["report"].done()
    assert report["outcome"] == "rolled_back"
