"""What the same sheet changes when it comes again: steps added, changed and removed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import cast

from relconsole.domain.kernel.durations import ThreePoint, format_duration
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.plan.runbook import Step, Undo


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of a step as it was and as it would be, in words; empty where it says nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChange:
    """A step that would no longer be as it was."""

    id: StepId
    title: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookDifference:
    """The steps that differ: those of the sheet in its order, the removed in that of the plan."""

    added: tuple[StepId, ...] = ()
    changed: tuple[StepChange, ...] = ()
    removed: tuple[StepId, ...] = ()
    is_reordered: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether the plan would stay as it is."""
        return not (self.added or self.changed or self.removed or self.is_reordered)


def compare_steps(before: Iterable[Step], after: Iterable[Step]) -> RunbookDifference:
    """Give what taking in ``after`` would change in a plan of the steps ``before``."""
    old = {step.id: step for step in before}
    new = {step.id: step for step in after}
    changed = tuple(
        StepChange(id=id_, title=step.title, fields=_changes(old[id_], step))
        for id_, step in new.items()
        if id_ in old and old[id_] != step
    )
    kept_before = [id_ for id_ in old if id_ in new]
    kept_after = [id_ for id_ in new if id_ in old]
    return RunbookDifference(
        added=tuple(id_ for id_ in new if id_ not in old),
        changed=changed,
        removed=tuple(id_ for id_ in old if id_ not in new),
        is_reordered=kept_before != kept_after,
    )


def _changes(before: Step, after: Step) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(field=it.name, before=words_of(old), after=words_of(new))
        for it in fields(Step)
        if (old := getattr(before, it.name)) != (new := getattr(after, it.name))
    )


def words_of(value: object) -> str:
    """Give a field of a step as a person reads it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case ThreePoint(best=best, likely=likely, worst=worst):
            cases = (best, likely, worst) if value.has_range else (likely,)
            return " / ".join(format_duration(it) for it in cases)
        case Undo(kind=kind, duration=duration, title=title):
            return ", ".join(it for it in (kind, words_of(duration), title) if it)
        case datetime():
            return format_instant(value)
        case timedelta():
            return format_duration(value)
        case tuple():
            return ", ".join(words_of(it) for it in cast("tuple[object, ...]", value))
        case Mapping():
            pairs = cast("Mapping[str, object]", value)
            return ", ".join(f"{key}={words_of(pairs[key])}" for key in sorted(pairs))
        case _:
            return str(value)
