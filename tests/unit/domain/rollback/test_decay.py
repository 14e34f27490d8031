from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.ids import Digest, RunId, ServiceId
from relconsole.domain.rollback.decay import RehearsedRollback, decay_reasons

NOW = datetime(2026, 4, 21, 2, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN, OTHER_PLAN = Digest("a" * 64), Digest("b" * 64)
API, DB = ServiceId("api"), ServiceId("db")
TARGETS = Map({API: "2.30", DB: "14.2"})
POLICY = Policy(rehearsal_age=30 * DAY)


def rehearsed(
    name: str = "r-1",
    *,
    age: timedelta = DAY,
    plan: Digest = PLAN,
    targets: Map[ServiceId, str] = TARGETS,
) -> RehearsedRollback:
    return RehearsedRollback(run=RunId(name), at=NOW - age, plan=plan, targets=targets)


def list_rules(*rehearsals: RehearsedRollback) -> list[str]:
    reasons = decay_reasons(rehearsals, plan=PLAN, targets=TARGETS, policy=POLICY, now=NOW)
    return [reason.rule for reason in reasons]


def test_that_a_fresh_rehearsal_of_this_plan_to_these_versions_backs_the_rollback() -> None:
    assert list_rules(rehearsed()) == []
    assert list_rules(rehearsed(age=30 * DAY)) == []


def test_that_a_rollback_never_rehearsed_is_not_ready() -> None:
    assert list_rules() == ["rollback_unrehearsed"]


def test_that_readiness_decays_with_age_plan_and_target_version() -> None:
    assert list_rules(rehearsed(age=30 * DAY + timedelta(seconds=1))) == ["rehearsal_too_old"]
    assert list_rules(rehearsed(plan=OTHER_PLAN)) == ["rollback_plan_changed"]
    assert list_rules(rehearsed(targets=TARGETS.set(API, "2.29"))) == ["rollback_target_changed"]
    assert list_rules(rehearsed(targets=TARGETS.delete(DB))) == ["rollback_target_changed"]
    assert list_rules(rehearsed(targets=TARGETS.set(ServiceId("web"), "1"))) == [
        "rollback_target_changed"
    ]
    assert list_rules(rehearsed(age=-DAY)) == ["rehearsal_too_old"]


def test_that_every_reason_against_the_newest_rehearsal_is_given() -> None:
    found = decay_reasons(
        [
            rehearsed("old", age=40 * DAY),
            rehearsed("new", age=35 * DAY, plan=OTHER_PLAN, targets=TARGETS.set(API, "2.29")),
        ],
        plan=PLAN,
        targets=TARGETS,
        policy=POLICY,
        now=NOW,
    )
    assert [reason.rule for reason in found] == [
        "rollback_plan_changed",
        "rollback_target_changed",
        "rehearsal_too_old",
    ]
    assert {reason.thing for reason in found} == {"new"}
    assert found[1].says == "api goes back to 2.30; rehearsal new went to 2.29"
    assert found[2].says.endswith("more than 30d ago")


REHEARSALS = st.lists(
    st.builds(
        rehearsed,
        age=st.integers(-2, 60).map(lambda days: days * DAY),
        plan=st.sampled_from([PLAN, OTHER_PLAN]),
        targets=st.sampled_from([TARGETS, TARGETS.set(API, "2.29")]),
    ),
    max_size=5,
)


@given(rehearsals=REHEARSALS)
def test_that_a_new_rehearsal_restores_what_decayed(rehearsals: list[RehearsedRollback]) -> None:
    is_backed = any(
        each.plan == PLAN and each.targets == TARGETS and timedelta(0) <= NOW - each.at <= 30 * DAY
        for each in rehearsals
    )
    assert (list_rules(*rehearsals) == []) is is_backed
    assert list_rules(*rehearsals, rehearsed("again", age=timedelta(0))) == []
