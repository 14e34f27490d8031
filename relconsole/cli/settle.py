"""``settle``: say by hand what became of an effect, or is to; or close a difference of a total."""

from __future__ import annotations

import argparse
import asyncio

from relconsole.cli.opening import opened, wish_of
from relconsole.cli.people import add_person, add_said
from relconsole.cli.runs import add_run, answer_run, kind_of, must, run_of, run_of_effect
from relconsole.cli.words import DONE
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import EffectId, PersonId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import CloseLeftOpen, HandOverLeftOpen
from relconsole.domain.night.effect_facts import EffectSettledByHand, EffectUnknown
from relconsole.domain.night.rollback_commands import CloseTotal, KeepRestorePoint
from relconsole.domain.night.rollback_facts import TotalMoment
from relconsole.domain.night.run_commands import MoveEffect, RenewEffect
from relconsole.domain.night.state import RunState
from relconsole.domain.night.step_commands import Said
from relconsole.domain.record.effect import EffectState, Outcome
from relconsole.runtime.console import Console
from relconsole.services.desk import Desk, Records


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is settled, and how."""
    add_run(parser)
    thing = parser.add_mutually_exclusive_group(required=True)
    thing.add_argument("--effect", metavar="ID", help="an effect that nobody can tell the end of")
    thing.add_argument("--total", metavar="ID", help="a control total that differs")
    thing.add_argument("--restore-point", metavar="ID", help="a restore point taken by hand")
    thing.add_argument("--left-open", metavar="ID", help="an entry of the left-open list")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--outcome",
        choices=(*(each.value for each in Outcome), "never-happened"),
        help="how the effect ended",
    )
    how.add_argument(
        "--send", action="store_true", help="the effect waited for long and is still to be done"
    )
    parser.add_argument("--accept", action="store_true", help="take the left-open entry over")
    parser.add_argument("--cause", default="", metavar="TEXT")
    parser.add_argument("--correction", default="", metavar="TEXT")
    parser.add_argument("--owner", default="", metavar="PERSON")
    add_person(parser)
    add_said(parser)


def run(arguments: argparse.Namespace) -> int:
    """Settle it and answer with the run."""
    return asyncio.run(_act(arguments))


async def _act(arguments: argparse.Namespace) -> int:
    async with opened(wish_of(arguments, kind_of(arguments))) as console:
        found = _run_of(console.desk.state, arguments)
        await _take_for_unknown(console, arguments, found)
        must(await _settle(console.desk, arguments, found))
        answer_run(console, found, as_json=arguments.json)
    return DONE


def _run_of(state: ConsoleState, arguments: argparse.Namespace) -> RunState:
    """Give the run that is meant; PersonMustAct where no effect is named that is to leave."""
    if arguments.effect:
        return run_of_effect(state, arguments.release, EffectId(arguments.effect))
    if arguments.send:
        raise PersonMustAct("Only an effect can be sent.", do="Name it with --effect ID.")
    return run_of(state, arguments.release)


async def _take_for_unknown(
    console: Console, arguments: argparse.Namespace, found: RunState
) -> None:
    """Take an effect that a dead console left as sent for unknown: only then can it be settled.

    Whoever holds the store knows that nobody else is waiting for the answer.
    """
    left = found.effects.get(EffectId(arguments.effect)) if arguments.effect else None
    if left is None or left.effect.state is not EffectState.SENT or not console.holder.name:
        return
    gone = EffectUnknown(
        run=found.id, effect=left.effect.id, why="the console that sent it is gone"
    )
    must(await console.desk.submit(MoveEffect(run=found.id, move=gone), console.desk.console))


async def _settle(desk: Desk, arguments: argparse.Namespace, found: RunState) -> Records | Refusal:
    """Submit what settles the thing that was named."""
    said = Said(note=arguments.note, heard=arguments.heard)
    if arguments.send:
        renewed = RenewEffect(run=found.id, effect=EffectId(arguments.effect), note=arguments.note)
        return await desk.submit(renewed)
    if arguments.effect:
        never = arguments.outcome in {None, "never-happened"}
        settled = EffectSettledByHand(
            run=found.id,
            effect=EffectId(arguments.effect),
            outcome=None if never else Outcome(arguments.outcome),
            note=arguments.note,
        )
        return await desk.submit(MoveEffect(run=found.id, move=settled))
    if arguments.total:
        return await desk.submit(
            CloseTotal(
                run=found.id,
                total=arguments.total,
                moment=TotalMoment.AFTER_ROLLBACK,
                cause=arguments.cause,
                correction=arguments.correction,
                owner=PersonId(arguments.owner),
            )
        )
    if arguments.restore_point:
        kept = KeepRestorePoint(
            run=found.id, point=arguments.restore_point, says=arguments.note or "taken by hand"
        )
        return await desk.submit(kept)
    if arguments.accept:
        return await desk.submit(
            HandOverLeftOpen(run=found.id, entry=arguments.left_open, said=said)
        )
    return await desk.submit(CloseLeftOpen(run=found.id, entry=arguments.left_open, said=said))
