"""``step``: start, end, skip or repeat one step of a run, by its owner or recorded for them."""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime
from typing import Final

from relconsole.cli.opening import opened, wish_of
from relconsole.cli.people import add_person, add_said
from relconsole.cli.runs import add_run, answer_run, kind_of, must, run_of, said_of, step_of
from relconsole.cli.seconds import add_second, obtain_second, reasons_of
from relconsole.cli.words import DONE, OutOfReach
from relconsole.domain.kernel.errors import PersonMustAct, RuleRefuses
from relconsole.domain.kernel.ids import RunId
from relconsole.domain.kernel.instants import parse_instant
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.facts import Followers, StepState
from relconsole.domain.night.relief import underway_relief
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.state import RunState
from relconsole.domain.night.step_commands import (
    DecideFollowers,
    EndStep,
    RepeatStep,
    WaitStep,
)
from relconsole.domain.plan.runbook import Step
from relconsole.domain.record.request import Answer
from relconsole.runtime.console import Console
from relconsole.services.desk import Records

_ENDINGS: Final = {
    "done": StepState.DONE,
    "fail": StepState.FAILED,
    "skip": StepState.SKIPPED,
    "not-needed": StepState.NOT_NEEDED,
}
_ACTS: Final = ("start", *_ENDINGS, "repeat", "wait", "followers")
RELIEF_SECONDS: Final = 90.0
"""How long a relief is followed by the command that started it."""

_LOOK_SECONDS: Final = 0.2
_COMMITS: Final = frozenset({"irreversible_step", "past_latest_safe_start"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the step, what is done to it, by whom and for whom."""
    add_run(parser)
    parser.add_argument("step", metavar="STEP")
    parser.add_argument("act", choices=_ACTS)
    parser.add_argument(
        "--followers",
        choices=[each.value.replace("_", "-") for each in Followers],
        help="what becomes of the steps that wait for a failed or skipped one",
    )
    parser.add_argument("--until", metavar="INSTANT", help="how long a step waits")
    add_person(parser)
    add_said(parser)
    add_second(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it and answer with the run."""
    return asyncio.run(_act(arguments))


async def _act(arguments: argparse.Namespace) -> int:
    async with opened(wish_of(arguments, kind_of(arguments))) as console:
        found = run_of(console.desk.state, arguments.release)
        step = step_of(found, arguments.step)
        match arguments.act:
            case "start":
                await _start(console, arguments, found, step)
            case "repeat":
                must(
                    await console.desk.submit(
                        RepeatStep(run=found.id, step=step.id, said=said_of(arguments))
                    )
                )
            case "wait":
                must(await console.desk.submit(_wait(arguments, found, step)))
            case "followers":
                await _decide_followers(console, arguments, found, step)
            case _:
                await _end(console, arguments, found, step)
        answer_run(console, found, as_json=arguments.json)
    return DONE


async def _start(
    console: Console, arguments: argparse.Namespace, found: RunState, step: Step
) -> None:
    """Start a step under the run's lease, with a second person where the way back demands one.

    What it intends is sent at once; how it ends is followed by whoever conducts the run next.
    Relief is followed here: a hold or a stopped line keeps only the night from being conducted.
    """
    relief = found.is_relief(step.id)
    if console.posts:
        if step.run is not None and not relief:
            raise OutOfReach(
                "A job is started by the program that conducts the night.",
                why="It holds the lease under which effects are intended.",
                do="It starts the step as soon as it is ready.",
            )
        must(await console.mover.start(found.id, step, said_of(arguments)))
        return
    taken = await console.opener.take_up(found.id)
    if isinstance(taken, Refusal):
        raise RuleRefuses(taken)
    try:
        second = None if arguments.answer is None else await _second(console, arguments, step)
        started = await console.mover.start(found.id, step, said_of(arguments), second)
        if isinstance(started, Refusal) and second is None and reasons_of(started) & _COMMITS:
            second = await _second(console, arguments, step, started)
            started = await console.mover.start(found.id, step, said_of(arguments), second)
        must(started)
        await console.dispatcher.deliver(found.id)
        if relief and step.run is not None:
            await _follow(console, found.id)
    finally:
        await console.desk.journal.release_lease(taken.lease)


async def _follow(console: Console, run: RunId) -> None:
    """Follow the jobs of relief until what they came to is known, or for as long as one waits."""
    until = console.clock.tick() + RELIEF_SECONDS
    while underway_relief(console.desk.run(run)) and console.clock.tick() < until:
        await console.clock.sleep(_LOOK_SECONDS)
        await console.dispatcher.deliver(run)
        await console.mover.finish_jobs(run)


async def _second(
    console: Console,
    arguments: argparse.Namespace,
    step: Step,
    refusal: Refusal | None = None,
) -> Answer:
    """Give the second person's signature under a start that removes the way back."""
    found = run_of(console.desk.state, arguments.release)
    says = [str(reason) for reason in refusal.reasons] if refusal else []
    return await obtain_second(
        console,
        arguments,
        found.id,
        TwoPersonAct.COMMIT,
        step.id,
        {"step": step.id, "title": step.title, "way_back": says},
    )


async def _end(
    console: Console, arguments: argparse.Namespace, found: RunState, step: Step
) -> None:
    """End a step; a manual one that nobody started is started by being done."""
    said = said_of(arguments)
    state = _ENDINGS[arguments.act]
    standing = found.steps[step.id].state
    begins = state in {StepState.DONE, StepState.FAILED}
    if begins and standing is StepState.NOT_STARTED and step.run is None:
        must(await console.mover.start(found.id, step, said))
    if begins and not found.rehearsal:
        attempt = len(console.desk.run(found.id).steps[step.id].attempts)
        for check in step.checks if attempt else ():
            await console.mover.read_check(found.id, step, check, attempt)
    end = EndStep(run=found.id, step=step.id, state=state, said=said)
    ended: Records | Refusal = await console.desk.submit(end)
    if isinstance(ended, Refusal) and reasons_of(ended) <= {"check_fails"}:
        second = await obtain_second(
            console,
            arguments,
            found.id,
            TwoPersonAct.OVERRIDE,
            step.id,
            {"step": step.id, "failing": [reason.says for reason in ended.reasons]},
        )
        override = EndStep(run=found.id, step=step.id, state=state, said=said, second=second)
        ended = await console.desk.submit(override)
    must(ended)
    if arguments.followers:
        await _decide_followers(console, arguments, found, step)


def _wait(arguments: argparse.Namespace, found: RunState, step: Step) -> WaitStep:
    """Give the command that a running step waits."""
    if not arguments.note:
        raise PersonMustAct("A step waits for something.", do="Say for what with --note.")
    return WaitStep(
        run=found.id,
        step=step.id,
        reason=arguments.note,
        until=instant_of(arguments.until, "--until"),
        said=said_of(arguments),
    )


def instant_of(text: str | None, field: str) -> datetime | None:
    """Give the instant that an argument names, None without one; PersonMustAct for no instant."""
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as wrong:
        raise PersonMustAct(
            f"{field} {text} is no instant.", do="Write it as 2026-04-21T02:30:00Z."
        ) from wrong


async def _decide_followers(
    console: Console, arguments: argparse.Namespace, found: RunState, step: Step
) -> None:
    """Decide what becomes of those that wait for the step."""
    if not arguments.followers:
        raise PersonMustAct("Nothing is decided.", do="Say what with --followers.")
    decision = Followers(arguments.followers.replace("-", "_"))
    said = said_of(arguments)
    must(
        await console.desk.submit(
            DecideFollowers(run=found.id, step=step.id, decision=decision, said=said)
        )
    )
