"""The alerts of steps: checks that do not pass, a no at a gate, and what takes too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from relconsole.domain.night.alert import Alert, AlertKind
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.readiness_of_steps import underway_steps
from relconsole.domain.night.state import Attempt, RunState
from relconsole.domain.plan.runbook import Step
from relconsole.domain.readiness.poll import StationAnswer


def alerts_of_steps(run: RunState, now: datetime) -> Iterator[Alert]:
    """Give what stands against the steps that are under way."""
    for step in underway_steps(run):
        attempt = run.steps[step.id].attempts[-1]
        yield from _checks(run, step, attempt)
        yield from _votes(run, step, attempt)
        yield from _late(run, step, attempt, now)


def _checks(run: RunState, step: Step, attempt: Attempt) -> Iterator[Alert]:
    """Give the checks that did not pass when they were read last; unknown does not pass."""
    planned = {check.id: check for check in step.checks}
    held = {hold.thing: hold.since for hold in run.holds if hold.cause is HoldCause.CHECK}
    for read in attempt.checks:
        if read.passed or read.check not in planned:
            continue
        stands = "is unknown" if read.passed is None else "fails"
        yield Alert(
            kind=AlertKind.CHECK,
            thing=f"{step.id}/{read.check}",
            level=AlertLevel.WARNING,
            what=f"check {read.check} of {step.id} {stands}",
            value=read.says,
            since=held.get(step.id, attempt.started),
            cause=step.id,
            source=planned[read.check].system,
            action="look at it: it passes, or a second person overrides it",
        )


def _votes(run: RunState, step: Step, attempt: Attempt) -> Iterator[Alert]:
    """Give that stations said no at a gate that is not decided."""
    against = [vote for vote in run.votes.get(step.id, ()) if vote.vote is StationAnswer.NO_GO]
    if against and step.id not in run.gates:
        yield Alert(
            kind=AlertKind.GATE,
            thing=step.id,
            level=AlertLevel.WARNING,
            what=f"no-go at {step.id} from {', '.join(vote.station for vote in against)}",
            value="; ".join(vote.note for vote in against if vote.note),
            since=attempt.started,
            cause=step.id,
            action="the commander decides the gate",
        )


def _late(run: RunState, step: Step, attempt: Attempt, now: datetime) -> Iterator[Alert]:
    """Give that a step takes longer than was planned, or than it said it would wait.

    Between its likely and its worst duration it is worth to know, beyond it somebody asks.
    """
    found = run.steps[step.id]
    until = found.waits_until if found.state is StepState.WAITING else None
    worst = attempt.started + step.duration.worst
    due = until or (worst if now > worst else attempt.started + step.duration.likely)
    if now <= due:
        return
    yield Alert(
        kind=AlertKind.LATE if until is None else AlertKind.WAITS,
        thing=step.id,
        level=AlertLevel.WARNING if until or due >= worst else AlertLevel.ADVISORY,
        what=f"{step.title} " + ("is late" if until is None else "waits longer than it said"),
        value=found.waits_for,
        since=due,
        cause=step.id,
        action=f"ask {step.owner or run.commander} when it ends",
    )
