"""What of a person's last act can be taken back, by which command, and until when.

Nothing is ever taken out of the record: to take back is an act of its own, recorded beside the
first. What is done for good (a signature, a vote, a message marked as sent) is not offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.alert_commands import UnshelveAlert
from relconsole.domain.night.alert_facts import AlertShelved
from relconsole.domain.night.bridge_commands import BeginHold, EndHold
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, HoldEnded
from relconsole.domain.night.facts import StepEnded
from relconsole.domain.night.state import ENDED, RunState
from relconsole.domain.night.step_commands import RepeatStep, Said
from relconsole.domain.plan.runbook import StepKind
from relconsole.domain.record.recorded import Recorded
from relconsole_ui.presenters.seen import Seen

WITHIN: Final = timedelta(seconds=30)
"""How long an act can be taken back; the end of a step until another starts because of it."""

NOTHING: Final = "nothing was done in the last 30 s that can be taken back"
_NOTE: Final = "taken back"
_BY_HAND: Final = {StepKind.MANUAL, StepKind.COMMUNICATION}

TakingBack = RepeatStep | EndHold | BeginHold | UnshelveAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """An act of a person and the command that takes it back; ``step`` where it ended one."""

    text: str
    command: TakingBack
    by: PersonId
    at: datetime
    step: StepId | None = None


def undoable_of(recorded: Recorded[ConsoleFact], seen: Seen) -> Undoable | None:
    """Give what a recorded fact leaves to be taken back by the person here, None where nothing."""
    person = seen.person
    if person is None or recorded.by != person or seen.run is None:
        return None
    match recorded.fact:
        case StepEnded() as ended if ended.run == seen.run.id:
            return _of_step(seen.run, ended, person, recorded.at)
        case HoldBegan(cause=HoldCause.PERSON) as began if began.run == seen.run.id:
            end = EndHold(
                run=began.run, cause=began.cause, thing=began.thing, said=Said(note=_NOTE)
            )
            return Undoable(text="the hold", command=end, by=person, at=recorded.at)
        case HoldEnded(cause=HoldCause.PERSON) as over if over.run == seen.run.id:
            again = BeginHold(
                run=over.run,
                cause=over.cause,
                thing=over.thing,
                reasons=("the end of the hold was taken back",),
            )
            return Undoable(text="the end of the hold", command=again, by=person, at=recorded.at)
        case AlertShelved() as shelved if shelved.run == seen.run.id:
            unshelve = UnshelveAlert(run=shelved.run, alert=shelved.alert, said=Said(note=_NOTE))
            return Undoable(text="the shelving", command=unshelve, by=person, at=recorded.at)
        case _:
            return None


def _of_step(run: RunState, ended: StepEnded, by: PersonId, at: datetime) -> Undoable | None:
    """Give the end of a step that a person does, which reopens it; a job would run once more.

    Relief has a button of its own that turns it off.
    """
    step = run.find_step(ended.step)
    if step is None or step.kind not in _BY_HAND or ended.second is not None:
        return None
    if run.is_relief(step.id):
        return None
    said = Said(for_person=ended.for_person, heard=ended.heard, note=_NOTE)
    state = str(ended.state).replace("_", " ")
    return Undoable(
        text=f"{step.title}: {state}",
        command=RepeatStep(run=run.id, step=step.id, said=said),
        by=by,
        at=at,
        step=step.id,
    )


def why_not_undone(undoable: Undoable | None, seen: Seen) -> str:
    """Give why an act cannot be taken back any more, empty where it can."""
    run = seen.run
    if undoable is None or run is None or undoable.by != seen.person:
        return NOTHING
    if run.is_over:
        return "the night is over"
    if undoable.step is None:
        return "" if seen.now - undoable.at <= WITHIN else NOTHING
    if run.steps[undoable.step].state not in ENDED:
        return NOTHING
    followers = {step.id for step in run.runbook.steps if undoable.step in step.after}
    started = next((step for step in run.runbook.steps if _began(run, step.id, followers)), None)
    return "" if started is None else f"{started.title} has started since"


def _began(run: RunState, step: StepId, among: set[StepId]) -> bool:
    return step in among and bool(run.steps[step].attempts)
