"""Who is needed soon, and who of them is there."""

from dataclasses import replace
from datetime import time

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.estate.people import DutyHours, Reach
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.muster_commands import AnswerMuster, CallPerson
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.alerts import muster_of_seen
from relconsole_ui.presenters.muster import MusterRow, MusterRows, present_muster
from relconsole_ui.presenters.seen import Seen
from tests.unit.presenters.night_plan import (
    ASHA,
    CLARA,
    HANNA,
    INES,
    JO,
    LENA,
    MARA,
    NILS,
    PAOLO,
    PETRA,
    RELEASE,
    workspace,
)
from tests.unit.presenters.scenes import Stage, alarm, before, calm, finished, none_live


def rows(seen: Seen, *, spreads: bool = False) -> MusterRows:
    return present_muster(seen, muster_of_seen(seen), spreads=spreads)


def row(seen: Seen, key: str, *, spreads: bool = False) -> MusterRow:
    return next(each for each in rows(seen, spreads=spreads).rows if each.key == key)


def answer(stage: Stage, clock: str, *people: PersonId, here: bool = True) -> None:
    for person in people:
        stage.do(clock, AnswerMuster(release=RELEASE, person=person, here=here))


def called(stage: Stage, clock: str, person: PersonId) -> None:
    stage.do(clock, CallPerson(release=RELEASE, person=person))


def mustered() -> Stage:
    stage = alarm()
    answer(stage, "02:05", MARA, JO, PETRA, ASHA, INES, NILS)
    called(stage, "02:10", PAOLO)
    called(stage, "02:16:30", LENA)
    return stage.stand_at("02:17:42")


def test_that_who_must_be_looked_for_comes_before_who_is_here() -> None:
    found = rows(mustered().seen())
    assert found.title == "Needed in the next 30\u00a0min"
    assert found.note == "6 here, 2 to call, 1 called, 1 missing"
    assert [(each.word, each.status) for each in found.rows] == [
        ("Missing", Status.WARNING),
        ("Called", Status.WAITING),
        ("To call", Status.NOT_STARTED),
        ("To call", Status.NOT_STARTED),
        ("Here", Status.DONE),
    ]


def test_that_a_person_is_shown_with_telephone_need_and_last_word() -> None:
    seen = mustered().seen()
    missing = row(seen, PAOLO)
    assert (missing.name, missing.reach) == ("Paolo Marchetti", "+49 30 5550177")
    assert missing.below == "Business station · called 02:10:00, or Clara Blum"
    assert missing.is_urgent
    waiting = row(seen, LENA)
    assert waiting.below == "Support station · called 02:16:30"
    assert row(seen, CLARA).reach == "no way known"
    assert row(seen, HANNA).sentence == "To call, Hanna Berg, Payments station, +49 30 5550117"


def test_that_nobody_else_is_named_where_nobody_can_stand_in() -> None:
    stage = alarm()
    called(stage, "02:05", LENA)
    assert row(stage.seen("02:17:42"), LENA).below == "Support station · called 02:05:00"


def test_that_who_is_here_stands_in_one_row_unless_it_is_spread() -> None:
    seen = mustered().seen()
    together = row(seen, "here")
    here = {"M. Okafor", "J. Reyes", "P. Hahn", "A. Nair", "I. Duarte", "N. Brandt"}
    assert set(together.name.split(", ")) == here
    assert together.below.startswith("commander, Ledger DB station")
    assert together.person is None
    apart = row(seen, JO, spreads=True)
    assert (apart.word, apart.is_here, apart.person) == ("Here", True, JO)


def test_that_two_who_are_here_are_named_in_full() -> None:
    stage = calm()
    answer(stage, "02:05", MARA, JO)
    assert row(stage.seen("02:11:42"), "here").name == "Mara Okafor, Jo Reyes"


def test_that_who_left_is_looked_for_again() -> None:
    stage = mustered()
    answer(stage, "02:17:50", JO, here=False)
    gone = row(stage.seen(), JO)
    assert gone.word == "Gone"
    assert gone.below.endswith("gone 02:17:50")


def test_that_steps_are_named_in_few_words() -> None:
    stage = calm()
    seen = stage.seen()
    assert row(seen, INES).below.endswith("step 13")
    early = before().seen("01:29")
    assert row(early, JO).below == "steps 4, 12"
    assert row(early, MARA).below == "commander, steps 1, 2, 10"


def test_that_steps_in_a_row_are_named_from_to() -> None:
    stage = Stage()
    found = workspace()
    plan = found.releases[RELEASE]
    steps = tuple(replace(step, owner=JO, after=()) for step in plan.runbook.steps[:3])
    changed = replace(plan, runbook=replace(plan.runbook, steps=steps))
    stage.do("01:00", ImportWorkspace(workspace=replace(found, releases={RELEASE: changed})))
    assert row(stage.seen("01:10"), JO).below == "steps 1 to 3"
    gone = present_muster(stage.seen(), muster_of_seen(calm().seen()))
    assert next(each for each in gone.rows if each.key == PETRA).below == ""


def test_that_before_the_window_the_next_muster_is_told() -> None:
    stage = before()
    assert rows(stage.seen("00:25")).title == "Muster, window opens 01:30"
    assert rows(stage.seen("00:25")).note.endswith("T-60 in 05:00")
    assert rows(stage.seen("01:10")).note.endswith("T-15 in 05:00")
    assert "T-" not in rows(stage.seen("01:20")).note


def test_that_a_step_whose_owner_nobody_knows_is_told_first() -> None:
    stage = Stage()
    found = workspace()
    plan = found.releases[RELEASE]
    first, second = plan.runbook.steps[2], plan.runbook.steps[1]
    gate = next(step for step in plan.runbook.steps if step.stations)
    steps = (
        replace(first, owner=None, after=()),
        replace(second, owner=PersonId("stranger"), after=()),
        replace(gate, stations=("Treasury",), after=(), not_before=None),
    )
    changed = replace(plan, runbook=replace(plan.runbook, steps=steps), messages=())
    stage.do("01:00", ImportWorkspace(workspace=replace(found, releases={RELEASE: changed})))
    nobody = [each for each in rows(stage.seen("01:10")).rows if each.word == "Nobody"]
    assert [each.below for each in nobody] == [
        "the step has no owner",
        "stranger is nobody the estate knows",
        "station Treasury is nobody the estate knows",
    ]
    assert nobody[0].person is None
    assert "3 steps without anybody" in rows(stage.seen()).note


def test_that_other_ways_and_duty_are_told() -> None:
    stage = Stage()
    found = workspace()
    people = dict(found.estate.people)
    off = DutyHours(start=people_time(9), end=people_time(17))
    people[JO] = replace(people[JO], reach=(Reach(way="chat", value="@jo"),), on_duty=off)
    estate = replace(found.estate, people=people)
    stage.do("01:00", ImportWorkspace(workspace=replace(found, estate=estate)))
    jo = row(stage.seen("01:10"), JO)
    assert jo.reach == "chat @jo"
    assert jo.below.endswith("off duty")


def people_time(hour: int) -> time:

    return time(hour)


def test_that_a_commander_whom_nobody_knows_cannot_be_called() -> None:
    stage = Stage()
    found = workspace()
    plan = replace(found.releases[RELEASE], commander=PersonId("stranger"))
    stage.do("01:00", ImportWorkspace(workspace=replace(found, releases={RELEASE: plan})))
    assert row(stage.seen("01:10"), "stranger").person is None


def test_that_where_production_is_not_seen_the_telephones_are_what_counts() -> None:
    seen = mustered().seen(sources=none_live(mustered().now))
    found = rows(seen)
    assert found.title == "Phones, kept on this machine"
    assert found.note == "bridge line +49 30 5550100"
    assert rows(mustered().seen(sources=())).title.startswith("Needed")


def test_that_after_the_night_nobody_is_needed() -> None:
    assert rows(finished().seen()).empty == "The night is over."
