"""Orders from elsewhere: only what comes to the very same facts under a good signature counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.calendar.entries import Calendar
from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import FactId, Fingerprint, PersonId, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import EndHold, StopLine
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_commands import AskSignature
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.step_commands import EndStep, RepeatStep, Said
from relconsole.domain.record.envelope import act_message_of
from relconsole.domain.record.signature import is_signed_in_text
from relconsole.ports.inbox import Order, SignedAct
from relconsole.services.orders import OLDEST
from tests.helpers.fakes.clock import FakeClock
from tests.unit.services.posting import ORDERS, inbox_of, keyed, nameless
from tests.unit.services.rooms import JO, MARA, played
from tests.unit.services.rooms_s2 import (
    ASHA,
    INES,
    KEYS,
    RunningClock,
    acts,
    begin,
    night,
    rules,
    start,
    talk,
    versions,
)


def forge(order: Order, *, fact: str | None = None, signature: str | None = None) -> Order:
    """The order with another id or signature of its only fact."""
    (act,) = order.acts
    changed = SignedAct(
        id=act.id if fact is None else FactId(fact),
        signature=act.signature if signature is None else signature,
    )
    return replace(order, acts=(changed,))


TAMPERINGS: dict[str, Callable[[Order], Order]] = {
    "body": lambda order: replace(order, body={**order.body, "said": {"note": "all is lost"}}),
    "hour": lambda order: replace(order, at=order.at + timedelta(seconds=1)),
    "id": lambda order: forge(order, fact="f" * 32),
    "signature": lambda order: forge(order, signature="A" * 86),
    "no signature": lambda order: forge(order, signature=""),
}


@played
async def test_that_an_order_is_recorded_under_the_signature_of_whom_posted_it() -> None:
    here = await keyed()
    records = await here.posts(ASHA, here.note())
    newest = here.room.stored.envelopes[-1]
    assert isinstance(records, tuple)
    assert [record.id for record in records] == [newest.id]
    assert newest.by == ASHA
    message = act_message_of(newest)
    assert message is not None
    assert newest.act is not None
    assert is_signed_in_text(KEYS[ASHA].public, message, newest.act.signature)
    assert here.inbox.waiting == []


@played
async def test_that_whoever_posted_goes_on_from_what_the_writer_recorded() -> None:
    here = await keyed()
    desk = await here.desk_of(ASHA)
    here.inbox.writer = here.taker.take
    await here.room.desk.must(here.note("before"))
    await desk.must(here.note("posted"))
    assert desk.state.size == here.room.desk.state.size


@played
async def test_that_all_facts_of_one_act_are_recorded_together() -> None:
    here = await keyed()
    await begin(here.room, "tell")
    failed = EndStep(run=here.room.run.id, step=StepId("tell"), state=StepState.FAILED)
    records = await here.posts(MARA, failed, RunningClock(here.room.clock.now()))
    assert isinstance(records, tuple), records
    assert [record.fact.KIND for record in records] == ["step_ended", "hold_began"]
    assert all(each.act for each in here.room.stored.envelopes[-2:])


@played
async def test_that_a_fact_which_names_the_hour_comes_to_the_same_at_the_writer() -> None:
    here = await keyed()
    ask = AskSignature(run=here.room.run.id, act=TwoPersonAct.AMEND, thing="plan")
    clock = RunningClock(here.room.clock.now())
    here.room.clock.advance(5)
    records = await here.posts(ASHA, ask, clock)
    assert isinstance(records, tuple), records
    assert [record.fact.KIND for record in records] == ["signature_asked"]


@played
async def test_that_a_step_started_from_elsewhere_intends_its_job_under_the_runs_lease() -> None:
    here = await keyed()
    records = await here.posts(MARA, start(here.room, "pay"))
    assert isinstance(records, tuple), records
    assert [record.fact.KIND for record in records] == ["step_started", "effect_intended"]
    (effect,) = await here.room.journal.effects(here.room.run.id)
    assert effect.fence == here.room.run.fence
    assert str(effect.id) == records[1].id


@played
async def test_that_names_are_taken_at_their_word_while_nobody_has_a_key() -> None:
    here = await nameless()
    for person in (JO, None):
        records = await here.posts(person, here.note())
        assert isinstance(records, tuple), records
        newest = here.room.stored.envelopes[-1]
        assert (newest.by, newest.act) == (person, None)


@played
async def test_that_an_unsigned_order_is_refused_once_keys_count() -> None:
    here = await keyed()
    order = await here.draft(ASHA, here.note())
    assert await here.refuses(replace(order, key=None)) == ("unproven",)
    assert await here.refuses(replace(order, key=None, by=None)) == ("who_acts",)


@played
async def test_that_an_order_for_another_journal_is_refused() -> None:
    here = await keyed()
    order = await here.draft(ASHA, here.note())
    assert await here.refuses(replace(order, journal="f" * 32)) == ("another_journal",)


@pytest.mark.parametrize("ahead", [-1, 1])
def test_that_an_order_is_taken_for_a_minute_and_not_beyond(ahead: int) -> None:
    @played
    async def scene() -> None:
        here = await keyed()
        now = here.room.clock.now()
        soon = await here.draft(ASHA, here.note(), FakeClock(now + ahead * OLDEST))
        beyond = FakeClock(now + ahead * (OLDEST + timedelta(microseconds=1)))
        late = await here.draft(ASHA, here.note(), beyond)
        assert (await here.hands_in(soon)).refused == ()
        assert await here.refuses(late) == ("order_is_old",)

    scene()


@played
async def test_that_an_order_under_anothers_key_is_refused() -> None:
    here = await keyed()
    order = await here.draft(ASHA, here.note())
    for forged in (
        replace(order, by=INES),
        replace(order, by=None),
        replace(order, by=PersonId("stranger")),
        replace(order, key=KEYS[INES].public.fingerprint),
        replace(order, key=Fingerprint("f" * 64)),
    ):
        assert await here.refuses(forged) == ("another_key",)


@played
async def test_that_anybody_stops_the_line_and_nobody_in_anothers_name() -> None:
    here = await keyed()
    stop = StopLine(run=here.room.run.id, said=Said(note="wrong amounts"))
    order = await here.draft(JO, stop)
    assert await here.refuses(replace(order, by=INES)) == ("another_key",)
    assert (await here.hands_in(order)).refused == ()
    assert here.room.run.stop is not None
    assert here.room.run.stop.by == JO


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=list(TAMPERINGS))
def test_that_what_was_changed_after_signing_is_refused(tamper: Callable[[Order], Order]) -> None:
    @played
    async def scene() -> None:
        here = await keyed()
        order = await here.draft(ASHA, here.note())
        assert await here.refuses(tamper(order)) == ("order_not_signed",)

    scene()


@played
async def test_that_a_signature_counts_for_its_own_command_only() -> None:
    here = await keyed()
    order = await here.draft(ASHA, here.note())
    kind, _, body = ORDERS.encode(StopLine(run=here.room.run.id))
    assert await here.refuses(replace(order, kind=kind, body=body)) == ("order_not_signed",)


@played
async def test_that_an_order_decided_over_a_night_that_has_moved_is_refused() -> None:
    here = await keyed()
    step = StepId("tell")
    await begin(here.room, "tell")
    run = here.room.run.id
    order = await here.draft(MARA, EndStep(run=run, step=step, state=StepState.DONE))
    await acts(here.room, EndStep(run=run, step=step, state=StepState.FAILED))
    assert await here.refuses(order) == ("step_state",)
    await acts(here.room, RepeatStep(run=run, step=step))
    await begin(here.room, "tell")
    # The second attempt is under way; what was signed ends the first.
    assert await here.refuses(order) == ("order_not_signed",)


@played
async def test_that_an_order_which_comes_to_more_or_fewer_facts_is_refused() -> None:
    here = await keyed()
    order = await here.draft(ASHA, here.note())
    more = (*order.acts, SignedAct(id=FactId("e" * 32), signature=""))
    assert await here.refuses(replace(order, acts=more)) == ("night_moved",)
    assert await here.refuses(replace(order, acts=())) == ("night_moved",)


@played
async def test_that_a_posters_clock_ahead_makes_nothing_due_early() -> None:
    due = FakeClock().now() + timedelta(seconds=30)
    plan = versions(replace(talk("tell"), not_before=due))
    here = inbox_of(await night(plan))
    ahead = FakeClock(due + timedelta(seconds=15))
    order = await here.draft(MARA, start(here.room, "tell", at=ahead.now()), ahead)
    assert await here.refuses(order) == ("fixed_start",)
    here.room.clock.advance(45)
    assert (await here.hands_in(order)).refused == ()
    assert here.room.run.steps[StepId("tell")].started == ahead.now()


@pytest.mark.parametrize(
    ("kind", "body"),
    [("import_workspace", {}), ("note", {"run": 7}), ("note", {"run": "r", "odd": 1})],
)
def test_that_what_is_no_command_is_refused(kind: str, body: dict[str, str | int]) -> None:
    @played
    async def scene() -> None:
        here = await keyed()
        order = await here.draft(ASHA, here.note())
        assert await here.refuses(replace(order, kind=kind, body=body)) == ("no_order",)

    scene()


@played
async def test_that_a_refusal_of_the_writer_reaches_whoever_posted_with_every_reason() -> None:
    here = await keyed()
    await begin(here.room, "tell")
    desk = await here.desk_of(MARA)
    run = here.room.run.id
    await acts(here.room, EndStep(run=run, step=StepId("tell"), state=StepState.DONE))
    here.inbox.writer = here.taker.take
    size = desk.state.size
    refused = await desk.submit(EndStep(run=run, step=StepId("tell"), state=StepState.DONE))
    assert isinstance(refused, Refusal)
    (reason,) = refused.reasons
    assert (reason.rule, reason.thing, reason.says) == ("step_state", "tell", "tell is done")
    assert reason.lifts
    assert desk.state.size == size


@played
async def test_that_what_is_refused_where_it_is_posted_does_not_leave() -> None:
    here = await keyed()
    desk = await here.desk_of(ASHA)
    refused = await desk.submit(EndHold(run=here.room.run.id, cause=HoldCause.PERSON, thing="asha"))
    assert rules(refused)[0] == "no_hold"
    assert here.inbox.waiting == []
    assert here.inbox.replies == {}


@played
async def test_that_an_order_without_an_answer_is_withdrawn_and_said() -> None:
    here = await keyed()
    desk = await here.desk_of(ASHA)
    with pytest.raises(WorldIsDown, match="did not answer"):
        await desk.submit(here.note())
    await here.taker.take()
    assert here.inbox.replies == {}


@played
async def test_that_what_only_the_writer_may_do_has_to_wait() -> None:
    here = await keyed()
    desk = await here.desk_of(MARA)
    command = ImportWorkspace(workspace=replace(desk.state.workspace, calendar=Calendar()))
    with pytest.raises(WorldIsDown, match="ImportWorkspace has to wait"):
        await desk.submit(command)


@played
async def test_that_an_order_whose_answer_was_lost_is_recorded_once() -> None:
    here = await keyed()
    order = await here.draft(ASHA, here.note())
    first = await here.hands_in(order)
    size = len(here.room.stored.envelopes)
    # The program ended before it could reply; the next one finds the order again.
    here.inbox.replies.clear()
    here.room.clock.advance(20)
    assert await here.hands_in(order) == first
    assert len(here.room.stored.envelopes) == size


@played
async def test_that_a_refused_order_holds_up_no_other() -> None:
    here = await keyed()
    good = await here.draft(ASHA, here.note("good"))
    bad = replace(await here.draft(ASHA, here.note("bad")), journal="f" * 32)
    last = await here.draft(INES, here.note("last"))
    here.inbox.waiting.extend((bad, good, last))
    await here.taker.take()
    assert here.inbox.replies[bad.id].refused
    assert here.inbox.replies[good.id].recorded == (good.acts[0].id,)
    assert here.inbox.replies[last.id].recorded == (last.acts[0].id,)
    assert here.inbox.waiting == []
