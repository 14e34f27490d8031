"""The muster of a release as the whole console knows it, before and after its run is opened."""

from __future__ import annotations

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.console.mustering import muster_of
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.night.facts import RunEnded, RunOutcome
from relconsole.domain.night.muster_commands import AnswerMuster, CallPerson
from relconsole.domain.night.muster_facts import PersonCalled, PersonHere
from relconsole.domain.night.muster_marks import MusterStanding
from tests.unit.domain.console.consoles import Console, open_run, signer, workspace
from tests.unit.domain.night.nights import release
from tests.unit.domain.night.scenes import ASHA, JO, MARA, RELEASE, RUN, at, minutes

HERE = AnswerMuster(release=RELEASE, person=ASHA, here=True)
CALL = CallPerson(release=RELEASE, person=JO, way="phone")


def standing(console: Console, minute: float) -> dict[str, MusterStanding]:
    state = console.state
    run = state.newest_run(RELEASE)
    found = muster_of(state, state.workspace.releases[RELEASE], at(minute), run)
    return {line.person: line.standing for line in found.people}


def test_that_a_muster_is_answered_before_the_run_is_opened_and_counts_in_it() -> None:
    console = Console(clock=-60)
    console.does(ImportWorkspace(workspace=workspace(release())))
    (here,) = console.does(HERE, signer(MARA))
    (call,) = console.does(CALL, signer(MARA))
    assert isinstance(here, PersonHere)
    assert isinstance(call, PersonCalled)
    assert (here.run, call.run) == (None, None)
    assert standing(console, -58)[ASHA] is MusterStanding.HERE
    assert standing(console, -58)[JO] is MusterStanding.CALLED
    assert standing(console, -54)[JO] is MusterStanding.MISSING
    console.does(open_run(), signer(MARA))
    assert standing(console, 0)[ASHA] is MusterStanding.HERE
    (again,) = console.does(CALL, signer(MARA))
    assert isinstance(again, PersonCalled)
    assert again.run == RUN
    assert console.state.size == len(console.records)


def test_that_a_run_that_is_over_is_not_the_one_of_a_new_muster() -> None:
    console = Console()
    console.does(ImportWorkspace(workspace=workspace(release())))
    console.does(open_run(rehearsal=True), signer(MARA))
    console.record(RunEnded(run=RUN, outcome=RunOutcome.FINISHED))
    (call,) = console.does(CALL, signer(MARA))
    assert isinstance(call, PersonCalled)
    assert call.run is None


def test_that_the_policy_says_how_long_an_answer_may_take() -> None:
    console = Console(clock=-60)
    patient = Policy(muster_answer=minutes(20))
    console.does(ImportWorkspace(workspace=workspace(release(), policy=patient)))
    console.does(CALL, signer(MARA))
    assert standing(console, -45)[JO] is MusterStanding.CALLED


def test_that_a_release_that_is_not_there_musters_nobody() -> None:
    nowhere = CallPerson(release=ReleaseId("nowhere"), person=JO)
    assert Console().refuses(nowhere, signer(MARA)) == ("unknown_release",)
