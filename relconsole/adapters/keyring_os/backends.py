"""The keyrings that are trusted, by exact class, and what their errors mean.

The library's own choice is never asked: it would take whatever backend an environment variable or
an installed package names, one that writes plain text among them.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, cast

from relconsole.domain.kernel.errors import WorldIsDown


class Backend(Protocol):
    """What we use of a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """Give a secret."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """A keyring that may be used.

    ``longest`` is how many bytes of UTF-16 one of its entries holds, None where there is no limit
    that matters: Windows refuses more than 2,560 (CRED_MAX_CREDENTIAL_BLOB_SIZE).
    """

    module: str
    name: str
    called: str
    longest: int | None = None


TRUSTED: Final[Sequence[Trusted]] = (
    Trusted(module="keyring.backends.macOS", name="Keyring", called="macOS Keychain"),
    Trusted(
        module="keyring.backends.Windows",
        name="WinVaultKeyring",
        called="Windows Credential Locker",
        longest=2_000,
    ),
    Trusted(
        module="keyring.backends.SecretService",
        name="Keyring",
        called="Secret Service (GNOME Keyring or another)",
    ),
    Trusted(module="keyring.backends.kwallet", name="DBusKeyring", called="KWallet"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The keyring that was found, None with why there is none."""

    backend: Backend | None
    trusted: Trusted | None
    why: str


def find_backend() -> Choice:
    """Give the trusted keyring that suits this desktop best; may block, so ask on a thread."""
    reasons: list[str] = []
    best: tuple[float, Trusted, type[_Class]] | None = None
    for trusted in TRUSTED:
        try:
            kind = _class_of(trusted)
            # The library says by an exception that a class has no keyring behind it.
            priority = kind.priority
        except faults() as wrong:
            reasons.append(f"{trusted.called}: {str(wrong).strip() or type(wrong).__name__}")
            continue
        if best is None or priority > best[0]:
            best = (priority, trusted, kind)
    if best is None:
        return Choice(backend=None, trusted=None, why="; ".join(reasons))
    _, trusted, kind = best
    return Choice(backend=kind(), trusted=trusted, why="")


class _Class(Backend, Protocol):
    """A class of keyring."""

    priority: float


def _class_of(trusted: Trusted) -> type[_Class]:
    """Give the class, from the library's own module and no other place."""
    return cast("type[_Class]", getattr(importlib.import_module(trusted.module), trusted.name))


def is_missing(fault: Exception) -> bool:
    """Tell whether an error of a removal says that there was nothing to remove."""
    from keyring.errors import PasswordDeleteError

    return isinstance(fault, PasswordDeleteError)


def meaning(fault: Exception, place: str) -> WorldIsDown:
    """Give the error of our own for an error of the keyring, with what a person can do."""
    name = type(fault).__name__
    if name in {"KeyringLocked", "LockedException", "PromptDismissedException"}:
        return WorldIsDown(
            f"The {place} is locked. Unlock it (log in, or open the password application of the"
            " desktop) and try again.",
            system="keyring",
        )
    return WorldIsDown(f"The {place} did not do it ({name}: {fault}).", system="keyring")


def faults() -> tuple[type[Exception], ...]:
    """Give what a keyring raises: the roots of the errors of the libraries that are there."""
    found: list[type[Exception]] = [AttributeError, ImportError, OSError, RuntimeError]
    for module, name in (
        ("keyring.errors", "KeyringError"),
        ("secretstorage.exceptions", "SecretStorageException"),
        ("jeepney.wrappers", "DBusErrorResponse"),
        ("dbus", "DBusException"),
        ("pywintypes", "error"),
    ):
        try:
            found.append(cast("type[Exception]", getattr(importlib.import_module(module), name)))
        except ImportError:
            continue
    return tuple(found)
