"""The rollback card: whether the way back is ready, what backs it, and the button that arms it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from relconsole.domain.health.trigger import dark_indicators
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.night.dry_run import DryRun
from relconsole.domain.night.rollback_facts import RollbackEnding
from relconsole.domain.night.state import RollbackRun, RunState
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.rollback_sight import (
    RollbackSight,
    date_words,
    estimate_words,
    readable,
    sentence_of,
    who_may_sign,
)
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.signature import is_here
from relconsole_ui.presenters.sources import away_systems, blind_since
from relconsole_ui.presenters.words import clock_seconds, counted


class CardAct(StrEnum):
    """What the one button of the card does."""

    ARM = "arm"
    SHOW = "show"


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackCardRows:
    """The card.

    ``is_triggered`` makes the button red, and nothing else does. ``why`` is why it cannot be
    pressed; ``cautions`` what stands against the rollback, the first of it on the card.
    """

    title: str
    status: Status
    note: str
    estimate: str
    people: str
    cautions: tuple[str, ...]
    stamp: str
    act: CardAct
    button: str
    is_possible: bool
    why: str
    is_triggered: bool

    @property
    def caution(self) -> str:
        """Give the line under the others, empty where nothing stands against it."""
        if not self.cautions:
            return ""
        count = len(self.cautions)
        return f"{count} cautions: {self.cautions[0]}" if count > 1 else self.cautions[0]

    @property
    def sentence(self) -> str:
        """Give the card as it is spoken."""
        parts = (self.title, self.note, self.estimate, self.people, *self.cautions, self.stamp)
        return ". ".join(part for part in parts if part)


def present_rollback_card(seen: Seen, sight: RollbackSight) -> RollbackCardRows:
    """Give the card of the run on the bridge."""
    run = seen.run
    if run is None:
        return _plain("Rollback", Status.NOT_STARTED, "The night has not been opened.", seen)
    if run.rollback is not None:
        return _begun(seen, run, run.rollback, sight)
    if run.is_over:
        return _plain("Rollback", Status.DONE, "The night is over.", seen)
    return _prepared(seen, run, sight)


def _plain(title: str, status: Status, why: str, seen: Seen) -> RollbackCardRows:
    """Give a card on which nothing can be armed."""
    return RollbackCardRows(
        title=title,
        status=status,
        note=rehearsed_words(seen, seen.release_id),
        estimate="",
        people="",
        cautions=(),
        stamp="",
        act=CardAct.ARM,
        button="Arm rollback",
        is_possible=False,
        why=why,
        is_triggered=False,
    )


def _prepared(seen: Seen, run: RunState, sight: RollbackSight) -> RollbackCardRows:
    """Give the card while nothing is armed."""
    dry = sight.dry if sight.dry is not None and sight.dry.run == run.id else None
    why = _away(seen, run, dry) or _why_not(seen, dry)
    reasons = (
        ()
        if dry is None
        else tuple(sentence_of(readable(each, seen.zone)) for each in dry.asks_reason)
    )
    return RollbackCardRows(
        title="Rollback not ready" if why else _ready(seen, run, dry),
        status=Status.UNKNOWN if blind_since(seen) else _status(dry, why=why, reasons=reasons),
        note=rehearsed_words(seen, run.release),
        estimate=_estimate(dry),
        people=_people(seen, run, sight),
        cautions=tuple(dict.fromkeys((*reasons, *_unknown_triggers(seen)))),
        stamp=stamp_words(seen, dry, is_preparing=sight.is_preparing),
        act=CardAct.ARM,
        button="Arm rollback",
        is_possible=not why,
        why=why,
        is_triggered=bool(run.triggers),
    )


def _ready(seen: Seen, run: RunState, dry: DryRun | None) -> str:
    """Give the title of a rollback that can be armed: what asks for a reason comes first."""
    if dry is not None and dry.decayed:
        kept = seen.state.rehearsals.get(run.release, ())
        tried = any(each.rollback_plan is not None for each in kept)
        return "Rollback decayed" if tried else "Rollback not rehearsed"
    return "Fleet differs" if dry is not None and dry.differing else "Rollback ready"


def _status(dry: DryRun | None, *, why: str, reasons: tuple[str, ...]) -> Status:
    if dry is None or dry.unseen:
        return Status.UNKNOWN
    if why:
        return Status.NOT_STARTED
    return Status.ADVISORY if reasons else Status.DONE


def _begun(
    seen: Seen, run: RunState, rollback: RollbackRun, sight: RollbackSight
) -> RollbackCardRows:
    """Give the card once a rollback is armed or fired: the button shows it."""
    title, status = _standing(rollback)
    by = seen.name(rollback.fired_by or rollback.armed_by)
    at = clock_seconds(rollback.fired_at or rollback.armed_at, seen.zone)
    fired = rollback.fired_at is not None
    return RollbackCardRows(
        title=title,
        status=status,
        note=f"{'fired' if fired else 'armed'} {at}",
        estimate=_estimate(sight.dry) if not fired else counted(len(rollback.armed.steps), "step"),
        people=f"{'Fired' if fired else 'Armed'} by {by}",
        cautions=tuple(f"{row.item}: {row.reason}" for row in rollback.reconcile),
        stamp="",
        act=CardAct.SHOW,
        button="Show rollback",
        is_possible=True,
        why="",
        is_triggered=bool(run.triggers) and not fired,
    )


def _standing(rollback: RollbackRun) -> tuple[str, Status]:
    if rollback.fired_at is None:
        return "Rollback armed", Status.HOLD
    match rollback.ending:
        case RollbackEnding.ROLLED_BACK:
            return "Rolled back", Status.DONE
        case RollbackEnding.PARTIAL:
            return "Partly rolled back", Status.WARNING
        case RollbackEnding.UNKNOWN:
            return "Rollback unknown", Status.UNKNOWN
        case None:
            return "Rolling back", Status.RUNNING
        case _:
            assert_never(rollback.ending)


def _why_not(seen: Seen, dry: DryRun | None) -> str:
    """Give why nothing can be armed now, empty where it can."""
    if seen.person is None:
        return "Nobody's key is open in this window."
    if dry is None:
        return "The dry run is being made."
    return sentence_of(readable(dry.forbids[0], seen.zone)) if dry.forbids else ""


def _away(seen: Seen, run: RunState, dry: DryRun | None) -> str:
    """Give which of the systems that the way back needs do not answer, empty for none."""
    if run.rehearsal and seen.release.rehearsal is None:
        return ""
    if blind_since(seen) is not None:
        return "Arm is off: no system answers."
    if dry is None or dry.plan is None:
        return ""
    services = seen.state.workspace.estate.services
    observed = (services[each.service].observed_by for each in dry.plan.items)
    needed = {step.run.system for step in dry.plan.steps if step.run is not None}
    needed |= {each.system for each in observed if each is not None}
    gone = sorted(needed & away_systems(seen))
    if not gone:
        return ""
    return f"Arm is off: {' and '.join(gone)} {'do' if len(gone) > 1 else 'does'} not answer."


def _estimate(dry: DryRun | None) -> str:
    if dry is None or dry.plan is None:
        return ""
    versions = dict.fromkeys(item.after for item in dry.plan.items if item.after is not None)
    to = f"to {', '.join(versions)}" if versions else ""
    return ", ".join(part for part in (estimate_words(dry), to) if part)


def _people(seen: Seen, run: RunState, sight: RollbackSight) -> str:
    if run.rehearsal:
        return "A rehearsal needs no second person"
    may = [each.person for each in who_may_sign(seen, run, sight) if each.ok]
    if not may:
        return "Nobody enrolled may be second person"
    more = f" and {len(may) - 1} more" if len(may) > 1 else ""
    if is_here(seen, may[0]):
        return f"Second person here: {seen.name(may[0])}{more}, eligible"
    return f"Second person: {seen.name(may[0])}{more}, eligible, not here"


def _unknown_triggers(seen: Seen) -> Iterator[str]:
    """Give the triggers that nobody can see: unknown is never calm."""
    dark = dark_indicators(seen.watches, seen.release.indicators, seen.now)
    if dark and not seen.watches:
        yield "No trigger is watched from this window"
        return
    for each in dark:
        since = "" if each.since is None else f" since {clock_seconds(each.since, seen.zone)}"
        yield f"{each.title} unknown{since}"


def rehearsed_words(seen: Seen, release: ReleaseId) -> str:
    """Give when the rollback of a release was last rehearsed to its end."""
    rehearsals = seen.state.rehearsals.get(release, ())
    found = [each.at for each in rehearsals if each.rollback_plan is not None]
    return f"rehearsed {date_words(max(found), seen.zone)}" if found else "never rehearsed"


def stamp_words(seen: Seen, dry: DryRun | None, *, is_preparing: bool) -> str:
    """Give when the dry run was made, and whether another is on its way."""
    if dry is None:
        return "dry run is being made" if is_preparing else "no dry run yet"
    at = f"dry run {clock_seconds(dry.at, seen.zone)}"
    if is_preparing:
        return f"{at}, being made again"
    return f"{at}, too old" if dry.is_stale(seen.now) else at
