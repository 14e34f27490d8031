"""Keeping the change record and the night in step: looking at the record, and what it is owed.

What is owed is intended in the journal and leaves through the outbox; a record that cannot be read
holds nothing up and is said to be unread.
"""

from __future__ import annotations

from typing import Final

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.change_commands import SeeChange, TellChange
from relconsole.domain.night.change_standing import transitions
from relconsole.domain.night.state import RunState
from relconsole.domain.release.release import ChangeReference, ChangeStates
from relconsole.plugin_api.itsm import ChangeRecord
from relconsole.ports.clock import Clock
from relconsole.ports.plugins import Plugins
from relconsole.services.desk import Desk
from relconsole.services.patience import Patience

LOOK_EVERY_SECONDS: Final = 15.0


class ChangeKeeper:
    """Keeps the change record of one run in step."""

    def __init__(self, *, desk: Desk, plugins: Plugins, clock: Clock, patience: Patience) -> None:
        """Take the desk, the ports, and the patience with systems that do not answer."""
        self._desk = desk
        self._plugins = plugins
        self._clock = clock
        self._patience = patience
        self._lacking = patience.beside()
        self._due = clock.tick()
        self._settled_moves = 0
        self._read_at: float | None = None

    async def keep(self, run: RunId) -> None:
        """Look at the record where it is time to, and intend what it is owed."""
        found = self._desk.run(run)
        change = self._desk.state.workspace.releases[found.release].change
        if change is None or found.rehearsal:
            return
        if change.states != ChangeStates() and self._is_time(found, change):
            self._due = self._clock.tick() + LOOK_EVERY_SECONDS
            await self.look(run)
        # Refused only while somebody stops the line; what is owed then is told afterwards.
        await self._desk.submit(TellChange(run=run), self._desk.console)

    async def look(self, run: RunId) -> ChangeRecord | None:
        """Read the record now and record what is new about it; None where it cannot be read."""
        found = self._desk.run(run)
        change = self._desk.state.workspace.releases[found.release].change
        if change is None:
            return None
        try:
            record = await self._plugins.read_change(change.system, change.id)
        except WorldIsDown as down:
            self._patience.failed(change.system, down.what, down.retry_after)
            await self._cannot_read(run, str(down))
            return None
        except PersonMustAct as wrong:
            self._lacking.failed(change.system)
            await self._cannot_read(run, str(wrong))
            return None
        self._patience.answered(change.system)
        self._lacking.answered(change.system)
        if record is None:
            await self._cannot_read(run, f"there is no change {change.id}")
            return None
        self._read_at = self._clock.tick()
        await self._desk.must(SeeChange(run=run, state=record.state), self._desk.console)
        return record

    def _is_time(self, found: RunState, change: ChangeReference) -> bool:
        """Tell whether to look now: not while a move is on its way, and at once after one.

        A move of an earlier night of the release is one too.
        """
        moves = transitions(found)
        nights = (run for run in self._desk.state.runs.values() if run.release == found.release)
        if any(each.is_open for night in nights for each in transitions(night)):
            return False
        if not (self._patience.may_ask(change.system) and self._lacking.may_ask(change.system)):
            return False
        if len(moves) != self._settled_moves:
            self._settled_moves = len(moves)
            return True
        return self._clock.tick() >= self._due

    async def _cannot_read(self, run: RunId, why: str) -> None:
        """Record that the record is unread once what was read last is no longer fresh."""
        known = self._desk.run(run).change
        fresh = self._desk.state.workspace.policy.freshness.total_seconds()
        if self._read_at is not None and self._clock.tick() - self._read_at < fresh:
            return
        if known is None or not known.unread:
            unread = SeeChange(run=run, state=None, why=why)
            await self._desk.must(unread, self._desk.console)
