"""Approvals: n distinct people of a role over one digest, and whom it still takes.

An approval that a change record brings is in ``itsm``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relconsole.domain.estate.people import Person, find_person
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.readiness.segregation import is_partial
from relconsole.domain.release.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRule:
    """How many distinct people of a role must approve."""

    role: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a person said of an action: yes or no, over the digest of what they saw."""

    person: PersonId
    approves: bool
    digest: Digest
    at: datetime
    note: str = ""


class ApprovalState(StrEnum):
    """Where a request for approval stands; expired is refused, never approved."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """How many more a rule needs, and from whom they may come, by id."""

    rule: ApprovalRule
    more: int
    candidates: tuple[PersonId, ...]

    @property
    def reason(self) -> Reason:
        """Give it as a reason against going on."""
        whom = ", ".join(self.candidates) or f"nobody yet: no other {self.rule.role} is known"
        return Reason(
            rule="approval_missing",
            thing=self.rule.role,
            says=f"{self.more} more needed from {self.rule.role}",
            lifts=f"approval from {whom}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Where an approval stands, what is missing, and why it is not given; no reason means given."""

    state: ApprovalState
    missing: tuple[Missing, ...] = ()
    reasons: tuple[Reason, ...] = ()


def find_approval(
    people: Mapping[PersonId, Person],
    release: Release,
    rules: Sequence[ApprovalRule],
    answers: Sequence[Signed],
    *,
    digest: Digest,
    now: datetime,
    expires: datetime | None = None,
) -> Approval:
    """Give where the approval of an action stands.

    For every rule at least ``count`` distinct identities must have approved this very digest, hold
    the role, and be neither requester nor author. One rejection of it rejects. What was said of
    another digest, or at or after the expiry, does not count. Without a rule nothing is approved.
    Source: the approval rules of GitLab.
    """
    counted = [
        answer
        for answer in answers
        if answer.digest == digest and (expires is None or answer.at < expires)
    ]
    rejected = tuple(_name_rejection(answer) for answer in counted if not answer.approves)
    if rejected:
        return Approval(state=ApprovalState.REJECTED, reasons=rejected)
    approvers = {
        person.id
        for answer in counted
        if (person := find_person(people, answer.person)) is not None
        and not is_partial(people, release, person.id)
    }
    missing = tuple(
        found for rule in rules for found in _find_missing(people, release, rule, approvers)
    )
    if rules and not missing:
        return Approval(state=ApprovalState.APPROVED)
    if expires is not None and now >= expires:
        reason = Reason(
            rule="approval_expired",
            thing=release.id,
            says=f"the request expired at {format_instant(expires)} without its approvals",
            lifts="a new request",
        )
        return Approval(state=ApprovalState.EXPIRED, missing=missing, reasons=(reason,))
    reasons = tuple(each.reason for each in missing) or (
        Reason(
            rule="approval_rules_missing",
            thing=release.id,
            says="no rule says who approves",
            lifts="a rule with a role",
        ),
    )
    return Approval(state=ApprovalState.PENDING, missing=missing, reasons=reasons)


def _find_missing(
    people: Mapping[PersonId, Person],
    release: Release,
    rule: ApprovalRule,
    approvers: set[PersonId],
) -> tuple[Missing, ...]:
    """Give what a rule still needs, or nothing."""
    holders = sorted(person.id for person in people.values() if rule.role in person.roles)
    more = rule.count - len(approvers.intersection(holders))
    if more <= 0:
        return ()
    candidates = tuple(
        person
        for person in holders
        if person not in approvers and not is_partial(people, release, person)
    )
    return (Missing(rule=rule, more=more, candidates=candidates),)


def _name_rejection(answer: Signed) -> Reason:
    """Give the reason that a rejection is."""
    note = f": {answer.note}" if answer.note else ""
    return Reason(
        rule="approval_rejected",
        thing=answer.person,
        says=f"{answer.person} rejected it at {format_instant(answer.at)}{note}",
        lifts="a new request with a new digest",
    )
