from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from immutables import Map

from relconsole.domain.estate.people import Person
from relconsole.domain.kernel.ids import Digest, EnvironmentId, PersonId, ReleaseId, SystemId
from relconsole.domain.kernel.instants import Interval, format_instant
from relconsole.domain.kernel.observation import Observation, Unknown
from relconsole.domain.readiness.itsm import ChangeApproval, ItsmCriterion, judge_change
from relconsole.domain.release.release import ChangeReference, Release

NOW = datetime(2026, 4, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN, OTHER_PLAN = Digest("a" * 64), Digest("b" * 64)
PEOPLE = Map(
    {
        PersonId(name): Person(id=PersonId(name), name=name, aliases=aliases)
        for name, aliases in (
            ("mara", ()),
            ("tomas", ("tnovak",)),
            ("ilka", ("ilka@example.org",)),
            ("cab", ()),
        )
    }
)
RELEASE = Release(
    id=ReleaseId("pay-4"),
    title="Payments 4",
    environment=EnvironmentId("prod"),
    window=Interval(start=NOW, end=NOW + DAY),
    zone="UTC",
    commander=PersonId("mara"),
    requester=PersonId("tomas"),
    authors=(PersonId("ilka"),),
    change=ChangeReference(system=SystemId("itsm"), id="CHG-7"),
    approved_within=7 * DAY,
)
RECORD = ChangeApproval(
    id="CHG-7",
    state="Approved",
    requester="service-desk",
    approver="cab",
    approved_at=NOW - DAY,
    approved_digest=PLAN,
)


def judge(
    record: ChangeApproval, release: Release = RELEASE, *, age: timedelta = timedelta(0)
) -> ItsmCriterion:
    reading = Observation(
        value=record,
        source="itsm",
        observed_at=NOW - age,
        time_to_live=timedelta(minutes=1),
    )
    return judge_change(PEOPLE, release, reading, digest=PLAN, now=NOW)


def test_that_an_approval_by_somebody_else_counts_and_is_labelled_with_its_source() -> None:
    criterion = judge(RECORD)
    assert criterion.is_ready
    assert (
        criterion.says
        == f"approved by cab at {format_instant(NOW - DAY)}, 1d ago, attested by itsm"
    )
    assert criterion.age == DAY


def test_that_a_record_without_a_digest_is_taken_at_its_word() -> None:
    assert judge(replace(RECORD, approved_digest=None)).is_ready


@pytest.mark.parametrize(
    ("record", "rule"),
    [
        (replace(RECORD, state="assess"), "change_not_approved"),
        (replace(RECORD, state="closed"), "change_not_approved"),
        (replace(RECORD, approver=None), "change_approver_unknown"),
        (replace(RECORD, approver=""), "change_approver_unknown"),
        (replace(RECORD, approver="service-desk"), "segregation_of_duties"),
        (replace(RECORD, approver="tnovak"), "segregation_of_duties"),
        (replace(RECORD, approver="Ilka@example.org"), "segregation_of_duties"),
        (replace(RECORD, requester="CAB"), "segregation_of_duties"),
        (replace(RECORD, approved_digest=OTHER_PLAN), "change_digest_differs"),
        (replace(RECORD, approved_at=None), "change_approval_age"),
        (replace(RECORD, approved_at=NOW + DAY), "change_approval_age"),
        (replace(RECORD, approved_at=NOW - 8 * DAY), "change_approval_age"),
    ],
)
def test_that_an_approval_that_may_not_count_names_its_rule(
    record: ChangeApproval, rule: str
) -> None:
    criterion = judge(record)
    assert [reason.rule for reason in criterion.reasons] == [rule]
    assert not criterion.is_ready
    assert not criterion.is_unknown
    assert criterion.says == criterion.reasons[0].says


def test_that_an_approval_may_be_exactly_as_old_as_the_release_allows() -> None:
    assert judge(replace(RECORD, approved_at=NOW - 7 * DAY)).is_ready
    assert not judge(replace(RECORD, approved_at=NOW - 7 * DAY - timedelta(seconds=1))).is_ready


def test_that_a_release_without_a_limit_takes_an_approval_of_any_age() -> None:
    patient = replace(RELEASE, approved_within=None)
    assert judge(replace(RECORD, approved_at=NOW - 900 * DAY), patient).is_ready


def test_that_every_reason_is_given_at_once() -> None:
    criterion = judge(ChangeApproval(id="CHG-7", state="new", requester="tomas"))
    assert [reason.rule for reason in criterion.reasons] == [
        "change_not_approved",
        "change_approver_unknown",
        "change_approval_age",
    ]
    assert criterion.age is None


def test_that_a_criterion_without_an_age_says_none() -> None:
    assert ItsmCriterion(reasons=(), attested_by="itsm").says == "approved, attested by itsm"


def test_that_a_stale_or_missing_record_is_unknown_and_not_ready() -> None:
    stale = judge(RECORD, age=timedelta(minutes=5))
    assert stale.is_unknown
    assert not stale.is_ready
    assert stale.reasons[0].thing == "CHG-7"
    gone = judge_change(PEOPLE, RELEASE, Unknown(why="timed out"), digest=PLAN, now=NOW)
    assert gone.is_unknown
    assert gone.attested_by == "itsm"
    assert gone.says == "the change record is unknown: timed out"


def test_that_a_release_without_a_change_record_is_not_ready_by_it() -> None:
    bare = replace(RELEASE, change=None)
    criterion = judge_change(PEOPLE, bare, Unknown(why="none is named"), digest=PLAN, now=NOW)
    assert (criterion.reasons[0].thing, criterion.attested_by) == ("pay-4", "the change system")


def test_that_the_words_for_approved_are_the_callers_to_widen() -> None:
    reading = Observation(
        value=replace(RECORD, state="Genehmigt"),
        source="itsm",
        observed_at=NOW,
        time_to_live=DAY,
    )
    criterion = judge_change(
        PEOPLE, RELEASE, reading, digest=PLAN, now=NOW, approved_states=("genehmigt",)
    )
    assert criterion.is_ready
