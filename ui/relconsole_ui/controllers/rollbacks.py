"""The prepared rollbacks of all open releases: shown, and dry-run one after the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.dry_run import DryRun
from relconsole.services.dry_runs import DryRuns
from relconsole_ui.controllers.room import Room, answer_of
from relconsole_ui.presenters.rollbacks import present_rollbacks
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.views.rollback.prepared import RollbacksView

RENEW: Final = timedelta(minutes=5)


class RollbacksController:
    """Feeds the view of prepared rollbacks while it is in sight.

    ``arm`` arms the rollback of the release on the bridge; its dry run is ``own``.
    """

    def __init__(
        self,
        room: Room,
        view: RollbacksView,
        dry_runs: DryRuns,
        own: Callable[[], DryRun | None],
        arm: Callable[[], None],
    ) -> None:
        """Take the room, the view, what makes dry runs, and what arms."""
        self._room = room
        self._view = view
        self._dry_runs = dry_runs
        self._own = own
        self._made: dict[RunId, DryRun] = {}
        self._is_making = False
        view.arm_wanted.connect(arm)
        room.follow(self._show)

    def _show(self, seen: Seen) -> None:
        own = self._own()
        if own is not None:
            self._made[own.run] = own
        if not self._view.isVisible():
            return
        self._view.show_rows(present_rollbacks(seen, self._made))
        self._make_next(seen)

    def _make_next(self, seen: Seen) -> None:
        """Make the dry run that is oldest or lacking, one at a time; the bridge's is made there."""
        due = [
            run.id
            for run in seen.state.open_runs().values()
            if run.id != self._room.run_id and self._is_due(run.id, seen)
        ]
        if not due or self._is_making:
            return
        self._is_making = True

        async def make() -> None:
            try:
                made = await answer_of(lambda: self._dry_runs.make(due[0]))
                if isinstance(made, DryRun):
                    self._made[due[0]] = made
            finally:
                self._is_making = False

        self._room.poll("dry run of another rollback", make)

    def _is_due(self, run: RunId, seen: Seen) -> bool:
        made = self._made.get(run)
        return made is None or seen.now - made.at > RENEW
