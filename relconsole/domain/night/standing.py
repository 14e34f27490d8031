"""What stands open in a run although nobody entered it: silences at a target, decisions overdue."""

from __future__ import annotations

from datetime import datetime

from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.facts import Followers
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.record.effect import Outcome


def standing_silences(run: RunState) -> tuple[EffectRun, ...]:
    """Give the silences that the target took and that were not lifted, oldest first."""
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
        and effect not in lifted
    )


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
