"""Opening and making a key in the sheet: by keyboard, masked, refused in place, never kept."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit

from relconsole_ui.design.look import Look
from tests.gui.bot import Bot
from tests.gui.settings.kit import MARKS, Kit
from tests.helpers.fakes.signing import passphrase_of
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import ASHA, JO, MARA, NILS

CANARY = "canary words of nobody else"


@pytest.fixture
def kit(dressed: Look, bot: Bot) -> Kit:
    made = Kit(dressed, bot, scenes.before())
    made.last = MARA
    return made


def shown(kit: Kit, bot: Bot) -> None:
    bot.show(kit.parts.key_form, 560, 700)


def test_that_the_last_person_and_a_passphrase_open_a_key(kit: Kit, bot: Bot) -> None:
    form = kit.parts.key_form
    shown(kit, bot)
    kit.parts.key.ask()
    assert form.person.currentText() == "Mara Okafor"
    form.first.setText(passphrase_of(MARA))
    bot.key(form.first, Qt.Key.Key_Return)
    assert kit.stage.desk.person == MARA
    assert not form.isVisible()
    assert kit.told == ["person changed"]


def test_that_the_top_bar_says_whose_key_is_open_and_leads_to_it(kit: Kit, bot: Bot) -> None:
    button = kit.bar.person
    assert button.label == "Open my key"
    assert button.accessibleDescription() == "No key is open"
    kit.bar.key_wanted.connect(kit.parts.key.ask)
    shown(kit, bot)
    button.click()
    kit.parts.key_form.first.setText(passphrase_of(MARA))
    bot.click(kit.parts.key_form.go)
    assert button.label == "Mara Okafor"
    assert button.accessibleDescription() == "The key of Mara Okafor is open"


def test_that_a_wrong_passphrase_is_told_in_place_and_forgotten(kit: Kit, bot: Bot) -> None:
    form = kit.parts.key_form
    shown(kit, bot)
    kit.parts.key.ask()
    form.first.setText("guess")
    bot.key(form.first, Qt.Key.Key_Return)
    assert "does not open the key" in form.notice.text()
    assert form.first.text() == ""
    assert form.isVisible()
    assert kit.stage.desk.person is None


def test_that_a_passphrase_is_masked_and_cannot_be_copied(kit: Kit) -> None:
    for field in (kit.parts.key_form.first, kit.parts.key_form.again):
        assert field.echoMode() is QLineEdit.EchoMode.Password
        assert field.contextMenuPolicy() is Qt.ContextMenuPolicy.NoContextMenu
    kit.parts.key_form.first.setText(CANARY)
    kit.parts.key_form.first.selectAll()
    kit.parts.key_form.first.copy()
    assert QApplication.clipboard().text() != CANARY


def test_that_esc_forgets_and_leaves(kit: Kit, bot: Bot) -> None:
    form = kit.parts.key_form
    shown(kit, bot)
    kit.parts.key.ask()
    form.first.setText(CANARY)
    bot.key(form.first, Qt.Key.Key_Escape)
    assert not form.isVisible()
    assert form.first.text() == ""
    form.first.undo()
    assert form.first.text() == ""


def test_that_who_has_no_key_here_is_told_and_makes_one(kit: Kit, bot: Bot) -> None:
    form = kit.parts.key_form
    kit.last = NILS
    shown(kit, bot)
    kit.parts.key.ask()
    assert form.says.text() == "No key of Nils Brandt is kept here."
    assert not form.go.isEnabled()
    bot.click(form.turn)
    form.first.setText("short")
    assert form.strength.text().startswith("Too short")
    form.first.setText(CANARY)
    assert form.strength.text() == "Strong."
    form.again.setText(CANARY[:-1])
    assert form.why.text() == "The two passphrases differ."
    bot.key(form.again, Qt.Key.Key_Return)
    assert form.isVisible()
    form.again.setText(CANARY)
    bot.key(form.again, Qt.Key.Key_Return)
    assert kit.stage.desk.person == NILS
    assert kit.last == NILS
    assert NILS in kit.keys.found
    assert CANARY not in repr(kit.stage.facts)


def test_that_a_kept_key_is_replaced_only_where_a_person_says_so(kit: Kit, bot: Bot) -> None:
    form = kit.parts.key_form
    shown(kit, bot)
    kit.parts.key.ask_new()
    for field in (form.first, form.again):
        field.setText(CANARY)
    assert (form.go.isEnabled(), form.go.why) == (False, "a key is kept already")
    form.replaces.click()
    bot.click(form.go)
    assert kit.stage.desk.person == MARA
    assert kit.keys.found[MARA][0].public.fingerprint != MARKS[MARA]


def test_that_choosing_somebody_else_forgets_what_was_typed(kit: Kit, bot: Bot) -> None:
    form = kit.parts.key_form
    shown(kit, bot)
    kit.parts.key.ask()
    form.first.setText(CANARY)
    form.person.setCurrentIndex(form.person.findData(ASHA))
    form.person.activated.emit(form.person.currentIndex())
    assert form.first.text() == ""


def test_that_an_open_key_is_closed_from_the_sheet(kit: Kit, bot: Bot) -> None:
    form = kit.parts.key_form
    shown(kit, bot)
    kit.parts.key.ask()
    form.first.setText(passphrase_of(MARA))
    bot.click(form.go)
    kit.parts.key.ask()
    assert form.shut.label == "Close the key of Mara Okafor"
    bot.click(form.shut)
    assert kit.stage.desk.person is None


def test_that_a_locked_keyring_is_told_in_place(kit: Kit, bot: Bot) -> None:
    form = kit.parts.key_form
    shown(kit, bot)

    kit.keys.locked = True
    kit.parts.key.ask()
    assert form.notice.text() == "The keyring is locked."


def test_that_without_a_keyring_it_is_said_what_that_means(dressed: Look, bot: Bot) -> None:
    kit = Kit(dressed, bot, scenes.before(), durable=False)
    assert "asked for in each session" in kit.parts.key_form.keeping.text()


def test_that_the_actions_of_a_key_have_their_keys(kit: Kit) -> None:
    action = kit.table.find("sign-in")
    assert action is not None
    assert action.shortcut() == QKeySequence("Ctrl+U")
    assert kit.table.find("sign-out") is not None


def test_that_the_keyring_is_asked_about_each_person_that_is_chosen(kit: Kit, bot: Bot) -> None:
    shown(kit, bot)
    kit.last = JO
    kit.parts.key.ask()
    assert kit.parts.key_form.go.why in {"", "nobody is chosen"}
    assert "look for a key" in kit.tasks.done
