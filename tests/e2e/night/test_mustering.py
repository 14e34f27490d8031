"""The muster: who is called and who is there, before the run is opened and in it."""

from typing import Any

import pytest

from tests.e2e.night.away import away
from tests.e2e.night.plans import RELEASE, at, by_hand, release
from tests.e2e.night.stage import LEASE, Stage

SOON: dict[str, Any] = {"window": {"start": at(9), "end": at(60), "zone": "Europe/Berlin"}}


def people(stage: Stage) -> dict[str, str]:
    """Where each person of the muster stands."""
    found: Any = stage.desk.ask("muster", RELEASE)
    return {line["person"]: line["standing"] for line in found["people"]}


@pytest.mark.practice("C1.5")
@pytest.mark.practice("D1.3")
def test_that_a_muster_is_answered_before_the_night_and_is_overdue_without_answers(
    stage: Stage,
) -> None:
    stage.bring(release(by_hand("drain", "asha"), **SOON))
    assert people(stage) == dict.fromkeys(("mara", "ines", "asha"), "not_called")
    (late,) = stage.desk.ask("alerts", RELEASE)["alerts"]
    assert late["alert"]["key"] == "muster:15m"
    assert late["alert"]["value"] == "Mara Okafor, Ines Vidal, Asha Rao"
    assert "not opened: 1 alert" in stage.desk.run("alerts", RELEASE).out
    stage.do("ines", "muster", RELEASE, "called", "asha", "--by", "phone")
    assert people(stage)["asha"] == "called"
    assert set(stage.refused("jo", "muster", RELEASE, "here", "asha")) == {"not_the_owner"}
    stage.do("asha", "muster", RELEASE, "here", "asha")
    heard = ("--heard", "voice", "--note", "in the car")
    stage.do("ines", "muster", RELEASE, "here", "mara", *heard)
    stage.do("ines", "muster", RELEASE, "here", "ines")
    assert set(people(stage).values()) == {"here"}
    assert stage.desk.ask("alerts", RELEASE)["alerts"] == []
    text = stage.desk.run("muster", RELEASE).out
    assert "here since" in text
    assert "in the car" in text
    assert stage.desk.run("muster", RELEASE, "here").status == 2
    # The run that is opened then knows who came, in its log, its report and its brief.
    stage.held()
    assert people(stage)["asha"] == "here"
    told = [line["text"] for line in stage.log() if line["kind"].startswith("person_")]
    assert told[0] == "asha called by phone"
    assert "asha called by phone, says ines" in stage.desk.run("report", RELEASE).out
    assert "here since" in stage.desk.run("brief", RELEASE, "--muster").out


def test_that_people_answer_a_muster_while_the_night_is_conducted(stage: Stage) -> None:
    stage.bring(release(by_hand("drain", "asha")))
    with away(stage, "mara", "night", RELEASE, "--stay", *LEASE) as night:
        night.hears("live run of pay-4 opened")
        ran = stage.act("asha", "muster", RELEASE, "here", "asha")
        assert ran.status == 0, ran
        assert "posted to the program that writes it" in ran.err
        stage.do("asha", "muster", RELEASE, "gone", "asha", "--note", "fire alarm")
    assert people(stage)["asha"] == "gone"
    (line,) = [each for each in stage.log() if each["kind"] == "person_gone"]
    assert (line["person"], line["signed"], line["text"]) == (
        "asha",
        True,
        "asha is gone: fire alarm",
    )
