"""How the readiness of a prepared rollback decays, and what restores it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.durations import format_duration
from relconsole.domain.kernel.ids import Digest, RunId, ServiceId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.refusal import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedRollback:
    """A rehearsal of a rollback that ran to its end.

    ``plan`` is the digest of the plan it ran, ``targets`` the versions it went back to.
    """

    run: RunId
    at: datetime
    plan: Digest
    targets: Mapping[ServiceId, str]


def decay_reasons(
    rehearsals: Sequence[RehearsedRollback],
    *,
    plan: Digest,
    targets: Mapping[ServiceId, str],
    policy: Policy,
    now: datetime,
) -> tuple[Reason, ...]:
    """Give why the rehearsals no longer back a rollback, none where one of them does.

    One backs it that ran this very plan to these very versions and is no older than the policy's
    ``rehearsal_age``. The reasons are those against the newest.
    """
    if not rehearsals:
        return (
            Reason(
                rule="rollback_unrehearsed",
                thing=plan,
                says="this rollback was never rehearsed to its end",
                lifts="a rehearsal",
            ),
        )
    newest_last = sorted(rehearsals, key=lambda rehearsal: rehearsal.at)
    found: tuple[Reason, ...] = ()
    for rehearsal in newest_last:
        found = (
            *_judge_plan(rehearsal, plan),
            *_judge_targets(rehearsal, targets),
            *_judge_age(rehearsal, policy, now),
        )
        if not found:
            return ()
    return found


def _judge_plan(rehearsal: RehearsedRollback, plan: Digest) -> tuple[Reason, ...]:
    """Give the reason that the plan has changed, or none."""
    if rehearsal.plan == plan:
        return ()
    return (
        _decayed(
            "rollback_plan_changed",
            rehearsal,
            f"the plan is {plan}; rehearsal {rehearsal.run} ran {rehearsal.plan}",
        ),
    )


def _judge_targets(
    rehearsal: RehearsedRollback, targets: Mapping[ServiceId, str]
) -> tuple[Reason, ...]:
    """Give the reasons that a target version has changed, a service each."""
    services = sorted({*rehearsal.targets, *targets})
    return tuple(
        _decayed(
            "rollback_target_changed",
            rehearsal,
            f"{service} goes back to {targets.get(service, 'no version')};"
            f" rehearsal {rehearsal.run} went to {rehearsal.targets.get(service, 'none')}",
        )
        for service in services
        if rehearsal.targets.get(service) != targets.get(service)
    )


def _judge_age(rehearsal: RehearsedRollback, policy: Policy, now: datetime) -> tuple[Reason, ...]:
    """Give the reason that the rehearsal is too old, or from a clock ahead of this one."""
    if rehearsal.at > now:
        says = f"rehearsal {rehearsal.run} is of {format_instant(rehearsal.at)}, which is to come"
    elif now - rehearsal.at > policy.rehearsal_age:
        limit = format_duration(policy.rehearsal_age)
        says = (
            f"rehearsal {rehearsal.run} is of {format_instant(rehearsal.at)}, more than {limit} ago"
        )
    else:
        return ()
    return (_decayed("rehearsal_too_old", rehearsal, says),)


def _decayed(rule: str, rehearsal: RehearsedRollback, says: str) -> Reason:
    """Give a reason that a new rehearsal lifts."""
    return Reason(rule=rule, thing=rehearsal.run, says=says, lifts="a new rehearsal of the plan")
