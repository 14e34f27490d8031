"""Arming a rollback: what is to be undone, over the fleet as it is; nothing changes outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import EnvironmentId, RunId, ServiceId, StepId
from relconsole.domain.kernel.refusal import Refusal, refuse
from relconsole.domain.night.rollback_commands import ArmRollback
from relconsole.domain.night.rollback_facts import FleetRow
from relconsole.domain.night.state import RunState
from relconsole.domain.release.release import Release
from relconsole.domain.rollback.build import build_rollback
from relconsole.domain.rollback.choice import close_choice
from relconsole.domain.rollback.decay import RehearsedRollback, decay_reasons
from relconsole.domain.rollback.plan import RollbackPlan
from relconsole.domain.rollback.preflight import Preflight, compare_fleet
from relconsole.ports.clock import Clock
from relconsole.ports.plugins import Plugins
from relconsole.services.calls import read_calls
from relconsole.services.desk import Desk, Records
from relconsole.services.fleet import read_fleet


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A rollback as it would be armed now, and what was seen."""

    plan: RollbackPlan
    rows: tuple[FleetRow, ...]
    decayed: tuple[str, ...]


class Armourer:
    """Prepares and arms the rollback of a run."""

    def __init__(self, *, desk: Desk, plugins: Plugins, clock: Clock) -> None:
        """Take the desk and the ports."""
        self._desk = desk
        self._plugins = plugins
        self._clock = clock

    async def prepare(self, run: RunId, only: ServiceId | None) -> Prepared | Refusal:
        """Give the rollback of what has begun, or of one service closed over what hangs on it."""
        found = self._desk.run(run)
        state = self._desk.state
        release = replace(state.workspace.releases[found.release], runbook=found.runbook)
        covered, standing = found.touched(), frozenset[StepId]()
        if only is not None:
            dependencies = state.workspace.estate.dependencies
            choice = close_choice(
                release, frozenset({only}), begun=covered, dependencies=dependencies
            )
            if isinstance(choice, Refusal):
                return choice
            covered, standing = frozenset(choice.covered), frozenset(choice.standing)
        plan = await self._build(found, release, covered, standing)
        if isinstance(plan, Refusal):
            return plan
        return Prepared(
            plan=plan,
            rows=await self.look(plan, place_of(found, release)),
            decayed=self._decayed(found, plan),
        )

    async def _build(
        self,
        run: RunState,
        release: Release,
        covered: frozenset[StepId],
        standing: frozenset[StepId],
    ) -> RollbackPlan | Refusal:
        """Give the plan of the way back, bound to what its jobs are now."""
        under_way = frozenset(step for step in covered if not run.steps[step].was_done)
        first = build_rollback(release, covered, under_way=under_way, standing=standing)
        if isinstance(first, Refusal):
            return first
        try:
            calls = await read_calls(self._plugins, first.steps)
        except (WorldIsDown, PersonMustAct) as failed:
            says = f"what the way back would run cannot be read: {failed}"
            return refuse("call_unreadable", release.id, says, "the system answers")
        return build_rollback(release, covered, under_way=under_way, standing=standing, calls=calls)

    async def look(
        self, plan: RollbackPlan, environment: EnvironmentId | None
    ) -> tuple[FleetRow, ...]:
        """Give the fleet where the run works, against what the plan was written for."""
        if environment is None:
            return ()
        return rows_of(await self._preflight(plan, environment), targets_of(plan))

    async def _preflight(self, plan: RollbackPlan, environment: EnvironmentId) -> Preflight:
        """Read the fleet and compare it."""
        workspace = self._desk.state.workspace
        items = tuple(replace(item, environment=environment) for item in plan.items)
        readings = await read_fleet(
            self._plugins,
            self._clock,
            workspace.estate,
            [(item.service, environment) for item in items],
            workspace.policy.freshness,
        )
        return compare_fleet(items, readings, self._clock.now())

    def _decayed(self, run: RunState, plan: RollbackPlan) -> tuple[str, ...]:
        """Give why no rehearsal backs this rollback, none where one does."""
        rehearsals = [
            RehearsedRollback(
                run=kept.run,
                at=kept.at,
                plan=kept.rollback_plan,
                targets={each.service: each.version for each in kept.targets},
            )
            for kept in self._desk.state.rehearsals.get(run.release, ())
            if kept.rollback_plan is not None
        ]
        reasons = decay_reasons(
            rehearsals,
            plan=plan.digest,
            targets=targets_of(plan),
            policy=self._desk.state.workspace.policy,
            now=self._clock.now(),
        )
        return tuple(each.says for each in reasons)

    async def arm(
        self, run: RunId, only: ServiceId | None, *, forced: bool = False, reason: str = ""
    ) -> Records | Refusal:
        """Arm the rollback; the facts hold the plan, the fleet, and what no rehearsal backs.

        ``reason`` is why it is armed although that is so, or the fleet differs.
        """
        prepared = await self.prepare(run, only)
        if isinstance(prepared, Refusal):
            return prepared
        plan = prepared.plan
        return await self._desk.submit(
            ArmRollback(
                run=run,
                only=only,
                covered=plan.covered,
                steps=plan.steps,
                calls=dict(plan.calls),
                plan=plan.digest,
                fleet=prepared.rows,
                decayed=prepared.decayed,
                forced=forced,
                reason=reason,
            )
        )


def place_of(run: RunState, release: Release) -> EnvironmentId | None:
    """Give where a run works: a rehearsal at its own place, None where it is only walked through.

    The plan stays that of the release, so that a rehearsal's digests are those of the night.
    """
    if not run.rehearsal:
        return release.environment
    return None if release.rehearsal is None else release.rehearsal.environment


def targets_of(plan: RollbackPlan) -> Mapping[ServiceId, str]:
    """Give the version that each service goes back to, where one is stated."""
    return {item.service: item.after for item in plan.items if item.after is not None}


def rows_of(preflight: Preflight, targets: Mapping[ServiceId, str]) -> tuple[FleetRow, ...]:
    """Give the comparison in the form in which it is recorded."""
    return tuple(
        FleetRow(
            service=row.service,
            environment=row.environment,
            expected=" or ".join(row.expected),
            target=targets.get(row.service, ""),
            observed=row.versions,
            ok=row.ok,
            says=row.why,
        )
        for row in preflight.rows
    )
