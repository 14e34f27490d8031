"""What the window remembers of a person's taste and place: one small file, never a secret.

A file that cannot be read is as if there were none: nothing of the record is in it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

import msgspec

LARGEST: Final = 1 << 20


class WindowSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered; ``layout`` and ``geometry`` are Qt's, in base64.

    ``zone`` is an IANA name, empty for that of the release.
    """

    theme: str = "system"
    scale: float = 1.0
    reduced_motion: bool = False
    letters: bool = True
    zone: str = ""
    release: str = ""
    page: str = ""
    step: str = ""
    person: str = ""
    layout: str = ""
    geometry: str = ""
    layouts: dict[str, str] = {}
    seen_tour: bool = False


class SettingsFile:
    """The settings in their file."""

    def __init__(self, path: Path) -> None:
        """Take where they lie."""
        self._path = path
        self._known = self.read()

    @property
    def path(self) -> Path:
        """Give where they lie."""
        return self._path

    @property
    def known(self) -> WindowSettings:
        """Give them as they were read or written last."""
        return self._known

    def read(self) -> WindowSettings:
        """Give what the file says, what is not said in it as it is by itself."""
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(LARGEST), type=WindowSettings)
        except (OSError, ValueError, RecursionError):
            # Also what is no JSON, no UTF-8, of other types, or nested beyond measure.
            return WindowSettings()

    def write(self, settings: WindowSettings) -> None:
        """Keep the settings whole, or leave the file as it was where the disk refuses."""
        if settings == self._known:
            return
        self._known = settings
        text = msgspec.json.format(msgspec.json.encode(settings), indent=2)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".settings-")
        except OSError:
            # A taste that cannot be kept keeps nobody from working.
            return
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text)
            Path(name).replace(self._path)
        except OSError:
            Path(name).unlink(missing_ok=True)
