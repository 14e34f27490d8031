from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from relconsole.domain.health.indicator import Watch, WatchState
from relconsole.domain.health.trigger import (
    dark_indicators,
    mark_false_positive,
    standing_triggers,
)
from relconsole.domain.kernel.ids import StepId, SystemId
from relconsole.domain.kernel.observation import Observation
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.release.release import Indicator, Limit, Severity

T0 = datetime(2026, 4, 21, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
P95 = Indicator(
    id="p95",
    title="Checkout p95",
    system=SystemId("metrics"),
    query="checkout_p95_seconds",
    unit="s",
    limit=Limit(above=0.8, lasting=3 * MINUTE, clearing=2 * MINUTE, deadband=0.1),
    severity=Severity.CRITICAL,
    suppressed_during=(StepId("deploy"),),
)


def make_watch(name: str, left: int | None, *, beyond: int = 0, read: int = 3) -> Watch:
    """A watch that was first beyond, left, and last read at these minutes."""
    return Watch(
        indicator=name,
        state=WatchState.INSIDE if left is None else WatchState.LEFT,
        since=T0,
        why="",
        last=Observation(
            value=1.25,
            source="metrics",
            observed_at=T0 + read * MINUTE,
            time_to_live=MINUTE,
        ),
        beyond_since=None if left is None else T0 + beyond * MINUTE,
        left_at=None if left is None else T0 + left * MINUTE,
    )


LEFT = make_watch("p95", 3)
NOW = T0 + 3 * MINUTE + timedelta(seconds=12.9)


def test_that_a_critical_indicator_that_is_left_is_a_trigger_with_all_its_figures() -> None:
    (trigger,) = standing_triggers({"p95": LEFT}, [P95], NOW)
    assert (trigger.value, trigger.since, trigger.left_at) == (1.25, T0, T0 + 3 * MINUTE)
    assert trigger.lasted == timedelta(minutes=3, seconds=12.9)
    assert trigger.says == (
        "Checkout p95 is 1.25 s, limit above 0.8 s for 3m, since 2026-04-21T02:00:00Z for 3m12s;"
        " 'checkout_p95_seconds' from metrics, 12s ago"
    )
    assert trigger.reason.rule == "trigger_stands"
    assert trigger.reason.lifts == (
        "the value is back inside by 0.1 for 2m, or a named person marks it a false positive"
    )


def test_that_a_limit_of_two_sides_without_damping_names_both() -> None:
    plain = replace(P95, unit="", limit=Limit(above=0.8, below=0.1))
    (trigger,) = standing_triggers({"p95": LEFT}, [plain], NOW)
    assert "is 1.25, limit above 0.8 or below 0.1, since" in trigger.says
    assert trigger.reason.lifts.startswith("the value is back inside, or")


def test_that_only_a_critical_indicator_with_a_limit_that_is_left_is_a_trigger() -> None:
    warning = replace(P95, severity=Severity.WARNING)
    unlimited = replace(P95, limit=None)
    assert standing_triggers({"p95": LEFT}, [warning, unlimited], NOW) == ()
    assert standing_triggers({"p95": make_watch("p95", None)}, [P95], NOW) == ()
    assert standing_triggers({}, [P95], NOW) == ()


def test_that_the_indicator_that_left_first_comes_first() -> None:
    watches = {
        "late": make_watch("late", 5, beyond=0),
        "soon": make_watch("soon", 3, beyond=2),
        "sooner": make_watch("sooner", 3, beyond=1),
        "same": make_watch("same", 3, beyond=1),
    }
    indicators = [replace(P95, id=name) for name in watches]
    found = standing_triggers(watches, indicators, NOW + 5 * MINUTE)
    assert [trigger.indicator for trigger in found] == ["same", "sooner", "soon", "late"]


def test_that_a_trigger_without_a_fresh_value_stands_and_says_that_it_is_stale() -> None:
    dark = replace(LEFT, state=WatchState.UNKNOWN, why="connection refused")
    (trigger,) = standing_triggers({"p95": dark}, [P95], NOW)
    assert trigger.stale == "connection refused"
    assert trigger.says.endswith("; now unknown: connection refused")
    (aged,) = standing_triggers({"p95": LEFT}, [P95], NOW + 10 * MINUTE)
    assert aged.stale == "metrics last answered 612 s ago"


def test_that_a_moment_of_leaving_without_a_first_sight_counts_from_the_leaving() -> None:
    (trigger,) = standing_triggers({"p95": replace(LEFT, beyond_since=None)}, [P95], NOW)
    assert trigger.since == T0 + 3 * MINUTE


def test_that_monitoring_that_is_dark_is_a_reason_to_hold_and_no_trigger() -> None:
    dark = replace(make_watch("p95", None), state=WatchState.UNKNOWN, why="connection refused")
    assert standing_triggers({"p95": dark}, [P95], NOW) == ()
    (found,) = dark_indicators({"p95": dark}, [P95], NOW)
    assert (found.reason.rule, found.reason.thing) == ("monitoring_dark", "p95")
    assert found.reason.says == (
        "Checkout p95 is unknown since 2026-04-21T02:03:00Z: connection refused"
    )
    assert found.reason.lifts == "a fresh value of 'checkout_p95_seconds' from metrics"


def test_that_an_indicator_never_read_or_grown_stale_is_dark() -> None:
    (never,) = dark_indicators({}, [P95], NOW)
    assert (never.why, never.since) == ("not read yet", None)
    assert never.reason.says == "Checkout p95 is unknown: not read yet"
    assert dark_indicators({"p95": make_watch("p95", None)}, [P95], NOW) == ()
    (stale,) = dark_indicators({"p95": make_watch("p95", None)}, [P95], NOW + MINUTE)
    assert stale.why == "metrics last answered 72 s ago"
    (odd,) = dark_indicators({"p95": Watch(indicator="p95", why="")}, [P95], NOW)
    assert odd.why == "not read yet"


def test_that_what_nobody_judges_now_is_not_dark() -> None:
    warning = replace(P95, severity=Severity.WARNING)
    unlimited = replace(P95, limit=None)
    assert dark_indicators({}, [warning, unlimited], NOW) == ()
    assert dark_indicators({}, [P95], NOW, (StepId("deploy"),)) == ()
    assert dark_indicators({}, [P95], NOW, (StepId("other"),))


def test_that_a_false_positive_is_marked_with_person_and_reason_and_counted() -> None:
    marked = mark_false_positive(LEFT, by="mara", reason="load test", now=NOW)
    assert isinstance(marked, Watch)
    assert marked.marked is not None
    assert (marked.marked.by, marked.marked.reason, marked.marked.at) == ("mara", "load test", NOW)
    assert marked.false_positives == 1
    assert standing_triggers({"p95": marked}, [P95], NOW) == ()
    again = mark_false_positive(marked, by="jo", reason="same", now=NOW)
    assert isinstance(again, Refusal)
    assert again.reasons[0].rule == "already_marked"


def test_that_nothing_is_marked_without_an_excursion_or_without_a_reason() -> None:
    inside = mark_false_positive(make_watch("p95", None), by="mara", reason="no", now=NOW)
    silent = mark_false_positive(LEFT, by="mara", reason="  ", now=NOW)
    assert isinstance(inside, Refusal)
    assert isinstance(silent, Refusal)
    assert inside.reasons[0].rule == "nothing_stands"
    assert silent.reasons[0].rule == "reason_missing"
