"""Printing from the window: when asked and by itself, one at a time, and told at the line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import Digest, ReleaseId
from relconsole.domain.night.facts import GateDecided, RunOpened
from relconsole.ports.paper import Printed
from relconsole_ui.controllers.printing import PrintController
from relconsole_ui.controllers.room import Room
from relconsole_ui.design.look import Look
from relconsole_ui.views.parts.print_line import PrintLine
from tests.gui.bot import Bot
from tests.gui.plan.rooms import room_of
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import RELEASE
from tests.unit.presenters.scenes import Stage


class FakePaper:
    """A printer of the test; `broken` is why it prints nothing, `busy` runs while it prints."""

    def __init__(self) -> None:
        self.printed: list[ReleaseId] = []
        self.broken = ""
        self.busy: Callable[[], None] = lambda: None

    async def print(self, release: ReleaseId) -> Printed:
        self.printed.append(release)
        busy, self.busy = self.busy, lambda: None
        busy()
        if self.broken:
            raise PersonMustAct(self.broken)
        return Printed(path="/store/prints/night.pdf", digest=Digest("9f2c41d788ab" + "0" * 52))


Made = tuple[Room, PrintLine, PrintController, FakePaper]


@pytest.fixture
def printing(bot: Bot, dressed: Look) -> Callable[[Stage], Made]:
    """A line and what feeds it over a staged night."""

    def made(stage: Stage) -> Made:
        room, paper = room_of(stage), FakePaper()
        line = bot.add(PrintLine(dressed))
        return room, line, PrintController(room, line, paper), paper

    return made


def test_that_a_print_that_was_asked_for_is_told_with_its_folder(
    printing: Callable[[Stage], Made], bot: Bot
) -> None:
    _, line, controller, paper = printing(scenes.calm())
    controller.print_now()
    assert paper.printed == [RELEASE]
    assert line.says.text().startswith("Printed 02:11:42, digest 9f2c41d788ab")
    line.folder_wanted.disconnect()
    wanted = bot.heard(line.folder_wanted)
    bot.show(line, 900, 44)
    bot.click(line.folder)
    assert wanted == [("/store/prints",)]
    bot.click(line.leave)
    assert line.isHidden()


def test_that_a_print_that_failed_says_why_at_the_line(
    printing: Callable[[Stage], Made],
) -> None:
    _, line, controller, paper = printing(scenes.calm())
    paper.broken = "The store has no such release."
    controller.print_now()
    assert line.says.text().startswith("Not printed. The store has no such release.")
    assert line.folder.isHidden()


def test_that_the_line_says_that_it_prints_and_what_is_asked_meanwhile_comes_after(
    printing: Callable[[Stage], Made],
) -> None:
    _, line, controller, paper = printing(scenes.calm())
    said: list[str] = []

    def busy() -> None:
        said.append(line.says.text())
        controller.print_now()
        controller.print_now()

    paper.busy = busy
    controller.print_now()
    assert said == ["Printing Payments Core 2026.4 cutover"]
    assert paper.printed == [RELEASE, RELEASE]


def test_that_a_night_prints_itself_when_it_opens_and_at_its_gate(
    printing: Callable[[Stage], Made],
) -> None:
    stage = scenes.polling()
    room, _, _, paper = printing(stage)
    opened = next(each for each in stage.facts if isinstance(each.fact, RunOpened))
    for listener in room._fact_listeners:
        listener(opened, stage.state)
    assert len(paper.printed) == 1
    for each in stage.facts:
        if not isinstance(each.fact, RunOpened | GateDecided):
            for listener in room._fact_listeners:
                listener(each, stage.state)
    assert len(paper.printed) == 1


def test_that_a_rehearsal_and_another_release_print_nothing(
    printing: Callable[[Stage], Made],
) -> None:
    stage = scenes.rehearsed()
    room, _, _, paper = printing(stage)
    for each in stage.facts:
        for listener in room._fact_listeners:
            listener(each, stage.state)
    assert paper.printed == []
