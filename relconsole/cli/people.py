"""Who acts on the command line, and with which passphrase: one person a process."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from typing import Final

from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import PersonId
from relconsole.ports.credentials import Secret

_LONGEST_PASSPHRASE: Final = 4096


def add_person(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """Add ``--as`` and where its passphrase comes from."""
    parser.add_argument(
        "--as", dest="person", metavar="PERSON", required=required, help="act as this person"
    )
    parser.add_argument(
        "--passphrase-fd",
        type=int,
        metavar="N",
        help="read the passphrase from this file descriptor instead of the terminal",
    )


def add_said(parser: argparse.ArgumentParser) -> None:
    """Add for whom an act is recorded, how it was heard, and a note."""
    parser.add_argument("--for", dest="for_name", default="", metavar="OWNER")
    parser.add_argument("--heard", default="", metavar="HOW", help="voice, chat or paper")
    parser.add_argument("--note", default="", metavar="TEXT")


def person_of(arguments: argparse.Namespace) -> PersonId | None:
    """Give who acts, None where nobody is named."""
    return PersonId(arguments.person) if arguments.person else None


def passphrase_of(arguments: argparse.Namespace) -> Secret | None:
    """Give the passphrase of the person who acts.

    From the descriptor that is named, else typed at the terminal where there is one; None where
    nobody is named or nothing can be asked, and the act is then unsigned.
    """
    if not arguments.person:
        return None
    if arguments.passphrase_fd is not None:
        return read_passphrase(arguments.passphrase_fd)
    if not sys.stdin.isatty():
        return None
    return Secret(getpass.getpass(f"Passphrase of {arguments.person}: "))


def read_passphrase(descriptor: int) -> Secret:
    """Give the first line of a file descriptor; PersonMustAct where there is none."""
    try:
        with os.fdopen(descriptor, "rb", closefd=True) as file:
            line = file.read(_LONGEST_PASSPHRASE).split(b"\n", 1)[0]
        return Secret(line.decode())
    except (OSError, UnicodeDecodeError) as wrong:
        raise PersonMustAct(
            f"No passphrase can be read from descriptor {descriptor}.",
            do="Open it for reading and write the passphrase as its first line.",
        ) from wrong
