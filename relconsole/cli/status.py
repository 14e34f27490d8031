"""``status RELEASE``: how the newest run of a release stands, read beside whoever conducts it."""

from __future__ import annotations

import argparse
import asyncio

from relconsole.cli.readings import read_run
from relconsole.cli.runs import add_run, earlier_runs, run_lines
from relconsole.cli.words import DONE, NO, answer
from relconsole.domain.kernel.json import as_object
from relconsole.domain.night.answer import NightAnswer, night_answer
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.waiting import expired_effects


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the release."""
    add_run(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer the run; 1 where it is held, stopped or rolled back."""
    reading = asyncio.run(read_run(arguments))
    earlier = earlier_runs(reading.state, reading.run)
    found = night_answer(reading.run, reading.at, earlier=earlier)
    expired = expired_effects((*earlier, reading.run), reading.at)
    answer(as_object(to_json(found)), run_lines(found, expired), as_json=arguments.json)
    return exit_of(found)


def exit_of(found: NightAnswer) -> int:
    """Give the exit status for how a run stands: 0 while it goes on and where it finished."""
    return DONE if found.outcome in {None, RunOutcome.FINISHED} else NO
