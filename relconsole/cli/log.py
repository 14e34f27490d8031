"""``log RELEASE``: the bridge log of a run, and the run as it stood at any instant of it."""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime

from relconsole.cli.lookup import find_person_id
from relconsole.cli.readings import Reading, read_run
from relconsole.cli.runs import add_run, run_lines, step_of
from relconsole.cli.words import DONE, answer
from relconsole.domain.kernel.errors import InputRejected, Problem
from relconsole.domain.kernel.instants import format_instant, parse_instant
from relconsole.domain.kernel.json import Json
from relconsole.domain.night.answer import night_answer
from relconsole.domain.night.log import LogFilter, LogLine, log_lines, render_line
from relconsole.domain.night.plain_json import to_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the release, the instant, and which lines to show."""
    add_run(parser)
    parser.add_argument(
        "--at", metavar="INSTANT", help="only what was recorded by then, such as 2026-04-21T02:10Z"
    )
    parser.add_argument("--person", metavar="PERSON", help="only acts by or for this person")
    parser.add_argument("--step", metavar="STEP", help="only what is about this step")
    parser.add_argument("--fact", metavar="KIND", help="only facts of this kind")
    parser.add_argument(
        "--state", action="store_true", help="also how the run stood at that instant"
    )


def run(arguments: argparse.Namespace) -> int:
    """Answer the lines, and with ``--state`` the run as it stood."""
    at = None if arguments.at is None else _instant(arguments.at)
    reading = asyncio.run(read_run(arguments, at))
    found = log_lines(reading.facts, _filter(reading, arguments))
    document: dict[str, Json] = {
        "run": reading.run.id,
        "release": reading.release.id,
        "at": format_instant(reading.at),
        "lines": to_json(found),
    }
    lines = [_shown(line, reading.release.zone) for line in found]
    if arguments.state:
        state = night_answer(reading.run, reading.at)
        document["state"] = to_json(state)
        lines.append(run_lines(state))
    answer(document, "\n".join(lines), as_json=arguments.json)
    return DONE


def _filter(reading: Reading, arguments: argparse.Namespace) -> LogFilter:
    """Give which lines are asked for; InputRejected or RuleRefuses for a name that is none."""
    people = reading.state.workspace.estate.people
    person, step = arguments.person, arguments.step
    return LogFilter(
        kinds=frozenset((arguments.fact,)) if arguments.fact else frozenset(),
        people=frozenset((find_person_id(people, person, str(arguments.store)),))
        if person
        else frozenset(),
        steps=frozenset((step_of(reading.run, step).id,)) if step else frozenset(),
    )


def _shown(line: LogLine, zone: str) -> str:
    """Give a line with its number in the record, and a mark where no person's key is on it."""
    unsigned = "" if line.signed or line.person is None else " [unsigned]"
    return f"{line.seq:>5}  {render_line(line, zone)}{unsigned}"


def _instant(text: str) -> datetime:
    """Give the instant of an RFC 3339 text; InputRejected for another, and for one without zone."""
    try:
        return parse_instant(text)
    except ValueError as wrong:
        says = f"no instant with Z or an offset: {wrong}"
        raise InputRejected((Problem(file="--at", line=None, field="", message=says),)) from wrong
