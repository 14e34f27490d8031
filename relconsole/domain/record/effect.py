"""The life of a side effect, and what may be done next: never the same thing twice on our own.

    intended     ──▶ sent, refused, settled_by_hand
    sent         ──▶ acknowledged, confirmed, unknown, refused
    acknowledged ──▶ confirmed, unknown, settled_by_hand
    unknown      ──▶ sent (again), acknowledged, confirmed, refused, settled_by_hand

An effect is durable as *intended* before anything leaves the machine. A process that dies after
*sent* cannot know whether the other side heard: that is *unknown*, and only the other side's own
records, or a person, can settle it. The id travels with every repeat and is never replaced.
Nothing here sends; nothing here knows what a job is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from relconsole.domain.kernel.ids import EffectId, RunId, StepId, SystemId
from relconsole.domain.kernel.refusal import Refusal, refuse


class EffectState(StrEnum):
    """Where an effect stands."""

    INTENDED = "intended"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    SETTLED_BY_HAND = "settled_by_hand"


class RecognisesRepeat(StrEnum):
    """How a target tells a repeat from a second effect.

    ``native``: it takes our id and does nothing twice. ``queryable``: it can be asked for our id,
    and its no counts after a settle window. ``none``: it cannot tell.
    """

    NATIVE = "native"
    QUERYABLE = "queryable"
    NONE = "none"


class Outcome(StrEnum):
    """How an effect ended on the other side."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One side effect as its facts have left it.

    ``id`` is the id of the intended fact and the idempotency key; ``kind`` is such as
    ``job.start``; ``fence`` is the token of the lease under which it was intended; ``remote`` is
    the other side's own id; ``outcome`` is None until one is known; ``since`` is when the present
    state was entered, and ``not_before`` the earliest instant for the next act, both in UTC.
    """

    id: EffectId
    run: RunId
    step: StepId | None
    attempt: int
    system: SystemId
    kind: str
    fence: int
    state: EffectState
    remote: str | None
    outcome: Outcome | None
    since: datetime
    not_before: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The other side knows our id, under its own id.

    ``outcome`` is None while it runs; ``asked_at`` is when the question was put.
    """

    remote: str
    outcome: Outcome | None
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """The other side knows nothing of our id.

    ``asked_at`` is the instant before the question left: a slow answer may be an old one.
    """

    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Record *sent*, then send with the effect's own id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Ask the other side what it knows of the id.

    An effect that is still *sent* is first recorded *unknown*, from which the settle window counts.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Do nothing before ``until``, in UTC."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPerson:
    """Only a person can settle it; ``why`` is one sentence."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """The other side has it under ``remote``: record so, and watch it to its end."""

    remote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """It is over."""


NextAct = Send | Query | Wait | AskPerson | Follow | Nothing

_MOVES: Final[Mapping[EffectState, frozenset[EffectState]]] = {
    EffectState.INTENDED: frozenset(
        {EffectState.SENT, EffectState.REFUSED, EffectState.SETTLED_BY_HAND}
    ),
    EffectState.SENT: frozenset(
        {
            EffectState.ACKNOWLEDGED,
            EffectState.CONFIRMED,
            EffectState.UNKNOWN,
            EffectState.REFUSED,
        }
    ),
    EffectState.ACKNOWLEDGED: frozenset(
        {EffectState.CONFIRMED, EffectState.UNKNOWN, EffectState.SETTLED_BY_HAND}
    ),
    EffectState.UNKNOWN: frozenset(
        {
            EffectState.SENT,
            EffectState.ACKNOWLEDGED,
            EffectState.CONFIRMED,
            EffectState.REFUSED,
            EffectState.SETTLED_BY_HAND,
        }
    ),
    EffectState.CONFIRMED: frozenset(),
    EffectState.REFUSED: frozenset(),
    EffectState.SETTLED_BY_HAND: frozenset(),
}


OPEN: Final = frozenset(state for state, moves in _MOVES.items() if moves)
"""The states of an effect that can still change."""


def may_move(from_state: EffectState, to: EffectState) -> bool:
    """Tell whether an effect may go from one state to the other at all."""
    return to in _MOVES[from_state]


def is_open(effect: Effect) -> bool:
    """Tell whether the effect can still change."""
    return effect.state in OPEN


def move(
    effect: Effect,
    to: EffectState,
    *,
    at: datetime,
    remote: str | None = None,
    outcome: Outcome | None = None,
    not_before: datetime | None = None,
) -> Effect | Refusal:
    """Give the effect in its new state since ``at``, or why it may not go there.

    A remote id, once known, stays; another one would be a second effect. An effect whose remote id
    is known is never sent again. *Acknowledged* needs a remote id, *confirmed* an outcome, and only
    *confirmed* and *settled_by_hand* take one.
    """
    if not may_move(effect.state, to):
        return refuse("effect_state", effect.id, f"a {effect.state} effect cannot become {to}")
    if effect.remote is not None and remote not in (None, effect.remote):
        return refuse(
            "effect_remote", effect.id, f"it is {effect.remote} there; {remote} is another one"
        )
    known = effect.remote or remote
    if to is EffectState.SENT and known is not None:
        return refuse("effect_repeat", effect.id, f"{effect.system} already has it as {known}")
    if to is EffectState.ACKNOWLEDGED and known is None:
        return refuse("effect_remote", effect.id, f"{effect.system} gave no id of its own")
    if to is EffectState.CONFIRMED and outcome is None:
        return refuse("effect_outcome", effect.id, "confirmed without an outcome")
    takes_outcome = (EffectState.CONFIRMED, EffectState.SETTLED_BY_HAND)
    if outcome is not None and to not in takes_outcome:
        return refuse("effect_outcome", effect.id, f"a {to} effect has no outcome yet")
    return replace(effect, state=to, since=at, remote=known, outcome=outcome, not_before=not_before)


def next_act(
    effect: Effect,
    recognises: RecognisesRepeat,
    now: datetime,
    settle: timedelta,
    query: Found | NotFound | None = None,
) -> NextAct:
    """Give the one thing that may be done next.

    ``settle`` is how long after *unknown* a negative answer still proves nothing; ``query`` is the
    latest answer about this effect, None where nobody has asked since. A *sent* effect comes here
    only once its answer no longer can: after a time-out or a restart. ``now`` is from a clock whose
    jumps halt automation, else the settle window would be worth nothing.
    """
    match effect.state:
        case EffectState.CONFIRMED | EffectState.REFUSED | EffectState.SETTLED_BY_HAND:
            return Nothing()
        case EffectState.INTENDED:
            return _wait(effect, now) or Send()
        case EffectState.ACKNOWLEDGED:
            return Follow(remote=effect.remote) if effect.remote else Query()
        case EffectState.SENT | EffectState.UNKNOWN:
            return _settle(effect, recognises, now, settle, query)
        case _:
            assert_never(effect.state)


def _settle(
    effect: Effect,
    recognises: RecognisesRepeat,
    now: datetime,
    settle: timedelta,
    query: Found | NotFound | None,
) -> NextAct:
    """Give what may be done about an effect that may or may not have happened."""
    if isinstance(query, Found):
        if effect.remote in (None, query.remote):
            return Follow(remote=query.remote)
        return AskPerson(why=f"it was {effect.remote} there, and now {query.remote} bears its id")
    if recognises is RecognisesRepeat.NONE:
        return AskPerson(why=f"{effect.system} cannot tell a repeat from a second {effect.kind}")
    if effect.state is EffectState.SENT:
        return Query()
    waits = _wait(effect, now)
    if waits is not None:
        return waits
    if recognises is RecognisesRepeat.NATIVE and effect.remote is None:
        return Send()
    if query is None:
        return Query()
    settled = effect.since + settle
    if not settled <= query.asked_at <= now:
        return Query() if settled <= now else Wait(until=settled)
    if effect.remote is not None:
        return AskPerson(why=f"{effect.system} had it as {effect.remote} and knows it no more")
    return Send()


def _wait(effect: Effect, now: datetime) -> Wait | None:
    """Give the wait that the effect itself asks for, if it is not over."""
    if effect.not_before is None or now >= effect.not_before:
        return None
    return Wait(until=effect.not_before)
