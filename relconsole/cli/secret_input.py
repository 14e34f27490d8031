"""Reading secrets: from a file descriptor, or typed unseen; never from an argument or variable."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from typing import Final

from relconsole.cli.people import read_passphrase
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.ports.credentials import Secret

_LONGEST_SECRET: Final = 64 * 1024


def new_passphrase(arguments: argparse.Namespace, person: str) -> Secret:
    """Give the passphrase of a new key: typed twice, or once from the descriptor that is named.

    PersonMustAct where nothing can be asked, or the second differs from the first.
    """
    if arguments.passphrase_fd is not None:
        return read_passphrase(arguments.passphrase_fd)
    _demand_terminal("--passphrase-fd")
    first = getpass.getpass(f"New passphrase of {person}: ")
    if getpass.getpass("The same again: ") != first:
        raise PersonMustAct("The two passphrases differ.", do="Try again.")
    return Secret(first)


def new_secret(descriptor: int | None, system: str) -> Secret:
    """Give the secret of a system: typed unseen, or all that a descriptor holds.

    One newline at its end is not part of it. PersonMustAct where there is none.
    """
    if descriptor is None:
        _demand_terminal("--secret-fd")
        text = getpass.getpass(f"Secret of {system}: ")
    else:
        text = _read_all(descriptor)
    if not text:
        raise PersonMustAct(f"The secret of {system} is empty.")
    return Secret(text)


def _demand_terminal(option: str) -> None:
    """Raise PersonMustAct where nobody can type."""
    if not sys.stdin.isatty():
        raise PersonMustAct(
            "There is no terminal to type a secret at.",
            do=f"Write it to a file descriptor and name that with {option}.",
        )


def _read_all(descriptor: int) -> str:
    """Give the text of a descriptor to its end."""
    try:
        with os.fdopen(descriptor, "rb") as file:
            raw = file.read(_LONGEST_SECRET + 1)
        text = raw.decode()
    except (OSError, UnicodeDecodeError) as wrong:
        raise PersonMustAct(
            f"No secret can be read from descriptor {descriptor}.",
            do="Open it for reading and write the secret to it, as UTF-8.",
        ) from wrong
    if len(raw) > _LONGEST_SECRET:
        raise PersonMustAct(f"The secret is longer than {_LONGEST_SECRET} bytes.")
    return text.removesuffix("\n").removesuffix("\r")
