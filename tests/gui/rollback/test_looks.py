"""How the rollback's views look: readable, reachable, calm, and nothing cut without a word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QWidget

from relconsole.domain.kernel.ids import PersonId, ReleaseId, StepId
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.design.status import Status
from relconsole_ui.design.tokens import SMALLEST_TARGET, SMALLEST_TEXT, ThemeName
from relconsole_ui.presenters.armed_sheet import ArmedSheetRows, FireRows, SheetStage
from relconsole_ui.presenters.looked_at import LookedAtRow
from relconsole_ui.presenters.rollback_card import CardAct, RollbackCardRows
from relconsole_ui.presenters.rollback_changes import ChangeRow
from relconsole_ui.presenters.rollbacks import PreparedRow, RollbacksRows
from relconsole_ui.presenters.two_people import PersonRow, TwoPeopleRows
from relconsole_ui.views.rollback.armed import ArmedSheet
from relconsole_ui.views.rollback.card import RollbackCard
from relconsole_ui.views.rollback.prepared import RollbacksView
from tests.gui.bot import Bot

CLASS_THREE = 44
"""Pixels that a dangerous control has at least."""

CARD = RollbackCardRows(
    title="Rollback ready",
    status=Status.DONE,
    note="rehearsed 14 Apr",
    estimate="5 min 42 s, P90 7 min 10 s, to 2.30.4",
    people="Second person: Asha Nair and 2 more, eligible",
    cautions=(),
    stamp="dry run 02:18:20",
    act=CardAct.ARM,
    button="Arm rollback",
    is_possible=True,
    why="",
    is_triggered=False,
)
SHEET = ArmedSheetRows(
    stage=SheetStage.ARMED,
    title="Rollback armed",
    left="disarms in 04:29",
    asks=(),
    reason="",
    looked_at_note="read 02:18:20",
    looked_at=(
        LookedAtRow(status=Status.ADVISORY, says="<b>pay-07</b> runs 2.30.4", note="planned"),
        LookedAtRow(status=Status.DONE, says="ledger runs 15.0", note="as planned"),
    ),
    changes_note="dry run 02:18:20, 1 difference",
    changes=(
        ChangeRow(
            number=1,
            step=StepId("undo-pay"),
            about="payments-api",
            what="Back to payments-api 2.30.4",
            before="2.31.0",
            after="2.30.4",
            lasts="3 min",
        ),
    ),
    message="Message to Partners: due as soon as it is fired, not sent",
    people=TwoPeopleRows(
        note="3 may sign, 2 others may not",
        rows=(
            PersonRow(
                initials="MO",
                name="Mara Okafor",
                role="Commander",
                says="armed 02:18:35",
                status=Status.GO,
            ),
            PersonRow(
                initials="AN",
                name="Asha Nair",
                role="here, not author, not requester",
                says="not signed, asked 02:18:40",
                status=Status.WAITING,
            ),
        ),
        second=PersonId("asha"),
        second_name="Asha Nair",
        candidates=(),
        place="/store/requests/5f1c02d9a8b34411.request.json",
        is_waiting=True,
        is_signing=False,
        can_sign=True,
        can_ask_other=True,
    ),
    fire=FireRows(
        label="Hold 2 s to roll back",
        heading="Roll back production",
        estimate="5 min 42 s, back 02:25 · P90 7 min 10 s, 02:26",
        is_possible=True,
        why="",
        word="payments-core-2026.4",
        leave="Disarm",
    ),
    notice="",
    must_take_up=False,
    must_arm_again=False,
)
PREPARED = RollbacksRows(
    note="1 of 1 release ready",
    rows=(
        PreparedRow(
            key=ReleaseId("pay-4"),
            title="Payments Core 2026.4",
            targets="payments-api 2.30.4",
            status=Status.DONE,
            readiness="ready",
            why=(),
            rehearsed="rehearsed 14 Apr",
            estimate="5 min, P90 7 min",
            latest="latest 02:52",
            can_arm=True,
        ),
    ),
)


@pytest.fixture
def sheet(dressed: Look, bot: Bot) -> ArmedSheet:
    found = ArmedSheet(dressed, lambda: 0.0)
    found.show_rows(SHEET)
    return bot.show(found, 560, 830)


@pytest.fixture
def card(dressed: Look, bot: Bot) -> RollbackCard:
    found = RollbackCard(dressed)
    found.show_rows(CARD)
    return bot.show(found, 352, 172)


def reachable(view: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in view.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
    ]


def test_that_everything_the_keyboard_comes_to_has_a_name(sheet: ArmedSheet) -> None:
    sheet.people.open_form()
    nameless = [widget for widget in reachable(sheet) if not widget.accessibleName()]
    assert nameless == []


def test_that_targets_are_large_enough_and_dangerous_ones_larger(
    sheet: ArmedSheet, card: RollbackCard
) -> None:
    for widget in (*reachable(sheet), *reachable(card)):
        if isinstance(widget, QAbstractButton):
            assert widget.height() >= SMALLEST_TARGET, widget
    assert sheet.fire.hold.height() >= CLASS_THREE
    assert card.button.height() >= CLASS_THREE


def test_that_no_text_is_too_small_or_cut(sheet: ArmedSheet, card: RollbackCard, bot: Bot) -> None:
    with recorded_text() as painted:
        bot.picture(sheet)
        bot.picture(card)
    assert len(painted) > 20
    assert all(text.pixels >= SMALLEST_TEXT for text in painted)
    assert [text.text for text in painted if text.elided] == []


def test_that_what_looks_like_markup_is_shown_as_it_is(sheet: ArmedSheet, bot: Bot) -> None:
    with recorded_text() as painted:
        bot.picture(sheet)
    assert "<b>pay-07</b> runs 2.30.4" in [text.shown for text in painted]


def reds(picture: QImage) -> float:
    """The share of red pixels."""
    count = 0
    for y in range(0, picture.height(), 2):
        for x in range(0, picture.width(), 2):
            colour = QColor(picture.pixelColor(x, y))
            is_red = colour.hsvSaturationF() > 0.45 and colour.valueF() > 0.3
            count += is_red and (colour.hsvHue() < 20 or colour.hsvHue() > 340)
    return count * 4 / (picture.width() * picture.height())


@pytest.mark.parametrize("theme", list(ThemeName))
def test_that_a_calm_card_has_no_red_and_a_triggered_one_has(
    theme: ThemeName, dressed: Look, card: RollbackCard, bot: Bot
) -> None:
    dressed.set_theme(theme)
    assert reds(bot.picture(card)) == 0.0
    size = card.button.size()
    card.show_rows(replace(CARD, is_triggered=True))
    assert reds(bot.picture(card)) > 0.2
    assert card.button.size() == size


def test_that_a_button_that_cannot_be_pressed_says_why_beside_it(
    card: RollbackCard, bot: Bot
) -> None:
    card.show_rows(replace(CARD, is_possible=False, why="Nothing was started yet."))
    bot.settle()
    assert card.caution.isVisible()
    assert card.caution.text() == "Nothing was started yet."
    assert card.button.why == "Nothing was started yet."


def test_that_the_sheet_follows_theme_and_scale(dressed: Look, sheet: ArmedSheet, bot: Bot) -> None:
    dark = bot.picture(sheet).pixelColor(280, 400)
    dressed.set_theme(ThemeName.LIGHT)
    assert bot.picture(sheet).pixelColor(280, 400).lightness() > dark.lightness() + 100
    before = sheet.fire.hold.sizeHint().height()
    dressed.set_scale(1.5)
    bot.settle()
    assert sheet.fire.hold.sizeHint().height() == round(before * 1.5)


def test_that_the_passphrase_is_forgotten_when_the_sheet_goes(sheet: ArmedSheet) -> None:
    sheet.people.open_form()
    sheet.people.form.passphrase.setText("secret words")
    sheet.leave()
    assert sheet.people.form.passphrase.text() == ""
    assert not sheet.people.form.passphrase.isUndoAvailable()


def test_that_the_prepared_rollbacks_name_what_may_be_armed(dressed: Look, bot: Bot) -> None:
    view = RollbacksView(dressed)
    view.show_rows(PREPARED)
    bot.show(view, 1200, 700)
    wanted = bot.heard(view.arm_wanted)
    assert view.rows.selected == "pay-4"
    assert view.why.text() == "Nothing stands against it."
    bot.click(view.arm)
    assert wanted == [()]
    other = replace(PREPARED.rows[0], can_arm=False, why=("too old",), targets="")
    view.show_rows(replace(PREPARED, rows=(other,)))
    assert not view.arm.isEnabled()
    assert view.targets.text() == "No version stated"
    assert view.why.text() == "too old"
    view.show_rows(replace(PREPARED, rows=()))
    assert view.empty.isVisible()
    assert not view.detail.isVisible()
