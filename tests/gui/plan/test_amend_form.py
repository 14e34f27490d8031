"""Amending the night on the bridge: weighed as it is typed, signed where it must be, recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.facts import StepState
from relconsole.services.seconding import Seconding
from relconsole_ui.controllers.amend import AmendController, AmendTools
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.amend_form import AmendAct, AmendField
from relconsole_ui.views.plan.amend_form import AmendForm
from tests.gui.bot import Bot
from tests.gui.plan.rooms import room_of
from tests.helpers.fakes.signing import FakeRequests, passphrase_of
from tests.unit.presenters import scenes
from tests.unit.presenters.amending import KEYS, amender_of, enrol
from tests.unit.presenters.night_plan import ASHA, JO, RUN
from tests.unit.presenters.scenes import Stage

CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass(slots=True)
class Amending:
    """The form over a staged night, and the hands of a person."""

    stage: Stage
    bot: Bot
    view: AmendForm
    controller: AmendController
    requests: FakeRequests
    closed: list[None] = field(default_factory=list[None])

    def choose(self, act: AmendAct, step: str = "") -> None:
        """Choose an act, and a step."""
        self.view.act.setCurrentText(act.value)
        if step:
            self.view.step.setCurrentIndex(self.view.step.findData(step))

    def type(self, reason: str, **texts: str) -> None:
        """Type the reason and into the fields, and stop typing."""
        for name, text in texts.items():
            widget = self.view._typed[AmendField[name.upper()]]
            assert isinstance(widget, QLineEdit)
            widget.setText(text)
        self.view.reason.setText(reason)
        self.view._timer.stop()
        self.view.settled.emit()

    @property
    def values(self) -> dict[str, str]:
        """What the amendment would do, as it is shown."""
        return {row.label: row.value for row in self.view.effect.rows}


Open = Callable[..., Amending]


@pytest.fixture
def amending(bot: Bot, dressed: Look) -> Open:
    """Opens the form over a staged night."""

    def opened(stage: Stage | None = None, step: str = "shift-all") -> Amending:
        night = stage or enrol(scenes.alarm())
        room = room_of(night)
        requests = FakeRequests(KEYS, night.clock.now)
        view = AmendForm(dressed)
        tools = AmendTools(
            amender=amender_of(night), seconding=Seconding(desk=night.desk, requests=requests)
        )
        controller = AmendController(room, view, tools)
        made = Amending(night, bot, view, controller, requests)
        controller.on_close = lambda: made.closed.append(None)
        bot.show(view, 520, 700)
        controller.open(step)
        bot.settle()
        return made

    return opened


def test_that_what_it_does_is_shown_before_anything_is_recorded(amending: Open) -> None:
    form = amending()
    size = form.stage.state.size
    form.choose(AmendAct.NOT_NEEDED, "purge")
    form.type("the edge is cold")
    assert form.values["Forecast end (P90)"] == "03:30 → 03:26"
    assert form.values["Voids"] == "nothing"
    assert form.view.record.isEnabled()
    assert form.stage.state.size == size


def test_that_it_is_recorded_by_key_and_the_form_goes(amending: Open, bot: Bot) -> None:
    form = amending()
    form.choose(AmendAct.NOT_NEEDED, "purge")
    form.type("the edge is cold")
    bot.key(form.view.reason, Qt.Key.Key_Return, CTRL)
    assert form.stage.state.runs[RUN].steps[StepId("purge")].state is StepState.NOT_NEEDED
    assert form.view.isHidden()
    assert form.closed == [None]


def test_that_nothing_is_recorded_without_a_reason(amending: Open, bot: Bot) -> None:
    form = amending()
    form.choose(AmendAct.SKIP, "purge")
    form.type("")
    assert form.view.says.text() == "Say why"
    assert not form.view.record.isEnabled()
    bot.key(form.view.reason, Qt.Key.Key_Return, CTRL)
    assert form.stage.state.runs[RUN].steps[StepId("purge")].state is StepState.NOT_STARTED


def test_that_typing_is_waited_out_before_it_is_weighed(amending: Open, bot: Bot) -> None:
    form = amending()
    form.choose(AmendAct.SKIP, "purge")
    form.view.reason.setText("no time")
    assert form.values == {}
    bot.wait_until(lambda: bool(form.values))


def test_that_what_was_typed_stays_while_the_night_goes_on(amending: Open) -> None:
    form = amending(scenes.alarm())
    form.choose(AmendAct.RETIME, "shift-all")
    form.type("the pool is slow", duration="9m")
    size = form.stage.state.size
    form.stage.end("02:18", "warm")
    form.controller._room.show()
    assert form.view.draft.text(AmendField.DURATION) == "9m"
    assert form.stage.state.size > size
    assert form.view.record.isEnabled()
    form.controller.record()
    found = form.stage.state.runs[RUN].runbook.find(StepId("shift-all"))
    assert found is not None
    assert found.duration.likely.total_seconds() == 540


def test_that_a_night_that_moved_on_unseen_is_weighed_anew_and_nothing_recorded(
    amending: Open,
) -> None:
    form = amending(scenes.alarm())
    form.choose(AmendAct.SKIP, "purge")
    form.type("no time")
    form.stage.end("02:18", "warm")
    form.controller.record()
    assert form.view.notice.text() == "The night has moved on. This is what it would do now."
    assert form.stage.state.runs[RUN].steps[StepId("purge")].state is StepState.NOT_STARTED
    form.controller.record()
    assert form.stage.state.runs[RUN].steps[StepId("purge")].state is StepState.SKIPPED


def test_that_beyond_the_limit_a_second_person_signs_here_first(amending: Open, bot: Bot) -> None:
    form = amending()
    form.choose(AmendAct.RETIME, "shift-all")
    form.type("the pool is slow", duration="26m")
    assert "beyond the commander's 15" in form.values["Limit"]
    assert not form.view.record.isEnabled()
    bot.click(form.view.ask)
    assert form.view.people.lines[1].name.text() == "Asha Nair"
    form.view.people.open_form()
    form.view.people.form.passphrase.setText("wrong")
    bot.key(form.view.people.form.passphrase, Qt.Key.Key_Return)
    assert "does not open the key of asha" in form.view.notice.text()
    form.view.people.open_form()
    form.view.people.form.passphrase.setText(passphrase_of(ASHA))
    bot.key(form.view.people.form.passphrase, Qt.Key.Key_Return)
    assert form.view.people.lines[1].says.text().startswith("signed")
    assert form.view.record.isEnabled()
    bot.click(form.view.record)
    assert form.stage.state.runs[RUN].amendments


def test_that_somebody_else_can_be_asked_and_another_amendment_needs_another_signature(
    amending: Open, bot: Bot
) -> None:
    form = amending()
    form.choose(AmendAct.RETIME, "shift-all")
    form.type("the pool is slow", duration="26m")
    form.controller.ask()
    form.controller.ask_other()
    assert form.view.people.lines[1].name.text() == "Jo Reyes"
    form.view.people.signed.emit(passphrase_of(JO))
    assert form.view.record.isEnabled()
    form.type("the pool is slow", duration="27m")
    assert not form.view.record.isEnabled()
    assert form.view.why_not.text() == "A second person has not signed"


def test_that_an_act_that_cannot_be_is_told_at_the_form(amending: Open) -> None:
    form = amending()
    form.choose(AmendAct.REORDER, "shift-all")
    form.type("in a circle", after="18")
    assert "shift-all" in form.view.says.text()
    assert not form.view.record.isEnabled()


def test_that_a_step_is_put_in(amending: Open) -> None:
    form = amending()
    form.choose(AmendAct.INSERT)
    assert form.view.step.isHidden()
    form.type(
        "one more look",
        title="Check the pool",
        owner="Jo Reyes",
        undo="none",
        after="14",
        before="17",
    )
    form.controller.record()
    found = form.stage.state.runs[RUN].runbook.find(StepId("step-1"))
    assert found is not None
    assert found.title == "Check the pool"


def test_that_esc_leaves_and_nothing_is_kept(amending: Open, bot: Bot) -> None:
    form = amending()
    form.choose(AmendAct.SKIP, "purge")
    form.type("no time")
    bot.key(form.view.reason, Qt.Key.Key_Escape)
    assert form.view.isHidden()
    form.controller.open("purge")
    assert form.view.reason.text() == ""
    assert form.values == {}


def test_that_a_night_that_is_not_open_cannot_be_amended(amending: Open) -> None:
    form = amending(scenes.before())
    assert form.view.says.text() == "No night is open: the plan is edited in its table."
    assert not form.view.record.isEnabled()
    assert form.view.reason.isHidden()


def test_that_tab_goes_through_the_fields_in_the_order_in_which_they_stand(
    amending: Open, bot: Bot
) -> None:
    form = amending()
    form.choose(AmendAct.RETIME, "shift-all")
    bot.focus(form.view.act)
    names: list[str] = []
    for _ in range(4):
        widget = form.view.focusWidget()
        assert widget is not None
        bot.key(widget, Qt.Key.Key_Tab)
        came = form.view.focusWidget()
        assert came is not None
        names.append(came.accessibleName())
    assert names == ["Step", "Not before", "Duration", "Reason"]


def test_that_every_field_has_a_name(amending: Open) -> None:
    form = amending()
    form.choose(AmendAct.INSERT)
    fields = [form.view.act, form.view.reason, *form.view._typed.values()]
    assert all(each.accessibleName() for each in fields)
