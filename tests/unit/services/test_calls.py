"""Reading what jobs would run: once for each job, and never a guess in place of an answer."""

from dataclasses import replace

import pytest

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.plan.runbook import JobRun
from relconsole.services.calls import read_call, read_calls
from tests.helpers.fakes.plugins import Way
from tests.unit.services.rooms import ITSM, automated, furnish, manual, played, release_of

DEPLOY, MIGRATE = Digest("d" * 64), Digest("e" * 64)
PLAN = release_of(manual("tell"), automated("deploy"), automated("migrate"))


@played
async def test_that_a_step_is_read_by_what_its_job_is_at_this_moment() -> None:
    room = await furnish(PLAN)
    room.world.digests["deploy"] = DEPLOY
    assert await read_call(room.plugins, automated("deploy")) == DEPLOY
    room.world.digests["deploy"] = MIGRATE
    assert await read_call(room.plugins, automated("deploy")) == MIGRATE


@played
async def test_that_a_step_without_a_job_asks_nobody() -> None:
    room = await furnish(PLAN)
    assert await read_call(room.plugins, manual("tell")) is None
    assert room.world.calls == []


@played
async def test_that_a_system_that_cannot_tell_gives_no_digest() -> None:
    room = await furnish(PLAN)
    room.world.digests["deploy"] = None
    assert await read_call(room.plugins, automated("deploy")) is None
    assert await read_calls(room.plugins, [automated("deploy")]) == {"deploy": None}


@played
async def test_that_a_plan_is_read_step_by_step_and_leaves_those_without_jobs_out() -> None:
    room = await furnish(PLAN)
    room.world.digests.update({"deploy": DEPLOY, "migrate": MIGRATE})
    found = await read_calls(room.plugins, PLAN.runbook.steps)
    assert found == {"deploy": DEPLOY, "migrate": MIGRATE}


@played
async def test_that_a_job_which_several_steps_share_is_read_once() -> None:
    room = await furnish(PLAN)
    first = automated("deploy")
    again = replace(first, id=StepId("deploy-again"))
    elsewhere = replace(first, id=StepId("deploy-elsewhere"), run=JobRun(system=ITSM, job="deploy"))
    found = await read_calls(room.plugins, [first, again, elsewhere])
    assert set(found) == {"deploy", "deploy-again", "deploy-elsewhere"}
    asked = [call.system for call in room.world.calls if call.verb == "describe_job"]
    assert asked == ["ci", "itsm"]


@pytest.mark.parametrize(
    ("way", "error"), [(Way.IS_DOWN, WorldIsDown), (Way.LACKS_A_SETTING, PersonMustAct)]
)
@played
async def test_that_silence_is_an_error_and_never_an_empty_answer(
    way: Way, error: type[Exception]
) -> None:
    room = await furnish(PLAN)
    room.goes("describe_job", way)
    with pytest.raises(error):
        await read_call(room.plugins, automated("deploy"))
    with pytest.raises(error):
        await read_calls(room.plugins, PLAN.runbook.steps)
