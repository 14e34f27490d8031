"""What must be true of the change of a night: its approval, its states, and what was written on it.

Request Tracker tells it, asked by the test itself and not by the console's plugin.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from tests.live.facts import CHECKPOINT, checkpoints_in, of_kind
from tests.live.great_night import EARLIER_PLAN, GreatSeen, GreatStage
from tests.live.story import RELEASE


@pytest.fixture
def history(great_stage: GreatStage, great_seen: GreatSeen) -> list[dict[str, Any]]:
    """What happened to the change, in order."""
    return great_stage.tracker.history(great_stage.ticket)


def reasons_of(refused: dict[str, Any]) -> str:
    return "; ".join(each["says"] for each in refused["error"]["reasons"])


def moves_in(history: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Who brought the change from where to where."""
    return [
        (one["Creator"]["id"], one["OldValue"], one["NewValue"])
        for one in history
        if one["Type"] == "Status"
    ]


def lines_of(great_stage: GreatStage, comment: dict[str, Any]) -> list[str]:
    return great_stage.tracker.text_of(comment["id"]).splitlines()


@pytest.mark.practice("A7.1")
def test_that_a_night_whose_ticket_nobody_approved_does_not_begin(great_seen: GreatSeen) -> None:
    refused = great_seen.answers["unapproved"]
    assert refused.status == 1
    says = reasons_of(refused.document)
    assert "is assess" in says
    assert "does not say who approved it" in says


@pytest.mark.practice("A7.4")
def test_that_the_requesters_own_approval_of_another_plan_counts_for_nothing(
    great_seen: GreatSeen,
) -> None:
    refused = great_seen.answers["approved by its requester"]
    assert refused.status == 1
    says = reasons_of(refused.document)
    assert "tomas requested or wrote what they approved" in says
    assert f"approved {EARLIER_PLAN}, the plan is {great_seen.digest}" in says


@pytest.mark.practice("A7.1")
def test_that_the_night_began_with_another_persons_approval_of_this_plan(
    great_seen: GreatSeen, great_facts: list[dict[str, Any]], history: list[dict[str, Any]]
) -> None:
    [opened] = of_kind(great_facts, "run_opened")
    assert opened["body"]["plan"] == great_seen.digest
    assert re.match(r"approved by petra at .*, attested by itsm$", opened["body"]["approval"])
    written = [one["NewValue"] for one in history if one["Type"] == "CustomField"]
    assert written == [EARLIER_PLAN, great_seen.digest]


@pytest.mark.practice("C5.3")
def test_that_the_change_went_with_the_night_by_the_hand_of_whom_it_says(
    history: list[dict[str, Any]],
) -> None:
    assert moves_in(history) == [
        ("mara", "new", "assess"),
        ("mara", "assess", "authorize"),
        ("mara", "authorize", "scheduled"),
        ("console", "scheduled", "implement"),
        ("ilka", "implement", "review"),
        ("console", "review", "implement"),
        ("console", "implement", "review"),
        ("petra", "review", "closed"),
    ]


@pytest.mark.practice("C5.3")
def test_that_each_move_of_the_console_follows_a_comment_with_its_effect_and_its_person(
    great_stage: GreatStage, great_effects: dict[str, dict[str, Any]], history: list[dict[str, Any]]
) -> None:
    moved = [name for name, it in great_effects.items() if it["purpose"] == "change_state"]
    told: list[str] = []
    for before, one in itertools.pairwise(history):
        if (one["Type"], one["Creator"]["id"]) != ("Status", "console"):
            continue
        assert (before["Type"], before["Creator"]["id"]) == ("Comment", "console")
        lines = lines_of(great_stage, before)
        assert lines[0] == f"{one['OldValue']} -> {one['NewValue']}"
        assert {"person: mara", f"release: {RELEASE}"} <= set(lines)
        told += [line.removeprefix("effect: ") for line in lines if line.startswith("effect: ")]
    assert told == moved
    assert len(moved) == 3


@pytest.mark.practice("C5.3", "E4.3")
def test_that_every_word_on_the_change_stands_there_once_in_the_order_of_the_journal(
    great_stage: GreatStage,
    great_effects: dict[str, dict[str, Any]],
    great_facts: list[dict[str, Any]],
) -> None:
    intended = [
        fact["id"]
        for fact in of_kind(great_facts, "effect_intended")
        if fact["body"]["system"] == "itsm"
    ]
    assert {great_effects[name]["state"] for name in intended} == {"confirmed"}
    written: list[str] = []
    for comment in great_stage.comments():
        lines = lines_of(great_stage, comment)
        assert {"person: mara", f"release: {RELEASE}"} <= set(lines)
        written += [line.removeprefix("effect: ") for line in lines if line.startswith("effect: ")]
    assert written == intended


def test_that_the_change_tells_the_night_from_its_beginning_to_its_end(
    great_stage: GreatStage, great_effects: dict[str, dict[str, Any]]
) -> None:
    told = [lines_of(great_stage, comment)[0] for comment in great_stage.comments()]
    notes = [line for line in told if not line.startswith(CHECKPOINT) and " -> " not in line]
    builds = [name for name, it in great_effects.items() if it["system"] == "ci"]
    ended = [
        f"{great_effects[name]['step']}, attempt 1: {great_effects[name]['outcome']} in ci"
        f" as {great_effects[name]['remote']}"
        for name in builds
    ]
    assert re.match(
        rf"the night of {RELEASE} began, opened by mara; change approved by petra", notes[0]
    )
    assert notes[1] == "gate go-for-payments: go"
    assert notes[2] == ended[0]
    assert set(ended) <= set(notes)
    fired = notes.index("the prepared rollback was fired by mara, second lena")
    assert notes.index(ended[2]) > fired
    assert notes[-2] == "the rollback is rolled back"
    assert notes[-1].startswith("the night ended: rolled back; ")


@pytest.mark.practice("E4.3")
def test_that_the_journal_verifies_with_what_the_change_keeps_of_it(
    great_stage: GreatStage, tmp_path: Path, great_facts: list[dict[str, Any]]
) -> None:
    told = [lines_of(great_stage, comment)[0] for comment in great_stage.comments()]
    kept = checkpoints_in(told)
    assert len(kept) >= 2
    anchor, export = tmp_path / "change.anchor", great_stage.folder / "journal.jsonl"
    anchor.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    words = ("journal", "verify", str(export), "--anchor", str(anchor))
    verdict = great_stage.line.run(*words).done()
    assert (verdict["ok"], verdict["anchored"], verdict["facts"]) == (True, True, len(great_facts))
    broken = tmp_path / "other.jsonl"
    broken.write_text(export.read_text(encoding="utf-8").replace("lena", "ines"), encoding="utf-8")
    other = great_stage.line.run("journal", "verify", str(broken), "--anchor", str(anchor))
    assert (other.status, other.document["ok"]) == (1, False)


def test_that_a_move_by_somebody_else_is_shown_and_holds_the_night(great_seen: GreatSeen) -> None:
    held = great_seen.answers["moved by somebody else"]
    assert (held.status, held.document["outcome"]) == (1, "held")
    says = f"{held.document['change']['id']} is review in itsm, and was implement when last in step"
    [hold] = [hold for hold in held.document["holds"] if hold["cause"] == "change"]
    assert hold["reasons"] == [says]
    looked = great_seen.answers["difference"]
    assert (looked.status, looked.document["change"]["in_step"]) == (1, False)
    assert looked.document["change"]["says"] == says


def test_that_a_move_by_somebody_else_is_put_back_by_a_decision_alone(
    great_seen: GreatSeen, great_facts: list[dict[str, Any]]
) -> None:
    assert great_seen.state_before_the_decision == "review"
    [settled] = of_kind(great_facts, "change_settled")
    assert (settled["by"], settled["body"]["kept"]) == ("mara", False)
    assert settled["body"]["note"] == "the review is for tomorrow"
    assert settled["sig"]["signature"]
    [differed] = [
        fact for fact in of_kind(great_facts, "hold_began") if fact["body"]["cause"] == "change"
    ]
    intended = [
        fact["seq"]
        for fact in of_kind(great_facts, "effect_intended")
        if fact["body"]["purpose"] == "change_state"
    ]
    assert not [seq for seq in intended if differed["seq"] < seq < settled["seq"]]


def test_that_a_move_on_its_way_is_not_called_in_step(great_seen: GreatSeen) -> None:
    put = great_seen.answers["put"].done()
    assert [line["system"] for line in put["waiting"]] == ["itsm"]
    change = put["change"]
    assert (change["state"], change["becomes"], change["in_step"]) == ("review", "implement", None)
    assert great_seen.answers["change"].done()["change"]["in_step"] is True
