"""The system's clocks and ids, and the fakes that stand for them."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from relconsole.adapters.clock import SystemClock, SystemIds, draw
from relconsole.ports.clock import Clock, Ids
from tests.helpers.fakes.clock import FakeClock
from tests.helpers.fakes.ids import FakeIds


def test_that_the_wall_clock_is_in_utc_and_now() -> None:
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_that_ticks_do_not_jump_with_the_wall_clock() -> None:
    clock: Clock = SystemClock()
    before = clock.tick()
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC)):
        assert clock.now().year == 2020
        assert 0 <= clock.tick() - before < 5


def test_that_sleep_lasts_by_the_monotonic_clock() -> None:
    clock: Clock = SystemClock()
    before = clock.tick()
    asyncio.run(clock.sleep(0.02))
    assert clock.tick() - before >= 0.019


@pytest.mark.parametrize("make", [SystemIds, FakeIds])
def test_that_ids_rise_and_never_repeat(make: Callable[[], Ids]) -> None:
    ids = make()
    given = [ids.fresh() for _ in range(2_000)]
    assert given == sorted(set(given))
    assert all(len(each) == 32 and set(each) <= set("0123456789abcdef") for each in given)


def test_that_an_id_is_a_uuid_of_version_7_by_its_time() -> None:
    with time_machine.travel(datetime(2026, 8, 8, 22, 0, tzinfo=UTC), tick=False):
        found = SystemIds().fresh()
    milliseconds = int(datetime(2026, 8, 8, 22, 0, tzinfo=UTC).timestamp() * 1000)
    assert int(found[:12], 16) == milliseconds
    assert found[12] == "7"
    assert found[16] in "89ab"


def test_that_ids_rise_though_the_wall_clock_is_set_back() -> None:
    ids = SystemIds()
    before = ids.fresh()
    with time_machine.travel(datetime(2000, 1, 1, tzinfo=UTC)):
        assert ids.fresh() > before


def test_that_threads_at_once_are_given_different_ids() -> None:
    ids = SystemIds()
    given: list[str] = []

    def take() -> None:
        given.extend([ids.fresh() for _ in range(500)])

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(given)) == 2_000


@pytest.mark.parametrize("make", [SystemIds, FakeIds])
def test_that_random_bytes_are_as_many_as_asked_and_new_each_time(make: Callable[[], Ids]) -> None:
    ids = make()
    assert len(ids.secret_bytes(32)) == 32
    assert ids.secret_bytes(32) != ids.secret_bytes(32)


def test_that_the_fake_clock_wakes_whoever_has_slept_long_enough() -> None:
    async def scene() -> None:
        clock = FakeClock()
        as_port: Clock = clock
        woken: list[str] = []

        async def sleep(name: str, seconds: float) -> None:
            await as_port.sleep(seconds)
            woken.append(name)

        async with asyncio.TaskGroup() as tasks:
            for name, seconds in (("late", 20.0), ("soon", 10.0), ("at once", 0.0)):
                tasks.create_task(sleep(name, seconds))
            await asyncio.sleep(0.01)
            assert woken == ["at once"]
            clock.advance(10)
            await asyncio.sleep(0)
            assert woken == ["at once", "soon"]
            clock.jump(3_600)
            await asyncio.sleep(0)
            assert woken == ["at once", "soon"]
            clock.advance(10)
        assert woken[-1] == "late"
        assert clock.now() == FakeClock().now() + timedelta(seconds=3_620)
        assert clock.tick() == FakeClock().tick() + 20

    asyncio.run(scene())


def test_that_chance_is_drawn_from_the_whole_range_below_one() -> None:
    drawn = [draw() for _ in range(2_000)]
    assert all(0.0 <= each < 1.0 for each in drawn)
    assert {int(each * 10) for each in drawn} == set(range(10))
    assert len(set(drawn)) == len(drawn)
