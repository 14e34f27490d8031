"""Messages: when one is due, what it says to whom, and that it went out."""

import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.night.away import away
from tests.e2e.night.plans import RELEASE, Plan, at, by_hand, gate, release, talk
from tests.e2e.night.stage import LEASE, Stage

BOARD, OPS, SHOPS, TEST = "board@example.org", "ops@example.org", "shops", "test@example.org"


def message(name: str, to: str, language: str, **more: Any) -> Plan:
    """Give a message that is due at the start and at the end."""
    return {
        "id": name,
        "audience": name.title(),
        "to": [to],
        "language": language,
        "at": ["start", "end"],
        **more,
    }


PLANNED = [
    message("board", BOARD, "business", rehearsal_to=[TEST]),
    message("ops", OPS, "technical", every="30m"),
    message("shops", SHOPS, "customer", channel="status", at=["gate:go", "rollback", "end"]),
]


@pytest.fixture
def going(stage: Stage) -> Stage:
    """A night that waits for its first step, with three audiences."""
    stage.bring(
        release(
            by_hand("drain", "asha"),
            gate("go", "drain", "payments", "ledger"),
            talk("close", "go"),
            messages=PLANNED,
        )
    )
    stage.held()
    return stage


def due(stage: Stage, *words: str) -> dict[str, Any]:
    """What is due, by the message."""
    found: Any = stage.desk.ask("message", RELEASE, *words)
    return {each["plan"]["id"]: each for each in found["due"]}


def draft(stage: Stage, name: str, *words: str) -> Any:
    return stage.desk.ask("message", RELEASE, "draft", name, *words)


@pytest.mark.practice("D4.2")
@pytest.mark.practice("D4.5")
def test_that_every_audience_hears_the_same_facts_in_its_own_words(going: Stage) -> None:
    going.do("jo", "stop", RELEASE, "--note", "wrong amounts")
    drafts = going.desk.ask("message", RELEASE, "draft")["drafts"]
    told = {each["message"]: each for each in drafts}
    assert len({each["facts"] for each in told.values()}) == 1
    assert {each["subject"] for each in told.values()} == {"Payments Core 4: stopped"}
    assert "wrong amounts" in told["ops"]["body"]
    for name in ("board", "shops"):
        assert "wrong amounts" not in told[name]["body"], name
    assert told["board"]["body"].startswith("The change is stopped while a problem is looked at.")
    assert told["shops"]["body"].startswith("Planned work takes longer than expected.")
    assert told["board"]["mailto"].startswith(f"mailto:{BOARD}?subject=Payments%20Core%204")
    assert told["shops"]["mailto"].startswith("mailto:?subject=")
    assert (
        "subject: Payments Core 4: stopped"
        in going.desk.run("message", RELEASE, "draft", "board").out
    )


@pytest.mark.practice("A8.3")
@pytest.mark.practice("D4.6")
def test_that_one_voice_sends_and_what_went_out_is_kept_word_for_word(
    going: Stage, tmp_path: Path
) -> None:
    assert due(going)["board"]["moment"] == {"moment": "start", "gate": None}
    sent = ("message", RELEASE, "sent")
    assert set(going.refused("jo", *sent, "board")) == {"not_the_commander"}
    going.do("mara", *sent, "board")
    assert due(going)["board"]["moment"]["moment"] == "end"
    going.do("ines", *sent, "ops", "--for", "mara", "--heard", "voice")
    own = tmp_path / "text"
    own.write_text("The ledger is read only until four.\n", encoding="utf-8")
    words = ("--subject", "Ledger read only", "--body", own, "--to", "floor@example.org")
    going.do("mara", *sent, "ops", *words)
    rows = going.desk.ask("message", RELEASE)["sent"]
    assert [(row["message"], row["superseded"], row["facts"] != "") for row in rows] == [
        ("board", False, True),
        ("ops", True, True),
        ("ops", False, False),
    ]
    assert (rows[2]["to"], rows[2]["body"]) == (
        ["floor@example.org"],
        "The ledger is read only until four.\n",
    )
    assert "This replaces the message of" in draft(going, "board")["body"]
    line = next(each for each in going.log() if each["kind"] == "message_sent")
    assert (line["person"], line["signed"]) == ("mara", True)
    report = " ".join(going.desk.run("report", RELEASE).out.split())
    assert "Ledger read only" in report
    assert "superseded" in report
    assert set(going.refused("mara", *sent, "ops", "--at", at(9))) == {"not_then"}
    assert going.act("mara", *sent, "nobody").status == 2
    assert going.act("mara", *sent, "ops", "--body", tmp_path / "none").status == 2


def test_that_an_update_that_is_owed_is_an_alert(stage: Stage) -> None:
    stage.bring(
        release(
            by_hand("drain", "asha"), messages=[message("ops", OPS, "technical", every="1s", at=[])]
        )
    )
    stage.held()
    time.sleep(1.1)
    (owed,) = due(stage).values()
    assert (owed["moment"]["moment"], owed["overdue"]) == ("update", True)
    assert "OVERDUE: ops to Ops by mail at update" in stage.desk.run("message", RELEASE).out
    found = stage.desk.ask("alerts", RELEASE)["alerts"]
    assert "message:ops" in [each["alert"]["key"] for each in found]
    stage.do("jo", "alert", RELEASE, "message:ops", "acknowledge")


def test_that_a_rehearsal_reaches_nobody_outside_its_list(bare: Stage) -> None:
    bare.bring(release(by_hand("drain", "asha"), messages=PLANNED[:2]))
    bare.night("--rehearsal")
    found = draft(bare, "board", "--rehearsal")
    assert (found["to"], found["subject"]) == ([TEST], "REHEARSAL: Payments Core 4: under way")
    assert set(due(bare, "--rehearsal")) == {"board"}
    sent = ("message", RELEASE, "sent")
    outside = bare.refused("", *sent, "board", "--rehearsal", "--to", BOARD)
    assert set(outside) == {"outside_the_rehearsal"}
    assert set(bare.refused("", *sent, "ops", "--rehearsal")) == {"nobody_told"}
    bare.do("", *sent, "board", "--rehearsal")


def test_that_a_message_is_marked_as_sent_while_the_night_is_conducted(stage: Stage) -> None:
    stage.bring(release(by_hand("drain", "asha"), messages=PLANNED[:1]))
    with away(stage, "mara", "night", RELEASE, "--stay", *LEASE) as night:
        night.hears("live run of pay-4 opened")
        ran = stage.act("ines", "message", RELEASE, "sent", "board", "--for", "mara")
        assert ran.status == 0, ran
        assert "posted to the program that writes it" in ran.err
    (row,) = stage.desk.ask("message", RELEASE)["sent"]
    assert (row["by"], row["for_person"]) == ("ines", "mara")


def test_that_a_release_without_messages_says_so(bare: Stage) -> None:
    bare.bring(release(by_hand("drain", "asha")))
    bare.held()
    assert bare.desk.run("message", RELEASE).out == "no message is planned\n"
