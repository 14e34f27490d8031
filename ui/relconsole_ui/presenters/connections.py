"""The connected systems as a list: which are live, which not since when and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.night.systems_needed import systems_needed
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.seen import Source, SourceStanding
from relconsole_ui.presenters.settings_seen import SettingsSeen
from relconsole_ui.presenters.words import clock_seconds, counted, minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRow:
    """A connected system; ``why_no_remove`` is empty where it may be taken away."""

    key: str
    title: str
    plugin: str
    address: str
    state: str
    why: str
    status: Status
    why_no_remove: str

    @property
    def sentence(self) -> str:
        """Give the system as it is spoken."""
        parts = (f"{self.title}, {self.plugin}", self.address, self.state, self.why)
        return ". ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRows:
    """The systems by name."""

    rows: tuple[ConnectionRow, ...]
    note: str
    empty: str


def present_connections(seen: SettingsSeen, titles: Mapping[str, str]) -> ConnectionRows:
    """Give the systems; ``titles`` are those of the plugins, by name."""
    systems = seen.state.workspace.systems
    standing = {each.system: each for each in seen.sources}
    needed = _needed(seen)
    rows = tuple(
        _row(seen, system, titles, standing.get(system), needed.get(system, ()))
        for system in sorted(systems)
    )
    live = sum(row.status is Status.DONE for row in rows)
    return ConnectionRows(
        rows=rows,
        note=f"{live} of {counted(len(rows), 'system')} live" if rows else "",
        empty="" if rows else "No system is connected. Without one, every reading is by voice.",
    )


def _row(
    seen: SettingsSeen,
    id_: SystemId,
    titles: Mapping[str, str],
    source: Source | None,
    needed_by: Iterable[str],
) -> ConnectionRow:
    system = seen.state.workspace.systems[id_]
    standing = SourceStanding.UNKNOWN if source is None else source.standing
    since = None if source is None else source.since
    releases = ", ".join(sorted(needed_by))
    return ConnectionRow(
        key=id_,
        title=id_,
        plugin=titles.get(system.plugin, system.plugin),
        address=system.url,
        state=_state(seen, standing, since),
        why="" if source is None else source.why,
        status=_status(standing),
        why_no_remove=f"the open night of {releases} asks it" if releases else "",
    )


def _needed(seen: SettingsSeen) -> Mapping[SystemId, tuple[str, ...]]:
    """Give by system the releases whose open run asks it."""
    found: dict[SystemId, tuple[str, ...]] = {}
    for run in seen.state.open_runs().values():
        release = seen.state.workspace.releases[run.release]
        for system in systems_needed(release, run.runbook):
            found[system] = (*found.get(system, ()), release.title)
    return found


def _status(standing: SourceStanding) -> Status:
    match standing:
        case SourceStanding.LIVE:
            return Status.DONE
        case SourceStanding.STALE:
            return Status.STALE
        case SourceStanding.AWAY:
            return Status.WARNING
        case SourceStanding.UNKNOWN:
            return Status.UNKNOWN
        case _:
            assert_never(standing)


def _state(seen: SettingsSeen, standing: SourceStanding, since: datetime | None) -> str:
    if since is None:
        return "not asked yet"
    age = minutes(max(seen.now - since, seen.now - seen.now))
    match standing:
        case SourceStanding.LIVE:
            return f"live, answered {age} ago"
        case SourceStanding.STALE:
            return f"stale, answered {age} ago"
        case SourceStanding.AWAY | SourceStanding.UNKNOWN:
            return f"away since {clock_seconds(since, seen.zone)}, {age}"
        case _:
            assert_never(standing)
