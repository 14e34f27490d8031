"""Real key and mouse events: what is pressed goes through the X server to the active window."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Generator, Mapping
from typing import Final

_SECONDS: Final = 20.0
_BETWEEN: Final = "15"
"""Milliseconds between two characters of a text."""


class Keys:
    """The keyboard and the mouse of one screen; counts the actions of a person."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self.actions = 0

    def press(self, *chords: str) -> None:
        """Press and release each, one after the other: ``ctrl+k``, ``Return``, ``Escape``."""
        for chord in chords:
            self.actions += 1
            self._send("key", "--clearmodifiers", chord)

    def type(self, text: str) -> None:
        """Type a text as a person would, one key at a time."""
        self.actions += 1
        self._send("type", "--delay", _BETWEEN, "--", text)

    def hold(self, key: str, seconds: float) -> float:
        """Hold a key down that long and give how long it truly was; the server repeats it."""
        began = time.monotonic()
        with self.holding(key):
            time.sleep(max(0.0, seconds))
        return time.monotonic() - began

    @contextlib.contextmanager
    def holding(self, key: str) -> Generator[None]:
        """Hold a key down during the block."""
        self.actions += 1
        self._send("keydown", key)
        try:
            yield
        finally:
            self._send("keyup", key)

    def point(self, x: int, y: int) -> None:
        """Move the mouse to a place of the screen."""
        self._send("mousemove", str(x), str(y))

    def click(self, x: int, y: int) -> None:
        """Click with the left button at a place of the screen."""
        self.actions += 1
        self._send("mousemove", "--sync", str(x), str(y), "click", "1")

    def hold_at(self, x: int, y: int, seconds: float) -> None:
        """Hold the left button down at a place of the screen."""
        self.actions += 1
        self._send("mousemove", "--sync", str(x), str(y), "mousedown", "1")
        try:
            time.sleep(seconds)
        finally:
            self._send("mouseup", "1")

    def activate(self, process: int) -> None:
        """Bring the windows of a process to the front, as one does with another program's."""
        found = self._ask("search", "--onlyvisible", "--pid", str(process))
        assert found, f"no window of process {process} is on the screen"
        self._send("windowactivate", "--sync", found.splitlines()[0])

    def has_window_manager(self) -> bool:
        """Tell whether a window manager answers on this screen."""
        return self._ask("get_num_desktops") is not None

    def title(self) -> str | None:
        """Give the title of the active window; None where none is active."""
        return self._ask("getactivewindow", "getwindowname")

    def process(self) -> int | None:
        """Give the process of the window that is active and has the keyboard; None where none is.

        A window manager makes a window active before the server gives it the keyboard.
        """
        active, focused = self._ask("getactivewindow"), self._ask("getwindowfocus")
        if not active or active != focused:
            return None
        found = self._ask("getwindowpid", active)
        return int(found) if found else None

    def place(self) -> tuple[int, int, int, int] | None:
        """Give left, top, width and height of the active window; None where none is active."""
        found = self._ask("getactivewindow", "getwindowgeometry", "--shell")
        if not found:
            return None
        named = dict(line.split("=", 1) for line in found.splitlines() if "=" in line)
        left, top, width, height = (int(named[it]) for it in ("X", "Y", "WIDTH", "HEIGHT"))
        return left, top, width, height

    def _send(self, *words: str) -> None:
        subprocess.run(
            ["xdotool", *words],
            env=self._environment,
            check=True,
            timeout=_SECONDS,
            capture_output=True,
        )

    def _ask(self, *words: str) -> str | None:
        done = subprocess.run(
            ["xdotool", *words],
            env=self._environment,
            check=False,
            timeout=_SECONDS,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip() if done.returncode == 0 else None
