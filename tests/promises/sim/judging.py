"""What must hold of every simulated night, asked of the journal and of the world's own record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.night.effect_facts import OF_THE_CHANGE, Purpose
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.record.effect import EffectState, Outcome, RecognisesRepeat
from relconsole.plugin_api.effects import Ending
from tests.helpers.fakes.plugins import Call
from tests.promises.sim.night import Life, Night

_REMOTE = {
    Outcome.SUCCEEDED: Ending.SUCCEEDED,
    Outcome.FAILED: Ending.FAILED,
    Outcome.CANCELLED: Ending.CANCELLED,
}
_WORK = {Purpose.STEP, Purpose.UNDO}


def judge(night: Night) -> Iterator[str]:
    """Give every broken promise of a night that was played."""
    yield from night.wrong
    state = night.fold()
    live = night.desk
    if live is not None and len(night.stored.envelopes) != live.state.size:
        yield "something was recorded that nobody was told of"
    runs = tuple(state.runs.values())
    effects = {key: found for run in runs for key, found in run.effects.items()}
    yield from _nothing_unintended(night, effects)
    for run in runs:
        yield from _nothing_twice(night, run)
        yield from _nothing_lost(night, run)
    yield from _same_projection(night, effects)
    yield from _stop_means_stop(night)
    yield from _settled_before_again(night, effects)
    for number, life in enumerate(night.lives[1:], 1):
        yield from _reads_first(night, life, _calls_of(night, number))


def _nothing_unintended(night: Night, effects: dict[EffectId, EffectRun]) -> Iterator[str]:
    for job in night.world.jobs:
        if job.effect not in effects:
            yield f"{job.system} did {job.remote}, which no fact of the journal intends"


def _nothing_twice(night: Night, run: RunState) -> Iterator[str]:
    done = Counter[EffectId](job.effect for job in night.world.jobs)
    attempts = Counter[tuple[str, int]]()
    for key, found in run.effects.items():
        if done[key] > 1:
            yield f"effect {key} was done {done[key]} times"
        if found.intent.purpose in _WORK and found.effect.step is not None:
            attempts[found.effect.step, found.effect.attempt] += done[key]
    for (step, attempt), times in attempts.items():
        if times > 1:
            yield f"attempt {attempt} at {step} was done {times} times"


def _nothing_lost(night: Night, run: RunState) -> Iterator[str]:
    """Every intended effect came to what really happened, or stands where a person sees it."""
    asked = {hold.thing for hold in run.holds}
    for key, found in run.effects.items():
        effect = found.effect
        done = night.world.executions(key)
        match effect.state:
            case EffectState.CONFIRMED:
                if effect.outcome is None or len(done) != 1:
                    yield f"effect {key} was confirmed and was done {len(done)} times"
                elif done[0].ending is not _REMOTE[effect.outcome]:
                    yield f"effect {key} is {effect.outcome}, there it {done[0].ending}"
            case EffectState.REFUSED:
                if done:
                    yield f"effect {key} counts as refused and was done"
            case EffectState.SETTLED_BY_HAND:
                if (effect.outcome is None) != (not done):
                    yield f"effect {key} was settled as {effect.outcome}, done {len(done)} times"
            case _:
                if run.is_over and found.intent.purpose not in OF_THE_CHANGE:
                    yield f"effect {key} is {effect.state} after the end of the run"
                if not run.is_over and not night.was_left and key not in asked:
                    yield f"effect {key} is {effect.state} and nobody is asked"


def _same_projection(night: Night, effects: dict[EffectId, EffectRun]) -> Iterator[str]:
    states = {key: effect.state for key, effect in night.stored.projection.items()}
    if states != {key: found.effect.state for key, found in effects.items()}:
        yield "the table of effects is not what the facts say"


def _stop_means_stop(night: Night) -> Iterator[str]:
    stopped = False
    for envelope in night.stored.envelopes:
        if envelope.kind == "line_stopped":
            stopped = True
        if envelope.kind in {"line_resumed", "rollback_fired"}:
            stopped = False
        if stopped and envelope.kind in {"effect_intended", "effect_sent"}:
            yield f"{envelope.kind} after the line was stopped"


def _settled_before_again(night: Night, effects: dict[EffectId, EffectRun]) -> Iterator[str]:
    """What was sent again was asked about after the settle window, or its system knows repeats."""
    unknown: dict[str, datetime] = {}
    again: set[str] = set()
    for envelope in night.stored.envelopes:
        about = str(envelope.body.get("effect"))
        if envelope.kind == "effect_unknown":
            unknown[about] = envelope.at
        if envelope.kind == "effect_sent" and about in unknown:
            target = night.world.target(effects[EffectId(about)].effect.system)
            if target.how is RecognisesRepeat.NONE:
                yield f"effect {about} was sent again, and its system knows no repeat"
            if target.how is RecognisesRepeat.QUERYABLE:
                again.add(about)
                waited = envelope.at - unknown[about]
                if waited < target.settle:
                    yield f"effect {about} was sent again {waited} after it became unknown"
    for about in again:
        calls = [call for call in night.world.calls if call.about == about]
        for before, call in pairwise(calls):
            if call.verb == "perform" and before.verb != "find":
                yield f"effect {about} was sent again without asking"


def _calls_of(night: Night, number: int) -> Sequence[Call]:
    lives = night.lives
    end = lives[number + 1].calls if number + 1 < len(lives) else None
    return night.world.calls[lives[number].calls : end]


def _reads_first(night: Night, life: Life, calls: Sequence[Call]) -> Iterator[str]:
    """A program that starts asks about what was left as *sent* before it sends anything there."""
    left = {
        key: found.effect
        for run in life.state.runs.values()
        for key, found in run.effects.items()
        if found.effect.state is EffectState.SENT
    }
    asked: set[str] = set()
    for call in calls:
        if call.verb == "find":
            asked.add(call.about)
        if call.verb != "perform":
            continue
        for key, effect in left.items():
            how = night.world.target(effect.system).how
            if how is RecognisesRepeat.NONE and call.about == key:
                yield f"effect {key} was left as sent and sent again"
            if (
                how is RecognisesRepeat.QUERYABLE
                and call.system == effect.system
                and key not in asked
            ):
                yield f"{call.about} was sent before {key} was asked about"
                return
