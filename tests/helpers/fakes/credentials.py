"""Credentials in a dict, which can be locked and can forget."""

from __future__ import annotations

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.ports.credentials import Secret


class FakeCredentials:
    """Named secrets; while `locked`, every call fails as a locked keyring does."""

    def __init__(self, *, durable: bool = True) -> None:
        self.secrets: dict[str, Secret] = {}
        self.locked = False
        self._durable = durable

    @property
    def place(self) -> str:
        return "the test's keyring" if self._durable else "memory until the program ends"

    @property
    def durable(self) -> bool:
        return self._durable

    async def get(self, name: str) -> Secret | None:
        self._ask()
        return self.secrets.get(name)

    async def put(self, name: str, secret: Secret) -> None:
        self._ask()
        self.secrets[name] = secret

    async def remove(self, name: str) -> None:
        self._ask()
        self.secrets.pop(name, None)

    def _ask(self) -> None:
        if self.locked:
            raise WorldIsDown("The test's keyring is locked.", system="keyring")
