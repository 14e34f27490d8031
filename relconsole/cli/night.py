"""``night``: conduct the night of a release, live or in rehearsal, until it ends or is held."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from relconsole.cli.askers import FileAsker, RuleAsker, TerminalAsker, read_answers
from relconsole.cli.opening import opened, wish_of
from relconsole.cli.paper_trail import paper_trail
from relconsole.cli.people import add_person
from relconsole.cli.progress import announce
from relconsole.cli.runs import add_run, answer_run, kind_of, release_of, status_of_outcome
from relconsole.cli.terminal import speaking_aside
from relconsole.cli.words import OutOfReach, say
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import PersonMustAct, RuleRefuses
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.record.recorded import Recorded
from relconsole.ports.journal import StaleFence
from relconsole.ports.questions import Asker
from relconsole.runtime.composition import count_rehearsal
from relconsole.runtime.paper_trail import PaperTrail


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the release, the kind of run, who conducts it, and where answers come from."""
    add_run(parser)
    add_person(parser)
    parser.add_argument("--auto", action="store_true", help="answer done; rehearsals only")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="answers as JSON lines")
    parser.add_argument(
        "--stay",
        action="store_true",
        help="wait for answers that `step` and `gate` give from elsewhere",
    )
    parser.add_argument(
        "--take-over",
        action="store_true",
        help="take the run from a frozen console whose lease has run out",
    )
    parser.add_argument(
        "--no-print", action="store_true", help="print nothing at the opening and at gates"
    )
    parser.add_argument("--lease", type=float, default=30.0, metavar="SECONDS")


def run(arguments: argparse.Namespace) -> int:
    """Conduct, answer with the run, and give 0 only where it finished."""
    if arguments.auto and not arguments.rehearsal:
        raise PersonMustAct(
            "--auto answers for people, so it is for rehearsals only.", do="Add --rehearsal."
        )
    asker = _asker(arguments)
    wanted = not arguments.no_print and not arguments.rehearsal
    with speaking_aside(), paper_trail(arguments.store, wanted=wanted) as trail:
        return asyncio.run(_conduct(arguments, asker, trail))


def _asker(arguments: argparse.Namespace) -> Asker:
    """Give where answers come from: a file, the rule, the terminal, or nowhere."""
    if arguments.answers is not None:
        return FileAsker(read_answers(arguments.answers), stays=arguments.stay)
    if arguments.auto:
        return RuleAsker()
    if sys.stdin.isatty() and not arguments.stay:
        return TerminalAsker()
    return FileAsker((), stays=arguments.stay)


async def _conduct(arguments: argparse.Namespace, asker: Asker, trail: PaperTrail | None) -> int:
    def tell(recorded: Recorded[ConsoleFact], state: ConsoleState) -> None:
        announce(recorded, state)
        if trail is not None:
            trail.see(recorded, state)

    wish = replace(
        wish_of(arguments, kind_of(arguments)),
        announce=tell,
        lease_seconds=arguments.lease,
        take_over=arguments.take_over,
    )
    async with opened(wish) as console:
        release = release_of(console.desk.state, arguments.release)
        taken = await console.opener.open_or_take_up(release, rehearsal=arguments.rehearsal)
        if isinstance(taken, Refusal):
            raise RuleRefuses(taken)
        with leaving() as is_cancelled:
            conductor = console.conductor(taken.lease, asker, is_cancelled.is_set, say)
            try:
                ending = await conductor.conduct()
            except StaleFence as stale:
                raise OutOfReach("Another console took this run over.") from stale
        for reason in ending.reasons:
            say(reason)
        if arguments.rehearsal and ending.outcome is RunOutcome.FINISHED:
            say(await count_rehearsal(console, taken.run))
        answer_run(console, console.desk.run(taken.run), as_json=arguments.json)
        return status_of_outcome(ending.outcome)


@contextmanager
def leaving() -> Generator[asyncio.Event]:
    """Give an event that Ctrl-C sets: the run is then left in order, and can be taken up again."""
    wish = asyncio.Event()
    loop = asyncio.get_running_loop()
    # Not every platform lets a loop take signals; there Ctrl-C raises, and recovery does the rest.
    with suppress(NotImplementedError, ValueError):
        loop.add_signal_handler(signal.SIGINT, _leave, wish)
        loop.add_signal_handler(signal.SIGTERM, _leave, wish)
    try:
        yield wish
    finally:
        with suppress(NotImplementedError, ValueError):
            loop.remove_signal_handler(signal.SIGINT)
            loop.remove_signal_handler(signal.SIGTERM)


def _leave(wish: asyncio.Event) -> None:
    """Keep that the person wants to leave, and say what happens."""
    say("Leaving: what is on its way is recorded, then the run is given up.")
    wish.set()
