"""The approval of a change record in another system, as a criterion with an age.

What the record says is an observation; it is attested by that system, not by this console.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from relconsole.domain.estate.people import Person, are_one_person
from relconsole.domain.kernel.durations import format_duration
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.observation import Observation, Unknown
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.readiness.segregation import is_partial
from relconsole.domain.release.release import Release

APPROVED_STATES = frozenset({"approved", "scheduled", "implement"})
"""The states of a change record that has been approved and is not over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeApproval:
    """What a change record says of its approval; None where it does not say.

    ``approved_digest`` is of the content that was approved there.
    """

    id: str
    state: str
    requester: str
    approver: str | None = None
    approved_at: datetime | None = None
    approved_digest: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItsmCriterion:
    """Whether the change record lets a release go.

    ``attested_by`` is the system that says so, ``approver`` and ``approved_at`` are what it says;
    ``age`` is the time since. ``is_unknown`` tells that nobody could read it, which is not ready
    either.
    """

    reasons: tuple[Reason, ...]
    attested_by: str
    is_unknown: bool = False
    approver: str | None = None
    approved_at: datetime | None = None
    age: timedelta | None = None

    @property
    def is_ready(self) -> bool:
        """Tell whether there is no reason against it."""
        return not self.reasons

    @property
    def says(self) -> str:
        """Give how it stands in one line."""
        if self.reasons:
            return "; ".join(reason.says for reason in self.reasons)
        by = f" by {self.approver}" if self.approver else ""
        at = f" at {format_instant(self.approved_at)}" if self.approved_at else ""
        ago = f", {format_duration(_whole(self.age))} ago" if self.age is not None else ""
        return f"approved{by}{at}{ago}, attested by {self.attested_by}"


def judge_change(
    people: Mapping[PersonId, Person],
    release: Release,
    reading: Observation[ChangeApproval] | Unknown,
    *,
    digest: Digest,
    now: datetime,
    approved_states: Collection[str] = APPROVED_STATES,
) -> ItsmCriterion:
    """Give whether the approval in the change record counts for a release.

    It counts where the record is in an approved state (upper and lower case are one); its approver
    is neither the requester there, nor requester or author of the release, under any name; the
    digest it states, if it states one, is this one; and it is no older than the release allows.
    """
    record = reading if isinstance(reading, Unknown) else reading.read(now)
    source = reading.source if isinstance(reading, Observation) else _name_system(release)
    if isinstance(record, Unknown):
        reason = Reason(
            rule="change_unknown",
            thing=release.change.id if release.change else release.id,
            says=f"the change record is unknown: {record.why}",
            lifts=f"a fresh answer of {source}",
        )
        return ItsmCriterion(reasons=(reason,), attested_by=source, is_unknown=True)
    reasons = (
        *_judge_state(record, approved_states),
        *_judge_approver(people, release, record),
        *_judge_digest(record, digest),
        *_judge_age(release, record, now),
    )
    age = None if record.approved_at is None else now - record.approved_at
    return ItsmCriterion(
        reasons=reasons,
        attested_by=source,
        approver=record.approver,
        approved_at=record.approved_at,
        age=age,
    )


def _judge_state(record: ChangeApproval, approved_states: Collection[str]) -> tuple[Reason, ...]:
    """Give the reason against the record's state, or none."""
    if record.state.casefold() in {state.casefold() for state in approved_states}:
        return ()
    return (
        Reason(
            rule="change_not_approved",
            thing=record.id,
            says=f"change {record.id} is {record.state}",
            lifts="its approval in that system",
        ),
    )


def _judge_approver(
    people: Mapping[PersonId, Person], release: Release, record: ChangeApproval
) -> tuple[Reason, ...]:
    """Give the reason against the record's approver, or none."""
    if not record.approver:
        return (
            Reason(
                rule="change_approver_unknown",
                thing=record.id,
                says=f"change {record.id} does not say who approved it",
                lifts="an approver in the record",
            ),
        )
    if not are_one_person(people, record.approver, record.requester) and not is_partial(
        people, release, record.approver
    ):
        return ()
    return (
        Reason(
            rule="segregation_of_duties",
            thing=record.approver,
            says=f"{record.approver} requested or wrote what they approved in {record.id}",
            lifts="approval by somebody who neither requested nor wrote the change",
        ),
    )


def _judge_digest(record: ChangeApproval, digest: Digest) -> tuple[Reason, ...]:
    """Give the reason against what was approved, or none."""
    if record.approved_digest is None or record.approved_digest == digest:
        return ()
    return (
        Reason(
            rule="change_digest_differs",
            thing=record.id,
            says=f"change {record.id} approved {record.approved_digest}, the plan is {digest}",
            lifts="approval of the plan as it is now",
        ),
    )


def _judge_age(release: Release, record: ChangeApproval, now: datetime) -> tuple[Reason, ...]:
    """Give the reason against the age of the approval, or none."""
    if record.approved_at is None:
        says = f"change {record.id} does not say when it was approved"
    elif record.approved_at > now:
        says = f"change {record.id} was approved at {format_instant(record.approved_at)}, ahead of"
        says = f"{says} this clock"
    elif release.approved_within is None or now - record.approved_at <= release.approved_within:
        return ()
    else:
        says = (
            f"change {record.id} was approved {format_duration(_whole(now - record.approved_at))}"
            f" ago, more than {format_duration(release.approved_within)}"
        )
    return (
        Reason(rule="change_approval_age", thing=record.id, says=says, lifts="a renewed approval"),
    )


def _name_system(release: Release) -> str:
    """Give the name of the system that holds the release's change record."""
    return release.change.system if release.change else "the change system"


def _whole(duration: timedelta) -> timedelta:
    """Give the duration in whole seconds, never a negative one."""
    return max(duration // timedelta(seconds=1), 0) * timedelta(seconds=1)
