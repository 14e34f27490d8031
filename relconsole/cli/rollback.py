"""``rollback``: pre-flight, arm, second signature, fire, and follow until it is observed."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from relconsole.cli.askers import FileAsker, TerminalAsker, read_answers
from relconsole.cli.night import leaving
from relconsole.cli.opening import opened, wish_of
from relconsole.cli.people import add_person
from relconsole.cli.progress import announce
from relconsole.cli.runs import add_run, kind_of, run_of
from relconsole.cli.seconds import add_second, obtain_second
from relconsole.cli.terminal import speaking_aside
from relconsole.cli.words import DONE, NO, OutOfReach, answer, plain, say
from relconsole.domain.kernel.errors import RuleRefuses
from relconsole.domain.kernel.ids import PersonId, RunId, ServiceId
from relconsole.domain.kernel.json import as_object
from relconsole.domain.kernel.refusal import Refusal, refuse
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.rollback_answer import (
    RollbackAnswer,
    dry_run_answer,
    refused_answer,
    rollback_answer,
    shown_to_second,
)
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.state import RunState
from relconsole.domain.record.request import Answer
from relconsole.ports.journal import StaleFence
from relconsole.ports.questions import Asker
from relconsole.runtime.composition import count_rehearsal
from relconsole.runtime.console import Console


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the run, how far to go, and who fires and seconds it."""
    add_run(parser)
    parser.add_argument("--dry-run", action="store_true", help="show what would be done")
    parser.add_argument("--only", metavar="SERVICE", help="one service, with what hangs on it")
    parser.add_argument(
        "--force", action="store_true", help="accept a fleet that differs; two people answer for it"
    )
    parser.add_argument(
        "--reason", default="", metavar="WORDS", help="why it is armed though no rehearsal backs it"
    )
    parser.add_argument("--answers", metavar="FILE", help="answers to manual undo steps")
    parser.add_argument("--lease", type=float, default=30.0, metavar="SECONDS")
    add_person(parser)
    add_second(parser)


def run(arguments: argparse.Namespace) -> int:
    """Roll back, or show how, and give 0 only for rolled back and a clean dry run."""
    with speaking_aside():
        return asyncio.run(_roll_back(arguments))


async def _roll_back(arguments: argparse.Namespace) -> int:
    if arguments.answers:
        asker: Asker = FileAsker(read_answers(Path(arguments.answers)))
    else:
        asker = TerminalAsker() if sys.stdin.isatty() else FileAsker(())
    wish = replace(
        wish_of(arguments, kind_of(arguments)), announce=announce, lease_seconds=arguments.lease
    )
    async with opened(wish) as console:
        found = run_of(console.desk.state, arguments.release)
        try:
            given = await _act(console, arguments, found, asker)
        except RuleRefuses as refused:
            for reason in refused.refusal.reasons:
                say(str(reason))
            armed = console.desk.run(found.id).rollback
            fleet = armed.armed.fleet if armed is not None else ()
            given = refused_answer(found.id, refused.refusal, fleet)
        except StaleFence as stale:
            raise OutOfReach("Another console took this run over.") from stale
        answer(as_object(to_json(given)), _lines(given), as_json=arguments.json)
    return DONE if given.is_yes else NO


async def _act(
    console: Console, arguments: argparse.Namespace, found: RunState, asker: Asker
) -> RollbackAnswer:
    """Show, arm and fire, or go on with what was fired before."""
    if found.is_over:
        raise RuleRefuses(refuse("run_over", found.id, f"run {found.id} has ended"))
    only = ServiceId(arguments.only) if arguments.only else None
    if found.rollback is None or found.rollback.fired_at is None:
        if arguments.dry_run:
            return await _show(console, found, only)
        if arguments.answer is None or found.rollback is None:
            _raise(
                await console.armourer.arm(
                    found.id, only, forced=arguments.force, reason=arguments.reason
                )
            )
        second = None
        if not found.rehearsal or arguments.answer is not None:
            second = await _second(console, arguments, found.id)
        _raise(await console.retreat.fire(found.id, second))
    return await fall_back(console, found.id, asker)


async def arm_and_fire(
    console: Console, run_id: RunId, *, person_asked: PersonId, wait: float, reason: str
) -> None:
    """Arm the whole rollback for a reason, ask this person to sign, and fire.

    RuleRefuses with the reasons where any of it is refused.
    """
    _raise(await console.armourer.arm(run_id, None, reason=reason))
    asking = argparse.Namespace(answer=None, wait=wait, person_asked=person_asked)
    second = await _second(console, asking, run_id)
    _raise(await console.retreat.fire(run_id, second))


async def _second(console: Console, arguments: argparse.Namespace, run_id: RunId) -> Answer:
    """Give the second person's signature under the armed rollback."""
    shows = shown_to_second(console.desk.run(run_id))
    return await obtain_second(console, arguments, run_id, TwoPersonAct.ROLLBACK, run_id, shows)


def _raise(answered: object) -> None:
    """Raise a refusal."""
    if isinstance(answered, Refusal):
        raise RuleRefuses(answered)


async def _show(console: Console, found: RunState, only: ServiceId | None) -> RollbackAnswer:
    """Give what a rollback would do now; nothing is armed."""
    prepared = await console.armourer.prepare(found.id, only)
    if isinstance(prepared, Refusal):
        raise RuleRefuses(prepared)
    for says in prepared.decayed:
        say(f"not backed by a rehearsal: {says}")
    return dry_run_answer(found.id, prepared.rows, prepared.plan.steps)


async def fall_back(console: Console, run_id: RunId, asker: Asker) -> RollbackAnswer:
    """Run the fired rollback to its end and give what it came to."""
    taken = await console.opener.take_up(run_id)
    if isinstance(taken, Refusal):
        raise RuleRefuses(taken)
    found = console.desk.run(run_id)
    with leaving() as is_cancelled:
        conductor = console.conductor(taken.lease, asker, is_cancelled.is_set, say)
        ending = await conductor.fall_back(found.runbook.verification)
    for reason in ending.reasons:
        say(reason)
    if found.rehearsal and ending.outcome is RunOutcome.ROLLED_BACK:
        say(await count_rehearsal(console, run_id))
    return rollback_answer(console.desk.run(run_id))


def _lines(given: RollbackAnswer) -> str:
    """Give a rollback for a person."""
    lines = [f"rollback of run {given.run}: {given.state}"]
    for row in given.preflight:
        mark = "ok" if row.ok else "NOT OK"
        observed = row.observed or "unknown"
        lines.append(
            f"  {row.service}@{row.environment}: expected {row.expected}, observed {observed}"
            f" ({mark}){f': {plain(row.says)}' if row.says else ''}"
        )
    lines.extend(f"  {step}: {line.state}" for step, line in given.steps.items())
    lines.extend(f"  to reconcile: {row.item}: {plain(row.reason)}" for row in given.reconcile)
    return "\n".join(lines)
