"""The one door of the console: workspaces, rehearsals, and the way to each night."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.console.commands import CountRehearsal, ImportWorkspace
from relconsole.domain.console.decide import digest_value
from relconsole.domain.console.facts import (
    CalendarImported,
    ConnectedSystem,
    ConnectionsImported,
    EstateImported,
    PolicyImported,
    ReleaseImported,
    ReleaseRemoved,
)
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.connections import System
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import PersonId, ReleaseId, RunId, StepId, SystemId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.bridge_facts import LineStopped
from relconsole.domain.night.facts import RunEnded, RunOpened, RunOutcome
from relconsole.domain.release.release import ChangeReference, Release
from tests.unit.domain.console.consoles import (
    Console,
    counted,
    open_run,
    signer,
    stocked,
    workspace,
)
from tests.unit.domain.night.nights import freeze, release
from tests.unit.domain.night.scenes import MARA, RELEASE, RUN, WINDOW, minutes

OTHER = ReleaseId("shop-7")


def other() -> Release:
    return replace(release(), id=OTHER)


def shorter() -> Release:
    """The release with another runbook."""
    plan = release().runbook
    return release(replace(plan, steps=plan.steps[:1]))


def take(found: Workspace) -> ImportWorkspace:
    return ImportWorkspace(workspace=found)


def running() -> Console:
    console = stocked()
    console.does(open_run(), signer(MARA))
    return console


CHANGES: list[tuple[Callable[[Workspace], Workspace], type]] = [
    (
        lambda found: replace(found, estate=replace(found.estate, people=Map({}))),
        EstateImported,
    ),
    (
        lambda found: replace(found, calendar=freeze(WINDOW.start, WINDOW.end)),
        CalendarImported,
    ),
    (lambda found: replace(found, policy=Policy(freshness=minutes(2))), PolicyImported),
    (lambda found: replace(found, systems={}), ConnectionsImported),
    (
        lambda found: replace(found, releases=Map({RELEASE: shorter()})),
        ReleaseImported,
    ),
    (lambda found: replace(found, releases=Map({})), ReleaseRemoved),
]


# Workspaces.


def test_that_a_first_import_is_a_fact_for_each_part() -> None:
    console = Console()
    facts = console.does(take(workspace(release(), other())))
    assert [type(fact) for fact in facts] == [
        EstateImported,
        CalendarImported,
        PolicyImported,
        ConnectionsImported,
        ReleaseImported,
        ReleaseImported,
    ]
    assert console.state.workspace.releases == Map({RELEASE: release(), OTHER: other()})


def test_that_connected_systems_are_taken_with_their_settings_as_canonical_text() -> None:
    facts = Console().decide(take(workspace()))
    assert isinstance(facts, tuple)
    (found,) = [fact for fact in facts if isinstance(fact, ConnectionsImported)]
    assert found.systems == (
        ConnectedSystem(
            id=SystemId("ci"), plugin="command", url="", settings='{"jobs":["deploy"]}'
        ),
    )


def test_that_the_same_workspace_again_is_no_fact_at_all() -> None:
    console = stocked(release(), other())
    assert console.does(take(workspace(release(), other()))) == ()


@pytest.mark.parametrize(
    ("change", "kind"),
    CHANGES,
    ids=["estate", "calendar", "policy", "connections", "release", "release gone"],
)
def test_that_a_second_import_is_a_fact_for_what_differs_and_nothing_else(
    change: Callable[[Workspace], Workspace], kind: type
) -> None:
    console = stocked()
    facts = console.does(take(change(workspace(release()))))
    assert [type(fact) for fact in facts] == [kind]


def test_that_a_release_with_an_open_run_is_not_changed_under_it() -> None:
    console = running()
    assert console.refuses(take(workspace(shorter()))) == ("release_is_running",)
    assert console.does(take(workspace(release(), other())))
    console.record(RunEnded(run=RUN, outcome=RunOutcome.FINISHED))
    assert console.does(take(workspace(shorter(), other())))


def with_mara(**changes: object) -> Workspace:
    """The workspace in which one person stands otherwise."""
    found = workspace(release())
    people = found.estate.people
    changed = replace(people[MARA], **changes)  # type: ignore[arg-type]
    return replace(found, estate=replace(found.estate, people={**people, MARA: changed}))


def test_that_an_open_run_keeps_the_names_and_roles_of_its_people_and_the_policy() -> None:
    console = stocked()
    named = with_mara(aliases=("mara-2",))
    console.does(take(named))
    console.does(open_run(), signer(MARA))
    others = {id_: found for id_, found in named.estate.people.items() if id_ != MARA}
    gone = replace(named, estate=replace(named.estate, people=others))
    for found in (with_mara(), with_mara(aliases=("mara-2",), roles=("auditor",)), gone):
        assert console.refuses(take(found)) == ("people_of_open_run",)
    laxer = replace(named, policy=Policy(freshness=minutes(2)))
    assert console.refuses(take(laxer)) == ("policy_of_open_run",)
    console.record(RunEnded(run=RUN, outcome=RunOutcome.FINISHED))
    assert console.does(take(laxer))
    assert console.does(take(with_mara()))


def test_that_during_an_open_run_people_may_come_and_be_reached_otherwise() -> None:
    console = running()
    known = workspace(release()).estate.people[MARA].aliases
    found = with_mara(name="Mara the second", aliases=(*known, "m"), zone="Europe/Zurich")
    people = found.estate.people
    stand_in = replace(people[MARA], id=PersonId("stand-in"), aliases=())
    grown = replace(found, estate=replace(found.estate, people={**people, stand_in.id: stand_in}))
    assert [type(fact) for fact in console.does(take(grown))] == [EstateImported]


def test_that_a_system_that_an_open_run_asks_is_not_taken_away() -> None:
    asked = replace(release(), change=ChangeReference(system=SystemId("ci"), id="CHG-1"))
    console = stocked(asked)
    found = workspace(asked)
    console.does(open_run(asked), signer(MARA))
    other = System(id=SystemId("other"), plugin="command")
    without = replace(found, systems={other.id: other})
    assert console.refuses(take(without)) == ("system_of_open_run",)
    moved = {SystemId("ci"): replace(found.systems[SystemId("ci")], url="https://new.example")}
    assert console.does(take(replace(found, systems={**moved, other.id: other})))
    assert console.does(take(replace(found, systems=moved)))


def test_that_the_open_run_of_another_release_keeps_none_from_being_changed() -> None:
    console = stocked(release(), other())
    console.does(open_run(), signer(MARA))
    changed = replace(shorter(), id=OTHER)
    assert [type(fact) for fact in console.does(take(workspace(release(), changed)))] == [
        ReleaseImported
    ]


def test_that_a_release_that_has_run_is_never_removed() -> None:
    console = running()
    assert console.refuses(take(workspace(other()))) == ("release_has_run",)
    console.record(RunEnded(run=RUN, outcome=RunOutcome.FINISHED))
    assert console.refuses(take(workspace())) == ("release_has_run",)


def test_that_a_refused_import_gives_every_reason() -> None:
    console = stocked(release(), other())
    console.does(open_run(), signer(MARA))
    second = replace(open_run(run=RunId("run-2")), release=OTHER)
    console.does(second, signer(MARA))
    assert console.refuses(take(workspace(shorter()))) == (
        "release_is_running",
        "release_has_run",
    )


@given(st.permutations(["pay-4", "shop-7", "core-2"]))
def test_that_the_order_of_a_workspaces_parts_is_no_difference(order: list[str]) -> None:
    console = stocked(*(replace(release(), id=ReleaseId(each)) for each in sorted(order)))
    shuffled = workspace(*(replace(release(), id=ReleaseId(each)) for each in order))
    assert console.does(take(shuffled)) == ()


def test_that_a_digest_is_of_the_value_and_not_of_how_it_is_held() -> None:
    one = System(id=SystemId("ci"), plugin="command", url="", settings={"a": 1, "b": 2})
    two = replace(one, settings=Map({"b": 2, "a": 1}))
    assert digest_value(one) == digest_value(two)
    assert digest_value(one) != digest_value(replace(one, plugin="files"))


# Rehearsals.


def test_that_the_times_of_a_rehearsal_are_counted_once() -> None:
    console = stocked()
    count = CountRehearsal(counted=counted())
    assert console.does(count) == (counted(),)
    assert console.does(count) == ()
    console.does(CountRehearsal(counted=counted("rehearsal-2")))
    assert [each.run for each in console.state.rehearsals[RELEASE]] == [
        "rehearsal-1",
        "rehearsal-2",
    ]


# Nights.


def test_that_a_run_is_opened_for_a_release_that_the_workspace_has() -> None:
    console = stocked()
    (opened,) = console.does(open_run(), signer(MARA))
    assert isinstance(opened, RunOpened)
    assert console.state.newest_run(RELEASE) is console.state.runs[RUN]
    unknown = replace(open_run(), release=ReleaseId("nowhere"))
    assert console.refuses(unknown, signer(MARA)) == ("unknown_release",)


def test_that_a_release_has_one_open_run_and_another_one_after_it() -> None:
    console = running()
    again = open_run(run=RunId("run-2"))
    assert console.refuses(again, signer(MARA)) == ("run_open",)
    console.record(RunEnded(run=RUN, outcome=RunOutcome.FINISHED))
    console.does(again, signer(MARA))
    newest = console.state.newest_run(RELEASE)
    assert newest is not None
    assert newest.id == "run-2"


def test_that_a_command_reaches_the_run_it_names_and_no_other() -> None:
    console = running()
    (stopped,) = console.does(StopLine(run=RUN), signer(MARA))
    assert isinstance(stopped, LineStopped)
    assert console.refuses(StopLine(run=RunId("run-9")), signer(MARA)) == ("unknown_run",)


def test_that_a_run_whose_release_is_gone_takes_no_command() -> None:
    console = running()
    console.record(ReleaseRemoved(release=RELEASE))
    assert console.refuses(StopLine(run=RUN), signer(MARA)) == ("unknown_release",)


def test_that_once_anybody_is_enrolled_a_run_is_opened_under_an_enrolled_key() -> None:
    console = stocked()
    console.founds(MARA, PersonId("ines"))
    assert console.refuses(open_run()) == ("who_acts",)
    assert console.does(open_run(), signer(MARA))


def test_that_a_planned_interval_is_judged_by_the_calendar_as_imported() -> None:
    console = stocked()
    frozen = replace(workspace(release()), calendar=freeze(WINDOW.start, WINDOW.end))
    console.does(take(frozen))
    assert console.refuses(open_run(), signer(MARA)) == ("freeze_forbids",)
    moved = Interval(start=WINDOW.end, end=WINDOW.end + minutes(60))
    later = replace(release(), window=moved)
    console.does(take(replace(frozen, releases=Map({RELEASE: later}))))
    assert console.does(open_run(later), signer(MARA))


def test_that_what_a_step_takes_is_part_of_a_releases_digest() -> None:
    longer = replace(release().runbook.steps[0], duration=plain(minutes(9)))
    plan = replace(release().runbook, steps=(longer, *release().runbook.steps[1:]))
    assert digest_value(release(plan)) != digest_value(release())
    assert longer.id == StepId("announce")
