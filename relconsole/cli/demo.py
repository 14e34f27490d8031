"""``demo``: start the living estate and play its night on real processes, to the rolled back end.

The commander's key is open in this process; everybody else of the estate is a process of their own
that answers signing requests as a stranger would.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from relconsole.cli.askers import FileAsker
from relconsole.cli.front_end import open_window
from relconsole.cli.journal import verdict_document
from relconsole.cli.opening import opened
from relconsole.cli.progress import announce
from relconsole.cli.rollback import arm_and_fire, fall_back
from relconsole.cli.verdicts import judge_store, read_anchors
from relconsole.cli.words import DONE, NO, OutOfReach, answer, say
from relconsole.domain.kernel.errors import RuleRefuses
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.json import Json, as_object
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.rollback_answer import RollbackAnswer, rollback_answer
from relconsole.ports.journal import JournalKind
from relconsole.ports.questions import Answered, Asker, Word
from relconsole.runtime.console import Console
from relconsole.runtime.demo import (
    RELEASE,
    SECOND,
    SIGN_SECONDS,
    DemoHome,
    demo_key,
    demo_wish,
    found_demo,
    start_estate,
    stop_estate,
)

_HOLDERS: Final = ("jo", "asha", "yusuf")
"""Who speaks for payments, ledger and shop."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add whether anybody is asked, the seed of the traffic, and where the demo lives."""
    parser.add_argument("--headless", action="store_true", help="ask nobody and end by itself")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="seed of the traffic")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the demo lives")


def run(arguments: argparse.Namespace) -> int:
    """Play the night and give 0 only where it ends rolled back with a journal that verifies.

    Unless it is headless, it opens in the window, and people play it.
    """
    if not arguments.headless:
        return _open_window(arguments)
    with _home(arguments.folder) as folder:
        home = DemoHome(folder)
        with _estate(home, arguments.seed):
            say(f"The estate runs; its workspace is {home.workspace}, its store {home.store}.")
            asker = FileAsker(_script())
            return asyncio.run(_play(home, asker, as_json=arguments.json))


def _open_window(arguments: argparse.Namespace) -> int:
    """Open the demo in the window; OutOfReach where none is installed."""
    folder = [] if arguments.folder is None else ["--folder", str(arguments.folder)]
    status = open_window(["demo", "--seed", str(arguments.seed), *folder])
    if status is None:
        raise OutOfReach("There is no window here.", do="Add --headless.")
    return status


@contextmanager
def _home(folder: Path | None) -> Generator[Path]:
    """Give the folder of the demo: the one that was named, which stays, or a temporary one."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="relconsole-demo-") as made:
        yield Path(made)


@contextmanager
def _estate(home: DemoHome, seed: int) -> Generator[None]:
    """Start the estate and end it afterwards."""
    began = time.monotonic()
    start_estate(home, seed)
    say(f"The estate started in {time.monotonic() - began:.1f} s.")
    try:
        yield
    finally:
        stop_estate(home)


_REASON: Final = "The trigger stands, and the way back was never rehearsed."


def _script() -> tuple[Answered, ...]:
    """Give what the people of the night say until its fault shows."""
    calm = tuple(
        Answered(step=StepId("leave-canary"), word=Word.GO, for_name=holder, heard="voice")
        for holder in _HOLDERS
    )
    return (
        Answered(step=StepId("open-bridge"), word=Word.DONE),
        Answered(step=StepId("roll-call"), word=Word.DONE, heard="voice"),
        *calm,
    )


async def _play(home: DemoHome, asker: Asker, *, as_json: bool) -> int:
    """Import, enrol, conduct until the trigger stands, roll back with two people, verify."""
    key = demo_key()
    wish = demo_wish(home, key, announce)
    async with opened(replace(wish, verb="demo import")) as console:
        await found_demo(console, home, key)
    async with opened(wish) as console:
        given = await _night(console, asker)
    asked = argparse.Namespace(
        store=home.store, kind=JournalKind.DEMO, credentials=wish.credentials
    )
    anchors = read_anchors(sorted((home.workspace / "changes").glob("*.yaml")))
    verdict = await judge_store(asked, anchors, None)
    document: dict[str, Json] = {
        **as_object(to_json(given)),
        "journal": verdict_document(verdict, {}),
    }
    ok = given.is_yes and verdict.ok
    answer(document, json.dumps(document, indent=2), as_json=as_json)
    return DONE if ok else NO


async def _night(console: Console, asker: Asker) -> RollbackAnswer:
    """Conduct the night and fall back once it is held by the trigger."""
    taken = await console.opener.open_or_take_up(RELEASE, rehearsal=False)
    if isinstance(taken, Refusal):
        raise RuleRefuses(taken)
    ending = await console.conductor(taken.lease, asker, lambda: False).conduct()
    for reason in ending.reasons:
        say(reason)
    found = console.desk.run(taken.run)
    if ending.outcome is not RunOutcome.HELD or not found.triggers:
        return rollback_answer(found)
    await arm_and_fire(console, taken.run, person_asked=SECOND, wait=SIGN_SECONDS, reason=_REASON)
    return await fall_back(console, taken.run, asker)
