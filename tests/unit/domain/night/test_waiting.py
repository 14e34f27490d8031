"""What other systems have still to take, and since when."""

from datetime import timedelta

from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectIntended,
    EffectSent,
    EffectUnknown,
    Purpose,
)
from relconsole.domain.night.waiting import EXPIRY, WaitingLine, waiting_lines
from tests.unit.domain.night.scenes import MARA, RUN, Night, at, begin

DESK, METRICS = SystemId("desk"), SystemId("metrics")


def intends(night: Night, system: SystemId, minute: int) -> EffectId:
    """Intend a comment, and give its effect."""
    fact = EffectIntended(
        run=RUN, system=system, effect_kind="change.comment", purpose=Purpose.ANCHOR, fence=1
    )
    return EffectId(night.add(fact, minute, MARA))


def test_that_what_waits_is_told_by_system_with_its_oldest() -> None:
    night = begin()
    first = intends(night, METRICS, 3)
    intends(night, DESK, 5)
    oldest = intends(night, DESK, 4)
    night.add(EffectSent(run=RUN, effect=oldest), 6)
    night.add(EffectUnknown(run=RUN, effect=oldest, why="no answer"), 7)
    desk = WaitingLine(system=DESK, count=2, since=at(4), says="no answer", expired=False)
    metrics = WaitingLine(system=METRICS, count=1, since=at(3), says="", expired=False)
    assert waiting_lines((night.run,), at(9)) == (desk, metrics)
    night.add(EffectSent(run=RUN, effect=first), 8)
    night.add(EffectAcknowledged(run=RUN, effect=first, remote="7"), 8)
    assert waiting_lines((night.run,), at(9)) == (desk,)


def test_that_what_waited_a_day_is_a_persons_to_look_at() -> None:
    night = begin()
    intends(night, DESK, 4)
    ((line),) = waiting_lines((night.run,), at(4) + EXPIRY)
    assert not line.expired
    ((line),) = waiting_lines((night.run,), at(4) + EXPIRY + timedelta(seconds=1))
    assert line.expired
    ((line),) = waiting_lines((night.run,), None)
    assert not line.expired
