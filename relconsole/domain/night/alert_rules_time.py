"""The alerts of the hour: decisions, words and messages that are due, the end of the window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from relconsole.domain.night.alert import Alert, AlertKind, step_at
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.facts import Followers
from relconsole.domain.night.messages_due import due_messages
from relconsole.domain.night.state import Problem, RunState
from relconsole.domain.release.release import Release

NEAR: Final = timedelta(minutes=30)
"""From then on the end of the window, and of the way back, is told beforehand."""

SOON: Final = timedelta(minutes=10)
"""From then on a decision that somebody has to make is told beforehand."""


def alerts_of_time(run: RunState, release: Release, now: datetime) -> Iterator[Alert]:
    """Give what the hour makes of a run."""
    for _, problem in sorted(run.problems.items()):
        if problem.closed is None:
            yield from _decision(run, problem, now)
            yield from _word(run, problem, now)
    if not run.rehearsal:
        yield from _window(run, release, now)


def _decision(run: RunState, problem: Problem, now: datetime) -> Iterator[Alert]:
    """Give a decision that is due soon, or was not made in time."""
    asked = problem.opened
    due = asked.decide_by if asked.question else None
    if due is None or now < due - SOON:
        return
    over = now >= due
    back = asked.then is Followers.ROLL_BACK
    yield Alert(
        kind=AlertKind.DECISION,
        thing=asked.problem,
        level=AlertLevel.CRITICAL if over and back else AlertLevel.WARNING,
        what="nobody decided in time" if over else "a decision is due",
        value=asked.question,
        limit=f"then {'the prepared rollback' if back else 'hold'}",
        since=due if over else due - SOON,
        cause=asked.step or step_at(run, problem.at),
        action=f"{asked.decides or run.commander} decides",
        act_by=due,
    )


def _word(run: RunState, problem: Problem, now: datetime) -> Iterator[Alert]:
    """Give the next word about a problem that somebody owes."""
    asked = problem.opened
    if asked.next_word is not None and now >= asked.next_word:
        yield Alert(
            kind=AlertKind.WORD,
            thing=asked.problem,
            level=AlertLevel.ADVISORY,
            what=f"the next word about {asked.problem} is due",
            value=asked.what,
            since=asked.next_word,
            cause=asked.step or step_at(run, problem.at),
            action=f"{asked.owner or run.commander} says how it stands",
        )


def _window(run: RunState, release: Release, now: datetime) -> Iterator[Alert]:
    """Give that the window ends soon, or has ended over a run that goes on."""
    end = release.window.end
    if now < end - NEAR:
        return
    over = now >= end
    since = end if over else end - NEAR
    yield Alert(
        kind=AlertKind.WINDOW,
        thing="end",
        level=AlertLevel.CRITICAL if over else AlertLevel.WARNING,
        what="the window has ended" if over else "the window ends soon",
        since=since,
        cause=step_at(run, now),
        action="end what is under way, or roll back",
        act_by=end,
    )


def alerts_of_messages(run: RunState, release: Release, now: datetime) -> Iterator[Alert]:
    """Give the messages that should have gone out."""
    for owed in due_messages(run, release, None, now):
        if owed.overdue:
            yield Alert(
                kind=AlertKind.MESSAGE,
                thing=owed.plan.id,
                level=AlertLevel.WARNING,
                what=f"the message to {owed.plan.audience} is overdue",
                value=str(owed.moment),
                since=owed.due,
                cause=step_at(run, owed.due),
                action=f"{run.commander} sends {owed.plan.id} by {owed.plan.channel}",
            )
