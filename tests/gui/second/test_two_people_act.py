"""What takes two people: a second one signs, here or elsewhere, and then the first one does it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.step_commands import EndStep, Said
from relconsole_ui.controllers.room import NotDone, words_of
from relconsole_ui.controllers.seconded import ARMED
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.second_acts import ActWords
from tests.gui.bot import Bot
from tests.gui.second.kit import (
    LAG,
    P95,
    SHIFT,
    WELL,
    Desk,
    Play,
    checked,
    played_at,
    shifting,
)
from tests.unit.services.rooms import JO, MARA
from tests.unit.services.rooms_s2 import ASHA, INES

FOR_JO = Said(for_person=JO, heard="voice", note="it was given up")
PLAIN = ActWords(
    title="Do it", about="Something", heading="", rows=(), confirm="Do it", comes="It is done."
)


async def refused() -> object:
    """The store does not take it."""
    return NotDone("the store is full.")


def test_that_an_override_is_signed_here_and_done_by_enter(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.wants_override()
        assert it.sheet.isVisible()
        assert [row.says for row in it.sheet.rows.rows] == ["lag is 1.4, limit below 1"]
        assert not it.may
        await it.signs_here()
        await it.bridge.until(lambda: it.may)
        assert it.state(SHIFT) is StepState.RUNNING
        assert it.sheet.foot_rows.confirm.hasFocus()
        it.enter()
        await it.bridge.until(lambda: it.state(SHIFT) is StepState.DONE)
        await it.bridge.show()
        assert not it.sheet.isVisible()
        ended = it.night.run.steps[SHIFT].attempts[-1]
        assert ended.note == "the peak is known and short"
        assert QApplication.activeModalWidget() is None

    shift(scene)


def test_that_an_override_needs_a_reason(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        it.press("Override, two people")
        it.enter()
        await it.bridge.settle()
        assert it.card.form.lacks.text() == "This needs a reason."
        assert it.card.form.note.hasFocus()
        assert not it.sheet.isVisible()
        assert it.night.facts("signature_asked") == 0

    shift(scene)


def test_that_a_check_that_passes_when_read_again_needs_nobody_else(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        it.night.reads(LAG.query, WELL)
        it.press("Override, two people")
        it.types("it has settled")
        it.enter()
        await it.bridge.until(lambda: it.state(SHIFT) is StepState.DONE)
        assert not it.sheet.isVisible()
        assert it.night.facts("signature_asked") == 0

    shift(scene)


def test_that_a_step_that_may_not_be_ended_at_all_asks_nobody(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        it.press("Override, two people")
        it.types("too late")
        ended = EndStep(run=it.night.run.id, step=SHIFT, state=StepState.FAILED, said=FOR_JO)
        await it.night.desk.must(ended)
        it.enter()
        await it.bridge.until(lambda: "is failed" in it.card.failure.text())
        assert not it.sheet.isVisible()
        assert it.night.facts("signature_asked") == 0

    shift(scene)


def test_that_a_request_answered_elsewhere_carries_the_override(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.wants_override()
        digest = next(iter(it.bridge.requests.requests))
        assert digest[:16] in it.sheet.request.text()
        it.press("Request file")
        assert it.sheet.people.place.text().endswith(".request.json")
        it.bridge.requests.signs(it.bridge.second)
        it.night.clock.advance(1)
        await it.bridge.until(lambda: it.may)
        it.enter()
        await it.bridge.until(lambda: it.state(SHIFT) is StepState.DONE)
        second = it.night.stored.envelopes[-1]
        assert second.kind == "step_ended"

    shift(scene)


def test_that_the_owner_of_the_step_may_not_sign_and_it_is_said(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.wants_override()
        assert it.sheet.rule.text() == "Jo owns this step and may not sign"
        assert "Jo: jo owns shift and may not override its checks" in it.sheet.barred.text()
        assert it.bridge.second != JO
        it.bridge.requests.signs(JO)
        it.night.clock.advance(1)
        await it.bridge.until(lambda: "owns shift" in it.sheet.foot_rows.why.text())
        assert not it.may
        it.sheet.setFocus()
        it.enter()
        await it.bridge.settle()
        assert it.state(SHIFT) is StepState.RUNNING

    shift(scene)


def test_that_who_asks_is_no_second_person(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.wants_override()
        it.bridge.requests.signs(MARA)
        it.night.clock.advance(1)
        await it.bridge.until(lambda: it.sheet.people.lines[1].says.text() == "does not count")
        assert not it.may
        it.sheet.setFocus()
        it.enter()
        await it.bridge.settle()
        assert it.state(SHIFT) is StepState.RUNNING

    shift(scene)


def test_that_wrong_words_are_said_in_place_and_may_be_typed_again(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.wants_override()
        await it.signs_here("wrong words")
        await it.bridge.until(lambda: "does not open the key" in it.sheet.notice.text())
        assert it.sheet.people.form.passphrase.text() == ""
        assert not it.may
        await it.signs_here()
        await it.bridge.until(lambda: it.may)
        assert it.sheet.notice.text() == ""

    shift(scene)


def test_that_an_expired_request_carries_nothing_and_is_asked_again(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.wants_override()
        assert it.sheet.aside.text().endswith("to sign")
        it.bridge.requests.signs(it.bridge.second)
        it.night.clock.advance(1)
        await it.bridge.until(lambda: it.may)
        it.night.clock.advance(900)
        await it.bridge.show()
        assert it.sheet.aside.text() == "expired"
        assert not it.may
        assert "expired" in it.sheet.foot_rows.why.text()
        it.enter()
        await it.bridge.settle()
        assert it.state(SHIFT) is StepState.RUNNING
        it.press("Ask again")
        await it.is_asked(1)
        await it.signs_here()
        await it.bridge.until(lambda: it.may)

    shift(scene)


def test_that_a_request_over_what_has_changed_since_is_asked_again(look: Look, bot: Bot) -> None:
    async def scene(it: Desk) -> None:
        await it.wants_override()
        it.night.reads(P95.query, WELL)
        await it.night.mover().read_check(it.night.run.id, checked(LAG, P95), P95, 1)
        await it.bridge.show()
        assert "not what would be done now" in it.sheet.foot_rows.why.text()
        assert not it.sheet.people.sign.isVisible()
        it.press("Ask again")
        await it.is_asked(1)
        await it.signs_here()
        await it.bridge.until(lambda: it.may)

    played_at(lambda: shifting(look, bot, LAG, P95), scene)


def test_that_somebody_else_can_be_asked(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.wants_override()
        first = it.bridge.second
        it.press("Ask someone else")
        await it.is_asked(1)
        assert {first, it.bridge.second} == {ASHA, INES}

    shift(scene)


def test_that_esc_leaves_with_nothing_recorded_but_that_it_was_asked(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.wants_override()
        size = len(it.night.stored.envelopes)
        it.press("Sign here")
        it.key(Qt.Key.Key_Escape)
        await it.bridge.settle()
        assert not it.sheet.isVisible()
        assert it.night.facts("signature_asked") == 1
        assert len(it.night.stored.envelopes) == size
        assert it.seconded.wanted is None
        it.bridge.requests.signs(ASHA)
        it.night.clock.advance(5)
        await it.bridge.show()
        assert it.state(SHIFT) is StepState.RUNNING
        assert not it.sheet.isVisible()

    shift(scene)


def test_that_leaving_gives_the_keyboard_back(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.wants_override()
        it.key(Qt.Key.Key_Escape)
        assert it.card.hasFocus()

    shift(scene)


def test_that_what_was_typed_elsewhere_keeps_the_keyboard(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.wants_override()
        it.bridge.bot.focus(it.bridge.typing)
        it.bridge.requests.signs(it.bridge.second)
        it.night.clock.advance(1)
        await it.bridge.until(lambda: it.may)
        assert it.bridge.typing.hasFocus()

    shift(scene)


def test_that_an_act_that_somebody_did_meanwhile_is_not_done_again(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.wants_override()
        await it.signs_here()
        await it.bridge.until(lambda: it.may)
        ended = EndStep(run=it.night.run.id, step=SHIFT, state=StepState.FAILED, said=FOR_JO)
        await it.night.desk.must(ended)
        await it.bridge.show()
        assert it.sheet.foot_rows.why.text() == "The step is over"
        assert not it.may
        assert not it.sheet.foot_rows.again.isVisible()

    shift(scene)


def test_that_what_the_record_refuses_stands_on_the_sheet(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        it.seconded.ask(
            TwoPersonAct.OVERRIDE,
            SHIFT,
            PLAIN,
            lambda _second: refused(),
        )
        await it.is_asked()
        await it.signs_here()
        await it.bridge.until(lambda: it.may)
        it.enter()
        await it.bridge.until(lambda: it.sheet.notice.text() == "the store is full.")
        assert it.sheet.isVisible()
        assert it.may

    shift(scene)


def test_that_nothing_is_asked_while_a_rollback_stands_armed(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        arming = it.bridge.room.tools.armourer
        await arming.arm(it.night.run.id, None, forced=True, reason="to be safe")
        assert it.night.run.rollback is not None
        told: list[object] = []
        it.seconded.ask(TwoPersonAct.OVERRIDE, SHIFT, PLAIN, lambda _second: refused(), told.append)
        await it.bridge.settle()
        assert [words_of(each) for each in told] == [ARMED]
        assert not it.sheet.isVisible()
        it.seconded.ask(TwoPersonAct.OVERRIDE, SHIFT, PLAIN, lambda _second: refused())
        assert it.seconded.wanted is None

    shift(scene)
