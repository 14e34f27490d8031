"""The top bar and the three figures under the title."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from relconsole.domain.night.answer import planned_steps
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.state import ENDED, RunState
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.plan.runbook import UndoKind
from relconsole.domain.record.file_form import JournalKind
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.sources import blind_since
from relconsole_ui.presenters.words import (
    clock,
    clock_seconds,
    count_down,
    day,
    minutes,
    percent,
    zone_name,
)

NEAR: Final = timedelta(minutes=30)
"""From here on the last moment of a safe rollback is shown as near."""

A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopBarRows:
    """The top bar in words; ``mode`` marks what is no live night, empty where it is one."""

    title: str
    environment: str
    mode: str
    line: str
    clock: str
    zones: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of the three figures: what, how much, why, and the whole reason for whoever asks.

    ``tone`` is empty, ``warn`` where it is near, or ``unknown``.
    """

    name: str
    value: str
    why: str
    reasons: tuple[str, ...]
    tone: str = ""

    @property
    def sentence(self) -> str:
        """Give the figure as it is spoken."""
        return ". ".join((f"{self.name} {self.value}", *self.reasons))


def present_top_bar(seen: Seen) -> TopBarRows:
    """Give the title, the place, how far the night is, and the clock."""
    release, run = seen.release, seen.run
    parts = [release.change.id] if release.change is not None else []
    if run is not None:
        steps = planned_steps(run)
        done = sum(run.steps[step.id].state in ENDED for step in steps)
        parts.append(f"{done} of {len(steps)} done")
    parts.append(_window(seen))
    return TopBarRows(
        title=release.title,
        environment=release.environment.upper(),
        mode=_mode(seen),
        line=" · ".join(parts),
        clock=clock_seconds(seen.now, seen.zone),
        zones=(
            f"{day(seen.now, seen.zone)} · {zone_name(seen.now, seen.zone)}"
            f" · {clock_seconds(seen.now, 'UTC')} UTC"
        ),
    )


def _window(seen: Seen) -> str:
    """Give the window; with its day where that is neither tonight nor the night that is run."""
    window, zone = seen.release.window, seen.zone
    says = f"window {clock(window.start, zone)} to {clock(window.end, zone)}"
    if window.start - A_DAY <= seen.now <= window.end + A_DAY:
        return says
    return f"window {day(window.start, zone)}, {says.removeprefix('window ')}"


def _mode(seen: Seen) -> str:
    if seen.kind is JournalKind.DEMO:
        return "DEMO"
    return "REHEARSAL" if seen.is_rehearsal else ""


def is_paused(run: RunState) -> bool:
    """Tell whether nothing forward goes on, so that a forecast only holds if it is resumed now."""
    armed = run.rollback is not None and not run.is_over
    holds = any(hold.cause is not HoldCause.NO_ANSWER for hold in run.holds)
    return run.stop is not None or holds or bool(run.triggers) or armed


def present_figures(seen: Seen) -> tuple[Figure, Figure, Figure]:
    """Give latest safe rollback start, forecast end with its probability, and decide by."""
    run, forecast = seen.run, seen.forecast
    if run is not None and run.is_over:
        return _over(seen, run)
    if run is None or forecast is None:
        why = "no forecast yet"
        return (
            _unknown("Latest safe rollback", why),
            _unknown("Finish", why),
            _unknown("Decide by", why),
        )
    return _latest_safe(seen, forecast), _finish(seen, run, forecast), _decide_by(seen, forecast)


def _over(seen: Seen, run: RunState) -> tuple[Figure, Figure, Figure]:
    """Give the figures of a night that has ended: how and when, and that nothing is open."""
    why = "the night is over"
    how = "" if run.outcome is None else run.outcome.replace("_", " ")
    at = "" if run.ended_at is None else clock(run.ended_at, seen.zone)
    return (
        Figure(name="Latest safe rollback", value="none", why=why, reasons=(why,)),
        Figure(name="Finish", value=at, why=how, reasons=(how, why)),
        Figure(name="Decide by", value="none", why=why, reasons=(why,)),
    )


def _unknown(name: str, why: str) -> Figure:
    return Figure(name=name, value="unknown", why=why, reasons=(why,), tone="unknown")


def _tone_of(moment: datetime, now: datetime) -> str:
    return "warn" if moment - now <= NEAR else ""


def _latest_safe(seen: Seen, forecast: Forecast) -> Figure:
    latest = forecast.latest_safe_start
    if latest is None:
        why = _past_the_way_back(seen)
        return Figure(
            name="Latest safe rollback", value="none", why=why, reasons=(why,), tone="warn"
        )
    left = latest - seen.now
    blind = blind_since(seen)
    if left < timedelta(0):
        why = f"passed {minutes(-left)} ago"
    elif blind is not None:
        why = f"by plan; production not seen since {clock_seconds(blind, seen.zone)}"
    else:
        why = f"{count_down(left)} left"
    deadline = seen.release.deadline
    reasons = (
        f"The way back has to be over by {clock(deadline, seen.zone)}",
        f"It takes {minutes(deadline - latest)} with verification and the decision",
        why,
    )
    return Figure(
        name="Latest safe rollback",
        value=clock(latest, seen.zone),
        why=why,
        reasons=reasons,
        tone=_tone_of(latest, seen.now),
    )


def _past_the_way_back(seen: Seen) -> str:
    run = seen.run
    steps = () if run is None else run.runbook.steps
    gone = [
        step.title
        for step in steps
        if step.way_back is UndoKind.IRREVERSIBLE
        and run is not None
        and run.steps[step.id].attempts
    ]
    return f"no way back after {gone[0]}" if gone else "no way back that fits the window"


def _finish(seen: Seen, run: RunState, forecast: Forecast) -> Figure:
    blind = blind_since(seen)
    if blind is not None:
        last = f"last forecast {clock(forecast.end, seen.zone)}"
        why = f"{last}, at {clock(forecast.made_at, seen.zone)}"
        return Figure(name="Finish", value="unknown", why=why, reasons=(why,), tone="unknown")
    end, likely = clock(forecast.end, seen.zone), percent(forecast.in_window)
    if is_paused(run):
        why = "if resumed now"
    elif forecast.late >= timedelta(minutes=1):
        why = f"{minutes(forecast.late)} late"
    else:
        why = "on plan"
    late = forecast.end_p90 > seen.release.window.end
    return Figure(
        name="Finish",
        value=f"{end}, {likely} in window",
        why=why,
        reasons=(
            f"Half of 10,000 simulated nights end by {clock(forecast.end_p50, seen.zone)}",
            f"Nine of ten by {clock(forecast.end_p90, seen.zone)}",
            why,
        ),
        tone="warn" if late else "",
    )


def _decide_by(seen: Seen, forecast: Forecast) -> Figure:
    due, what = forecast.decide_by, "to muster before the latest safe rollback"
    run = seen.run
    for problem in () if run is None else run.problems.values():
        by = problem.opened.decide_by
        if problem.closed is None and by is not None and (due is None or by < due):
            due, what = by, problem.opened.question or problem.opened.what
    if due is None:
        return Figure(
            name="Decide by",
            value="none",
            why="no way back is left to decide for",
            reasons=("no way back is left to decide for",),
        )
    left = due - seen.now
    said = f"{count_down(left)} left" if left >= timedelta(0) else f"passed {minutes(-left)} ago"
    return Figure(
        name="Decide by",
        value=clock(due, seen.zone),
        why=f"{said}; {what}",
        reasons=(said, what),
        tone=_tone_of(due, seen.now),
    )
