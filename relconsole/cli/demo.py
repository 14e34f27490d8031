"""``demo``: start the living estate and play its night on real processes, to the rolled back end.

The commander's key is open in this process; everybody else of the estate is a process of their own
that answers signing requests as a stranger would.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from relconsole.adapters.clock import SystemIds
from relconsole.adapters.evidence import write_durably
from relconsole.adapters.formats.workspace.read import read_workspace
from relconsole.adapters.keyring_os.credentials import MemoryCredentials
from relconsole.adapters.store.layout import StoreLayout
from relconsole.cli.askers import FileAsker, TerminalAsker
from relconsole.cli.journal import verdict_document
from relconsole.cli.opening import opened
from relconsole.cli.progress import announce
from relconsole.cli.rollback import arm_and_fire, fall_back
from relconsole.cli.runs import must
from relconsole.cli.seconds import answer_path, read_answer
from relconsole.cli.verdicts import judge_store, read_anchors
from relconsole.cli.words import DONE, NO, answer, say
from relconsole.domain.console.commands import EnrolKey, ImportWorkspace, RegisterKey
from relconsole.domain.console.decide_keys import enrolment_binding
from relconsole.domain.kernel.errors import RuleRefuses, WorldIsDown
from relconsole.domain.kernel.ids import Fingerprint, PersonId, ReleaseId, StepId
from relconsole.domain.kernel.json import Json, as_object
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.rollback_answer import RollbackAnswer, rollback_answer
from relconsole.domain.readiness.keys import ENROL_ACT
from relconsole.domain.record.request import make_request, request_bytes
from relconsole.domain.record.signature import KEY_BYTES, SigningKey
from relconsole.ports.journal import JournalKind
from relconsole.ports.questions import Answered, Asker, Word
from relconsole.runtime.console import Console, Wish

RELEASE: Final = ReleaseId("payments-core-2026.4")
COMMANDER: Final = PersonId("mara")
SECOND: Final = PersonId("lena")
_START_SECONDS: Final = 60
_SIGN_SECONDS: Final = 30.0
_HOLDERS: Final = ("jo", "asha", "yusuf")
"""Who speaks for payments, ledger and shop."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add whether anybody is asked, the seed of the traffic, and where the demo lives."""
    parser.add_argument("--headless", action="store_true", help="ask nobody and end by itself")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="seed of the traffic")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the demo lives")


def run(arguments: argparse.Namespace) -> int:
    """Play the night and give 0 only where it ends rolled back with a journal that verifies."""
    with _home(arguments.folder) as home, _estate(home, arguments.seed) as workspace:
        say(f"The estate runs; its workspace is {workspace}, its store {home / 'store'}.")
        asked = not arguments.headless and sys.stdin.isatty()
        asker: Asker = TerminalAsker() if asked else FileAsker(_script())
        return asyncio.run(_play(home, workspace, asker, as_json=arguments.json))


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
def _estate(home: Path, seed: int) -> Generator[Path]:
    """Start the estate, give the workspace that it wrote, and end it afterwards."""
    state, workspace = home / "estate", home / "workspace"
    layout = StoreLayout(home / "store")
    layout.make()
    words = [sys.executable, "-m", "relconsole_estate"]
    start = [
        *words,
        "start",
        *("--state", str(state), "--seed", str(seed), "--workspace", str(workspace)),
        *("--people", str(layout.requests), "--guard", str(os.getpid())),
    ]
    began = time.monotonic()
    try:
        subprocess.run(start, check=True, timeout=_START_SECONDS, stdout=sys.stderr)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as wrong:
        raise WorldIsDown(f"The estate did not start: {wrong}.", system="estate") from wrong
    say(f"The estate started in {time.monotonic() - began:.1f} s.")
    try:
        yield workspace
    finally:
        stop = [*words, "stop", "--state", str(state)]
        subprocess.run(stop, check=False, timeout=_START_SECONDS, stdout=sys.stderr)


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


async def _play(home: Path, workspace: Path, asker: Asker, *, as_json: bool) -> int:
    """Import, enrol, conduct until the trigger stands, roll back with two people, verify."""
    key = SigningKey(SystemIds().secret_bytes(KEY_BYTES))
    credentials = MemoryCredentials("the demo keeps nothing")
    store = home / "store"
    wish = Wish(
        store=store,
        kind=JournalKind.DEMO,
        verb="demo",
        person=COMMANDER,
        key=key,
        credentials=credentials,
        announce=announce,
    )
    async with opened(replace(wish, verb="demo import")) as console:
        must(await console.desk.submit(ImportWorkspace(workspace=read_workspace(workspace))))
        await _found_keys(console, key)
    async with opened(wish) as console:
        given = await _night(console, asker)
    asked = argparse.Namespace(store=store, kind=JournalKind.DEMO, credentials=credentials)
    anchors = read_anchors(sorted((workspace / "changes").glob("*.yaml")))
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
    await arm_and_fire(console, taken.run, person_asked=SECOND, wait=_SIGN_SECONDS)
    return await fall_back(console, taken.run, asker)


async def _found_keys(console: Console, key: SigningKey) -> None:
    """Make the commander and the second person the founding pair, each confirmed by the other."""
    requests = console.layout.requests
    public = json.loads((requests / f"{SECOND}.public.json").read_text())
    foreign = Fingerprint(public["fingerprint"])
    desk = console.desk
    must(await desk.submit(RegisterKey(person=COMMANDER, public_key=key.public.text)))
    must(await desk.submit(RegisterKey(person=SECOND, public_key=public["public_key"])))
    means = "fingerprints compared at the start of the demo"
    must(await desk.submit(EnrolKey(person=SECOND, fingerprint=foreign, means=means)))
    now = console.clock.now()
    request = make_request(
        act=ENROL_ACT,
        journal=desk.journal.id,
        person_asked=SECOND,
        asked_by=COMMANDER,
        what={"binds": enrolment_binding(COMMANDER, key.public.fingerprint), "shows": {}},
        asked_at=now,
        expires=now + timedelta(minutes=5),
    )
    path = requests / f"{request.digest[:16]}.request.json"
    write_durably(path, request_bytes(request))
    reply = answer_path(path)
    until = time.monotonic() + _SIGN_SECONDS
    while not reply.exists():
        if time.monotonic() > until:
            raise WorldIsDown(f"{SECOND} did not answer {path}.", system="estate")
        await asyncio.sleep(0.1)
    must(
        await desk.submit(
            EnrolKey(
                person=COMMANDER,
                fingerprint=key.public.fingerprint,
                means=means,
                request=request_bytes(request).decode(),
                answer=read_answer(reply),
            )
        )
    )
