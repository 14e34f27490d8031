"""The alert strip and its sheet: seen at once, acknowledged by one key, put aside with a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from relconsole.domain.night.alerts import AlertState
from relconsole_ui.controllers.alerts import AlertsController
from relconsole_ui.controllers.room import Room
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.seen import Seen, Source
from relconsole_ui.views.shell.alert_sheet import AlertSheet
from relconsole_ui.views.shell.alert_strip import AlertStrip
from tests.gui.bot import Bot, colours
from tests.gui.bridge.rooms import room_of
from tests.unit.presenters.night_plan import RUN, at
from tests.unit.presenters.scenes import Stage, alarm, all_live, before, calm, none_live

P95 = "trigger:Checkout p95"


class RoomWithSources(Room):
    """A room that sees these sources."""

    sources: tuple[Source, ...] = ()

    def seen(self) -> Seen:
        return replace(super().seen(), sources=self.sources)


@dataclass
class Desk:
    """Strip and sheet over a staged night."""

    stage: Stage
    room: RoomWithSources
    strip: AlertStrip
    sheet: AlertSheet
    alerts: AlertsController

    def state(self, key: str) -> AlertState:
        found = self.alerts.standing.find(key)
        assert found is not None
        return found.state


def console(stage: Stage, look: Look, bot: Bot, sources: tuple[Source, ...] | None = None) -> Desk:
    room = room_of(stage)
    room.__class__ = RoomWithSources
    assert isinstance(room, RoomWithSources)
    room.sources = all_live(stage.now) if sources is None else sources
    strip, sheet = AlertStrip(look), bot.add(AlertSheet(look))
    sheet.resize(620, 560)
    alerts = AlertsController(room, strip, sheet)
    bot.show(strip, 1_500, 44)
    return Desk(stage, room, strip, sheet, alerts)


def test_that_the_strip_is_as_high_quiet_as_it_is_red(dressed: Look, bot: Bot) -> None:
    quiet = console(calm().stand_at("02:08:30"), dressed, bot)
    red = console(alarm(), dressed, bot)
    assert quiet.strip.height() == red.strip.height() == 44
    assert quiet.strip.says.text() == "No active alerts"
    assert not quiet.strip.acknowledge.isVisible()


def test_that_a_quiet_strip_has_no_colour(dressed: Look, bot: Bot) -> None:
    quiet = console(calm().stand_at("02:08:30"), dressed, bot)
    bot.settle()
    found = colours(bot.picture(quiet.strip))
    assert dressed.colour("crit_bg").name() not in found
    assert dressed.colour("warn_bg").name() not in found


def test_that_one_stroke_acknowledges_and_the_fill_turns_to_an_outline(
    dressed: Look, bot: Bot
) -> None:
    desk = console(alarm(), dressed, bot)
    ground = dressed.colour("crit_bg").name()
    assert bot.picture(desk.strip).pixelColor(700, 6).name() == ground
    desk.alerts.acknowledge()
    assert desk.state(P95) is AlertState.ACKNOWLEDGED
    assert desk.strip.says.text().startswith("Checkout p95")
    picture = bot.picture(desk.strip)
    assert picture.pixelColor(700, 6).name() == dressed.colour("bg1").name()
    assert dressed.colour("crit").name() in colours(picture)


def test_that_a_further_stroke_shows_what_else_calls_before_it_is_acknowledged(
    dressed: Look, bot: Bot
) -> None:
    desk = console(alarm(), dressed, bot)
    desk.alerts.acknowledge()
    count = len(desk.stage.facts)
    desk.alerts.acknowledge()
    assert len(desk.stage.facts) == count
    assert desk.sheet.isVisible()
    key = desk.sheet.list.selected
    assert key != P95
    bot.key(desk.sheet.list, Qt.Key.Key_A)
    assert desk.state(key) is AlertState.ACKNOWLEDGED


def test_that_open_shows_the_alert_with_its_action_and_goes_to_its_step(
    dressed: Look, bot: Bot
) -> None:
    desk = console(alarm(), dressed, bot)
    gone_to: list[str] = []
    desk.alerts.on_open = gone_to.append
    bot.click(desk.strip.open)
    assert gone_to == ["shift"]
    assert desk.sheet.list.selected == P95
    assert desk.sheet.action.text().startswith("roll back")


@pytest.mark.parametrize(("time", "until"), [(0, "02:32:42"), (2, "03:17:42")])
def test_that_an_alert_is_shelved_with_a_time_and_a_reason_and_taken_back(
    dressed: Look, bot: Bot, time: int, until: str
) -> None:
    desk = console(alarm(), dressed, bot)
    desk.alerts.shelve_alert()
    desk.sheet.time.setCurrentIndex(time)
    QTest.keyClick(desk.sheet.note_line.field, Qt.Key.Key_Return)
    assert desk.state(P95) is AlertState.NEW
    QTest.keyClicks(desk.sheet.note_line.field, "known since the rehearsal")
    QTest.keyClick(desk.sheet.note_line.field, Qt.Key.Key_Return)
    found = desk.alerts.standing.find(P95)
    assert found is not None
    assert (found.state, found.until) == (AlertState.SHELVED, at(until))
    assert desk.strip.shelved.text() == "1 shelved"
    desk.sheet.stand_on(P95)
    bot.click(desk.sheet.take_back)
    assert desk.state(P95) is not AlertState.SHELVED


def test_that_an_alert_may_be_shelved_while_its_step_runs(dressed: Look, bot: Bot) -> None:
    desk = console(alarm(), dressed, bot)
    desk.alerts.shelve(P95, "step", "known")
    mark = desk.stage.state.runs[RUN].alert_marks[P95].shelved
    assert mark is not None
    assert mark.during == "shift"


def test_that_a_refusal_is_said_in_the_sheet(dressed: Look, bot: Bot) -> None:
    desk = console(alarm(), dressed, bot)
    desk.alerts.shelve(P95, "15", " ")
    assert "shelving needs a reason" in desk.sheet.notice.text()
    desk.alerts.take_back(P95)
    assert "is not shelved" in desk.sheet.notice.text()


def test_that_what_is_over_is_recalled(dressed: Look, bot: Bot) -> None:
    desk = console(before().stand_at("01:22"), dressed, bot)
    assert desk.strip.rows.tone == "warn"
    desk.stage.open("01:30")
    desk.room.show()
    desk.alerts.recall()
    assert [row for row in desk.sheet.list.rows if row.is_over]
    bot.key(desk.sheet.list, Qt.Key.Key_Escape)
    assert not desk.sheet.isVisible()


def test_that_before_the_night_nothing_can_be_recorded_of_an_alert(dressed: Look, bot: Bot) -> None:
    desk = console(before().stand_at("01:22"), dressed, bot)
    key = desk.strip.rows.key
    count = len(desk.stage.facts)
    desk.alerts.shelve(key, "15", "why")
    desk.alerts.take_back(key)
    desk.sheet.acknowledged.emit(key)
    assert len(desk.stage.facts) == count


def test_that_where_nothing_is_seen_the_strip_asks_all_sources_again(
    dressed: Look, bot: Bot
) -> None:
    desk = console(alarm(), dressed, bot, none_live(at("02:14:52")))
    assert desk.strip.says.text() == "Production not visible for 2\u00a0min 50\u00a0s"
    desk.alerts.retry()
    asked: list[bool] = []
    desk.alerts.on_retry = lambda: asked.append(True)
    bot.click(desk.strip.retry)
    assert asked == [True]
    assert desk.strip.sources.text() == "0 of 3 sources live"


def test_that_a_screen_reader_hears_the_whole_strip(dressed: Look, bot: Bot) -> None:
    desk = console(alarm(), dressed, bot)
    name = desk.strip.accessibleName()
    assert name.startswith("critical, Checkout p95: 1.42")
    assert name.endswith("3 of 3 sources live")
