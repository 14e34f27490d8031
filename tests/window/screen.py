"""A screen that is nobody's: an X server on a free display, a window manager, a session bus.

On the bus stands the accessibility bus, so that an outside screen reader finds what is shown.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.live.waiting import eventually
from tests.window.keys import Keys
from tests.window.picture import Picture, read_window_dump
from tests.window.processes import MARK, end, left_behind

LAUNCHERS: Final = (
    Path("/usr/libexec/at-spi-bus-launcher"),
    Path("/usr/lib/at-spi2-core/at-spi-bus-launcher"),
)

_OPENBOX: Final = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <applications>
    <application type="normal"><decor>no</decor><maximized>yes</maximized></application>
  </applications>
</openbox_config>
"""
"""No key of its own, and a window that fills the screen: what a test presses reaches the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """``environment`` is what every program on this screen is started with; it has no home yet."""

    size: tuple[int, int]
    environment: Mapping[str, str]
    framebuffer: Path

    @property
    def keys(self) -> Keys:
        """Give the keyboard and the mouse of this screen."""
        return Keys(self.environment)

    def picture(self) -> Picture:
        """Give what the screen shows now."""
        return read_window_dump(self.framebuffer.read_bytes())


@contextlib.contextmanager
def screen(size: tuple[int, int]) -> Generator[Screen]:
    """Open a screen with everything on it; all of it ends with the block."""
    # A socket's path may have 108 characters, fewer than a test's own folder.
    with tempfile.TemporaryDirectory(prefix="rc-window-") as made, contextlib.ExitStack() as open_:
        folder = Path(made)
        mark = secrets.token_hex(8)
        environment = {
            "HOME": made,
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "XDG_RUNTIME_DIR": made,
            MARK: mark,
        }
        open_.callback(left_behind, mark, 3.0)
        display = _open_server(open_, folder, environment, size)
        environment["DISPLAY"] = display
        environment["DBUS_SESSION_BUS_ADDRESS"] = _open_bus(open_, folder, environment)
        rules = folder / "openbox.xml"
        rules.write_text(_OPENBOX, encoding="utf-8")
        _start(open_, ["openbox", "--sm-disable", "--config-file", str(rules)], environment, folder)
        _start(open_, [_launcher(), "--launch-immediately"], environment, folder)
        opened = Screen(
            size=size,
            environment={
                **environment,
                "QT_QPA_PLATFORM": "xcb",
                "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            },
            framebuffer=folder / "Xvfb_screen0",
        )
        eventually(opened.keys.has_window_manager, "a window manager", pause=0.05)
        # In the corner it hovers over nothing.
        opened.keys.point(*size)
        yield opened


def _open_server(
    open_: contextlib.ExitStack,
    folder: Path,
    environment: Mapping[str, str],
    size: tuple[int, int],
) -> str:
    """Start an X server that picks a free display and writes what it shows into a file."""
    reading, writing = os.pipe()
    words = [
        *("Xvfb", "-displayfd", str(writing), "-nolisten", "tcp", "-noreset", "-dpi", "96"),
        *("-screen", "0", f"{size[0]}x{size[1]}x24", "-fbdir", str(folder)),
    ]
    try:
        _start(open_, words, environment, folder, keep=(writing,))
    finally:
        os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    assert number, (folder / "Xvfb.log").read_text(errors="replace")
    return f":{number}"


def _open_bus(open_: contextlib.ExitStack, folder: Path, environment: Mapping[str, str]) -> str:
    path = folder / "bus"
    address = f"unix:path={path}"
    words = ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}"]
    _start(open_, words, environment, folder)
    eventually(path.exists, "a session bus", pause=0.02)
    return address


def _launcher() -> str:
    found = next((path for path in LAUNCHERS if path.exists()), None)
    assert found, "at-spi2-core is not installed"
    return str(found)


def _start(
    open_: contextlib.ExitStack,
    words: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    *,
    keep: Sequence[int] = (),
) -> None:
    name = Path(words[0]).name
    assert shutil.which(words[0]), f"{name} is not installed; `make window` does it"
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            words,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            pass_fds=keep,
            start_new_session=True,
        )
    open_.callback(end, process, 5.0)
