"""The form that opens a problem: what it offers, and what was written read back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.kernel.ids import ServiceId
from relconsole.domain.night.bridge_commands import OpenProblem
from relconsole.domain.night.facts import Followers
from relconsole.domain.release.release import Item
from relconsole_ui.presenters.problem_form import (
    ProblemWords,
    present_problem_form,
    read_clock,
    read_problem,
)
from tests.unit.presenters.night_plan import INES, JO, MARA, RELEASE, SHIFT, at, release, workspace
from tests.unit.presenters.scenes import Stage, alarm, before, calm, finished

FULL = ProblemWords(
    what=" p95 is high ",
    severity="critical",
    about=f"step:{SHIFT}",
    owner=JO,
    next_word="02:20",
    incident=" INC-7 ",
    question=" Hold? ",
    options="Hold: nothing moves; Roll back ;",
    decides=INES,
    decide_by="02:32",
    otherwise=Followers.ROLL_BACK.value,
)


def read(words: ProblemWords) -> OpenProblem:
    found = read_problem(calm().seen(), words)
    assert isinstance(found, OpenProblem), found
    return found


def test_that_there_is_no_form_without_an_open_night() -> None:
    assert present_problem_form(before().seen()) is None
    assert present_problem_form(finished().seen()) is None
    assert read_problem(before().seen(), FULL) == "The night has not been opened."


def test_that_steps_under_way_are_offered_first_then_the_others_then_services() -> None:
    stage = Stage()
    changed = replace(
        release(), items=(Item(service=ServiceId("pay"), from_version="1", to_version="2"),)
    )
    stage.do("01:00", ImportWorkspace(workspace=replace(workspace(), releases={RELEASE: changed})))
    stage.open("01:30")
    stage.start("01:30", "open")
    form = present_problem_form(stage.seen())
    assert form is not None
    assert [each.says for each in form.about[:3]] == [
        "the whole night",
        "1 Open the bridge",
        "2 Tell partners the start",
    ]
    assert (form.about[-1].key, form.about[-1].says) == ("service:pay", "pay")
    under_way = present_problem_form(calm().seen(), SHIFT)
    assert under_way is not None
    assert [each.says[:2] for each in under_way.about[1:5]] == ["11", "13", "14", "1 "]
    assert under_way.first_about == f"step:{SHIFT}"


def test_that_the_commander_decides_by_the_forecast_unless_somebody_says_otherwise() -> None:
    form = present_problem_form(calm().seen())
    assert form is not None
    assert (form.decides, form.decide_by, form.severity) == (MARA, "02:40", "major")
    assert form.people[0].says == "nobody yet"
    assert [each.says for each in form.otherwise] == ["hold stays", "roll back"]
    for seen in (calm().seen(forecasts=False), calm().seen("02:41")):
        late = present_problem_form(seen)
        assert late is not None
        assert late.decide_by == ""


def test_that_everything_written_is_in_the_command() -> None:
    found = read(FULL)
    assert (found.problem, found.what, found.severity) == ("P1", "p95 is high", "critical")
    assert (found.step, found.service, found.owner) == (SHIFT, None, JO)
    assert (found.next_word, found.incident) == (at("02:20"), "INC-7")
    assert (found.question, found.options) == ("Hold?", ("Hold: nothing moves", "Roll back"))
    assert (found.decides, found.decide_by) == (INES, at("02:32"))
    assert found.latest_decide_by == at("02:40")
    assert found.then is Followers.ROLL_BACK


def test_that_a_problem_without_a_question_has_no_box() -> None:
    found = read(ProblemWords(what="Edge is late", about="service:edge", decide_by="02:32"))
    assert (found.service, found.step, found.owner) == ("edge", None, None)
    assert (found.question, found.options, found.decides, found.decide_by) == ("", (), None, None)


def test_that_without_a_forecast_no_limit_is_set() -> None:
    found = read_problem(calm().seen(forecasts=False), FULL)
    assert isinstance(found, OpenProblem)
    assert found.latest_decide_by is None


def test_that_the_next_problem_has_the_next_number() -> None:
    found = read_problem(alarm().seen(), FULL)
    assert isinstance(found, OpenProblem)
    assert found.problem == "P2"


def test_that_what_is_wrong_must_be_said_and_times_be_times() -> None:
    seen = calm().seen()
    assert read_problem(seen, replace(FULL, what=" ")) == "A problem says what is wrong."
    wrong = read_problem(seen, replace(FULL, decide_by="soon"))
    assert wrong == "Decide by reads soon, which is no time such as 02:32."


@pytest.mark.parametrize(
    ("text", "after"),
    [("02:32", 20 * 60 + 18), ("2:05", -402), ("23:50", -8_502), ("14:11", 43_158)],
)
def test_that_a_time_is_the_nearest_one_in_the_zone_of_the_night(text: str, after: int) -> None:
    seen = calm().seen()
    assert read_clock(text, seen) == seen.now + timedelta(seconds=after)


def test_that_late_in_the_evening_an_early_time_is_of_the_next_day() -> None:
    stage = before()
    stage.stand_at("02:11:42")
    seen = replace(stage.seen(), now=at("02:11:42") - timedelta(hours=3))
    assert read_clock("01:30", seen) == at("01:30")


@pytest.mark.parametrize("text", ["", "soon", "25:00", "02:60", "0232", "02:32Z"])
def test_that_what_is_no_time_gives_none(text: str) -> None:
    assert read_clock(text, calm().seen()) is None
