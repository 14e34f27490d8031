"""The prepared rollbacks of all open releases: which is ready, which decayed, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relconsole.domain.kernel.ids import ReleaseId, RunId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.dry_run import DryRun
from relconsole.domain.night.rollback_facts import RollbackEnding
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.runbook import UndoKind
from relconsole.domain.release.release import Release
from relconsole.domain.rollback.build import build_rollback
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.rollback_card import rehearsed_words
from relconsole_ui.presenters.rollback_sight import estimate_words, readable
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock, counted, day


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRow:
    """The rollback of one release; ``why`` are what stands against it, the first shown.

    ``relief`` names the relief of its plan, which is used on the bridge alone.
    """

    key: ReleaseId
    title: str
    targets: str
    status: Status
    readiness: str
    why: tuple[str, ...]
    rehearsed: str
    estimate: str
    latest: str
    can_arm: bool
    on_bridge: bool = False
    relief: str = ""

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        parts = (
            self.title,
            self.readiness,
            *self.why,
            self.rehearsed,
            self.estimate,
            self.latest,
            self.targets,
            self.relief,
        )
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbacksRows:
    """All of them, the one on the bridge first."""

    note: str
    rows: tuple[PreparedRow, ...]


def present_rollbacks(seen: Seen, dry_runs: Mapping[RunId, DryRun]) -> RollbacksRows:
    """Give the rollbacks of the releases that are open: not begun, or begun and not over."""
    rows = [
        _row(seen, release, run, dry_runs)
        for release in seen.state.workspace.releases.values()
        for run in (seen.state.newest_run(release.id),)
        if run is None or not run.is_over
    ]
    rows.sort(key=lambda row: (row.key != seen.release_id, row.title))
    ready = sum(row.status is Status.DONE for row in rows)
    note = f"{ready} of {counted(len(rows), 'release')} ready" if rows else ""
    return RollbacksRows(note=note, rows=tuple(rows))


def _row(
    seen: Seen, release: Release, run: RunState | None, dry_runs: Mapping[RunId, DryRun]
) -> PreparedRow:
    dry = None if run is None else dry_runs.get(run.id)
    on_bridge = release.id == seen.release_id
    status, readiness, why = _readiness(seen, release, run, dry)
    return PreparedRow(
        key=release.id,
        title=release.title,
        targets=_targets(release),
        status=status,
        readiness=readiness,
        why=tuple(readable(each, seen.zone) for each in why),
        rehearsed=rehearsed_words(seen, release.id),
        estimate=estimate_words(dry),
        latest=_latest(seen) if on_bridge else f"window {day(release.window.start, seen.zone)}",
        can_arm=on_bridge and run is not None and run.rollback is None,
        on_bridge=on_bridge and run is not None,
        relief=_relief(release),
    )


def _readiness(
    seen: Seen, release: Release, run: RunState | None, dry: DryRun | None
) -> tuple[Status, str, tuple[str, ...]]:
    """Give the state, its words, and what stands against the rollback."""
    if run is None:
        return _planned(seen, release)
    if run.rollback is not None:
        fired = run.rollback.fired_at is not None
        back = run.rollback.ending is RollbackEnding.ROLLED_BACK
        says = "rolled back" if back else ("fired" if fired else "armed")
        return (Status.DONE if back else Status.HOLD), says, ()
    if dry is None:
        return Status.UNKNOWN, "no dry run yet", ()
    if dry.forbids:
        return Status.UNKNOWN if dry.unseen else Status.NOT_STARTED, "not ready", dry.forbids
    if dry.asks_reason:
        return Status.ADVISORY, "reason needed", dry.asks_reason
    return Status.DONE, "ready", ()


def _planned(seen: Seen, release: Release) -> tuple[Status, str, tuple[str, ...]]:
    """Give how the way back of a night stands that was not opened: can it be built, was it tried.

    Whether a rehearsal ran this very plan is only known once the jobs were read.
    """
    reversible = {
        step.id for step in release.runbook.steps if step.way_back is not UndoKind.IRREVERSIBLE
    }
    built = build_rollback(release, reversible)
    if isinstance(built, Refusal):
        return Status.WARNING, "cannot be built", tuple(each.says for each in built.reasons)
    kept = [each.at for each in seen.state.rehearsals.get(release.id, ()) if each.rollback_plan]
    if not kept:
        return Status.ADVISORY, "never rehearsed", ("it was never rehearsed to its end",)
    age = seen.now - max(kept)
    if age > seen.state.workspace.policy.rehearsal_age:
        return Status.ADVISORY, "decayed", (f"its rehearsal is {age.days} days old",)
    return Status.SAFE_UNTIL, "looked at again at opening", ()


def _relief(release: Release) -> str:
    """Give the relief that a plan marks, which may be used without the rollback."""
    titles = ", ".join(step.title for step in release.runbook.relief)
    return f"Relief: {titles}" if titles else ""


def _targets(release: Release) -> str:
    return ", ".join(
        f"{item.service} {item.from_version}" for item in release.items if item.from_version
    )


def _latest(seen: Seen) -> str:
    if seen.forecast is None:
        return "latest safe start unknown"
    latest = seen.forecast.latest_safe_start
    return "no way back in time" if latest is None else f"latest {clock(latest, seen.zone)}"
