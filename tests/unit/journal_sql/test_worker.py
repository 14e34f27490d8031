"""One thread that does one thing after another, and what may be done together, together."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from relconsole.adapters.journal_sql.worker import MOST_TOGETHER, SerialThread


def _nothing() -> None:
    """The last thing that a thread does."""


class Slow:
    """Work that can be held up, and that remembers what was done together."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.groups: list[list[int]] = []

    def wait(self) -> None:
        self.go.wait(10)

    def double(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.groups.append(list(numbers))
        return [2 * number if number >= 0 else ValueError(str(number)) for number in numbers]

    def fail(self, numbers: Sequence[int]) -> list[int | Exception]:
        raise KeyError(len(numbers))


def test_that_what_waits_and_is_of_one_kind_is_done_together() -> None:
    async def scene() -> None:
        slow, thread = Slow(), SerialThread("t")
        asyncio.get_running_loop().call_later(0.01, slow.go.set)
        answers = await asyncio.gather(
            thread.call(slow.wait),
            *(thread.call_together(slow.double, number) for number in (1, 2)),
            thread.call(lambda: "between"),
            *(thread.call_together(slow.double, number) for number in (3, -4, 5)),
            return_exceptions=True,
        )
        assert answers[:5] == [None, 2, 4, "between", 6]
        assert isinstance(answers[5], ValueError)
        assert answers[6] == 10
        assert slow.groups == [[1, 2], [3, -4, 5]]
        await thread.close(_nothing)

    asyncio.run(scene())


def test_that_a_group_has_a_limit() -> None:
    async def scene() -> None:
        slow, thread = Slow(), SerialThread("t")
        asyncio.get_running_loop().call_later(0.01, slow.go.set)
        many = [thread.call_together(slow.double, number) for number in range(MOST_TOGETHER + 3)]
        await asyncio.gather(thread.call(slow.wait), *many)
        assert [len(group) for group in slow.groups] == [MOST_TOGETHER, 3]
        await thread.close(_nothing)

    asyncio.run(scene())


def test_that_a_failure_reaches_whoever_waits_and_the_thread_goes_on() -> None:
    async def scene() -> None:
        slow, thread = Slow(), SerialThread("t")
        with pytest.raises(ZeroDivisionError):
            await thread.call(lambda: 1 // 0)
        failed = await asyncio.gather(
            *(thread.call_together(slow.fail, number) for number in (1, 2)),
            return_exceptions=True,
        )
        assert [type(failure) for failure in failed] == [KeyError, KeyError]
        assert await thread.call(lambda: 7) == 7
        await thread.close(_nothing)

    asyncio.run(scene())


def test_that_what_was_submitted_is_done_before_the_end() -> None:
    async def scene() -> None:
        slow, thread = Slow(), SerialThread("t")
        asyncio.get_running_loop().call_later(0.01, slow.go.set)
        done: list[str] = []
        waiting = asyncio.gather(thread.call(slow.wait), thread.call(lambda: done.append("work")))
        await asyncio.sleep(0)
        await thread.close(lambda: done.append("last"))
        await waiting
        assert done == ["work", "last"]
        with pytest.raises(RuntimeError, match="t is closed"):
            await thread.call(_nothing)

    asyncio.run(scene())


def test_that_a_last_act_that_fails_still_ends_the_thread() -> None:
    async def scene() -> None:
        thread = SerialThread("t")
        with pytest.raises(ZeroDivisionError):
            await thread.close(lambda: print(1 // 0))

    asyncio.run(scene())


def test_that_a_loop_which_ended_meanwhile_stops_no_thread() -> None:
    slow, thread = Slow(), SerialThread("t")

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await thread.call(slow.wait)

    async def come_again() -> None:
        assert await thread.call(lambda: 7) == 7
        await thread.close(_nothing)

    asyncio.run(leave())
    slow.go.set()
    asyncio.run(come_again())


def test_that_an_abandoned_thread_ends_when_what_hangs_does() -> None:
    async def scene() -> None:
        slow, thread = Slow(), SerialThread("abandoned")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await thread.call(slow.wait)
        thread.abandon()
        with pytest.raises(RuntimeError, match="closed"):
            await thread.call(_nothing)
        slow.go.set()

    asyncio.run(scene())
