"""The night report from the journal: of any run, with the figures by which it can be checked."""

from __future__ import annotations

import asyncio

from relconsole.domain.console.facts import make_codec
from relconsole.domain.night.report import NightOutcome, NightReport
from relconsole.services.reporting import Reporter
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import RUN, SHIFT


def report(stage: scenes.Stage) -> NightReport:
    """The report of the staged night."""
    reporter = Reporter(desk=stage.desk, clock=stage.clock, codec=make_codec())
    return asyncio.run(reporter.report(RUN))


def test_that_the_report_counts_the_facts_of_the_journal_it_was_made_from() -> None:
    stage = scenes.finished()
    found = report(stage)
    assert found.figures is not None
    assert found.figures.facts == stage.state.size
    assert found.outcome is NightOutcome.SUCCESSFUL_WITH_ISSUES
    assert found.closure == "successful with issues"


def test_that_a_night_that_goes_on_has_a_report_without_an_outcome() -> None:
    found = report(scenes.alarm())
    assert (found.outcome, found.closure) == (None, "")
    assert found.problems[0].problem == "P1"


def test_that_what_nine_nights_of_ten_do_not_exceed_is_worked_out() -> None:
    found = report(scenes.alarm())
    assert {row.step: row.estimate for row in found.steps}[SHIFT].total_seconds() == 480


def test_that_an_empty_journal_has_no_figures() -> None:
    stage = scenes.alarm()
    stage.desk.journal.stored.envelopes.clear()  # type: ignore[attr-defined]
    assert report(stage).figures is None
