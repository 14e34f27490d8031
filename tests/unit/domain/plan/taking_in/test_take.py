"""Rows become steps, and what is not understood is asked about by sheet, row and cell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.ids import PersonId, StepId, SystemId
from relconsole.domain.plan.runbook import (
    JobRun,
    Mode,
    Step,
    StepKind,
    Undo,
    UndoKind,
)
from relconsole.domain.plan.taking_in.cells import Cell, CellKind
from relconsole.domain.plan.taking_in.mapping import AfterNames, Field, NoAfter
from relconsole.domain.plan.taking_in.problem import LEAVE_OUT, STEP
from relconsole.domain.plan.taking_in.take import take_in
from tests.unit.domain.plan.taking_in.sheets import (
    KNOWN,
    LEDGER,
    Value,
    answers,
    choices_of,
    clock,
    grid,
    mapping_for,
    minutes,
    offered,
    only_problem,
    only_row,
    only_step,
    present,
    take,
)

F = Field
BASIC = (F.NUMBER, F.TITLE, F.DURATION, F.AFTER)
OWNED = (*BASIC, F.OWNER)
FAULT = Cell(kind=CellKind.FAULT, text="#N/A")
RUN = JobRun(system=SystemId("ci"), job="deploy")
STANDING = Step(
    id=StepId("1"),
    title="Deploy",
    duration=ThreePoint(best=minutes(4), likely=minutes(5), worst=minutes(9)),
    kind=StepKind.AUTOMATED,
    mode=Mode.READ_DO,
    stream="API",
    owner=PersonId("mara"),
    run=RUN,
    undo=Undo(kind=UndoKind.COMPENSATION, duration=plain(minutes(3)), run=RUN, title="Back"),
    note="as ever",
    changes_data=True,
    services=(LEDGER.id,),
)


def test_that_a_row_becomes_a_step() -> None:
    fields = (*OWNED, F.STREAM, F.NOTE, F.SERVICES, F.CHANGES_DATA, F.MODE)
    row = [
        1,
        " Stop  writers ",
        5,
        None,
        "Asha",
        "Ledger",
        "by phone\nfirst",
        "Ledger DB",
        "x",
        "Read-do",
    ]
    assert only_step(take(fields, row)) == Step(
        id=StepId("1"),
        title="Stop writers",
        duration=plain(minutes(5)),
        stream="Ledger",
        owner=PersonId("asha"),
        mode=Mode.READ_DO,
        services=(LEDGER.id,),
        changes_data=True,
        note="by phone\nfirst",
    )


def test_that_blank_rows_are_passed_over_and_hidden_ones_remarked() -> None:
    sheet = grid([str(it) for it in BASIC], [1, "a", 5], [], ["", None], [2, "b", 5])
    sheet = replace(sheet, hidden=frozenset({5}))
    taken = take_in(sheet, mapping_for(*BASIC), KNOWN, answers({}))
    assert [row.row for row in taken.rows] == [2, 5]
    assert taken.is_whole
    assert [it.says for it in taken.remarks] == ["the row is hidden in the sheet; it is taken in"]


def test_that_a_sheet_without_a_step_says_so() -> None:
    taken = take(BASIC, [])
    assert choices_of(taken) == ["sheet"]
    assert not taken.is_whole


def test_that_a_sheet_of_endless_rows_is_refused() -> None:
    taken = take(BASIC, *[[number, "a", 1] for number in range(2_001)])
    assert choices_of(taken) == ["sheet"]


def test_that_nothing_is_read_while_a_needed_column_is_missing() -> None:
    taken = take((F.TITLE,), ["a"])
    assert choices_of(taken) == ["columns.duration"]
    assert taken.rows == ()


# Titles, headings and numbers.


def test_that_a_row_with_a_title_alone_is_asked_about() -> None:
    taken = take(BASIC, [None, "Phase 1"], [1, "a", 5])
    problem = only_problem(taken)
    assert problem.place == "Cutover!B2"
    assert problem.proposal == LEAVE_OUT
    left = take(BASIC, [None, "Phase 1"], [1, "a", 5], given={"B2": ("Phase 1", LEAVE_OUT)})
    assert left.left_out == (2,)
    assert left.is_whole
    kept = take(BASIC, [None, "Phase 1"], given={"B2": ("Phase 1", STEP)})
    assert [it.field for it in kept.problems] == [F.NUMBER, F.DURATION]
    assert only_row(kept).title == "Phase 1"


def test_that_a_struck_title_is_asked_about() -> None:
    struck = Cell(kind=CellKind.TEXT, text="Old", is_struck=True)
    assert offered(only_problem(take(BASIC, [1, struck, 5]))) == [LEAVE_OUT, STEP]
    assert only_step(take(BASIC, [1, struck, 5], given={"B2": ("Old", STEP)})).title == "Old"


def test_that_a_missing_title_is_asked_for_and_an_answer_is_the_title() -> None:
    problem = only_problem(take(BASIC, [1, None, 5]))
    assert problem.question == "What is this step called?"
    assert only_step(take(BASIC, [1, None, 5], given={"B2": ("", "Open")})).title == "Open"


def test_that_a_fault_in_a_title_is_asked_about() -> None:
    fault = Cell(kind=CellKind.FAULT, text="#REF!")
    assert only_problem(take(BASIC, [1, fault, 5])).question.startswith("#REF!")


@pytest.mark.parametrize(
    ("number", "question"),
    [
        (None, "Which number has this step?"),
        ("x" * 81, "A number has at most 80 visible characters."),
        (Cell(kind=CellKind.FAULT, text="#N/A"), "#N/A is an error of the sheet. What is meant?"),
        (1, "The number 1 stands in row 2 already. Which has this step?"),
    ],
)
def test_that_a_number_that_tells_no_step_is_asked_about(number: Value, question: str) -> None:
    problem = only_problem(take(BASIC, [1, "a", 5], [number, "b", 5]))
    assert (problem.place, problem.question) == ("Cutover!A3", question)


def test_that_steps_without_numbers_are_named_by_their_titles() -> None:
    taken = take(
        (F.TITLE, F.DURATION, F.AFTER), ["Open the bridge!", 5], ["Open, the bridge", 5], ["???", 1]
    )
    assert [row.id for row in taken.rows] == ["open-the-bridge", "open-the-bridge-2", "step"]


# Merged cells, formulas, answers.


def test_that_merged_streams_are_filled_with_one_remark() -> None:
    fields = (*BASIC, F.STREAM)
    taken = take(fields, [1, "a", 5, None, "DB"], [2, "b", 5], [3, "c", 5], merged=["E2:E4"])
    assert [row.stream for row in taken.rows] == ["DB"] * 3
    assert [(it.place, it.says) for it in taken.remarks] == [
        ("Cutover!E2:E4", "merged cells: “DB” filled into 3 rows")
    ]
    assert taken.streams == ("DB",)


def test_that_a_merged_note_stays_in_its_first_row() -> None:
    fields = (*BASIC, F.NOTE)
    taken = take(fields, [1, "a", 5, None, "hm"], [2, "b", 5], merged=["E2:E3"])
    assert [row.note for row in taken.rows] == ["hm", ""]
    assert take(fields, [1, "a", 5], [2, "b", 5], merged=["E2:E3"]).remarks == ()


def test_that_a_merged_duration_is_asked_about_in_each_further_row() -> None:
    rows = ([1, "a", minutes(10)], [2, "b", None])
    problem = only_problem(take(BASIC, *rows, merged=["C2:C3"]))
    assert (problem.place, problem.value, problem.proposal) == ("Cutover!C3", "0:10", "0:10")
    taken = take(BASIC, *rows, merged=["C2:C3"], given={"C3": ("0:10", "5 min")})
    assert [row.duration for row in taken.rows] == [minutes(10), minutes(5)]


def test_that_a_block_over_several_columns_is_not_filled() -> None:
    fields = (*BASIC, F.STREAM)
    taken = take(fields, [1, "a", 5, None, "DB"], [2, "b", 5], merged=["D2:E3"])
    assert [row.stream for row in taken.rows] == ["DB", ""]


def test_that_formulas_are_remarked_once_a_column() -> None:
    counted = Cell(kind=CellKind.NUMBER, text="5", number=5.0, is_calculated=True)
    taken = take(BASIC, [1, "a", counted], [2, "b", 3], [3, "c", counted])
    assert [(it.place, it.says) for it in taken.remarks] == [
        ("Cutover!C2:C4", "calculated by formulas; taken as the sheet was last saved")
    ]


def test_that_an_answer_that_is_not_understood_is_asked_about_again() -> None:
    problem = only_problem(take(BASIC, [1, "a", "soon"], given={"C2": ("soon", "later")}))
    assert problem.question.startswith("The answer “later” is not understood.")


# Owners.


def test_that_two_names_are_asked_about_and_the_other_becomes_a_helper() -> None:
    row = [22, "Deploy", 9, None, "Omar/Asha"]
    problem = only_problem(take(OWNED, row))
    assert problem.question == "Two names: who owns step 22? The other becomes a helper."
    assert offered(problem) == ["omar", "asha"]
    step = only_step(take(OWNED, row, given={"E2": ("Omar/Asha", "asha")}))
    assert step.owner == "asha"
    assert step.note == "Helpers: Omar Farouk"


def test_that_helpers_stand_below_the_note_once() -> None:
    fields = (*OWNED, F.NOTE)
    given = {"E2": ("Omar, Asha and Nils", "nils")}
    row: list[Value] = [1, "a", 5, None, "Omar, Asha and Nils"]
    assert only_problem(take(fields, [*row, "hm"])).question.startswith("Three names")
    noted = only_step(take(fields, [*row, "hm"], given=given)).note
    assert noted == "hm\nHelpers: Omar Farouk, Asha Nair"
    assert only_step(take(fields, [*row, noted], given=given)).note == noted
    four = take(fields, [1, "a", 5, None, "Omar, Asha, Nils, Mara"])
    assert only_problem(four).question.startswith("4 names")


@pytest.mark.parametrize(
    ("typed", "question", "offers"),
    [
        (None, "Who owns step 1?", ["nobody"]),
        ("Zed", "Nobody known is called “Zed”. Who owns step 1?", ["nobody"]),
        ("Aysha", "Nobody known is called “Aysha”. Who owns step 1?", ["asha", "nobody"]),
    ],
)
def test_that_an_unknown_owner_is_asked_about(
    typed: Value, question: str, offers: list[str]
) -> None:
    problem = only_problem(take(OWNED, [1, "a", 5, None, typed]))
    assert problem.question == question
    assert offered(problem) == offers
    assert problem.proposal == (offers[0] if len(offers) == 2 else "")


def test_that_an_ambiguous_owner_is_asked_about() -> None:
    twins = {it.id: it for it in KNOWN.book.people.values()}
    twin = replace(twins[PersonId("omar")], id=PersonId("omar2"), aliases=(), reach=())
    book = replace(KNOWN.book, people={**twins, twin.id: twin})
    known = replace(KNOWN, book=book)
    problem = only_problem(take(OWNED, [1, "a", 5, None, "Farouk"], known=known))
    assert problem.question == "“Farouk” may be several people. Who owns step 1?"
    assert offered(problem) == ["omar", "omar2", "nobody"]


def test_that_nobody_may_own_a_step_when_a_person_says_so() -> None:
    assert only_step(take(OWNED, [1, "a", 5], given={"E2": ("", "nobody")})).owner is None
    assert only_step(take(OWNED, [1, "a", 5], given={"E2": ("", "nothing")})).owner is None
    checkpoint = take(OWNED, [1, "a", 5], no_kind=StepKind.CHECKPOINT)
    assert only_step(checkpoint).owner is None


def test_that_a_shortened_name_is_remarked_once() -> None:
    taken = take(OWNED, [1, "a", 5, None, "OF"], [2, "b", 5, None, "OF"])
    assert [it.says for it in taken.remarks] == ["read as Omar Farouk, by a part of the name"]


def test_that_a_fault_names_no_owner() -> None:
    fault = Cell(kind=CellKind.FAULT, text="#N/A")
    assert only_problem(take(OWNED, [1, "a", 5, None, fault])).field == F.OWNER


# What a step waits for.


@pytest.mark.parametrize(
    ("typed", "after"),
    [
        (None, ()),
        (1, ("1",)),
        ("1, 2", ("1", "2")),
        ("2;1;2", ("2", "1")),
        ("1FS, 2 EA", ("1", "2")),
        ("1-2", ("1", "2")),
        ("1 bis 3,,", ("1", "2", "3")),
    ],
)
def test_that_predecessors_are_read_as_lists_and_ranges(
    typed: Value, after: tuple[str, ...]
) -> None:
    steps = [[number, "a", 5] for number in (1, 2, 3)]
    taken = take(BASIC, *steps, [4, "b", 5, typed])
    assert taken.problems == ()
    assert taken.rows[-1].after == after


def test_that_ranges_are_remarked() -> None:
    taken = take(BASIC, [1, "a", 5], [2, "b", 5], [3, "c", 5, "1-2"])
    assert [it.says for it in taken.remarks] == ["“1-2” read as all of these steps"]


@pytest.mark.parametrize(
    ("typed", "question", "offers"),
    [
        ("see mail", "Not the number of a step. Which steps come before?", ["nothing"]),
        ("9", "There is no step 9. Which are meant?", ["nothing"]),
        ("1-9", "There are no steps 1-9. Which are meant?", ["nothing"]),
        ("8-9", "There are no steps 8-9. Which are meant?", ["nothing"]),
        (1.2, "1.2 is one number. Which steps are meant?", ["1, 2", "nothing"]),
        (1.7, "1.7 is one number. Which steps are meant?", ["nothing"]),
        (4, "A step cannot wait for itself. Which steps come before?", []),
        (clock(1, 2), "1:02 is a date or a time. Which steps are meant?", ["nothing"]),
        (
            Cell(kind=CellKind.FAULT, text="#N/A"),
            "#N/A is an error of the sheet. What is meant?",
            [],
        ),
    ],
)
def test_that_predecessors_that_mean_no_step_are_asked_about(
    typed: Value, question: str, offers: list[str]
) -> None:
    steps = [[number, "a", 5] for number in (1, 2, 3)]
    problem = only_problem(take(BASIC, *steps, [4, "b", 5, typed]))
    assert (problem.question, offered(problem)) == (question, offers)


def test_that_a_range_that_became_a_date_is_offered_both_ways() -> None:
    steps = [[number, "a", 5] for number in (1, 2, 3)]
    may_day = datetime(2026, 3, 1)  # noqa: DTZ001 - what a cell holds
    problem = only_problem(take(BASIC, *steps, [4, "b", 5, may_day]))
    assert offered(problem) == ["1-3", "3-1", "nothing"]
    assert problem.proposal == ""
    taken = take(BASIC, *steps, [4, "b", 5, may_day], given={"D5": (problem.value, "1-3")})
    assert taken.rows[-1].after == ("1", "2", "3")


def test_that_predecessors_may_be_rows_of_the_sheet() -> None:
    rows = ([7, "a", 5], [8, "b", 5, 2])
    assert take(BASIC, *rows, after_names=AfterNames.ROW).rows[-1].after == ("7",)
    bare = take((F.TITLE, F.DURATION, F.AFTER), ["a", 5], ["b", 5, 2], after_names=None)
    assert bare.rows[-1].after == ("a",)


def test_that_what_predecessors_name_is_asked_of_the_mapping() -> None:
    taken = take(BASIC, [1, "a", 5], [2, "b", 5, 1], after_names=None)
    assert choices_of(taken) == ["after_names"]


def test_that_without_a_column_of_predecessors_the_mapping_says_what_holds() -> None:
    fields = (F.NUMBER, F.TITLE, F.DURATION)
    rows = ([1, "a", 5], [2, "b", 5])
    assert choices_of(take(fields, *rows)) == ["no_after"]
    chained = take(fields, *rows, no_after=NoAfter.ROW_BEFORE)
    assert [row.after for row in chained.rows] == [(), ("1",)]
    apart = take(fields, *rows, no_after=NoAfter.NOTHING)
    assert [row.after for row in apart.rows] == [(), ()]


def test_that_steps_that_wait_for_one_another_are_asked_about() -> None:
    rows = ([1, "a", 5, 3], [2, "b", 5, 1], [3, "c", 5, 2])
    problem = only_problem(take(BASIC, *rows))
    assert problem.place == "Cutover!D2"
    assert problem.question == (
        "These wait for one another: 1 waits for 3 waits for 2 waits for 1. Which come before 1?"
    )
    assert take(BASIC, *rows, given={"D2": ("3", "nothing")}).is_whole


# Kinds, gates.


def test_that_a_kind_is_read_in_the_words_of_the_team() -> None:
    fields = (*BASIC, F.KIND)
    assert only_step(take(fields, [1, "a", 5, None, "Meilenstein"])).kind is StepKind.CHECKPOINT
    own = take(fields, [1, "a", 5, None, "Soak"], kinds={"soak": StepKind.HOLD})
    assert only_step(own).kind is StepKind.HOLD
    asked = only_problem(take(fields, [1, "a", 5, None, "odd"]))
    assert asked.question == "Which kind of step is it?"


def test_that_a_step_without_a_kind_is_what_the_mapping_says() -> None:
    assert choices_of(take(BASIC, [1, "a", 5], no_kind=None)) == ["no_kind"]


def test_that_an_automated_step_needs_its_job() -> None:
    fields = (*BASIC, F.KIND)
    row = [1, "Deploy", 5, None, "automatic"]
    assert only_problem(take(fields, row)).proposal == "manual"
    assert only_step(take(fields, row, known=present(STANDING))).run == RUN
    manual = replace(STANDING, kind=StepKind.MANUAL, run=None)
    assert only_problem(take(fields, row, known=present(manual))).field == F.KIND


def test_that_a_gate_has_its_stations_and_its_quorum() -> None:
    fields = (*BASIC, F.KIND, F.STATIONS, F.QUORUM)
    gate = only_step(take(fields, [1, "Go", 5, None, "gate", "DB, App", 2]))
    assert (gate.stations, gate.quorum) == (("DB", "App"), 2)
    lone = only_step(take(fields, [1, "Go", 5, None, "gate", "DB"]))
    assert lone.quorum is None
    assert only_problem(take(fields, [1, "Go", 5, None, "gate"])).field == F.STATIONS
    many = only_problem(take(fields, [1, "Go", 5, None, "gate", "DB", 2]))
    assert many.question == "There are only 1 stations. How many must say go?"
    assert only_problem(take(fields, [1, "Go", 5, None, "gate", "DB", "all"])).field == F.QUORUM


def test_that_a_gate_without_a_column_of_stations_is_asked_of_the_mapping() -> None:
    taken = take((*BASIC, F.KIND), [1, "Go", 5, None, "gate"])
    assert choices_of(taken) == ["columns.stations"]


def test_that_stations_of_another_step_are_remarked() -> None:
    fields = (*BASIC, F.STATIONS, F.QUORUM)
    taken = take(fields, [1, "a", 5, None, "DB", 1])
    assert only_step(taken).stations == ()
    assert {it.says for it in taken.remarks} == {"not taken in: the step is no gate"}


def test_that_modes_services_and_truths_that_are_none_are_asked_about() -> None:
    fields = (*BASIC, F.MODE, F.SERVICES, F.CHANGES_DATA)
    taken = take(fields, [1, "a", 5, None, "both", "Shop", "perhaps"])
    assert [it.field for it in taken.problems] == [F.MODE, F.SERVICES, F.CHANGES_DATA]
    assert taken.problems[1].question == "There is no service “Shop”. Which are meant?"
    unread = only_row(taken)
    assert unread.open == {F.MODE, F.SERVICES, F.CHANGES_DATA}
    assert unread.step is None
    assert taken.steps == ()


# Durations and starts.


def test_that_a_duration_may_have_three_cases() -> None:
    fields = (*BASIC, F.BEST, F.WORST)
    assert only_step(take(fields, [1, "a", 5, None, 4, 9])).duration == STANDING.duration
    assert only_step(take(fields, [1, "a", 5, None, None, 9])).duration.best == minutes(5)
    assert only_step(take(fields, [1, "a", 5, None, 4, None])).duration.worst == minutes(5)
    assert "not in order" in only_problem(take(fields, [1, "a", 5, None, 6, 9])).question


def test_that_a_missing_duration_is_asked_for_once() -> None:
    assert only_problem(take(BASIC, [1, "a", None])).question == "How long does it take?"
    assert only_problem(take(BASIC, [1, "a", "soon"])).question.startswith("Not a length")


def test_that_a_fixed_start_fixes_the_step_and_a_planned_one_does_not() -> None:
    at = datetime(2026, 4, 21, 0, tzinfo=UTC)
    fixed = take((*BASIC, F.FIXED_START), [1, "a", 5, None, clock(2)])
    assert only_step(fixed).not_before == at
    planned = take((*BASIC, F.PLANNED_START), [1, "a", 5, None, clock(2)])
    assert only_step(planned).not_before is None
    assert only_row(planned).start == at
    assert [it.says for it in planned.remarks] == [
        "the sheet starts it at 02:00, durations and predecessors at 01:30; the start is not fixed"
    ]


def test_that_a_planned_start_that_is_reckoned_alike_is_not_remarked() -> None:
    fields = (*BASIC, F.PLANNED_START)
    taken = take(fields, [1, "a", 5, None, clock(1, 30)], [2, "b", 5, 1, clock(1, 35)], [3, "c", 5])
    assert taken.remarks == ()
    text = take(fields, [1, "a", 5, None, "1:30"], given={"E2": ("1:30", "01:30")})
    assert text.is_whole


def test_that_starts_wait_for_the_window() -> None:
    known = replace(KNOWN, frame=None)
    taken = take((*BASIC, F.PLANNED_START), [1, "a", 5, None, clock(2)], known=known)
    assert choices_of(taken) == ["window"]
    assert take(BASIC, [1, "a", 5], known=known).is_whole


# The way back.

BACK = (*BASIC, F.UNDO, F.UNDO_DURATION, F.UNDO_TITLE)


def back(*values: Value, **more: object) -> Undo:
    return only_step(take(BACK, [1, "a", 5, None, *values], **more)).undo  # type: ignore[arg-type]


def test_that_a_way_back_with_a_length_is_an_inverse() -> None:
    inverse = Undo(kind=UndoKind.INVERSE, duration=plain(minutes(3)), title="Start it")
    assert back(None, 3, "Start  it") == inverse
    assert back("reverse", 3, "Start it") == inverse
    assert back("compensation", 3).kind is UndoKind.COMPENSATION
    assert back("roll", 3, undos={"Roll": UndoKind.INVERSE}).kind is UndoKind.INVERSE


def test_that_a_step_without_a_word_of_a_way_back_is_what_the_mapping_says() -> None:
    assert back() == Undo(kind=UndoKind.NONE)
    assert back(no_undo=UndoKind.IRREVERSIBLE).kind is UndoKind.IRREVERSIBLE
    taken = take(BACK, [1, "a", 5], [2, "b", 5], no_undo=None)
    assert choices_of(taken) == ["no_undo"]
    assert all(row.open == {F.UNDO} for row in taken.rows)


def test_that_no_way_back_needs_no_length() -> None:
    assert back("Point of no return") == Undo(kind=UndoKind.IRREVERSIBLE)
    assert back("none", None, "see mail") == Undo(kind=UndoKind.NONE, title="see mail")


def test_that_a_way_back_without_a_length_is_asked_for_it() -> None:
    for values in ((None, None, "Start it"), ("inverse",)):
        problem = only_problem(take(BACK, [1, "a", 5, None, *values]))
        assert problem.question == "How long does the way back take?"
        assert problem.place == "Cutover!F2"
    told = take((*BASIC, F.UNDO), [1, "a", 5, None, "inverse"])
    assert choices_of(told) == ["columns.undo_duration"]


def test_that_a_length_beside_no_way_back_is_asked_about() -> None:
    problem = only_problem(take(BACK, [1, "a", 5, None, "irreversible", 3]))
    assert problem.question == "“irreversible”, and yet the way back takes 3m. Which holds?"
    assert offered(problem) == ["inverse", "irreversible"]
    given = {"E2": ("irreversible", "irreversible")}
    taken = take(BACK, [1, "a", 5, None, "irreversible", 3], given=given)
    assert only_step(taken).undo == Undo(kind=UndoKind.IRREVERSIBLE)
    assert [it.says for it in taken.remarks] == ["not taken in: there is no way back"]


def test_that_an_odd_word_and_an_odd_length_are_asked_about() -> None:
    taken = take(BACK, [1, "a", 5, None, "perhaps", "soon"])
    assert [it.field for it in taken.problems] == [F.UNDO, F.UNDO_DURATION]


def test_that_what_changes_nothing_has_nothing_to_undo() -> None:
    fields = (*BACK, F.KIND)
    taken = take(fields, [1, "Tell", 5, None, "none", 3, "Tell again", "message"])
    assert only_step(taken).undo == Undo(kind=UndoKind.NONE)
    assert [it.says for it in taken.remarks] == [
        "not taken in: a communication has nothing to undo"
    ] * 2


def test_that_no_way_back_is_asked_for_while_the_kind_is_open() -> None:
    taken = take((*BACK, F.KIND), [1, "a", 5, None, "inverse", None, None, "odd"])
    assert only_problem(taken).field == F.KIND


# The plan as it stands.


def test_that_the_same_sheet_again_keeps_what_it_has_no_column_for() -> None:
    fields = (F.NUMBER, F.TITLE, F.DURATION)
    assert (
        only_step(take(fields, [1, "Deploy", 5], known=present(STANDING), no_kind=None)) == STANDING
    )


def test_that_a_way_back_keeps_what_the_sheet_cannot_say() -> None:
    fields = (*BASIC, F.UNDO_DURATION)
    same = only_step(take(fields, [1, "Deploy", 5, None, 3], known=present(STANDING)))
    assert same.undo == STANDING.undo
    longer = only_step(take(fields, [1, "Deploy", 5, None, 4], known=present(STANDING)))
    assert longer.undo == replace(STANDING.undo, duration=plain(minutes(4)))
    row = [1, "Deploy", 5, None, "inverse", 3, "x"]
    told = only_step(take(BACK, row, known=present(STANDING)))
    assert told.undo == replace(STANDING.undo, kind=UndoKind.INVERSE, title="x")


def test_that_a_gate_keeps_its_stations_and_quorum() -> None:
    gate = Step(
        id=StepId("1"),
        title="Go",
        duration=plain(minutes(5)),
        kind=StepKind.GATE,
        stations=("a", "b"),
        quorum=2,
    )
    fields = (F.NUMBER, F.TITLE, F.DURATION)
    assert only_step(take(fields, [1, "Go", 5], known=present(gate))) == gate


def test_that_a_changed_column_changes_the_step() -> None:
    fields = (*OWNED, F.STREAM, F.NOTE, F.SERVICES, F.CHANGES_DATA)
    row = [1, "Deploy", timedelta(minutes=6), None, "Asha", "", None, None, "no"]
    step = only_step(take(fields, row, known=present(STANDING)))
    assert step.duration == plain(minutes(6))
    assert (step.owner, step.stream, step.note) == ("asha", "", "")
    assert (step.services, step.changes_data) == ((), False)
    assert step.mode is Mode.READ_DO
