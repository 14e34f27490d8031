"""What the calendar forbids is refused when a night is opened and again when a step starts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.e2e.night.plans import OLD, RELEASE, Plan, at, by_job, release, talk
from tests.e2e.night.stage import Stage, rules_of

DEPLOY = by_job("deploy", "payments-api", "jo")


def freeze(start: float, end: float, **more: object) -> Plan:
    """Give a freeze of the payments service, in minutes from now."""
    return {
        "id": "month-end",
        "reason": "Month-end close",
        "owner": "ledger",
        "scope": {"services": ["payments-api"], "environments": ["prod"]},
        "start": at(start),
        "end": at(end),
        "zone": "Europe/Berlin",
        **more,
    }


def window(start: float, end: float) -> Plan:
    """Give a maintenance window of the payments service, in minutes from now."""
    return {
        "id": "payments-nights",
        "scope": {"services": ["payments-api"]},
        "start": at(start),
        "end": at(end),
        "zone": "Europe/Berlin",
    }


def planned(start: float, end: float) -> Plan:
    """Give the window of a release, in minutes from now."""
    return {"start": at(start), "end": at(end), "zone": "Europe/Berlin"}


def month_ends() -> tuple[date, date]:
    """Give the last days of the month before this one and of the one after it."""
    this = datetime.now(UTC).date().replace(day=1)
    month, one = timedelta(days=32), timedelta(days=1)
    after_next = ((this + month).replace(day=1) + month).replace(day=1)
    return this - one, after_next - one


@pytest.mark.practice("A2.1")
@pytest.mark.practice("B4.3")
def test_that_the_month_end_refuses_to_open_a_night_that_is_planned_into_it_and_no_other(
    bare: Stage,
) -> None:
    last, coming = month_ends()
    closing = {
        **freeze(0, 1, rrule="FREQ=MONTHLY;BYMONTHDAY=-1"),
        "start": f"{last}T00:00",
        "end": f"{last + timedelta(days=2)}T00:00",
    }

    def night_of(day: date) -> Plan:
        night = {"start": f"{day}T01:30", "end": f"{day}T05:00", "zone": "Europe/Berlin"}
        return release(DEPLOY, window=night)

    bare.bring(night_of(coming), calendar={"freezes": [closing]})
    ran = bare.night()
    said = rules_of(ran)
    assert set(said) == {"freeze_forbids"}
    assert "Month-end close" in said["freeze_forbids"]
    assert "an exception for pay-4" in ran.json["error"]["reasons"][0]["lifts"]
    assert bare.desk.run("status", RELEASE).status == 1
    assert bare.fleet.log == []
    bare.bring(night_of(coming - timedelta(days=10)), calendar={"freezes": [closing]})
    assert bare.finished()["steps"]["deploy"]["state"] == "done"


def test_that_a_freeze_is_judged_on_the_plan_and_never_on_the_clock(bare: Stage) -> None:
    frozen_now = {"freezes": [freeze(-60, 60)]}
    bare.bring(release(DEPLOY, window=planned(60, 120)), calendar=frozen_now)
    assert bare.night().json["outcome"] == "finished"


@pytest.mark.practice("C5.4")
@pytest.mark.practice("A2.5")
def test_that_a_blackout_agreed_during_the_night_keeps_the_next_step_from_starting(
    bare: Stage,
) -> None:
    plan = release(talk("open"), by_job("deploy", "payments-api", "jo", "open"))
    bare.bring(plan)
    bare.held()
    bare.do("mara", "step", RELEASE, "open", "done")
    bare.bring(plan, calendar={"freezes": [freeze(10, 20, reason="The vendor migrates")]})
    run = bare.held()
    assert run["steps"]["deploy"]["state"] == "ready"
    assert any("freeze_forbids" in reason for reason in run["reasons"])
    assert "freeze_forbids" in bare.refused("mara", "step", RELEASE, "deploy", "start")
    assert bare.fleet.log == []
    bare.bring(plan)
    assert bare.finished()["steps"]["deploy"]["state"] == "done"


@pytest.mark.practice("C5.4")
def test_that_a_plan_which_leaves_the_maintenance_window_is_refused_and_one_inside_is_not(
    bare: Stage,
) -> None:
    calendar = {"maintenance_windows": [window(-30, 30)]}
    bare.bring(release(DEPLOY), calendar=calendar)
    assert set(rules_of(bare.night())) == {"not_in_maintenance_window"}
    bare.bring(release(DEPLOY, window=planned(-10, 20)), calendar=calendar)
    assert bare.finished()["steps"]["deploy"]["state"] == "done"


def test_that_an_exception_by_somebody_else_lets_the_night_go_and_ends_with_its_expiry(
    bare: Stage,
) -> None:
    def allowed(approver: str, until: float) -> Plan:
        exception = {
            "id": "ex-1",
            "freeze": "month-end",
            "release": RELEASE,
            "approver": approver,
            "reason": "a regulator's date",
            "expires": at(until),
            "zone": "Europe/Berlin",
        }
        return {"freezes": [freeze(10, 20)], "exceptions": [exception]}

    own = bare.desk.run("import", bare.write(release(DEPLOY), calendar=allowed("tomas", 90)))
    assert own.status == 2
    assert "tomas requested pay-4 and cannot approve its exception" in own.err
    bare.bring(release(DEPLOY), calendar=allowed("petra", 30))
    assert "before the plan ends" in rules_of(bare.night())["freeze_forbids"]
    assert bare.fleet.runs("payments-api") == OLD["payments-api"]
    bare.bring(release(DEPLOY), calendar=allowed("petra", 90))
    assert bare.finished()["steps"]["deploy"]["state"] == "done"


def test_that_an_empty_list_of_windows_is_no_calendar(bare: Stage) -> None:
    folder = bare.write(release(DEPLOY), calendar={"maintenance_windows": []})
    ran = bare.desk.run("import", folder, "--json")
    assert ran.status == 2
    assert "neither always nor never" in ran.json["error"]["message"]


def test_that_the_way_back_is_open_even_under_a_freeze(stage: Stage) -> None:
    plan = release(by_job("deploy", "payments-api", "jo"), talk("close", "deploy"))
    stage.bring(plan)
    stage.held()
    stage.bring(plan, calendar={"freezes": [freeze(10, 20)]})
    assert (
        stage.seconded("mara", "lena", "rollback", RELEASE, "--reason=checkout fails").json["state"]
        == "rolled_back"
    )
    assert stage.fleet.runs("payments-api") == OLD["payments-api"]
