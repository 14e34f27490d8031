"""The form of an amendment: which acts there are, what each asks for, what was typed into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final, assert_never

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.state import UNDERWAY, RunState
from relconsole.domain.plan.amendment import (
    Amendment,
    Insert,
    NotNeeded,
    Reassign,
    Reorder,
    Repeat,
    Retime,
    Skip,
)
from relconsole.domain.plan.runbook import Step, StepKind
from relconsole_ui.presenters.plan_cells import (
    Ground,
    Wrong,
    read_cell,
    read_estimate,
    read_person,
    read_steps,
    read_wall_time,
)
from relconsole_ui.presenters.plan_table import PlanColumn, duration_words
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock


class AmendAct(StrEnum):
    """What an amendment does to the plan."""

    INSERT = "Insert a step"
    SKIP = "Skip"
    NOT_NEEDED = "Not needed"
    REPEAT = "Repeat"
    REASSIGN = "Give to another owner"
    REORDER = "Wait for other steps"
    RETIME = "Re-time"


class AmendField(StrEnum):
    """What a form asks for; the value is its label."""

    STEP = "Step"
    TITLE = "Title"
    OWNER = "Owner"
    STREAM = "Stream"
    KIND = "Kind"
    DURATION = "Duration"
    UNDO = "Undo"
    AFTER = "Waits for"
    BEFORE = "Before"
    NOT_BEFORE = "Not before"
    REASON = "Reason"


_ASKED: Final = {
    AmendAct.INSERT: (
        AmendField.TITLE,
        AmendField.OWNER,
        AmendField.STREAM,
        AmendField.KIND,
        AmendField.DURATION,
        AmendField.UNDO,
        AmendField.AFTER,
        AmendField.BEFORE,
    ),
    AmendAct.SKIP: (),
    AmendAct.NOT_NEEDED: (),
    AmendAct.REPEAT: (),
    AmendAct.REASSIGN: (AmendField.OWNER,),
    AmendAct.REORDER: (AmendField.AFTER,),
    AmendAct.RETIME: (AmendField.NOT_BEFORE, AmendField.DURATION),
}
_HINTS: Final = {
    AmendField.DURATION: "8m, or 5m / 8m / 12m",
    AmendField.UNDO: "none, irreversible, or inverse 5m",
    AmendField.AFTER: "Numbers, such as 12, 14",
    AmendField.BEFORE: "Numbers of steps that wait for it too",
    AmendField.NOT_BEFORE: "02:50, empty for none",
}
_FIVE: Final = plain(timedelta(minutes=5))
INSERTED_KINDS: Final = (
    StepKind.MANUAL,
    StepKind.COMMUNICATION,
    StepKind.HOLD,
    StepKind.CHECKPOINT,
)
"""What can be put in by hand; a job or a gate needs more than a form asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendDraft:
    """What was chosen and typed; ``step`` is empty for an insertion."""

    act: AmendAct = AmendAct.SKIP
    step: str = ""
    texts: dict[AmendField, str] = field(default_factory=dict[AmendField, str])

    def text(self, name: AmendField) -> str:
        """Give what was typed for a field."""
        return self.texts.get(name, "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """A field that the form shows, with what it holds before anybody types."""

    field: AmendField
    text: str
    hint: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChoice:
    """A step that the act may be about."""

    step: StepId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendFormRows:
    """The form for an act; ``why_not`` says why the night cannot be amended, empty where it can."""

    act: AmendAct
    steps: tuple[StepChoice, ...]
    step: str
    fields: tuple[FieldRow, ...]
    why_not: str = ""


def present_amend_form(seen: Seen, draft: AmendDraft) -> AmendFormRows:
    """Give the form for an act about a step, with what stands in the plan now."""
    run = seen.run
    why_not = _why_not(run)
    if run is None or why_not:
        return AmendFormRows(act=draft.act, steps=(), step="", fields=(), why_not=why_not)
    steps = _choices(run, draft.act)
    known = [each.step for each in steps]
    step = draft.step if draft.step in known else (known[0] if known else "")
    about = run.runbook.find(StepId(step))
    says = "" if steps or draft.act is AmendAct.INSERT else _none_left(draft.act)
    return AmendFormRows(
        act=draft.act,
        steps=steps,
        step=step,
        fields=tuple(_field(seen, run, name, about, draft.act) for name in _ASKED[draft.act]),
        why_not=says,
    )


def read_amendment(seen: Seen, draft: AmendDraft) -> Amendment | Wrong:
    """Give the amendment that was chosen and typed, or the first thing that is missing."""
    run = seen.run
    why_not = _why_not(run)
    if run is None or why_not:
        return Wrong(text="", says=why_not)
    reason = draft.text(AmendField.REASON)
    if draft.act is not AmendAct.INSERT and run.runbook.find(StepId(draft.step)) is None:
        return Wrong(text=draft.step, says="Choose a step")
    found = _read(seen, run, draft, reason)
    if isinstance(found, Wrong):
        return found
    return found if reason else Wrong(text="", says="Say why")


def _read(seen: Seen, run: RunState, draft: AmendDraft, reason: str) -> Amendment | Wrong:
    step = StepId(draft.step)
    match draft.act:
        case AmendAct.SKIP:
            return Skip(step=step, reason=reason)
        case AmendAct.NOT_NEEDED:
            return NotNeeded(step=step, reason=reason)
        case AmendAct.REPEAT:
            return Repeat(step=step, reason=reason)
        case AmendAct.REASSIGN:
            owner = read_person(draft.text(AmendField.OWNER), seen.state.workspace.estate.people)
            if owner is None or isinstance(owner, Wrong):
                return owner or Wrong(text="", says="Owner: say who takes it")
            return Reassign(step=step, owner=owner, reason=reason)
        case AmendAct.REORDER:
            after = read_steps(draft.text(AmendField.AFTER), _order(run))
            if isinstance(after, Wrong):
                return _named(AmendField.AFTER, after)
            return Reorder(step=step, after=after, reason=reason)
        case AmendAct.RETIME:
            return _read_retime(seen, run, draft, reason)
        case AmendAct.INSERT:
            return _read_insert(seen, run, draft, reason)
        case _:
            assert_never(draft.act)


def _read_retime(seen: Seen, run: RunState, draft: AmendDraft, reason: str) -> Retime | Wrong:
    step = run.runbook.find(StepId(draft.step))
    fixed, lasts = draft.text(AmendField.NOT_BEFORE), draft.text(AmendField.DURATION)
    had = None if step is None else step.not_before
    moment = read_wall_time(fixed, seen.release) if fixed else None
    if had is not None and fixed == clock(had, seen.zone):
        # What stands there is shown without its seconds.
        moment = had
    if isinstance(moment, Wrong):
        return _named(AmendField.NOT_BEFORE, moment)
    duration = read_estimate(lasts) if lasts else None
    if lasts and duration is None:
        hint = "one duration such as 8m, or best, likely and worst in this order"
        return Wrong(text=lasts, says=f"{AmendField.DURATION}: {hint}")
    same = step is not None and duration == step.duration
    unlock = had is not None and moment is None
    if moment == had and (duration is None or same):
        return Wrong(text="", says="Say another start or another duration")
    return Retime(
        step=StepId(draft.step),
        reason=reason,
        not_before=None if moment == had else moment,
        unlock=unlock,
        duration=None if same else duration,
    )


def _read_insert(seen: Seen, run: RunState, draft: AmendDraft, reason: str) -> Insert | Wrong:
    """Give the insertion of a step, read field by field as the plan table reads its cells."""
    order = _order(run)
    taken = {step.id for step in run.runbook.steps}
    number = next(n for n in range(1, len(taken) + 2) if StepId(f"step-{n}") not in taken)
    new = Step(id=StepId(f"step-{number}"), title="", duration=_FIVE)
    ground = Ground(release=seen.release, people=seen.state.workspace.estate.people, order=order)
    for name, column in (
        (AmendField.TITLE, PlanColumn.TITLE),
        (AmendField.OWNER, PlanColumn.OWNER),
        (AmendField.STREAM, PlanColumn.STREAM),
        (AmendField.KIND, PlanColumn.KIND),
        (AmendField.DURATION, PlanColumn.DURATION),
        (AmendField.AFTER, PlanColumn.AFTER),
        (AmendField.UNDO, PlanColumn.UNDO),
    ):
        text = draft.text(name)
        if name is AmendField.UNDO and not text and not new.changes_production:
            continue
        found = read_cell(new, column, text, ground)
        if isinstance(found, Wrong):
            return _named(name, found)
        new = found
    before = read_steps(draft.text(AmendField.BEFORE), order)
    if isinstance(before, Wrong):
        return _named(AmendField.BEFORE, before)
    return Insert(step=new, before=before, reason=reason)


def _why_not(run: RunState | None) -> str:
    if run is None:
        return "No night is open: the plan is edited in its table."
    if run.is_over:
        return "The night is over."
    if run.rollback is not None and run.rollback.fired_at is not None:
        return "A rollback was fired; the plan stays as it is."
    return ""


def _choices(run: RunState, act: AmendAct) -> tuple[StepChoice, ...]:
    """Give the steps that an act may be about: those not begun, to repeat those that are over."""
    if act is AmendAct.INSERT:
        return ()
    return tuple(
        StepChoice(step=step.id, text=f"{number}  {step.title}")
        for number, step in enumerate(run.runbook.steps, 1)
        if _may_be(run.steps[step.id].state, act)
    )


def _may_be(state: StepState, act: AmendAct) -> bool:
    if act is AmendAct.REPEAT:
        return state is not StepState.NOT_STARTED and state not in UNDERWAY
    return state is StepState.NOT_STARTED


def _none_left(act: AmendAct) -> str:
    if act is AmendAct.REPEAT:
        return "No step is over that could be repeated."
    return "Every step has begun or is over."


def _field(
    seen: Seen, run: RunState, name: AmendField, about: Step | None, act: AmendAct
) -> FieldRow:
    """Give a field with what the plan says now; an insertion begins with what is usual."""
    people = tuple(sorted(each.name for each in seen.state.workspace.estate.people.values()))
    choices = {
        AmendField.OWNER: people,
        AmendField.KIND: tuple(INSERTED_KINDS),
    }.get(name, ())
    if act is AmendAct.INSERT or about is None:
        text = {AmendField.KIND: str(StepKind.MANUAL), AmendField.DURATION: "5m"}.get(name, "")
    else:
        text = _stands(seen, run, name, about)
    return FieldRow(field=name, text=text, hint=_HINTS.get(name, ""), choices=choices)


def _stands(seen: Seen, run: RunState, name: AmendField, about: Step) -> str:
    """Give what the plan says of a step now."""
    numbers = {step: number for number, step in enumerate(_order(run), 1)}
    return {
        AmendField.AFTER: ", ".join(str(numbers[step]) for step in about.after),
        AmendField.DURATION: duration_words(about.duration),
        AmendField.NOT_BEFORE: clock(about.not_before, seen.zone) if about.not_before else "",
    }.get(name, "")


def _order(run: RunState) -> tuple[StepId, ...]:
    return tuple(step.id for step in run.runbook.steps)


def _named(name: AmendField, wrong: Wrong) -> Wrong:
    return Wrong(text=wrong.text, says=f"{name}: {wrong.says}")
