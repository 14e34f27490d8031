"""The second person's signature on the command line: a request as a file, an answer as a file.

At a terminal the second person may type their own passphrase; that happens in a process of its own,
so that no process ever has two people's keys open.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from relconsole.adapters.evidence import write_durably
from relconsole.cli.runs import must
from relconsole.cli.words import say
from relconsole.domain.console.decide import around_release
from relconsole.domain.kernel.errors import PersonMustAct, RuleRefuses, WorldIsDown
from relconsole.domain.kernel.ids import PersonId, RunId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.kernel.refusal import Refusal, refuse
from relconsole.domain.night.eligible import say_eligible
from relconsole.domain.night.rollback_commands import AskSignature
from relconsole.domain.night.rollback_facts import SignatureAsked, TwoPersonAct
from relconsole.domain.record.canonical import canonical
from relconsole.domain.record.request import Answer, parse_answer
from relconsole.runtime.console import Console

_LOOK_SECONDS: Final = 0.1
_LONGEST: Final = 1024 * 1024


def add_second(parser: argparse.ArgumentParser) -> None:
    """Add where the second person's answer comes from."""
    parser.add_argument("--answer", type=Path, metavar="FILE", help="a second person's answer")
    parser.add_argument(
        "--wait",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="wait so long for the answer to appear beside the request",
    )
    parser.add_argument("--ask", dest="person_asked", metavar="PERSON", help="whom to ask")


def read_answer(path: Path) -> Answer:
    """Give the answer of a file; PersonMustAct where there is none."""
    try:
        with path.open("rb") as file:
            raw = file.read(_LONGEST + 1)
    except OSError as wrong:
        raise PersonMustAct(f"{path} cannot be read: {wrong.strerror}.") from wrong
    return parse_answer(raw, file=str(path))


async def obtain_second(
    console: Console,
    arguments: argparse.Namespace,
    run: RunId,
    act: TwoPersonAct,
    thing: str,
    shows: JsonObject,
) -> Answer:
    """Give a second person's answer: the file that was named, or one to a request asked now.

    RuleRefuses, naming the request's file, where nobody has answered.
    """
    if arguments.answer is not None:
        return read_answer(arguments.answer)
    asked = await _ask(console, arguments, run, act, thing, shows)
    request = console.layout.requests / f"{asked.digest[:16]}.request.json"
    reply = answer_path(request)
    try:
        await asyncio.to_thread(write_durably, request, asked.request.encode())
    except OSError as wrong:
        raise WorldIsDown(f"{request} cannot be written: {wrong.strerror}.") from wrong
    who = _who_may_sign(console, run, act, thing)
    say(
        f"A second person signs: relconsole sign {request} --as PERSON"
        + (f"; {who}" if who else "")
    )
    if await _appears(reply, arguments.wait) or await _sign_here(console, request, reply):
        return read_answer(reply)
    raise RuleRefuses(
        refuse(
            "second_person",
            thing,
            f"{act} needs a second person's signature",
            f"sign {request}, then repeat this with --answer {reply}" + (f"; {who}" if who else ""),
        )
    )


def _who_may_sign(console: Console, run: RunId, act: TwoPersonAct, thing: str) -> str:
    """Give who of the enrolled may sign, nothing where nobody is enrolled or the run is gone."""
    state, desk = console.desk.state, console.desk
    found = state.runs[run]
    around = around_release(state, found.release, desk.actor, console.clock.now(), desk.journal.id)
    if isinstance(around, Refusal) or not around.keys.effective:
        return ""
    return say_eligible(around, found, act, thing)


async def _ask(
    console: Console,
    arguments: argparse.Namespace,
    run: RunId,
    act: TwoPersonAct,
    thing: str,
    shows: JsonObject,
) -> SignatureAsked:
    """Record that a signature is asked, and give the fact."""
    person_asked = PersonId(arguments.person_asked) if arguments.person_asked else None
    ask = AskSignature(
        run=run, act=act, thing=thing, person_asked=person_asked, shows=canonical(shows).decode()
    )
    records = must(await console.desk.submit(ask))
    return next(each.fact for each in records if isinstance(each.fact, SignatureAsked))


def answer_path(request: Path) -> Path:
    """Give where the answer to a request file is written: beside it."""
    name = request.name.removesuffix(".request.json").removesuffix(".json")
    return request.with_name(f"{name}.answer.json")


async def _appears(path: Path, seconds: float) -> bool:
    """Tell whether a file is there within so many seconds."""
    until = time.monotonic() + seconds
    while not await asyncio.to_thread(path.exists):
        if time.monotonic() >= until:
            return False
        await asyncio.sleep(_LOOK_SECONDS)
    return True


async def _sign_here(console: Console, request: Path, reply: Path) -> bool:
    """Let a second person sign at this terminal, in a process of their own; False where none is."""
    if not sys.stdin.isatty():
        return False
    who = await asyncio.to_thread(input, "Second person (empty to leave): ")
    if not who.strip():
        return False
    start = "import sys; from relconsole.cli import main; sys.exit(main())"
    store = str(console.layout.folder)
    words = ("sign", str(request), "--as", who.strip(), "--store", store)
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", start, *words], check=False)
    return await asyncio.to_thread(reply.exists)


def reasons_of(refusal: Refusal) -> frozenset[str]:
    """Give the rules that refused."""
    return frozenset(reason.rule for reason in refusal.reasons)
