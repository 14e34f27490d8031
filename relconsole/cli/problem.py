"""``problem``: open a problem with its decision box, or close one with what was decided."""

from __future__ import annotations

import argparse
import asyncio

from relconsole.cli.opening import opened, wish_of
from relconsole.cli.people import add_person, add_said
from relconsole.cli.runs import add_run, answer_run, kind_of, must, run_of, said_of
from relconsole.cli.step import instant_of
from relconsole.cli.words import DONE
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import PersonId, ServiceId, StepId
from relconsole.domain.night.bridge_commands import CloseProblem, OpenProblem
from relconsole.domain.night.facts import Followers
from relconsole.domain.night.state import RunState
from relconsole.runtime.console import Console


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the problem is, and who decides it by when."""
    add_run(parser)
    parser.add_argument("act", choices=("open", "close"))
    parser.add_argument("--id", dest="problem", metavar="ID", help="the problem; new where opened")
    parser.add_argument("--what", default="", metavar="TEXT")
    parser.add_argument("--severity", default="major", choices=("minor", "major", "critical"))
    parser.add_argument("--owner", metavar="PERSON")
    parser.add_argument("--step", metavar="STEP")
    parser.add_argument("--service", metavar="SERVICE")
    parser.add_argument("--incident", default="", metavar="ID")
    parser.add_argument("--next-word", metavar="INSTANT", help="when the next word is due")
    parser.add_argument("--question", default="", metavar="TEXT", help="what is to be decided")
    parser.add_argument("--option", action="append", default=[], metavar="TEXT")
    parser.add_argument("--decides", metavar="PERSON")
    parser.add_argument("--decide-by", metavar="INSTANT")
    parser.add_argument("--then", choices=("hold", "roll_back"), default="hold")
    parser.add_argument("--decision", default="", metavar="TEXT")
    add_person(parser)
    add_said(parser)


def run(arguments: argparse.Namespace) -> int:
    """Open or close it and answer with the run."""
    return asyncio.run(_act(arguments))


async def _act(arguments: argparse.Namespace) -> int:
    async with opened(wish_of(arguments, kind_of(arguments))) as console:
        found = run_of(console.desk.state, arguments.release)
        if arguments.act == "open":
            must(await console.desk.submit(_open(console, arguments, found)))
        else:
            if not arguments.problem:
                raise PersonMustAct("Which problem is closed?", do="Name it with --id.")
            close = CloseProblem(
                run=found.id,
                problem=arguments.problem,
                decision=arguments.decision,
                said=said_of(arguments),
            )
            must(await console.desk.submit(close))
        answer_run(console, found, as_json=arguments.json)
    return DONE


def _open(console: Console, arguments: argparse.Namespace, found: RunState) -> OpenProblem:
    """Give the problem; its decision comes no later than the way back allows."""
    if not arguments.what:
        raise PersonMustAct("A problem says what is wrong.", do="Say it with --what.")
    number = len(found.problems) + 1
    now = console.clock.now()
    forecast = console.forecaster.forecast(console.desk.state, found.id, now)
    return OpenProblem(
        run=found.id,
        problem=arguments.problem or f"P{number}",
        what=arguments.what,
        severity=arguments.severity,
        owner=PersonId(arguments.owner) if arguments.owner else None,
        step=StepId(arguments.step) if arguments.step else None,
        service=ServiceId(arguments.service) if arguments.service else None,
        incident=arguments.incident,
        next_word=instant_of(arguments.next_word, "--next-word"),
        question=arguments.question,
        options=tuple(arguments.option),
        decides=PersonId(arguments.decides) if arguments.decides else None,
        decide_by=instant_of(arguments.decide_by, "--decide-by"),
        latest_decide_by=forecast.decide_by,
        then=Followers(arguments.then),
    )
