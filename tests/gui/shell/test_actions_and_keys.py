"""Actions and their keys: palette, key sheet, letters, panes, and why one cannot be done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from relconsole_ui.design.look import Look
from relconsole_ui.presenters.palette import Entry, EntryKind
from relconsole_ui.shell.actions import DEEDS, MENUS, ActionTable, key_words
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words
from tests.gui.bot import Bot
from tests.gui.shell.kit import Shell, shell_of
from tests.unit.presenters.night_plan import RUN
from tests.unit.presenters.scenes import before, calm, polling

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def shell(dressed: Look, bot: Bot) -> Iterator[Shell]:
    """A calm night."""
    with shell_of(calm(), dressed, bot) as found:
        yield found


def held(shell: Shell) -> int:
    """How many holds stand, as it is on disk."""
    return len(shell.stage.state.runs[RUN].holds)


def press(shell: Shell, text: str) -> None:
    """Press a button of the step card by key."""
    button = next(
        each
        for each in shell.bridge.panels.card.findChildren(ActionButton)
        if each.isVisible() and each.label == text
    )
    shell.bot.focus(button)
    shell.key(Qt.Key.Key_Return)


def test_that_a_step_is_three_keys_away(shell: Shell) -> None:
    shell.palette_for("warm")
    assert shell.bridge.panels.steps.chosen == "warm"
    assert shell.bridge.panels.card.hasFocus()
    assert not shell.bridge.palette.isVisible()


def test_that_the_palette_gives_the_keyboard_back_when_it_is_left(shell: Shell) -> None:
    shell.bot.focus(shell.bridge.panels.card)
    shell.key(Qt.Key.Key_K, CTRL)
    assert shell.bridge.palette.line.hasFocus()
    shell.key(Qt.Key.Key_Escape)
    assert shell.bridge.panels.card.hasFocus()


def test_that_the_palette_goes_where_the_keyboard_goes_elsewhere(shell: Shell) -> None:
    shell.key(Qt.Key.Key_K, CTRL)
    shell.bot.focus(shell.bridge.panels.card)
    assert not shell.bridge.palette.isVisible()


def test_that_the_arrows_choose_in_the_palette_while_one_types(shell: Shell) -> None:
    shell.key(Qt.Key.Key_K, CTRL)
    rows = shell.bridge.palette.list
    shell.key(Qt.Key.Key_Down)
    first = rows.selected
    assert first == rows.rows[0].key
    shell.key(Qt.Key.Key_Down)
    assert rows.selected == rows.rows[1].key
    shell.key(Qt.Key.Key_Up)
    assert rows.selected == first
    shell.key(Qt.Key.Key_Up)
    assert rows.selected == rows.rows[-1].key
    shell.key(Qt.Key.Key_Escape)


def test_that_nothing_that_is_called_so_is_said(shell: Shell) -> None:
    shell.key(Qt.Key.Key_K, CTRL)
    shell.types("zzzz")
    assert shell.bridge.palette.nothing.isVisible()
    shell.key(Qt.Key.Key_Return)
    assert shell.bridge.palette.isVisible()
    shell.key(Qt.Key.Key_Escape)


def test_that_enter_with_nothing_typed_runs_nothing(shell: Shell) -> None:
    shell.key(Qt.Key.Key_K, CTRL)
    shell.key(Qt.Key.Key_Return)
    assert shell.bridge.palette.isVisible()
    assert held(shell) == 0
    shell.key(Qt.Key.Key_Escape)


def test_that_looking_for_a_rollback_shows_it_and_arms_nothing(shell: Shell) -> None:
    shell.bridge.palette.chosen.emit(Entry(kind=EntryKind.ROLLBACK, id="pay", text="Roll back"))
    assert shell.window.page == "rollbacks"
    assert shell.stage.state.runs[RUN].rollback is None


def test_that_a_person_is_told_with_how_to_reach_them(shell: Shell) -> None:
    shell.palette_for("jo ")
    assert shell.window.notice.isVisible()
    assert shell.window.notice.words.text().startswith("Jo")


def test_that_a_release_of_the_palette_is_asked_for(shell: Shell) -> None:
    entries = [each for each in shell.bridge._entries() if each.kind.name == "RELEASE"]
    shell.palette_for(entries[0].text.lower().split()[0] + " " + entries[0].id)
    assert shell.released == [entries[0].id]


def test_that_an_action_that_cannot_be_done_says_why_in_the_palette(
    dressed: Look, bot: Bot
) -> None:
    with shell_of(before(), dressed, bot) as shell:
        found = {each.id: each.why_not for each in shell.bridge._entries()}
        assert found["hold"] == "the night is not open"
        assert found["open-night"] == ""
        shell.palette_for("hold")
        assert shell.bridge.palette.isVisible()
        shell.key(Qt.Key.Key_Escape)


def test_that_the_key_sheet_lists_exactly_what_is_bound(shell: Shell) -> None:
    shell.key(Qt.Key.Key_Question)
    sheet = shell.bridge.keys
    assert sheet.isVisible()
    wanted = [
        (deed.text, key_words(deed))
        for menu in MENUS
        for deed, action in shell.window.actions_.bound()
        if deed.menu == menu and action.shortcuts()
    ]
    words = [each.text() for each in sheet.findChildren(Words)]
    texts = [text for text in words if text not in MENUS]
    assert sorted(set(texts) - {keys for _, keys in wanted}) == sorted(text for text, _ in wanted)
    shell.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1600, 1000)])
def test_that_no_line_of_the_key_sheet_is_cut_or_hidden(
    dressed: Look, bot: Bot, width: int, height: int
) -> None:
    with shell_of(calm(), dressed, bot, width, height) as shell:
        shell.key(Qt.Key.Key_Question)
        sheet = shell.bridge.keys
        inside = sheet.rect()
        seen: list[tuple[int, int]] = []
        for label in sheet.findChildren(QLabel):
            place = label.rect().translated(label.mapTo(sheet, label.rect().topLeft()))
            assert inside.contains(place), (label.text(), place, inside)
            assert place.height() >= label.fontMetrics().height() - 2, label.text()
            seen.append((place.x(), place.y()))
        assert len(set(seen)) == len(seen)
        shell.key(Qt.Key.Key_Escape)


def test_that_the_key_sheet_goes_by_its_key_and_by_a_click(shell: Shell) -> None:
    shell.bot.focus(shell.bridge.panels.card)
    shell.key(Qt.Key.Key_Question)
    shell.key(Qt.Key.Key_Question)
    assert not shell.bridge.keys.isVisible()
    assert shell.bridge.panels.card.hasFocus()
    shell.key(Qt.Key.Key_Question)
    shell.bot.click(shell.bridge.keys)
    assert not shell.bridge.keys.isVisible()


def test_that_a_letter_acts_where_nobody_types(shell: Shell) -> None:
    shell.bot.focus(shell.bridge.panels.card)
    shell.key(Qt.Key.Key_H)
    assert held(shell) == 1
    shell.key(Qt.Key.Key_H, SHIFT)
    assert held(shell) == 0


def test_that_a15_letters_only_write_while_one_types(shell: Shell) -> None:
    press(shell, "Failed")
    shell.types("ahop")
    assert shell.bridge.panels.card.form.note.text() == "ahop"
    assert held(shell) == 0
    assert QApplication.activeModalWidget() is None


def test_that_a15_letters_do_nothing_where_they_are_switched_off(shell: Shell) -> None:
    shell.window.actions_.set_letters(are_on=False)
    shell.bot.focus(shell.bridge.panels.card)
    shell.key(Qt.Key.Key_H)
    assert held(shell) == 0
    shell.key(Qt.Key.Key_2, CTRL)
    assert shell.window.page == "rollbacks"


def test_that_the_night_is_held_by_its_key_only_while_there_is_one(dressed: Look, bot: Bot) -> None:
    with shell_of(before(), dressed, bot) as shell:
        action = shell.window.actions_.find("hold")
        assert action is not None
        assert not action.isEnabled()
        assert action.statusTip() == "the night is not open"


@pytest.mark.parametrize(("width", "height"), [(1600, 1000), (1280, 800), (960, 620)])
def test_that_f6_goes_through_every_pane_and_back(
    dressed: Look, bot: Bot, width: int, height: int
) -> None:
    with shell_of(polling(), dressed, bot, width, height) as shell:
        panes = shell.bridge.panels.view.panes

        def at() -> str:
            return next(
                (
                    pane.objectName()
                    for pane in panes
                    if shell.focus is not None
                    and (pane is shell.focus or pane.isAncestorOf(shell.focus))
                ),
                "",
            )

        forth: list[str] = []
        for _ in panes:
            shell.key(Qt.Key.Key_F6)
            forth.append(at())
            assert shell.focus is not None
            assert shell.focus.isVisible()
        round_trip = forth[: forth.index(forth[0], 1)] if forth[0] in forth[1:] else forth
        # The rollback cannot be armed yet: a pane in which nothing can be done is passed over.
        assert {"running", "step", "timeline", "poll"} <= set(round_trip)
        assert len(set(round_trip)) == len(round_trip)
        there = at()
        shell.key(Qt.Key.Key_F6)
        shell.key(Qt.Key.Key_F6, SHIFT)
        assert at() == there


def test_that_f6_stays_within_a_page_without_panes(shell: Shell) -> None:
    shell.key(Qt.Key.Key_3, CTRL)
    shell.key(Qt.Key.Key_F6)
    page = shell.window.pages.currentWidget()
    assert shell.focus is not None
    assert page is not None
    assert page.isAncestorOf(shell.focus)


@pytest.mark.parametrize(
    ("key", "page"),
    [(Qt.Key.Key_1, "bridge"), (Qt.Key.Key_2, "rollbacks"), (Qt.Key.Key_3, "reports")],
)
def test_that_c4_every_view_is_one_key_away(shell: Shell, key: Qt.Key, page: str) -> None:
    shell.key(key, CTRL)
    assert shell.window.page == page


def test_that_what_acted_on_a_bridge_is_let_go_with_it(dressed: Look, bot: Bot) -> None:
    with shell_of(calm(), dressed, bot) as shell:
        assert "hold" in shell.window.actions_.names
    assert shell.window.actions_.names == frozenset({"menu"})
    shell.key(Qt.Key.Key_H)
    shell.key(Qt.Key.Key_K, CTRL)
    assert held(shell) == 0


def test_that_an_action_is_bound_anew_to_what_is_there_now(dressed: Look, bot: Bot) -> None:
    window = bot.add(QLabel("here"))
    table = ActionTable(window)
    done: list[str] = []
    table.bind("hold", lambda: done.append("before"))
    action = table.bind("hold", lambda: done.append("now"))
    action.trigger()
    assert done == ["now"]
    with pytest.raises(KeyError):
        table.bind("no such deed", lambda: None)
    table.set_possible("arm", is_possible=False, why="not bound")


def test_that_no_two_actions_share_a_name_or_a_key() -> None:
    names = [deed.id for deed in DEEDS]
    keys = [key for deed in DEEDS for key in deed.keys]
    assert len(set(names)) == len(names)
    assert len(set(keys)) == len(keys)
    assert {deed.menu for deed in DEEDS} <= set(MENUS)


def test_that_keys_are_written_as_they_are_printed_on_buttons() -> None:
    words = {deed.id: key_words(deed) for deed in DEEDS}
    assert words["arm"] == "Ctrl Shift R"
    assert words["open-night"] == "Ctrl Enter"
    assert words["larger"] == "Ctrl +"
    assert words["about"] == ""


def test_that_a_key_of_what_is_coming_is_answered_until_it_is_bound(
    dressed: Look, bot: Bot
) -> None:
    window = bot.show(ConsoleWindow(dressed), 1280, 800)
    table, said, done = window.actions_, list[str](), list[str]()
    names = table.names
    bound = table.bind("log", lambda: done.append("log"))
    table.answer_for_coming(lambda deed: said.append(deed.text))
    bot.key(window, Qt.Key.Key_T, CTRL)
    bot.key(window, Qt.Key.Key_L, CTRL)
    assert (said, done) == (["Plan table"], ["log"])
    assert table.names == names | {"log"}
    assert table.find("plan") is None
    table.bind("plan", lambda: done.append("plan"))
    bot.key(window, Qt.Key.Key_T, CTRL)
    assert (said, done) == (["Plan table"], ["log", "plan"])
    assert table.find("log") is bound


def test_that_nothing_is_answered_once_nothing_is_coming(dressed: Look, bot: Bot) -> None:
    window = bot.show(ConsoleWindow(dressed), 1280, 800)
    said: list[str] = []
    bound = window.actions()
    window.actions_.answer_for_coming(lambda deed: said.append(deed.id))
    window.actions_.set_letters(False)
    bot.key(window, Qt.Key.Key_H)
    assert said == []
    window.actions_.set_letters(True)
    bot.key(window, Qt.Key.Key_H)
    assert said == ["hold"]
    window.actions_.answer_no_more()
    bot.key(window, Qt.Key.Key_H)
    bot.key(window, Qt.Key.Key_K, CTRL)
    assert said == ["hold"]
    assert window.actions() == bound
