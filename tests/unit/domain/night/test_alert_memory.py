"""What is kept of alerts: their order, those that are over, and floods by their cause."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import FactId, StepId, SystemId
from relconsole.domain.night.alert import Alert, AlertKind
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.alert_memory import (
    FLOOD_COUNT,
    KEPT,
    AlertMemory,
    grouped,
    is_flood,
    recent_alerts,
    remember,
)
from relconsole.domain.night.alert_replay import replay_alerts
from relconsole.domain.night.bridge_facts import HoldCause, HoldEnded, LineStopped
from relconsole.domain.night.muster_facts import PersonHere
from relconsole.domain.night.rollback_facts import RehearsalCounted
from relconsole.domain.record.recorded import Recorded
from tests.unit.domain.night.scenes import DEPLOY, JO, MARA, PLAN, RELEASE, RUN, at, release
from tests.unit.domain.night.test_alert_rules import deploying, hold


def alert(
    thing: str,
    minute: float = 0,
    *,
    level: AlertLevel = AlertLevel.WARNING,
    cause: str | None = None,
    source: str | None = None,
) -> Alert:
    return Alert(
        kind=AlertKind.HOLD,
        thing=thing,
        level=level,
        what=thing,
        since=at(minute),
        action="look",
        cause=None if cause is None else StepId(cause),
        source=None if source is None else SystemId(source),
    )


def orders(memory: AlertMemory) -> dict[str, int]:
    return {found.alert.thing: found.order for found in memory.standing.values()}


def test_that_each_alert_keeps_its_place_in_the_order_of_first_sight() -> None:
    memory = remember(AlertMemory(), [alert("a"), alert("b")], at(1))
    memory = remember(memory, [alert("c"), alert("b"), alert("a")], at(2))
    assert orders(memory) == {"a": 1, "b": 2, "c": 3}


def test_that_one_that_began_anew_comes_last() -> None:
    memory = remember(AlertMemory(), [alert("a"), alert("b")], at(1))
    memory = remember(memory, [alert("a", 1.5), alert("b")], at(2))
    assert orders(memory) == {"a": 3, "b": 2}
    assert memory.cleared == ()


def test_that_what_is_gone_can_be_recalled_the_last_one_first() -> None:
    memory = remember(AlertMemory(), [alert("a"), alert("b"), alert("c")], at(1))
    memory = remember(memory, [alert("c")], at(2))
    memory = remember(memory, [], at(5))
    recalled = recent_alerts(memory, at(6))
    assert [(each.alert.thing, each.cleared) for each in recalled] == [
        ("c", at(5)),
        ("b", at(2)),
        ("a", at(2)),
    ]
    lately = recent_alerts(memory, at(6), within=timedelta(minutes=2))
    assert [each.alert.thing for each in lately] == ["c"]


def test_that_only_so_many_are_kept() -> None:
    many = [alert(str(number)) for number in range(KEPT + 5)]
    memory = remember(remember(AlertMemory(), many, at(1)), [], at(2))
    assert len(memory.cleared) == KEPT
    assert memory.cleared[-1].alert.thing == str(KEPT + 4)


@given(st.lists(st.sets(st.sampled_from("abcdef"), max_size=6), max_size=12))
def test_that_every_alert_is_either_standing_or_recalled(looks: list[set[str]]) -> None:
    memory, ever = AlertMemory(), set[str]()
    for minute, names in enumerate(looks):
        memory = remember(memory, [alert(name) for name in sorted(names)], at(minute))
        ever |= names
    assert ever == orders(memory).keys() | {each.alert.thing for each in memory.cleared}
    assert orders(memory).keys() == (looks[-1] if looks else set())
    assert len(set(orders(memory).values())) == len(memory.standing)


def test_that_more_than_ten_in_ten_minutes_are_a_flood() -> None:
    ten = [alert(str(number), 1) for number in range(FLOOD_COUNT)]
    assert not is_flood(ten, at(5))
    more = [*ten, alert("more", 2)]
    assert is_flood(more, at(5))
    assert not is_flood(more, at(12))


def test_that_without_a_flood_each_alert_stands_by_itself() -> None:
    found = grouped([alert("a", cause="deploy"), alert("b", cause="deploy")], at(1))
    assert [(each.first.thing, each.rest) for each in found] == [("a", ()), ("b", ())]


def test_that_a_flood_is_grouped_by_cause_with_the_first_one_on_top() -> None:
    critical = alert("critical", 3, level=AlertLevel.CRITICAL, cause="deploy")
    of_deploy = [alert(f"d{number}", 2 + number / 10, cause="deploy") for number in range(8)]
    of_ci = [alert("ci-1", 1, source="ci"), alert("ci-2", 1, source="ci")]
    found = grouped([critical, *of_ci, *of_deploy, alert("alone", 3)], at(5))
    assert [each.cause for each in found] == ["deploy", "ci", "hold:alone"]
    deploy, ci, alone = found
    assert (deploy.first.thing, len(deploy.rest), deploy.level) == ("d0", 8, AlertLevel.CRITICAL)
    assert deploy.rest[0] is critical
    assert (ci.first.thing, [each.thing for each in ci.rest]) == ("ci-1", ["ci-2"])
    assert (alone.first.thing, alone.level) == ("alone", AlertLevel.WARNING)


def test_that_the_record_of_a_night_tells_what_stood_and_is_over() -> None:
    night = deploying()
    night.add(hold(HoldCause.PERSON, "thing"), 12)
    night.add(LineStopped(run=RUN, note="smoke"), 13, JO)
    night.add(HoldEnded(run=RUN, cause=HoldCause.PERSON, thing="thing"), 14, MARA)
    memory = replay_alerts(night.facts, release())
    assert set(memory.standing) == {"stop:line"}
    (recalled,) = recent_alerts(memory, at(15))
    assert (recalled.alert.key, recalled.alert.since, recalled.cleared) == (
        "hold:person/thing",
        at(12),
        at(14),
    )
    assert recalled.alert.cause == DEPLOY


def test_that_what_is_no_part_of_the_night_changes_no_memory() -> None:
    counted = RehearsalCounted(
        run=RUN,
        release="pay-4",
        plan=PLAN,
        rollback_plan=None,
        at=at(0),
        journal="r",
        size=1,
        root=PLAN,
        forward=(),
        undo=(),
    )
    stray = Recorded(id=FactId("f"), seq=1, at=at(0), by=None, key=None, fact=counted)
    night = deploying()
    night.add(LineStopped(run=RUN, note="smoke"), 13, JO)
    here = PersonHere(release=RELEASE, run=RUN, person=JO)
    mustered = Recorded(id=FactId("f"), seq=1, at=at(0), by=JO, key=None, fact=here)
    assert replay_alerts([stray, mustered], release()) == AlertMemory()
    assert replay_alerts([stray, *night.facts, mustered], release()) == replay_alerts(
        night.facts, release()
    )
