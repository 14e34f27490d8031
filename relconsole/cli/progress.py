"""Telling the person at the terminal what is recorded, as it is recorded."""

from __future__ import annotations

from relconsole.cli.words import say
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.night.bridge_facts import (
    HoldBegan,
    HoldEnded,
    LineStopped,
    TriggerCleared,
    TriggerStood,
)
from relconsole.domain.night.effect_facts import EffectRefused, EffectUnknown
from relconsole.domain.night.facts import (
    GateDecided,
    RunEnded,
    RunOpened,
    StationAnswered,
    StepEnded,
    StepStarted,
)
from relconsole.domain.night.rollback_facts import RollbackArmed, RollbackEnded, RollbackFired
from relconsole.domain.record.recorded import Recorded


def announce(recorded: Recorded[ConsoleFact], _state: ConsoleState) -> None:
    """Say what a fact means, where it means something to the person who watches."""
    words = _words(recorded.fact)
    if words:
        by = f" [{recorded.by}]" if recorded.by else ""
        say(f"{recorded.at:%H:%M:%S}Z {words}{by}")


def _words(fact: ConsoleFact) -> str:
    """Give a fact in one line, nothing for facts that are detail."""
    match fact:
        case RunOpened(release=release, rehearsal=rehearsal):
            return f"{'rehearsal' if rehearsal else 'live run'} of {release} opened"
        case StepStarted(step=step, attempt=attempt):
            return f"{step} started" + (f", attempt {attempt}" if attempt > 1 else "")
        case StepEnded(step=step, state=state, note=note):
            return f"{step} {state}" + (f": {note}" if note else "")
        case StationAnswered(step=step, station=station, vote=vote):
            return f"{step}: {station} says {vote}"
        case GateDecided(step=step, decision=decision):
            return f"{step}: decided {decision}"
        case HoldBegan(cause=cause, reasons=reasons):
            return f"HOLD ({cause}): {'; '.join(reasons)}"
        case HoldEnded(cause=cause, thing=thing):
            return f"hold over ({cause} {thing})"
        case TriggerStood(reasons=reasons):
            return f"TRIGGER: {'; '.join(reasons)}"
        case TriggerCleared(trigger=trigger):
            return f"trigger {trigger} cleared"
        case LineStopped(note=note):
            return f"LINE STOPPED: {note}"
        case EffectUnknown(why=why):
            return f"unknown what became of an effect: {why}"
        case EffectRefused(reason=reason):
            return f"an effect was refused: {reason}"
        case RollbackArmed(covered=covered):
            return f"rollback armed over {len(covered)} steps"
        case RollbackFired(second=second):
            return "ROLLBACK FIRED" + (f", seconded by {second.signer}" if second else "")
        case RollbackEnded(ending=ending):
            return f"rollback: {ending}"
        case RunEnded(outcome=outcome):
            return f"run ended: {outcome}"
        case _:
            return ""
