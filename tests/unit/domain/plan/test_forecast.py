"""The forecast of a running night."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.plan.backout import WayBack
from relconsole.domain.plan.digest import plan_digest
from relconsole.domain.plan.forecast import (
    ForecastBasis,
    find_ready,
    forecast_digest,
    make_forecast,
    prepare_forecasts,
)
from relconsole.domain.plan.progress import Dropped, Finished, Progress, Running, StepProgress
from relconsole.domain.plan.runbook import Runbook, Step
from tests.unit.domain.plan.plans import WINDOW, at, minutes, nights, plans, step, undo
from tests.unit.domain.plan.test_retreat import CUTOVER

PLAN = Digest("a" * 64)


def basis_of(*steps: Step, factor: float = 1.0, nights: int = 50) -> ForecastBasis:
    runbook = Runbook(steps=steps, unrehearsed_factor=factor)
    return ForecastBasis(
        plan=plan_digest(runbook, {}),
        way=WayBack(runbook=runbook, deadline=WINDOW.end, nights=nights),
        window=WINDOW,
        mustering=minutes(10),
    )


def progress(now: float, **states: StepProgress) -> Progress:
    return Progress(
        now=at(now), steps={StepId(name.replace("_", "-")): one for name, one in states.items()}
    )


LATE = progress(
    20,
    stop_writers=Finished(started=at(0), finished=at(12)),
    migrate=Running(started=at(12)),
)


def test_the_forecast_of_a_late_night() -> None:
    found = make_forecast(basis_of(*CUTOVER), LATE)
    assert found.made_at == at(20)
    assert (found.end, found.end_p50, found.end_p90) == (at(107), at(107), at(107))
    assert (found.late, found.in_window) == (minutes(7), 1)
    assert found.latest_safe_start == at(145)
    assert found.decide_by == at(135)
    assert found.unrehearsed == ("stop-writers", "migrate", "deploy", "switch")
    assert found.starts == ()


def test_that_each_step_is_told_with_its_lateness() -> None:
    rows = {row.step: row for row in make_forecast(basis_of(*CUTOVER), LATE).steps}
    deploy = rows[StepId("deploy")]
    assert (deploy.start, deploy.finish, deploy.planned_finish) == (at(52), at(82), at(75))
    assert (deploy.late, deploy.slack, deploy.critical) == (minutes(7), minutes(0), True)
    assert rows[StepId("stop-writers")].late == minutes(7)


def test_that_what_is_ready_is_weighed_before_it_starts() -> None:
    done = Finished(started=at(0), finished=at(5))
    states: dict[StepId, StepProgress] = {one.id: done for one in CUTOVER[:4]}
    found = make_forecast(basis_of(*CUTOVER), Progress(now=at(90), steps=states))
    [drop] = found.starts
    assert (drop.step, drop.lasts, drop.latest_now) == ("drop-columns", minutes(15), at(110))
    assert drop.latest_after is None
    assert found.find_start(StepId("drop-columns")) == drop
    assert found.find_start(StepId("deploy")) is None
    assert found.latest_safe_start == at(110)


def test_that_a_night_without_a_way_back_has_nothing_to_decide_by() -> None:
    done = Finished(started=at(0), finished=at(5))
    over = Progress(now=at(90), steps={one.id: done for one in CUTOVER})
    found = make_forecast(basis_of(*CUTOVER), over)
    assert (found.latest_safe_start, found.decide_by) == (None, None)


def test_that_a_step_is_ready_when_nothing_it_waits_for_is_to_come() -> None:
    steps = (step("a", 1), step("b", 1), step("c", 1, "a", "b"), step("d", 1, "c"))
    basis = basis_of(*steps)
    finished = Finished(started=at(0), finished=at(1))
    assert find_ready(basis, progress(0)) == ("a", "b")
    assert find_ready(basis, progress(1, a=finished, b=Running(started=at(0)))) == ()
    assert find_ready(basis, progress(1, a=finished, b=Dropped())) == ("c",)
    assert find_ready(basis, progress(1, a=finished, b=finished, c=Dropped())) == ("d",)


def test_that_a_forecast_is_named_by_plan_progress_and_seed() -> None:
    states: tuple[dict[StepId, StepProgress], ...] = (
        {},
        {StepId("a"): Running(started=at(0))},
        {StepId("a"): Running(started=at(1))},
        {StepId("a"): Finished(started=at(0), finished=at(1))},
        {StepId("a"): Dropped()},
    )
    named = {forecast_digest(PLAN, Progress(now=at(9), steps=one), 0) for one in states}
    assert len(named) == 5
    still = Progress(now=at(9))
    assert forecast_digest(PLAN, still, 0) == forecast_digest(PLAN, Progress(now=at(10)), 0)
    assert forecast_digest(PLAN, still, 1) not in named
    assert forecast_digest(Digest("b" * 64), still, 0) not in named


def test_that_a_forecast_bears_its_name() -> None:
    basis = basis_of(*CUTOVER)
    assert make_forecast(basis, LATE).digest == forecast_digest(basis.plan, LATE, 0)


@settings(max_examples=30)
@given(st.data())
def test_that_what_was_prepared_changes_no_figure(data: st.DataObject) -> None:
    steps = data.draw(plans())
    basis = basis_of(*steps)
    early, later = data.draw(nights(steps)), data.draw(nights(steps))
    prepared = prepare_forecasts(basis, progress=early)
    fresh = make_forecast(basis, later)
    assert make_forecast(basis, later, prepared) == fresh
    assert make_forecast(basis, later, prepare_forecasts(basis, prepared, later)) == fresh


def test_that_ranges_spread_the_end() -> None:
    basis = basis_of(step("a", (10, 15, 35), back=undo((10, 15, 35))), nights=10_000)
    found = make_forecast(basis, Progress(now=at(0)))
    assert (found.end_p50 - at(0)).total_seconds() / 60 == pytest.approx(17.0, abs=0.2)
    assert (found.end_p90 - at(0)).total_seconds() / 60 == pytest.approx(23.66, abs=0.2)
    assert found.end == at(17.5)
    again = replace(basis, window=replace(WINDOW, end=at(17)))
    assert make_forecast(again, Progress(now=at(0))).in_window == pytest.approx(0.5, abs=0.02)
