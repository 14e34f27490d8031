"""Running a fired rollback to its end, and saying what it came to: by what is observed."""

from __future__ import annotations

import json
from datetime import datetime

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import Digest, EffectId, RunId, ServiceId, StepId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.observation import Unknown
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_commands import (
    EndRollback,
    FireRollback,
    KeepPreserved,
)
from relconsole.domain.night.rollback_facts import (
    FleetRow,
    ReconcileRow,
    RollbackEnding,
    TotalMoment,
)
from relconsole.domain.night.state import ENDED, RunState
from relconsole.domain.night.totals import open_totals
from relconsole.domain.record.effect import Effect, EffectState, Outcome
from relconsole.domain.record.request import Answer
from relconsole.domain.release.release import Item
from relconsole.domain.rollback.build import changes_version
from relconsole.domain.rollback.preflight import FleetReading
from relconsole.domain.rollback.preflight import read_fleet as read_reading
from relconsole.domain.rollback.reconcile import (
    ItemState,
    Reconciliation,
    RollbackState,
    UndoState,
    reconcile,
)
from relconsole.ports.clock import Clock
from relconsole.ports.evidence import Evidence
from relconsole.ports.plugins import Plugins
from relconsole.services.arming import Armourer, Prepared, place_of
from relconsole.services.desk import Desk, Records
from relconsole.services.fleet import read_fleet
from relconsole.services.patience import Patience
from relconsole.services.restore import RestoreKeeper

_UNDO_STATES = {
    StepState.NOT_STARTED: UndoState.NOT_STARTED,
    StepState.READY: UndoState.NOT_STARTED,
    StepState.RUNNING: UndoState.RUNNING,
    StepState.WAITING: UndoState.RUNNING,
    StepState.DONE: UndoState.DONE,
    StepState.DONE_WITH_REMARK: UndoState.DONE,
    StepState.FAILED: UndoState.FAILED,
    StepState.SKIPPED: UndoState.SKIPPED,
    StepState.NOT_NEEDED: UndoState.NOT_NEEDED,
}
_ENDINGS = {
    RollbackState.ROLLED_BACK: RollbackEnding.ROLLED_BACK,
    RollbackState.PARTIAL: RollbackEnding.PARTIAL,
    RollbackState.UNKNOWN: RollbackEnding.UNKNOWN,
}


class Retreat:
    """Fires an armed rollback, preserves the state before it, and reckons after it."""

    def __init__(
        self,
        *,
        desk: Desk,
        plugins: Plugins,
        clock: Clock,
        evidence: Evidence,
        armourer: Armourer,
        keeper: RestoreKeeper,
        patience: Patience,
    ) -> None:
        """Take the desk, the ports, what prepares and reads, and the night's own patience."""
        self._desk = desk
        self._plugins = plugins
        self._clock = clock
        self._evidence = evidence
        self._armourer = armourer
        self._keeper = keeper
        self._patience = patience
        self._lacking = patience.beside()
        self._called_off: set[EffectId] = set()

    async def fire(self, run: RunId, second: Answer | None) -> Records | Refusal:
        """Fire the armed rollback over the fleet as it is at this moment."""
        found = self._desk.run(run)
        only = found.rollback.armed.only if found.rollback else None
        prepared = await self._armourer.prepare(run, only)
        if isinstance(prepared, Refusal):
            return prepared
        return await self._desk.submit(self._fire_command(run, prepared, second))

    def _fire_command(self, run: RunId, prepared: Prepared, second: Answer | None) -> FireRollback:
        """Give the command over what was prepared just now."""
        return FireRollback(run=run, plan=prepared.plan.digest, fleet=prepared.rows, second=second)

    async def preserve(self, run: RunId) -> None:
        """Save the state before the first rollback step, once, with digests."""
        found = self._desk.run(run)
        if found.rollback is None or found.rollback.preserved:
            return
        files: list[str] = []
        digests: list[Digest] = []
        for name, content in self._state_files(found):
            path, digest = await self._evidence.keep(f"before-rollback-{run}", name, content)
            files.append(path)
            digests.append(digest)
        kept = KeepPreserved(
            run=run,
            folder=f"before-rollback-{run}",
            files=tuple(files),
            digests=tuple(digests),
        )
        await self._desk.must(kept, self._desk.console)

    def _state_files(self, run: RunState) -> list[tuple[str, bytes]]:
        """Give what is saved: where each step stood, what jobs printed, triggers, the fleet."""
        steps = {
            step: {
                "state": found.state,
                "started": found.started and format_instant(found.started),
                "ended": found.ended and format_instant(found.ended),
            }
            for step, found in sorted(run.steps.items())
        }
        triggers = {name: list(stood.reasons) for name, stood in sorted(run.triggers.items())}
        fleet = [
            {"service": row.service, "environment": row.environment, "observed": row.observed}
            for row in (run.rollback.armed.fleet if run.rollback else ())
        ]
        whole = {"run": run.id, "steps": steps, "triggers": triggers, "fleet": fleet}
        outputs = [
            (f"output-{effect}.txt", found.output.encode())
            for effect, found in sorted(run.effects.items())
            if found.output
        ]
        return [("state.json", json.dumps(whole, indent=1, sort_keys=True).encode()), *outputs]

    async def settle_forward(self, run: RunId) -> None:
        """Ask the systems to stop the forward jobs that still run when a rollback was fired.

        Each job once; a system that cannot be reached is asked again later and holds up no other.
        """
        for effect_id, found in sorted(self._desk.run(run).effects.items()):
            effect = found.effect
            if (
                found.intent.purpose is not Purpose.STEP
                or effect.state is not EffectState.ACKNOWLEDGED
                or effect.remote is None
                or effect_id in self._called_off
                or not self._patience.may_ask(effect.system)
                or not self._lacking.may_ask(effect.system)
            ):
                continue
            reason = f"rollback of run {run} was fired ({effect_id})"
            try:
                await self._plugins.cancel(effect.system, effect.kind, effect.remote, reason)
            except WorldIsDown as down:
                self._patience.failed(effect.system, down.what, down.retry_after)
                continue
            except PersonMustAct as wrong:
                self._lacking.failed(effect.system, str(wrong))
                continue
            self._patience.answered(effect.system)
            self._called_off.add(effect_id)

    def has_settled_forward(self, run: RunId) -> bool:
        """Tell whether what became of every forward job is known."""
        return not any(
            found.is_open and found.intent.purpose is Purpose.STEP
            for found in self._desk.run(run).effects.values()
        )

    def is_through(self, run: RunId) -> bool:
        """Tell whether every step of the rollback has ended."""
        found = self._desk.run(run)
        steps = found.rollback.armed.steps if found.rollback else ()
        return all(found.steps[step.id].state in ENDED for step in steps)

    async def reckon(self, run: RunId) -> tuple[Reconciliation, tuple[FleetRow, ...]]:
        """Give what is not as it was before the release, by what is observed now."""
        found = self._desk.run(run)
        workspace = self._desk.state.workspace
        release = workspace.releases[found.release]
        rows = found.rollback.armed.fleet if found.rollback else ()
        wanted = {row.service for row in rows}
        items = [item for item in release.items if item.service in wanted]
        place = place_of(found, release) or release.environment
        readings = await read_fleet(
            self._plugins,
            self._clock,
            workspace.estate,
            [(item.service, place) for item in items],
            workspace.policy.freshness,
        )
        states = [
            ItemState(
                service=item.service,
                environment=place,
                old=item.from_version,
                desired=desired_version(found, item),
                reading=readings.get((item.service, place)),
            )
            for item in items
        ]
        now = self._clock.now()
        totals = open_totals(found, release)
        result = reconcile(states, _undo_states(found), totals, now)
        observed = tuple(
            _observe(row, readings.get((row.service, row.environment)), now) for row in rows
        )
        return result, observed

    async def end(self, run: RunId) -> Records | Refusal:
        """Say what the rollback came to, by what is observed now.

        Control totals are taken once, when every step of it has ended.
        """
        if self.is_through(run):
            await self._keeper.take_totals(run, TotalMoment.AFTER_ROLLBACK)
        result, fleet = await self.reckon(run)
        return await self._desk.submit(
            EndRollback(
                run=run,
                ending=_ENDINGS[result.state],
                fleet=fleet,
                reconcile=tuple(
                    ReconcileRow(item=row.item, reason=row.reason) for row in result.rows
                ),
            ),
            self._desk.console,
        )


def _observe(row: FleetRow, reading: FleetReading | None, now: datetime) -> FleetRow:
    """Give a row with what is observed after the rollback against the version to go back to."""
    fleet = read_reading(reading, now)
    versions = () if isinstance(fleet, Unknown) else tuple(sorted(set(fleet.values())))
    says = fleet.why if isinstance(fleet, Unknown) else ""
    return FleetRow(
        service=row.service,
        environment=row.environment,
        expected=row.target,
        target=row.target,
        observed=versions,
        ok=versions == (row.target,),
        says=says,
    )


def _undo_states(run: RunState) -> dict[StepId, UndoState]:
    """Give where each undo step stands; one whose job is not settled is unknown."""
    found: dict[StepId, UndoState] = {}
    for step in run.rollback.armed.steps if run.rollback else ():
        standing = run.steps[step.id]
        attempt = len(standing.attempts)
        unsettled = any(each.is_open for each in run.step_effects(step.id, attempt))
        found[step.id] = (
            UndoState.UNKNOWN
            if unsettled and standing.state not in ENDED
            else _UNDO_STATES[standing.state]
        )
    return found


def desired_version(run: RunState, item: Item) -> str | None:
    """Give the version that was last asked for and confirmed, None where nobody knows.

    Before anything of a service began it is the old one; a job that failed leaves it unknown until
    a later one succeeds, and one that did nothing asked for nothing.
    """
    desired = item.from_version
    changing = changes_version(run.runbook, ServiceId(item.service))
    acts: list[tuple[datetime, StepId, str | None, bool]] = []
    for step_id, standing in run.steps.items():
        undo = run.is_undo(step_id)
        forward = StepId(step_id.removeprefix("undo-")) if undo else step_id
        if forward not in changing:
            continue
        for attempt in standing.attempts:
            works = run.step_effects(step_id, attempt.number)
            if works and all(_did_nothing(each.effect) for each in works):
                continue
            done = (
                all(each.effect.outcome is Outcome.SUCCEEDED for each in works)
                if works
                else attempt.ending in {StepState.DONE, StepState.DONE_WITH_REMARK}
            )
            version = item.from_version if undo else item.to_version
            told = attempt.inputs.get("version", version)
            acts.append((attempt.started, step_id, told, done))
    for _, _, version, done in sorted(acts, key=lambda act: act[:2]):
        desired = version if done else None
    return desired


def _did_nothing(effect: Effect) -> bool:
    """Tell whether an effect is known never to have happened."""
    by_hand = effect.state is EffectState.SETTLED_BY_HAND and effect.outcome is None
    return by_hand or effect.state is EffectState.REFUSED
