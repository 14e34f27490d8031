"""What other systems have still to be told or asked: how much, and since when.

A target that is away loses nothing: what is intended stands in the record and leaves in its order
once the target answers. How far it lags behind is never hidden, and what waited for a day leaves
only after a person has said that it is still to be done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.record.effect import EffectState

EXPIRY: Final = timedelta(hours=24)
"""From then on a person says whether what waits is still to be done."""

MAY_STILL_LEAVE: Final = frozenset({EffectState.INTENDED, EffectState.UNKNOWN})
"""Never sent, or sent without anybody knowing what became of it."""

_TAKEN: Final = EffectState.ACKNOWLEDGED


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """A system and what it has not taken yet.

    ``since`` is when the oldest was intended, ``says`` the newest word about any of them;
    ``expired`` tells that a person must say of one or more whether they are still to be done.
    """

    system: SystemId
    count: int
    since: datetime
    says: str
    expired: bool


def is_expired(found: EffectRun, now: datetime) -> bool:
    """Tell whether an effect may leave only after a person has said that it is still to be done.

    The wall clock can be moved: its word is never more than a reason to ask.
    """
    since = found.renewed_at or found.intended_at
    return found.effect.state in MAY_STILL_LEAVE and now - since > EXPIRY


def say_expired(found: EffectRun) -> str:
    """Give the words with which a person is asked about an effect that waited for too long."""
    effect = found.effect
    since = format_instant(found.renewed_at or found.intended_at)
    return (
        f"{effect.kind} has waited since {since} for {effect.system};"
        f" say whether it is still to be done ({effect.id})"
    )


def owed_systems(runs: Iterable[RunState]) -> frozenset[SystemId]:
    """Give the systems that something of these runs may still be sent to."""
    return frozenset(
        found.effect.system
        for run in runs
        for found in run.open_effects()
        if found.effect.state in MAY_STILL_LEAVE
    )


def expired_effects(runs: Iterable[RunState], now: datetime) -> tuple[EffectRun, ...]:
    """Give what a person must say of whether it is still to be done, oldest first."""
    found = (each for run in runs for each in run.open_effects() if is_expired(each, now))
    return tuple(sorted(found, key=lambda each: each.seq))


def waiting_lines(runs: Iterable[RunState], now: datetime | None) -> tuple[WaitingLine, ...]:
    """Give every system that has something of these runs still to take, by its name.

    Without ``now`` nothing is called expired.
    """
    untaken: dict[SystemId, list[EffectRun]] = {}
    for run in runs:
        for found in run.open_effects():
            if found.effect.state is not _TAKEN:
                untaken.setdefault(found.effect.system, []).append(found)
    lines: list[WaitingLine] = []
    for system, effects in sorted(untaken.items()):
        effects.sort(key=lambda found: found.seq)
        told = [found for found in effects if found.says]
        lines.append(
            WaitingLine(
                system=system,
                count=len(effects),
                since=min(found.intended_at for found in effects),
                says=max(told, key=lambda found: found.effect.since).says if told else "",
                expired=now is not None and any(is_expired(found, now) for found in effects),
            )
        )
    return tuple(lines)
