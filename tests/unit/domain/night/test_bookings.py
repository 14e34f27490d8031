"""How a release looks to the calendar."""

from __future__ import annotations

from dataclasses import replace

from immutables import Map

from relconsole.domain.estate.catalogue import Estate, Service
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import (
    EnvironmentId,
    ReleaseId,
    ServiceId,
    StepId,
    SystemId,
    TeamId,
)
from relconsole.domain.night.bookings import booking_of
from relconsole.domain.plan.runbook import JobRun, Runbook, Step
from relconsole.domain.release.release import Item
from tests.unit.domain.night.nights import estate, release
from tests.unit.domain.night.scenes import ASHA, JO, MARA, RELEASE, TOMAS, WINDOW, minutes

PROD = EnvironmentId("prod")
API, LEDGER, BATCH = ServiceId("api"), ServiceId("ledger"), ServiceId("batch")


def known(*services: ServiceId) -> Estate:
    team = TeamId("payments")
    found = {each: Service(id=each, name=each, team=team) for each in services}
    return replace(estate(), services=Map(found))


def step(name: str, *services: ServiceId, job_of: str | None = None) -> Step:
    parameters = Map({} if job_of is None else {"service": job_of})
    return Step(
        id=StepId(name),
        title=name,
        duration=plain(minutes(1)),
        services=services,
        run=JobRun(system=SystemId("ci"), job="deploy", parameters=parameters),
    )


def test_that_a_release_books_its_items_and_what_its_steps_and_jobs_name_each_once() -> None:
    plan = Runbook(steps=(step("one", LEDGER, API), step("two", job_of="batch"), step("three")))
    booked = replace(release(plan), items=(Item(service=API),))
    found = booking_of(booked, known(API, LEDGER, BATCH))
    assert found.pairs == ((API, PROD), (LEDGER, PROD), (BATCH, PROD))


def test_that_a_parameter_that_names_no_service_of_the_estate_books_nothing() -> None:
    plan = Runbook(steps=(step("one", job_of="no-such-thing"),))
    assert booking_of(release(plan), known(API)).pairs == ((ServiceId(""), PROD),)


def test_that_a_manual_step_books_only_the_services_it_names() -> None:
    manual = replace(step("one", API), run=None)
    assert booking_of(release(Runbook(steps=(manual,))), known(API)).pairs == ((API, PROD),)


def test_that_a_release_without_any_service_books_its_environment_as_such() -> None:
    assert booking_of(release(), estate()).pairs == ((ServiceId(""), PROD),)


def test_that_a_booking_says_when_who_asked_who_is_needed_and_what_it_waits_for() -> None:
    waiting = replace(release(), waits_for=(ReleaseId("core"),))
    found = booking_of(waiting, estate())
    assert (found.release, found.planned, found.requester) == (RELEASE, WINDOW, TOMAS)
    assert found.people == (MARA, ASHA, JO)
    assert found.waits_for == (ReleaseId("core"),)
