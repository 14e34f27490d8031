"""Amending the night on the bridge: weighed as it is typed, signed where it must be, recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtGui import QGuiApplication

from relconsole.domain.kernel.json import Json
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.readiness_of_steps import progress_of
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.plan.amendment import Amendment
from relconsole.domain.plan.forecast import forecast_digest
from relconsole.domain.plan.sampling import SEED
from relconsole.domain.record.request import Answer as Signed
from relconsole.ports.credentials import Secret
from relconsole.services.amending import Amender, Weighed
from relconsole.services.seconding import AskedSignature, Seconding
from relconsole_ui.controllers.room import Answer, Room, answer_of, words_of
from relconsole_ui.presenters.amend_effect import (
    AmendSight,
    eligible_for_amendment,
    present_effect,
    second_for_amendment,
)
from relconsole_ui.presenters.amend_form import AmendAct, present_amend_form, read_amendment
from relconsole_ui.presenters.plan_cells import Wrong
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.views.plan.amend_form import AmendForm

LOOK_SECONDS = 0.5
"""How often it is looked whether an answer lies beside the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendTools:
    """What an amendment needs beside the room."""

    amender: Amender
    seconding: Seconding


class AmendController:
    """Feeds the form of an amendment; ``on_close`` hears that it went, recorded or left."""

    def __init__(self, room: Room, view: AmendForm, tools: AmendTools) -> None:
        """Take the room, the form, and what weighs and signs."""
        self._room = room
        self._view = view
        self._tools = tools
        self._sight = AmendSight()
        self._weighed: Weighed | None = None
        self._asked: AskedSignature | None = None
        self._wanted: Amendment | None = None
        self.on_close: Callable[[], None] | None = None
        view.chosen.connect(self._choose)
        view.settled.connect(self._settle)
        view.record_wanted.connect(self.record)
        view.ask_wanted.connect(self.ask)
        view.left.connect(self.leave)
        view.people.signed.connect(self._sign)
        view.people.other_wanted.connect(self.ask_other)
        view.people.copied.connect(_copy)
        room.follow(self._show)

    def open(self, step: str = "") -> None:
        """Ask for an amendment, about this step where one is named."""
        draft = self._view.draft
        if step:
            about = AmendAct.RETIME if draft.act is AmendAct.INSERT else draft.act
            draft = replace(draft, step=step, act=about)
        self._view.show_form(present_amend_form(self._room.seen(), draft))
        self._view.open()
        self._settle()

    def leave(self) -> None:
        """Leave the form; nothing is recorded."""
        self._forget()
        self._view.clear()
        self._view.hide()
        if self.on_close is not None:
            self.on_close()

    def record(self) -> None:
        """Record what was weighed, with the answer of a second person where one is needed."""
        weighed, answer = self._weighed, self._sight.answer
        if weighed is None or not present_effect(self._room.seen(), self._sight).may_record:
            return

        def recorded(came: Answer) -> None:
            why = words_of(came)
            if not why:
                self.leave()
                return
            self._sight = replace(self._sight, notice=f"Not recorded. {why}")
            if isinstance(came, Refusal) and "forecast_old" in {it.rule for it in came.reasons}:
                says = "The night has moved on. This is what it would do now."
                self._sight = replace(self._sight, notice=says)
                self._weigh_again()

        self._room.command(
            "record the amendment", lambda: self._tools.amender.record(weighed, answer), recorded
        )

    def ask(self) -> None:
        """Ask whoever was chosen to sign, the first who may where nobody was."""
        self._ask(other=False)

    def ask_other(self) -> None:
        """Ask the next of those who may sign."""
        self._ask(other=True)

    def _ask(self, *, other: bool) -> None:
        seen, weighed = self._room.seen(), self._weighed
        run = seen.run
        if run is None or weighed is None:
            return
        found = eligible_for_amendment(seen, run)
        second = second_for_amendment(found, self._sight.second, other=other)
        self._sight = replace(self._sight, second=second, answer=None, notice="")
        rows = present_effect(seen, self._sight).rows
        lines: list[Json] = [row.sentence for row in rows]
        thing = weighed.thing

        def asked(came: Answer) -> None:
            self._sight = replace(self._sight, notice=words_of(came))
            if isinstance(came, AskedSignature) and self._weighed is weighed:
                self._asked = came
                self._sight = replace(self._sight, asked=came.digest, place=came.place)
                self._wait_for(came)

        self._room.command(
            "ask for a second signature",
            lambda: self._tools.seconding.ask(
                run.id,
                TwoPersonAct.AMEND,
                thing,
                shows={"effect": lines},
                person_asked=second,
            ),
            asked,
        )

    def _sign(self, passphrase: str) -> None:
        asked, second = self._asked, self._sight.second
        if asked is None or second is None or self._sight.is_signing:
            return
        self._sight = replace(self._sight, is_signing=True, notice="")
        secret = Secret(passphrase)

        def signed(came: Answer) -> None:
            self._sight = replace(self._sight, is_signing=False)
            if self._asked is not asked:
                return
            self._sight = replace(self._sight, notice=words_of(came))
            if isinstance(came, Signed):
                self._sight = replace(self._sight, answer=came)

        self._room.command(
            "sign here", lambda: self._tools.seconding.sign_here(asked, second, secret), signed
        )

    def _wait_for(self, asked: AskedSignature) -> None:
        """Look for the answer until there is one, or something else is asked."""

        async def look() -> None:
            while self._asked is asked and self._sight.answer is None:
                found = await answer_of(lambda: self._tools.seconding.answer_to(asked))
                if self._asked is asked and isinstance(found, Signed):
                    self._sight = replace(self._sight, answer=found)
                    self._show_now()
                await self._room.tools.clock.sleep(LOOK_SECONDS)

        self._room.poll("answer to the request", look)

    def _choose(self) -> None:
        """Show the form of another act or step; what was weighed was another."""
        self._view.show_form(present_amend_form(self._room.seen(), self._view.draft))
        self._forget()
        self._show_now()

    def _settle(self) -> None:
        """Weigh what was typed, where it is whole and not weighed already."""
        seen, draft = self._room.seen(), self._view.draft
        found = read_amendment(seen, draft)
        if isinstance(found, Wrong):
            self._forget()
            self._sight = AmendSight(problem=found.says)
            self._show_now()
            return
        if found != self._wanted:
            self._forget()
            self._wanted = found
            self._weigh(found)

    def _weigh(self, wanted: Amendment) -> None:
        run = self._room.run_id
        if run is None:
            return
        self._sight = replace(self._sight, is_weighing=True)
        self._show_now()

        def weighed(came: Answer) -> None:
            if self._wanted is not wanted:
                return
            self._sight = replace(self._sight, is_weighing=False)
            if isinstance(came, Weighed):
                self._keep(came)
            else:
                self._sight = AmendSight(problem=words_of(came))

        self._room.command(
            "weigh the amendment", lambda: self._tools.amender.weigh(run, (wanted,)), weighed
        )

    def _keep(self, weighed: Weighed) -> None:
        """Keep what was weighed; what was signed stays where it was over the same."""
        before = self._weighed
        self._weighed = weighed
        self._sight = replace(
            self._sight,
            effect=weighed.effect,
            refusal=weighed.refusal,
            needs_second=weighed.needs_second,
            thing=weighed.thing,
        )
        if before is not None and before.thing != weighed.thing:
            self._asked = None
            self._sight = replace(self._sight, asked=None, place="", answer=None)

    def _weigh_again(self) -> None:
        if self._wanted is not None and not self._sight.is_weighing:
            self._weigh(self._wanted)

    def _forget(self) -> None:
        """Forget what was weighed, asked and signed: it was about something else."""
        self._weighed, self._asked, self._wanted = None, None, None
        self._sight = AmendSight()

    def _show_now(self) -> None:
        self._show(self._room.seen())

    def _show(self, seen: Seen) -> None:
        if not self._view.isVisible():
            return
        self._view.show_form(present_amend_form(seen, self._view.draft))
        if self._is_old(seen):
            self._weigh_again()
            return
        self._view.show_effect(present_effect(seen, self._sight))

    def _is_old(self, seen: Seen) -> bool:
        """Tell whether the night has moved on since it was weighed."""
        run, weighed = seen.run, self._weighed
        if run is None or weighed is None or self._sight.is_weighing:
            return False
        current = forecast_digest(run.plan, progress_of(run, seen.now), SEED)
        return weighed.command.forecast != current


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
