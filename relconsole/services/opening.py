"""Opening a run, or taking one up: the plan bound to its jobs, the approval, the lease."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from relconsole.domain.console.decide import digest_value
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import Digest, ReleaseId, RunId, StepId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.observation import Observation, Unknown
from relconsole.domain.kernel.refusal import Refusal, refuse
from relconsole.domain.night.intents import calls_jobs_of
from relconsole.domain.night.run_commands import OpenRun, TakeUp
from relconsole.domain.plan.digest import plan_digest, step_digest
from relconsole.domain.readiness.itsm import (
    APPROVED_STATES,
    ChangeApproval,
    ItsmCriterion,
    judge_change,
)
from relconsole.domain.release.release import Release
from relconsole.domain.rollback.relief import all_steps
from relconsole.ports.clock import Clock, Ids
from relconsole.ports.journal import Lease
from relconsole.ports.plugins import Plugins
from relconsole.services.calls import read_calls
from relconsole.services.desk import Desk


def _nobody_is_known_gone(_name: str) -> bool:
    """Tell of no holder that it is gone."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds the lease of a run: this console, by a name that no other bears.

    ``is_gone`` tells of another holder's name whether its program is known to have ended.
    """

    name: str
    lease_seconds: float
    console: str
    is_gone: Callable[[str], bool] = _nobody_is_known_gone


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """A run under this console's lease."""

    run: RunId
    lease: Lease


class Opener:
    """Opens runs and takes them up."""

    def __init__(
        self, *, desk: Desk, plugins: Plugins, clock: Clock, ids: Ids, holder: Holder
    ) -> None:
        """Take the desk, the ports and the holder's name."""
        self._desk = desk
        self._plugins = plugins
        self._clock = clock
        self._ids = ids
        self._holder = holder

    async def open_or_take_up(self, release_id: ReleaseId, *, rehearsal: bool) -> TakenUp | Refusal:
        """Give the release's open run under our lease, a new one where none is open."""
        standing = self._desk.state.newest_run(release_id)
        if standing is None or standing.is_over:
            opened = await self._open(release_id, rehearsal=rehearsal)
            return opened if isinstance(opened, Refusal) else await self.take_up(opened)
        return await self.take_up(standing.id)

    async def _open(self, release_id: ReleaseId, *, rehearsal: bool) -> RunId | Refusal:
        """Give a new run of the release as it stands."""
        release = self._desk.state.workspace.releases.get(release_id)
        if release is None:
            return refuse("unknown_release", release_id, f"there is no release {release_id}")
        steps = all_steps(release.runbook)
        reads = calls_jobs_of(release, rehearsal=rehearsal)
        try:
            calls: Mapping[StepId, Digest | None] = (
                await read_calls(self._plugins, steps) if reads else {}
            )
        except (WorldIsDown, PersonMustAct) as failed:
            says = f"what its jobs would run cannot be read: {failed}"
            return refuse("call_unreadable", release_id, says, "the system answers")
        plan = plan_digest(release.runbook, calls)
        approval = None if rehearsal else await self._approval(release, plan)
        run = RunId(self._ids.fresh())
        opened = await self._desk.submit(
            OpenRun(
                run=run,
                release=release.id,
                rehearsal=rehearsal,
                holder=self._holder.name,
                plan=plan,
                step_digests={step.id: step_digest(step, calls.get(step.id)) for step in steps},
                calls=calls,
                approval="no change record" if approval is None else approval.says,
                approval_gaps=()
                if approval is None
                else tuple(each.says for each in approval.reasons),
                policy=digest_value(self._desk.state.workspace.policy),
                console=self._holder.console,
            )
        )
        return opened if isinstance(opened, Refusal) else run

    async def _approval(self, release: Release, plan: Digest) -> ItsmCriterion | None:
        """Give how the change stands approved, None where the release names no change."""
        if release.change is None:
            return None
        system = release.change.system
        policy = self._desk.state.workspace.policy
        reading: Observation[ChangeApproval] | Unknown
        try:
            record = await self._plugins.read_change(system, release.change.id)
        except (WorldIsDown, PersonMustAct) as failed:
            reading = Unknown(why=f"{system}: {failed}")
        else:
            reading = (
                Unknown(why=f"{system} has no change {release.change.id}")
                if record is None
                else Observation(
                    value=ChangeApproval(
                        id=record.id,
                        state=record.state,
                        requester=record.requester,
                        approver=record.approver,
                        approved_at=record.approved_at,
                        approved_digest=None
                        if record.approved_digest is None
                        else Digest(record.approved_digest),
                    ),
                    source=system,
                    observed_at=self._clock.now(),
                    time_to_live=policy.freshness,
                )
            )
        people = self._desk.state.workspace.estate.people
        now = self._clock.now()
        states = release.change.states
        own = {state for state in (states.approved, states.running) if state}
        return judge_change(
            people,
            release,
            reading,
            digest=plan,
            now=now,
            approved_states=own if states.approved else APPROVED_STATES,
        )

    async def take_up(self, run: RunId) -> TakenUp | Refusal:
        """Give the run under our lease; refused while another console's has not run out.

        What is refused takes no token, so that whoever holds the run can still settle what is open.
        """
        holder, fence = self._holder, self._desk.run(run).fence
        wanted = TakeUp(run=run, holder=holder.name, fence=fence + 1, console=holder.console)
        refusal = self._desk.would_refuse(wanted, self._desk.console)
        if refusal is not None:
            return refusal
        lease = await self._take_lease(run)
        if lease.holder != self._holder.name and self._holder.is_gone(lease.holder):
            await self._desk.journal.release_lease(lease)
            lease = await self._take_lease(run)
        if lease.holder != self._holder.name:
            until = format_instant(lease.until)
            says = f"{lease.holder} holds run {run} until {until}"
            return refuse("lease_held", run, says, f"it runs out at {until}")
        await self._desk.must(replace(wanted, fence=lease.fence), self._desk.console)
        return TakenUp(run=run, lease=lease)

    async def _take_lease(self, run: RunId) -> Lease:
        """Give the run's lease: ours where it could be had, else as it stands."""
        return await self._desk.journal.take_lease(
            run, self._holder.name, self._clock.now(), self._holder.lease_seconds
        )
