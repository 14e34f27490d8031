"""The real keyring: keeping, giving and forgetting, and what is said where it cannot."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from relconsole.adapters.keyring_os.credentials import OsCredentials, choose_credentials
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.ports.credentials import Credentials, Secret
from tests.live.console import Answer, CommandLine
from tests.live.desktop import Desktop, desktop
from tests.live.servers import Monitoring
from tests.live.story import write_workspace

LOCK = """
import secretstorage
with secretstorage.create_context() as bus:
    for collection in secretstorage.get_all_collections(bus):
        collection.lock()
""".replace("create_context()", "dbus_init()")


def lock(at: Desktop) -> None:
    """Lock the keyring as the desktop does when its person leaves."""
    subprocess.run([sys.executable, "-c", LOCK], env=dict(at.environment), check=True, timeout=30)


@pytest.fixture
def own_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    """The desktop whose keyring this process would ask."""
    raise NotImplementedError
