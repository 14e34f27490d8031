"""Running now: every running, late and waiting step with its owner and lateness, then what is next.

The step whose row is selected is the one on the step card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.state import UNDERWAY
from relconsole.domain.plan.runbook import StepKind
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.lateness import StepStanding, standings
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock, count_down

MOST_NEXT: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningRow:
    """A step in the list; ``tone`` of the right-hand word is empty, ``warn`` or ``quiet``."""

    step: StepId
    number: str
    title: str
    who: str
    right: str
    below: str
    status: Status
    tone: str = ""

    @property
    def key(self) -> str:
        """Give what tells the row from the others."""
        return self.step

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        stands = f"{self.status}: {self.right}, {self.below}"
        return f"Step {self.number}, {self.title}, {self.who}, {stands}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningRows:
    """The list, and how many are late, waiting and on time."""

    rows: tuple[RunningRow, ...]
    note: str
    empty: str = ""


def present_running(seen: Seen) -> RunningRows:
    """Give what runs, is late or waits, the latest first, then what comes next."""
    if seen.run is None:
        return RunningRows(rows=(), note="", empty="The night has not been opened.")
    if seen.run.is_over:
        return RunningRows(rows=(), note="", empty="The night is over.")
    found = standings(seen)
    now = [each for each in found if _is_now(each)]
    now.sort(key=lambda each: (_rank(each), -each.late, each.number))
    coming = [each for each in found if each not in now and each.state is StepState.NOT_STARTED]
    coming.sort(key=lambda each: (not each.is_ready, each.number))
    rows = (*now, *coming[: max(0, MOST_NEXT - len(now))])
    return RunningRows(
        rows=tuple(_row(seen, each) for each in rows),
        note=_note(now),
        empty="" if rows else "Nothing is left to start.",
    )


def next_step(seen: Seen) -> StepId | None:
    """Give the step that is first in the list, None where it is empty."""
    rows = present_running(seen).rows
    return rows[0].step if rows else None


def _is_now(each: StepStanding) -> bool:
    if each.state in UNDERWAY or each.is_ready or each.state is StepState.FAILED:
        return True
    return each.state is StepState.NOT_STARTED and each.is_late


def _rank(each: StepStanding) -> int:
    """Give how urgent a step is: failing or asked about, running late, running, ready, the rest."""
    if each.is_asked or each.status in {Status.CRITICAL, Status.FAILED}:
        return 0
    if each.state in UNDERWAY and each.is_late:
        return 1
    if each.state in UNDERWAY:
        return 2
    return 3 if each.is_ready else 4


def _row(seen: Seen, each: StepStanding) -> RunningRow:
    right, below, tone = _words(seen, each)
    who = " · ".join(part for part in (seen.name(each.step.owner), each.step.stream) if part)
    return RunningRow(
        step=each.step.id,
        number=str(each.number),
        title=each.step.title,
        who=who,
        right=right,
        below=below,
        status=each.status,
        tone=tone,
    )


def _words(seen: Seen, each: StepStanding) -> tuple[str, str, str]:
    """Give the right-hand word, what stands below it, and its tone."""
    due = "" if each.due is None else clock(each.due, seen.zone)
    if each.state is StepState.FAILED:
        return "failed", "decide what follows", "warn"
    if each.is_asked:
        return "unknown", "say how it ended", "warn"
    if each.state in UNDERWAY:
        run = seen.run
        waits = "" if run is None else run.steps[each.step.id].waits_for
        below = f"waits for {waits}" if waits else f"{_until(each)} {due}"
        if each.is_late:
            return f"late {count_down(each.late)}", below, "warn"
        return f"{count_down(-each.late)} left", below, ""
    if each.is_ready:
        return ("start now", f"due {due}" if due else "ready", "warn" if each.is_late else "")
    waits = ", ".join(str(number) for number in each.waits_for)
    below = f"waits for {waits}" if waits else "next"
    if each.is_late:
        return f"late {count_down(each.late)}", below, "warn"
    return due or "next", below, ""


def _until(each: StepStanding) -> str:
    return "until" if each.step.kind is StepKind.HOLD else "due"


def _note(now: list[StepStanding]) -> str:
    late = sum(each.is_late for each in now if each.state in UNDERWAY or each.is_ready)
    waiting = sum(each.state is StepState.NOT_STARTED and not each.is_ready for each in now)
    on_time = len(now) - late - waiting
    if not now:
        return ""
    counts = ((late, "late"), (waiting, "waiting"), (on_time, "on time"))
    return ", ".join(f"{count} {word}" for count, word in counts if count)
