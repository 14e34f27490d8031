"""From one place to the next: start, store, rehearsal; what stands in the way, and the end."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from relconsole.adapters.keyring_os.credentials import MemoryCredentials
from relconsole.adapters.store.writer_lock import holder_of, take_writer
from relconsole.ports.journal import JournalKind
from relconsole.runtime.composition import open_console
from relconsole.runtime.console import Wish
from relconsole_ui.application.living import Life, Place
from relconsole_ui.application.session import NOT_YET
from relconsole_ui.application.taste import Taste
from relconsole_ui.design.look import Look
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.start.start import StartPage
from tests.gui.bot import Bot

NOW = datetime(2026, 4, 1, tzinfo=UTC)


@dataclass(slots=True)
class Home:
    """A window, its start page, and the life that goes from place to place."""

    store: Path
    window: ConsoleWindow
    start: StartPage
    life: Life

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so, or fail."""
        for _ in range(2_000):
            QApplication.processEvents()
            if is_so():
                return
            await asyncio.sleep(0.005)
        raise AssertionError((self.window.page, self.start.says.text(), self.start.more.text()))

    async def until_start(self) -> None:
        """Wait until one may choose where to begin."""
        await self.until(self.start.demo.isVisible)

    async def until_store(self) -> None:
        """Wait until a journal of the store is open."""
        await self.until(lambda: self.window.actions_.find("view-import") is not None)


Scene = Callable[[Home], Coroutine[None, None, None]]
Play = Callable[[Scene], None]


@pytest.fixture
def credentials() -> MemoryCredentials:
    """A keyring for one test."""
    return MemoryCredentials("a test keeps nothing")


@pytest.fixture
def play(
    dressed: Look,
    bot: Bot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    credentials: MemoryCredentials,
) -> Play:
    """Play a scene beside a life, which ends by the wish to close."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    store = tmp_path / "store"
    asked = argparse.Namespace(
        verb=None, store=store, rehearsal=False, seed=7, folder=None, person=None, passphrase=None
    )
    window, start = ConsoleWindow(dressed), StartPage(dressed)
    window.add_page("start", start)
    window.frame(rail=False, bars=False)
    bot.show(window, 1280, 800)

    def played(scene: Scene) -> None:
        async def whole() -> int:
            life = Life(asked, dressed, window, start, Taste(dressed), credentials)
            living = asyncio.ensure_future(life.live())
            await scene(Home(store, window, start, life))
            window.close()
            return await asyncio.wait_for(living, 30)

        assert asyncio.run(whole()) == 0
        assert not window.isVisible()
        assert holder_of(store) is None

    return played


def make_store(store: Path, credentials: MemoryCredentials) -> None:
    """A store with its live journal."""

    async def make() -> None:
        wish = Wish(store=store, kind=JournalKind.LIVE, verb="test", credentials=credentials)
        async with open_console(wish):
            pass

    asyncio.run(make())


def test_that_without_a_store_one_may_choose_and_close(play: Play) -> None:
    async def scene(it: Home) -> None:
        await it.until_start()
        assert it.start.runbook.isVisible()
        assert not it.start.again.isVisible()
        assert not it.window.rail.isVisible()

    play(scene)


def test_that_a_runbook_is_imported_from_the_start_by_the_key_on_its_button(play: Play) -> None:
    async def scene(it: Home) -> None:
        await it.until_start()
        action = it.window.actions_.find("import")
        assert action is not None
        action.trigger()
        await it.until_store()
        assert it.window.page == "import"
        assert (it.store / "live" / "journal.db").exists()

    play(scene)


def test_that_a_store_that_is_there_is_opened_without_a_question(
    play: Play, tmp_path: Path, credentials: MemoryCredentials
) -> None:
    make_store(tmp_path / "store", credentials)

    async def scene(it: Home) -> None:
        await it.until_store()
        assert it.window.rail.isVisible()
        assert it.window.page == "import"

    play(scene)


def test_that_live_and_rehearsal_are_one_action_apart(
    play: Play, tmp_path: Path, credentials: MemoryCredentials
) -> None:
    make_store(tmp_path / "store", credentials)

    async def scene(it: Home) -> None:
        await it.until_store()
        live, rehearse = (it.window.actions_.find(each) for each in ("go-live", "rehearse"))
        assert live is not None
        assert rehearse is not None
        assert not live.isEnabled()
        assert live.statusTip() == "this is where you are"
        rehearse.trigger()
        await it.until((it.store / "rehearsal" / "journal.db").exists)
        await it.until_store()
        rehearse = it.window.actions_.find("rehearse")
        assert rehearse is not None
        assert not rehearse.isEnabled()

    play(scene)


def test_that_another_console_is_named_and_one_may_try_again(
    play: Play, tmp_path: Path, credentials: MemoryCredentials
) -> None:
    make_store(tmp_path / "store", credentials)
    other = take_writer(tmp_path / "store", "cutover", NOW)

    async def scene(it: Home) -> None:
        await it.until_start()
        assert it.start.says.text() == "The record is not open"
        assert "is being written by relconsole cutover" in it.start.more.text()
        assert "end that program first" in it.start.more.text()
        assert it.start.again.hasFocus()
        it.start.again.click()
        await asyncio.sleep(0.2)
        await it.until_start()
        assert it.start.says.text() == "The record is not open"
        other.release()
        it.start.again.click()
        await it.until_store()

    play(scene)


def test_that_a_record_that_was_set_aside_is_told(play: Play, tmp_path: Path) -> None:
    make_store(tmp_path / "store", MemoryCredentials("another keyring"))

    async def scene(it: Home) -> None:
        await it.until_store()
        said: list[str] = []
        while it.window.notice.isVisible():
            said.append(it.window.notice.words.text())
            it.window.notice.turn()
        assert any("key is gone; it was set aside" in each for each in said)

    play(scene)


def test_that_a_record_that_was_changed_outside_is_told_with_what_to_do(
    play: Play, tmp_path: Path, credentials: MemoryCredentials
) -> None:
    make_store(tmp_path / "store", credentials)
    journal = tmp_path / "store" / "live" / "journal.db"
    content = bytearray(journal.read_bytes())
    content[2_000:] = b"\x5a" * (len(content) - 2_000)
    journal.write_bytes(bytes(content))

    async def scene(it: Home) -> None:
        await it.until_start()
        assert it.start.says.text() == "The record is not open"
        assert "restore the last good backup" in it.start.more.text()
        assert it.start.again.isVisible()

    play(scene)


def test_that_a_store_that_is_no_folder_is_told(play: Play, tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")

    async def scene(it: Home) -> None:
        await it.until_start()
        it.start.import_wanted.emit()
        await it.until(it.start.again.isVisible)
        assert str(tmp_path / "store") in it.start.more.text()
        (tmp_path / "store").unlink()

    play(scene)


def test_that_closing_while_a_record_is_opened_closes(
    play: Play, tmp_path: Path, credentials: MemoryCredentials
) -> None:
    make_store(tmp_path / "store", credentials)

    async def scene(it: Home) -> None:
        await asyncio.sleep(0)
        it.window.closing.emit()
        assert it.start.says.text() == "Closing"
        it.life.go_to_demo()

    play(scene)


def test_that_closing_counts_also_where_the_record_cannot_be_opened(
    play: Play, tmp_path: Path, credentials: MemoryCredentials
) -> None:
    make_store(tmp_path / "store", credentials)
    other = take_writer(tmp_path / "store", "cutover", NOW)

    async def scene(it: Home) -> None:
        await asyncio.sleep(0)
        it.window.closing.emit()
        await asyncio.sleep(0.5)
        other.release()

    play(scene)


def test_that_nothing_acts_on_a_console_that_is_closed(
    play: Play, tmp_path: Path, credentials: MemoryCredentials
) -> None:
    make_store(tmp_path / "store", credentials)

    async def scene(it: Home) -> None:
        await it.until_store()
        assert {"import", "view-import", "rehearse"} <= it.window.actions_.names
        it.window.close()
        await it.until(lambda: not it.window.isVisible())
        assert "import" not in it.window.actions_.names
        assert "rehearse" not in it.window.actions_.names
        assert "quit" in it.window.actions_.names

    play(scene)


def test_that_a_key_is_answered_while_the_window_is_put_up(
    play: Play, tmp_path: Path, credentials: MemoryCredentials
) -> None:
    make_store(tmp_path / "store", credentials)

    async def scene(it: Home) -> None:
        await it.until(it.window.rail.isVisible)
        assert it.window.actions_.find("view-settings") is None
        it.window.notice.clear()
        QTest.keyClick(it.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        assert it.window.notice.words.text() == f"Settings: {NOT_YET}"
        assert it.window.page == "start"
        await it.until_store()
        QTest.keyClick(it.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        assert it.window.page == "settings"

    play(scene)


def test_that_a_store_that_is_left_while_it_is_put_up_leaves_nothing(
    play: Play, tmp_path: Path, credentials: MemoryCredentials
) -> None:
    make_store(tmp_path / "store", credentials)

    async def scene(it: Home) -> None:
        await it.until(it.window.rail.isVisible)
        await it.until(lambda: it.window.has_page("import"))
        it.life.go(Place(None))
        await it.until_start()
        assert it.window.pages.count() == 1
        assert it.window.actions_.names >= {"import", "demo", "quit"}
        assert it.window.actions_.find("view-settings") is None
        assert not it.window.rail.isVisible()

    play(scene)
