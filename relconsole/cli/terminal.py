"""Speaking to a terminal that may take nothing: frozen, it holds up no night; gone, it ends none.

What is said meanwhile waits on a thread of its own; the record has it in any case.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr
from queue import SimpleQueue
from typing import Final, TextIO

LAST_WORDS_SECONDS: Final = 1.0
"""How long a terminal is waited for at the end."""


class AsideStream(io.TextIOBase):
    """A stream whose writes never wait."""

    def __init__(self, stream: TextIO) -> None:
        """Begin to speak into a stream from a thread, which ends with the program."""
        self._stream: Final = stream
        self._said: Final[SimpleQueue[str | None]] = SimpleQueue()
        self._thread: Final = threading.Thread(target=self._speak, name="speaker", daemon=True)
        self._thread.start()

    def writable(self) -> bool:
        """Tell that it takes everything."""
        return True

    def write(self, text: str) -> int:
        """Leave the text to the thread."""
        self._said.put(text)
        return len(text)

    def end(self) -> None:
        """Wait for what was said last, but not for a terminal that takes nothing."""
        self._said.put(None)
        self._thread.join(LAST_WORDS_SECONDS)

    def _speak(self) -> None:
        """Say one thing after the other until the end."""
        while (text := self._said.get()) is not None:
            try:
                self._say(text)
            except (OSError, ValueError):
                # Whoever listened is gone, and there is nobody else to be told.
                continue

    def _say(self, text: str) -> None:
        """Write past the stream's buffer: whoever waits in it would hold up the program's end."""
        try:
            descriptor = self._stream.fileno()
        except io.UnsupportedOperation:
            self._stream.write(text)
            return
        left = text.encode(errors="backslashreplace")
        while left:
            left = left[os.write(descriptor, left) :]


@contextmanager
def speaking_aside() -> Generator[None]:
    """Let nothing that is said on standard error meanwhile hold up the program."""
    stream = AsideStream(sys.stderr)
    try:
        with redirect_stderr(stream):
            yield
    finally:
        stream.end()
