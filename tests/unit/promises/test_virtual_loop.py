"""The virtual loop: time jumps, order follows the seed, and a crash ends everything at once."""

import asyncio
import random
import threading
from collections.abc import Iterator

import pytest

from tests.promises.sim.loop import Crash, Deadlock, VirtualLoop


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    found = VirtualLoop(random.Random(1))
    yield found
    found.close()


def test_that_time_jumps_to_the_next_timer(loop: VirtualLoop) -> None:
    async def scene() -> list[float]:
        seen: list[float] = []

        async def sleep(seconds: float) -> None:
            await asyncio.sleep(seconds)
            seen.append(asyncio.get_running_loop().time())

        await asyncio.gather(sleep(3_600), sleep(60), sleep(86_400))
        return seen

    assert loop.play(scene()) == [60, 3_600, 86_400]


def test_that_time_goes_on_from_one_scene_to_the_next(loop: VirtualLoop) -> None:
    loop.play(asyncio.sleep(10))
    loop.play(asyncio.sleep(5))
    assert loop.time() == 15


def test_that_a_cancelled_timer_moves_no_time(loop: VirtualLoop) -> None:
    async def scene() -> None:
        loop.call_later(100, lambda: None).cancel()
        await asyncio.sleep(1)

    loop.play(scene())
    assert loop.time() == 1


def orders(seed: int | None) -> list[list[int]]:
    """The order in which tasks that are ready together run, ten times."""
    loop = VirtualLoop(None if seed is None else random.Random(seed))
    found: list[list[int]] = []

    async def scene() -> None:
        for _ in range(10):
            ran: list[int] = []

            async def run(number: int, ran: list[int] = ran) -> None:
                ran.append(number)

            await asyncio.gather(*(run(number) for number in range(5)))
            found.append(ran)

    loop.play(scene())
    loop.close()
    return found


def test_that_a_seed_decides_the_order() -> None:
    assert orders(1) == orders(1)
    assert orders(1) != orders(2)
    assert orders(None) == [[0, 1, 2, 3, 4]] * 10


def test_that_waiting_for_what_never_comes_is_said(loop: VirtualLoop) -> None:
    async def scene() -> None:
        await loop.create_future()

    with pytest.raises(Deadlock):
        loop.play(scene())


def test_that_an_error_of_the_scene_is_raised(loop: VirtualLoop) -> None:
    async def scene() -> None:
        raise ValueError("so")

    with pytest.raises(ValueError, match="so"):
        loop.play(scene())


def test_that_what_would_go_on_a_thread_is_done_at_once(loop: VirtualLoop) -> None:
    def fails() -> None:
        raise ValueError("so")

    async def scene() -> int:
        with pytest.raises(ValueError, match="so"):
            await asyncio.to_thread(fails)
        return await asyncio.to_thread(threading.get_ident)

    assert loop.play(scene()) == threading.get_ident()


def test_that_nothing_of_a_program_runs_after_its_crash(loop: VirtualLoop) -> None:
    done: list[str] = []

    async def other() -> None:
        await asyncio.sleep(1)
        done.append("other")

    async def dies() -> None:
        await asyncio.sleep(0.5)
        try:
            loop.crash()
        finally:
            done.append("finally")

    async def scene() -> None:
        await asyncio.gather(other(), dies(), return_exceptions=True)
        done.append("after")

    with pytest.raises(Crash):
        loop.play(scene())
    assert done == ["finally"]
    loop.play(asyncio.sleep(10))
    assert done == ["finally"]
