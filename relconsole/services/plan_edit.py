"""Recording a plan that was edited in place, before its night: one fact, as an import would be."""

from __future__ import annotations

from dataclasses import replace

from immutables import Map

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.kernel.ids import Digest, ReleaseId
from relconsole.domain.kernel.refusal import Refusal, refuse
from relconsole.domain.plan.digest import plan_digest
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.rollback.change_plan import with_plan
from relconsole.services.desk import Desk, Records


def bare_digest(runbook: Runbook) -> Digest:
    """Give the digest of a plan as it is written, whatever its jobs would run."""
    return plan_digest(runbook, {})


async def record_plan(
    desk: Desk, release: ReleaseId, runbook: Runbook, began_from: Digest
) -> Records | Refusal:
    """Give what the edited plan of a release came to, or why it is not taken.

    ``began_from`` is the bare digest of the plan that was edited. Refused while a night is open,
    where the plan has changed meanwhile, where it is the same, and for everything wrong in it.
    """
    found = desk.state.workspace.releases.get(release)
    if found is None:
        return refuse("unknown_release", release, f"there is no release {release}", "import it")
    run = desk.state.newest_run(release)
    if run is not None and not run.is_over:
        says = f"{release} has an open run and its plan would change"
        return refuse("release_is_running", release, says, "amend the run, or end it")
    if bare_digest(found.runbook) != began_from:
        says = f"the plan of {release} has changed since this edit began"
        return refuse("plan_changed", release, says, "begin the edit from the plan as it is")
    changed = with_plan(found, runbook, desk.state.workspace.estate.people)
    if isinstance(changed, Refusal):
        return changed
    if runbook == found.runbook:
        return refuse("plan_same", release, "the plan is as it was")
    workspace = desk.state.workspace
    releases = Map(workspace.releases).set(release, changed)
    return await desk.submit(ImportWorkspace(workspace=replace(workspace, releases=releases)))
