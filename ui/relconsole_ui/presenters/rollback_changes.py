"""What a rollback will change, step by step, before and after; and what of it was looked at first.

Made from the armed rollback where there is one, else from the dry run, so that the same rows stand
before arming and after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.dry_run import DryRun
from relconsole.domain.night.rollback_facts import FleetRow, TotalMoment
from relconsole.domain.night.state import RollbackRun, RunState
from relconsole.domain.plan.runbook import Step
from relconsole.domain.release.release import ControlTotal, Item, Release, RestorePoint
from relconsole.domain.rollback.build import changes_version, services_of
from relconsole.domain.rollback.reverse import undo_id
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.looked_at import LookedAtRow
from relconsole_ui.presenters.words import counted, minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBackBasis:
    """The rollback that the rows are about: its steps, the fleet as read, what is covered."""

    steps: tuple[Step, ...]
    fleet: tuple[FleetRow, ...]
    covered: frozenset[StepId]
    read_at: datetime
    dry: DryRun | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One step of the way back: what it is about, before and after, and how long it takes."""

    number: int
    step: StepId
    about: str
    what: str
    before: str
    after: str
    lasts: str

    @property
    def key(self) -> str:
        """Give what tells the row from the others."""
        return self.step

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        about = f"{self.about}, " if self.about else ""
        return (
            f"{self.number}: {about}{self.what}, from {self.before} to {self.after}, {self.lasts}"
        )


def armed_basis(rollback: RollbackRun, dry: DryRun | None) -> WayBackBasis:
    """Give the basis of an armed rollback; a dry run of the same plan adds its estimate."""
    armed = rollback.armed
    same = dry is not None and dry.plan is not None and dry.plan.digest == armed.plan
    return WayBackBasis(
        steps=armed.steps,
        fleet=armed.fleet,
        covered=frozenset(armed.covered),
        read_at=rollback.armed_at,
        dry=dry if same else None,
    )


def dry_basis(dry: DryRun) -> WayBackBasis | None:
    """Give the basis of a dry run, None where there is no way back."""
    if dry.plan is None:
        return None
    return WayBackBasis(
        steps=dry.plan.steps,
        fleet=dry.fleet,
        covered=frozenset(dry.plan.covered),
        read_at=dry.at,
        dry=dry,
    )


def present_changes(run: RunState, release: Release, basis: WayBackBasis) -> tuple[ChangeRow, ...]:
    """Give a row for each step of the way back, in the order in which they run."""
    forward = {undo_id(step.id): step for step in run.runbook.steps}
    brings = {
        step: item
        for item in reversed(release.items)
        if item.from_version
        for step in changes_version(run.runbook, item.service)
    }
    return tuple(
        _change(run, basis, brings, step, number, forward.get(step.id))
        for number, step in enumerate(basis.steps, 1)
    )


def _change(
    run: RunState,
    basis: WayBackBasis,
    brings: Mapping[StepId, Item],
    step: Step,
    number: int,
    forward: Step | None,
) -> ChangeRow:
    item = None if forward is None else brings.get(forward.id)
    before, after = (
        _told_change(run, step, forward) if item is None else _version_change(basis, item)
    )
    estimate = None if basis.dry is None else basis.dry.estimate
    lasts = step.duration.likely if estimate is None else estimate.steps[step.id]
    services = {*services_of(step), *(services_of(forward) if forward is not None else ())}
    return ChangeRow(
        number=number,
        step=step.id,
        about=", ".join(sorted(services)) if item is None else item.service,
        what=step.title,
        before=before,
        after=after,
        lasts=minutes(lasts),
    )


def _version_change(basis: WayBackBasis, item: Item) -> tuple[str, str]:
    """Give the observed version and the one to go back to."""
    row = next((row for row in basis.fleet if row.service == item.service), None)
    observed = " and ".join(sorted(set(row.observed))) if row is not None else ""
    return observed or "unknown", item.from_version or "unknown"


def _told_change(run: RunState, step: Step, forward: Step | None) -> tuple[str, str]:
    """Give what jobs are told differently, else that what was done is undone."""
    was, told = _parameters(forward), _parameters(step)
    differing = sorted(key for key in was if key in told and was[key] != told[key])
    if differing:
        return _joined(was, differing), _joined(told, differing)
    if forward is None:
        return "not done", "done"
    return ("done" if run.steps[forward.id].was_done else "under way"), "undone"


def _parameters(step: Step | None) -> Mapping[str, str]:
    return {} if step is None or step.run is None else step.run.parameters


def _joined(parameters: Mapping[str, str], keys: list[str]) -> str:
    if len(keys) == 1:
        return parameters[keys[0]]
    return ", ".join(f"{key} {parameters[key]}" for key in keys)


def present_looked_at(
    run: RunState, release: Release, basis: WayBackBasis
) -> tuple[LookedAtRow, ...]:
    """Give the observed fleet against the plan, restore points, control totals, and replays."""
    points = (each for each in release.rollback.restore_points if each.before in basis.covered)
    return (
        *(_fleet_row(row) for row in basis.fleet),
        *(_point_row(run, point) for point in points),
        *(_total_row(run, total) for total in release.rollback.control_totals),
        *(
            LookedAtRow(
                status=Status.DONE,
                says=f"{step.title} replayed: {step.replays.duplicates}",
                note=f"proved by {step.replays.count} and {step.replays.amount}",
            )
            for step in run.runbook.steps
            if step.replays is not None and step.id in basis.covered
        ),
    )


def differences(rows: tuple[LookedAtRow, ...]) -> str:
    """Give how many of the rows are not as planned."""
    count = sum(row.status is not Status.DONE for row in rows)
    return counted(count, "difference") if count else "no difference"


def _fleet_row(row: FleetRow) -> LookedAtRow:
    observed = " and ".join(sorted(set(row.observed)))
    if row.ok:
        return LookedAtRow(
            status=Status.DONE, says=f"{row.service} runs {observed}", note="as planned"
        )
    if not observed:
        return LookedAtRow(
            status=Status.UNKNOWN, says=f"{row.service} is unknown: {row.says}", note="not seen"
        )
    return LookedAtRow(
        status=Status.ADVISORY,
        says=f"{row.service}: {row.says}",
        note=f"planned from {row.expected}",
    )


def _point_row(run: RunState, point: RestorePoint) -> LookedAtRow:
    lasts = "" if point.restore is None else f"restore {minutes(point.restore.likely)}"
    kept = run.restore_points.get(point.id)
    if kept is None:
        return LookedAtRow(
            status=Status.WARNING, says=f"Restore point {point.id} was not taken", note=lasts
        )
    return LookedAtRow(
        status=Status.DONE, says=f"Restore point {point.id} verified, {point.what}", note=lasts
    )


def _total_row(run: RunState, total: ControlTotal) -> LookedAtRow:
    taken = {each.moment: each.value for each in run.totals if each.total == total.id}
    before, after = taken.get(TotalMoment.BEFORE), taken.get(TotalMoment.AFTER)
    if before is None:
        return LookedAtRow(status=Status.UNKNOWN, says=f"{total.title}: not known from before")
    if after is None:
        return LookedAtRow(status=Status.DONE, says=f"{total.title}: {before:g} before")
    if abs(after - before) > total.tolerance:
        return LookedAtRow(
            status=Status.ADVISORY,
            says=f"{total.title}: {before:g} before, {after:g} after",
            note=f"{after - before:+g}",
        )
    return LookedAtRow(
        status=Status.DONE, says=f"{total.title}: before and after agree", note="0 differ"
    )
