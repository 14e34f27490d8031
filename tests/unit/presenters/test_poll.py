"""The poll of a gate: whom to ask, what was said, who decides."""

from dataclasses import replace

import pytest

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.estate.people import Person
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.step_commands import DecideGate, Said
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.readiness.poll import StationAnswer
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.poll import AUTHORS, Asking, StationRow, present_poll
from relconsole_ui.presenters.seen import Seen
from tests.unit.presenters.night_plan import (
    CLARA,
    GATE,
    HANNA,
    INES,
    LENA,
    NILS,
    PAOLO,
    RUN,
    TOMAS,
    at,
    release,
    workspace,
)
from tests.unit.presenters.scenes import (
    Stage,
    alarm,
    before,
    calm,
    finished,
    polling,
    rehearsed,
)


def row(seen: Seen, station: str, asking: Asking | None = None) -> StationRow:
    return next(each for each in present_poll(seen, asking).rows if each.key == station)


def test_that_before_and_after_the_night_nothing_is_polled() -> None:
    assert present_poll(before().seen()).why == "The night has not been opened."
    assert present_poll(finished().seen()).why == "The night is over."


def test_that_a_gate_that_comes_shows_its_stations_and_when_it_opens() -> None:
    rows = present_poll(calm().seen())
    assert (rows.title, rows.note) == ("Go / No-go 1: Leave canary?", "opens 02:15")
    assert {each.word for each in rows.rows} == {"not polled"}
    assert [each.who for each in rows.rows] == [
        "H. Berg",
        "A. Nair",
        "I. Duarte",
        "N. Brandt",
        "L. Osei",
        "C. Blum",
    ]
    assert not rows.is_open
    assert rows.why == AUTHORS


def test_that_a_gate_whose_moment_passed_says_what_it_waits_for() -> None:
    stage = Stage()
    stage.open("01:30")
    assert present_poll(stage.seen("02:20", forecasts=False)).note == "waits for 12"


def test_that_answers_stand_beside_their_stations_and_the_next_is_named() -> None:
    rows = present_poll(alarm().seen())
    assert rows.is_open
    assert rows.note == "3 of 6 answered"
    assert rows.next_station == "Edge"
    said = {each.key: (each.word, each.status, each.tone, each.note) for each in rows.rows}
    assert said["Payments"] == ("NO-GO", Status.NO_GO, "crit", "p95 is over its limit")
    assert said["Fraud"] == ("GO", Status.GO, "go", "")
    assert said["Edge"] == ("not polled", Status.NOT_STARTED, "", "")
    assert rows.hint == "a NO-GO stands"
    assert rows.sentence == "Go / No-go 1: Leave canary?, 3 of 6 answered, a NO-GO stands"


def test_that_a_hold_stands_unless_somebody_says_no_go() -> None:
    stage = polling()
    stage.vote("02:16", "Edge", NILS, StationAnswer.HOLD, "routes are not staged")
    seen = stage.seen()
    assert present_poll(seen).hint == "a HOLD stands"
    assert row(seen, "Edge").sentence == "Edge, N. Brandt, HOLD: routes are not staged"


def test_that_who_was_asked_is_marked_and_still_to_answer() -> None:
    seen = polling().seen()
    asked = row(seen, "Edge", Asking(asked={"Edge": at("02:15:45")}))
    assert (asked.word, asked.status) == ("asked 02:15", Status.WAITING)
    assert asked.sentence == "Edge, N. Brandt, asked 02:15"
    assert present_poll(seen, Asking(asked={"Payments": at("02:15")})).next_station == "Payments"


def test_that_a_deputy_may_speak_instead_and_the_first_again_after_that() -> None:
    seen = polling().seen()
    first = row(seen, "Business")
    assert (first.voice, first.deputy) == (CLARA, PAOLO)
    second = row(seen, "Business", Asking(voices={"Business": PAOLO}))
    assert (second.who, second.deputy) == ("P. Marchetti", CLARA)
    assert row(seen, "Edge").deputy is None


def test_that_a_poll_that_is_go_waits_for_who_decides() -> None:
    stage = polling()
    for station, holder in (
        ("Payments", HANNA),
        ("Edge", NILS),
        ("Support", LENA),
        ("Business", PAOLO),
    ):
        stage.vote("02:16", station, holder, StationAnswer.GO)
    rows = present_poll(stage.seen())
    assert rows.next_station == ""
    assert rows.hint == "the poll is GO"
    assert (rows.may_decide, rows.decides) == (True, "Mara Okafor")
    assert not present_poll(stage.seen(person=INES)).may_decide
    assert not present_poll(stage.seen(person=None)).may_decide


def test_that_a_gate_decided_against_stays_with_what_was_decided() -> None:
    stage = alarm()
    no_go = DecideGate(
        run=RUN, step=GATE, decision=StationAnswer.NO_GO, said=Said(note="p95 is too high")
    )
    stage.do("02:18", no_go)
    assert present_poll(stage.seen()).note == "decided NO-GO"


def test_that_in_a_rehearsal_anybody_may_decide_and_authors_may_speak() -> None:
    stage = rehearsed()
    seen = stage.seen("02:16", person=INES)
    assert present_poll(seen).may_decide
    assert present_poll(stage.seen("02:16", person=None)).may_decide


def stage_with(person: PersonId, *roles: str, plan: Runbook | None = None) -> Stage:
    """The night with other roles of a person, or another plan."""
    found = workspace()
    people = dict(found.estate.people)
    people[person] = Person(id=person, name=person.title(), roles=roles)
    for other, known in people.items():
        if other != person:
            kept = tuple(role for role in known.roles if role not in roles)
            people[other] = replace(known, roles=kept)
    planned = release() if plan is None else replace(release(), runbook=plan)
    stage = Stage()
    stage.do(
        "01:00",
        ImportWorkspace(
            workspace=replace(
                found,
                estate=replace(found.estate, people=people),
                releases={planned.id: planned},
            )
        ),
    )
    return stage


def test_that_authors_speak_for_nobody_and_a_station_may_have_no_holder() -> None:
    stage = stage_with(TOMAS, "Fraud", "Support")
    stage.open("01:30")
    author = row(stage.seen("01:31"), "Fraud")
    assert (author.who, author.voice) == ("nobody known", None)
    assert author.note == "only authors of this change speak for it"
    stranger = stage_with(PersonId("new"), "Support", "Fraud")
    stranger.open("01:30")
    assert row(stranger.seen("01:31"), "Support").who == "New"
    nobody = stage_with(LENA)
    nobody.open("01:30")
    assert row(nobody.seen("01:31"), "Support").note == "no holder in the estate"


def test_that_an_answer_of_somebody_who_is_no_holder_can_be_given_by_one() -> None:
    stage = polling()
    stage.vote("02:16", "Edge", PersonId("sefa"), StationAnswer.GO)
    given = row(stage.seen(), "Edge")
    assert (given.who, given.deputy) == ("S. Kaya", NILS)


@pytest.mark.parametrize(("quorum", "note"), [(3, "0 of 6 answered, needs 3")])
def test_that_a_quorum_is_told(quorum: int, note: str) -> None:
    plan = release().runbook
    gate = plan.find(GATE)
    assert gate is not None
    first = replace(gate, quorum=quorum, after=(), not_before=None)
    stage = stage_with(TOMAS, plan=Runbook(steps=(first,)))
    stage.open("01:30")
    assert present_poll(stage.seen("01:31")).note == note


def test_that_a_gate_without_stations_is_decided_and_a_plan_without_gates_says_so() -> None:
    plan = release().runbook
    gate = plan.find(GATE)
    assert gate is not None
    bare = replace(gate, stations=(), after=(), not_before=None)
    alone = stage_with(TOMAS, plan=Runbook(steps=(bare,)))
    alone.open("01:30")
    assert present_poll(alone.seen("01:31")).note == "no stations"
    first = plan.find(StepId("open"))
    assert first is not None
    none = stage_with(TOMAS, plan=Runbook(steps=(first,)))
    none.open("01:30")
    assert present_poll(none.seen("01:31")).why == "No gate is left."


def test_that_a_gate_behind_a_failed_step_waits_for_it() -> None:
    stage = calm()
    stage.end("02:12", "warm", StepState.FAILED, "no capacity")
    assert present_poll(stage.seen()).note == "opens 02:15"
