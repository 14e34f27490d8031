"""The alerts as a list and as one line."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.kernel.ids import StepId, SystemId
from relconsole.domain.night.alert import Alert, AlertKind
from relconsole.domain.night.alert_commands import AcknowledgeAlert, ShelveAlert
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.alert_memory import AlertMemory, grouped, remember
from relconsole.domain.night.alerts import AlertState, StandingAlert
from relconsole.domain.night.bridge_commands import ClearTrigger, StandTrigger
from relconsole.domain.night.bridge_facts import TriggerStood
from relconsole.domain.night.step_commands import Said
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.alert_strip import StripRows, present_strip
from relconsole_ui.presenters.alerts import (
    AlertRow,
    Standing,
    alerts_of,
    muster_of_seen,
    present_alerts,
    sight_of,
)
from relconsole_ui.presenters.seen import Seen, Source, SourceStanding
from tests.unit.presenters.night_plan import EDGE_METRICS, RUN, SHIFT, at
from tests.unit.presenters.scenes import Stage, alarm, all_live, before, calm, none_live

P95 = "trigger:Checkout p95"


def strip(seen: Seen, memory: AlertMemory | None = None) -> StripRows:
    return present_strip(seen, alerts_of(seen), memory or AlertMemory())


def listed(seen: Seen, memory: AlertMemory | None = None) -> dict[str, AlertRow]:
    found = present_alerts(seen, alerts_of(seen), memory or AlertMemory())
    return {row.key: row for row in found.rows}


def seen_alert(stage: Stage, key: str) -> Alert:
    found = alerts_of(stage.seen()).find(key)
    assert found is not None
    return found.alert


def acknowledge(stage: Stage, key: str, clock: str) -> None:
    alert = seen_alert(stage, key)
    stage.do(
        clock,
        AcknowledgeAlert(run=RUN, alert=key, since=alert.since, level=alert.level, says=alert.says),
    )


def shelve(stage: Stage, key: str, clock: str) -> None:
    alert = seen_alert(stage, key)
    stage.do(
        clock,
        ShelveAlert(
            run=RUN,
            alert=key,
            since=alert.since,
            level=alert.level,
            says=alert.says,
            said=Said(note="known"),
        ),
    )


def quiet() -> Stage:
    return calm().stand_at("02:08:30")


def test_that_a_quiet_night_says_so_and_that_all_sources_are_live() -> None:
    rows = strip(quiet().seen())
    assert (rows.tone, rows.says, rows.rest) == ("quiet", "No active alerts", "")
    assert (rows.sources, rows.sources_status) == ("3 of 3 sources live", None)
    assert not rows.may_open
    assert rows.sentence == "No active alerts, 3 of 3 sources live"
    assert strip(quiet().seen(sources=())).sources == "no source connected"


def test_that_a_quiet_strip_tells_what_was_over_last() -> None:
    memory = remember(AlertMemory(), [seen_alert(alarm(), P95)], at("02:00"))
    rows = strip(quiet().seen(), remember(memory, [], at("02:01")))
    assert rows.rest == "last: Checkout p95, cleared 02:01"
    assert rows.may_open


def test_that_before_the_night_only_the_muster_can_stand() -> None:
    rows = strip(before().seen("01:22"))
    assert rows.tone == "warn"
    assert "are not at the muster of T-15" in rows.says
    assert rows.rest == "since 01:20:00"
    assert rows.acknowledges == ()
    assert not next(iter(listed(before().seen("01:22")).values())).may_shelve


def test_that_the_severest_stands_with_since_when_where_and_what_else() -> None:
    rows = strip(alarm().seen())
    assert (rows.tone, rows.status, rows.key) == ("crit", Status.CRITICAL, P95)
    assert rows.says.startswith("Checkout p95: 1.42")
    assert rows.rest == "since 02:13:20, in step 14; 5 warnings"
    assert (rows.is_outline, rows.acknowledges) == (False, (P95,))


def test_that_an_acknowledged_alert_stays_as_an_outline() -> None:
    stage = alarm()
    acknowledge(stage, P95, "02:17:58")
    rows = strip(stage.seen())
    assert (rows.tone, rows.key, rows.is_outline, rows.acknowledges) == ("crit", P95, True, ())
    row = listed(stage.seen())[P95]
    assert (row.state, row.calls) == ("acknowledged by Mara Okafor 02:17:58", False)


def test_that_what_else_still_calls_is_counted_as_new() -> None:
    stage = alarm()
    other = next(each.alert.key for each in alerts_of(stage.seen()).shown if each.alert.key != P95)
    acknowledge(stage, other, "02:17:50")
    assert strip(stage.seen()).rest.endswith("; 5 warnings, 4 new")


def test_that_an_alert_that_came_back_is_not_acknowledged() -> None:
    stage = alarm()
    acknowledge(stage, P95, "02:17:58")
    stage.do("02:18", ClearTrigger(run=RUN, trigger="Checkout p95"), by=None)
    stood = TriggerStood(
        run=RUN, trigger="Checkout p95", value=1.5, since=at("02:19"), reasons=("again",)
    )
    stage.do("02:19", StandTrigger(run=RUN, stood=stood), by=None)
    row = listed(stage.seen("02:19:30"))[P95]
    assert (row.state, row.calls) == ("returned, not acknowledged", True)


def test_that_a_shelved_alert_is_counted_and_stays_in_the_list() -> None:
    stage = alarm()
    shelve(stage, P95, "02:18")
    seen = stage.seen()
    rows = strip(seen)
    assert (rows.tone, rows.shelved) == ("warn", "1 shelved")
    row = listed(seen)[P95]
    assert row.state == "shelved by Mara Okafor until 02:33: known"
    assert (row.is_shelved, row.may_shelve) == (True, False)
    assert present_alerts(seen, alerts_of(seen), AlertMemory()).note == "5 standing, 1 shelved"


def test_that_a_quiet_strip_with_something_shelved_can_be_opened() -> None:
    stage = alarm()
    shelve(stage, P95, "02:18")
    seen = stage.seen()
    shelved = replace(alerts_of(seen), shown=(), groups=())
    rows = present_strip(seen, shelved, AlertMemory())
    assert (rows.tone, rows.may_open, rows.shelved) == ("quiet", True, "1 shelved")


def test_that_the_list_tells_what_to_do_and_what_is_over() -> None:
    stage = alarm()
    memory = remember(AlertMemory(), [seen_alert(stage, P95)], at("02:00"))
    over = listed(stage.seen(), remember(memory, [], at("02:01")))
    row = over[P95]
    assert row.action == "roll back, or mark it a false positive with a reason"
    assert row.sentence.startswith("critical, Checkout p95: 1.42")
    gone = over[f"over:{P95}:02:01:00"]
    assert (gone.status, gone.state, gone.is_over) == (Status.DONE, "over 02:01:00", True)
    near = next(each for each in over.values() if "rollback start is near" in each.says)
    assert near.action.endswith(" by 02:40")


def test_that_an_empty_list_says_so() -> None:
    rows = present_alerts(quiet().seen(), alerts_of(quiet().seen()), AlertMemory())
    assert rows.empty == "Nothing stands against the night, and nothing did."
    assert rows.note == "0 standing"


def test_that_a_source_that_is_not_live_is_named_with_its_age() -> None:
    live = all_live(at("02:08:30"))
    stale = replace(live[2], standing=SourceStanding.STALE, since=at("02:06:56"))
    rows = strip(quiet().seen(sources=(*live[:2], stale)))
    assert rows.sources == "2 of 3 sources live, edge-metrics stale 1\u00a0min 34\u00a0s"
    assert rows.sources_status is Status.STALE
    unknown = Source(system=EDGE_METRICS, standing=SourceStanding.UNKNOWN)
    rows = strip(quiet().seen(sources=(*live[:2], unknown)))
    assert rows.sources == "2 of 3 sources live, edge-metrics unknown"


def test_that_where_no_source_is_live_the_strip_is_neutral_and_offers_to_ask_again() -> None:
    rows = strip(alarm().seen(sources=none_live(at("02:14:52"))))
    assert (rows.tone, rows.status) == ("blind", Status.UNKNOWN)
    assert rows.says == "Production not visible for 2\u00a0min 50\u00a0s"
    assert rows.rest == (
        "the gateway does not answer since 02:14:52; this console and its journal run;"
        " 1 critical, 8 warnings"
    )
    assert rows.sources == "0 of 3 sources live"
    assert rows.may_retry
    assert rows.may_open


def test_that_sources_that_were_never_heard_leave_nothing_to_count_from() -> None:
    unknown = Source(system=SystemId("metrics"), standing=SourceStanding.UNKNOWN)
    rows = strip(quiet().seen(sources=(unknown,)))
    assert (rows.tone, rows.sources) == ("quiet", "0 of 1 sources live")
    stale = Source(system=SystemId("metrics"), standing=SourceStanding.STALE, since=at("02:08"))
    rows = strip(quiet().seen(sources=(stale,)))
    assert rows.rest == "no source answers since 02:08:00; this console and its journal run"


def test_that_systems_away_are_alerts_and_the_muster_may_be_given() -> None:
    seen = quiet().seen(sources=none_live(at("02:08")))
    assert [each.system for each in sight_of(seen).away] == [
        "service-desk",
        "metrics",
        "edge-metrics",
    ]
    given = muster_of_seen(seen)
    assert sight_of(seen, given).muster is given
    assert alerts_of(seen, given) == alerts_of(seen)


def flood(cause: StepId | None) -> Standing:
    now = at("02:17:42")
    alerts = tuple(
        Alert(
            kind=AlertKind.AWAY,
            thing=f"s{number}",
            level=AlertLevel.WARNING,
            what=f"s{number} does not answer",
            since=now - timedelta(seconds=60 - number),
            action="look",
            cause=cause,
            source=SystemId("gateway"),
        )
        for number in range(12)
    )
    return Standing(
        shown=tuple(StandingAlert(alert=each, state=AlertState.NEW) for each in alerts),
        shelved=(),
        groups=grouped(alerts, now),
        is_flood=True,
    )


@pytest.mark.parametrize(
    ("cause", "rest"),
    [
        (SHIFT, "since 02:16:42, in step 14; +11 from step 14"),
        (None, "since 02:16:42; +11 from gateway"),
    ],
)
def test_that_in_a_flood_the_first_stands_and_the_rest_is_folded(
    cause: StepId | None, rest: str
) -> None:
    seen = alarm().seen()
    rows = present_strip(seen, flood(cause), AlertMemory())
    assert rows.says == "s0 does not answer"
    assert rows.rest == rest
    assert len(rows.acknowledges) == 12
    standing = flood(cause)
    first, folded = present_alerts(seen, standing, AlertMemory()).rows
    assert (first.is_rest, folded.is_rest) == (False, True)
    assert folded.says == "+11 that came after it"
    assert (folded.below, folded.calls) == ("11 warnings", True)
    found = present_alerts(seen, standing, AlertMemory(), {folded.key}).rows
    assert [row.is_rest for row in found] == [False, *[True] * 12]


def test_that_a_cause_that_is_no_step_of_the_plan_is_named_by_its_id() -> None:
    rows = present_strip(alarm().seen(), flood(StepId("gone")), AlertMemory())
    assert rows.rest == "since 02:16:42, in step gone; +11 from step gone"
    assert present_strip(before().seen(), flood(SHIFT), AlertMemory()).rest.endswith("from shift")


def test_that_an_advisory_is_plain() -> None:
    seen = alarm().seen()
    alert = replace(seen_alert(alarm(), P95), level=AlertLevel.ADVISORY)
    standing = Standing(
        shown=(StandingAlert(alert=alert, state=AlertState.NEW),),
        shelved=(),
        groups=grouped([alert], seen.now),
        is_flood=False,
    )
    rows = present_strip(seen, standing, AlertMemory())
    assert (rows.tone, rows.status) == ("plain", Status.ADVISORY)
