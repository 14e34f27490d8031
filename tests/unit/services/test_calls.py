"""What jobs would run: read once a job, and never taken from a moment's silence."""

import pytest

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import StepId
from relconsole.services.calls import read_call, read_calls
from tests.helpers.fakes.plugins import Way
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import PAY, deploy, manual, release, wide
from tests.unit.services.bridge import Bridge


def test_that_a_job_of_several_steps_is_read_once_a_system(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(wide()))
    calls = bridge.play(read_calls(bridge.plugins, wide().steps))
    assert set(calls) == {"a", "b", "c", "d"}
    assert len(set(calls.values())) == 1
    assert bridge.calls("describe_job") == ["describe_job", "describe_job"]


def test_that_a_step_without_a_job_calls_nothing(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(wide()))
    assert bridge.play(read_call(bridge.plugins, manual("m"))) is None
    assert bridge.calls() == []


def test_that_a_job_that_its_system_cannot_read_has_no_digest(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(wide()))
    bridge.world.digests["deploy"] = None
    step = deploy("a", PAY)
    assert bridge.play(read_call(bridge.plugins, step)) is None
    assert bridge.play(read_calls(bridge.plugins, [step])) == {StepId("a"): None}


def test_that_silence_is_no_answer(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(wide()))
    bridge.fails("describe_job", Way.IS_DOWN, times=2)
    with pytest.raises(WorldIsDown):
        bridge.play(read_call(bridge.plugins, deploy("a", PAY)))
    with pytest.raises(WorldIsDown):
        bridge.play(read_calls(bridge.plugins, wide().steps))
