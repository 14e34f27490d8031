"""A running night is amended, not edited; and an edit of what a job runs voids what was agreed."""

from pathlib import Path

import pytest

from tests.e2e.night.plans import OLD, RELEASE, by_hand, by_job, release, talk, write
from tests.e2e.night.stage import Stage, rules_of


@pytest.fixture
def going(stage: Stage) -> Stage:
    """A night whose first step is done, with limits of five minutes for the commander alone."""
    stage.bring(
        release(
            by_hand("drain", "asha"),
            by_job("deploy", "payments-api", "jo", "drain"),
            talk("close", "deploy"),
        ),
        policy={"amendment_limit": "5m"},
    )
    stage.held()
    return stage


def amendment(stage: Stage, name: str, **acts: object) -> Path:
    """Write an amendment and give its file."""
    value = {"reason": f"because of {name}", **acts}
    return write(stage.folder, {f"{name}.yaml": value}) / f"{name}.yaml"


def test_that_the_effect_is_shown_before_anything_is_recorded(going: Stage) -> None:
    watch = {**by_hand("watch", "jo", "drain"), "duration": "2m", "before": ["deploy"]}
    file = amendment(going, "insert", insert=[watch])
    facts = going.desk.ask("journal", "verify")["facts"]
    shown = going.do("mara", "amend", RELEASE, file, "--dry-run")
    assert shown["added"] == ["watch"]
    assert shown["end_after"] > shown["end_before"]
    assert shown["latest_safe_rollback_start"]
    assert shown["changed"] == ["deploy"]
    assert going.desk.ask("journal", "verify")["facts"] == facts
    ran = going.act("mara", "amend", RELEASE, file)
    assert ran.status == 0
    assert "forecast end (P90)" in ran.err
    assert "latest safe rollback start" in ran.err
    assert "voided:" in ran.err
    assert ran.json["steps"]["watch"]["state"] == "not_started"
    amended = going.log("--fact", "plan_amended")
    assert [(line["person"], line["signed"]) for line in amended] == [("mara", True)]


def test_that_an_amendment_changes_nothing_that_it_does_not_name(going: Stage) -> None:
    file = amendment(going, "other-owner", reassign=[{"step": "deploy", "owner": "asha"}])
    before = going.status()["steps"]
    going.do("mara", "amend", RELEASE, file)
    after = going.status()["steps"]
    assert after["deploy"]["owner"] == "asha"
    assert {step: line for step, line in after.items() if step != "deploy"} == {
        step: line for step, line in before.items() if step != "deploy"
    }
    going.do("mara", "step", RELEASE, "drain", "done", "--for", "asha")
    assert going.held()["steps"]["deploy"]["state"] == "done"


def test_that_beyond_the_limit_a_second_person_signs_exactly_this_amendment(
    going: Stage,
) -> None:
    late = amendment(going, "late", retime=[{"step": "deploy", "duration": "20m"}])
    later = amendment(going, "later", retime=[{"step": "deploy", "duration": "30m"}])
    assert set(rules_of(going.act("mara", "amend", RELEASE, late))) == {"second_person"}
    answer = going.signed("lena")
    other = rules_of(going.act("mara", "amend", RELEASE, later, "--answer", answer))
    assert "no_such_request" in other
    assert set(going.refused("jo", "amend", RELEASE, late)) >= {"not_the_commander"}
    going.do("mara", "amend", RELEASE, late, "--answer", answer)
    text = going.log("--fact", "plan_amended")[-1]["text"]
    assert "because of late" in text
    signed = going.desk.run("report", RELEASE).out
    assert "mara and lena" in " ".join(signed.split())


def test_that_what_has_begun_is_not_amended(going: Stage) -> None:
    going.do("asha", "step", RELEASE, "drain", "start")
    ran = going.act("mara", "amend", RELEASE, amendment(going, "skip", skip=["drain"]))
    assert ran.status == 1
    unknown = amendment(going, "typo", skip=["drian"])
    ran = going.act("mara", "amend", RELEASE, unknown)
    assert (ran.status, ran.json["error"]["line"] is not None) == (2, True)
    assert "drian" in ran.json["error"]["message"]


def test_that_skips_and_repeats_of_an_amendment_are_acts_with_their_reason(
    going: Stage,
) -> None:
    going.do("mara", "amend", RELEASE, amendment(going, "skip", skip=["drain"]))
    run = going.held()
    assert run["steps"]["drain"]["state"] == "skipped"
    assert run["steps"]["deploy"]["state"] == "done"
    ended = [line["text"] for line in going.log("--step", "drain")]
    assert any("because of skip" in text for text in ended)


def test_that_a_changed_script_is_not_run_until_the_plan_is_bound_to_it_anew(
    going: Stage,
) -> None:
    going.do("asha", "step", RELEASE, "drain", "done")
    script = going.fleet.script
    script.write_text(script.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
    run = going.held()
    assert any("call_changed" in reason for reason in run["reasons"])
    assert going.fleet.log == []
    assert going.fleet.runs("payments-api") == OLD["payments-api"]
    again = {**by_job("deploy-2", "payments-api", "jo", "drain"), "before": ["close"]}
    file = amendment(going, "rebind", insert=[again], not_needed=["deploy"])
    ran = going.act("mara", "amend", RELEASE, file)
    assert ran.status == 0, ran
    assert going.held()["steps"]["deploy-2"]["state"] == "done"


def test_that_an_open_night_keeps_its_plan_when_the_workspace_is_edited(going: Stage) -> None:
    same = {"amendment_limit": "5m"}
    folder = going.write(release(by_hand("drain", "jo")), policy=same)
    ran = going.desk.run("import", folder, "--json")
    assert set(rules_of(ran)) == {"release_is_running"}
    other = going.write(release(by_hand("drain", "jo")), policy={"amendment_limit": "5h"})
    assert "policy_of_open_run" in rules_of(going.desk.run("import", other, "--json"))
    assert going.status()["steps"]["drain"]["owner"] == "asha"
