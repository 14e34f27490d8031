"""Delivering effects: each intended one leaves once, and what became of it is found out.

The order is the promise: *sent* is durable before the call is made, so that a console that dies in
between finds *sent* and asks the target before anything else. The id never changes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final, assert_never

import msgspec

from relconsole.domain.kernel.errors import PersonMustAct, RuleRefuses
from relconsole.domain.kernel.ids import EffectId, ReleaseId, RunId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.away import Away
from relconsole.domain.night.bridge_commands import BeginHold
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import (
    OF_THE_CHANGE,
    EffectAcknowledged,
    EffectConfirmed,
    EffectRefused,
    EffectSent,
    EffectUnknown,
    Purpose,
)
from relconsole.domain.night.evolve_effects import EffectMove
from relconsole.domain.night.relief import is_stopped_for
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.night.waiting import is_expired, owed_systems, say_expired
from relconsole.domain.record import effect as record
from relconsole.domain.record.effect import (
    AskPerson,
    Effect,
    EffectState,
    Follow,
    Nothing,
    Outcome,
    Query,
    RecognisesRepeat,
    Send,
    Wait,
    next_act,
)
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Ending,
    Found,
    RemoteState,
)
from relconsole.ports.clock import Clock
from relconsole.ports.plugins import Plugins
from relconsole.ports.tasks import Tasks
from relconsole.services.clock_guard import ClockGuard
from relconsole.services.desk import Desk
from relconsole.services.patience import Pace, Patience
from relconsole.services.reaching import NoAnswer, Reach
from relconsole.services.turns import Turns

_OUTCOMES: Final = {
    Ending.SUCCEEDED: Outcome.SUCCEEDED,
    Ending.FAILED: Outcome.FAILED,
    Ending.CANCELLED: Outcome.CANCELLED,
}
_OUTPUT_CHARACTERS: Final = 4_000

_NOT_CALLED_OFF: Final = frozenset(
    {Purpose.UNDO, Purpose.UNSILENCE, Purpose.RELIEF, *OF_THE_CHANGE}
)
"""What a fired rollback still lets leave; the forward steps and what serves them stay here."""


class Dispatcher:
    """Carries the effects of a run one act further at each call, systems side by side.

    ``left_to_people`` is what people must settle in runs that ended, which no hold tells.
    """

    def __init__(
        self, *, desk: Desk, plugins: Plugins, clock: Clock, tasks: Tasks, patience: Patience
    ) -> None:
        """Take the desk, the ports, and the patience with systems that do not answer."""
        self._desk = desk
        self._clock = clock
        self._tasks = tasks
        self._reach = Reach(plugins, patience)
        self._pace = Pace(clock)
        self._turns = Turns(desk)
        self._guard = ClockGuard(clock)
        self._unknown_from: dict[tuple[EffectId, datetime], float] = {}
        self._unasked: set[EffectId] = set()
        self.left_to_people: dict[EffectId, str] = {}

    def away(self) -> tuple[Away, ...]:
        """Give the systems that do not answer, by their names."""
        return self._reach.away(lambda: owed_systems(self._desk.state.runs.values()))

    async def deliver(self, run: RunId) -> None:
        """Carry every open effect one act further; a system that is down holds up no other.

        What may have happened is asked about before anything leaves, repeats too. WorldIsDown
        where the disk refuses, StaleFence where another console took the run over.
        """
        self._guard = ClockGuard(self._clock)
        for found in self._desk.run(run).open_effects():
            if found.effect.state is EffectState.SENT:
                self._unasked.add(found.effect.id)
        await self._carry(run, lambda effect: effect.state is not EffectState.INTENDED)
        await self._carry(run, lambda effect: effect.state is EffectState.INTENDED)

    async def _carry(self, run: RunId, is_meant: Callable[[Effect], bool]) -> None:
        """Carry the open effects that are meant one act further, systems side by side."""
        systems = dict.fromkeys(
            found.effect.system
            for found in self._desk.run(run).open_effects()
            if is_meant(found.effect)
        )
        may_ask = filter(self._reach.may_ask, systems)
        await self._tasks.together(
            [partial(self._deliver_to, run, system, is_meant) for system in may_ask]
        )

    async def _deliver_to(
        self, run: RunId, system: SystemId, is_meant: Callable[[Effect], bool]
    ) -> None:
        """Carry the effects of one system further, in the order of their intents.

        The first that has no answer ends it: one probe leaves while a system is away, not one for
        every effect that waits.
        """
        for found in self._desk.run(run).open_effects():
            if found.effect.system != system or not is_meant(found.effect):
                continue
            try:
                await self._advance(run, found)
            except NoAnswer as none:
                self._reach.keep_silence(system, none)
                return
            except PersonMustAct as wrong:
                self._reach.keep_lack(system)
                await self._ask_person(run, found.effect.id, str(wrong))
                return

    async def _advance(self, run: RunId, found: EffectRun) -> None:
        """Do the one thing that may be done next about an effect."""
        effect = found.effect
        if effect.state is EffectState.SENT:
            # Whoever sent it is gone: an answer would have been recorded before anything else.
            why = "the console stopped between sending it and hearing the answer"
            await self._move(run, EffectUnknown(run=run, effect=effect.id, why=why))
            found = self._desk.run(run).effects[effect.id]
            effect = found.effect
        if effect.state is EffectState.INTENDED:
            await self._send(run, found)
            return
        if not self._pace.is_due(effect):
            return
        if effect.state is EffectState.ACKNOWLEDGED and effect.remote is not None:
            await self._follow(run, effect, effect.remote)
            return
        await self._settle(run, found, effect)

    async def _settle(self, run: RunId, found: EffectRun, effect: Effect) -> None:
        """Find out what became of an unknown effect; only the target or a person can say.

        The settle window counts by the monotonic clock from when this console saw the effect
        unknown, so that no jump of the wall clock and no restart shortens it.
        """
        known = await self._reach.recognise(effect)
        how = known.how
        if how is RecognisesRepeat.NATIVE and (
            _is_called_off(self._desk.run(run), found) or is_expired(found, self._clock.now())
        ):
            # To send it again would be to do it now, after the rollback was fired or a day later.
            how = RecognisesRepeat.QUERYABLE
        tick = self._clock.tick()
        unknown_from = self._unknown_from.setdefault((effect.id, effect.since), tick)
        asked_at = effect.since + timedelta(seconds=tick - unknown_from)
        act = next_act(effect, how, asked_at, known.settle)
        if isinstance(act, Query):
            answer = await self._reach.find(effect)
            query = (
                record.Found(remote=answer.remote, outcome=None, asked_at=asked_at)
                if isinstance(answer, Found)
                else record.NotFound(asked_at=asked_at)
            )
            act = next_act(effect, how, asked_at, known.settle, query)
            self._unasked.discard(effect.id)
        match act:
            case Send() if how is RecognisesRepeat.NATIVE:
                await self._repeat(run, found)
            case Send():
                await self._send(run, found)
            case Follow(remote=remote):
                await self._move(run, EffectAcknowledged(run=run, effect=effect.id, remote=remote))
            case AskPerson(why=why):
                await self._ask_person(run, effect.id, why)
            case Query() | Wait() | Nothing():
                pass
            case _:
                assert_never(act)

    async def _send(self, run: RunId, found: EffectRun) -> None:
        """Record *sent*, call, and record the answer; a call without one leaves it unknown."""
        effect = found.effect
        sent = EffectSent(run=run, effect=effect.id)
        if not (await self._is_let_go(run, found) and await self._move(run, sent)):
            return
        if self._desk.is_braked or is_stopped_for(self._desk.run(run), found):
            stayed = "the line was stopped before it left"
            await self._move(run, EffectRefused(run=run, effect=effect.id, reason=stayed))
            return
        try:
            refused = await self._call(run, found)
        except NoAnswer as none:
            await self._move(run, EffectUnknown(run=run, effect=effect.id, why=none.what))
            raise
        if refused is not None:
            await self._move(run, EffectRefused(run=run, effect=effect.id, reason=refused))

    async def _repeat(self, run: RunId, found: EffectRun) -> None:
        """Ask what became of an effect by sending the same again, to whoever does nothing twice.

        It is *unknown* before and after: only an answer is recorded, not every try of a night.
        That the first sending may have done it is why a refusal of this one proves nothing.
        """
        if not await self._is_let_go(run, found):
            return
        await self._desk.must_be_newest()
        if not self._may_leave(run, found):
            return
        refused = await self._call(run, found)
        if refused is not None:
            await self._ask_person(run, found.effect.id, refused)

    async def _call(self, run: RunId, found: EffectRun) -> str | None:
        """Send it and record that it was taken; gives why it was not, None where it was."""
        effect, release = found.effect, self._desk.run(run).release
        try:
            answer = await self._reach.perform(effect.system, _request(release, found))
        except PersonMustAct as wrong:
            # Raised before anything leaves: a setting or a credential is missing.
            return str(wrong)
        if not isinstance(answer, Acknowledged):
            return answer.reason
        await self._move(run, EffectAcknowledged(run=run, effect=effect.id, remote=answer.remote))
        return None

    async def _is_let_go(self, run: RunId, found: EffectRun) -> bool:
        """Tell whether an effect may leave in this moment.

        A stopped line and a clock that jumped let nothing leave, a fired rollback nothing forward,
        and what waited for a day waits for a person. Each record has its order.
        """
        effect = found.effect
        if not self._may_leave(run, found) or not self._turns.is_next(found):
            return False
        if _is_called_off(self._desk.run(run), found):
            reason = "a rollback was fired before it was done"
            await self._move(run, EffectRefused(run=run, effect=effect.id, reason=reason))
            return False
        if is_expired(self._desk.run(run).effects[effect.id], self._clock.now()):
            await self._ask_person(run, effect.id, say_expired(found))
            return False
        if not self._reach.may_send(effect.system) or await self._is_left_unasked(run, effect):
            return False
        return self._may_leave(run, found)

    def _may_leave(self, run: RunId, found: EffectRun) -> bool:
        """Tell whether no stopped line and no clock that jumped keeps an effect here."""
        jumped = self._guard.has_jumped(self._desk.state.workspace.policy.clock_jump)
        return not (jumped or self._desk.is_braked or _is_halted(self._desk.run(run), found))

    async def _is_left_unasked(self, run: RunId, effect: Effect) -> bool:
        """Tell whether another effect that a dead console left there is still to be asked about.

        Whoever knows ids is asked by sending the same again, and whoever cannot tell not at all.
        """
        for found in self._desk.run(run).open_effects():
            left = found.effect
            if left.id in self._unasked and left.id != effect.id and left.system == effect.system:
                known = await self._reach.recognise(left)
                if known.how is RecognisesRepeat.QUERYABLE:
                    return True
        return False

    async def _follow(self, run: RunId, effect: Effect, remote: str) -> None:
        """Record how an acknowledged effect ended, once the target says so."""
        state = await self._reach.follow(effect, remote)
        if state.ending is Ending.RUNNING:
            return
        if state.ending is Ending.UNKNOWN:
            why = state.detail or f"{effect.system} does not know how {remote} ended"
            await self._ask_person(run, effect.id, why)
            return
        await self._move(run, _confirmed(run, effect.id, state))

    async def _ask_person(self, run: RunId, effect: EffectId, why: str) -> None:
        """Put the run on hold until a person has settled the effect; one that ended is not held."""
        if self._desk.run(run).is_over:
            self.left_to_people[effect] = why
            return
        hold = BeginHold(run=run, cause=HoldCause.EFFECT, thing=effect, reasons=(why,))
        await self._desk.must(hold, self._desk.console)

    async def _move(self, run: RunId, move: EffectMove) -> bool:
        """Record a move that the console observed.

        False where a person settled the effect or stopped the line in the same moment.
        """
        self.left_to_people.pop(EffectId(move.effect), None)
        moved = await self._desk.submit(MoveEffect(run=run, move=move), self._desk.console)
        if not isinstance(moved, Refusal):
            return True
        stopped = any(reason.rule == "line_stopped" for reason in moved.reasons)
        if stopped or not self._desk.run(run).effects[EffectId(move.effect)].is_open:
            return False
        raise RuleRefuses(moved)


def _is_halted(run: RunState, found: EffectRun) -> bool:
    """Tell whether the line is stopped, or frozen since the clock jumped, for this effect."""
    frozen = any(hold.cause is HoldCause.CLOCK for hold in run.holds)
    return is_stopped_for(run, found) or (frozen and not _is_relief(found))


def _is_relief(found: EffectRun) -> bool:
    """Tell whether an effect is a relief step's."""
    return found.intent.purpose is Purpose.RELIEF


def _is_called_off(run: RunState, found: EffectRun) -> bool:
    """Tell whether a fired rollback keeps this effect from leaving."""
    fired = run.rollback is not None and run.rollback.fired_at is not None
    return fired and found.intent.purpose not in _NOT_CALLED_OFF


def _request(release: ReleaseId, found: EffectRun) -> EffectRequest:
    """Give what is sent: always under the id of the intent."""
    effect, intent = found.effect, found.intent
    return EffectRequest(
        id=effect.id,
        kind=effect.kind,
        payload=msgspec.json.decode(intent.payload),
        release=release,
        step=effect.step,
        person=intent.person,
        second_person=intent.second_person,
    )


def _confirmed(run: RunId, effect: EffectId, state: RemoteState) -> EffectConfirmed:
    """Give the fact of an effect's end."""
    return EffectConfirmed(
        run=run,
        effect=effect,
        outcome=_OUTCOMES[state.ending],
        detail=state.detail,
        output=state.output[-_OUTPUT_CHARACTERS:],
    )
