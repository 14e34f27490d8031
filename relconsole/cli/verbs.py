"""The verbs, their arguments, and how their errors become exit status and words."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, cast

from relconsole import __version__
from relconsole.cli.arguments import CommandParser, add_common
from relconsole.cli.words import (
    CANNOT_READ,
    INTERRUPTED,
    NO,
    OUT_OF_REACH,
    OutOfReach,
    show_error,
)
from relconsole.domain.kernel.errors import (
    Bug,
    InputRejected,
    PersonMustAct,
    RuleRefuses,
    WorldIsDown,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A verb: its module under ``relconsole.cli``, and what ``--help`` says of it in one line."""

    name: str
    module: str
    summary: str


VERBS: Final = (
    Verb(name="check", module="check", summary="say what is wrong with a workspace"),
    Verb(name="import", module="importing", summary="take a workspace into the store"),
    Verb(name="export", module="exporting", summary="write the workspace of the store to a folder"),
    Verb(name="reach", module="reach", summary="say what a failing service would take along"),
    Verb(name="schedule", module="schedule", summary="schedule a release and its way back"),
    Verb(name="night", module="night", summary="run the night of a release, live or in rehearsal"),
    Verb(name="status", module="status", summary="show how a run stands"),
    Verb(name="step", module="step", summary="start, end, skip or repeat a step of a run"),
    Verb(name="gate", module="gate", summary="answer or decide a gate of a run"),
    Verb(name="amend", module="amend", summary="amend the plan of a running night"),
    Verb(name="problem", module="problem", summary="open or close a problem of a run"),
    Verb(name="message", module="message", summary="show, draft or record the messages of a run"),
    Verb(name="muster", module="muster", summary="show or say who was called and who is there"),
    Verb(name="alerts", module="alerts", summary="show what stands in a run and what is over"),
    Verb(name="alert", module="alert", summary="acknowledge an alert, or shelve it for a time"),
    Verb(name="stop", module="line", summary="stop the line of a run"),
    Verb(name="resume", module="line", summary="resume a stopped line, or end a hold"),
    Verb(name="handover", module="handover", summary="offer or accept the command of a run"),
    Verb(name="settle", module="settle", summary="say by hand how an effect or a difference ended"),
    Verb(name="change", module="change", summary="keep the change record and the night in step"),
    Verb(name="cmdb", module="cmdb", summary="hold the services of the store against a CMDB"),
    Verb(name="rollback", module="rollback", summary="arm, sign and run the prepared rollback"),
    Verb(name="sign", module="sign", summary="answer a signing request as one person"),
    Verb(name="key", module="key", summary="make, enrol, list and revoke keys of people"),
    Verb(name="credential", module="credential", summary="keep the secret of a connected system"),
    Verb(name="report", module="report", summary="give the night report of a release"),
    Verb(name="brief", module="brief", summary="give whoever joins a run the brief"),
    Verb(name="log", module="log", summary="give the bridge log of a run, at any instant"),
    Verb(name="print", module="printing", summary="print runbook, contacts and rollback as PDF"),
    Verb(name="journal", module="journal", summary="verify, export or checkpoint a journal"),
    Verb(name="doctor", module="doctor", summary="say what of the surroundings does not work"),
    Verb(name="demo", module="demo", summary="run the living demo estate and its night"),
)


def make_parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Give the parser for these words; only the module of the verb among them is imported."""
    parser = CommandParser(
        prog="relconsole", description="A release-control console.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"relconsole {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    asked = next((word for word in words if not word.startswith("-")), "")
    for verb in VERBS:
        child = verbs.add_parser(
            verb.name, help=verb.summary, description=verb.summary, allow_abbrev=False
        )
        if verb.name == asked:
            _module(verb).add_arguments(child)
            add_common(child)
    return parser


class VerbModule(Protocol):
    """What the module of a verb offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the verb's own arguments."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it, answer on standard output, and give the exit status."""
        ...


def _module(verb: Verb) -> VerbModule:
    """Give the module of a verb."""
    return cast("VerbModule", importlib.import_module(f"relconsole.cli.{verb.module}"))


def run_verb(arguments: argparse.Namespace) -> int:
    """Run the parsed verb; an error of ours becomes words, a JSON error, and an exit status."""
    verb = next(found for found in VERBS if found.name == arguments.verb)
    as_json = bool(arguments.json)
    try:
        return _module(verb).run(arguments)
    except RuleRefuses as refused:
        show_error("refused", refused, as_json=as_json)
        return NO
    except InputRejected as rejected:
        show_error("input", rejected, as_json=as_json)
        return CANNOT_READ
    except OutOfReach as busy:
        show_error("out_of_reach", busy, as_json=as_json)
        return OUT_OF_REACH
    except PersonMustAct as person:
        show_error("person", person, as_json=as_json)
        return CANNOT_READ
    except WorldIsDown as down:
        show_error("world", down, as_json=as_json)
        return OUT_OF_REACH
    except Bug as bug:
        show_error("bug", bug, as_json=as_json)
        return OUT_OF_REACH
    except KeyboardInterrupt:
        show_error("interrupted", PersonMustAct("Interrupted."), as_json=as_json)
        return INTERRUPTED
