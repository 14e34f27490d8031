"""``stop`` and ``resume``: anyone stops the line; two people resume it; holds end by a decision."""

from __future__ import annotations

import argparse
import asyncio

from relconsole.adapters.store.writer_lock import holder_of
from relconsole.cli.opening import opened, wish_of
from relconsole.cli.people import add_person, add_said
from relconsole.cli.runs import add_run, answer_run, kind_of, must, run_of, said_of
from relconsole.cli.seconds import add_second, obtain_second
from relconsole.cli.words import DONE
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.night.bridge_commands import (
    EndHold,
    MarkTriggerFalse,
    ResumeLine,
    StopLine,
)
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.state import RunState
from relconsole.runtime.console import Console, Wish
from relconsole.services.orders import StopStands


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the run and who stops or resumes it."""
    add_run(parser)
    parser.add_argument(
        "--false-positive",
        action="append",
        default=[],
        metavar="TRIGGER",
        help="with resume: a standing trigger that says nothing about the release",
    )
    add_person(parser)
    add_said(parser)
    add_second(parser)


def run(arguments: argparse.Namespace) -> int:
    """Stop or resume and answer with the run."""
    return asyncio.run(_act(arguments))


async def _act(arguments: argparse.Namespace) -> int:
    wish = wish_of(arguments, kind_of(arguments))
    if arguments.verb == "stop":
        try:
            return await _stop(arguments, wish)
        except StopStands as stands:
            if holder_of(arguments.store) is not None:
                raise
            # Whoever wrote has ended: to open the store records what stands there.
            try:
                return await _stop(arguments, wish, stood=True)
            except (WorldIsDown, PersonMustAct) as barred:
                raise stands from barred
    async with opened(wish) as console:
        found = run_of(console.desk.state, arguments.release)
        await _resume(console, arguments, found)
        answer_run(console, found, as_json=arguments.json)
    return DONE


async def _stop(arguments: argparse.Namespace, wish: Wish, *, stood: bool = False) -> int:
    """Stop the line; where the order ``stood``, to open the store has recorded it."""
    async with opened(wish) as console:
        found = run_of(console.desk.state, arguments.release)
        if found.stop is None or not stood:
            must(await console.desk.submit(StopLine(run=found.id, said=said_of(arguments))))
        answer_run(console, found, as_json=arguments.json)
    return DONE


async def _resume(console: Console, arguments: argparse.Namespace, found: RunState) -> None:
    """Resume a stopped line with a second person, then end the holds whose causes are gone."""
    said = said_of(arguments)
    if found.stop is not None:
        shows = {"stopped_by": found.stop.by, "why": found.stop.note}
        second = await obtain_second(
            console, arguments, found.id, TwoPersonAct.RESUME, found.id, shows
        )
        must(await console.desk.submit(ResumeLine(run=found.id, second=second, said=said)))
    for trigger in arguments.false_positive:
        marked = MarkTriggerFalse(run=found.id, trigger=trigger, said=said)
        must(await console.desk.submit(marked))
    for hold in console.desk.run(found.id).holds:
        ended = EndHold(run=found.id, cause=hold.cause, thing=hold.thing, said=said)
        must(await console.desk.submit(ended))
