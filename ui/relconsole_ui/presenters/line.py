"""The line: whether it runs, who stopped it and why, and what resuming it needs."""

from __future__ import annotations

from dataclasses import dataclass

from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRows:
    """The line; ``stop`` is the id of the stop, which a resume is signed over."""

    is_stopped: bool
    may_stop: bool
    says: str = ""
    reason: str = ""
    stop: str = ""
    needs: str = ""


def present_line(seen: Seen) -> LineRows:
    """Give how the line stands."""
    run = seen.run
    if run is None or run.is_over:
        return LineRows(is_stopped=False, may_stop=False)
    stop = run.stop
    if stop is None:
        return LineRows(is_stopped=False, may_stop=True)
    return LineRows(
        is_stopped=True,
        may_stop=False,
        says=f"{seen.name(stop.by)} stopped the line at {clock_seconds(stop.at, seen.zone)}",
        reason=stop.note,
        stop=stop.fact,
        needs="two people resume it",
    )
