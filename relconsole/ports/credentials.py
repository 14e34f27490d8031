"""Secrets: in the OS keyring, or in memory until the program ends, and it says which."""

from __future__ import annotations

from typing import Protocol

from relconsole.plugin_api.secret import Secret

__all__ = ["Credentials", "Secret"]


class Credentials(Protocol):
    """Named secrets; every call has a deadline and raises WorldIsDown past it or when locked."""

    @property
    def place(self) -> str:
        """Give where they live, in words: the keyring's name, or memory until the program ends."""
        ...

    @property
    def durable(self) -> bool:
        """Tell whether they outlive the program."""
        ...

    async def get(self, name: str) -> Secret | None:
        """Give a secret, None where there is none of this name."""
        ...

    async def put(self, name: str, secret: Secret) -> None:
        """Keep a secret and read it back; WorldIsDown where it comes back otherwise."""
        ...

    async def remove(self, name: str) -> None:
        """Forget a secret; nothing happens where there is none."""
        ...
