"""Whose turn it is where several effects write on one change record: the oldest, of any run.

The place in the record decides, which no clock can change. A run that has ended keeps its turn: a
later night's word leaves once the target has taken the earlier one, or a person has settled it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import msgspec
from immutables import Map

from relconsole.domain.kernel.ids import EffectId, RunId, SystemId
from relconsole.domain.kernel.json import as_text
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.record.effect import EffectState
from relconsole.services.desk import Desk

_Place: TypeAlias = tuple[SystemId, str]


class Turns:
    """Tells the turns of all runs of a journal, as they stand on disk."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk."""
        self._desk = desk
        self._places: dict[EffectId, _Place | None] = {}
        self._first: dict[RunId, tuple[Map[EffectId, EffectRun], dict[_Place, int]]] = {}

    def is_next(self, found: EffectRun) -> bool:
        """Tell whether nothing older waits for the record that an effect writes on."""
        place = self._place_of(found)
        return place is None or all(found.seq <= first for first in self._waiting_at(place))

    def _waiting_at(self, place: _Place) -> Iterator[int]:
        """Give, for each run that has something waiting there, where its oldest was intended."""
        for run in self._desk.state.runs.values():
            first = self._first_of(run).get(place)
            if first is not None:
                yield first

    def _first_of(self, run: RunState) -> dict[_Place, int]:
        """Give the oldest effect of a run that waits at each place; anew only where one moved."""
        known = self._first.get(run.id)
        if known is not None and known[0] is run.effects:
            return known[1]
        first: dict[_Place, int] = {}
        for found in run.open_effects():
            place = self._place_of(found)
            if place is not None and found.effect.state is not EffectState.ACKNOWLEDGED:
                first.setdefault(place, found.seq)
        self._first[run.id] = (run.effects, first)
        return first

    def _place_of(self, found: EffectRun) -> _Place | None:
        """Give the system and change record that an effect writes on, None for another kind."""
        effect = found.effect
        if effect.id not in self._places:
            self._places[effect.id] = _written_on(found)
        return self._places[effect.id]


def _written_on(found: EffectRun) -> _Place | None:
    """Read from an intent which change record it writes on."""
    if not found.effect.kind.startswith("change."):
        return None
    record = as_text(msgspec.json.decode(found.intent.payload).get("change"))
    return found.effect.system, record
