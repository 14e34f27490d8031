"""The settings over a real store: a sealed key, a plugin in its child, a record on disk."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from relconsole.adapters.settings import SettingsFile
from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.kernel.ids import SystemId
from relconsole.ports.journal import JournalKind
from relconsole.runtime.composition import open_console
from relconsole.runtime.console import Wish
from relconsole.runtime.tasks import WindowTasks
from relconsole_ui.application.desktop import DesktopWish
from relconsole_ui.application.settings import Around, open_settings
from relconsole_ui.design.look import Look
from relconsole_ui.shell.actions import ActionTable
from relconsole_ui.shell.building import build_at_once
from relconsole_ui.shell.settings import SettingsParts
from relconsole_ui.views.settings.connections import ConnectionsView
from tests.gui.bot import Bot
from tests.helpers.fakes.credentials import FakeCredentials
from tests.unit.presenters.night_plan import MARA, workspace

WORDS = "four plain words here"
PATIENCE = 30.0


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not is_so():
            await asyncio.sleep(0.01)


@pytest.mark.slow
def test_that_a_key_is_made_and_a_system_tried_and_kept_over_a_real_store(
    dressed: Look, bot: Bot, tmp_path: Path
) -> None:
    failed: list[str] = []
    told: list[str] = []
    credentials = FakeCredentials()
    settings = SettingsFile(tmp_path / "window.json")
    changes = tmp_path / "changes"
    changes.mkdir()
    window = bot.add(QWidget())

    async def make_a_key(parts: SettingsParts) -> None:
        form = parts.key_form
        form.person.setCurrentIndex(form.person.findData(MARA))
        form.person.activated.emit(form.person.currentIndex())
        await until(lambda: "No key" in form.says.text())
        form.first.setText(WORDS)
        form.again.setText(WORDS)
        form.go.click()
        await until(lambda: told == ["person changed"])

    async def connect(parts: SettingsParts) -> None:
        view = parts.page.view("connections")
        assert isinstance(view, ConnectionsView)
        parts.connect_system()
        await until(lambda: view.form.plugin.count() > 0)
        at = view.form.plugin.findData("files")
        view.form.plugin.setCurrentIndex(at)
        view.form.plugin.activated.emit(at)
        texts = {"id": "desk", "settings.folder": str(changes)}
        for field in view.form.fields:
            set_text = getattr(field.entry, "setText", None)
            if field.name in texts and set_text is not None:
                set_text(texts[field.name])
        view.form.attempt.click()
        await until(view.form.save.isEnabled)
        assert view.form.trial.says.text().startswith("It answers")
        view.form.save.click()
        await until(view.form.isHidden)

    async def play() -> None:
        wish = Wish(
            store=tmp_path / "store", kind=JournalKind.LIVE, verb="test", credentials=credentials
        )
        tasks = WindowTasks(lambda name, failure: failed.append(f"{name}: {failure!r}"))
        desktop = DesktopWish(window)
        async with open_console(wish) as console:
            await console.desk.must(ImportWorkspace(workspace=workspace()))
            parts, room = open_settings(
                dressed,
                ActionTable(window),
                console,
                tasks,
                settings,
                desktop,
                Around(
                    zone=lambda: "UTC",
                    person_changed=lambda: told.append("person changed"),
                    show_person=lambda _name: None,
                    zone_changed=told.append,
                    show_page=lambda: None,
                ),
            )
            build_at_once(parts.build())
            bot.add(parts.key_form)
            bot.show(parts.page, 1516, 860)
            parts.key.ask_new()
            await make_a_key(parts)
            assert console.desk.person == MARA
            await connect(parts)
            assert SystemId("desk") in console.desk.state.workspace.systems
            await tasks.close()
            room.unfollow()

    asyncio.run(play())
    assert failed == []
    assert settings.known.person == MARA
    kept = {name: secret.reveal() for name, secret in credentials.secrets.items()}
    assert "person/mara" in kept
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if WORDS.encode() in path.read_bytes()]
