from __future__ import annotations

from datetime import datetime

import pytest
from immutables import Map

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.night.ahead import (
    Coming,
    NeedRole,
    coming_steps,
    needs_of,
    people_of_station,
)
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_facts import RollbackFired
from relconsole.domain.plan.forecast import Forecast, StepForecast
from relconsole.domain.plan.runbook import Runbook, Step
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    DROP,
    GATE,
    INES,
    JO,
    MARA,
    OTHER_PLAN,
    RUN,
    STOP,
    UNDO_DEPLOY,
    armed,
    at,
    begin,
    estate,
    minutes,
    release,
    runbook,
    signature,
)


def forecast() -> Forecast:
    return Forecast(
        digest=Digest("e" * 64),
        made_at=at(5),
        end=at(71),
        end_p50=at(71),
        end_p90=at(75),
        in_window=0.96,
        late=minutes(4),
        latest_safe_start=at(140),
        decide_by=at(135),
        unrehearsed=(),
        steps=(
            StepForecast(
                step=STOP,
                start=at(6),
                finish=at(12),
                planned_finish=at(8),
                slack=minutes(0),
                critical=True,
            ),
        ),
    )


def planned(step: str) -> Step:
    return next(each for each in runbook().steps if each.id == step)


def coming(step: Step) -> Coming:
    return Coming(step=step, state=StepState.NOT_STARTED, at=at(1), until=at(2))


def starts(found: tuple[Coming, ...]) -> list[tuple[str, datetime]]:
    return [(each.step.id, each.at) for each in found]


def test_that_before_the_night_the_plan_tells_the_times() -> None:
    found = coming_steps(None, release(), at(-60))
    assert starts(found)[:2] == [(ANNOUNCE, at(0)), (STOP, at(2))]
    assert {each.state for each in found} == {StepState.NOT_STARTED}


def test_that_a_late_start_moves_what_comes() -> None:
    assert starts(coming_steps(None, release(), at(10)))[0] == (ANNOUNCE, at(10))


def test_that_what_has_ended_is_not_ahead_and_what_runs_is() -> None:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 2, MARA)
    night.start(STOP, 3, ASHA)
    found = coming_steps(night.run, release(), at(4))
    assert [(each.step.id, each.state) for each in found][:2] == [
        (STOP, StepState.RUNNING),
        (DEPLOY, StepState.NOT_STARTED),
    ]
    assert found[0].at == at(3)


def test_that_a_fixed_start_is_waited_for() -> None:
    found = dict(starts(coming_steps(None, release(), at(0))))
    assert found[DROP] == at(60)


def test_that_a_forecast_tells_the_times_it_knows() -> None:
    night = begin()
    found = coming_steps(night.run, release(), at(0), forecast())
    times = dict(starts(found))
    assert times[STOP] == at(6)
    assert times[ANNOUNCE] == at(0)
    assert dict(starts(coming_steps(None, release(), at(0), forecast())))[STOP] == at(6)


def test_that_a_rehearsal_counts_from_its_own_opening() -> None:
    night = begin(rehearsal=True, after=-600)
    assert starts(coming_steps(night.run, release(), at(-600)))[0] == (ANNOUNCE, at(-600))


def test_that_a_fired_rollback_is_what_comes_next_whatever_a_forecast_says() -> None:
    night = begin()
    night.add(armed(), 20, JO)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), 21, JO)
    assert starts(coming_steps(night.run, release(), at(22), forecast())) == [(UNDO_DEPLOY, at(22))]


@pytest.mark.parametrize(
    ("step", "asked", "people"),
    [(STOP, "asha", (ASHA,)), (ANNOUNCE, "mara", (MARA,)), (DEPLOY, "jo", (JO,))],
)
def test_that_the_owner_is_needed_and_the_commander_where_a_harmless_step_has_none(
    step: str, asked: str, people: tuple[PersonId, ...]
) -> None:
    (need,) = needs_of(coming(planned(step)), estate(), MARA)
    assert (need.role, need.asked, need.people) == (NeedRole.OWNER, asked, people)


def test_that_a_production_step_without_a_known_owner_has_nobody() -> None:
    bare = Step(id=STOP, title="Stop", duration=planned(STOP).duration)
    (need,) = needs_of(coming(bare), estate(), MARA)
    assert (need.asked, need.people) == ("", ())
    (stranger,) = needs_of(coming(planned(STOP)), Estate(people=Map()), MARA)
    assert (stranger.asked, stranger.people) == ("asha", ())


def test_that_a_gate_needs_each_station_and_who_decides() -> None:
    needs = needs_of(coming(planned(GATE)), estate(), MARA)
    assert [(need.role, need.asked, need.people) for need in needs] == [
        (NeedRole.STATION, "payments", (JO,)),
        (NeedRole.STATION, "ledger", (ASHA,)),
        (NeedRole.DECIDES, "mara", (MARA,)),
    ]


@pytest.mark.parametrize(
    ("station", "people"),
    [("Ledger", (ASHA,)), ("COMMANDER", (MARA,)), ("jo", (JO,)), ("edge", ())],
)
def test_that_a_station_is_spoken_for_by_id_team_or_role(
    station: str, people: tuple[PersonId, ...]
) -> None:
    assert people_of_station(estate(), station) == people


def test_that_who_speaks_for_a_station_does_not_hang_on_the_order_of_the_estate() -> None:
    people = estate().people
    for order in (sorted(people), sorted(people, reverse=True)):
        shuffled = Estate(people={name: people[name] for name in order})
        assert people_of_station(shuffled, "operations") == (INES, MARA)


def test_that_a_release_without_steps_has_nothing_ahead() -> None:
    assert coming_steps(None, release(Runbook(deadline=at(60))), at(0)) == ()
