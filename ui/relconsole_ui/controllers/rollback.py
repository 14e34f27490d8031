"""The rollback card and the armed sheet: armed in one chord, signed by a second person, fired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QGuiApplication

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.rollback_commands import DisarmRollback
from relconsole.domain.night.state import RollbackRun
from relconsole.domain.night.step_commands import Said
from relconsole.ports.credentials import Secret
from relconsole.services.dry_runs import DryRuns
from relconsole.services.seconding import Seconding
from relconsole_ui.controllers.dry_run import DryRunKeeper
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.controllers.second_person import SecondPerson
from relconsole_ui.presenters.armed_sheet import is_overdue, present_armed_sheet
from relconsole_ui.presenters.rollback_card import present_rollback_card
from relconsole_ui.presenters.rollback_sight import RollbackSight
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.views.rollback.armed import ArmedSheet
from relconsole_ui.views.rollback.card import RollbackCard
from relconsole_ui.views.rollback.escape import EscapeWatch

BY_ITSELF: Final = "armed for five minutes and not fired"
NO_LONGER_SO: Final = "the fleet or the plan is no longer what was armed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackViews:
    """The card and the sheet."""

    card: RollbackCard
    sheet: ArmedSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackTools:
    """What arming needs beside the room.

    ``take_up`` takes the night up in this window; ``show_way_back`` shows a fired rollback.
    """

    dry_runs: DryRuns
    seconding: Seconding
    is_conducting: Callable[[], bool]
    take_up: Callable[[], None]
    show_way_back: Callable[[], None]


class RollbackController:
    """Arms, puts away and fires the rollback of the run on the bridge."""

    def __init__(self, room: Room, views: RollbackViews, tools: RollbackTools) -> None:
        """Take the room, the two views, and what arming needs."""
        self._room = room
        self._card, self._sheet = views.card, views.sheet
        self._tools = tools
        self._keeper = DryRunKeeper(room, tools.dry_runs, self._dry_run_made)
        self._second = SecondPerson(room, tools.seconding, self._show_now)
        self._notice = ""
        self._is_arming = False
        self._is_firing = False
        self._is_disarming = False
        self._wants_to_arm = False
        self._waits_for_dry_run = False
        self._stays_open = False
        self._was_put_away = False
        self._armed: RollbackRun | None = None
        self._escape = EscapeWatch(self._sheet)
        self._escape.pressed.connect(self.disarm)
        self._connect()
        room.follow(self._show)

    def _connect(self) -> None:
        sheet = self._sheet
        self._card.wanted.connect(self.arm)
        sheet.reason_given.connect(self._arm_with)
        sheet.disarm_wanted.connect(self.disarm)
        sheet.fired.connect(self.fire)
        sheet.take_up_wanted.connect(self._tools.take_up)
        sheet.arm_again_wanted.connect(self._arm_again)
        sheet.people.signed.connect(self._sign)
        sheet.people.other_wanted.connect(self._second.ask_other)
        sheet.people.copied.connect(_copy)

    @property
    def dry_run(self) -> DryRunKeeper:
        """Give what keeps the dry run."""
        return self._keeper

    def arm(self) -> None:
        """Open the sheet at once and arm, or ask for the reason that arming needs."""
        seen = self._room.seen()
        run = seen.run
        if run is None or run.is_over:
            return
        rollback = run.rollback
        if rollback is not None and rollback.fired_at is not None:
            self._tools.show_way_back()
            return
        self._notice = ""
        if rollback is None and not self._is_arming:
            self._begin_to_arm(seen)
        self._open()

    def disarm(self) -> None:
        """Put the rollback away, whatever it has come to before it was fired; nothing is asked."""
        self._put_away("")

    def fire(self) -> None:
        """Fire the armed rollback; the domain looks once more at all that was shown."""
        run, answer = self._room.run_id, self._second.answer
        rows = present_armed_sheet(self._room.seen(), self._sight())
        if run is None or rows is None or not rows.fire.is_possible or self._is_firing:
            return
        self._is_firing = True
        self._room.command(
            "fire the rollback", lambda: self._room.tools.retreat.fire(run, answer), self._fired
        )

    def _begin_to_arm(self, seen: Seen) -> None:
        """Arm at once where nothing speaks against it, else look once more before asking why."""
        dry = self._keeper.dry
        lacks = dry is None or dry.run != self._room.run_id or dry.is_stale(seen.now)
        if dry is not None and not lacks and not dry.forbids and not dry.asks_reason:
            self._arm_with("")
            return
        self._wants_to_arm = True
        self._waits_for_dry_run = dry is None or lacks or bool(dry.forbids)
        self._keeper.ask(seen)

    def _dry_run_made(self) -> None:
        dry, armed = self._keeper.dry, self._armed
        if self._wants_to_arm and dry is not None and not dry.forbids:
            reason = "" if armed is None else armed.armed.reason
            if not dry.asks_reason or reason:
                self._arm_with(reason if dry.asks_reason else "")
            elif armed is not None:
                # What is there now needs a reason that nobody has given yet.
                self._put_away(NO_LONGER_SO)
                self._stays_open = True
                self._open()
        self._wants_to_arm = self._waits_for_dry_run = False
        self._show_now()

    def _arm_with(self, reason: str) -> None:
        """Arm with the reason that was given, none where none is needed."""
        run, dry = self._room.run_id, self._keeper.dry
        if run is None or dry is None or self._is_arming:
            return
        self._is_arming, self._was_put_away, self._notice = True, False, ""
        self._wants_to_arm = self._waits_for_dry_run = False
        forced = bool(dry.differing)
        self._room.command(
            "arm the rollback",
            lambda: self._room.tools.armourer.arm(run, None, forced=forced, reason=reason),
            lambda answer: self._armed_now(run, answer),
        )
        self._show_now()

    def _armed_now(self, run: RunId, answer: Answer) -> None:
        self._is_arming = False
        self._notice = words_of(answer)
        if self._notice:
            return
        if self._was_put_away:
            self._put_away("")
            return
        found = self._room.seen().run
        if found is not None and not found.rehearsal:
            self._second.forget()
            self._second.ask(run)

    def _arm_again(self) -> None:
        """Arm over the fleet as it is now; what was signed was about what was armed before."""
        self._second.forget()
        self._wants_to_arm = True
        self._keeper.ask(self._room.seen())

    def _put_away(self, note: str) -> None:
        run = self._room.seen().run
        self._wants_to_arm = self._waits_for_dry_run = False
        self._was_put_away = self._is_arming
        self._close()
        if run is None or run.rollback is None or run.rollback.fired_at is not None:
            return
        self._is_disarming = True
        command = DisarmRollback(run=run.id, said=Said(note=note))
        self._room.command(
            "disarm the rollback", lambda: self._room.tools.desk.submit(command), self._disarmed
        )

    def _disarmed(self, answer: Answer) -> None:
        """Come back into sight where it could not be put away: it stands armed all the same."""
        self._is_disarming = False
        self._notice = words_of(answer)
        if self._notice:
            self._open()

    def _fired(self, answer: Answer) -> None:
        self._is_firing = False
        self._notice = words_of(answer)
        if not self._notice:
            self._close()
            self._tools.show_way_back()

    def _sign(self, passphrase: str) -> None:
        self._second.sign(Secret(passphrase))
        self._show_now()

    def _open(self) -> None:
        seen = self._room.seen()
        self._show(seen)
        self._show_sheet(seen, self._sight())
        self._escape.set_on(True)
        self._sheet.open()

    def _close(self) -> None:
        self._escape.set_on(False)
        self._second.forget()
        self._sheet.leave()

    def _sight(self) -> RollbackSight:
        return self._second.sight(
            RollbackSight(
                dry=self._keeper.dry,
                is_preparing=self._keeper.is_preparing,
                is_conducting=self._tools.is_conducting(),
                is_arming=self._is_arming or self._waits_for_dry_run,
                notice=self._notice,
            )
        )

    def _show_now(self) -> None:
        self._show(self._room.seen())

    def _show(self, seen: Seen) -> None:
        self._follow_rollback(seen)
        is_open = self._sheet.isVisible()
        self._keeper.keep(seen, is_open=is_open)
        sight = self._sight()
        self._card.show_rows(present_rollback_card(seen, sight))
        if is_open:
            self._show_sheet(seen, sight)

    def _show_sheet(self, seen: Seen, sight: RollbackSight) -> None:
        rows = present_armed_sheet(seen, sight)
        if rows is not None:
            self._sheet.show_rows(rows)

    def _follow_rollback(self, seen: Seen) -> None:
        """Close the sheet where somebody else put the rollback away or fired it, or time did."""
        before, now = self._armed, None if seen.run is None else seen.run.rollback
        self._armed = now
        was_armed = before is not None and before.fired_at is None
        if was_armed and now is None:
            if self._sheet.isVisible() and not self._stays_open:
                self._close()
            self._stays_open = False
        if was_armed and now is not None and now.fired_at is not None and self._sheet.isVisible():
            self._close()
            self._tools.show_way_back()
        overdue = now is not None and is_overdue(seen, now) and self._may_put_away(seen, now)
        if overdue and not self._is_disarming:
            self._put_away(BY_ITSELF)

    def _may_put_away(self, seen: Seen, rollback: RollbackRun) -> bool:
        return self._tools.is_conducting() or seen.person == rollback.armed_by


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
