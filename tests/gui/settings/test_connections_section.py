"""Connections on the page: the form of the plugin, tested before it is kept."""

import asyncio
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit

from relconsole.domain.kernel.ids import SystemId
from relconsole.ports.connections import Tried
from relconsole_ui.design.look import Look
from relconsole_ui.views.settings.connections import ConnectionsView
from relconsole_ui.views.settings.form_field import FormField
from tests.gui.bot import Bot
from tests.gui.settings.kit import Kit
from tests.unit.presenters import scenes

CANARY = "canary-7be21c90"
URL = "https://light.example.org"


class Page:
    """The section, shown, with its form."""

    def __init__(self, kit: Kit, bot: Bot) -> None:
        self.kit = kit
        self.bot = bot
        self.view = cast("ConnectionsView", kit.parts.page.view("connections"))
        self.form = self.view.form
        bot.show(kit.parts.page, 1500, 860)
        kit.parts.open("connections")

    def begin(self, plugin: str = "lighthouse") -> None:
        self.bot.click(self.view.add)
        at = self.form.plugin.findData(plugin)
        self.form.plugin.setCurrentIndex(at)
        self.form.plugin.activated.emit(at)

    def field(self, name: str) -> FormField:
        return next(each for each in self.form.fields if each.name == name)

    def type(self, **texts: str) -> None:
        for name, text in texts.items():
            known = {field.name for field in self.form.fields}
            field = self.field(name if name in known else f"settings.{name}")
            match field.entry:
                case QLineEdit():
                    field.entry.setText(text)
                case QPlainTextEdit():
                    field.entry.setPlainText(text)
                case QComboBox():
                    field.entry.setCurrentIndex(field.entry.findData(text))

    def typed(self) -> None:
        self.begin()
        self.type(id="light", url=URL, lamps="north\nsouth", fog="true")
        self.form.secret.setText(CANARY)

    @property
    def systems(self) -> set[str]:
        return set(self.kit.stage.state.workspace.systems)


@pytest.fixture
def page(dressed: Look, bot: Bot) -> Page:
    return Page(Kit(dressed, bot, scenes.before()), bot)


def test_that_the_form_is_made_from_the_plugin(page: Page) -> None:
    page.begin()
    assert [field.name for field in page.form.fields][:3] == ["id", "url", "settings.lamps"]
    assert isinstance(page.field("settings.jobs").entry, QPlainTextEdit)
    assert isinstance(page.field("settings.fog").entry, QComboBox)
    page.begin("folder")
    assert [field.name for field in page.form.fields] == ["id"]
    assert not page.form.secret.isVisible()


def test_that_problems_stand_at_their_fields_and_the_first_has_the_keyboard(page: Page) -> None:
    page.begin()
    page.type(id="light", range="far")
    page.bot.click(page.form.attempt)
    assert page.field("url").problem.words.text() == "Is missing"
    assert page.field("settings.range").problem.words.text() == "'far' is no number"
    assert page.field("settings.range").entry.accessibleDescription() == "'far' is no number"
    assert page.form.secret_problem.words.text() == "Is missing"
    assert page.field("url").entry.hasFocus()
    assert page.kit.trials.asked == []
    assert not page.form.save.isEnabled()


def test_that_a_connection_is_tested_and_then_kept(page: Page) -> None:
    page.typed()
    assert page.form.save.why == "test it first"
    page.bot.key(page.form.secret, Qt.Key.Key_Return)
    assert page.form.trial.says.text() == "It answers: Lighthouse 2.1"
    assert page.systems.isdisjoint({"light"})
    page.bot.click(page.form.save)
    assert "light" in page.systems
    assert not page.form.isVisible()
    assert page.view.rows.selected == "light"
    assert page.kit.told[-1] == "asked all"


def test_that_e6_a_credential_is_masked_and_kept_in_the_keyring_only(
    page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    page.typed()
    assert page.form.secret.echoMode() is QLineEdit.EchoMode.Password
    page.bot.click(page.form.attempt)
    page.bot.click(page.form.save)
    kept = {name: secret.reveal() for name, secret in page.kit.credentials.secrets.items()}
    assert kept == {f"light at {URL}": CANARY}
    assert page.form.secret.text() == ""
    assert CANARY not in repr(page.kit.stage.facts)
    assert CANARY not in repr(page.form.typed())
    assert CANARY not in caplog.text


def test_that_what_changes_after_the_test_is_tested_again(page: Page) -> None:
    page.typed()
    page.bot.click(page.form.attempt)
    assert page.form.save.isEnabled()
    entry = page.field("url").entry
    assert isinstance(entry, QLineEdit)
    entry.setFocus()
    page.bot.key(entry, Qt.Key.Key_X)
    assert (page.form.save.isEnabled(), page.form.save.why) == (False, "test it first")
    assert page.form.trial.says.text() == "Changed since the test"


def test_that_no_answer_is_told_with_what_to_do_and_may_still_be_kept(page: Page) -> None:
    page.kit.trials.answers = Tried(ok=False, found="It refuses the credential.", do="Ask Jo.")
    page.typed()
    page.bot.click(page.form.attempt)
    assert page.form.trial.says.text() == "It refuses the credential."
    assert page.form.trial.do.text() == "Ask Jo."
    assert page.form.save.label == "Save without an answer"


def test_that_a_test_that_hangs_is_stopped(page: Page) -> None:
    async def hang() -> None:
        assert page.form.cancel.isVisible()
        page.form.cancel.click()
        await asyncio.sleep(60)

    page.kit.trials.waits = hang
    page.typed()
    page.bot.click(page.form.attempt)
    assert page.form.trial.says.text() == "The test was stopped."
    assert page.form.attempt.isVisible()
    assert not page.form.cancel.isVisible()


def test_that_a_known_system_is_edited_with_its_credential_left_as_it_is(page: Page) -> None:
    page.typed()
    page.bot.click(page.form.attempt)
    page.bot.click(page.form.save)
    page.bot.click(page.view.edit)
    assert page.form.heading.text() == "Edit light"
    assert page.field("settings.lamps").text == "north\nsouth"
    assert page.field("settings.fog").text == "true"
    assert "Leave it empty" in page.form.secret_says.text()
    page.type(range="20")
    page.bot.click(page.form.attempt)
    assert page.kit.trials.asked[-1][1] == CANARY
    page.bot.click(page.form.save)
    settings = page.kit.stage.state.workspace.systems[SystemId("light")].settings
    assert settings["range"] == "20"


def test_that_a_system_is_removed_when_it_was_asked_for_twice(page: Page) -> None:
    page.typed()
    page.bot.click(page.form.attempt)
    page.bot.click(page.form.save)
    page.bot.click(page.view.remove)
    assert "light" in page.systems
    assert page.view.remove.label == "Remove light for good"
    page.bot.click(page.view.remove)
    assert "light" not in page.systems
    assert page.kit.credentials.secrets == {}


def test_that_a_plugin_that_cannot_be_used_is_not_offered(page: Page) -> None:
    page.begin()
    assert page.form.plugin.findData("broken") == -1


def test_that_esc_forgets_the_credential(page: Page) -> None:
    page.typed()
    page.bot.key(page.form.secret, Qt.Key.Key_Escape)
    assert not page.form.isVisible()
    assert page.form.secret.text() == ""


def test_that_a_locked_keyring_is_told_in_the_form(page: Page) -> None:
    page.typed()
    page.bot.click(page.form.attempt)
    page.kit.credentials.locked = True
    page.bot.click(page.form.save)
    assert "locked" in page.form.trial.says.text()
    assert page.systems.isdisjoint({"light"})


def test_that_the_action_connects_here_and_on_the_demo_leads_to_the_own_store(
    page: Page, dressed: Look, bot: Bot
) -> None:
    action = page.kit.table.find("connect")
    assert action is not None
    action.trigger()
    assert page.form.isVisible()
    assert page.kit.told == ["page", "page"]
    demo = Kit(dressed, bot, scenes.before(), is_demo=True)
    demo.parts.connect_system()
    assert demo.told == ["store"]
