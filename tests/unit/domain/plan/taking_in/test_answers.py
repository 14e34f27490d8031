"""Answers are bound to a cell and to the value that was asked about."""

from relconsole.domain.plan.taking_in.answers import Answer, Answers
from relconsole.domain.plan.taking_in.problem import CellProblem

PROBLEM = CellProblem(
    sheet="Cutover",
    row=27,
    column=4,
    heading="Resp.",
    field="owner",
    value="Omar/Asha",
    question="Who?",
)


def test_that_an_answer_counts_for_its_cell_and_its_value_alone() -> None:
    given = Answers().with_answer(PROBLEM, "omar", everywhere=False)
    assert given.find("Cutover", 27, 4, "Omar/Asha") == "omar"
    assert given.find("Cutover", 28, 4, "Omar/Asha") is None
    assert given.find("Cutover", 27, 5, "Omar/Asha") is None
    assert given.find("Cutover", 27, 4, "Omar") is None
    assert given.find("Contacts", 27, 4, "Omar/Asha") is None


def test_that_an_answer_may_count_wherever_the_value_stands_in_the_column() -> None:
    given = Answers().with_answer(PROBLEM, "omar", everywhere=True)
    assert given.find("Cutover", 99, 4, "Omar/Asha") == "omar"


def test_that_the_later_of_two_answers_counts() -> None:
    given = Answers().with_answer(PROBLEM, "omar", everywhere=False)
    again = given.with_answer(PROBLEM, "asha", everywhere=False)
    assert [it.answer for it in again.given] == ["asha"]
    wide = given.with_answer(PROBLEM, "asha", everywhere=True)
    assert wide.find("Cutover", 27, 4, "Omar/Asha") == "asha"
    assert len(wide.given) == 2


def test_that_an_answer_can_be_taken_back() -> None:
    kept = Answer(sheet="Cutover", column=4, row=28, value="Omar/Asha", answer="asha")
    given = Answers(given=(kept,)).with_answer(PROBLEM, "omar", everywhere=False)
    assert given.without_answer(PROBLEM).given == (kept,)


def test_that_a_problem_names_its_place() -> None:
    assert PROBLEM.place == "Cutover!D27"
