"""How each fact changes the state of the console: the fold, and nothing but the fold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeAlias, assert_never, cast, get_args

import msgspec
from immutables import Map

from relconsole.domain.console.facts import (
    CalendarImported,
    ConnectionsImported,
    ConsoleFact,
    EstateImported,
    KeysTakenOver,
    PolicyImported,
    ReleaseImported,
    ReleaseRemoved,
    WorkspaceFact,
)
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.changing import changed
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.kernel.json import Json
from relconsole.domain.night.evolve import NightFact, evolve_run, open_run
from relconsole.domain.night.facts import RunOpened
from relconsole.domain.night.muster_facts import MusterFact, PersonCalled, PersonGone, PersonHere
from relconsole.domain.night.muster_marks import NOTHING, PersonMark, marked
from relconsole.domain.night.rollback_facts import RehearsalCounted
from relconsole.domain.readiness.keys import (
    KeyEnrolled,
    KeyFact,
    KeyRegistered,
    KeyRevoked,
    entitled_to_enrol,
    evolve_keyring,
)
from relconsole.domain.record.recorded import Recorded

_Rest: TypeAlias = (
    WorkspaceFact | KeyFact | KeysTakenOver | RunOpened | MusterFact | RehearsalCounted
)
_OF_A_RUN: Final = frozenset(get_args(NightFact))
"""By far the most facts are of these types."""


def evolve(state: ConsoleState, recorded: Recorded[ConsoleFact]) -> ConsoleState:
    """Give the state after one more fact."""
    if type(recorded.fact) in _OF_A_RUN:
        return _evolve_night(state, cast("Recorded[NightFact]", recorded))
    return _evolve_rest(state, cast("Recorded[_Rest]", recorded))


def _evolve_rest(state: ConsoleState, recorded: Recorded[_Rest]) -> ConsoleState:
    """Give the state after a fact of the workspace, of keys, or of a run that begins."""
    fact = recorded.fact
    match fact:
        case (
            EstateImported()
            | CalendarImported()
            | PolicyImported()
            | ConnectionsImported()
            | ReleaseImported()
            | ReleaseRemoved()
        ):
            return _import(changed(state, size=recorded.seq), fact)
        case KeyRegistered() | KeyEnrolled() | KeyRevoked():
            estate, policy = state.workspace.estate, state.workspace.policy
            entitled = entitled_to_enrol(policy, estate)
            keys = evolve_keyring(state.keys, fact, estate.people, entitled)
            return changed(state, size=recorded.seq, keys=keys)
        case KeysTakenOver(effective=effective):
            counting = Map({each.person: each.fingerprint for each in effective})
            keys = replace(state.keys, effective=counting)
            return changed(state, size=recorded.seq, keys=keys)
        case RunOpened():
            run = open_run(cast("Recorded[RunOpened]", recorded))
            return changed(
                state,
                size=recorded.seq,
                runs=state.runs.set(run.id, run),
                newest=state.newest.set(run.release, run.id),
            )
        case PersonCalled() | PersonHere() | PersonGone():
            return _muster(changed(state, size=recorded.seq), fact, recorded.at)
        case RehearsalCounted(release=release):
            kept = (*state.rehearsals.get(release, ()), fact)
            rehearsals = state.rehearsals.set(release, kept)
            return changed(state, size=recorded.seq, rehearsals=rehearsals)
        case _:
            assert_never(fact)


def _muster(state: ConsoleState, fact: MusterFact, at: datetime) -> ConsoleState:
    """Give the state after a word about a muster."""
    marks = state.musters.get(fact.release, Map[PersonId, PersonMark]())
    mark = marked(marks.get(fact.person, NOTHING), fact, at)
    return changed(state, musters=state.musters.set(fact.release, marks.set(fact.person, mark)))


def fold(
    records: Iterable[Recorded[ConsoleFact]], start: ConsoleState | None = None
) -> ConsoleState:
    """Give the state that these facts, in their order, come to."""
    state = start or ConsoleState()
    for recorded in records:
        state = evolve(state, recorded)
    return state


def _evolve_night(state: ConsoleState, recorded: Recorded[NightFact]) -> ConsoleState:
    """Give the state after a fact of a run; an anchor of the journal alone is of none."""
    run = recorded.fact.run
    if run is None:
        return changed(state, size=recorded.seq)
    runs = state.runs.set(run, evolve_run(state.runs[run], recorded))
    return changed(state, size=recorded.seq, runs=runs)


def _import(state: ConsoleState, fact: WorkspaceFact) -> ConsoleState:
    """Give the state with a part of the workspace taken in."""
    workspace = state.workspace
    match fact:
        case EstateImported():
            estate = Estate(
                teams=Map({each.id: each for each in fact.teams}),
                people=Map({each.id: each for each in fact.people}),
                environments=Map({each.id: each for each in fact.environments}),
                services=Map({each.id: each for each in fact.services}),
                dependencies=fact.dependencies,
            )
            return _with(state, "estate", fact.digest, replace(workspace, estate=estate))
        case CalendarImported(calendar=calendar):
            return _with(state, "calendar", fact.digest, replace(workspace, calendar=calendar))
        case PolicyImported(policy=policy):
            return _with(state, "policy", fact.digest, replace(workspace, policy=policy))
        case ConnectionsImported(systems=systems):
            found = {
                each.id: System(
                    id=each.id,
                    plugin=each.plugin,
                    url=each.url,
                    settings=cast("Mapping[str, Json]", msgspec.json.decode(each.settings)),
                )
                for each in systems
            }
            return _with(state, "connections", fact.digest, replace(workspace, systems=Map(found)))
        case ReleaseImported(release=release):
            releases = Map(workspace.releases).set(release.id, release)
            part = f"release/{release.id}"
            return _with(state, part, fact.digest, replace(workspace, releases=releases))
        case ReleaseRemoved(release=gone):
            kept = {key: value for key, value in workspace.releases.items() if key != gone}
            digests = state.digests
            part = f"release/{gone}"
            return changed(
                state,
                workspace=replace(workspace, releases=Map(kept)),
                digests=digests.delete(part) if part in digests else digests,
            )
        case _:
            assert_never(fact)


def _with(state: ConsoleState, part: str, digest: Digest, workspace: Workspace) -> ConsoleState:
    """Give the state with this workspace, of which one part is new."""
    return changed(state, workspace=workspace, digests=state.digests.set(part, digest))
