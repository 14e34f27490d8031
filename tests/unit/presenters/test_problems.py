"""Problems and decisions: what is shown of one, and of none."""

import pytest

from relconsole.domain.kernel.ids import ServiceId, StepId
from relconsole.domain.night.bridge_commands import CloseProblem
from relconsole.domain.night.facts import Followers
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.problems import (
    ProblemRows,
    next_problem,
    open_problems,
    present_problems,
)
from tests.unit.presenters.night_plan import INES, RUN, at
from tests.unit.presenters.scenes import (
    Stage,
    alarm,
    before,
    boxed_problem,
    calm,
    finished,
    rehearsed,
)


def with_problem(**changes: object) -> Stage:
    stage = calm()
    stage.do("02:12", boxed_problem(**changes))
    return stage


def facts(rows: ProblemRows) -> dict[str, str]:
    return {line.name: line.value for line in rows.facts}


def test_that_a_calm_night_shows_the_next_decision() -> None:
    rows = present_problems(calm().seen())
    assert (rows.heading, rows.note) == ("Problems and decisions", "none open")
    assert (rows.lead, rows.title) == ("Next decision", "Leave canary?")
    assert facts(rows) == {
        "Go / No-go 1": "opens 02:15",
        "Decides": "Mara Okafor",
        "Decide by": "02:40",
        "If nobody decides": "hold",
    }
    assert "Decides Mara Okafor" in rows.sentence
    assert facts(present_problems(calm().seen(forecasts=False)))["Decide by"] == "no limit"


def test_that_without_a_gate_left_no_decision_is_named() -> None:
    assert present_problems(before().seen()).title == "None left"
    assert present_problems(finished().seen()).title == "None left"
    assert next_problem(before().seen(), "") == ""


def test_that_the_box_asks_with_options_their_consequences_and_who_decides_by_when() -> None:
    rows = present_problems(alarm().seen())
    assert (rows.heading, rows.note) == ("Problem P1", "open since 02:16:40")
    assert rows.title == "Hold at 25 % or roll back?"
    assert rows.lead == "Checkout p95 is over its limit"
    assert [(each.title, each.follows) for each in rows.options] == [
        ("Hold at 25 %", "p95 needs 5 min under 0.80, earliest 02:23"),
        ("Roll back R2", "5 min 42 s, P90 7 min 10 s, no data to undo"),
    ]
    assert rows.options[0].sentence.startswith("Hold at 25 %, p95 needs")
    assert (rows.decides, rows.left) == ("Mara Okafor decides by 02:32", "14:18 left")
    assert (rows.otherwise, rows.needs_choice, rows.why) == (
        "Nobody decides: hold stays",
        True,
        "",
    )


def test_that_an_option_without_a_colon_has_no_consequence() -> None:
    (option,) = present_problems(with_problem(options=("Wait",)).seen()).options
    assert (option.title, option.follows, option.sentence) == ("Wait", "", "Wait")


@pytest.mark.parametrize(
    ("clock", "left", "tone"),
    [
        ("02:20", "12:00 left", ""),
        ("02:28", "04:00 left", "warn"),
        ("02:32", "00:00 over", "crit"),
        ("02:33", "01:00 over", "crit"),
    ],
)
def test_that_the_time_to_decide_runs_out_and_then_over(clock: str, left: str, tone: str) -> None:
    rows = present_problems(with_problem().seen(clock))
    assert (rows.left, rows.tone) == (left, tone)


def test_that_the_prepared_rollback_may_be_what_follows_silence() -> None:
    rows = present_problems(with_problem(then=Followers.ROLL_BACK).seen())
    assert rows.otherwise == "Nobody decides: roll back"


def test_that_somebody_else_sees_who_decides() -> None:
    stage = alarm()
    assert present_problems(stage.seen(person=INES)).why == "Mara Okafor decides."
    nobody = "This console knows nobody who could decide."
    assert present_problems(stage.seen(person=None)).why == nobody
    named = with_problem(decides=INES)
    assert present_problems(named.seen()).why == "Ines Duarte decides."
    played = rehearsed()
    played.do("02:12", boxed_problem())
    assert present_problems(played.seen(person=INES)).why == ""


def test_that_a_problem_without_a_question_shows_what_is_known_of_it() -> None:
    stage = with_problem(
        question="",
        options=(),
        decides=None,
        decide_by=None,
        severity="major",
        next_word=at("02:20"),
        incident="INC-7",
    )
    rows = present_problems(stage.seen())
    assert (rows.title, rows.status) == ("Checkout p95 is over its limit", Status.WARNING)
    assert facts(rows) == {
        "Owner": "Jo Reyes",
        "About": "Shift 25 % traffic to payments-api",
        "Severity": "major",
        "Next word": "02:20",
        "Incident": "INC-7",
    }
    assert (rows.options, rows.decides, rows.otherwise, rows.needs_choice) == ((), "", "", False)
    assert facts(present_problems(stage.seen("02:21")))["Next word"] == "02:20, overdue"


def test_that_a_problem_may_be_about_a_service_or_nothing() -> None:
    bare = {"question": "", "options": (), "owner": None, "step": None}
    service = with_problem(**bare, service=ServiceId("payments-api"))
    assert facts(present_problems(service.seen()))["About"] == "payments-api"
    nothing = with_problem(**bare)
    assert facts(present_problems(nothing.seen())) == {"Owner": "nobody", "Severity": "critical"}
    gone = with_problem(**{**bare, "step": StepId("nowhere")})
    assert "About" not in facts(present_problems(gone.seen()))


def test_that_decisions_come_first_then_the_severest_then_the_oldest() -> None:
    stage = calm()
    bare = {"question": "", "options": (), "decides": None, "decide_by": None}
    for minute, (name, severity) in enumerate(
        (("A", "odd"), ("B", "minor"), ("C", "critical"), ("D", "critical")), 12
    ):
        stage.do(f"02:{minute}", boxed_problem(problem=name, severity=severity, **bare))
    stage.do("02:16", boxed_problem(problem="E", severity="minor"))
    assert [each.opened.problem for each in open_problems(stage.state.runs[RUN])] == [
        "E",
        "C",
        "D",
        "B",
        "A",
    ]
    seen = stage.seen()
    assert present_problems(seen).others == 4
    assert present_problems(seen, "C").note == "since 02:14:00"
    assert present_problems(seen, "A").status is Status.WARNING
    assert next_problem(seen, "E") == "C"
    assert next_problem(seen, "A") == "E"
    assert next_problem(seen, "nowhere") == "E"


def test_that_a_closed_problem_is_gone() -> None:
    stage = alarm()
    stage.do("02:20", CloseProblem(run=RUN, problem="P1", decision="Hold at 25 %"))
    assert present_problems(stage.seen(), "P1").note == "none open"
