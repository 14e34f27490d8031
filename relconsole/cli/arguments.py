"""The arguments that every verb takes, and verbs that have verbs of their own beneath them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NoReturn

from relconsole.domain.kernel.errors import PersonMustAct

_JSON: Final = "answer as one JSON document"
_STORE: Final = "the folder of the store"


class Misused(PersonMustAct):
    """The words of a command make no sense; ``usage`` is how it is used."""

    def __init__(self, message: str, usage: str) -> None:
        """Keep what is wrong and how it would be right."""
        super().__init__(message)
        self.usage = usage


class CommandParser(argparse.ArgumentParser):
    """A parser that raises Misused instead of ending the program."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong with the words."""
        raise Misused(message, self.format_usage())


def default_store() -> Path:
    """Give the store's folder where none is named: in the user's data folder."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "relconsole"


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add what every verb takes."""
    parser.add_argument("--json", action="store_true", help=_JSON)
    parser.add_argument("--store", type=Path, default=default_store(), metavar="DIR", help=_STORE)


def add_subverbs(
    parser: argparse.ArgumentParser, summaries: Mapping[str, str]
) -> Mapping[str, argparse.ArgumentParser]:
    """Give a parser for each verb beneath a verb, by name, with what every verb takes.

    One of them must be named; it is ``subverb`` of the arguments. What is not given after it is as
    it was given before it.
    """
    beneath = parser.add_subparsers(dest="subverb", metavar="VERB", required=True)
    parsers: dict[str, argparse.ArgumentParser] = {}
    for name, summary in summaries.items():
        child = beneath.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        unless = argparse.SUPPRESS
        child.add_argument("--json", action="store_true", default=unless, help=_JSON)
        child.add_argument("--store", type=Path, default=unless, metavar="DIR", help=_STORE)
        parsers[name] = child
    return parsers
