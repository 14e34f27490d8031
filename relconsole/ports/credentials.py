"""Secrets: in the OS keyring, or in memory until the program ends, and it says which."""

from __future__ import annotations

from typing import Protocol


class Secret:
    """A secret value that does not show itself: no repr, no str, no pickle."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Keep the value."""
        self._value = value

    def reveal(self) -> str:
        """Give the value; call it only where it leaves for its target."""
        return self._value

    def __repr__(self) -> str:
        """Show that there is one, never which."""
        return "Secret(hidden)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        """Refuse to be pickled or copied; TypeError."""
        message = "a secret is not pickled"
        raise TypeError(message)


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
