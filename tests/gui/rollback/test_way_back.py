"""A fired rollback on its sheet: stopped, settled, repeated, closed, and gone on with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.effect_facts import EffectSent, EffectUnknown
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_commands import KeepTotal
from relconsole.domain.night.rollback_facts import RollbackEnding, TotalMoment, TwoPersonAct
from relconsole.domain.record.effect import EffectState, Outcome
from relconsole.domain.release.release import ControlTotal, RollbackEdits
from relconsole_ui.design.look import Look
from tests.gui.bot import Bot
from tests.gui.rollback.kit import Bridge, bridge_of
from tests.unit.services.rooms import METRICS, PAY
from tests.unit.services.rooms_s2 import (
    LEDGER,
    OLD,
    begin,
    deploy,
    deploys,
    ends,
    job_of,
    night,
    shows,
    signs,
    versions,
)

UNDO = StepId("undo-pay")
ROWS = ControlTotal(id="rows", title="Rows of the ledger", system=METRICS, query="rows")
PLAN = replace(
    versions(deploy("pay"), deploy("ledger", LEDGER)),
    rollback=RollbackEdits(control_totals=(ROWS,)),
)
Scene = Callable[[Bridge], Awaitable[None]]


@pytest.fixture
def play(look: Look, bot: Bot) -> Callable[[Scene], None]:
    """Play a scene in a night whose rollback was fired, with its sheet open."""

    def run(scene: Scene) -> None:
        async def whole() -> None:
            found = await night(PLAN)
            found.reads("rows", 100.0)
            await deploys(found, "pay")
            bridge = bridge_of(found, look, bot)
            await bridge.settle()
            armourer, retreat = bridge.room.tools.armourer, bridge.room.tools.retreat
            await armourer.arm(found.run.id, None, reason="checkout fails")
            second = await signs(found, TwoPersonAct.ROLLBACK, found.run.id)
            await retreat.fire(found.run.id, second)
            await bridge.show()
            bridge.chord()
            await bridge.settle()
            assert bridge.back.isVisible()
            try:
                await scene(bridge)
            finally:
                bridge.back.hide()
                await bridge.tasks.close()

        asyncio.run(whole())

    return run


def test_that_the_line_is_stopped_by_one_press_and_it_is_recorded(
    play: Callable[[Scene], None],
) -> None:
    async def scene(it: Bridge) -> None:
        assert [row.stop for row in it.back.steps.rows] == ["can still stop here"]
        it.bot.click(it.back.stop)
        await it.until(lambda: it.night.run.stop is not None)
        await it.show()
        assert it.back.title.text() == "Rollback stopped"
        assert "Two people resume" in it.back.stopped.text()
        assert not it.back.stop.isVisible()

    play(scene)


async def unknown_job(it: Bridge) -> None:
    """Let nobody know whether the job of the undo step ran."""
    await begin(it.night, UNDO)
    effect = job_of(it.night, UNDO).effect.id
    await it.night.moves(
        EffectSent(run=it.night.run.id, effect=effect),
        EffectUnknown(run=it.night.run.id, effect=effect, why="no answer"),
    )
    await it.show()


def test_that_what_became_of_an_unknown_job_is_said_by_a_person_with_a_note(
    play: Callable[[Scene], None],
) -> None:
    async def scene(it: Bridge) -> None:
        await unknown_job(it)
        form = it.back.repair
        assert form.isVisible()
        QTest.keyClick(form.note, Qt.Key.Key_Return)
        await it.settle()
        assert job_of(it.night, UNDO).effect.state is EffectState.UNKNOWN
        QTest.keyClicks(form.note, "seen in its log")
        QTest.keyClick(form.note, Qt.Key.Key_Return)
        await it.until(lambda: not job_of(it.night, UNDO).is_open)
        effect = job_of(it.night, UNDO).effect
        assert effect.outcome is Outcome.SUCCEEDED
        assert form.note.text() == ""

    play(scene)


def test_that_a_job_that_never_happened_is_settled_without_an_outcome(
    play: Callable[[Scene], None],
) -> None:
    async def scene(it: Bridge) -> None:
        await unknown_job(it)
        form = it.back.repair
        form.became.setCurrentIndex(2)
        QTest.keyClicks(form.note, "not in its log")
        it.bot.click(form.record)
        await it.until(lambda: not job_of(it.night, UNDO).is_open)
        assert job_of(it.night, UNDO).effect.outcome is None

    play(scene)


def test_that_a_failed_step_is_repeated_with_a_note(play: Callable[[Scene], None]) -> None:
    async def scene(it: Bridge) -> None:
        await begin(it.night, UNDO)
        await ends(it.night, UNDO, Outcome.FAILED)
        await it.room.tools.retreat.end(it.night.run.id)
        await it.show()
        row = next(row for row in it.back.repairs.rows if row.key == UNDO)
        it.back.repairs.select(row.key)
        await it.show()
        form = it.back.repair
        assert form.record.label == "Repeat step"
        assert not form.became.isVisible()
        QTest.keyClicks(form.note, "disk was full")
        it.bot.click(form.record)
        await it.until(lambda: it.night.run.steps[UNDO].state is StepState.NOT_STARTED)

    play(scene)


def test_that_a_difference_is_closed_by_somebody_else_than_its_owner(
    play: Callable[[Scene], None],
) -> None:
    async def scene(it: Bridge) -> None:
        run = it.night.run.id
        for moment, value in ((TotalMoment.BEFORE, 100.0), (TotalMoment.AFTER_ROLLBACK, 93.0)):
            await it.night.sees(KeepTotal(run=run, total="rows", moment=moment, value=value))
        await it.show()
        totals = it.back.totals
        assert [row.amount for row in totals.rows.rows] == ["differs by -7"]

        def close(owner: str) -> None:
            for name, words in (("owner", owner), ("cause", "seven"), ("correction", "posted")):
                QTest.keyClicks(totals.fields[name], words)
            it.bot.click(totals.record)

        it.bot.click(totals.record)
        close("mara")
        await it.until(lambda: "another closes it" in it.back.notice.text())
        assert it.night.run.total_closings == ()
        close("asha")
        await it.until(lambda: len(it.night.run.total_closings) == 1)
        await it.show()
        assert not totals.form.isVisible()
        assert "Asha owns it" in totals.rows.rows[0].says
        assert it.back.notice.text() == ""

    play(scene)


def test_that_rolled_back_stands_there_only_once_it_is_observed(
    play: Callable[[Scene], None],
) -> None:
    async def scene(it: Bridge) -> None:
        await begin(it.night, UNDO)
        await ends(it.night, UNDO)
        await it.show()
        assert it.back.title.text() == "Rolling back"
        run = it.night.run.id
        await it.night.sees(
            KeepTotal(run=run, total="rows", moment=TotalMoment.BEFORE, value=100.0)
        )
        shows(it.night, PAY, OLD)
        await it.room.tools.retreat.end(run)
        await it.show()
        assert it.night.run.rollback is not None
        assert it.night.run.rollback.ending is RollbackEnding.ROLLED_BACK
        assert it.back.title.text() == "Rolled back"
        headings = [view.head.title.text() for view in it.back._sections]
        assert headings == ["Versions observed", "Not taken back", "Left open", "Who watches"]
        assert it.card.heading.text() == "Rolled back"

    play(scene)


def test_that_the_rollback_goes_on_when_the_night_is_taken_up(
    play: Callable[[Scene], None],
) -> None:
    async def scene(it: Bridge) -> None:
        it.conducts[0] = False
        await it.show()
        it.bot.click(it.back.go_on)
        assert it.taken_up == [None]

    play(scene)


def test_that_esc_closes_the_sheet_and_the_rollback_goes_on(play: Callable[[Scene], None]) -> None:
    async def scene(it: Bridge) -> None:
        it.back.setFocus()
        QTest.keyClick(it.back, Qt.Key.Key_Escape)
        await it.settle()
        assert not it.back.isVisible()
        assert it.is_fired()
        it.bot.click(it.card.button)
        await it.settle()
        assert it.back.isVisible()

    play(scene)
