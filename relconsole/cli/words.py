"""What the command line says: one JSON document, or plain lines; errors go to standard error."""

from __future__ import annotations

import json
import sys
from typing import Final

from relconsole.domain.kernel.errors import (
    InputRejected,
    PersonMustAct,
    RelconsoleError,
    RuleRefuses,
    WorldIsDown,
)
from relconsole.domain.kernel.json import Json, JsonObject

DONE: Final = 0
NO: Final = 1
CANNOT_READ: Final = 2
OUT_OF_REACH: Final = 3
INTERRUPTED: Final = 130

_KEPT: Final = "\n\t\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
"""What is not printable to Python and yet only takes room."""


class OutOfReach(PersonMustAct):
    """The store, the keyring or a system cannot be reached until a person has acted."""


def answer(document: JsonObject, lines: str, *, as_json: bool) -> None:
    """Print the answer: the JSON document, or the lines for a person."""
    if as_json:
        print(json.dumps(document, indent=2, sort_keys=False, ensure_ascii=False))
    elif lines:
        print(plain(lines))


def say(line: str) -> None:
    """Tell the person at the terminal something while work goes on."""
    print(plain(line), file=sys.stderr, flush=True)


def plain(text: str) -> str:
    """Give text from elsewhere without what a terminal would obey instead of showing."""
    return "".join(
        letter if letter.isprintable() or letter in _KEPT else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )


def show_error(kind: str, error: RelconsoleError, *, as_json: bool) -> None:
    """Print an error: as JSON on standard output where that was asked for, else as words."""
    if as_json:
        print(json.dumps({"error": _describe(kind, error)}, indent=2, ensure_ascii=False))
        return
    print(f"relconsole: {plain(_in_words(error))}", file=sys.stderr)


def _describe(kind: str, error: RelconsoleError) -> dict[str, Json]:
    """Give the error with the keys that every error has."""
    described: dict[str, Json] = {
        "kind": kind,
        "message": _in_words(error),
        "file": None,
        "line": None,
        "field": None,
    }
    match error:
        case InputRejected(problems=problems):
            first = problems[0]
            described |= {"file": first.file, "line": first.line, "field": first.field}
            described["problems"] = [
                {
                    "file": problem.file,
                    "line": problem.line,
                    "field": problem.field,
                    "message": problem.message,
                }
                for problem in problems
            ]
        case RuleRefuses(refusal=refusal):
            described["reasons"] = [
                {
                    "rule": reason.rule,
                    "thing": reason.thing,
                    "says": reason.says,
                    "lifts": reason.lifts,
                }
                for reason in refusal.reasons
            ]
        case _:
            pass
    return described


def _in_words(error: RelconsoleError) -> str:
    """Give the error as a person reads it."""
    match error:
        case RuleRefuses(refusal=refusal):
            return "\n".join(str(reason) for reason in refusal.reasons)
        case WorldIsDown(what=what):
            return what
        case _:
            return str(error)
