"""Whatever a plugin does, the console gets a typed error in time and the others answer on."""

import asyncio
import gc
import logging
import os
import time
from pathlib import Path

import pytest

from relconsole.adapters.plugin_host import Limits, PluginHost
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import SystemId
from relconsole.plugin_api.errors import BadAnswer
from tests.plugins.hosting import hosted, is_alive, system, until

BAD, GOOD = SystemId("bad"), SystemId("good")
DEADLINE = 1.0
NEVER = 60.0
"""Seconds; what takes as long did not end by the deadline, on however slow a machine."""
CANARY = "canary-5e1f0b77aa"

AT_START = ("at_start_raises", "at_start_exits", "at_start_hangs", "at_start_leaves")
WHEN_ASKED = (
    "announces_four_gigabytes",
    "answers_another_type",
    "answers_ten_megabytes",
    "answers_what_nobody_asked",
    "answers_wrong_fields",
    "busy_for_ever",
    "cancels_itself",
    "closes_its_pipe",
    "crashes",
    "dies",
    "eats_memory",
    "floods_frames",
    "floods_standard_error",
    "forks",
    "holds_the_interpreter",
    "is_killed",
    "leaves",
    "nests_deeply",
    "opens_files_without_end",
    "raises",
    "raises_its_secret",
    "recurses",
    "sends_an_endless_frame",
    "sends_garbage",
    "sends_no_json",
    "sends_parts_out_of_order",
    "sends_parts_without_end",
    "sleeps_for_ever",
    "stops_itself",
    "swallows_its_cancellation",
)

pytestmark = pytest.mark.usefixtures("strangers_folder")


async def _longest_pause(ended: asyncio.Event) -> float:
    """The most that the loop's own thread computed between two rounds, in seconds of its CPU."""
    longest, last = 0.0, time.thread_time()
    while not ended.is_set():
        await asyncio.sleep(0.005)
        now = time.thread_time()
        longest, last = max(longest, now - last), now
    return longest


async def _sabotage(host: PluginHost) -> tuple[WorldIsDown, float]:
    """The error of the bad one, and the longest pause of our loop meanwhile."""
    await host.query(GOOD, "up")
    ended = asyncio.Event()

    async def bad() -> WorldIsDown:
        try:
            with pytest.raises(WorldIsDown) as raised:
                await host.query(BAD, "up")
        finally:
            ended.set()
        return raised.value

    async def good() -> None:
        while not ended.is_set():
            await host.query(GOOD, "up")
            await asyncio.sleep(0.02)

    async with asyncio.timeout(NEVER):
        error, _, pause = await asyncio.gather(bad(), good(), _longest_pause(ended))
    return error, pause


@pytest.mark.parametrize("behaviour", [*AT_START, *WHEN_ASKED])
def test_that_a_fault_of_a_plugin_stays_its_own(behaviour: str, tmp_path: Path) -> None:
    async def play() -> None:
        async with hosted(
            tmp_path,
            system("bad", "saboteur", behaviour=behaviour),
            system("good", "saboteur", behaviour="behaves"),
            secrets={"bad": CANARY},
            limits=Limits(read=DEADLINE, memory=400 << 20),
        ) as host:
            error, pause = await _sabotage(host)
            assert pause < 0.5
            assert CANARY not in repr(error) + str(error)
            if behaviour == "forks":
                pids = [int(pid) for pid in (tmp_path / "bad/pids").read_text().split()]
                await until(lambda: not any(map(is_alive, pids)))

    asyncio.run(play())


def test_that_a_plugin_that_prints_much_still_answers(tmp_path: Path) -> None:
    async def play() -> None:
        async with hosted(tmp_path, system("bad", "saboteur", behaviour="prints_much")) as host:
            assert [one.value for one in (await host.query(BAD, "up")).samples] == [1.0]

    asyncio.run(play())


def test_that_a_secret_on_standard_error_is_hidden_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def play() -> None:
        async with hosted(
            tmp_path,
            system("bad", "saboteur", behaviour="prints_its_secret"),
            secrets={"bad": CANARY},
        ) as host:
            await host.query(BAD, "up")
            await until(lambda: "[hidden]" in caplog.text)

    with caplog.at_level(logging.INFO):
        asyncio.run(play())
    assert CANARY not in caplog.text


def test_that_a_plugin_that_will_not_close_is_ended(tmp_path: Path) -> None:
    async def play() -> None:
        behaviour = system("bad", "saboteur", behaviour="will_not_close")
        async with asyncio.timeout(NEVER), hosted(tmp_path, behaviour) as host:
            await host.query(BAD, "up")

    asyncio.run(play())


def test_that_a_dead_plugin_is_started_again(tmp_path: Path) -> None:
    async def play() -> None:
        async with hosted(tmp_path, system("bad", "saboteur", behaviour="dies")) as host:
            for _ in range(3):
                with pytest.raises(WorldIsDown):
                    await host.query(BAD, "up")
            # What does not make it die is answered by a new child.
            check = (await host.check_systems())[0]
            assert (check.ok, check.found) == (True, "all is well")

    asyncio.run(play())


def test_that_a_plugin_that_never_starts_is_tried_ever_less_often(tmp_path: Path) -> None:
    async def play() -> list[str]:
        said: list[str] = []
        behaviour = system("bad", "saboteur", behaviour="at_start_exits")
        async with hosted(tmp_path, behaviour, limits=Limits(read=1.0)) as host:
            for _ in range(4):
                with pytest.raises(WorldIsDown) as raised:
                    await host.query(BAD, "up")
                said.append(raised.value.what)
        return said

    said = asyncio.run(play())
    assert "ended with status 7" in said[0]
    assert "rests for" in said[-1]


def test_that_the_child_ends_when_the_console_is_killed(tmp_path: Path) -> None:
    """A console that dies takes even a plugin with it that never looks at its pipe."""
    script = tmp_path / "console.py"
    script.write_text(
        """
import asyncio, sys
from pathlib import Path
from tests.plugins.hosting import hosted, children_of, system

async def main():
    bad = system("bad", "saboteur", behaviour="busy_for_ever")
    async with hosted(Path(sys.argv[1]), bad) as host:
        await host.check_systems()
        print(*children_of(host), flush=True)
        await host.query("bad", "up")

asyncio.run(main())
"""
    )

    async def play() -> None:
        import sys

        console = await asyncio.create_subprocess_exec(
            *(sys.executable, str(script), str(tmp_path)),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        assert console.stdout is not None
        children = [int(pid) for pid in (await console.stdout.readline()).split()]
        assert children
        assert all(map(is_alive, children))
        console.kill()
        await console.wait()
        await until(lambda: not any(map(is_alive, children)))

    asyncio.run(play())


def test_that_an_answer_of_another_form_is_a_bad_answer(tmp_path: Path) -> None:
    async def play() -> None:
        behaviour = system("bad", "saboteur", behaviour="answers_wrong_fields")
        async with hosted(tmp_path, behaviour) as host:
            with pytest.raises(BadAnswer, match="query"):
                await host.query(BAD, "up")

    asyncio.run(play())


def test_that_questions_it_does_not_read_fail_without_a_word_to_the_log(tmp_path: Path) -> None:
    async def play() -> None:
        behaviour = system("bad", "saboteur", behaviour="reads_nothing")
        async with hosted(tmp_path, behaviour) as host:
            await host.check_systems()
            asked = (host.query(BAD, "x" * 900_000) for _ in range(12))
            ended = await asyncio.gather(*asked, return_exceptions=True)
            assert [type(one) for one in ended if not isinstance(one, WorldIsDown)] == []
        gc.collect()  # an error that nobody took is logged when it is thrown away

    asyncio.run(play())


def test_that_a_call_nobody_waits_for_leaves_the_child_standing(tmp_path: Path) -> None:
    async def play() -> None:
        behaviour = system("bad", "saboteur", behaviour="sleeps_for_ever")
        async with hosted(tmp_path, behaviour) as host:
            await host.check_systems()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await host.query(BAD, "up")
            assert (await host.check_systems())[0].ok

    asyncio.run(play())
