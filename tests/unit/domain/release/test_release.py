from __future__ import annotations

from datetime import UTC, datetime

from relconsole.domain.kernel.ids import EnvironmentId, PersonId, ReleaseId, SystemId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.release.release import Indicator, Limit, Release, ReleaseType, Severity

NIGHT = Interval(
    start=datetime(2026, 4, 20, 23, 30, tzinfo=UTC), end=datetime(2026, 4, 21, 3, tzinfo=UTC)
)


def make_release(runbook: Runbook) -> Release:
    return Release(
        id=ReleaseId("pay-4"),
        title="Payments 4",
        environment=EnvironmentId("prod"),
        window=NIGHT,
        zone="Europe/Berlin",
        commander=PersonId("mara"),
        requester=PersonId("tomas"),
        runbook=runbook,
    )


def test_that_the_deadline_is_the_end_of_the_window_unless_it_is_written() -> None:
    assert make_release(Runbook()).deadline == NIGHT.end
    earlier = datetime(2026, 4, 21, 2, tzinfo=UTC)
    assert make_release(Runbook(deadline=earlier)).deadline == earlier


def test_that_a_release_is_normal_and_an_indicator_only_warns_unless_they_say_otherwise() -> None:
    assert make_release(Runbook()).type is ReleaseType.NORMAL
    indicator = Indicator(id="p95", title="p95", system=SystemId("metrics"), query="p95")
    assert (indicator.severity, indicator.limit) == (Severity.WARNING, None)
    assert Limit() == Limit(above=None, below=None, deadband=0.0)
