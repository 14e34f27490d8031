"""The real keyring: keeping, giving and forgetting, and what is said where it cannot."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from relconsole.adapters.keyring_os.credentials import OsCredentials, choose_credentials
from relconsole.ports.credentials import Credentials, Secret
from tests.live.console import CommandLine
from tests.live.desktop import Desktop, desktop
from tests.live.servers import Monitoring
from tests.live.story import TOKEN, write_workspace

LOCK: Final = """
from contextlib import closing
from secretstorage import dbus_init, get_all_collections
with closing(dbus_init()) as bus:
    for collection in get_all_collections(bus):
        collection.lock()
"""
NEED_THE_KEYRING: Final = (
    ("import", "WORKSPACE"),
    ("key", "make", "mara"),
    ("credential", "set", "metrics"),
    ("credential", "list"),
    ("night", "payments-2026.4"),
    ("rollback", "payments-2026.4", "--dry-run"),
    ("journal", "export", "journal.jsonl"),
)
OPTIONS: Final = {"make": "--passphrase-fd", "set": "--secret-fd"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A desktop with a store into which a workspace was taken."""

    desktop: Desktop
    line: CommandLine
    workspace: Path


@contextlib.contextmanager
def desk(folder: Path, servers: Monitoring) -> Generator[Desk]:
    """Open a desktop of its own, and take a workspace into a store on it."""
    for name in ("changes", "deployments", "workspace/releases"):
        (folder / name).mkdir(parents=True)
    write_workspace(folder, servers)
    with desktop(folder / "desk") as opened:
        line = CommandLine(
            store=folder / "store", environment=opened.environment, passphrases={"mara": "p"}
        )
        line.run("import", str(folder / "workspace")).done()
        yield Desk(desktop=opened, line=line, workspace=folder / "workspace")


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory: pytest.TempPathFactory, servers: Monitoring) -> Generator[Desk]:
    with desk(tmp_path_factory.mktemp("open"), servers) as opened:
        yield opened


@pytest.fixture(scope="module")
def locked_desk(tmp_path_factory: pytest.TempPathFactory, servers: Monitoring) -> Generator[Desk]:
    with desk(tmp_path_factory.mktemp("locked"), servers) as opened:
        lock(opened.desktop)
        yield opened


def lock(at: Desktop) -> None:
    """Lock every keyring of a desktop, as happens when its person leaves."""
    subprocess.run([sys.executable, "-c", LOCK], env=dict(at.environment), check=True, timeout=30)


async def use(service: str) -> tuple[Credentials, list[str | None]]:
    """Keep a secret, replace it and forget it; gives what was found after each."""
    chosen = await choose_credentials(service)
    found: list[str | None] = []

    async def look() -> None:
        secret = await chosen.get("system/metrics@http://127.0.0.1")
        found.append(None if secret is None else secret.reveal())

    try:
        await look()
        for secret in ("Größe ⚿ pass", "x" * 100_000):
            await chosen.put("system/metrics@http://127.0.0.1", Secret(secret))
            await look()
        await chosen.remove("system/metrics@http://127.0.0.1")
        await chosen.remove("system/metrics@http://127.0.0.1")
        await look()
    finally:
        await chosen.close()
    return chosen, found


def test_that_a_secret_is_kept_replaced_and_forgotten(
    open_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", open_desk.desktop.bus)
    chosen, found = asyncio.run(use("relconsole"))
    assert isinstance(chosen, OsCredentials)
    assert chosen.durable
    assert "Secret Service" in chosen.place
    assert found == [None, "Größe ⚿ pass", "x" * 100_000, None]


@pytest.mark.parametrize("words", NEED_THE_KEYRING, ids=" ".join)
def test_that_with_a_locked_keyring_the_console_says_what_to_do(
    locked_desk: Desk, tmp_path: Path, words: tuple[str, ...]
) -> None:
    told = [word.replace("WORKSPACE", str(locked_desk.workspace)) for word in words]
    told = [str(tmp_path / word) if word.endswith(".jsonl") else word for word in told]
    option = next((option for word, option in OPTIONS.items() if word in words), None)
    answer = locked_desk.line.run(*told, secret=(option, "s3") if option else None)
    assert answer.status == 3, answer
    assert answer.document["error"]["kind"] in {"world", "out_of_reach"}
    message = answer.document["error"]["message"]
    assert "locked" in message
    assert "Unlock it" in message


@pytest.mark.parametrize("words", [("key", "make", "mara"), ("credential", "set", "metrics")])
def test_that_without_a_keyring_nothing_is_kept_and_it_is_said(
    open_desk: Desk, tmp_path: Path, words: tuple[str, ...]
) -> None:
    without = {
        name: value
        for name, value in open_desk.desktop.environment.items()
        if name not in {"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"}
    }
    line = CommandLine(
        store=open_desk.line.store,
        environment={**without, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'no-bus'}"},
        passphrases={},
    )
    answer = line.run(*words, secret=(OPTIONS[words[1]], "s3"))
    assert answer.status == 3, answer
    assert "memory until the program ends" in answer.document["error"]["message"]


def test_that_the_doctor_tells_a_wrong_credential_from_the_right_one(open_desk: Desk) -> None:
    line = open_desk.line
    found: dict[str, dict[str, object]] = {}
    for token in ("wrong-canary-5d21", TOKEN):
        line.run("credential", "set", "metrics", secret=("--secret-fd", token)).done()
        doctor = line.run("doctor")
        assert token not in str(doctor)
        [found[token]] = [
            check for check in doctor.document["checks"] if check["name"] == "system metrics"
        ]
    assert found["wrong-canary-5d21"]["ok"] is False
    assert found[TOKEN]["ok"] is True
    assert "Prometheus 2." in str(found[TOKEN]["found"])
    assert "Alertmanager" in str(found[TOKEN]["found"])
