"""Arming, firing and ending a rollback, its totals and restore points, and asked signatures."""

from __future__ import annotations

from typing import assert_never

from relconsole.domain.estate.people import are_one_person, find_person
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.around import Around, attribution_reasons, duties, gather, reason
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.rollback_commands import (
    ArmRollback,
    AskSignature,
    CloseTotal,
    DisarmRollback,
    EndRollback,
    FireRollback,
    KeepPreserved,
    KeepRestorePoint,
    KeepTotal,
    RollbackCommand,
)
from relconsole.domain.night.rollback_facts import (
    ControlTotalTaken,
    FleetRow,
    RestorePointKept,
    RollbackArmed,
    RollbackDisarmed,
    RollbackEnded,
    RollbackEnding,
    RollbackFired,
    StatePreserved,
    TotalDifferenceClosed,
    TwoPersonAct,
)
from relconsole.domain.night.second_person import ask_signature, second_reasons
from relconsole.domain.night.state import SETTLED, RunState
from relconsole.domain.night.step_commands import Said
from relconsole.domain.readiness.segregation import Duty
from relconsole.domain.record.effect_kinds import JOB_START


def decide_rollback(
    around: Around, run: RunState, command: RollbackCommand
) -> tuple[NightFact, ...] | Refusal:
    """Give what a command about the way back comes to."""
    match command:
        case AskSignature():
            asked = ask_signature(around, run, command)
            return asked if isinstance(asked, Refusal) else (asked,)
        case ArmRollback():
            return _arm(around, run, command)
        case DisarmRollback():
            return _disarm(around, run, command)
        case FireRollback():
            return _fire(around, run, command)
        case EndRollback():
            return _end(run, command)
        case KeepPreserved(folder=folder, files=files, digests=digests):
            if run.rollback is None:
                return refuse("not_armed", run.id, "no rollback is armed", "arm it first")
            return (StatePreserved(run=run.id, folder=folder, files=files, digests=digests),)
        case KeepTotal(total=total, moment=moment, value=value, says=says):
            refusal = gather(_observer_reasons(around, run, total))
            return refusal or (
                ControlTotalTaken(run=run.id, total=total, moment=moment, value=value, says=says),
            )
        case CloseTotal():
            return _close_total(around, run, command)
        case KeepRestorePoint():
            return _keep_point(around, run, command)
        case _:
            assert_never(command)


def _arm(around: Around, run: RunState, command: ArmRollback) -> tuple[NightFact, ...] | Refusal:
    """Give an armed rollback; it changes nothing outside.

    A fleet that differs from the plan refuses, unless people force it; unknown is never forced.
    """
    fired = run.rollback is not None and run.rollback.fired_at is not None
    refusal = gather(
        (reason("run_over", run.id, f"run {run.id} has ended"),) if run.is_over else (),
        (reason("fired", run.id, "a rollback was fired already"),) if fired else (),
        attribution_reasons(around, run, run.id),
        duties(around, run, Said(), Duty.START),
        () if command.steps else (reason("nothing_to_undo", run.id, "nothing was started yet"),),
        _fleet_reasons(command),
        _decay_reasons(run, command),
    )
    return refusal or (
        RollbackArmed(
            run=run.id,
            only=command.only,
            covered=command.covered,
            steps=command.steps,
            calls=command.calls,
            plan=command.plan,
            fleet=command.fleet,
            decayed=command.decayed,
            forced=command.forced,
            reason=command.reason,
        ),
    )


def _decay_reasons(run: RunState, command: ArmRollback) -> tuple[Reason, ...]:
    """Give why it takes a reason to arm: no rehearsal backs it; a rehearsal is what would."""
    if run.rehearsal or command.reason.strip():
        return ()
    return tuple(
        reason("decayed_without_reason", run.id, says, "a reason to arm it all the same (--reason)")
        for says in command.decayed
    )


def _fleet_reasons(command: ArmRollback) -> tuple[Reason, ...]:
    """Give the rows of the fleet that forbid arming."""
    return tuple(
        reason(
            "fleet_unknown" if not row.observed else "fleet_differs",
            f"{row.service}@{row.environment}",
            f"expected {row.expected}: {row.says}",
            "a fresh reading" if not row.observed else "a rollback for what is there, or force it",
        )
        for row in command.fleet
        if not row.ok and not (command.forced and row.observed)
    )


def _disarm(
    around: Around, run: RunState, command: DisarmRollback
) -> tuple[NightFact, ...] | Refusal:
    """Give an armed rollback as put away."""
    if run.rollback is None or run.rollback.fired_at is not None:
        return refuse("not_armed", run.id, "no rollback is armed")
    refusal = gather(attribution_reasons(around, run, run.id))
    return refusal or (RollbackDisarmed(run=run.id, note=command.said.note),)


def _fire(around: Around, run: RunState, command: FireRollback) -> tuple[NightFact, ...] | Refusal:
    """Give a fired rollback: two people, over the armed plan and the fleet as it is now."""
    if run.rollback is None or run.rollback.fired_at is not None:
        return refuse("not_armed", run.id, "no rollback is armed", "arm it first")
    person = around.actor.person
    if person is None and not run.rehearsal:
        return refuse("who_acts", run.id, "a rollback is fired by a person", "use --as, and sign")
    armed = run.rollback.armed
    moved = command.fleet != armed.fleet
    differs = reason("fleet_moved", run.id, "the fleet changed since arming", "arm it again")
    other = reason("armed_other", run.id, f"armed is {armed.plan}, not {command.plan}")
    refusal = gather(
        (reason("run_over", run.id, f"run {run.id} has ended"),) if run.is_over else (),
        attribution_reasons(around, run, run.id),
        duties(around, run, Said(), Duty.START),
        (differs,) if moved else (),
        (other,) if armed.plan != command.plan else (),
        _second_reasons(around, run, command),
    )
    return refusal or (
        RollbackFired(
            run=run.id, plan=armed.plan, second=command.second, person=person or run.commander
        ),
    )


def _second_reasons(around: Around, run: RunState, command: FireRollback) -> tuple[Reason, ...]:
    """Give why the second person's word is missing or does not count; a rehearsal needs none."""
    if command.second is not None:
        return second_reasons(around, run, TwoPersonAct.ROLLBACK, run.id, command.second)
    if run.rehearsal:
        return ()
    says = "a rollback is fired by two people"
    return (reason("second_person", run.id, says, "a second person signs the armed rollback"),)


def _observer_reasons(around: Around, run: RunState, thing: str) -> tuple[Reason, ...]:
    """Give why a person's word for something observed does not count; the console's own does."""
    if around.actor.is_console:
        return ()
    return (
        *attribution_reasons(around, run, thing),
        *duties(around, run, Said(), Duty.CONFIRM),
    )


def _keep_point(
    around: Around, run: RunState, command: KeepRestorePoint
) -> tuple[NightFact, ...] | Refusal:
    """Give a restore point as taken and verified, by the console or by a person who saw to it."""
    planned = any(each.id == command.point for each in around.release.rollback.restore_points)
    unknown = reason("no_restore_point", command.point, f"the plan has no point {command.point}")
    refusal = gather(() if planned else (unknown,), _observer_reasons(around, run, command.point))
    return refusal or (RestorePointKept(run=run.id, point=command.point, says=command.says),)


def _end(run: RunState, command: EndRollback) -> tuple[NightFact, ...] | Refusal:
    """Give a rollback as over; rolled back only as observed, with nothing left to reconcile."""
    if run.rollback is None or not run.rollback.is_running:
        return refuse("not_fired", run.id, "no rollback is running")
    open_steps = [
        step.id for step in run.rollback.armed.steps if run.steps[step.id].state not in SETTLED
    ]
    back = command.ending is RollbackEnding.ROLLED_BACK
    refusal = gather(
        tuple(
            reason("undo_open", step, f"{step} is {run.steps[step].state}")
            for step in open_steps
            if back
        ),
        tuple(reason("not_back", row.item, row.reason) for row in command.reconcile if back),
        _unseen_reasons(run.rollback.armed.fleet, command.fleet) if back else (),
        tuple(
            reason("effect_open", found.effect.id, f"{found.effect.kind} is {found.effect.state}")
            for found in run.open_effects()
            if back and found.effect.kind == JOB_START
        ),
    )
    return refusal or (
        RollbackEnded(
            run=run.id,
            ending=command.ending,
            fleet=command.fleet,
            reconcile=command.reconcile,
        ),
    )


def _unseen_reasons(
    armed: tuple[FleetRow, ...], observed: tuple[FleetRow, ...]
) -> tuple[Reason, ...]:
    """Give what of the armed fleet is not observed back: requested is not observed."""
    back = {(row.service, row.environment) for row in observed if row.ok}
    return tuple(
        reason(
            "not_back",
            f"{row.service}@{row.environment}",
            f"{row.service} at {row.environment} is not observed at {row.target}",
        )
        for row in armed
        if (row.service, row.environment) not in back
    )


def _close_total(
    around: Around, run: RunState, command: CloseTotal
) -> tuple[NightFact, ...] | Refusal:
    """Give a difference as closed: once it is known, and by somebody else than its owner."""
    person = around.actor.person
    people = around.estate.people
    same = person is not None and are_one_person(people, person, command.owner)
    taken = any((kept.total, kept.moment) == (command.total, command.moment) for kept in run.totals)
    untaken = f"{command.total} was not taken {command.moment.replace('_', ' ')}"
    unowned = "a difference is closed with an owner whom the estate knows"
    refusal = gather(
        attribution_reasons(around, run, command.total),
        () if taken else (reason("no_total", command.total, untaken),),
        ()
        if find_person(people, command.owner)
        else (reason("no_owner", command.total, unowned, "name its owner"),),
        (reason("owner_closes", command.total, f"{command.owner} owns it; another closes it"),)
        if same
        else (),
        (reason("no_cause", command.total, "a difference is closed with its cause"),)
        if not command.cause
        else (),
    )
    return refusal or (
        TotalDifferenceClosed(
            run=run.id,
            total=command.total,
            moment=command.moment,
            cause=command.cause,
            correction=command.correction,
            owner=command.owner,
        ),
    )
