from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.estate.people import Person
from relconsole.domain.kernel.ids import Digest, EnvironmentId, PersonId, ReleaseId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.readiness.approval import (
    Approval,
    ApprovalRule,
    ApprovalState,
    Signed,
    find_approval,
)
from relconsole.domain.release.release import Release

T0 = datetime(2026, 4, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN, OTHER_PLAN = Digest("a" * 64), Digest("b" * 64)


def person(name: str, *roles: str, aliases: tuple[str, ...] = ()) -> Person:
    return Person(id=PersonId(name), name=name, roles=roles, aliases=aliases)


PEOPLE = Map(
    {
        each.id: each
        for each in (
            person("mara", "operations", "security"),
            person("jo", "operations", aliases=("jberg",)),
            person("asha", "security"),
            person("tomas", "operations"),
            person("ilka", "security"),
        )
    }
)
RELEASE = Release(
    id=ReleaseId("pay-4"),
    title="Payments 4",
    environment=EnvironmentId("prod"),
    window=Interval(start=T0, end=T0 + HOUR),
    zone="UTC",
    commander=PersonId("mara"),
    requester=PersonId("tomas"),
    authors=(PersonId("ilka"),),
)
TWO_OPERATIONS = ApprovalRule(role="operations", count=2)
ONE_SECURITY = ApprovalRule(role="security")


def yes(name: str, *, digest: Digest = PLAN, after: timedelta = timedelta(0)) -> Signed:
    return Signed(person=PersonId(name), approves=True, digest=digest, at=T0 + after)


def no(name: str, *, digest: Digest = PLAN, note: str = "") -> Signed:
    return Signed(person=PersonId(name), approves=False, digest=digest, at=T0, note=note)


def ask(
    *answers: Signed,
    rules: tuple[ApprovalRule, ...] = (TWO_OPERATIONS, ONE_SECURITY),
    now: datetime = T0 + HOUR,
    expires: datetime | None = None,
) -> Approval:
    return find_approval(PEOPLE, RELEASE, rules, answers, digest=PLAN, now=now, expires=expires)


def test_that_enough_distinct_people_of_each_role_approve() -> None:
    approval = ask(yes("mara"), yes("jo"), yes("asha"))
    assert approval == Approval(state=ApprovalState.APPROVED)


def test_that_one_person_who_holds_two_roles_answers_for_both() -> None:
    assert ask(yes("mara"), yes("jo")).state is ApprovalState.APPROVED


def test_that_two_names_of_one_person_are_one_approval() -> None:
    approval = ask(yes("jo"), yes("JBERG"), yes("asha"))
    assert approval.state is ApprovalState.PENDING
    (missing,) = approval.missing
    assert (missing.more, missing.candidates) == (1, ("mara",))
    assert approval.reasons[0].says == "1 more needed from operations"
    assert approval.reasons[0].lifts == "approval from mara"


def test_that_requester_authors_and_strangers_do_not_count_and_are_not_asked() -> None:
    approval = ask(yes("tomas"), yes("ilka"), yes("zed"))
    assert [(each.rule.role, each.more, each.candidates) for each in approval.missing] == [
        ("operations", 2, ("jo", "mara")),
        ("security", 1, ("asha", "mara")),
    ]


def test_that_a_role_nobody_holds_says_so() -> None:
    approval = ask(rules=(ApprovalRule(role="legal"),))
    assert approval.reasons[0].lifts == ("approval from nobody yet: no other legal is known")


def test_that_one_rejection_rejects_whatever_else_was_said() -> None:
    approval = ask(yes("mara"), yes("jo"), yes("asha"), no("jo", note="no restore point"))
    assert approval.state is ApprovalState.REJECTED
    assert approval.reasons[0].says == "jo rejected it at 2026-04-20T12:00:00Z: no restore point"
    assert ask(no("zed")).state is ApprovalState.REJECTED


def test_that_what_was_said_of_another_digest_does_not_count() -> None:
    assert ask(yes("mara", digest=OTHER_PLAN), yes("jo")).state is ApprovalState.PENDING
    assert ask(yes("mara"), yes("jo"), no("asha", digest=OTHER_PLAN)).state is (
        ApprovalState.APPROVED
    )


def test_that_expiry_is_no_approval_and_what_comes_after_it_does_not_count() -> None:
    limit = T0 + HOUR
    late = ask(yes("mara"), yes("jo", after=HOUR), now=limit, expires=limit)
    assert late.state is ApprovalState.EXPIRED
    assert late.reasons[0].rule == "approval_expired"
    assert late.missing
    in_time = ask(yes("mara"), yes("jo"), now=limit + HOUR, expires=limit)
    assert in_time.state is ApprovalState.APPROVED
    waiting = ask(yes("mara"), now=limit - timedelta(seconds=1), expires=limit)
    assert waiting.state is ApprovalState.PENDING


def test_that_without_a_rule_nothing_is_approved() -> None:
    approval = ask(yes("mara"), rules=())
    assert approval.state is ApprovalState.PENDING
    assert approval.reasons[0].rule == "approval_rules_missing"


ANSWERS = st.lists(
    st.builds(
        Signed,
        person=st.sampled_from(["mara", "jo", "jberg", "asha", "tomas", "ilka", "zed"]),
        approves=st.sampled_from([True, True, True, False]),
        digest=st.sampled_from([PLAN, OTHER_PLAN]),
        at=st.just(T0),
    ),
    max_size=7,
)


@given(answers=ANSWERS)
def test_that_approved_means_the_formula_holds(answers: list[Signed]) -> None:
    said = {answer.person: answer for answer in answers if answer.digest == PLAN}
    approved = {
        "jo" if name == "jberg" else name
        for name in said
        if any(a.person == name and a.approves and a.digest == PLAN for a in answers)
    } - {"tomas", "ilka", "zed"}
    rejected = any(not answer.approves and answer.digest == PLAN for answer in answers)
    enough = approved >= {"mara", "jo"}
    state = ask(*answers).state
    assert (state is ApprovalState.APPROVED) is (enough and not rejected)
    assert (state is ApprovalState.REJECTED) is rejected


@given(answers=ANSWERS, more=ANSWERS)
def test_that_a_rejection_is_never_taken_back_by_more_answers(
    answers: list[Signed], more: list[Signed]
) -> None:
    if ask(*answers).state is ApprovalState.REJECTED:
        assert ask(*answers, *more).state is ApprovalState.REJECTED
