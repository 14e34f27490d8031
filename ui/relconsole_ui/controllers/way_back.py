"""A fired rollback: followed to its end, stopped, and put right item by item."""

from __future__ import annotations

from collections.abc import Callable

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.kernel.ids import EffectId, PersonId, RunId, StepId
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.effect_facts import EffectSettledByHand
from relconsole.domain.night.rollback_commands import CloseTotal
from relconsole.domain.night.rollback_facts import TotalMoment
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.night.step_commands import RepeatStep, Said
from relconsole.domain.record.effect import Outcome
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.presenters.after_rollback import present_after_rollback
from relconsole_ui.presenters.rollback_sight import RollbackSight
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.way_back import present_way_back
from relconsole_ui.views.rollback.way_back import WayBackSheet


class WayBackController:
    """Shows the fired rollback of the run on the bridge, and does what people want about it."""

    def __init__(
        self,
        room: Room,
        sheet: WayBackSheet,
        is_conducting: Callable[[], bool],
        take_up: Callable[[], None],
    ) -> None:
        """Take the room, the sheet, and how this window takes the night up."""
        self._room = room
        self._sheet = sheet
        self._is_conducting = is_conducting
        self._notice = ""
        sheet.stop_wanted.connect(self.stop)
        sheet.go_on_wanted.connect(take_up)
        sheet.left.connect(sheet.hide)
        sheet.settled.connect(self._settle)
        sheet.repeated.connect(self._repeat)
        sheet.total_closed.connect(self._close_total)
        room.follow(self._show)

    def open(self) -> None:
        """Show the fired rollback with the focus."""
        self._show(self._room.seen())
        self._sheet.open()

    def stop(self) -> None:
        """Stop the line: no further step of the way back starts."""
        if self._room.run_id is not None:
            said = Said(note="the rollback was stopped")
            self._do("stop the line", StopLine(run=self._room.run_id, said=said))

    def _settle(self, effect: str, outcome: str, note: str) -> None:
        if self._room.run_id is not None:
            settled = EffectSettledByHand(
                run=self._room.run_id,
                effect=EffectId(effect),
                outcome=Outcome(outcome) if outcome else None,
                note=note,
            )
            self._do("settle an effect", MoveEffect(run=self._room.run_id, move=settled))

    def _repeat(self, step: str, note: str) -> None:
        run = self._room.run_id
        if run is not None:
            repeat = RepeatStep(run=run, step=StepId(step), said=Said(note=note))
            self._do("repeat a step", repeat)

    def _close_total(self, total: str, owner: str, cause: str, correction: str) -> None:
        run = self._room.run_id
        if run is not None:
            self._do("close a difference", _closing(run, total, owner, cause, correction))

    def _do(self, name: str, command: ConsoleCommand) -> None:
        desk = self._room.tools.desk
        self._room.command(name, lambda: desk.submit(command), self._answered)

    def _answered(self, answer: Answer) -> None:
        self._notice = words_of(answer)

    def _show(self, seen: Seen) -> None:
        sight = RollbackSight(is_conducting=self._is_conducting(), notice=self._notice)
        rows = present_way_back(seen, sight)
        if rows is None:
            self._sheet.hide()
        else:
            self._sheet.show_rows(rows, present_after_rollback(seen))


def _closing(run: RunId, total: str, owner: str, cause: str, correction: str) -> CloseTotal:
    """Give the command that closes a difference after a rollback."""
    return CloseTotal(
        run=run,
        total=total,
        moment=TotalMoment.AFTER_ROLLBACK,
        cause=cause,
        correction=correction,
        owner=PersonId(owner),
    )
