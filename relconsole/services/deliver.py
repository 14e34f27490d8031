"""Delivering effects: each intended one leaves once, and what became of it is found out.

The order is the promise: *sent* is durable before the call is made, so that a console that dies in
between finds *sent* and asks the target before anything else. The id never changes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar, assert_never

import msgspec

from relconsole.domain.kernel.errors import PersonMustAct, RuleRefuses, WorldIsDown
from relconsole.domain.kernel.ids import EffectId, ReleaseId, RunId, SystemId
from relconsole.domain.kernel.json import as_text
from relconsole.domain.kernel.refusal import Refusal
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
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.night.state import EffectRun
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
    Recognition,
    RemoteState,
)
from relconsole.ports.clock import Clock
from relconsole.ports.plugins import Plugins
from relconsole.ports.tasks import Tasks
from relconsole.services.clock_guard import ClockGuard
from relconsole.services.desk import Desk
from relconsole.services.patience import Patience

Given = TypeVar("Given")

_OUTCOMES: Final = {
    Ending.SUCCEEDED: Outcome.SUCCEEDED,
    Ending.FAILED: Outcome.FAILED,
    Ending.CANCELLED: Outcome.CANCELLED,
}
_OUTPUT_CHARACTERS: Final = 4_000
_LONGEST_PAUSE_SECONDS: Final = 5.0
"""Between two questions about one effect."""


_NOT_CALLED_OFF: Final = frozenset({Purpose.UNDO, Purpose.UNSILENCE, *OF_THE_CHANGE})
"""What a fired rollback still lets leave; the forward steps and what serves them stay here."""


class _NoAnswer(Exception):
    """A system did not answer. Apart from WorldIsDown, which is also what a full disk raises."""

    def __init__(self, down: WorldIsDown) -> None:
        """Keep what the plugin said."""
        super().__init__(down.what)
        self.what = down.what
        self.retry_after = down.retry_after


class Dispatcher:
    """Carries the effects of a run one act further at each call, systems side by side."""

    def __init__(self, *, desk: Desk, plugins: Plugins, clock: Clock, tasks: Tasks) -> None:
        """Take the desk and the ports."""
        self._desk = desk
        self._plugins = plugins
        self._clock = clock
        self._tasks = tasks
        self._patience = Patience(clock)
        self._guard = ClockGuard(clock)
        self._recognitions: dict[tuple[SystemId, str], Recognition] = {}
        self._unknown_from: dict[tuple[EffectId, datetime], float] = {}
        self._asked: dict[tuple[EffectId, datetime], tuple[float, float]] = {}
        self._unasked: set[EffectId] = set()

    async def deliver(self, run: RunId) -> None:
        """Carry every open effect one act further; a system that is down holds up no other.

        What may have happened is asked about before anything leaves, what is sent again not
        excepted. WorldIsDown where the disk refuses, StaleFence where another console took the run
        over.
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
        await self._tasks.together(
            [
                partial(self._deliver_to, run, system, is_meant)
                for system in systems
                if self._patience.may_ask(system)
            ]
        )

    async def _deliver_to(
        self, run: RunId, system: SystemId, is_meant: Callable[[Effect], bool]
    ) -> None:
        """Carry the effects of one system further, in the order of their intents.

        What is written on one record there goes in order: the next leaves once the target has
        taken the one before, or a person has settled it.
        """
        untaken: dict[str, EffectId] = {}
        for found in self._desk.run(run).open_effects():
            if found.effect.system != system:
                continue
            record = _written_on(found)
            before = None if record is None else untaken.get(record)
            in_turn = before is None or not self._is_untaken(run, before)
            if record is not None and in_turn:
                untaken[record] = found.effect.id
            if not is_meant(found.effect):
                continue
            try:
                await self._advance(run, found, in_turn=in_turn)
            except _NoAnswer as none:
                self._patience.failed(system, none.retry_after)
                return
            except PersonMustAct as wrong:
                self._patience.failed(system)
                await self._ask_person(run, found.effect.id, str(wrong))
                return
            self._patience.answered(system)

    def _is_untaken(self, run: RunId, effect: EffectId) -> bool:
        """Tell whether it is still open whether the target has taken an effect."""
        now = self._desk.run(run).effects[effect]
        return now.is_open and now.effect.state is not EffectState.ACKNOWLEDGED

    async def _advance(self, run: RunId, found: EffectRun, *, in_turn: bool) -> None:
        """Do the one thing that may be done next about an effect; send it only in its turn."""
        effect = found.effect
        if effect.state is EffectState.SENT:
            # Whoever sent it is gone: an answer would have been recorded before anything else.
            why = "the console stopped between sending it and hearing the answer"
            await self._move(run, EffectUnknown(run=run, effect=effect.id, why=why))
            effect = self._desk.run(run).effects[effect.id].effect
        if effect.state is EffectState.INTENDED:
            if in_turn:
                await self._send(run, found, is_repeat=False)
            return
        if not self._is_due(effect):
            return
        if effect.state is EffectState.ACKNOWLEDGED and effect.remote is not None:
            await self._follow(run, effect, effect.remote)
            return
        await self._settle(run, found, effect, in_turn=in_turn)

    def _is_due(self, effect: Effect) -> bool:
        """Tell whether to ask about this effect now: the more seldom, the longer it takes."""
        tick = self._clock.tick()
        began, due = self._asked.get((effect.id, effect.since), (tick, tick))
        if tick < due:
            return False
        pause = min((tick - began) / 10, _LONGEST_PAUSE_SECONDS)
        self._asked[effect.id, effect.since] = (began, tick + pause)
        return True

    async def _settle(self, run: RunId, found: EffectRun, effect: Effect, *, in_turn: bool) -> None:
        """Find out what became of an unknown effect; only the target or a person can say.

        The settle window counts by the monotonic clock from when this console saw the effect
        unknown, so that no jump of the wall clock and no restart shortens it.
        """
        known = await self._recognise(effect)
        how = known.how
        if how is RecognisesRepeat.NATIVE and self._is_called_off(run, found):
            # To send it again would be to do it now, after the rollback was fired.
            how = RecognisesRepeat.QUERYABLE
        tick = self._clock.tick()
        unknown_from = self._unknown_from.setdefault((effect.id, effect.since), tick)
        asked_at = effect.since + timedelta(seconds=tick - unknown_from)
        act = next_act(effect, how, asked_at, known.settle)
        if isinstance(act, Query):
            answer = await self._of(self._plugins.find(effect.system, effect.kind, effect.id))
            query = (
                record.Found(remote=answer.remote, outcome=None, asked_at=asked_at)
                if isinstance(answer, Found)
                else record.NotFound(asked_at=asked_at)
            )
            act = next_act(effect, how, asked_at, known.settle, query)
            self._unasked.discard(effect.id)
        match act:
            case Send():
                if in_turn:
                    await self._send(run, found, is_repeat=how is RecognisesRepeat.NATIVE)
            case Follow(remote=remote):
                await self._move(run, EffectAcknowledged(run=run, effect=effect.id, remote=remote))
            case AskPerson(why=why):
                await self._ask_person(run, effect.id, why)
            case Query() | Wait() | Nothing():
                pass
            case _:
                assert_never(act)

    async def _send(self, run: RunId, found: EffectRun, *, is_repeat: bool) -> None:
        """Record *sent*, call, and record the answer; a call without one leaves it unknown.

        A stopped line and a clock that jumped let nothing leave, a fired rollback nothing forward.
        After ``is_repeat``, where the first sending may have done it, a refusal proves nothing.
        """
        effect = found.effect
        if not self._may_leave(run):
            return
        if self._is_called_off(run, found):
            reason = "a rollback was fired before it was done"
            await self._move(run, EffectRefused(run=run, effect=effect.id, reason=reason))
            return
        if await self._is_left_unasked(run, effect) or not self._may_leave(run):
            return
        if not await self._move(run, EffectSent(run=run, effect=effect.id)):
            return
        try:
            request = _request(self._desk.run(run).release, found)
            answer = await self._of(self._plugins.perform(effect.system, request))
        except _NoAnswer as none:
            await self._move(run, EffectUnknown(run=run, effect=effect.id, why=none.what))
            raise
        except PersonMustAct as wrong:
            # Raised before anything leaves: a setting or a credential is missing.
            await self._not_taken(run, effect.id, str(wrong), is_repeat=is_repeat)
            return
        match answer:
            case Acknowledged(remote=remote):
                await self._move(run, EffectAcknowledged(run=run, effect=effect.id, remote=remote))
            case _:
                await self._not_taken(run, effect.id, answer.reason, is_repeat=is_repeat)

    def _may_leave(self, run: RunId) -> bool:
        """Tell whether no stopped line and no clock that jumped keeps everything here."""
        found, limit = self._desk.run(run), self._desk.state.workspace.policy.clock_jump
        frozen = any(hold.cause is HoldCause.CLOCK for hold in found.holds)
        return found.stop is None and not frozen and not self._guard.has_jumped(limit)

    async def _is_left_unasked(self, run: RunId, effect: Effect) -> bool:
        """Tell whether another effect that a dead console left there is still to be asked about.

        Whoever knows ids is asked by sending the same again, and whoever cannot tell not at all.
        """
        for found in self._desk.run(run).open_effects():
            left = found.effect
            if left.id in self._unasked and left.id != effect.id and left.system == effect.system:
                known = await self._recognise(left)
                if known.how is RecognisesRepeat.QUERYABLE:
                    return True
        return False

    async def _not_taken(self, run: RunId, effect: EffectId, why: str, *, is_repeat: bool) -> None:
        """Record that a sending was not taken; whether an earlier one was, a person finds out."""
        if not is_repeat:
            await self._move(run, EffectRefused(run=run, effect=effect, reason=why))
            return
        await self._move(run, EffectUnknown(run=run, effect=effect, why=why))
        await self._ask_person(run, effect, why)

    def _is_called_off(self, run: RunId, found: EffectRun) -> bool:
        """Tell whether a fired rollback keeps this effect from leaving."""
        rollback = self._desk.run(run).rollback
        fired = rollback is not None and rollback.fired_at is not None
        return fired and found.intent.purpose not in _NOT_CALLED_OFF

    async def _follow(self, run: RunId, effect: Effect, remote: str) -> None:
        """Record how an acknowledged effect ended, once the target says so."""
        state = await self._of(self._plugins.follow(effect.system, effect.kind, remote))
        if state.ending is Ending.RUNNING:
            return
        if state.ending is Ending.UNKNOWN:
            why = state.detail or f"{effect.system} does not know how {remote} ended"
            await self._ask_person(run, effect.id, why)
            return
        await self._move(run, _confirmed(run, effect.id, state))

    async def _recognise(self, effect: Effect) -> Recognition:
        """Give how the target recognises a repeat, asked once a system and kind."""
        key = (effect.system, effect.kind)
        if key not in self._recognitions:
            self._recognitions[key] = await self._of(self._plugins.recognition(*key))
        return self._recognitions[key]

    async def _of(self, call: Awaitable[Given]) -> Given:
        """Give the answer of a system; _NoAnswer where there is none."""
        try:
            return await call
        except WorldIsDown as down:
            raise _NoAnswer(down) from down

    async def _ask_person(self, run: RunId, effect: EffectId, why: str) -> None:
        """Put the run on hold until a person has settled the effect; one that is over stays so."""
        if self._desk.run(run).is_over:
            return
        hold = BeginHold(run=run, cause=HoldCause.EFFECT, thing=effect, reasons=(why,))
        await self._desk.must(hold, self._desk.console)

    async def _move(self, run: RunId, move: EffectMove) -> bool:
        """Record a move that the console observed.

        False where a person settled the effect or stopped the line in the same moment.
        """
        moved = await self._desk.submit(MoveEffect(run=run, move=move), self._desk.console)
        if not isinstance(moved, Refusal):
            return True
        stopped = any(reason.rule == "line_stopped" for reason in moved.reasons)
        if stopped or not self._desk.run(run).effects[EffectId(move.effect)].is_open:
            return False
        raise RuleRefuses(moved)


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


def _written_on(found: EffectRun) -> str | None:
    """Give the change record that an effect writes on, None for one of another kind."""
    if not found.effect.kind.startswith("change."):
        return None
    return as_text(msgspec.json.decode(found.intent.payload).get("change"))


def _confirmed(run: RunId, effect: EffectId, state: RemoteState) -> EffectConfirmed:
    """Give the fact of an effect's end."""
    return EffectConfirmed(
        run=run,
        effect=effect,
        outcome=_OUTCOMES[state.ending],
        detail=state.detail,
        output=state.output[-_OUTPUT_CHARACTERS:],
    )
