"""Doing several things side by side: each to its end, whatever becomes of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from relconsole.runtime.tasks import AsyncioTasks, Call, WindowTasks
from tests.helpers.fakes.tasks import FakeTasks

MAKERS: list[Callable[[], AsyncioTasks | FakeTasks]] = [AsyncioTasks, FakeTasks]


class Failed(Exception):
    """What a call ends with."""


class Work:
    """Calls that say when they begin and end."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.tasks: list[str] = []

    def call(self, name: str, *, rounds: int = 0, fails: bool = False) -> Call:
        async def run() -> None:
            self.said.append(f"{name} begins")
            task = asyncio.current_task()
            assert task is not None
            self.tasks.append(task.get_name())
            for _ in range(rounds):
                await asyncio.sleep(0)
            self.said.append(f"{name} ends")
            if fails:
                raise Failed(name)

        return run


@pytest.mark.parametrize("make", MAKERS)
def test_that_calls_run_side_by_side(make: Callable[[], AsyncioTasks | FakeTasks]) -> None:
    work = Work()
    asyncio.run(make().together([work.call("a", rounds=3), work.call("b", rounds=1)]))
    assert work.said == ["a begins", "b begins", "b ends", "a ends"]


@pytest.mark.parametrize("make", MAKERS)
def test_that_a_failure_cuts_no_other_call_short(
    make: Callable[[], AsyncioTasks | FakeTasks],
) -> None:
    work = Work()
    calls = [work.call("a", rounds=5), work.call("b", fails=True), work.call("c", rounds=3)]
    with pytest.raises(Failed, match="b"):
        asyncio.run(make().together(calls))
    assert {"a ends", "c ends"} <= set(work.said)


def test_that_the_first_of_several_failures_is_raised() -> None:
    work = Work()
    calls = [work.call("late", rounds=4, fails=True), work.call("early", rounds=1, fails=True)]
    with pytest.raises(Failed, match="early"):
        asyncio.run(AsyncioTasks().together(calls))


@pytest.mark.parametrize("make", MAKERS)
def test_that_nothing_to_do_is_done_at_once(make: Callable[[], AsyncioTasks | FakeTasks]) -> None:
    asyncio.run(make().together([]))


@pytest.mark.parametrize("make", MAKERS)
def test_that_a_single_call_runs_in_place_and_raises_its_own_failure(
    make: Callable[[], AsyncioTasks | FakeTasks],
) -> None:
    work = Work()

    async def scene() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.set_name("the night")
        await make().together([work.call("a")])
        with pytest.raises(Failed):
            await make().together([work.call("b", fails=True)])

    asyncio.run(scene())
    assert work.tasks == ["the night", "the night"]


def test_that_each_task_bears_a_name() -> None:
    work = Work()
    asyncio.run(AsyncioTasks().together([work.call("a"), work.call("b")]))
    assert work.tasks == ["together 0", "together 1"]


def test_that_whoever_is_cancelled_cancels_the_calls() -> None:
    work = Work()
    calls = [work.call(name, rounds=1_000_000_000) for name in ("a", "b")]

    async def scene() -> None:
        async with asyncio.timeout(0.01):
            await AsyncioTasks().together(calls)

    with pytest.raises(TimeoutError):
        asyncio.run(scene())
    assert work.said == ["a begins", "b begins"]


async def _never() -> None:
    await asyncio.Event().wait()


def test_that_a_window_names_what_runs_and_tells_of_what_failed() -> None:
    told: list[tuple[str, str]] = []
    work = Work()

    async def scene() -> None:
        tasks = WindowTasks(lambda name, failure: told.append((name, str(failure))))
        tasks.poll("poll metrics", _never)
        tasks.command("complete deploy", work.call("a", rounds=2, fails=True))
        running = [tasks.names]
        await asyncio.sleep(0.01)
        running.append(tasks.names)
        assert await tasks.close() == ()
        running.append(tasks.names)
        assert running == [("complete deploy", "poll metrics"), ("poll metrics",), ()]

    asyncio.run(scene())
    assert told == [("complete deploy", "a")]
    assert work.said == ["a begins", "a ends"]


def test_that_a_closing_window_drains_commands_cancels_polls_and_takes_nothing_new() -> None:
    work = Work()

    async def scene() -> None:
        tasks = WindowTasks(lambda name, failure: None)
        tasks.poll("poll metrics", _never)
        assert tasks.command("hold", work.call("a", rounds=50))
        assert tasks.command("hang", _never)
        assert await tasks.close(seconds=0.2) == ("hang",)
        assert not tasks.command("late", work.call("b"))

    asyncio.run(scene())
    assert work.said == ["a begins", "a ends"]
