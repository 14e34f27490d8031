"""`status`, `log`, `brief`, `report` and `print`: a night as readers have it, then and later."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from relconsole.adapters.clock import SystemClock
from relconsole.adapters.store.writer_lock import take_writer
from tests.e2e.cli.plans import JOB, RELEASE, write_plan
from tests.helpers.cli import Keyed, Workstation

ANSWERS = (
    {"step": "open", "answer": "done"},
    {"step": "stop-writers", "answer": "done", "for": "asha", "note": "3 writers stopped"},
    {"step": "deploy", "answer": "skip", "note": "stood there already"},
)


@pytest.fixture(scope="session")
def rehearsed(keys_confirmed: Keyed, tmp_path_factory: pytest.TempPathFactory) -> Workstation:
    """A rehearsal of pay-4, held at a skipped step, and one of job-7 that came to its end."""
    folder = tmp_path_factory.mktemp("rehearsed")
    desk = keys_confirmed.copied(folder / "store").desk
    desk.ask("import", write_plan(folder / "plan", RELEASE, JOB))
    answers = folder / "answers.jsonl"
    answers.write_text("\n".join(map(json.dumps, ANSWERS)), encoding="utf-8")
    held = desk.act("mara", "night", "pay-4", "--rehearsal", "--answers", str(answers))
    assert held.status == 1, held
    ended = desk.act("mara", "night", "job-7", "--rehearsal", "--auto")
    assert ended.status == 0, ended
    return desk


def lines_of(desk: Workstation, *words: str) -> list[Any]:
    found: list[Any] = desk.ask("log", "pay-4", "--rehearsal", *words)["lines"]
    return found


# ----------------------------------------------------------------------------------- status


def test_that_a_held_run_is_shown_with_why(rehearsed: Workstation) -> None:
    ran = rehearsed.run("status", "pay-4", "--rehearsal", "--json")
    assert ran.status == 1
    found = ran.json
    assert (found["type"], found["outcome"]) == ("rehearsal", "held")
    assert "deploy skipped" in found["reasons"][0]
    assert {step: each["state"] for step, each in found["steps"].items()} == {
        "open": "done",
        "stop-writers": "done",
        "deploy": "skipped",
        "canary": "not_started",
        "drop": "not_started",
        "tidy": "not_started",
    }
    assert found["steps"]["stop-writers"]["by"] == "asha"
    assert found["steps"]["stop-writers"]["recorded_by"] == "mara"
    assert found["steps"]["stop-writers"]["attempt"] == 1


def test_that_a_finished_run_is_shown_with_its_effects(rehearsed: Workstation) -> None:
    found = rehearsed.ask("status", "job-7", "--rehearsal")
    assert found["outcome"] == "finished"
    (effect,) = found["effects"].values()
    assert (effect["step"], effect["state"]) == ("deploy", "confirmed")
    assert effect["remote"]


@pytest.mark.parametrize("verb", ["status", "report", "brief", "log"])
def test_that_a_release_which_never_ran_has_nothing_to_show(
    rehearsed: Workstation, verb: str
) -> None:
    ran = rehearsed.run(verb, "pay-4", "--json")
    assert (ran.status, ran.json["error"]["reasons"][0]["rule"]) == (1, "no_run")
    assert rehearsed.run(verb, "pay-9", "--json").status == 2


@pytest.mark.parametrize("verb", ["status", "report", "brief", "log", "print"])
def test_that_a_store_without_a_record_is_out_of_reach(tmp_path: Path, verb: str) -> None:
    ran = Workstation(store=tmp_path / "none").run(verb, "pay-4", "--json")
    assert (ran.status, ran.json["error"]["kind"]) == (3, "world")
    assert not (tmp_path / "none").exists()


def test_that_readers_need_nobodys_leave(rehearsed: Workstation, tmp_path: Path) -> None:
    with take_writer(rehearsed.store, "night", SystemClock().now()):
        for verb in ("status", "report", "brief", "log"):
            assert rehearsed.run(verb, "job-7", "--rehearsal").status == 0
        assert rehearsed.run("print", "job-7", "--rehearsal", "--to", tmp_path).status == 0


# -------------------------------------------------------------------------------------- log


@pytest.mark.practice("C5.6")
def test_that_the_log_tells_each_act_with_time_person_and_the_systems_answer(
    rehearsed: Workstation,
) -> None:
    found = rehearsed.ask("log", "job-7", "--rehearsal")["lines"]
    deploy = [line for line in found if line["step"] == "deploy"]
    kinds = [line["kind"] for line in deploy]
    effect = ["effect_intended", "effect_sent", "effect_acknowledged", "effect_confirmed"]
    assert [kind for kind in kinds if kind.startswith("effect")] == effect
    assert all(line["at"].endswith("Z") for line in found)
    assert {line["person"] for line in found} >= {"mara", None}
    opened = found[0]
    assert (opened["kind"], opened["person"], opened["signed"]) == ("run_opened", "mara", True)
    assert [line["seq"] for line in found] == sorted(line["seq"] for line in found)


def test_that_an_act_recorded_for_an_owner_keeps_both_names(rehearsed: Workstation) -> None:
    ended = lines_of(rehearsed, "--step", "stop-writers", "--fact", "step_ended")
    assert [(line["person"], line["for_person"]) for line in ended] == [("mara", "asha")]
    assert "3 writers stopped" in ended[0]["text"]
    shown = rehearsed.run("log", "pay-4", "--rehearsal", "--step", "stop-writers").out
    assert "asha, recorded by mara" in shown


def test_that_the_log_can_be_narrowed_to_a_person_and_a_step(rehearsed: Workstation) -> None:
    everything = lines_of(rehearsed)
    asha = lines_of(rehearsed, "--person", "asha")
    assert asha
    assert len(asha) < len(everything)
    assert all("asha" in {line["person"], line["for_person"]} for line in asha)
    assert {line["step"] for line in lines_of(rehearsed, "--step", "deploy")} == {"deploy"}
    assert lines_of(rehearsed, "--person", "mokafor") == lines_of(rehearsed, "--person", "mara")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--person", "marra"), 2),
        (("--step", "deply"), 1),
        (("--at", "2026-04-21T02:00"), 2),
        (("--at", "yesterday"), 2),
        (("--at", "2020-01-01T00:00Z"), 2),
    ],
)
def test_that_a_name_or_instant_that_means_nothing_is_said_to_be_one(
    rehearsed: Workstation, words: tuple[str, ...], status: int
) -> None:
    assert rehearsed.run("log", "pay-4", "--rehearsal", *words, "--json").status == status


def test_that_the_night_can_be_seen_as_it_stood_at_each_instant(rehearsed: Workstation) -> None:
    everything = lines_of(rehearsed)
    states: list[str] = []
    outcomes: list[str | None] = []
    for line in everything:
        words = ("log", "pay-4", "--rehearsal", "--state", "--at", line["at"])
        found = rehearsed.ask(*words)
        shown = [each["seq"] for each in found["lines"]]
        assert shown == [each["seq"] for each in everything if each["at"] <= line["at"]]
        states.append(found["state"]["steps"]["stop-writers"]["state"])
        outcomes.append(found["state"]["outcome"])
    changes = [
        state for state, before in zip(states, ["", *states], strict=False) if state != before
    ]
    assert changes == ["not_started", "ready", "running", "done"]
    assert (outcomes[0], outcomes[-1]) == (None, "held")


def test_that_the_moment_before_an_act_does_not_know_of_it(rehearsed: Workstation) -> None:
    (ended,) = lines_of(rehearsed, "--step", "deploy", "--fact", "step_ended")
    just_before = datetime.fromisoformat(ended["at"]) - timedelta(microseconds=1)
    words = ("log", "pay-4", "--rehearsal", "--state", "--at", just_before.isoformat())
    found = rehearsed.ask(*words)
    assert found["state"]["steps"]["deploy"]["state"] != "skipped"
    assert found["state"]["outcome"] is None


# ------------------------------------------------------------------------- brief and muster


def test_that_whoever_joins_gets_the_state_and_what_is_theirs(rehearsed: Workstation) -> None:
    found = rehearsed.ask("brief", "pay-4", "--rehearsal", "--for", "asha")
    assert (found["commander"], found["outcome"], found["ended"]) == ("mara", "held", 3)
    assert {need["step"] for need in found["mine"]} == {"canary", "drop"}
    assert found["holds"][0]["cause"] == "step"
    assert found["outlook"]["latest_safe_start"].endswith("Z")
    assert len(found["digest"]) == 64
    text = rehearsed.run("brief", "pay-4", "--rehearsal", "--for", "asha").out
    assert "NEXT FOR ASHA" in text
    assert max(map(len, text.splitlines())) <= 80


def test_that_a_brief_for_a_stranger_is_refused(rehearsed: Workstation) -> None:
    ran = rehearsed.run("brief", "pay-4", "--rehearsal", "--for", "ascha", "--json")
    assert ran.status == 2
    assert "did you mean asha" in ran.json["error"]["message"]


@pytest.mark.practice("C1.1", "D1.3")
def test_that_the_muster_tells_how_to_reach_each_and_which_step_has_nobody(
    rehearsed: Workstation,
) -> None:
    muster = rehearsed.ask("brief", "pay-4", "--rehearsal", "--muster")["muster"]
    people = {line["person"]: line for line in muster["people"]}
    assert [each["way"] for each in people["mara"]["reach"]] == ["phone", "chat"]
    assert people["asha"]["zone"] == "Asia/Kolkata"
    assert people["ines"]["reach"] == []
    assert muster["bridge"]["link"] == "https://bridge.example.org/7"
    assert (muster["vendors"][0]["phone"], muster["vendors"][0]["response"]) == ("+49 40 1", 1800)
    assert [need["step"] for need in muster["nobody"]] == ["tidy"]
    text = rehearsed.run("brief", "pay-4", "--rehearsal", "--muster").out
    assert "NO WAY TO REACH KNOWN" in text
    ends = rehearsed.ask("brief", "job-7", "--rehearsal", "--muster")["muster"]
    assert ends["nobody"] == []


# ------------------------------------------------------------------------------------ report


@pytest.mark.practice("D3.6")
def test_that_the_report_sets_plan_against_actual(rehearsed: Workstation) -> None:
    found = rehearsed.ask("report", "pay-4", "--rehearsal")
    assert (found["planned"], found["done"], found["outcome"]) == (6, 2, None)
    rows = {row["step"]: row for row in found["steps"]}
    assert rows["deploy"]["deviations"] == ["skipped"]
    assert any(issue.startswith("deploy: skipped") for issue in found["issues"])
    assert rows["stop-writers"]["recorded_by"] == "mara"
    assert rows["stop-writers"]["estimate"] > 5 * 60


def test_that_the_report_names_the_record_by_which_it_can_be_checked(
    rehearsed: Workstation,
) -> None:
    found = rehearsed.ask("report", "job-7", "--rehearsal")
    record = rehearsed.ask("journal", "verify", "--kind", "rehearsal")
    assert found["figures"] == {"facts": record["facts"], "root": record["root"]}
    assert found["outcome"] == "successful"
    assert found["closure"] == ""
    text = rehearsed.run("report", "job-7", "--rehearsal").out
    assert text.startswith("NIGHT REPORT")
    assert max(map(len, text.splitlines())) <= 80


# ------------------------------------------------------------------------------------- print


def test_that_a_night_is_printed_before_it_begins_and_while_it_stands(
    rehearsed: Workstation, tmp_path: Path
) -> None:
    before = rehearsed.ask("print", "pay-4", "--to", tmp_path)
    during = rehearsed.ask("print", "pay-4", "--rehearsal", "--to", tmp_path)
    assert (before["run"], during["run"] is None) == (None, False)
    assert before["digest"] != during["digest"]
    for each in (before, during):
        path = Path(each["file"])
        assert path.parent == tmp_path
        assert path.read_bytes().startswith(b"%PDF-")
        assert each["digest"][:8] in path.name


def test_that_a_print_without_a_folder_lies_in_the_store(rehearsed: Workstation) -> None:
    found = rehearsed.ask("print", "job-7", "--rehearsal")
    assert Path(found["file"]).parent == rehearsed.store / "prints"
