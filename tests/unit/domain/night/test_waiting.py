"""What other systems have still to take, and since when."""

from datetime import timedelta

from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectIntended,
    EffectRenewed,
    EffectSent,
    EffectUnknown,
    Purpose,
)
from relconsole.domain.night.waiting import (
    EXPIRY,
    WaitingLine,
    expired_effects,
    is_expired,
    owed_systems,
    say_expired,
    waiting_lines,
)
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


def test_that_a_system_is_owed_what_may_still_leave_for_it() -> None:
    night = begin()
    first, second = intends(night, METRICS, 3), intends(night, DESK, 4)
    assert owed_systems((night.run,)) == {DESK, METRICS}
    night.add(EffectSent(run=RUN, effect=second), 5)
    assert owed_systems((night.run,)) == {METRICS}
    night.add(EffectUnknown(run=RUN, effect=second, why="no answer"), 6)
    night.add(EffectSent(run=RUN, effect=first), 7)
    assert owed_systems((night.run,)) == {DESK}


def test_that_the_newest_word_about_any_of_what_waits_is_told() -> None:
    night = begin()
    intends(night, DESK, 4)
    for minute, why in ((5, "no route"), (8, "no answer")):
        effect = intends(night, DESK, minute)
        night.add(EffectSent(run=RUN, effect=effect), minute + 1)
        night.add(EffectUnknown(run=RUN, effect=effect, why=why), minute + 2)
    ((line),) = waiting_lines((night.run,), at(20))
    assert (line.count, line.since, line.says) == (3, at(4), "no answer")


def test_that_what_waited_a_day_is_a_persons_to_decide() -> None:
    night = begin()
    old = intends(night, DESK, 4)
    lost = intends(night, DESK, 5)
    night.add(EffectSent(run=RUN, effect=lost), 6)
    night.add(EffectUnknown(run=RUN, effect=lost, why="no answer"), 7)
    ((line),) = waiting_lines((night.run,), at(4) + EXPIRY)
    assert not line.expired
    ((line),) = waiting_lines((night.run,), at(5) + EXPIRY + timedelta(seconds=1))
    assert line.expired
    expired = expired_effects((night.run,), at(5) + EXPIRY + timedelta(seconds=1))
    assert [found.effect.id for found in expired] == [old, lost]
    ((line),) = waiting_lines((night.run,), None)
    assert not line.expired


def test_that_what_a_person_renewed_waits_another_day() -> None:
    night = begin()
    old = intends(night, DESK, 4)
    later = at(4) + EXPIRY + timedelta(seconds=1)
    assert is_expired(night.run.effects[old], later)
    night.add(EffectRenewed(run=RUN, effect=old, note="still wanted"), 1_450, MARA)
    found = night.run.effects[old]
    assert not is_expired(found, later)
    assert is_expired(found, at(1_450) + EXPIRY + timedelta(seconds=1))
    assert (found.says, found.intended_at, found.effect.since) == ("still wanted", at(4), at(4))
    assert "since 2026-04-21T23:40:00Z" in say_expired(found)


def test_that_what_is_being_sent_or_was_taken_does_not_expire() -> None:
    night = begin()
    effect = intends(night, DESK, 4)
    night.add(EffectSent(run=RUN, effect=effect), 5)
    later = at(4) + 2 * EXPIRY
    assert not is_expired(night.run.effects[effect], later)
    night.add(EffectAcknowledged(run=RUN, effect=effect, remote="7"), 6)
    assert not is_expired(night.run.effects[effect], later)


def test_that_a_person_is_asked_by_kind_system_and_hour() -> None:
    night = begin()
    effect = intends(night, DESK, 4)
    assert say_expired(night.run.effects[effect]) == (
        "change.comment has waited since 2026-04-20T23:34:00Z for desk;"
        f" say whether it is still to be done ({effect})"
    )
