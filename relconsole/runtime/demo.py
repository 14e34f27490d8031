"""The living demo: an estate of real services on loopback, its workspace, and two people's keys.

The commander's key lives in this process and nowhere else; everybody else of the estate is a
process of their own that answers signing requests as a stranger would.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from relconsole.adapters.clock import SystemIds
from relconsole.adapters.evidence import write_durably
from relconsole.adapters.formats.workspace.read import read_workspace
from relconsole.adapters.keyring_os.credentials import MemoryCredentials
from relconsole.adapters.store.layout import StoreLayout
from relconsole.domain.console.commands import EnrolKey, ImportWorkspace, RegisterKey
from relconsole.domain.console.decide_keys import enrolment_binding
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import Fingerprint, PersonId, ReleaseId
from relconsole.domain.readiness.keys import ENROL_ACT
from relconsole.domain.record.request import make_request, parse_answer, request_bytes
from relconsole.domain.record.signature import KEY_BYTES, SigningKey
from relconsole.ports.journal import JournalKind
from relconsole.runtime.console import Announce, Console, Wish

RELEASE: Final = ReleaseId("payments-core-2026.4")
COMMANDER: Final = PersonId("mara")
SECOND: Final = PersonId("lena")
START_SECONDS: Final = 60
SIGN_SECONDS: Final = 30.0
_LOOK_SECONDS: Final = 0.1
_MEANS: Final = "fingerprints compared at the start of the demo"


@dataclass(frozen=True, slots=True)
class DemoHome:
    """Where a demo lives."""

    folder: Path

    @property
    def estate(self) -> Path:
        """Give where the estate keeps its state."""
        return self.folder / "estate"

    @property
    def workspace(self) -> Path:
        """Give the workspace that the estate writes."""
        return self.folder / "workspace"

    @property
    def store(self) -> Path:
        """Give the store of the demo's journal."""
        return self.folder / "store"


def start_estate(home: DemoHome, seed: int) -> None:
    """Start the services and people of the estate; WorldIsDown where they do not come up.

    The estate ends by itself when this process does.
    """
    layout = StoreLayout(home.store)
    layout.make()
    start = [
        *_ESTATE,
        "start",
        *("--state", str(home.estate), "--seed", str(seed), "--workspace", str(home.workspace)),
        *("--people", str(layout.requests), "--guard", str(os.getpid())),
    ]
    try:
        subprocess.run(start, check=True, timeout=START_SECONDS, stdout=sys.stderr)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as wrong:
        raise WorldIsDown(f"The estate did not start: {wrong}.", system="estate") from wrong


_ESTATE: Final = (sys.executable, "-m", "relconsole_estate")


def stop_estate(home: DemoHome) -> None:
    """End everything that the estate started."""
    stop = [*_ESTATE, "stop", "--state", str(home.estate)]
    subprocess.run(stop, check=False, timeout=START_SECONDS, stdout=sys.stderr)


def demo_key() -> SigningKey:
    """Give a fresh key for the commander."""
    return SigningKey(SystemIds().secret_bytes(KEY_BYTES))


def demo_wish(home: DemoHome, key: SigningKey, announce: Announce | None = None) -> Wish:
    """Give how the demo's store is opened: with the commander's key, and credentials in memory."""
    return Wish(
        store=home.store,
        kind=JournalKind.DEMO,
        verb="demo",
        person=COMMANDER,
        key=key,
        credentials=MemoryCredentials("the demo keeps nothing"),
        announce=announce,
    )


async def found_demo(console: Console, home: DemoHome, key: SigningKey) -> None:
    """Import the estate's workspace and make two people the founding pair of keys."""
    workspace = await asyncio.to_thread(read_workspace, home.workspace)
    await console.desk.must(ImportWorkspace(workspace=workspace))
    await _found_keys(console, key)


async def _found_keys(console: Console, key: SigningKey) -> None:
    """Make the commander and the second person the founding pair, each confirmed by the other."""
    requests, desk = console.layout.requests, console.desk
    public = json.loads((requests / f"{SECOND}.public.json").read_text())
    foreign = Fingerprint(public["fingerprint"])
    await desk.must(RegisterKey(person=COMMANDER, public_key=key.public.text))
    await desk.must(RegisterKey(person=SECOND, public_key=public["public_key"]))
    await desk.must(EnrolKey(person=SECOND, fingerprint=foreign, means=_MEANS))
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
    await asyncio.to_thread(write_durably, path, request_bytes(request))
    reply = path.with_name(path.name.removesuffix(".request.json") + ".answer.json")
    until = console.clock.tick() + SIGN_SECONDS
    while not await asyncio.to_thread(reply.exists):
        if console.clock.tick() > until:
            raise WorldIsDown(f"{SECOND} did not answer {path}.", system="estate")
        await console.clock.sleep(_LOOK_SECONDS)
    answer = parse_answer(await asyncio.to_thread(reply.read_bytes), file=str(reply))
    enrol = EnrolKey(
        person=COMMANDER,
        fingerprint=key.public.fingerprint,
        means=_MEANS,
        request=request_bytes(request).decode(),
        answer=answer,
    )
    await desk.must(enrol)
