"""Whether the change record and the night are in step, and what would bring them there.

The console only ever moves the record away from the state in which both were in step, and says so
to the target; whatever else stands there is somebody's act, shown as a difference until a person
decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import msgspec

from relconsole.domain.kernel.changing import changed
from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.json import as_text
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.state import ChangeStanding, EffectRun, RunState
from relconsole.domain.record.effect import Outcome
from relconsole.domain.release.release import ChangePhase, Release

_ENDED: Final = {
    RunOutcome.FINISHED: ChangePhase.FINISHED,
    RunOutcome.ROLLED_BACK: ChangePhase.ROLLED_BACK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """The change record as a run's answer shows it.

    ``state`` is None before it was read, ``known_at`` when it was learned; ``becomes`` is where a
    move that is on its way leads, None where there is none. ``in_step`` is None while that is
    unknown, and ``says`` is the difference, or why the record cannot be read.
    """

    system: SystemId
    id: str
    state: str | None
    known_at: datetime | None
    becomes: str | None
    in_step: bool | None
    says: str


def change_line(run: RunState) -> ChangeLine | None:
    """Give how the change record stands, None where the night keeps none in step."""
    standing = run.change
    if standing is None:
        return None
    differs = difference(run)
    on_the_way = [found for found in transitions(run) if found.is_open]
    unknown = not standing.state or standing.unread or on_the_way
    return ChangeLine(
        system=standing.system,
        id=standing.change,
        state=standing.state or None,
        known_at=standing.known_at,
        becomes=_part(on_the_way[-1], "state") if on_the_way else None,
        in_step=None if unknown else not differs,
        says=f"cannot be read: {standing.unread}" if standing.unread else differs,
    )


def phase_of(run: RunState) -> ChangePhase:
    """Give where the night stands: a held or stopped one is running."""
    if run.outcome is None:
        return ChangePhase.RUNNING
    return _ENDED.get(run.outcome, ChangePhase.RUNNING)


def is_same_state(one: str, other: str) -> bool:
    """Tell whether two words name one state; systems differ in how they write capitals."""
    return one.casefold() == other.casefold()


def transitions(run: RunState) -> tuple[EffectRun, ...]:
    """Give the moves of the record that the night intended, oldest first."""
    return tuple(
        found
        for _, found in sorted(run.effects.items())
        if found.intent.purpose is Purpose.CHANGE_STATE
    )


def difference(run: RunState) -> str:
    """Give how record and night differ, in words; empty where they do not or nobody knows.

    While a move is on its way there is none: what it comes to is not known yet.
    """
    standing = run.change
    if standing is None or not standing.state:
        return ""
    moves = transitions(run)
    if any(found.is_open for found in moves):
        return ""
    name = f"{standing.change} is {standing.state} in {standing.system}"
    if not is_same_state(standing.state, standing.accepted):
        was = f", and was {standing.accepted} when last in step" if standing.accepted else ""
        return f"{name}{was}"
    if moves and _was_turned_down(moves[-1], standing):
        wanted = _part(moves[-1], "state")
        return f"{name}, and could not be made {wanted}: {moves[-1].says or 'it was not done'}"
    return ""


def next_state(run: RunState, release: Release, phase: ChangePhase) -> tuple[str, str] | None:
    """Give from which state to which the record is to be moved in a phase, None for not at all.

    What is on its way is taken to arrive, since words on one record leave in their order.
    """
    standing = run.change
    if release.change is None or standing is None or run.rehearsal or difference(run):
        return None
    wanted = release.change.states.of(phase)
    on_the_way = [found for found in transitions(run) if found.is_open]
    known = _part(on_the_way[-1], "state") if on_the_way else standing.state
    if not wanted or not known or is_same_state(known, wanted) or standing.kept is phase:
        return None
    return known, wanted


def moved_change(run: RunState, found: EffectRun) -> RunState:
    """Give the run after one of its effects came to an end: a move that was made is in step."""
    standing = run.change
    made = found.effect.outcome is Outcome.SUCCEEDED and not found.is_open
    if standing is None or not made or found.intent.purpose is not Purpose.CHANGE_STATE:
        return run
    state = _part(found, "state")
    moved = replace(standing, state=state, accepted=state, known_at=found.effect.since)
    return changed(run, change=moved)


def _was_turned_down(found: EffectRun, standing: ChangeStanding) -> bool:
    """Tell whether a move came to nothing and no person has decided about it since."""
    if found.effect.outcome is Outcome.SUCCEEDED or not is_same_state(
        _part(found, "from"), standing.state
    ):
        return False
    return standing.settled is None or standing.settled < found.effect.since


def _part(found: EffectRun, name: str) -> str:
    return as_text(msgspec.json.decode(found.intent.payload).get(name))
