"""The window's front end: paints first, and brings everything else in afterwards."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import qasync
from platformdirs import user_cache_path, user_data_path
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication

from relconsole_ui.application.bringing import bring_in
from relconsole_ui.application.taste import Taste
from relconsole_ui.design.look import Look
from relconsole_ui.design.theme import WORDS, follow
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.start.start import StartPage

if TYPE_CHECKING:
    # Whatever is imported above is waited for before the first paint.
    from relconsole.ports.credentials import Credentials, Secret
    from relconsole_ui.shell.watchdog import Watchdog


def run(
    words: Sequence[str],
    credentials: Credentials | None = None,
    passphrase: Secret | None = None,
) -> int:
    """Open the window and give its exit status; ``demo`` opens the living demo.

    ``credentials`` None chooses the keyring of this desktop; ``passphrase`` opens the key of the
    person who is named with ``--as``, for programs that have asked for it themselves.
    """
    asked = _parser().parse_args(list(words))
    asked.passphrase = passphrase
    if sys.platform.startswith("linux") and not _has_display():
        sys.stderr.write("There is no display. Set DISPLAY, or add --headless to demo.\n")
        return 3
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, False)
    app = QApplication(list(WORDS))
    app.setApplicationName("relconsole")
    app.setQuitOnLastWindowClosed(False)
    cache = user_cache_path("relconsole") / "style"
    look = Look()
    taste = Taste(look)
    follow(app, look, cache)
    window = ConsoleWindow(look)
    taste.follow(window)
    start = StartPage(look)
    window.add_page("start", start)
    window.frame(rail=False, bars=False)
    window.show()
    watchdog = _watchdog()
    if watchdog is not None:
        watchdog.start()
    loop = _loop_over(app)
    asyncio.set_event_loop(loop)
    try:
        status = loop.run_until_complete(_live(asked, look, window, start, taste, credentials))
    finally:
        loop.close()
    if watchdog is not None:
        watchdog.stop()
    return status


def _loop_over(app: QApplication) -> asyncio.AbstractEventLoop:
    """Give the one loop of Qt and asyncio."""
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(app)
    return loop


async def _live(
    asked: argparse.Namespace,
    look: Look,
    window: ConsoleWindow,
    start: StartPage,
    taste: Taste,
    credentials: Credentials | None,
) -> int:
    """Bring in the rest once the first frame is painted, and live until the window is closed."""
    await asyncio.sleep(0)
    await bring_in("relconsole_ui.application.living")
    from relconsole_ui.application.living import live

    return await live(asked, look, window, start, taste, credentials)


def _watchdog() -> Watchdog | None:
    """Give the watchdog that the environment asks for, not yet started."""
    if "RELCONSOLE_WATCHDOG" not in os.environ:
        return None
    from relconsole_ui.shell.watchdog import watchdog_wanted

    return watchdog_wanted(os.environ)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="relconsole", description="The release-control window.")
    parser.add_argument("verb", nargs="?", choices=["demo"], help="demo opens the living demo")
    parser.add_argument("--store", type=Path, default=user_data_path("relconsole"))
    parser.add_argument("--rehearsal", action="store_true", help="open the rehearsal journal")
    parser.add_argument("--as", dest="person", metavar="PERSON", help="whose key is opened")
    parser.add_argument("--seed", type=int, default=7, help="seed of the demo's traffic")
    parser.add_argument("--folder", type=Path, help="where the demo lives")
    return parser


def _has_display() -> bool:
    named = os.environ.get("QT_QPA_PLATFORM", "")
    if named and not named.startswith(("xcb", "wayland")):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
