"""``gate``: answer the roll call of a gate for a station, or decide the gate as its commander."""

from __future__ import annotations

import argparse
import asyncio

from relconsole.cli.askers import FileAsker
from relconsole.cli.opening import opened, wish_of
from relconsole.cli.people import add_person, add_said
from relconsole.cli.runs import add_run, answer_run, kind_of, must, run_of, step_of
from relconsole.cli.words import DONE
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.step_commands import AnswerStation, DecideGate, Said
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.ports.questions import Answered, Word
from relconsole.services.asking import Interviewer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the gate, the answer, and whose it is."""
    add_run(parser)
    parser.add_argument("step", metavar="STEP")
    parser.add_argument("word", choices=[each.value for each in StationAnswer])
    parser.add_argument("--station", metavar="STATION", help="the station that answers")
    parser.add_argument(
        "--decide", action="store_true", help="decide the gate, as its commander, after the poll"
    )
    add_person(parser)
    add_said(parser)


def run(arguments: argparse.Namespace) -> int:
    """Take the answer and give the run."""
    return asyncio.run(_answer(arguments))


async def _answer(arguments: argparse.Namespace) -> int:
    if arguments.decide and (arguments.station or arguments.for_name):
        raise PersonMustAct("A decision is the commander's own.", do="Leave --station and --for.")
    async with opened(wish_of(arguments, kind_of(arguments))) as console:
        found = run_of(console.desk.state, arguments.release)
        step = step_of(found, arguments.step)
        vote = StationAnswer(arguments.word)
        said = Said(
            for_person=PersonId(arguments.for_name) if arguments.for_name else None,
            heard=arguments.heard,
            note=arguments.note,
        )
        if arguments.decide:
            decide = DecideGate(run=found.id, step=step.id, decision=vote, said=said)
            must(await console.desk.submit(decide))
        elif arguments.station:
            answer = AnswerStation(
                run=found.id, step=step.id, station=arguments.station, vote=vote, said=said
            )
            must(await console.desk.submit(answer))
        else:
            interviewer = Interviewer(
                desk=console.desk, clock=console.clock, mover=console.mover, asker=FileAsker(())
            )
            spoken = Answered(
                step=step.id,
                word=Word(arguments.word),
                for_name=arguments.for_name,
                note=arguments.note,
                heard=arguments.heard,
            )
            must(await interviewer.take_gate(found.id, step, spoken, decide_unanimous=False))
        answer_run(console, found, as_json=arguments.json)
    return DONE
