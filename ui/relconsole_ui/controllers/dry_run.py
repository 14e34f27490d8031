"""Keeping the dry run of the rollback fresh beside everything else: never two at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.dry_run import DRY_RUN_LIFE, DryRun
from relconsole.domain.night.state import RunState
from relconsole.services.dry_runs import DryRuns
from relconsole_ui.controllers.room import Room, answer_of, words_of
from relconsole_ui.presenters.seen import Seen

RENEW: Final = DRY_RUN_LIFE - timedelta(seconds=30)
"""How old a dry run may grow while nobody looks."""

RENEW_OPEN: Final = timedelta(seconds=20)
"""How old it may grow while the sheet is open: what is fired is what is seen."""

RENEW_REFUSED: Final = timedelta(seconds=60)
"""After how long it is tried again where there was no way back to show."""

Basis = tuple[object, ...]


class DryRunKeeper:
    """Makes the dry run again where what has begun changed, and where it grew old."""

    def __init__(self, room: Room, dry_runs: DryRuns, made: Callable[[], None]) -> None:
        """Take the room, what makes dry runs, and whom to tell of a new one."""
        self._room = room
        self._dry_runs = dry_runs
        self._made = made
        self._dry: DryRun | None = None
        self._basis: Basis | None = None
        self._is_preparing = False

    @property
    def dry(self) -> DryRun | None:
        """Give the newest dry run, None before the first."""
        return self._dry

    @property
    def is_preparing(self) -> bool:
        """Tell whether one is being made."""
        return self._is_preparing

    def keep(self, seen: Seen, *, is_open: bool) -> None:
        """Make it again where it is due."""
        run = seen.run
        if run is None or run.is_over or (run.rollback is not None and run.rollback.is_running):
            return
        dry = self._dry
        basis = _basis_of(seen, run)
        if dry is None or basis != self._basis or seen.now - dry.at > self._life(dry, is_open):
            self.renew(run.id, basis)

    def ask(self, seen: Seen) -> None:
        """Make it again now."""
        if seen.run is not None:
            self.renew(seen.run.id, _basis_of(seen, seen.run))

    def renew(self, run: RunId, basis: Basis) -> None:
        """Make one beside the loop, unless one is being made already."""
        if self._is_preparing:
            return
        self._is_preparing = True

        async def make() -> None:
            try:
                answer = await answer_of(lambda: self._dry_runs.make(run))
                self._dry = (
                    answer
                    if isinstance(answer, DryRun)
                    else DryRun(run=run, at=self._room.tools.clock.now(), why=(words_of(answer),))
                )
                self._basis = basis
            finally:
                self._is_preparing = False
            self._made()

        self._room.poll("dry run of the rollback", make)

    def _life(self, dry: DryRun, is_open: bool) -> timedelta:
        if is_open:
            return RENEW_OPEN
        return RENEW if dry.plan is not None else RENEW_REFUSED


def _basis_of(seen: Seen, run: RunState) -> Basis:
    """Give what a dry run hangs on of the record: what has begun, the plan, and the rehearsals."""
    done = frozenset(step for step, found in run.steps.items() if found.was_done)
    armed = None if run.rollback is None else run.rollback.armed_at
    rehearsals = len(seen.state.rehearsals.get(run.release, ()))
    return run.id, run.plan, run.touched(), done, armed, rehearsals
