"""What a rehearsal leaves behind: times of jobs that really ran, bound to what they were."""

from __future__ import annotations

from dataclasses import replace

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_facts import (
    RehearsalCounted,
    RehearsedStep,
    RehearsedTarget,
    RollbackEnding,
)
from relconsole.domain.night.step_commands import EndStep, RepeatStep, Said
from relconsole.domain.record.effect import Outcome
from relconsole.domain.record.signature import SigningKey
from relconsole.services.rehearse import kept_times
from tests.helpers.fakes.journal import FakeJournal
from tests.unit.services.retreats import Night, begun
from tests.unit.services.rooms import PAY, played
from tests.unit.services.rooms_s2 import (
    LEDGER,
    NEW,
    OLD,
    PLACE,
    STAGE,
    acts,
    begin,
    deploy,
    ends,
    shows,
    talk,
    versions,
)

PLAN = versions(talk("tell"), deploy("pay"), deploy("ledger", LEDGER), place=PLACE)
KEY = SigningKey(b"\x09" * 32)


async def rehearsing() -> Night:
    """A rehearsal at its own place, of which nothing has been done yet."""
    here = await begun(PLAN, rehearsal=True)
    for service in (PAY, LEDGER):
        shows(here.room, service, OLD, environment=STAGE)
    return here


async def counted(here: Night) -> RehearsalCounted:
    head = await here.room.journal.head()
    assert head is not None
    return kept_times(here.room.run, head, here.room.clock.now())


async def goes_back(here: Night) -> None:
    """Let the rehearsed rollback be fired and each job of it succeed."""
    await here.arms()
    assert not isinstance(await here.retreat.fire(here.run, None), Refusal)
    await begin(here.room, "undo-pay")
    here.room.clock.advance(30)
    await ends(here.room, "undo-pay")
    shows(here.room, PAY, OLD, environment=STAGE)


def timed(here: Night, step: str, seconds: float) -> RehearsedStep:
    digest = here.room.run.step_digests[StepId(step)]
    return RehearsedStep(step=StepId(step), digest=digest, seconds=seconds)


@played
async def test_that_a_job_that_ran_leaves_its_time_under_the_digest_of_its_step() -> None:
    here = await rehearsing()
    await begin(here.room, "pay", "ledger")
    await ends(here.room, "pay")
    await ends(here.room, "ledger")
    found = await counted(here)
    assert found.forward == (timed(here, "pay", 60.0), timed(here, "ledger", 120.0))
    assert found.undo == ()
    assert (found.run, found.release, found.plan) == (here.run, PLAN.id, here.room.run.plan)
    assert found.at == here.room.clock.now()


@played
async def test_that_the_times_name_where_in_the_rehearsals_journal_they_stand() -> None:
    here = await rehearsing()
    journal = FakeJournal(here.room.stored, key=KEY)
    head = await journal.head()
    assert head is not None
    found = kept_times(here.room.run, head, here.room.clock.now())
    assert (found.journal, found.size, found.root) == (head.journal, head.size, head.root)
    assert found.size == len(here.room.stored.envelopes)


@played
async def test_that_an_answer_at_a_desk_is_no_measurement() -> None:
    here = await rehearsing()
    await begin(here.room, "tell")
    here.room.clock.advance(60)
    await acts(here.room, EndStep(run=here.run, step=StepId("tell"), state=StepState.DONE))
    assert (await counted(here)).forward == ()


@played
async def test_that_a_walk_through_measures_nothing() -> None:
    here = await begun(replace(PLAN, rehearsal=None), rehearsal=True)
    await begin(here.room, "pay")
    here.room.clock.advance(60)
    await acts(here.room, EndStep(run=here.run, step=StepId("pay"), state=StepState.DONE))
    assert (await counted(here)).forward == ()


@played
async def test_that_a_job_that_failed_or_still_runs_leaves_no_time() -> None:
    here = await rehearsing()
    await begin(here.room, "pay", "ledger")
    await ends(here.room, "pay", Outcome.FAILED)
    assert (await counted(here)).forward == ()


@played
async def test_that_the_time_of_the_newest_attempt_counts() -> None:
    here = await rehearsing()
    await begin(here.room, "pay")
    here.room.clock.advance(600)
    await ends(here.room, "pay", Outcome.FAILED)
    await acts(here.room, RepeatStep(run=here.run, step=StepId("pay"), said=Said(note="again")))
    await begin(here.room, "pay")
    await ends(here.room, "pay")
    assert (await counted(here)).forward == (timed(here, "pay", 60.0),)


@played
async def test_that_a_rollback_rehearsed_to_its_end_counts_with_its_targets() -> None:
    here = await rehearsing()
    await begin(here.room, "pay")
    await ends(here.room, "pay")
    shows(here.room, PAY, NEW, environment=STAGE)
    await goes_back(here)
    assert (await here.ends()).ending is RollbackEnding.ROLLED_BACK
    found = await counted(here)
    assert found.rollback_plan == here.rollback.armed.plan
    assert found.undo == (timed(here, "pay", 90.0),)
    assert found.targets == (
        RehearsedTarget(service=PAY, version=OLD),
        RehearsedTarget(service=LEDGER, version=OLD),
    )


@played
async def test_that_a_rollback_that_was_not_observed_as_back_backs_nothing() -> None:
    here = await rehearsing()
    await begin(here.room, "pay")
    await ends(here.room, "pay")
    shows(here.room, PAY, NEW, environment=STAGE)
    await goes_back(here)
    assert (await counted(here)).rollback_plan is None
    shows(here.room, PAY, OLD, NEW, environment=STAGE)
    assert (await here.ends()).ending is RollbackEnding.PARTIAL
    assert (await counted(here)).rollback_plan is None


@played
async def test_that_a_rehearsal_without_a_rollback_has_no_targets() -> None:
    found = await counted(await rehearsing())
    assert (found.rollback_plan, found.targets) == (None, ())
