"""Acts that two people do: asked for here, signed by the second, done once the first confirms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QGuiApplication

from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.record.request import Answer as Signed
from relconsole.ports.credentials import Secret
from relconsole.services.seconding import Seconding
from relconsole_ui.controllers.room import Answer, NotDone, Room, words_of
from relconsole_ui.controllers.signature import Signature
from relconsole_ui.presenters.second_acts import ActWords
from relconsole_ui.presenters.second_sheet import SecondSight, present_second_sheet
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.signature import Wanted
from relconsole_ui.views.second.sheet import SecondSheet

ARMED: Final = "A rollback is armed. It is fired or put away before anything else is signed."

Do = Callable[[Signed], Awaitable[object]]
"""What does an act with the second person's signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deed:
    """An act that waits for its second person."""

    wanted: Wanted
    words: ActWords
    do: Do
    answered: Callable[[Answer], None] | None


class SecondedController:
    """Shows one act at a time until it is signed and confirmed, or left."""

    def __init__(self, room: Room, sheet: SecondSheet, seconding: Seconding) -> None:
        """Take the room, the sheet, and what asks for signatures."""
        self._room = room
        self._sheet = sheet
        self._signature = Signature(room, seconding, self._show_now)
        self._deed: _Deed | None = None
        self._doing: _Deed | None = None
        self._notice = ""
        sheet.confirmed.connect(self.confirm)
        sheet.left.connect(self.leave)
        sheet.again_wanted.connect(self._ask)
        sheet.people.signed.connect(self._sign)
        sheet.people.other_wanted.connect(self._ask_other)
        sheet.people.copied.connect(_copy)
        room.follow(self._show)

    @property
    def wanted(self) -> Wanted | None:
        """Give what waits for its second person, None while nothing does."""
        return None if self._deed is None else self._deed.wanted

    def ask(
        self,
        act: TwoPersonAct,
        thing: str,
        words: ActWords,
        do: Do,
        answered: Callable[[Answer], None] | None = None,
    ) -> None:
        """Open the sheet and ask a second person; ``do`` runs once signed and confirmed.

        ``answered`` gets what it came to where it was done, or could not even be asked; what else
        stood in its way is said on the sheet.
        """
        run = self._room.seen().run
        if run is not None and run.rollback is not None and run.rollback.fired_at is None:
            if answered is not None:
                answered(NotDone(ARMED))
            return
        self._signature.forget()
        self._sheet.people.forget()
        self._deed = _Deed(
            wanted=Wanted(act=act, thing=thing), words=words, do=do, answered=answered
        )
        self._ask()
        self._sheet.open()

    def leave(self) -> None:
        """Leave it undone; that it was asked stays in the record."""
        self._deed, self._notice = None, ""
        self._signature.forget()
        self._sheet.leave()

    def confirm(self) -> None:
        """Do it, where the signature carries it now; the domain looks once more."""
        deed, answer = self._deed, self._signature.answer
        if deed is None or answer is None or self._doing is not None:
            return
        rows = present_second_sheet(self._room.seen(), deed.wanted, deed.words, self._sight(deed))
        if rows is None or not rows.confirm.is_possible:
            return
        self._doing, self._notice = deed, ""
        self._room.command(
            f"{deed.wanted.act} by two people",
            lambda: deed.do(answer),
            lambda outcome: self._done(deed, outcome),
        )
        self._show_now()

    def _done(self, deed: _Deed, outcome: Answer) -> None:
        self._doing = None
        failed = words_of(outcome)
        if self._deed is deed:
            if failed:
                self._notice = failed
                self._show_now()
            else:
                self.leave()
        if not failed and deed.answered is not None:
            deed.answered(outcome)

    def _ask(self) -> None:
        """Ask whoever was chosen, the first who may sign where nobody was."""
        deed = self._deed
        if deed is not None:
            self._notice = ""
            self._signature.ask(deed.wanted, lambda: deed.words.shows)
            self._show_now()

    def _ask_other(self) -> None:
        self._notice = ""
        self._signature.ask_other()
        self._show_now()

    def _sign(self, passphrase: str) -> None:
        self._notice = ""
        self._signature.sign(Secret(passphrase))
        self._show_now()

    def _sight(self, deed: _Deed) -> SecondSight:
        known = self._signature.sight(deed.wanted)
        return SecondSight(
            asked=known.asked,
            place=known.place,
            answer=known.answer,
            second=known.second,
            may=known.may,
            is_signing=known.is_signing,
            notice=self._notice or known.notice,
            is_doing=self._doing is deed,
        )

    def _show_now(self) -> None:
        self._show(self._room.seen())

    def _show(self, seen: Seen) -> None:
        deed = self._deed
        if deed is None:
            return
        rows = present_second_sheet(seen, deed.wanted, deed.words, self._sight(deed))
        if rows is None:
            self.leave()
        else:
            self._sheet.show_rows(rows)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
