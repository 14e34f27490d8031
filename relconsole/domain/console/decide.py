"""The one door of the console: a command comes to facts, or to a refusal with reasons.

``decide`` is total and pure; it never simulates, sends or reads anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from relconsole.domain.console.commands import (
    ConsoleCommand,
    CountRehearsal,
    EnrolKey,
    ImportWorkspace,
    RegisterKey,
    RevokeKey,
    TakeOverKeys,
)
from relconsole.domain.console.decide_keys import keep_key, take_over_keys
from relconsole.domain.console.facts import (
    CalendarImported,
    ConnectedSystem,
    ConnectionsImported,
    ConsoleFact,
    EstateImported,
    PolicyImported,
    ReleaseImported,
    ReleaseRemoved,
    WorkspaceFact,
)
from relconsole.domain.console.holding import reasons_of_open_runs
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.ids import Digest, ReleaseId
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.around import Actor, Around
from relconsole.domain.night.decide import NightCommand, decide_night
from relconsole.domain.night.decide_muster import decide_muster
from relconsole.domain.night.decide_run import open_release
from relconsole.domain.night.muster_commands import AnswerMuster, CallPerson
from relconsole.domain.night.run_commands import OpenRun
from relconsole.domain.plan.digest import plain_of
from relconsole.domain.record.canonical import canonical, digest_of

Key = TypeVar("Key")
Value = TypeVar("Value")


def decide(
    state: ConsoleState, command: ConsoleCommand, actor: Actor, now: datetime, journal: str
) -> tuple[ConsoleFact, ...] | Refusal:
    """Give what a command comes to at an instant in UTC, asked by this actor in this journal."""
    match command:
        case ImportWorkspace():
            return _import(state, command)
        case RegisterKey() | EnrolKey() | RevokeKey():
            return keep_key(state, command, actor, now, journal)
        case TakeOverKeys():
            return take_over_keys(state, command, now)
        case CountRehearsal(counted=counted):
            kept = state.rehearsals.get(counted.release, ())
            return () if any(each.run == counted.run for each in kept) else (counted,)
        case OpenRun(release=release):
            around = around_release(state, release, actor, now, journal)
            if isinstance(around, Refusal):
                return around
            return open_release(around, state.newest_run(release), command)
        case CallPerson(release=release) | AnswerMuster(release=release):
            around = around_release(state, release, actor, now, journal)
            if isinstance(around, Refusal):
                return around
            newest = state.newest_run(release)
            return decide_muster(around, None if newest and newest.is_over else newest, command)
        case _:
            return _decide_night(state, command, actor, now, journal)


def _decide_night(
    state: ConsoleState, command: NightCommand, actor: Actor, now: datetime, journal: str
) -> tuple[ConsoleFact, ...] | Refusal:
    """Give what a command about a run comes to."""
    run = state.runs.get(command.run)
    if run is None:
        return refuse("unknown_run", command.run, f"there is no run {command.run}")
    around = around_release(state, run.release, actor, now, journal)
    return around if isinstance(around, Refusal) else decide_night(around, run, command)


def around_release(
    state: ConsoleState, release: ReleaseId, actor: Actor, now: datetime, journal: str
) -> Around | Refusal:
    """Give what the decisions about a release's night may know when this actor asks."""
    found = state.workspace.releases.get(release)
    if found is None:
        return refuse("unknown_release", release, f"there is no release {release}", "import it")
    return Around(
        now=now,
        journal=journal,
        actor=actor,
        estate=state.workspace.estate,
        calendar=state.workspace.calendar,
        policy=state.workspace.policy,
        release=found,
        keys=state.keys,
    )


def _import(state: ConsoleState, command: ImportWorkspace) -> tuple[WorkspaceFact, ...] | Refusal:
    """Give a fact for each part that differs; an open run keeps its ground as it is."""
    facts = tuple(_parts_of(command))
    changed = tuple(
        fact
        for part, fact in facts
        if isinstance(fact, ReleaseRemoved) or state.digests.get(part) != fact.digest
    )
    gone = tuple(
        ReleaseRemoved(release=release)
        for release in state.workspace.releases
        if release not in command.workspace.releases
    )
    busy = tuple(reasons_of_open_runs(state, changed))
    has_run = tuple(
        Reason(
            rule="release_has_run",
            thing=fact.release,
            says=f"{fact.release} has run and is not removed",
            lifts="leave it in the workspace",
        )
        for fact in gone
        if fact.release in state.newest
    )
    if busy or has_run:
        return Refusal(reasons=(*busy, *has_run))
    return (*changed, *gone)


def _parts_of(command: ImportWorkspace) -> Iterator[tuple[str, WorkspaceFact]]:
    """Give each part of a workspace as the fact that it would be."""
    workspace = command.workspace
    estate = workspace.estate
    yield (
        "estate",
        EstateImported(
            teams=_in_order(estate.teams),
            people=_in_order(estate.people),
            environments=_in_order(estate.environments),
            services=_in_order(estate.services),
            dependencies=estate.dependencies,
            digest=digest_value(estate),
        ),
    )
    yield (
        "calendar",
        CalendarImported(calendar=workspace.calendar, digest=digest_value(workspace.calendar)),
    )
    yield (
        "policy",
        PolicyImported(policy=workspace.policy, digest=digest_value(workspace.policy)),
    )
    systems = tuple(
        ConnectedSystem(
            id=each.id,
            plugin=each.plugin,
            url=each.url,
            settings=canonical(each.settings).decode(),
        )
        for each in _in_order(workspace.systems)
    )
    yield "connections", ConnectionsImported(systems=systems, digest=digest_value(systems))
    for release in _in_order(workspace.releases):
        yield (
            f"release/{release.id}",
            ReleaseImported(release=release, digest=digest_value(release)),
        )


def _in_order(values: Mapping[Key, Value]) -> tuple[Value, ...]:
    """Give the values of a map by their keys: persistent maps keep no order of their own."""
    return tuple(value for _, value in sorted(values.items(), key=lambda item: str(item[0])))


def digest_value(value: object) -> Digest:
    """Give the digest of a value of the workspace, over its plain form."""
    return digest_of(plain_of(value))
