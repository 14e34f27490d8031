"""The tree of errors, by whose move it is."""

from relconsole.domain.kernel.errors import (
    Bug,
    InputRejected,
    PersonMustAct,
    Problem,
    RelconsoleError,
    RuleRefuses,
    WorldIsDown,
)
from relconsole.domain.kernel.refusal import refuse


def test_that_every_error_is_of_one_tree() -> None:
    kinds = (PersonMustAct, InputRejected, WorldIsDown, RuleRefuses, Bug)
    assert all(issubclass(kind, RelconsoleError) for kind in kinds)


def test_that_a_person_reads_what_why_and_what_to_do() -> None:
    error = PersonMustAct("No key.", why="It was never enrolled.", do="Enrol it.")
    assert str(error) == "No key. It was never enrolled. Enrol it."
    assert (error.what, error.why, error.do) == ("No key.", "It was never enrolled.", "Enrol it.")
    assert str(PersonMustAct("No key.")) == "No key."


def test_that_a_problem_names_its_place() -> None:
    whole = Problem(file="a.yaml", line=3, field="steps[0].id", message="is used twice")
    assert str(whole) == "a.yaml:3: steps[0].id: is used twice"
    assert str(Problem(file="a.csv", line=None, field="", message="is empty")) == "a.csv: is empty"


def test_that_a_refused_input_gives_every_problem_a_line() -> None:
    problems = tuple(Problem(file="a", line=line, field="", message="no") for line in range(1, 3))
    assert InputRejected(problems).problems == problems
    assert str(InputRejected(problems)) == "a:1: no\na:2: no"


def test_that_a_system_that_is_down_is_named() -> None:
    error = WorldIsDown("no answer", system="metrics", retry_after=2.5)
    assert (str(error), error.what, error.system, error.retry_after) == (
        "no answer",
        "no answer",
        "metrics",
        2.5,
    )


def test_that_a_refusal_travels_whole() -> None:
    refusal = refuse("freeze_forbids", "r1", "Year-end freeze.")
    assert RuleRefuses(refusal).refusal is refusal
    assert str(RuleRefuses(refusal)) == "Year-end freeze. (freeze_forbids: r1)"
