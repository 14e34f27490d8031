"""What is wrong with a plan that a person has edited, by step and by what of it they edited.

The rules are those that a file is read by: what is taken here reads back from a file as the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import Interval, format_instant
from relconsole.domain.plan.graph import find_cycle
from relconsole.domain.plan.runbook import Runbook, Step, StepKind, UndoKind

_WITH_WAY_BACK = frozenset({UndoKind.INVERSE, UndoKind.COMPENSATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFault:
    """What is wrong with a step; ``field`` is the key under which a file states it."""

    step: StepId
    field: str
    says: str


def plan_faults(runbook: Runbook, window: Interval) -> tuple[PlanFault, ...]:
    """Give everything that is wrong with a plan in a window, in the order of its steps."""
    known = {step.id for step in runbook.steps}
    found = [
        fault
        for step in runbook.steps
        for fault in (*_own_faults(step, window), *_unknown(step, known))
    ]
    cycle = find_cycle(runbook.steps)
    if cycle:
        first = cycle.index(min(cycle))
        turned = (*cycle[first:], *cycle[:first], cycle[first])
        says = f"a cycle: {' waits for '.join(turned)}"
        found.append(PlanFault(step=turned[0], field="after", says=says))
    return tuple(found)


def _own_faults(step: Step, window: Interval) -> Iterator[PlanFault]:
    """Give what is wrong with a step by itself."""
    kind, window_words = (
        step.kind,
        f"{format_instant(window.start)} to {format_instant(window.end)}",
    )
    is_outside = step.not_before is not None and not (window.start <= step.not_before <= window.end)
    is_gate, is_automated = kind is StepKind.GATE, kind is StepKind.AUTOMATED
    undo_is_wrong, undo_says = _undo_fault(step)
    for field, is_wrong, says in (
        ("title", not step.title.strip(), "must not be empty"),
        ("kind", is_automated and step.run is None, "a step of kind automated needs run"),
        ("kind", not is_automated and step.run is not None, f"a step of kind {kind} runs no job"),
        ("kind", is_gate and not step.stations, "a gate needs stations"),
        (
            "kind",
            not is_gate and bool(step.stations or step.quorum),
            f"a step of kind {kind} has no stations",
        ),
        ("undo", undo_is_wrong, undo_says),
        ("not_before", is_outside, f"lies outside the window, {window_words}"),
    ):
        if is_wrong:
            yield PlanFault(step=step.id, field=field, says=says)


def _undo_fault(step: Step) -> tuple[bool, str]:
    """Tell whether the way back is wrong, and how."""
    undo = step.undo
    if not step.changes_production and undo.kind is not UndoKind.NONE:
        return True, f"a step of kind {step.kind} has nothing to undo"
    if undo.kind in _WITH_WAY_BACK and undo.duration is None:
        return True, f"an undo of kind {undo.kind} needs duration"
    is_too_much = undo.kind not in _WITH_WAY_BACK and (undo.duration or undo.run) is not None
    return is_too_much, f"an undo of kind {undo.kind} has no duration"


def _unknown(step: Step, known: set[StepId]) -> Iterator[PlanFault]:
    for before in step.after:
        if before not in known:
            yield PlanFault(step=step.id, field="after", says=f"there is no step {before}")


def without_step(runbook: Runbook, gone: StepId) -> tuple[Step, ...]:
    """Give the steps without one of them: what waited for it waits for what it waited for."""
    left = next((step for step in runbook.steps if step.id == gone), None)
    bridged = () if left is None else left.after
    kept: list[Step] = []
    for step in runbook.steps:
        if step.id == gone:
            continue
        if gone in step.after:
            after = (
                one for before in step.after for one in (bridged if before == gone else (before,))
            )
            kept.append(replace(step, after=tuple(dict.fromkeys(after))))
        else:
            kept.append(step)
    return tuple(kept)
