"""Building the prepared rollback: the forward plan in reverse, with what a person edited.

The whole plan is turned round and edited first and cut down to the covered steps then, so that an
edit means the same whatever has begun.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from immutables import Map

from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import Digest, ServiceId, StepId
from relconsole.domain.kernel.refusal import Reason, Refusal
from relconsole.domain.plan.backout import add_durations
from relconsole.domain.plan.graph import all_followers, bridge_over, find_cycle, order_steps
from relconsole.domain.plan.runbook import Runbook, Step, UndoKind
from relconsole.domain.release.release import Item, Release, RollbackEdits, UndoEdit
from relconsole.domain.rollback.plan import RollbackPlan
from relconsole.domain.rollback.preflight import PlannedItem
from relconsole.domain.rollback.relief import relief_steps
from relconsole.domain.rollback.reverse import has_way_back, reverse_steps, undo_id

_NO_CALLS: Map[StepId, Digest | None] = Map()


def build_rollback(
    release: Release,
    covered: AbstractSet[StepId],
    edits: RollbackEdits | None = None,
    *,
    under_way: AbstractSet[StepId] = frozenset(),
    standing: AbstractSet[StepId] = frozenset(),
    calls: Mapping[StepId, Digest | None] = _NO_CALLS,
) -> RollbackPlan | Refusal:
    """Give the way back of the covered steps: those that have begun, or a choice of them.

    ``edits`` None takes the release's own. ``under_way`` are the covered ones that have not
    finished, so that old and new version may be met; ``standing`` are steps that have begun and are
    to stay; ``calls`` what the undo and added steps call, by their ids. Refused with every reason:
    an unknown step, an irreversible one among the covered, one left standing that follows an undone
    one, edits that name what is not there, an id used twice, a cycle.
    """
    chosen = release.rollback if edits is None else edits
    reasons = (
        *_check_covered(release.runbook, covered, standing),
        *_check_edits(release.runbook, chosen),
    )
    if reasons:
        return Refusal(reasons=reasons)
    whole = edit_reversed(release.runbook, chosen)
    cycle = find_cycle(whole)
    if cycle:
        says = f"edited so that {' after '.join((*cycle, cycle[0]))}"
        return Refusal(reasons=(_reason("rollback_cycle", cycle[0], says),))
    steps = _cut_down(whole, covered, chosen, restore_durations(chosen))
    forward = {undo_id(step): step for step in covered}
    present = {step.id for step in steps}
    return RollbackPlan(
        release=release.id,
        covered=tuple(sorted(covered)),
        steps=steps,
        undoes=Map({undo: step for undo, step in forward.items() if undo in present}),
        items=tuple(_plan_items(release, covered, under_way, standing)),
        restore_points=tuple(point for point in chosen.restore_points if point.before in covered),
        control_totals=chosen.control_totals,
        calls=Map({step.id: calls.get(step.id) for step in steps}),
    )


def restore_durations(edits: RollbackEdits) -> Mapping[StepId, ThreePoint]:
    """Give how long bringing back what was saved before each step takes, several added up."""
    found: dict[StepId, ThreePoint] = {}
    for point in edits.restore_points:
        if point.restore is not None:
            known = found.get(point.before)
            found[point.before] = add_durations(known, point.restore) if known else point.restore
    return Map(found)


def reckoned_runbook(release: Release) -> Runbook:
    """Give the runbook with undo durations as edited: what the latest safe start is reckoned from.

    Edits of order and added steps are not in it: the way back is reckoned in the reverse of the
    forward order.
    """
    longer = {edit.undo: edit.duration for edit in release.rollback.edits if edit.duration}
    return replace(
        release.runbook,
        steps=tuple(
            replace(step, undo=replace(step.undo, duration=longer[undo_id(step.id)]))
            if has_way_back(step) and undo_id(step.id) in longer
            else step
            for step in release.runbook.steps
        ),
    )


def edit_reversed(runbook: Runbook, edits: RollbackEdits) -> tuple[Step, ...]:
    """Give the undo steps of the whole plan as edited, and the added steps after them."""
    changed = {edit.undo: edit for edit in edits.edits}
    undos = tuple(
        _edit(step, changed[step.id]) if step.id in changed else step
        for step in reverse_steps(runbook.steps, undo_id)
    )
    return (*undos, *edits.extra)


def services_of(step: Step) -> frozenset[ServiceId]:
    """Give the services a step belongs to: those it names, else the one its job is told."""
    if step.services:
        return frozenset(step.services)
    deployed = deployed_by(step)
    return frozenset() if deployed is None else frozenset((deployed,))


def deployed_by(step: Step) -> ServiceId | None:
    """Give the service that the step's job is told, None where there is no job or no service."""
    told = step.run.parameters.get("service") if step.run else None
    return ServiceId(told) if told else None


def changes_version(runbook: Runbook, service: ServiceId) -> frozenset[StepId]:
    """Give the steps that bring a service to its new version.

    Those whose job is told the service; where there is none, the steps that name it and change
    production.
    """
    deploying = frozenset(step.id for step in runbook.steps if deployed_by(step) == service)
    return deploying or frozenset(
        step.id
        for step in runbook.steps
        if step.changes_production and service in services_of(step)
    )


def _edit(step: Step, edit: UndoEdit) -> Step:
    return replace(
        step,
        title=step.title if edit.title is None else edit.title,
        owner=step.owner if edit.owner is None else edit.owner,
        after=step.after if edit.after is None else edit.after,
        duration=step.duration if edit.duration is None else edit.duration,
    )


def _cut_down(
    whole: tuple[Step, ...],
    covered: AbstractSet[StepId],
    edits: RollbackEdits,
    restore: Mapping[StepId, ThreePoint],
) -> tuple[Step, ...]:
    """Give the undo steps of the covered steps and the added ones, bridged over the others."""
    forward = {undo_id(step): step for step in covered}
    keep = {*forward, *(step.id for step in edits.extra)}
    waits_for = bridge_over(keep, {step.id: step.after for step in whole})
    kept: list[Step] = []
    for step in whole:
        if step.id in keep:
            extra = restore.get(forward[step.id]) if step.id in forward else None
            duration = add_durations(step.duration, extra) if extra else step.duration
            kept.append(replace(step, after=waits_for[step.id], duration=duration))
    return order_steps(tuple(kept))


def _check_covered(
    runbook: Runbook, covered: AbstractSet[StepId], standing: AbstractSet[StepId]
) -> Iterator[Reason]:
    """Give what speaks against covering these steps and leaving those."""
    known = {step.id: step for step in runbook.steps}
    for step in sorted((covered | standing) - known.keys()):
        yield _reason("unknown_step", step, f"there is no step {step}")
    for step in sorted(covered & known.keys()):
        if known[step].way_back is UndoKind.IRREVERSIBLE:
            yield _reason("irreversible_step", step, known[step].why_no_way_back)
    undone = {step for step in covered & known.keys() if has_way_back(known[step])}
    behind = all_followers(runbook.steps, undone) - covered
    for step in sorted(behind & standing):
        if known[step].way_back is not UndoKind.NONE:
            says = f"{step} would stand although what it builds on is undone"
            yield _reason("follower_left_standing", step, says, f"undo {step} too")


def _check_edits(runbook: Runbook, edits: RollbackEdits) -> Iterator[Reason]:
    """Give what speaks against the edits, whichever steps are covered."""
    forward = {step.id for step in runbook.steps}
    undos = {undo_id(step.id) for step in runbook.steps if has_way_back(step)}
    for taken in sorted(undos & forward):
        says = f"{taken} is a step of the plan and the undo of another one"
        yield _reason("undo_id_taken", taken, says, f"give the step {taken} another id")
    known, relief = set(undos), {step.id for step in relief_steps(runbook)}
    for extra in edits.extra:
        if extra.id in known | forward | relief:
            yield _reason("step_id_taken", extra.id, f"{extra.id} is used twice")
        known.add(extra.id)
    for edit in edits.edits:
        if edit.undo not in undos:
            yield _reason("unknown_undo", edit.undo, f"no step of the way back is {edit.undo}")
    for owner, after in (
        *((edit.undo, edit.after or ()) for edit in edits.edits),
        *((extra.id, extra.after) for extra in edits.extra),
    ):
        for one in after:
            if one not in known:
                says = f"{owner} waits for {one}, which is no step of the way back"
                yield _reason("unknown_undo", one, says)
    for point in edits.restore_points:
        if point.before not in forward:
            says = f"restore point {point.id} is taken before {point.before}, which is no step"
            yield _reason("unknown_step", point.before, says)


def _plan_items(
    release: Release,
    covered: AbstractSet[StepId],
    under_way: AbstractSet[StepId],
    standing: AbstractSet[StepId],
) -> Iterator[PlannedItem]:
    """Give each service with the versions it may be met at and the one it goes back to.

    One whose steps have not begun is expected on its old version already. One that stays on its new
    version, because its steps are left standing, is not among them.
    """
    production = frozenset(step.id for step in release.runbook.steps if step.changes_production)
    for item in release.items:
        changing = changes_version(release.runbook, item.service)
        if not _stays(changing, covered, standing):
            yield PlannedItem(
                service=item.service,
                environment=release.environment,
                before=_met_at(item, changing or production, covered, under_way),
                after=item.from_version,
            )


def _stays(
    changing: AbstractSet[StepId], covered: AbstractSet[StepId], standing: AbstractSet[StepId]
) -> bool:
    """Tell whether a service keeps its version; one that no step names does if anything stays."""
    if not changing:
        return bool(standing)
    return bool(changing & standing) and not changing & covered


def _met_at(
    item: Item,
    relevant: AbstractSet[StepId],
    covered: AbstractSet[StepId],
    under_way: AbstractSet[StepId],
) -> tuple[str, ...]:
    """Give the versions the service may run now: old, new, or either while in between."""
    done = relevant & covered - under_way
    old = () if relevant and done == relevant else (item.from_version,)
    new = (item.to_version,) if relevant & covered else ()
    return tuple(version for version in (*old, *new) if version is not None)


def _reason(rule: str, thing: str, says: str, lifts: str = "") -> Reason:
    return Reason(rule=rule, thing=thing, says=says, lifts=lifts)
