"""Named secrets in the operating system's keyring, and in memory where there is none.

Every call of the keyring is made on a thread of its own, since it may wait for a person who is
asked for a password. What is written is read back: a keyring that forgets must be found out now.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from relconsole.adapters.journal_sql.worker import SerialThread
from relconsole.adapters.keyring_os.backends import (
    Backend,
    Trusted,
    faults,
    find_backend,
    is_missing,
    meaning,
)
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.ports.credentials import Secret

Answer = TypeVar("Answer")

DEADLINE_SECONDS: Final = 30.0
PARTS_MARK: Final = "relconsole-parts/1 "
"""What an entry begins with that says in which other entries its value stands."""


class OsCredentials:
    """Secrets in one trusted keyring, under one service name."""

    def __init__(
        self,
        backend: Backend,
        trusted: Trusted,
        service_name: str,
        *,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        """Take a keyring that was found; ``deadline`` in seconds holds for each call."""
        self._backend: Final = backend
        self._trusted: Final = trusted
        self._service: Final = service_name
        self._deadline: Final = deadline
        self._thread = SerialThread("keyring")

    @property
    def place(self) -> str:
        """Give the keyring's name."""
        return self._trusted.called

    @property
    def durable(self) -> bool:
        """Say that they outlive the program."""
        return True

    async def get(self, name: str) -> Secret | None:
        """Give a secret, None where there is none of this name."""
        value = await self._ask(lambda: self._read(name))
        return None if value is None else Secret(value)

    async def put(self, name: str, secret: Secret) -> None:
        """Keep a secret and read it back; WorldIsDown where it did not come back the same."""
        value = secret.reveal()
        await self._ask(lambda: self._write(name, value))

    async def remove(self, name: str) -> None:
        """Forget a secret; nothing happens where there is none."""
        await self._ask(lambda: self._remove(name))

    async def close(self) -> None:
        """End the thread; again does nothing."""
        await self._thread.close(lambda: None)

    async def _ask(self, work: Callable[[], Answer]) -> Answer:
        """Give the keyring's answer within the deadline.

        A call that hangs keeps its thread, which ends with the program; the next one gets another.
        """
        thread = self._thread
        try:
            async with asyncio.timeout(self._deadline):
                return await thread.call(lambda: self._guarded(work))
        except TimeoutError as late:
            if self._thread is thread:
                self._thread = SerialThread("keyring")
                thread.abandon()
            raise WorldIsDown(
                f"The {self.place} did not answer within {self._deadline:g} s. It may be waiting"
                " for its password in another window.",
                system="keyring",
            ) from late

    def _guarded(self, work: Callable[[], Answer]) -> Answer:
        """Do it, with the keyring's errors as ours."""
        try:
            return work()
        except faults() as fault:
            raise meaning(fault, self.place) from fault

    def _read(self, name: str) -> str | None:
        """Give a value, put together where it stands in parts."""
        found = self._backend.get_password(self._service, name)
        if found is None or not found.startswith(PARTS_MARK):
            return found
        parts = [
            self._backend.get_password(self._service, part) for part in _part_names(name, found)
        ]
        whole = "".join(part for part in parts if part is not None)
        if None in parts or _mark(whole, len(parts)) != found:
            raise WorldIsDown(f"A part of {name} is missing in the {self.place}.", system="keyring")
        return whole

    def _write(self, name: str, value: str) -> None:
        """Write a value, in parts where it is too long for one entry, and read it back."""
        before = self._backend.get_password(self._service, name)
        pieces = _pieces(value, self._trusted.longest)
        entry = _mark(value, len(pieces)) if pieces else value
        # The parts first: until the entry names them, the old value stands whole.
        for part, piece in zip(_part_names(name, entry), pieces, strict=True):
            self._backend.set_password(self._service, part, piece)
        self._backend.set_password(self._service, name, entry)
        if self._read(name) != value:
            raise WorldIsDown(
                f"The {self.place} did not keep {name}: what was read back differs.",
                system="keyring",
            )
        if before is not None and before != entry:
            self._forget(_part_names(name, before))

    def _remove(self, name: str) -> None:
        """Remove a value with its parts."""
        before = self._backend.get_password(self._service, name)
        if before is not None:
            self._forget([name, *_part_names(name, before)])

    def _forget(self, names: Sequence[str]) -> None:
        """Remove entries; one that is gone already is no fault."""
        for name in names:
            try:
                self._backend.delete_password(self._service, name)
            except faults() as fault:
                if not is_missing(fault):
                    raise


class MemoryCredentials:
    """Secrets that end with the program; ``why`` says why they are not kept."""

    def __init__(self, why: str = "") -> None:
        """Begin with none."""
        self._secrets: Final[dict[str, Secret]] = {}
        self._why: Final = why

    @property
    def place(self) -> str:
        """Say that they live until the program ends, and why."""
        says = "memory until the program ends"
        return f"{says} ({self._why})" if self._why else says

    @property
    def durable(self) -> bool:
        """Say that they do not outlive the program."""
        return False

    async def get(self, name: str) -> Secret | None:
        """Give a secret, None where there is none of this name."""
        return self._secrets.get(name)

    async def put(self, name: str, secret: Secret) -> None:
        """Keep a secret."""
        self._secrets[name] = secret

    async def remove(self, name: str) -> None:
        """Forget a secret; nothing happens where there is none."""
        self._secrets.pop(name, None)

    async def close(self) -> None:
        """Forget all."""
        self._secrets.clear()


async def choose_credentials(
    service_name: str, *, deadline: float = DEADLINE_SECONDS
) -> OsCredentials | MemoryCredentials:
    """Give the keyring of this desktop, or memory, whose ``place`` then says why."""
    thread = SerialThread("keyring probe")
    try:
        async with asyncio.timeout(deadline):
            choice = await thread.call(find_backend)
    except TimeoutError:
        thread.abandon()
        return MemoryCredentials(f"no keyring answered within {deadline:g} s")
    await thread.close(lambda: None)
    if choice.backend is None or choice.trusted is None:
        return MemoryCredentials(f"no trusted keyring: {choice.why}")
    return OsCredentials(choice.backend, choice.trusted, service_name, deadline=deadline)


def _pieces(value: str, longest: int | None) -> list[str]:
    """Give a value in parts that each fit an entry, none where it fits whole.

    A value that looks like the mark of parts is put into a part, so that it is read as itself.
    """
    whole = longest is None or len(value.encode("utf-16-le")) <= longest
    if whole and not value.startswith(PARTS_MARK):
        return []
    if longest is None:
        return [value]
    # A character takes at most four bytes of UTF-16.
    size = longest // 4
    return [value[at : at + size] for at in range(0, len(value), size)]


def _mark(value: str, parts: int) -> str:
    """Give the entry that names the parts of a value."""
    return f"{PARTS_MARK}{parts} {hashlib.sha256(value.encode()).hexdigest()}"


def _part_names(name: str, entry: str) -> list[str]:
    """Give the names of the parts that an entry speaks of, none for an ordinary one."""
    words = entry.removeprefix(PARTS_MARK).split(" ")
    if not entry.startswith(PARTS_MARK) or not words[0].isdecimal():
        return []
    return [f"{name}/part/{words[-1][:16]}/{number}" for number in range(int(words[0]))]
