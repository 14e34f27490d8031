"""What an open run holds as it is: an import may not move the ground under a night.

Who a person is and what roles they hold decide whether a signature counts, and the policy says
whose is asked for; to change either by an unsigned import would be a way around every duty.
"""

from __future__ import annotations

from collections.abc import Iterator

from relconsole.domain.console.facts import (
    ConnectionsImported,
    EstateImported,
    PolicyImported,
    ReleaseImported,
    WorkspaceFact,
)
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.estate.people import names_of
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.night.systems_needed import systems_needed


def reasons_of_open_runs(
    state: ConsoleState, changed: tuple[WorkspaceFact, ...]
) -> Iterator[Reason]:
    """Give why these changes wait for the end of an open run: its release, people, policy, systems.

    Contacts, hours, zones and names may change, and people may come; a known person keeps the
    roles and every alias. A system that a run asks may get another address, but stays.
    """
    runs = tuple(state.open_runs().values())
    for run in runs:
        if any(
            isinstance(fact, ReleaseImported) and fact.release.id == run.release for fact in changed
        ):
            yield Reason(
                rule="release_is_running",
                thing=run.release,
                says=f"{run.release} has an open run and its release would change",
                lifts="amend the run, or end it",
            )
    if not runs:
        return
    lifts = f"import it once {', '.join(run.release for run in runs)} is over"
    for fact in changed:
        if isinstance(fact, EstateImported):
            yield from (
                Reason(
                    rule="people_of_open_run",
                    thing=person,
                    says=f"a run is open, and the names or roles of {person} would change",
                    lifts=lifts,
                )
                for person in _people_that_change(state, fact)
            )
        elif isinstance(fact, PolicyImported):
            yield Reason(
                rule="policy_of_open_run",
                thing="policy",
                says="a run is open, and the policy that it goes by would change",
                lifts=lifts,
            )
        elif isinstance(fact, ConnectionsImported):
            yield from _systems_that_go(state, fact)


def _systems_that_go(state: ConsoleState, fact: ConnectionsImported) -> Iterator[Reason]:
    """Give the known systems that an open run asks and that would be there no more."""
    gone = set(state.workspace.systems) - {system.id for system in fact.systems}
    for run in state.open_runs().values():
        needed = systems_needed(state.workspace.releases[run.release], run.runbook)
        yield from (
            Reason(
                rule="system_of_open_run",
                thing=system,
                says=f"a run of {run.release} is open, and it asks {system}",
                lifts=f"take it away once {run.release} is over",
            )
            for system in sorted(gone & needed)
        )


def _people_that_change(state: ConsoleState, fact: EstateImported) -> Iterator[str]:
    """Give the known people who would lose a name or stand with other roles."""
    coming = {person.id: person for person in fact.people}
    for id_, person in sorted(state.workspace.estate.people.items()):
        found = coming.get(id_)
        if (
            found is None
            or not names_of(found) >= names_of(person)
            or set(found.roles) != set(person.roles)
        ):
            yield id_
