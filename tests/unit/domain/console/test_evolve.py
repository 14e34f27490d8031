"""The fold: how each fact changes the console's state, and that nothing else does."""

from __future__ import annotations

from dataclasses import replace

import msgspec.structs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.console.commands import (
    ImportWorkspace,
    TakeOverKeys,
)
from relconsole.domain.console.evolve import evolve, fold
from relconsole.domain.console.facts import ReleaseRemoved, make_codec
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.ids import Digest, ReleaseId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.domain.night.facts import CheckpointAnchored, RunOutcome, StepState
from relconsole.domain.night.run_commands import EndRun, TakeUp
from relconsole.domain.night.step_commands import EndStep, StartStep
from relconsole.domain.plan.digest import plain_of
from relconsole.domain.record.canonical import canonical
from tests.unit.domain.console.consoles import (
    everything_happened,
    mark,
    open_run,
    signer,
    stocked,
    workspace,
)
from tests.unit.domain.night.nights import CONSOLE, keyring, release
from tests.unit.domain.night.scenes import ANNOUNCE, INES, JO, MARA, RELEASE, RUN

CODEC = make_codec()


def test_that_the_state_counts_its_facts() -> None:
    console = everything_happened()
    assert console.state.size == len(console.records)
    assert ConsoleState().size == 0


def test_that_a_workspace_comes_back_from_its_facts_as_it_was_imported() -> None:
    found = workspace(release())
    state = stocked().state
    assert workspace_told(state.workspace) == workspace_told(found)
    assert set(state.digests) == {
        "estate",
        "calendar",
        "policy",
        "connections",
        "release/pay-4",
    }


def test_that_connected_systems_come_back_with_their_settings() -> None:
    system = stocked().state.workspace.systems[SystemId("ci")]
    assert system == System(
        id=SystemId("ci"), plugin="command", url="", settings={"jobs": ["deploy"]}
    )


def test_that_a_removed_release_is_gone_with_its_digest_and_one_unknown_changes_nothing() -> None:
    console = stocked()
    console.record(ReleaseRemoved(release=ReleaseId("nowhere")))
    assert RELEASE in console.state.workspace.releases
    console.record(ReleaseRemoved(release=RELEASE))
    assert not console.state.workspace.releases
    assert "release/pay-4" not in console.state.digests


def test_that_a_release_that_comes_back_is_imported_anew() -> None:
    console = stocked()
    console.does(ImportWorkspace(workspace=workspace()))
    console.does(ImportWorkspace(workspace=workspace(release())))
    assert RELEASE in console.state.workspace.releases


def test_that_keys_are_folded_under_the_policy_and_the_people_of_the_moment() -> None:
    console = everything_happened()
    assert set(console.state.keys.effective) == {MARA, INES}
    assert console.state.keys.revoked == Map({mark(JO): "lost"})


def test_that_keys_taken_over_are_those_that_count() -> None:
    console = stocked()
    console.does(TakeOverKeys(keys=keyring((MARA, INES))))
    assert console.state.keys.effective == keyring((MARA, INES)).effective


def test_that_each_run_stands_for_itself_and_the_newest_for_its_release() -> None:
    console = everything_happened()
    assert console.state.runs[RUN].stop is not None
    newest = console.state.newest_run(RELEASE)
    assert newest is not None
    assert newest.id == RUN


def test_that_an_anchor_of_the_journal_alone_changes_no_run() -> None:
    console = everything_happened()
    before = console.state.runs[RUN]
    anchored = CheckpointAnchored(run=None, size=9, root=Digest("2" * 64), place="file")
    console.record(anchored)
    assert console.state.runs[RUN] is before
    console.record(replace(anchored, run=RUN))
    assert console.state.runs[RUN].anchored == 9


def test_that_the_fold_goes_on_from_where_it_stood() -> None:
    console = everything_happened()
    middle = len(console.records) // 2
    first = fold(console.records[:middle])
    assert fold(console.records[middle:], first) == console.state
    assert fold([]) == ConsoleState()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 60))
def test_that_a_fold_in_two_parts_is_the_fold_of_the_whole(cut: int) -> None:
    records = everything_happened().records
    at_most = min(cut, len(records))
    assert fold(records[at_most:], fold(records[:at_most])) == fold(records)


def test_that_facts_that_went_through_json_fold_to_the_same_state() -> None:
    console = everything_happened()
    again = fold(
        msgspec.structs.replace(each, fact=CODEC.decode(*CODEC.encode(each.fact)))
        for each in console.records
    )
    assert told(again) == told(console.state)


def workspace_told(found: Workspace) -> Json:
    """The workspace in one form; the settings of a system are JSON already."""
    systems: list[Json] = [
        [each.id, each.plugin, each.url, each.settings] for _, each in sorted(found.systems.items())
    ]
    return [plain_of(replace(found, systems={})), systems]


def told(state: ConsoleState) -> bytes:
    """The whole state in one form, however its maps are held."""
    keys = state.keys
    return canonical(
        [
            state.size,
            workspace_told(state.workspace),
            plain_of(state.digests),
            plain_of(keys.effective),
            plain_of(keys.owners),
            plain_of(keys.newest),
            plain_of(keys.revoked),
            plain_of(state.runs),
            plain_of(state.newest),
            plain_of(state.rehearsals),
        ]
    )


def test_that_a_fact_about_a_run_that_nobody_opened_is_a_fault_of_the_record() -> None:
    console = stocked()
    with pytest.raises(KeyError):
        evolve(console.state, msgspec.structs.replace(everything_happened().records[-1], seq=9))


def test_that_a_finished_run_is_folded_as_over() -> None:
    console = stocked(release(replace(release().runbook, steps=release().runbook.steps[:1])))
    short = console.state.workspace.releases[RELEASE]
    console.does(open_run(short), signer(MARA))
    console.does(TakeUp(run=RUN, holder="console-1", fence=1), CONSOLE)
    console.does(StartStep(run=RUN, step=ANNOUNCE), signer(MARA))
    console.does(EndStep(run=RUN, step=ANNOUNCE, state=StepState.DONE), signer(MARA))
    console.does(EndRun(run=RUN, outcome=RunOutcome.FINISHED), CONSOLE)
    assert console.state.runs[RUN].is_over
    assert console.state.open_runs() == {}
