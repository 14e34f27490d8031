"""The night report on its page: the outcome first, then figures, sections, and what it rests on."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.console.facts import make_codec
from relconsole.domain.kernel.ids import Digest, PersonId, RunId, StepId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.plan_against_actual import Deviation
from relconsole.domain.night.report import NightOutcome, NightReport, RecordFigures
from relconsole.domain.night.report_sections import (
    AmendmentRow,
    SignatureRow,
    TotalRow,
)
from relconsole.domain.night.rollback_answer import RollbackAnswer, RollbackState
from relconsole.domain.night.rollback_facts import TotalMoment
from relconsole.services.reporting import Reporter
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.report import MOST, ReportRows, Section, present_report
from relconsole_ui.presenters.report_words import Line
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import ASHA, MARA, RUN, at

MINUTE = timedelta(minutes=1)


def name(person: str | None) -> str:
    """A person's name in these tests: the id with a capital."""
    return person.title() if person else "nobody"


def made(stage: scenes.Stage) -> NightReport:
    """The report of a staged night."""
    reporter = Reporter(desk=stage.desk, clock=stage.clock, codec=make_codec())
    return asyncio.run(reporter.report(RUN))


@pytest.fixture(scope="module")
def over() -> NightReport:
    """The report of a night that ended early."""
    return made(scenes.finished())


@pytest.fixture(scope="module")
def going_on() -> NightReport:
    """The report of a night in its trouble."""
    return made(scenes.alarm())


def page(report: NightReport) -> ReportRows:
    """The page of a report."""
    return present_report(report, name)


def section(rows: ReportRows, title: str) -> Section:
    """A section of the page."""
    return next(each for each in (*rows.left, *rows.right) if each.title == title)


def line(rows: ReportRows, title: str, text: str) -> Line:
    """A line of a section."""
    return next(each for each in section(rows, title).lines if each.text.startswith(text))


def figure(rows: ReportRows, label: str) -> tuple[str, str]:
    """A figure and its note."""
    found = next(each for each in rows.figures if each.label == label)
    return found.value, found.note


def test_that_the_outcome_stands_first_in_one_big_word_with_why(over: NightReport) -> None:
    rows = page(over)
    assert (rows.big, rows.status) == ("Successful, with issues", Status.WARNING)
    assert rows.says == "2 not as planned."
    assert rows.title == "Night report · Payments Core 2026.4 cutover · CHG-48213"
    assert rows.when == "Tue 21 Apr 2026, 01:30 to 02:22 CEST"
    assert rows.sentence.endswith("Successful, with issues. 2 not as planned.")


@pytest.mark.parametrize(
    ("outcome", "big"),
    [
        (NightOutcome.SUCCESSFUL, "Successful"),
        (NightOutcome.PARTLY, "Partly implemented"),
        (NightOutcome.ROLLED_BACK, "Rolled back"),
        (NightOutcome.STOPPED, "Not implemented"),
    ],
)
def test_that_each_outcome_has_its_word(over: NightReport, outcome: NightOutcome, big: str) -> None:
    assert page(replace(over, outcome=outcome)).big == big


def test_that_a_night_that_goes_on_says_so_and_why_it_stands(going_on: NightReport) -> None:
    rows = page(going_on)
    assert (rows.big, rows.status) == ("Not over yet", Status.RUNNING)
    assert rows.says.startswith("Trigger Checkout p95")
    assert page(replace(going_on, standing_reasons=())).says == "The night goes on."
    criteria = "Outcome by the written criteria"
    assert line(rows, criteria, "The run").right == "not yet"
    assert line(rows, criteria, "Every step").right == "16 to come"
    assert line(rows, criteria, "Everything").status is Status.WARNING


def test_that_a_rehearsal_is_called_one(over: NightReport) -> None:
    rehearsal = replace(over, type="rehearsal", late=None, change="")  # type: ignore[arg-type]
    rows = page(rehearsal)
    assert rows.big == "Successful, with issues, a rehearsal"
    assert figure(rows, "End against window") == ("none", "no window counts")
    assert rows.title == "Night report · Payments Core 2026.4 cutover"


def test_that_five_figures_sum_the_night_up(over: NightReport, going_on: NightReport) -> None:
    rows = page(over)
    assert figure(rows, "Steps done") == ("14 of 27", "13 not needed")
    assert figure(rows, "Time used") == ("52\u00a0min", "window of 3\u00a0h 30\u00a0min")
    assert figure(rows, "End against window") == (
        "2\u00a0h 38\u00a0min early",
        "window until 05:00",
    )
    assert figure(rows, "Unplanned holds") == ("0", "nothing was held up")
    assert figure(rows, "Control totals") == ("none", "the plan takes none")
    later = page(replace(over, late=5 * MINUTE))
    assert figure(later, "End against window")[0] == "5\u00a0min late"
    open_now = page(going_on)
    assert figure(open_now, "Steps done")[1] == "nothing left out"
    assert figure(open_now, "End against window") == ("none", "not over")
    assert figure(open_now, "Unplanned holds") == ("1", "still standing")


def test_that_holds_that_ended_are_summed_up(going_on: NightReport) -> None:
    ended = tuple(replace(each, lasted=4 * MINUTE) for each in going_on.holds)
    assert figure(page(replace(going_on, holds=ended)), "Unplanned holds") == (
        "1",
        "4\u00a0min",
    )


def test_that_control_totals_are_counted_and_one_that_is_unknown_is_never_a_number(
    over: NightReport,
) -> None:
    known = TotalRow(total="ledger", moment=TotalMoment.BEFORE, value=3.0, closed="")
    rows = page(replace(over, totals=(known, replace(known, closed="mara: late row"))))
    assert figure(rows, "Control totals") == ("2 taken", "1 difference closed")
    rows = page(replace(over, totals=(known, replace(known, value=None))))
    assert figure(rows, "Control totals") == ("1 unknown", "no difference recorded")


def test_that_a_rollback_is_timed_and_judged_by_what_was_observed(over: NightReport) -> None:
    first = replace(over.steps[3], undo=True, started=at("02:19:40"), finished=at("02:21"))
    last = replace(over.steps[4], undo=True, started=at("02:21"), finished=at("02:25:40"))
    answer = RollbackAnswer(run=RunId("run-1"), state=RollbackState.ROLLED_BACK)
    back = replace(over, rollback=answer, steps=(*over.steps, first, last))
    rows = page(back)
    assert figure(rows, "Rollback took") == ("6\u00a0min", "02:19 to 02:25")
    wanted = line(rows, "Outcome by the written criteria", "Old version")
    assert (wanted.right, wanted.status) == ("rolled back", Status.DONE)
    partly = replace(over, rollback=replace(answer, state=RollbackState.PARTIAL))
    assert figure(page(partly), "Rollback took") == ("unknown", "no undo step ended")
    wanted = line(page(partly), "Outcome by the written criteria", "Old version")
    assert wanted.status is Status.FAILED


def test_that_what_failed_or_was_left_is_named_among_the_criteria(over: NightReport) -> None:
    failed = tuple(
        replace(row, state=StepState.FAILED) if row.step == "warm" else row for row in over.steps
    )
    rows = page(replace(over, steps=failed, issues=(), ended_at=None))
    criteria = "Outcome by the written criteria"
    assert line(rows, criteria, "Every step").right == "warm"
    assert line(rows, criteria, "The run").status is Status.FAILED
    assert line(rows, criteria, "Everything").right == "yes"
    assert figure(rows, "Steps done")[1] == "1 failed, 13 not needed"


def test_that_plan_against_actual_shows_what_deviates_first_in_plan_order(
    over: NightReport,
) -> None:
    rows = page(over)
    found = section(rows, "Plan against actual")
    assert found.note == "27 steps, 15 otherwise than planned"
    assert found.heads == ("plan", "actual", "difference")
    assert [each.text for each in found.lines][:2] == [
        "Warm fraud-score v41",
        "Shift 25 % traffic to payments-api",
    ]
    assert found.lines[1].cells == ("02:06", "02:07", "1\u00a0min later")
    assert len(found.lines) == MOST


def test_that_a_step_early_on_time_unplanned_or_not_run_says_so(over: NightReport) -> None:
    row = over.steps[0]
    assert row.planned_start is not None
    start = row.planned_start
    for changes, cells in (
        ({"started": start - 3 * MINUTE}, ("01:30", "01:27", "3\u00a0min earlier")),
        ({"started": start + MINUTE / 2}, ("01:30", "01:30", "on time")),
        ({"planned_start": None}, ("unplanned", "01:30", "done")),
        ({"started": None, "state": StepState.SKIPPED}, ("01:30", "not run", "skipped")),
    ):
        changed = replace(row, deviations=(Deviation.UNPLANNED,), **changes)
        shown = section(page(replace(over, steps=(changed,))), "Plan against actual")
        assert shown.lines[0].cells == cells


def test_that_decisions_stand_in_the_order_of_the_night(over: NightReport) -> None:
    amended = AmendmentRow(
        at=at("02:10"), by=MARA, second=ASHA, reason="slow", says=("x",), changed=()
    )
    signed = SignatureRow(
        act="roll back", thing="x", by=MARA, second=ASHA, signed_at=at("02:05"), at=at("02:06")
    )
    rows = page(replace(over, amendments=(amended,), signatures=(signed,)))
    lines = section(rows, "Decisions and amendments").lines
    assert [(each.time, each.text, each.right) for each in lines] == [
        ("01:30:00", "Mara commands", ""),
        ("02:06:00", "Roll back, signed by two", "Mara, Asha"),
        ("02:10:00", "Plan amended: slow", "Mara"),
    ]
    assert lines[1].sentence == "02:06:00, Roll back, signed by two, Mara, Asha"


def test_that_problems_and_what_is_left_open_name_their_owners(going_on: NightReport) -> None:
    rows = page(going_on)
    assert section(rows, "Problems").note == "1 open"
    problem = section(rows, "Problems").lines[0]
    assert (problem.text, problem.right, problem.status) == (
        "P1 Checkout p95 is over its limit",
        "open, Jo",
        Status.WARNING,
    )
    assert line(rows, "Left open", "Batch chain").right == "Omar"
    closed = replace(going_on.problems[0], closed=at("02:40"))
    ownerless = replace(going_on.problems[0], owner=None)
    lines = section(page(replace(going_on, problems=(closed, ownerless))), "Problems").lines
    assert [each.right for each in lines] == ["closed 02:40", "open, nobody"]
    assert lines[0].status is Status.DONE


def test_that_acts_recorded_for_somebody_are_never_shown_as_their_own(over: NightReport) -> None:
    rows = page(over)
    assert line(rows, "Recorded for others", "Jo").right == "4 acts, heard by voice"
    silent = tuple(
        replace(row, heard="", by=PersonId("jo"), recorded_by=MARA) for row in over.steps[:1]
    )
    found = line(page(replace(over, steps=silent)), "Recorded for others", "Jo")
    assert found.right == "1 act, heard by nobody knows how"


def test_that_a_long_section_says_how_many_lines_are_only_in_the_text(over: NightReport) -> None:
    many = replace(over, issues=tuple(f"issue {count}" for count in range(11)))
    found = section(page(many), "Not as planned")
    assert (len(found.lines), found.note) == (MOST, "and 3 more")


def test_that_a_long_section_keeps_its_own_note_too(going_on: NightReport) -> None:
    many = replace(going_on, problems=going_on.problems * 10)
    assert section(page(many), "Problems").note == "10 open, and 2 more"


def test_that_the_foot_tells_what_it_rests_on(over: NightReport) -> None:
    figures = RecordFigures(facts=612, root=Digest("9f2c41d788ab" + "0" * 52))
    rows = page(replace(over, figures=figures))
    assert rows.foot == "Made from 612 facts, journal digest 9f2c 41d7 88ab, not anchored"
    anchored = page(replace(over, figures=figures, defects=()))
    assert anchored.foot.endswith("anchored outside this machine")
    assert page(replace(over, figures=None)).foot == "No figures of the record."
    assert rows.foot_right == "made 02:22"


def test_that_an_empty_section_takes_no_room(over: NightReport) -> None:
    titles = [each.title for each in (*page(over).left, *page(over).right)]
    assert "Problems" not in titles
    assert "Left open" not in titles
    assert StepId("warm") in {row.step for row in over.steps}
