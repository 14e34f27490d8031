"""A relay in front of a server, by which an answer can be kept from whoever waits for it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from tests.live.servers import SYSTEMS, Server, free_port


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """``url`` is where the server is reached through it."""

    url: str
    folder: Path

    def withhold(self, words: str) -> None:
        """Let requests that hold these words through, and never their answers."""
        (self.folder / "withhold").write_text(words, encoding="utf-8")

    def withhold_nothing(self) -> None:
        """Let every answer through again."""
        (self.folder / "withhold").unlink()


@contextlib.contextmanager
def relay(folder: Path, upstream: int, ready: str) -> Generator[Relay]:
    """Start a relay to a port; ``ready`` is a path at which the server behind it answers."""
    port = free_port()
    made = Relay(url=f"http://127.0.0.1:{port}", folder=folder)
    script = str(SYSTEMS / "relay.py")
    server = Server(
        [sys.executable, "-I", "-S", script, str(port), str(upstream), str(folder)],
        log=folder / "relay.log",
        ready=f"{made.url}{ready}",
    )
    try:
        server.start()
        yield made
    finally:
        server.stop()
