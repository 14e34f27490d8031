"""What stands open in a run although nobody entered it: silences at a target, decisions overdue."""

from __future__ import annotations

from datetime import datetime

import msgspec

from relconsole.domain.kernel.instants import format_instant, parse_instant
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.facts import Followers
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.record.effect import Outcome


def standing_silences(run: RunState, now: datetime | None = None) -> tuple[EffectRun, ...]:
    """Give the silences that the target took and that were not lifted, oldest first.

    With ``now`` one whose own end has come stands no more, whatever became of its lifting.
    """
    lifted = {
        found.intent.serves
        for found in run.effects.values()
        if found.intent.purpose is Purpose.UNSILENCE and found.effect.outcome is Outcome.SUCCEEDED
    }
    return tuple(
        found
        for effect, found in sorted(run.effects.items())
        if found.intent.purpose is Purpose.SILENCE
        and found.effect.remote is not None
        and found.effect.outcome in {None, Outcome.SUCCEEDED}
        and effect not in lifted
        and (now is None or not _is_past(found, now))
    )


def _is_past(silence: EffectRun, now: datetime) -> bool:
    """Tell whether a silence's own end has come; one that says no end stands until it is lifted."""
    ends = msgspec.json.decode(silence.intent.payload, type=_Payload).ends
    return bool(ends) and parse_instant(ends) <= now


class _Payload(msgspec.Struct, frozen=True):
    """What of a silence's payload says when it ends."""

    ends: str = ""


def overdue_decisions(run: RunState, now: datetime) -> tuple[HoldBegan, ...]:
    """Give a hold for each decision box that nobody decided in time and that holds nothing yet.

    No decision never means go: it means hold, or the prepared rollback where the box says so.
    """
    held = {hold.thing for hold in run.holds if hold.cause is HoldCause.DECISION}
    return tuple(
        HoldBegan(
            run=run.id,
            cause=HoldCause.DECISION,
            thing=problem,
            reasons=(
                f"{found.opened.question}: nobody decided by {format_instant(due)};"
                + (
                    " then the prepared rollback"
                    if found.opened.then is Followers.ROLL_BACK
                    else " then hold"
                ),
            ),
        )
        for problem, found in sorted(run.problems.items())
        for due in (found.opened.decide_by,)
        if found.closed is None
        and found.opened.question
        and due is not None
        and due <= now
        and problem not in held
    )
