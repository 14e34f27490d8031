"""What other systems have still to be told or asked: how much, and since when.

A target that is away loses nothing: what is intended stands in the record and leaves in its order
once the target answers. How far it lags behind is never hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.record.effect import EffectState

EXPIRY: Final = timedelta(hours=24)
"""From then on a person should say whether what waits is still to be done."""

_TAKEN: Final = EffectState.ACKNOWLEDGED


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """A system and what it has not taken yet.

    ``since`` is when the oldest was intended, ``says`` the last word about that one;
    ``expired`` tells that it is older than a day, so that a person should look at it.
    """

    system: SystemId
    count: int
    since: datetime
    says: str
    expired: bool


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
        oldest = min(effects, key=lambda found: found.intended_at)
        lines.append(
            WaitingLine(
                system=system,
                count=len(effects),
                since=oldest.intended_at,
                says=oldest.says,
                expired=now is not None and now - oldest.intended_at > EXPIRY,
            )
        )
    return tuple(lines)
