"""Workspaces that anybody could import during the night, each a way around the duties of somebody.

An import is not signed, so none of them may be taken in while the run is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from immutables import Map

from relconsole.domain.console.commands import ConsoleCommand, ImportWorkspace
from relconsole.domain.console.decide import decide
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from tests.promises.duties_people import RELEASE, workspace

REQUESTER, AUTHOR, GUEST = PersonId("ann"), PersonId("devon"), PersonId("carl")


@lru_cache(maxsize=1)
def moved_grounds() -> tuple[Workspace, ...]:
    """Give the workspaces in which somebody may do what they may not in the right one."""
    right = workspace()
    release = right.releases[RELEASE]
    people = right.estate.people

    def with_people(changed: Mapping[PersonId, Any]) -> Workspace:
        return replace(right, estate=replace(right.estate, people=Map(changed)))

    return (
        with_people({**people, AUTHOR: replace(people[AUTHOR], aliases=())}),
        with_people({**people, GUEST: replace(people[GUEST], roles=("lead",))}),
        with_people({id_: one for id_, one in people.items() if id_ != AUTHOR}),
        replace(right, policy=Policy()),
        replace(right, releases=Map({RELEASE: replace(release, authors=())})),
        replace(right, releases=Map({RELEASE: replace(release, requester=GUEST)})),
    )


def import_over_an_open_run(
    state: ConsoleState, command: ConsoleCommand, actor: Actor, now: datetime, journal: str
) -> tuple[ConsoleFact, ...] | Refusal:
    """Decide as a console that takes in a workspace whatever runs are open."""
    if isinstance(command, ImportWorkspace):
        state = replace(state, runs=NO_RUNS)
    return decide(state, command, actor, now, journal)


NO_RUNS: Final[Map[Any, Any]] = Map()
