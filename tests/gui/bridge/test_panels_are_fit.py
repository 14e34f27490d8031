"""What holds for every panel of the bridge: names, sizes, targets, calm colours, whole text."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from relconsole_ui.controllers.brief import BriefController
from relconsole_ui.controllers.left_open import LeftOpenController
from relconsole_ui.controllers.log import LogController
from relconsole_ui.controllers.message import MessageController
from relconsole_ui.controllers.muster import MusterController
from relconsole_ui.controllers.poll import PollController
from relconsole_ui.controllers.problems import ProblemsController
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.design.tokens import ThemeName
from relconsole_ui.views.bridge.brief import BriefView
from relconsole_ui.views.bridge.left_open import LeftOpenView
from relconsole_ui.views.bridge.log import LogView
from relconsole_ui.views.bridge.message import DraftSheet, MessageView
from relconsole_ui.views.bridge.muster import MusterView
from relconsole_ui.views.bridge.poll import PollView
from relconsole_ui.views.bridge.problems import ProblemsView
from tests.gui.bot import Bot
from tests.gui.bridge.rooms import room_of
from tests.unit.presenters.scenes import Stage, alarm, calm

Made = tuple[QWidget, object]
Maker = Callable[[Look, Stage], Made]


def _poll(look: Look, stage: Stage) -> Made:
    view = PollView(look)
    return view, PollController(room_of(stage), view)


def _problems(look: Look, stage: Stage) -> Made:
    view = ProblemsView(look)
    return view, ProblemsController(room_of(stage), view)


def _form(look: Look, stage: Stage) -> Made:
    view = ProblemsView(look)
    controller = ProblemsController(room_of(stage), view)
    controller.open_problem()
    return view, controller


def _left_open(look: Look, stage: Stage) -> Made:
    view = LeftOpenView(look)
    return view, LeftOpenController(room_of(stage), view)


def _muster(look: Look, stage: Stage) -> Made:
    view = MusterView(look)
    return view, MusterController(room_of(stage), view)


def _message(look: Look, stage: Stage) -> Made:
    view, sheet = MessageView(look), DraftSheet(look)
    sheet.setParent(view)
    sheet.hide()
    return view, MessageController(room_of(stage), view, sheet, lambda _url: True)


def _log(look: Look, stage: Stage) -> Made:
    view = LogView(look)
    return view, LogController(room_of(stage), view)


def _brief(look: Look, stage: Stage) -> Made:
    view = BriefView(look)
    controller = BriefController(room_of(stage), view)
    controller.open_brief()
    return view, controller


PANELS: tuple[tuple[Maker, int, int], ...] = (
    (_poll, 352, 238),
    (_problems, 352, 236),
    (_form, 352, 236),
    (_left_open, 424, 142),
    (_muster, 452, 216),
    (_message, 240, 142),
    (_log, 900, 420),
    (_brief, 720, 600),
)
NAMES = [maker.__name__.strip("_") for maker, _, _ in PANELS]


@pytest.fixture(params=PANELS, ids=NAMES)
def panel(
    request: pytest.FixtureRequest, dressed: Look, bot: Bot
) -> tuple[Callable[[Stage], QWidget], int, int]:
    maker, width, height = cast("tuple[Maker, int, int]", request.param)
    kept: list[object] = []

    def show(stage: Stage) -> QWidget:
        view, controller = maker(dressed, stage)
        kept.append(controller)
        view.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        shown: QWidget = bot.show(view, width, height)
        return shown

    return show, width, height


Panel = tuple[Callable[[Stage], QWidget], int, int]


@pytest.mark.parametrize("scene", [calm, alarm])
@pytest.mark.parametrize("theme", list(ThemeName))
def test_that_a_panel_fits_the_place_that_the_bridge_has_for_it(
    panel: Panel, scene: Callable[[], Stage], theme: ThemeName, dressed: Look, bot: Bot
) -> None:
    show, width, height = panel
    dressed.set_theme(theme)
    view = show(scene())
    bot.settle()
    assert (view.width(), view.height()) == (width, height)


def test_that_everything_that_takes_the_keyboard_has_a_name(panel: Panel, bot: Bot) -> None:
    view = panel[0](alarm())
    nameless = [
        type(each).__name__
        for each in view.findChildren(QWidget)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.isVisible()
        and not each.accessibleName()
    ]
    assert nameless == []


def test_that_every_button_is_large_enough_to_hit(panel: Panel) -> None:
    view = panel[0](alarm())
    small = [
        each.accessibleName()
        for each in view.findChildren(QAbstractButton)
        if each.isVisible() and min(each.width(), each.height()) < 24 and each.accessibleName()
    ]
    assert small == []


def test_that_no_text_is_too_small_to_read(panel: Panel, bot: Bot) -> None:
    view = panel[0](alarm())
    with recorded_text() as record:
        bot.picture(view)
    assert [each.text for each in record if each.pixels < 12] == []


def test_that_a_calm_panel_has_no_red_or_amber_ink(panel: Panel, bot: Bot) -> None:
    view = panel[0](calm())
    with recorded_text() as record:
        bot.picture(view)
    loud = {"crit", "warn", "on_crit", "on_warn"}
    assert [each.text for each in record if each.colour in loud] == []


def test_that_a_panel_grows_with_the_scale(panel: Panel, dressed: Look, bot: Bot) -> None:
    view = panel[0](alarm())
    with recorded_text() as record:
        bot.picture(view)
    before_ = max(each.pixels for each in record)
    dressed.set_scale(2.0)
    with recorded_text() as record:
        bot.picture(view)
    assert max(each.pixels for each in record) == 2 * before_
