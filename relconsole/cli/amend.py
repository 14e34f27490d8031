"""``amend``: show what an amendment of a running night would do, and record it."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path

from relconsole.adapters.formats.workspace.amend import read_amendment_file
from relconsole.cli.opening import opened, wish_of
from relconsole.cli.people import add_person
from relconsole.cli.runs import add_run, answer_run, kind_of, must, run_of
from relconsole.cli.seconds import add_second, obtain_second, read_answer
from relconsole.cli.words import DONE, answer, say
from relconsole.domain.kernel.errors import RuleRefuses
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.json import Json
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import Amend
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.plan.compare import AmendmentEffect
from relconsole.services.amending import BEYOND


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the run, the amendment file, and who amends."""
    add_run(parser)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--reason", default="", metavar="TEXT")
    parser.add_argument("--dry-run", action="store_true", help="show the effect, record nothing")
    add_person(parser)
    add_second(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show the effect, then record it unless only that was asked."""
    return asyncio.run(_amend(arguments))


async def _amend(arguments: argparse.Namespace) -> int:
    async with opened(wish_of(arguments, kind_of(arguments))) as console:
        found = run_of(console.desk.state, arguments.release)
        workspace = console.desk.state.workspace
        release = replace(workspace.releases[found.release], runbook=found.runbook)
        amendments = read_amendment_file(
            arguments.file, release, workspace.estate, workspace.systems
        )
        weighed = await console.amender.weigh(found.id, amendments, arguments.reason)
        if isinstance(weighed, Refusal):
            raise RuleRefuses(weighed)
        command, effect = weighed.command, weighed.effect
        for line in effect_lines(effect):
            say(line)
        if arguments.dry_run:
            answer(effect_document(effect), "", as_json=arguments.json)
            return DONE
        recorded = await console.desk.submit(_with_answer(command, arguments))
        if isinstance(recorded, Refusal) and _needs_second(recorded):
            second = await obtain_second(
                console,
                arguments,
                found.id,
                TwoPersonAct.AMEND,
                weighed.thing,
                {"effect": list(effect_lines(effect))},
            )
            recorded = await console.desk.submit(replace(command, second=second))
        must(recorded)
        answer_run(console, found, as_json=arguments.json)
    return DONE


def _with_answer(command: Amend, arguments: argparse.Namespace) -> Amend:
    """Give the command with the answer that was named, where one was."""
    if arguments.answer is None:
        return command
    return replace(command, second=read_answer(arguments.answer))


def _needs_second(refusal: Refusal) -> bool:
    """Tell whether a second person is all that is missing."""
    return frozenset(reason.rule for reason in refusal.reasons) == BEYOND


def effect_lines(effect: AmendmentEffect) -> tuple[str, ...]:
    """Give what an amendment does, a line each."""
    before, after = effect.before, effect.after
    back = after.latest_safe_start
    return (
        f"forecast end (P90) {format_instant(before.end_p90)} -> {format_instant(after.end_p90)}",
        f"in the window with {before.in_window:.0%} -> {after.in_window:.0%}",
        "latest safe rollback start "
        + ("none: forward only" if back is None else format_instant(back)),
        f"voided: {', '.join(effect.voided) or 'nothing'}",
    )


def effect_document(effect: AmendmentEffect) -> dict[str, Json]:
    """Give what an amendment does as JSON."""
    back = effect.after.latest_safe_start
    return {
        "end_before": format_instant(effect.before.end_p90),
        "end_after": format_instant(effect.after.end_p90),
        "in_window_before": effect.before.in_window,
        "in_window_after": effect.after.in_window,
        "latest_safe_rollback_start": None if back is None else format_instant(back),
        "voided": list(effect.voided),
        "added": list(effect.difference.added),
        "changed": list(effect.difference.changed),
    }
