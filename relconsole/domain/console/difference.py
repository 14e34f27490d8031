"""What a second reading of a workspace changes: which ids came, changed and went, by kind.

Only what is told apart by an id is compared; how a thing changed is for whoever shows both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from relconsole.domain.console.workspace import Workspace


class How(StrEnum):
    """What became of a thing."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not as it was; ``kind`` is the key under which its file lists it.

    The id of a dependency is ``from -> to (kind)``, of an authority ``act: role``; the rest of the
    policy is one thing of the id ``policy``.
    """

    kind: str
    id: str
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceDifference:
    """The changes from one workspace to the next, by kind in the order of the files, then by id."""

    changes: tuple[Change, ...] = ()

    def ids(self, kind: str, how: How) -> tuple[str, ...]:
        """Give the ids of one kind that came, changed or went."""
        return tuple(it.id for it in self.changes if it.kind == kind and it.how is how)


def difference(old: Workspace, new: Workspace) -> WorkspaceDifference:
    """Give what changed from one workspace to the next.

    A thing that only stands elsewhere in a list is unchanged.
    """
    before, after = _contents(old), _contents(new)
    return WorkspaceDifference(
        changes=tuple(
            Change(kind=kind, id=name, how=how)
            for kind in after
            for name in sorted(before[kind].keys() | after[kind].keys())
            if (how := _compare(before[kind], after[kind], name)) is not None
        )
    )


def count_contents(workspace: Workspace) -> Mapping[str, int]:
    """Give how many things of each kind a workspace holds; of the policy its authorities."""
    return {kind: len(things) for kind, things in _contents(workspace).items() if kind != "policy"}


def _compare(old: Mapping[str, object], new: Mapping[str, object], name: str) -> How | None:
    if name not in old:
        return How.ADDED
    if name not in new:
        return How.REMOVED
    return None if old[name] == new[name] else How.CHANGED


def _contents(workspace: Workspace) -> Mapping[str, Mapping[str, object]]:
    """Give all that a workspace holds, by kind and id."""
    estate, calendar, policy = workspace.estate, workspace.calendar, workspace.policy
    return {
        "teams": _keyed(estate.teams.items()),
        "people": _keyed(estate.people.items()),
        "environments": _keyed(estate.environments.items()),
        "services": _keyed(estate.services.items()),
        "dependencies": _keyed(
            (f"{it.source} -> {it.target} ({it.kind})", it) for it in estate.dependencies
        ),
        "freezes": _keyed((it.id, it) for it in calendar.freezes),
        "maintenance_windows": _keyed((it.id, it) for it in calendar.maintenance_windows),
        "reservations": _keyed((it.id, it) for it in calendar.reservations),
        "trains": _keyed((it.id, it) for it in calendar.trains),
        "exceptions": _keyed((it.id, it) for it in calendar.exceptions),
        "authorities": _keyed((f"{it.act}: {it.role}", it) for it in policy.authorities),
        "policy": {"policy": replace(policy, authorities=())},
        "systems": _keyed(workspace.systems.items()),
        "releases": _keyed(workspace.releases.items()),
    }


def _keyed(pairs: Iterable[tuple[str, object]]) -> Mapping[str, object]:
    """Give things by id; where one id has several, they are one thing together."""
    found: dict[str, object] = {}
    for name, thing in pairs:
        found[name] = (found[name], thing) if name in found else thing
    return found
