"""The state of the change and of the night: in step both ways, and never overwritten unseen."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.night.away import away
from tests.e2e.night.plans import RELEASE, Plan, at, by_job, release, talk
from tests.e2e.night.stage import LEASE, Stage
from tests.live.waiting import eventually

CHANGE = "CHG-48213"
STATES = {
    "approved": "scheduled",
    "running": "implement",
    "finished": "review",
    "rolled_back": "backed out",
}
SYSTEM = {"system": "itsm", "id": CHANGE, "states": STATES}


def plan(*more: Plan) -> Plan:
    """Give a release with a word before its one deployment, whose change has states."""
    deploy = by_job("deploy", "payments-api", "jo", "open")
    return release(talk("open"), deploy, *more, change=SYSTEM, approved_within="7d")


def record(stage: Stage, state: str = "scheduled") -> Path:
    """Write the change record, approved, as that system has it before the night."""
    stage.changes.mkdir(exist_ok=True)
    path = stage.changes / f"{CHANGE}.yaml"
    path.write_text(
        f'title: "Payments Core 4"\nstate: {state}\nrequester: tomas\n'
        f'approver: petra\napproved_at: "{at(-60)}"\n',
        encoding="utf-8",
    )
    return path


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def somebody_puts(path: Path, state: str) -> None:
    """Change the state as a person in that system does."""
    found = read(path)
    path.write_text(yaml.safe_dump({**found, "state": state}), encoding="utf-8")


def moves(path: Path) -> list[tuple[str, str]]:
    return [(move["from"], move["to"]) for move in read(path).get("history") or ()]


@pytest.fixture
def begun(stage: Stage) -> tuple[Stage, Path]:
    """A night that has put its change to implement and waits for a word."""
    stage.bring(plan())
    path = record(stage)
    stage.held()
    assert moves(path) == [("scheduled", "implement")]
    return stage, path


@pytest.mark.practice("C5.3")
@pytest.mark.practice("A7.1")
def test_that_the_change_goes_with_the_night_and_bears_its_notes_in_order(
    begun: tuple[Stage, Path],
) -> None:
    stage, path = begun
    stage.do("mara", "step", RELEASE, "open", "done")
    assert stage.finished()["outcome"] == "finished"
    assert moves(path) == [("scheduled", "implement"), ("implement", "review")]
    effects = stage.status()["effects"]
    found = read(path)
    made = [name for name, effect in effects.items() if effect["purpose"] == "change_state"]
    assert [move["id"] for move in found["history"]] == sorted(made)
    assert {move["person"] for move in found["history"]} == {"mara"}
    notes = [each["text"] for each in found["comments"] if "checkpoint" not in each["text"]]
    assert notes[0].startswith("the night of pay-4 began, opened by mara; change approved by petra")
    assert notes[1].startswith("deploy, attempt 1: succeeded in ci as ")
    assert notes[2:] == ["the night ended: finished; steps: 2 done"]
    ran = stage.desk.run("change", RELEASE, "--json")
    assert (ran.status, ran.json["change"]["state"], ran.json["change"]["in_step"]) == (
        0,
        "review",
        True,
    )
    assert "review, in step" in stage.desk.run("status", RELEASE).out


@pytest.mark.practice("C5.3")
def test_that_a_rolled_back_night_puts_its_change_there(stage: Stage) -> None:
    stage.bring(plan(talk("close", "deploy")))
    path = record(stage)
    stage.held(*stage.answers(("open", "done")))
    assert (
        stage.seconded("mara", "lena", "rollback", RELEASE, "--reason=checkout fails").json["state"]
        == "rolled_back"
    )
    assert moves(path)[-1] == ("implement", "backed out")


@pytest.mark.practice("D3.6")
def test_that_a_change_moved_by_somebody_else_holds_the_night_until_a_person_decides(
    begun: tuple[Stage, Path],
) -> None:
    stage, path = begun
    somebody_puts(path, "cancelled")
    stage.do("mara", "step", RELEASE, "open", "done")
    held = stage.held()
    (hold,) = held["holds"]
    says = f"{CHANGE} is cancelled in itsm, and was implement when last in step"
    assert (hold["cause"], hold["reasons"]) == ("change", [says])
    assert "NOT in step" in stage.desk.run("status", RELEASE).out
    assert (read(path)["state"], stage.fleet.log) == ("cancelled", [])
    # A hold whose cause stands is not talked away, and nobody else decides, nor without a reason.
    assert "change_differs" in stage.refused("mara", "resume", RELEASE, "--note", "go on")
    noted = ("--note", "it was cancelled by mistake")
    assert "not_the_commander" in stage.refused("jo", "change", RELEASE, "put", *noted)
    assert "no_reason" in stage.refused("mara", "change", RELEASE, "put")
    ran = stage.act("mara", "change", RELEASE, "put", *noted)
    assert ran.json["waiting"][0]["system"] == "itsm"
    assert stage.finished()["outcome"] == "finished"
    assert moves(path)[1:] == [("cancelled", "implement"), ("implement", "review")]
    texts = [line["text"] for line in stage.log()]
    assert f"{CHANGE} is cancelled and is put back: it was cancelled by mistake" in texts


def test_that_a_state_that_is_kept_there_stays_until_the_night_ends(
    begun: tuple[Stage, Path],
) -> None:
    stage, path = begun
    somebody_puts(path, "on hold")
    stage.do("mara", "step", RELEASE, "open", "done")
    stage.held()
    kept = stage.act("mara", "change", RELEASE, "keep", "--note", "the board wants it so")
    assert (kept.status, kept.json["change"]["in_step"]) == (0, True)
    assert stage.finished()["outcome"] == "finished"
    assert moves(path)[1:] == [("on hold", "review")]


@pytest.mark.practice("A7.1")
def test_that_the_closure_code_counts_once_a_person_has_confirmed_it_and_the_change_is_told(
    begun: tuple[Stage, Path],
) -> None:
    stage, path = begun
    assert "run_open" in stage.refused("mara", "change", RELEASE, "confirm")
    stage.do("mara", "step", RELEASE, "open", "done")
    assert stage.finished()["outcome"] == "finished"
    proposed = stage.desk.run("report", RELEASE, "--json").json
    assert (proposed["closure"], proposed["confirmed"]) == ("successful", None)
    other = ("confirm", "--code", "partly implemented")
    assert "no_reason" in stage.refused("mara", "change", RELEASE, *other)
    assert stage.act("mara", "change", RELEASE, "confirm").status == 0
    confirmed = stage.desk.run("report", RELEASE, "--json").json["confirmed"]
    assert (confirmed["code"], confirmed["by"]) == ("successful", "mara")
    texts = [each["text"] for each in read(path)["comments"]]
    assert any("closure code successful, confirmed by mara" in each for each in texts)


def test_that_a_change_that_the_target_does_not_move_is_a_difference_with_its_reason(
    bare: Stage,
) -> None:
    bare.bring(plan())
    record(bare)
    # Read at the approval, and moved by somebody before the night says its own word.
    bare.held()
    path = bare.changes / f"{CHANGE}.yaml"
    somebody_puts(path, "assess")
    ran = bare.act("mara", "change", RELEASE)
    assert (ran.status, ran.json["change"]["in_step"]) == (1, False)
    assert read(path)["state"] == "assess"


def test_that_a_change_system_that_is_away_at_the_end_takes_its_words_later_and_in_order(
    begun: tuple[Stage, Path],
) -> None:
    stage, path = begun
    away = stage.changes.with_name("away")
    stage.changes.rename(away)
    stage.do("mara", "step", RELEASE, "open", "done")
    assert stage.finished()["outcome"] == "finished"
    unread = stage.act("mara", "change", RELEASE)
    assert unread.json["waiting"][0]["count"] >= 3
    away.rename(stage.changes)
    ran = stage.act("mara", "change", RELEASE)
    assert (ran.status, ran.json["change"]["state"], ran.json["waiting"]) == (0, "review", [])
    assert moves(path) == [("scheduled", "implement"), ("implement", "review")]
    told = [name for name, it in stage.status()["effects"].items() if it["system"] == "itsm"]
    found = read(path)
    written = [each["id"] for each in (*found["comments"], *found["history"])]
    assert sorted(written) == sorted(told)


def test_that_a_rehearsal_and_a_release_without_a_change_have_none_to_keep(bare: Stage) -> None:
    bare.bring(release(talk("open")))
    bare.held()
    assert "no_change" in bare.refused("mara", "change", RELEASE)
    rehearsed = bare.desk.run("night", RELEASE, "--rehearsal", "--auto", "--json")
    assert rehearsed.json["outcome"] == "finished"
    assert "no_change" in bare.refused("mara", "change", RELEASE, "--rehearsal")


LINKS = [{"kind": "depends_on", "id": "CHG-48190"}, {"kind": "referred_to_by", "id": "INC-7"}]


def somebody_links(path: Path, links: object = LINKS) -> None:
    """Link the record as a person in that system does."""
    path.write_text(yaml.safe_dump({**read(path), "links": links}), encoding="utf-8")


STATED = [
    {"kind": kind, "id": other, "title": "", "state": "", "url": "", "made": "stated in itsm"}
    for kind, other in (("depends_on", "CHG-48190"), ("referred_to_by", "INC-7"))
]


@pytest.mark.practice("B4.5")
def test_that_the_links_of_the_change_are_told_with_how_they_were_made(
    begun: tuple[Stage, Path],
) -> None:
    stage, path = begun
    assert stage.act("mara", "change", RELEASE).json["links"] == []
    somebody_links(path)
    facts = len(stage.log())
    assert stage.act("mara", "change", RELEASE).json["links"] == STATED
    lines = stage.desk.run("change", RELEASE).out.splitlines()
    assert "depends on CHG-48190, stated in itsm" in lines
    assert "is referred to by INC-7, stated in itsm" in lines
    assert len(stage.log()) == facts


def test_that_the_links_of_a_change_that_cannot_be_read_are_unknown(
    begun: tuple[Stage, Path],
) -> None:
    stage, path = begun
    somebody_links(path, "none")
    ran = stage.act("mara", "change", RELEASE)
    assert ran.json["links"] is None
    assert "links unknown" in stage.desk.run("change", RELEASE).out


def test_that_the_links_are_read_beside_the_program_that_conducts_the_night(stage: Stage) -> None:
    stage.bring(plan())
    path = record(stage)
    somebody_links(path)
    with away(stage, "mara", "night", RELEASE, "--stay", *LEASE) as night:
        night.hears("live run of pay-4 opened")
        eventually(lambda: moves(path), "the change is moved")
        ran = stage.desk.run("change", RELEASE, "--json")
        assert "posted to the program that writes it" in ran.err
        assert ran.json["links"] == STATED
        somebody_links(path, "none")
        ran = stage.desk.run("change", RELEASE, "--json")
        assert (ran.json["links"], "links is no list" in ran.err) == (None, True)
