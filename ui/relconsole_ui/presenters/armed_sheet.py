"""The armed sheet: what will change, what was looked at, the two people, and what fires it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from relconsole.domain.night.dry_run import DryRun
from relconsole.domain.night.state import RollbackRun, RunState
from relconsole.domain.release.messages import Moment
from relconsole_ui.presenters.looked_at import LookedAtRow
from relconsole_ui.presenters.rollback_changes import (
    ChangeRow,
    WayBackBasis,
    armed_basis,
    differences,
    dry_basis,
    present_changes,
    present_looked_at,
)
from relconsole_ui.presenters.rollback_sight import (
    ARMED_FOR,
    RollbackSight,
    estimate_words,
    readable,
    sentence_of,
)
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.two_people import TwoPeopleRows, present_two_people, unsigned_reasons
from relconsole_ui.presenters.words import clock, clock_seconds, count_down, counted


class SheetStage(StrEnum):
    """How far arming has come."""

    NEEDS_REASON = "needs reason"
    REFUSED = "refused"
    READY = "ready"
    ARMING = "arming"
    ARMED = "armed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FireRows:
    """The button that fires; ``why`` is why it cannot, ``word`` what may be typed instead.

    ``leave`` is what Esc does.
    """

    label: str
    heading: str
    estimate: str
    is_possible: bool
    why: str
    word: str
    leave: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmedSheetRows:
    """The sheet; ``asks`` is what a person has to give a reason for, ``left`` until it disarms.

    ``must_take_up`` where this window does not conduct the night; ``must_arm_again`` where the
    fleet or the plan is no longer what was armed, or nothing speaks against arming any more.
    """

    stage: SheetStage
    title: str
    left: str
    asks: tuple[str, ...]
    reason: str
    looked_at_note: str
    looked_at: tuple[LookedAtRow, ...]
    changes_note: str
    changes: tuple[ChangeRow, ...]
    message: str
    people: TwoPeopleRows
    fire: FireRows
    notice: str
    must_take_up: bool
    must_arm_again: bool

    @property
    def sentence(self) -> str:
        """Give the sheet as it is spoken when it opens."""
        steps = counted(len(self.changes), "step")
        parts = (self.title, self.left, *self.asks, f"{steps} will run", self.fire.why)
        return ". ".join(part for part in parts if part)


def present_armed_sheet(seen: Seen, sight: RollbackSight) -> ArmedSheetRows | None:
    """Give the sheet of the run on the bridge, None where there is nothing to show one of."""
    run = seen.run
    if run is None:
        return None
    rollback = run.rollback if run.rollback and run.rollback.fired_at is None else None
    dry = sight.dry if sight.dry is not None and sight.dry.run == run.id else None
    basis = armed_basis(rollback, dry) if rollback else (dry_basis(dry) if dry else None)
    looked_at = present_looked_at(run, seen.release, basis) if basis else ()
    changes = present_changes(run, seen.release, basis) if basis else ()
    stage = _stage(rollback, dry, sight)
    moved = rollback is not None and _has_moved(rollback, dry)
    return ArmedSheetRows(
        stage=stage,
        title=_title(stage, rollback),
        left="" if rollback is None else _left(seen, rollback),
        asks=_asks(seen, rollback, dry),
        reason="" if rollback is None else rollback.armed.reason,
        looked_at_note=f"read {clock_seconds(basis.read_at, seen.zone)}" if basis else "",
        looked_at=looked_at,
        changes_note=_changes_note(seen, dry, looked_at),
        changes=changes,
        message=_message(seen, run),
        people=present_two_people(seen, run, rollback, sight),
        fire=_fire(seen, run, rollback, sight, basis, moved=moved),
        notice=sight.notice or _refused(seen, dry, rollback),
        must_take_up=not sight.is_conducting and not run.is_over,
        must_arm_again=moved or stage is SheetStage.READY,
    )


def _stage(rollback: RollbackRun | None, dry: DryRun | None, sight: RollbackSight) -> SheetStage:
    if rollback is not None:
        return SheetStage.ARMED
    if sight.is_arming or dry is None:
        return SheetStage.ARMING
    if dry.forbids:
        return SheetStage.REFUSED
    return SheetStage.NEEDS_REASON if dry.asks_reason else SheetStage.READY


def _title(stage: SheetStage, rollback: RollbackRun | None) -> str:
    only = rollback.armed.only if rollback is not None else None
    what = f"Rollback of {only}" if only else "Rollback"
    match stage:
        case SheetStage.NEEDS_REASON:
            return f"{what}, reason needed"
        case SheetStage.REFUSED:
            return f"{what} not possible"
        case SheetStage.READY:
            return f"{what} not armed"
        case SheetStage.ARMING:
            return f"{what}, arming"
        case SheetStage.ARMED:
            return f"{what} armed"
        case _:
            assert_never(stage)


def _left(seen: Seen, rollback: RollbackRun) -> str:
    left = max(ARMED_FOR - (seen.now - rollback.armed_at), ARMED_FOR * 0)
    return f"disarms in {count_down(left)}"


def is_overdue(seen: Seen, rollback: RollbackRun) -> bool:
    """Tell whether an armed rollback has stood for as long as it may."""
    return rollback.fired_at is None and seen.now - rollback.armed_at >= ARMED_FOR


def _has_moved(rollback: RollbackRun, dry: DryRun | None) -> bool:
    """Tell whether a later dry run shows another plan or another fleet than what was armed."""
    if dry is None or dry.at < rollback.armed_at:
        return False
    same = dry.plan is not None and dry.plan.digest == rollback.armed.plan
    return not same or dry.fleet != rollback.armed.fleet


def _changes_note(seen: Seen, dry: DryRun | None, looked_at: tuple[LookedAtRow, ...]) -> str:
    if dry is None:
        return "dry run is being made"
    old = ", too old" if dry.is_stale(seen.now) else ""
    return f"dry run {clock_seconds(dry.at, seen.zone)}{old}, {differences(looked_at)}"


def _message(seen: Seen, run: RunState) -> str:
    """Give who is told that it goes back, empty where no message is planned for that."""
    told = [
        plan.audience
        for plan in seen.release.messages
        if (plan.rehearsal_to or not run.rehearsal)
        and any(each.moment is Moment.ROLLBACK for each in plan.at)
    ]
    if not told:
        return ""
    return f"Message to {' and '.join(told)}: due as soon as it is fired, not sent"


def _asks(seen: Seen, rollback: RollbackRun | None, dry: DryRun | None) -> tuple[str, ...]:
    if rollback is not None or dry is None:
        return ()
    return tuple(sentence_of(readable(each, seen.zone)) for each in dry.asks_reason)


def _refused(seen: Seen, dry: DryRun | None, rollback: RollbackRun | None) -> str:
    if rollback is not None or dry is None:
        return ""
    return " ".join(sentence_of(readable(says, seen.zone)) for says in dry.forbids)


def _fire(
    seen: Seen,
    run: RunState,
    rollback: RollbackRun | None,
    sight: RollbackSight,
    basis: WayBackBasis | None,
    *,
    moved: bool,
) -> FireRows:
    unsigned = () if rollback is None else unsigned_reasons(seen, run, sight)
    whys = tuple(_whys(sight, rollback, basis, moved=moved)) or unsigned
    place = "the rehearsal" if run.rehearsal else "production"
    return FireRows(
        label=_label(seen, sight, unsigned),
        heading=f"Roll back {place}",
        estimate=_estimate(seen, basis),
        is_possible=not whys,
        why=whys[0] if whys else "",
        word=(rollback.armed.only if rollback is not None else None) or run.release,
        leave="Close" if rollback is None and not sight.is_arming else "Disarm",
    )


def _whys(
    sight: RollbackSight, rollback: RollbackRun | None, basis: WayBackBasis | None, *, moved: bool
) -> Iterator[str]:
    """Give why nothing may be fired that no signature could change, the first to be put right."""
    if rollback is None:
        yield "Not armed yet"
    elif moved:
        yield "The fleet or the plan changed since arming"
    if not sight.is_conducting:
        yield "This window does not conduct the night"
    if basis is None or not basis.steps:
        yield "Nothing would change"


def _label(seen: Seen, sight: RollbackSight, unsigned: tuple[str, ...]) -> str:
    if not unsigned:
        return "Hold 2 s to roll back"
    return f"Hold 2 s, after {_first_name(seen, sight)} signs"


def _first_name(seen: Seen, sight: RollbackSight) -> str:
    return seen.name(sight.second).split(" ")[0] if sight.second else "a second person"


def _estimate(seen: Seen, basis: WayBackBasis | None) -> str:
    if basis is None or basis.dry is None or basis.dry.estimate is None:
        return "how long is not known"
    back = clock(seen.now + basis.dry.estimate.likely, seen.zone)
    late = clock(seen.now + basis.dry.estimate.nine_of_ten, seen.zone)
    likely, nine = estimate_words(basis.dry).split(", ", 1)
    return f"{likely}, back {back} · {nine}, {late}"
