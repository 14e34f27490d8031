"""The desktop of a person without a screen: a home, a session bus, an unlocked keyring on it."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.live.servers import SYSTEMS

PASSWORD: Final = "the keyring's own password"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desktop:
    """``environment`` is all that a program of this desktop is started with."""

    home: Path
    environment: Mapping[str, str]

    @property
    def bus(self) -> str:
        """Give the address of the session bus."""
        return self.environment["DBUS_SESSION_BUS_ADDRESS"]


@contextlib.contextmanager
def desktop(home: Path) -> Generator[Desktop]:
    """Open a desktop in an empty folder; its keyring and its bus end with it."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700, parents=True)
    environment = {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(runtime),
    }
    with (home / "keyring.log").open("wb") as log:
        process = subprocess.Popen(
            ["dbus-run-session", "--", str(SYSTEMS / "hold_keyring.sh")],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(f"{PASSWORD}\n")
        process.stdin.flush()
        bus = process.stdout.readline().strip()
        assert bus, (home / "keyring.log").read_text(errors="replace")
        yield Desktop(home=home, environment={**environment, "DBUS_SESSION_BUS_ADDRESS": bus})
    finally:
        process.stdin.close()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
        process.stdout.close()
