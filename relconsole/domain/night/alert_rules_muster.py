"""The alerts of the muster: who is not there when they should be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from relconsole.domain.night.alert import Alert, AlertKind, step_at
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.alert_sight import Sight
from relconsole.domain.night.muster import MusterLine, muster_times
from relconsole.domain.night.muster_marks import MusterStanding
from relconsole.domain.night.state import RunState
from relconsole.domain.release.release import Release


def alerts_of_muster(run: RunState | None, release: Release, sight: Sight) -> Iterator[Alert]:
    """Give who is not there: all who are needed before the window, then who was called in vain.

    A rehearsal musters nobody, and a night that is over needs nobody.
    """
    muster = sight.muster
    if muster is None or (run is not None and (run.rehearsal or run.is_over)):
        return
    yield from _missing(run, muster.standing(MusterStanding.MISSING), sight.now)
    due = [each for each in muster_times(release) if sight.now >= each + muster.patience]
    absent = [line for line in muster.people if line.standing is not MusterStanding.HERE]
    if not due or not absent or sight.now >= release.window.start:
        return
    before = int((release.window.start - due[-1]).total_seconds() // 60)
    yield Alert(
        kind=AlertKind.MUSTER,
        thing=f"{before}m",
        level=AlertLevel.WARNING,
        what=f"{len(absent)} of {len(muster.people)} are not at the muster of T-{before}",
        value=", ".join(line.name for line in absent),
        since=due[-1] + muster.patience,
        action="call them, in the order of the ways to reach them",
        act_by=release.window.start,
    )


def _missing(run: RunState | None, lines: tuple[MusterLine, ...], now: datetime) -> Iterator[Alert]:
    """Give each person who was called and does not answer."""
    for line in lines:
        since = line.mark.called_at or now
        yield Alert(
            kind=AlertKind.MUSTER,
            thing=f"person/{line.person}",
            level=AlertLevel.WARNING,
            what=f"{line.name} does not answer",
            value=f"called by {line.mark.way}" if line.mark.way else "called",
            since=since,
            cause=None if run is None else step_at(run, since),
            action="try the next way, or name somebody else",
            act_by=line.needed_at,
        )
