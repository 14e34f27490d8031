"""How relief stands: in its lines, the status, the report, the log and the change record."""

from __future__ import annotations

import pytest

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.answer import night_answer
from relconsole.domain.night.bookings import booking_of
from relconsole.domain.night.bridge_commands import CloseLeftOpen
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.intents import calls_jobs_of
from relconsole.domain.night.log import log_lines
from relconsole.domain.night.readiness_of_steps import (
    is_finished,
    ready_steps,
    steps_of,
    underway_steps,
)
from relconsole.domain.night.relief import (
    ReliefLine,
    ReliefState,
    entry_of,
    relief_lines,
    say_relief,
    underway_relief,
)
from relconsole.domain.night.report import night_report
from relconsole.domain.night.report_text import render_report
from relconsole.domain.night.systems_needed import systems_needed
from relconsole.domain.night.work_notes import due_notes, last_note
from tests.unit.domain.night.nights import CONSOLE, Bridge, bridge
from tests.unit.domain.night.reliefs import (
    CI,
    OFF,
    PAGE,
    SWITCH,
    ended,
    relieved,
    runbook,
    turned_on,
    use,
)
from tests.unit.domain.night.scenes import ASHA, RUN, at


def page(night: Bridge) -> ReliefLine:
    return relief_lines(night.run)[0]


def test_that_relief_that_nobody_used_says_so() -> None:
    night = relieved()
    assert [say_relief(line) for line in relief_lines(night.run)] == [
        "Show the page: not used",
        "Switch accounts off: not used",
    ]
    assert (page(night).off, relief_lines(night.run)[1].off) == (OFF, None)


def test_that_a_line_says_since_when_and_who() -> None:
    night = relieved()
    night.does(use(PAGE), by=ASHA)
    assert (page(night).state, page(night).since) == (ReliefState.STARTING, at(5))
    other = turned_on(relieved())
    assert say_relief(page(other)) == "Show the page: on since 2026-04-20T23:35:00Z"
    assert page(other).by == ASHA
    other.clock = 9
    other.does(use(OFF))
    assert (page(other).state, page(other).since) == (ReliefState.STOPPING, at(9))
    other.succeeds(OFF)
    other.does(ended(OFF), by=CONSOLE)
    assert (page(other).state, page(other).since) == (ReliefState.OFF, at(9))


def test_that_what_was_closed_by_hand_or_failed_says_when_it_was_used() -> None:
    night = relieved()
    night.does(use(SWITCH))
    night.does(ended(SWITCH))
    night.does(CloseLeftOpen(run=RUN, entry=entry_of(SWITCH)))
    line = relief_lines(night.run)[1]
    assert (line.state, line.since) == (ReliefState.OFF, None)


def test_that_the_work_knows_nothing_of_relief() -> None:
    bare, night = bridge(), relieved()
    assert steps_of(night.run) == steps_of(bare.run)
    assert ready_steps(night.run, night.now) == ready_steps(bare.run, bare.now)
    night.does(use(PAGE), by=ASHA)
    assert underway_steps(night.run) == ()
    assert [step.id for step in underway_relief(night.run)] == [PAGE]
    assert not is_finished(night.run)
    assert PAGE not in night.run.touched()


def test_that_a_step_of_relief_is_found_and_told_from_the_others() -> None:
    run = relieved().run
    assert [run.is_relief(step) for step in (PAGE, OFF, SWITCH)] == [True] * 3
    assert not run.is_relief(run.runbook.steps[0].id)
    assert run.find_step(OFF) is not None
    assert run.find_step(StepId("undo-switch")) is None


def test_that_the_answer_holds_relief_beside_the_steps() -> None:
    night = turned_on(relieved())
    answer = night_answer(night.run, night.now)
    assert not {PAGE, OFF, SWITCH} & set(answer.steps)
    assert [line.state for line in answer.relief] == [ReliefState.ON, ReliefState.UNUSED]
    assert [line.entry for line in answer.left_open] == [entry_of(PAGE)]


def test_that_the_report_lists_relief_and_counts_none_of_it() -> None:
    night = turned_on(relieved())
    report = night_report(night.run, night.night.facts, night.release, night.estate, night.now)
    assert report.planned == len(runbook().steps)
    said = " ".join(render_report(report).split())
    assert "Show the page: on since" in said
    assert "used by asha" in said
    assert "Switch accounts off: relief, not used" in said
    assert "Show the page is on since" in said
    closed = relieved()
    closed.does(use(SWITCH))
    closed.does(ended(SWITCH))
    closed.does(CloseLeftOpen(run=RUN, entry=entry_of(SWITCH)))
    given = night_report(closed.run, closed.night.facts, closed.release, closed.estate, closed.now)
    assert "Switch accounts off: turned off, used by mara" in " ".join(render_report(given).split())


def test_that_the_log_names_a_job_of_relief_and_what_is_on() -> None:
    night = turned_on(relieved())
    texts = [line.text for line in log_lines(night.night.facts)]
    assert "job.start at ci for page intended as relief" in texts
    assert any(text.startswith("left open: Show the page is on since") for text in texts)


def test_that_the_change_record_hears_of_the_job_and_counts_no_relief() -> None:
    night = turned_on(relieved())
    texts = [note.text for note in due_notes(night.run)]
    assert any(text.startswith("page, attempt 1: succeeded in ci") for text in texts)
    assert last_note(night.run, RunOutcome.FINISHED).text.endswith("steps: none")


def test_that_the_calendar_and_the_connections_know_what_relief_touches() -> None:
    night = relieved()
    assert ASHA in booking_of(night.release, night.estate).people
    assert CI in systems_needed(night.release, night.release.runbook)


@pytest.mark.parametrize("rehearsal", [True, False])
def test_that_relief_runs_a_job_where_steps_do(rehearsal: bool) -> None:
    night = relieved(rehearsal=rehearsal)
    night.does(use(PAGE), by=ASHA)
    assert bool(night.effects(PAGE)) == calls_jobs_of(night.release, rehearsal=rehearsal)
    if rehearsal:
        night.does(ended(PAGE), by=ASHA)
        assert night.run.steps[PAGE].state is StepState.DONE
