"""The alerts: what stands is shown, acknowledged, put aside, taken back and recalled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from relconsole.domain.night.alert_commands import (
    AcknowledgeAlert,
    AlertCommand,
    ShelveAlert,
    UnshelveAlert,
)
from relconsole.domain.night.alert_memory import AlertMemory, remember
from relconsole.domain.night.muster import Muster
from relconsole.domain.night.step_commands import Said
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.presenters.alert_strip import present_strip
from relconsole_ui.presenters.alerts import (
    FOLD,
    Standing,
    alerts_of,
    fold_key,
    muster_of_seen,
    present_alerts,
)
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.views.shell.alert_sheet import AlertSheet
from relconsole_ui.views.shell.alert_strip import AlertStrip

WHILE_STEP = "step"
MUSTER_SECONDS = 10
"""How old the list of who is needed soon may be while nothing is recorded."""


class AlertsController:
    """The strip and the sheet over what stands; ``on_retry`` asks all sources now.

    ``on_open`` is called with the step that an alert came in, empty for none.
    """

    def __init__(self, room: Room, strip: AlertStrip, sheet: AlertSheet) -> None:
        """Take the room, the strip and the sheet."""
        self._room = room
        self._strip = strip
        self._sheet = sheet
        self._memory = AlertMemory()
        self._unfolded: set[str] = set()
        self._muster: tuple[tuple[int, int], Muster] | None = None
        seen = room.seen()
        self._standing = alerts_of(seen, self._mustered(seen))
        self.on_retry: Callable[[], None] | None = None
        self.on_open: Callable[[str], None] | None = None
        strip.open_wanted.connect(self.open_alert)
        strip.acknowledge_wanted.connect(self.acknowledge)
        strip.retry_wanted.connect(self.retry)
        sheet.acknowledged.connect(self.acknowledge_one)
        sheet.shelved.connect(self.shelve)
        sheet.taken_back.connect(self.take_back)
        sheet.opened.connect(self._go_to)
        sheet.left.connect(sheet.hide)
        room.follow(self._show)

    @property
    def standing(self) -> Standing:
        """The alerts that stood when last looked."""
        return self._standing

    def acknowledge(self) -> None:
        """Say that what the strip shows was seen; of another that calls, show it first."""
        shown = self._strip.rows.acknowledges
        if shown:
            self._acknowledge(shown)
            return
        calling = next((each for each in self._standing.shown if each.calls), None)
        if calling is not None:
            self.recall()
            self._sheet.stand_on(calling.alert.key)

    def acknowledge_one(self, key: str) -> None:
        """Say that an alert of the sheet was seen."""
        self._acknowledge(self._keys_of(key))

    def open_alert(self) -> None:
        """Show the alert of the strip with its action, and go to where it came."""
        self.recall()
        key = self._strip.rows.key
        if key:
            self._sheet.stand_on(key)
            self._go_to(key)

    def recall(self) -> None:
        """Show all alerts, those put aside and those that are over among them."""
        self._sheet.show()
        self._show(self._room.seen())
        self._sheet.stand_on(self._strip.rows.key)

    def shelve_alert(self) -> None:
        """Ask why the alert of the strip is put aside."""
        self.recall()
        self._sheet.ask_shelf()

    def retry(self) -> None:
        """Ask all sources now."""
        if self.on_retry is not None:
            self.on_retry()

    def shelve(self, key: str, time: str, why: str) -> None:
        """Put an alert aside for so many minutes, or while the step it came in goes on."""
        found = self._standing.find(key)
        run = self._room.run_id
        if found is None or run is None:
            return
        alert = found.alert
        during = alert.cause if time == WHILE_STEP else None
        until = None
        if time != WHILE_STEP:
            until = self._room.seen().now + timedelta(minutes=int(time))
        command = ShelveAlert(
            run=run,
            alert=key,
            since=alert.since,
            level=alert.level,
            says=alert.says,
            until=until,
            during=during,
            said=Said(note=why),
        )
        self._submit([command], self._sheet.leave_shelf)

    def take_back(self, key: str) -> None:
        """Take an alert back that was put aside."""
        run = self._room.run_id
        if run is not None:
            self._submit([UnshelveAlert(run=run, alert=key)], lambda: None)

    def _acknowledge(self, keys: Sequence[str]) -> None:
        run = self._room.run_id
        found = [self._standing.find(key) for key in keys]
        commands = [
            AcknowledgeAlert(
                run=run,
                alert=each.alert.key,
                since=each.alert.since,
                level=each.alert.level,
                says=each.alert.says,
            )
            for each in found
            if each is not None and run is not None
        ]
        if commands:
            self._submit(commands, lambda: None)

    def _submit(self, commands: Sequence[AlertCommand], done: Callable[[], None]) -> None:
        """Record what is said of alerts, in order, up to the first that is refused."""

        async def act() -> object:
            answer: object = None
            for command in commands:
                answer = await self._room.tools.desk.submit(command)
                if words_of(answer):
                    break
            return answer

        def taken(answer: Answer) -> None:
            failed = words_of(answer)
            if failed:
                self._sheet.show()
                self._sheet.show_failure(failed)
            else:
                done()

        self._room.command(commands[0].KIND, act, taken)

    def _keys_of(self, key: str) -> tuple[str, ...]:
        """Give the alerts of a row: of a folded one all that call under it."""
        group = next((each for each in self._standing.groups if fold_key(each) == key), None)
        if group is None:
            return (key,)
        found = (self._standing.find(each.key) for each in group.rest)
        return tuple(each.alert.key for each in found if each is not None and each.calls)

    def _go_to(self, key: str) -> None:
        if key.startswith(FOLD):
            self._unfolded ^= {key}
            self._show(self._room.seen())
            return
        found = self._standing.find(key)
        if found is not None and self.on_open is not None:
            self.on_open(found.alert.cause or "")

    def _mustered(self, seen: Seen) -> Muster:
        """Give who is needed soon, worked out anew with each fact and now and then."""
        at = (seen.state.size, int(seen.now.timestamp()) // MUSTER_SECONDS)
        if self._muster is None or self._muster[0] != at:
            self._muster = (at, muster_of_seen(seen))
        return self._muster[1]

    def _show(self, seen: Seen) -> None:
        self._standing = alerts_of(seen, self._mustered(seen))
        self._memory = remember(self._memory, [each.alert for each in self._standing.all], seen.now)
        self._strip.show_rows(present_strip(seen, self._standing, self._memory))
        if self._sheet.isVisible():
            self._sheet.show_rows(
                present_alerts(seen, self._standing, self._memory, self._unfolded)
            )
