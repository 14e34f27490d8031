"""Relief steps as a sheet offers them: what each does, how it stands, and its one button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.relief import (
    ReliefLine,
    ReliefState,
    may_use_relief,
    relief_lines,
)
from relconsole.domain.night.state import UNDERWAY, RunState
from relconsole.domain.plan.runbook import Step
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock

_STATUS: Final = {
    ReliefState.UNUSED: Status.NOT_STARTED,
    ReliefState.STARTING: Status.RUNNING,
    ReliefState.ON: Status.ADVISORY,
    ReliefState.UNSURE: Status.UNKNOWN,
    ReliefState.STOPPING: Status.RUNNING,
    ReliefState.OFF: Status.DONE,
    ReliefState.FAILED: Status.FAILED,
}
_TURNED_ON: Final = frozenset({ReliefState.ON, ReliefState.UNSURE})
_MOVING: Final = frozenset({ReliefState.STARTING, ReliefState.STOPPING})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefRow:
    """A relief step; the button starts ``step``, or ends it where ``ends`` is set.

    ``why`` is why it cannot be pressed; ``aside`` what stands beside how it stands.
    """

    key: StepId
    title: str
    does: str
    says: str
    status: Status
    step: StepId
    button: str
    ends: bool
    is_possible: bool
    why: str
    aside: str

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        return ", ".join(part for part in (self.title, self.does, self.says, self.why) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefRows:
    """All of them, in the order of the plan; ``asks_reason`` where the policy wants to know why."""

    rows: tuple[ReliefRow, ...] = ()
    note: str = ""
    asks_reason: bool = False


def present_relief(seen: Seen, *, is_conducting: bool) -> ReliefRows:
    """Give the relief of the run on the bridge, nothing where its plan has none."""
    run = seen.run
    if run is None or run.is_over or not run.runbook.relief:
        return ReliefRows()
    lines = relief_lines(run)
    on = sum(line.state in _TURNED_ON for line in lines)
    return ReliefRows(
        rows=tuple(_row(seen, run, line, is_conducting=is_conducting) for line in lines),
        note=f"{on} on" if on else "safe on its own, each by itself",
        asks_reason=seen.state.workspace.policy.relief.reason,
    )


def _row(seen: Seen, run: RunState, line: ReliefLine, *, is_conducting: bool) -> ReliefRow:
    step = next(each for each in run.runbook.relief if each.id == line.step)
    turns_off = line.off is not None and line.state in {*_TURNED_ON, ReliefState.STOPPING}
    acts_on = line.off if turns_off and line.off is not None else line.step
    ends = line.state in _MOVING and _is_by_hand(run, acts_on)
    why = _why(seen, run, line, step, is_conducting=is_conducting, ends=ends)
    does = _does(step)
    return ReliefRow(
        key=line.step,
        title=step.title,
        does=does,
        says=_says(seen, line),
        status=_STATUS[line.state],
        step=acts_on,
        button="Done" if ends else "Turn off" if turns_off else "Turn on",
        ends=ends,
        is_possible=not why,
        why=why,
        aside=why if why and line.state not in _MOVING else does,
    )


def _why(
    seen: Seen, run: RunState, line: ReliefLine, step: Step, *, is_conducting: bool, ends: bool
) -> str:
    """Give why the button cannot be pressed now, empty where it can."""
    if seen.person is None and not run.rehearsal:
        return "Nobody's key is open in this window."
    if line.state in _MOVING and not ends:
        return f"It is {line.state}."
    if line.state is ReliefState.ON and line.off is None:
        return "Turn it back by hand, then close it under Left open."
    if step.run is not None and not is_conducting:
        return "This window does not conduct the night."
    workspace = seen.state.workspace
    may = seen.person is None or may_use_relief(
        workspace.estate, workspace.policy, run, step, seen.person
    )
    if run.rehearsal or may:
        return ""
    return f"{seen.name(run.commander)} or its owner uses it, or whom the policy names."


def _is_by_hand(run: RunState, step: StepId) -> bool:
    """Tell whether a person, and no job, is at it."""
    found = run.steps[step]
    return found.state in UNDERWAY and not run.step_effects(step, len(found.attempts))


def _does(step: Step) -> str:
    """Give what a relief does: as its plan notes it, else by its job."""
    if step.note:
        return step.note
    if step.run is None:
        return "By hand"
    told = ", ".join(f"{name} {value}" for name, value in sorted(step.run.parameters.items()))
    return f"{step.run.job}: {told}" if told else step.run.job


def _says(seen: Seen, line: ReliefLine) -> str:
    """Give how a relief stands, since when, and who used it."""
    since = "" if line.since is None else f" since {clock(line.since, seen.zone)}"
    by = "" if line.by is None else f", {seen.name(line.by)}"
    return f"{line.state}{since}{by}"
