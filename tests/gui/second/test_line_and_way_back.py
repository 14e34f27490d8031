"""Resuming the line and giving up the way back: by two people, and told before."""

from __future__ import annotations

from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.step_commands import Said
from relconsole_ui.design.look import Look
from tests.gui.bot import Bot
from tests.gui.second.kit import SHIFT, SWITCH, Desk, Play, played_at, shifting


def test_that_resuming_the_line_takes_two(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.night.desk.must(StopLine(run=it.night.run.id, said=Said(note="smoke")))
        await it.bridge.show()
        it.press("Resume, two people")
        await it.is_asked()
        assert it.sheet.title.text() == "Resume the line"
        assert [row.says for row in it.sheet.rows.rows] == ["smoke"]
        await it.signs_here()
        await it.bridge.until(lambda: it.may)
        assert it.night.run.stop is not None
        it.enter()
        await it.bridge.until(lambda: it.night.run.stop is None)
        assert not it.sheet.isVisible()

    shift(scene)


def test_that_a_stop_that_is_gone_is_not_resumed(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        it.line.resume_wanted.emit("an older stop")
        await it.bridge.settle()
        assert not it.sheet.isVisible()
        await it.night.desk.must(StopLine(run=it.night.run.id))
        it.line.resume_wanted.emit("an older stop")
        await it.bridge.settle()
        assert not it.sheet.isVisible()

    shift(scene)


def test_that_giving_up_the_way_back_is_told_before_and_needs_the_typed_name(switch: Play) -> None:
    async def scene(it: Desk) -> None:
        it.press("Start, two people")
        it.types("the window is short")
        it.enter()
        await it.is_asked()
        says = [(row.says, row.note) for row in it.sheet.rows.rows]
        assert says[0][0].startswith("switch cannot be undone")
        assert says[1][1].endswith("then none")
        assert it.sheet.reason.text() == "Reason: the window is short"
        typed = it.sheet.foot_rows.typed
        assert not typed.isEnabled()
        await it.signs_here()
        await it.bridge.until(lambda: it.may)
        assert typed.hasFocus()
        it.types("pay-5")
        it.enter()
        await it.bridge.settle()
        assert it.state(SWITCH) is StepState.NOT_STARTED
        typed.setText("")
        it.types("pay-4")
        it.enter()
        await it.bridge.until(lambda: it.state(SWITCH) is StepState.RUNNING)
        assert not it.sheet.isVisible()

    switch(scene)


def test_that_what_else_forbids_the_start_asks_nobody(switch: Play) -> None:
    async def scene(it: Desk) -> None:
        await it.night.desk.must(StopLine(run=it.night.run.id))
        it.press("Start, two people")
        it.types("now")
        it.enter()
        await it.bridge.until(lambda: "the line is stopped" in it.card.failure.text())
        assert not it.sheet.isVisible()

    switch(scene)


def test_that_completing_a_step_never_starts_one_that_takes_two(look: Look, bot: Bot) -> None:
    async def scene(it: Desk) -> None:
        it.press("Complete step")
        await it.bridge.until(lambda: it.state(SHIFT) is StepState.DONE)
        await it.bridge.show()
        assert it.state(SWITCH) is StepState.NOT_STARTED
        assert it.card.failure.text() == ""
        await it.bridge.until(lambda: it.card.title.text() == "Switch the ids")
        assert not it.sheet.isVisible()

    played_at(lambda: shifting(look, bot), scene)


def test_that_the_line_is_resumed_from_anywhere_where_it_is_stopped(shift: Play) -> None:
    async def scene(it: Desk) -> None:
        it.lines.resume_now()
        await it.bridge.settle()
        assert it.line.notice.text() == "The line runs."
        assert not it.sheet.isVisible()
        await it.night.desk.must(StopLine(run=it.night.run.id))
        it.lines.resume_now()
        await it.is_asked()
        assert it.sheet.title.text() == "Resume the line"

    shift(scene)
