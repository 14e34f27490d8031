"""Credentials live in a trusted keyring or in memory, and it is said which."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError, PasswordSetError

from relconsole.adapters.keyring_os.backends import TRUSTED, Trusted
from relconsole.adapters.keyring_os.credentials import (
    PARTS_MARK,
    MemoryCredentials,
    OsCredentials,
    choose_credentials,
)
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.ports.credentials import Credentials, Secret

SHORT = Trusted(module="tests", name="Keyring", called="the test's keyring", longest=40)
LONG = Trusted(module="tests", name="Keyring", called="the test's keyring")


class FakeKeyring:
    """A keyring of the library's shape, which can fail, forget and hang."""

    def __init__(self, longest: int | None = None) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None
        self.forgets = False
        self.longest = longest
        self.threads: set[str] = set()
        self.let_go = threading.Event()
        self.let_go.set()

    def _ask(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.let_go.wait(10)
        if self.fault is not None:
            raise self.fault

    def get_password(self, service: str, username: str) -> str | None:
        self._ask()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._ask()
        if self.longest is not None and len(password.encode("utf-16-le")) > self.longest:
            raise PasswordSetError("too long")
        if not self.forgets:
            self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._ask()
        if (service, username) not in self.entries:
            raise PasswordDeleteError("no such password")
        del self.entries[service, username]


def _credentials(
    keyring: FakeKeyring, trusted: Trusted = LONG, deadline: float = 30
) -> OsCredentials:
    return OsCredentials(keyring, trusted, "relconsole", deadline=deadline)


async def _value(credentials: Credentials, name: str) -> str | None:
    secret = await credentials.get(name)
    return None if secret is None else secret.reveal()


def test_that_a_secret_is_kept_under_the_service_and_read_off_the_loop() -> None:
    async def scene() -> None:
        keyring = FakeKeyring()
        credentials = _credentials(keyring)
        as_port: Credentials = credentials
        try:
            assert as_port.durable
            assert as_port.place == "the test's keyring"
            assert await _value(as_port, "itsm") is None
            await as_port.put("itsm", Secret("s3cret"))
            assert keyring.entries == {("relconsole", "itsm"): "s3cret"}
            assert await _value(as_port, "itsm") == "s3cret"
            await as_port.remove("itsm")
            await as_port.remove("itsm")
            assert keyring.entries == {}
            assert keyring.threads == {"keyring"}
        finally:
            await credentials.close()

    asyncio.run(scene())


def test_that_a_keyring_that_forgets_is_found_out_at_once() -> None:
    async def scene() -> None:
        keyring = FakeKeyring()
        keyring.forgets = True
        credentials = _credentials(keyring)
        try:
            with pytest.raises(WorldIsDown, match="did not keep itsm") as down:
                await credentials.put("itsm", Secret("s3cret"))
            assert "s3cret" not in str(down.value)
        finally:
            await credentials.close()

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (KeyringLocked("collection is locked"), r"locked\. Unlock it"),
        (InitError("no session"), "did not do it .*no session"),
        (OSError("bus is gone"), "did not do it .*bus is gone"),
    ],
)
def test_that_a_fault_of_the_keyring_says_what_to_do(fault: Exception, says: str) -> None:
    async def scene() -> None:
        keyring = FakeKeyring()
        await _filled(keyring)
        keyring.fault = fault
        credentials = _credentials(keyring)
        try:
            for refused in (
                credentials.get("itsm"),
                credentials.put("itsm", Secret("x")),
                credentials.remove("itsm"),
            ):
                with pytest.raises(WorldIsDown, match=says) as down:
                    await refused
                assert down.value.system == "keyring"
        finally:
            await credentials.close()

    asyncio.run(scene())


async def _filled(keyring: FakeKeyring) -> None:
    credentials = _credentials(keyring)
    await credentials.put("itsm", Secret("s3cret"))
    await credentials.close()


def test_that_a_keyring_that_hangs_is_given_up_and_asked_anew() -> None:
    async def scene() -> None:
        keyring = FakeKeyring()
        credentials = _credentials(keyring, deadline=0.05)
        try:
            keyring.let_go.clear()
            with pytest.raises(WorldIsDown, match=r"did not answer within 0\.05 s"):
                await credentials.get("itsm")
            with pytest.raises(WorldIsDown, match="did not answer"):
                await credentials.get("itsm")
            keyring.let_go.set()
            assert await _value(credentials, "itsm") is None
        finally:
            await credentials.close()

    asyncio.run(scene())


@given(
    values=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=90)
        | st.text("ab1 ", max_size=20).map(PARTS_MARK.__add__),
        min_size=1,
        max_size=4,
    ),
    trusted=st.sampled_from([SHORT, LONG]),
)
def test_that_secrets_of_any_length_come_back_and_leave_nothing_behind(
    values: list[str], trusted: Trusted
) -> None:
    async def scene() -> None:
        keyring = FakeKeyring(longest=2_000 if trusted is SHORT else None)
        credentials = _credentials(keyring, trusted)
        try:
            for value in values:
                await credentials.put("key", Secret(value))
                assert await _value(credentials, "key") == value
            parts = len(keyring.entries) - 1
            assert trusted is LONG or parts <= len(values[-1])
            await credentials.remove("key")
            assert keyring.entries == {}
        finally:
            await credentials.close()

    asyncio.run(scene())


def test_that_a_long_secret_fits_the_entries_of_its_keyring() -> None:
    async def scene() -> None:
        keyring = FakeKeyring(longest=2_560)
        windows = next(each for each in TRUSTED if each.name == "WinVaultKeyring")
        credentials = OsCredentials(keyring, windows, "relconsole")
        value = "\U0001f511" * 900 + "k" * 1_500
        try:
            await credentials.put("key", Secret(value))
            assert await _value(credentials, "key") == value
            assert len(keyring.entries) > 2
        finally:
            await credentials.close()

    asyncio.run(scene())


@pytest.mark.parametrize("changed", [None, "x"])
def test_that_a_part_that_is_lost_or_changed_is_said_to_be(changed: str | None) -> None:
    async def scene() -> None:
        keyring = FakeKeyring()
        credentials = _credentials(keyring, SHORT)
        try:
            await credentials.put("key", Secret("k" * 50))
            part = next(name for name in keyring.entries if "/part/" in name[1])
            if changed is None:
                del keyring.entries[part]
            else:
                keyring.entries[part] = changed
            with pytest.raises(WorldIsDown, match="A part of key is missing"):
                await credentials.get("key")
            await credentials.remove("key")
            assert keyring.entries == {}
        finally:
            await credentials.close()

    asyncio.run(scene())


def test_that_memory_says_that_it_ends_and_why() -> None:
    async def scene() -> None:
        credentials = MemoryCredentials("no keyring answered")
        as_port: Credentials = credentials
        assert not as_port.durable
        assert as_port.place == "memory until the program ends (no keyring answered)"
        await as_port.put("itsm", Secret("s3cret"))
        assert await _value(as_port, "itsm") == "s3cret"
        await as_port.remove("itsm")
        await as_port.remove("itsm")
        assert await as_port.get("itsm") is None
        await as_port.put("itsm", Secret("s3cret"))
        await credentials.close()
        assert await as_port.get("itsm") is None
        assert MemoryCredentials().place == "memory until the program ends"

    asyncio.run(scene())


def test_that_without_a_keyring_secrets_stay_in_memory_and_each_reason_is_told() -> None:
    async def scene() -> None:
        credentials = await choose_credentials("relconsole")
        assert isinstance(credentials, MemoryCredentials)
        for trusted in TRUSTED:
            assert trusted.called in credentials.place

    asyncio.run(scene())


PLAINTEXT = """
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    priority = 99
    def get_password(self, service, username): return "from a file"
    def set_password(self, service, username, password): open({seen!r}, "a").write(password)
    def delete_password(self, service, username): pass
"""

CHOOSE = """
import asyncio, sys
from relconsole.adapters.keyring_os.credentials import choose_credentials
from relconsole.ports.credentials import Secret
async def scene():
    credentials = await choose_credentials("relconsole")
    await credentials.put("itsm", Secret("s3cret"))
    print(type(credentials).__name__)
    print("keyrings" in sys.modules, "keyrings.alt" in sys.modules)
asyncio.run(scene())
"""


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"},
        {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
        {"PYTHON_KEYRING_BACKEND": "stranger.Keyring"},
        {},
    ],
    ids=["plain text", "null", "fail", "a stranger's", "installed"],
)
def test_that_a_keyring_nobody_trusts_is_never_taken(
    tmp_path: Path, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    for place in ("keyrings/alt/file.py", "stranger.py"):
        module = tmp_path / place
        module.parent.mkdir(parents=True, exist_ok=True)
        text = PLAINTEXT.format(seen=str(seen))
        module.write_text(text + "\nPlaintextKeyring = Keyring\n")
    (tmp_path / "keyrings/alt/__init__.py").touch()
    configured = tmp_path / "config/python_keyring/keyringrc.cfg"
    configured.parent.mkdir(parents=True)
    configured.write_text("[backend]\ndefault-keyring=stranger.Keyring\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    answer = subprocess.run(
        [sys.executable, "-c", CHOOSE], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.split() == ["MemoryCredentials", "False", "False"]
    assert not seen.exists()
