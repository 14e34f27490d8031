"""Conducting from the window: opened once, taken up, left in order, and told when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field

import pytest

from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.facts import RunLeft, RunOutcome
from relconsole.domain.record.file_form import JournalKind
from relconsole.ports.journal import Lease
from relconsole.runtime.tasks import WindowTasks
from relconsole.services.attend import Attendance
from relconsole.services.crew import Ending
from relconsole.services.opening import TakenUp
from relconsole_ui.controllers.conducting import Attended, Conducting
from relconsole_ui.controllers.room import Answer, NotDone, Room, Sight, Tools, words_of
from tests.helpers.fakes.signing import FakeRequests
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import KEYS, release, small
from tests.unit.services.bridge import LEASE_SECONDS, Bridge
from tests.unit.services.test_attend import ANSWERS

LATER = 5.0


class NoForecasts(WindowTasks):
    """The tasks of a window, without forecasts, which are made in a thread."""

    def command(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> bool:
        return name == "forecast" or super().command(name, call)


class Failing(Attendance):
    """Conducts with a defect."""

    async def conduct(self) -> Ending:
        raise ZeroDivisionError("a defect")


@dataclass(slots=True)
class Window:
    """A window over a virtual night, and everything that it was told."""

    bridge: Bridge
    room: Room
    tasks: NoForecasts
    attendance: type[Attendance] = Attendance
    answers: list[Answer] = field(default_factory=list[Answer])
    endings: list[Ending | NotDone] = field(default_factory=list[Ending | NotDone])
    failed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    conducting: Conducting = field(init=False)

    def attend(self, lease: Lease, is_cancelled: Callable[[], bool]) -> Attended:
        found = self.attendance(self.bridge.crew, lease, LEASE_SECONDS, is_cancelled)
        return Attended(attendance=found, watcher=self.bridge.watcher)

    def begin(self) -> None:
        self.conducting.begin(
            rehearsal=False, answered=self.answers.append, ended=self.endings.append
        )

    def conducts(self) -> bool:
        """Whether this window says that it conducts."""
        return self.conducting.is_conducting

    def left(self) -> int:
        """How often a run was left in order."""
        return sum(isinstance(each.fact, RunLeft) for each in self.bridge.told)


def window_of(bridge: Bridge) -> Window:
    """A window whose night is not open yet."""
    failed: list[tuple[str, str]] = []
    tasks = NoForecasts(lambda name, failure: failed.append((name, str(failure))))
    tools = Tools(
        desk=bridge.desk,
        mover=bridge.mover,
        interviewer=bridge.interviewer,
        armourer=bridge.armourer,
        retreat=bridge.retreat,
        clock=bridge.clock,
        requests=FakeRequests(KEYS, bridge.clock.now),
    )
    room = Room(
        tools=tools,
        tasks=tasks,
        sight=Sight(),
        release=bridge.release.id,
        kind=JournalKind.LIVE,
        zone="UTC",
    )
    found = Window(bridge, room, tasks)
    found.failed = failed
    found.conducting = Conducting(room, bridge.opener, found.attend)
    return found


@pytest.fixture
def window() -> Iterator[Window]:
    """A window over a small night in which nobody answers."""
    loop = VirtualLoop()
    yield window_of(Bridge(loop, release(small()), waits=True))
    loop.close()


def play(window: Window, scene: Callable[[Window], Coroutine[None, None, None]]) -> None:
    """Play a scene, and close the window after it."""

    async def whole() -> None:
        await scene(window)
        window.conducting.leave()
        await window.tasks.close(60.0)

    window.bridge.play(whole())


def test_that_a_night_is_opened_conducted_and_left_in_order(window: Window) -> None:
    async def scene(it: Window) -> None:
        it.begin()
        assert it.conducting.is_busy
        assert not it.conducts()
        await asyncio.sleep(LATER)
        assert isinstance(it.answers[0], TakenUp)
        assert it.conducts()
        assert it.bridge.stored.leases[it.bridge.run.id].holder == "console"
        it.conducting.leave()
        await asyncio.sleep(LATER)
        assert not it.conducts()
        assert it.bridge.stored.leases[it.bridge.run.id].holder == ""

    play(window, scene)
    assert window.left() == 1
    assert [isinstance(each, Ending) for each in window.endings] == [True]


def test_that_a_night_that_was_left_is_taken_up_again(window: Window) -> None:
    async def scene(it: Window) -> None:
        it.begin()
        await asyncio.sleep(LATER)
        it.conducting.leave()
        await asyncio.sleep(LATER)
        it.begin()
        await asyncio.sleep(LATER)
        assert it.conducts()

    play(window, scene)
    runs = {each.run for each in window.answers if isinstance(each, TakenUp)}
    assert len(runs) == 1
    assert window.left() == 2


def test_that_the_opening_key_pressed_twice_takes_the_night_up_once(window: Window) -> None:
    async def scene(it: Window) -> None:
        it.begin()
        it.begin()
        await asyncio.sleep(LATER)
        it.begin()
        await asyncio.sleep(LATER)
        assert it.conducts()
        assert it.endings == []

    play(window, scene)
    assert len(window.answers) == 1


def test_that_a_window_that_closes_while_it_opens_leaves_at_once(window: Window) -> None:
    async def scene(it: Window) -> None:
        it.begin()
        it.conducting.leave()
        await asyncio.sleep(LATER)
        assert not it.conducting.is_busy

    play(window, scene)
    assert window.left() == 1


def test_that_a_refused_opening_is_answered_and_leaves_the_window_free(window: Window) -> None:
    async def scene(it: Window) -> None:
        it.room.release = ReleaseId("no-such-release")
        it.begin()
        await asyncio.sleep(LATER)
        assert not it.conducting.is_busy

    play(window, scene)
    assert isinstance(window.answers[0], Refusal)
    assert words_of(window.answers[0]).startswith("there is no release no-such-release")


def test_that_another_console_that_takes_over_is_told(window: Window) -> None:
    async def scene(it: Window) -> None:
        it.begin()
        await asyncio.sleep(LATER)
        run = it.bridge.run.id
        lease = it.bridge.stored.leases[run]
        it.bridge.stored.leases[run] = type(lease)(
            run=run, holder="another", fence=lease.fence + 1, until=lease.until
        )
        await asyncio.sleep(60.0)
        assert not it.conducts()

    play(window, scene)
    assert len(window.endings) == 1
    assert isinstance(window.endings[0], NotDone)


def test_that_after_a_defect_nobody_is_said_to_conduct(window: Window) -> None:
    window.attendance = Failing

    async def scene(it: Window) -> None:
        it.begin()
        await asyncio.sleep(LATER)
        assert not it.conducts()
        assert it.conducting.waits_for == ()
        it.attendance = Attendance
        it.begin()
        await asyncio.sleep(LATER)
        assert it.conducts()

    play(window, scene)
    assert window.failed == [("conduct the night", "a defect")]


def test_that_a_night_that_is_over_ends_by_itself() -> None:
    loop = VirtualLoop()
    window = window_of(Bridge(loop, release(small()), answers=ANSWERS, waits=True))

    async def scene(it: Window) -> None:
        it.begin()
        await asyncio.sleep(3_600.0)
        assert not it.conducts()

    play(window, scene)
    loop.close()
    assert [each.outcome for each in window.endings if isinstance(each, Ending)] == [
        RunOutcome.FINISHED
    ]


def test_that_what_is_wanted_of_a_closing_window_is_answered(window: Window) -> None:
    said: list[Answer] = []

    async def nothing() -> None:
        raise AssertionError

    async def scene(it: Window) -> None:
        await it.tasks.close()
        it.room.command("hold", nothing, said.append)
        it.room.command("hold", nothing)
        assert not it.room.run("conduct", nothing)

    play(window, scene)
    assert said == [NotDone("The window closes. Nothing was done.")]


def test_that_nobody_hears_an_answer_after_the_views_are_gone(window: Window) -> None:
    said: list[Answer] = []

    async def slow() -> str:
        await asyncio.sleep(1.0)
        return "done"

    async def scene(it: Window) -> None:
        seen: list[object] = []
        it.room.follow(seen.append)
        it.room.command("hold", slow, said.append)
        it.room.unfollow()
        await asyncio.sleep(LATER)
        it.room.show()
        assert len(seen) == 1

    play(window, scene)
    assert said == []
