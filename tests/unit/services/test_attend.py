"""Attending: a night is conducted with people before the screen, who end every wait themselves."""

import pytest

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.bridge_commands import BeginHold, EndHold, StopLine
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.facts import RunLeft, RunOutcome
from relconsole.domain.night.step_commands import Said
from relconsole.ports.questions import Answered, Word
from relconsole.services.attend import Attendance
from relconsole.services.crew import Ending
from tests.helpers.fakes.plugins import Way
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import STATION, chain, release, small
from tests.unit.services.bridge import LEASE_SECONDS, Answers, Bridge

GO = Answered(step=StepId("go"), word=Word.GO, for_name=STATION)
ANSWERS: Answers = {"go": (GO,), "m": (Word.DONE,)}


class Screen:
    """A night that is attended; `attendance` is there once it has begun."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.attendance: Attendance | None = None

    async def attend(self) -> Ending:
        bridge = self.bridge
        taken = await bridge.taken()
        self.attendance = Attendance(
            bridge.crew, taken.lease, LEASE_SECONDS, lambda: bridge.is_cancelled
        )
        return await self.attendance.conduct()

    @property
    def waits_for(self) -> tuple[str, ...]:
        assert self.attendance is not None
        return self.attendance.waits_for


def was_left(bridge: Bridge) -> bool:
    return any(isinstance(recorded.fact, RunLeft) for recorded in bridge.told)


def test_that_an_attended_night_ends_when_it_is_over(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), answers=ANSWERS, waits=True)
    ending = bridge.play(Screen(bridge).attend())
    assert ending.outcome is RunOutcome.FINISHED
    assert bridge.run.is_over
    assert bridge.stored.leases[bridge.run.id].holder == ""


def test_that_a_hold_ends_nothing_and_the_night_goes_on_when_it_is_lifted(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(small()), answers=ANSWERS, waits=True)
    screen = Screen(bridge)
    seen: list[tuple[str, ...]] = []

    def hold() -> BeginHold:
        return BeginHold(
            run=bridge.run.id, cause=HoldCause.PERSON, thing="bridge", reasons=("wait for Jo",)
        )

    def lift() -> EndHold:
        seen.append(screen.waits_for)
        return EndHold(run=bridge.run.id, cause=HoldCause.PERSON, thing="bridge")

    bridge.later(0.5, hold)
    bridge.later(60.0, lift)
    ending = bridge.play(screen.attend())
    assert seen == [("wait for Jo",)]
    assert ending.outcome is RunOutcome.FINISHED
    assert screen.waits_for == ()
    assert not was_left(bridge)


def test_that_a_stopped_line_stays_stopped_before_the_screen(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), waits=True)
    screen = Screen(bridge)
    seen: list[tuple[str, ...]] = []

    def leave() -> StopLine:
        seen.append(screen.waits_for)
        bridge.is_cancelled = True
        return StopLine(run=bridge.run.id, said=Said(note="again"))

    bridge.later(1.0, lambda: StopLine(run=bridge.run.id, said=Said(note="smoke")))
    bridge.later(30.0, leave)
    ending = bridge.play(screen.attend())
    assert seen == [("smoke",)]
    assert ending.outcome is RunOutcome.STOPPED
    assert was_left(bridge)


def test_that_what_keeps_a_step_from_starting_is_told_and_recorded_as_no_hold(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(chain()), answers={"m": (Word.DONE,)}, waits=True)
    screen = Screen(bridge)
    seen: list[tuple[str, ...]] = []

    async def scene() -> Ending:
        await bridge.night()
        bridge.fails("describe_job", Way.LACKS_A_SETTING, times=1_000)
        bridge.later(30.0, leave)
        return await screen.attend()

    def leave() -> BeginHold:
        seen.append(screen.waits_for)
        bridge.is_cancelled = True
        return BeginHold(run=bridge.run.id, cause=HoldCause.PERSON, thing="end", reasons=("end",))

    bridge.play(scene())
    assert "what its job would run cannot be read" in seen[0][0]
    assert HoldCause.NO_ANSWER not in {cause for cause, _ in bridge.held_by()}


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_that_a_fired_rollback_is_run_to_its_end(loop: VirtualLoop, *, is_cancelled: bool) -> None:
    bridge = Bridge(loop, release(small()), two_people=True, waits=True)

    async def scene() -> Ending:
        await bridge.night()
        await bridge.begin("a")
        await bridge.work()
        await bridge.fire()
        bridge.is_cancelled = is_cancelled
        return await Screen(bridge).attend()

    ending = bridge.play(scene())
    if is_cancelled:
        assert ending.outcome is RunOutcome.HELD
        assert not bridge.run.is_over
    else:
        assert ending.outcome is RunOutcome.ROLLED_BACK
        assert bridge.run.is_over
