"""``handover``: offer the command with a relief brief, or accept the offer over the same brief."""

from __future__ import annotations

import argparse
import asyncio

from relconsole.cli.briefing import brief_of
from relconsole.cli.opening import opened, wish_of
from relconsole.cli.people import add_person
from relconsole.cli.runs import add_run, answer_run, kind_of, must, run_of
from relconsole.cli.words import DONE, say
from relconsole.domain.kernel.errors import RuleRefuses
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.kernel.refusal import refuse
from relconsole.domain.night.bridge_commands import AcceptHandover, OfferHandover


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add to whom the command is offered, or that it is accepted."""
    add_run(parser)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--to", metavar="PERSON", help="offer the command to this person")
    choice.add_argument("--accept", action="store_true", help="accept the offered command")
    parser.add_argument(
        "--brief", metavar="DIGEST", help="the brief that was read; the offered one"
    )
    add_person(parser)


def run(arguments: argparse.Namespace) -> int:
    """Offer or accept, show the brief, and answer with the run."""
    return asyncio.run(_act(arguments))


async def _act(arguments: argparse.Namespace) -> int:
    async with opened(wish_of(arguments, kind_of(arguments))) as console:
        found = run_of(console.desk.state, arguments.release)
        if arguments.to:
            text, digest = brief_of(console, found, PersonId(arguments.to))
            say(text)
            offer = OfferHandover(run=found.id, to=PersonId(arguments.to), brief=digest)
            must(await console.desk.submit(offer))
            say(f"offered to {arguments.to} with brief {digest}")
        else:
            if found.handover is None:
                raise RuleRefuses(refuse("no_offer", found.id, "no hand-over is offered"))
            read = Digest(arguments.brief) if arguments.brief else found.handover.brief
            must(await console.desk.submit(AcceptHandover(run=found.id, brief=read)))
        answer_run(console, found, as_json=arguments.json)
    return DONE
