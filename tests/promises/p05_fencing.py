"""P5: one commander at a time: a holder who slept past its lease acts no more when it wakes.

Each race is a store of its own. A holder intends effects as fast as it can, is stopped with SIGSTOP
at a random instant until its lease has run out, is replaced by a contender (now and then by one
of several who try at once), and is woken at a random instant while the contender opens, takes the
lease and acts. The record then says whether anybody acted after a successor had.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import random
import select
import shutil
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from relconsole.adapters.clock import SystemClock
from relconsole.adapters.journal_sql import rows
from relconsole.adapters.journal_sql.journal import SqlJournal
from relconsole.adapters.journal_sql.ledger import Ledger
from relconsole.adapters.journal_sql.opening import Wanted, open_journal, open_readonly
from relconsole.adapters.journal_sql.projection import EffectFacts
from relconsole.adapters.journal_sql.reader import Reader
from relconsole.adapters.store.layout import StoreLayout
from relconsole.adapters.store.writer_lock import (
    Frozen,
    StoreBusy,
    WriterRole,
    holder_of,
    take_writer,
)
from relconsole.domain.kernel.errors import Bug, WorldIsDown
from relconsole.domain.kernel.ids import FactId, RunId
from relconsole.domain.record.effect import Effect
from relconsole.domain.record.envelope import Envelope, parse_line
from relconsole.domain.record.signature import SigningKey
from relconsole.ports.journal import Batch, JournalKind, Lease, StaleFence
from tests.promises.frame import Counts, Harness, Tally

LEASE_SECONDS: Final = 0.5
PATIENCE: Final = 30.0
AT_ONCE: Final = 4
"""Races run side by side: they mostly wait for leases to run out."""

PR_SET_PDEATHSIG: Final = 1
"""Of Linux's prctl: which signal a process gets when its parent ends."""

ACTS: Final = 6
RUN: Final = RunId("night")
JOURNAL: Final = "fencing"
KEY: Final = SigningKey(b"\x05" * 32)
CLOCK: Final = SystemClock()

Say = Callable[..., None]


class Unwatched(Ledger):
    """A ledger that asks neither who the writer is nor whose token is the newest."""

    def check_writer(self, head: rows.Head) -> None:
        pass

    def check_fences(self, effects: Sequence[Effect]) -> None:
        pass


class SameToken(Ledger):
    """A ledger that gives every holder the same token, and does not ask who the writer is."""

    def check_writer(self, head: rows.Head) -> None:
        pass

    def _keep(self, lease: Lease) -> Lease:
        return super()._keep(replace(lease, fence=1))


MUTANTS: Final[Mapping[str, type[Ledger]]] = {
    "checks_left_out": Unwatched,
    "token_not_raised": SameToken,
}


@dataclass(frozen=True, slots=True)
class Child:
    """A forked process that says what it does, a JSON line at a time."""

    pid: int
    says: int

    def hear(self) -> dict[str, Any]:
        """Give its next word; RuntimeError where it ends or is silent instead."""
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.says], [], [], PATIENCE)
            byte = os.read(self.says, 1) if ready else b""
            if not byte:
                raise RuntimeError(f"process {self.pid} {'ended' if ready else 'is silent'}")
            line += byte
        found: dict[str, Any] = json.loads(line)
        return found

    def end(self) -> None:
        """Kill it, whatever it does."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.says)


def fork(work: Callable[[Say], None]) -> Child:
    """Start a process that does the work and then waits to be ended."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, reading)
    os.close(reading)
    # It ends with whoever started it: nothing of a race outlives a harness that was stopped.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def say(**word: object) -> None:
        os.write(writing, json.dumps(word).encode() + b"\n")

    try:
        work(say)
    except BaseException:  # noqa: BLE001 - the parent sees the end of the pipe
        traceback.print_exc()
        os._exit(1)
    while True:
        signal.pause()


async def opened(layout: StoreLayout, ledger: type[Ledger]) -> SqlJournal:
    """Give the journal, once nobody's frozen transaction is in the way."""
    wanted = Wanted(
        journal=JOURNAL,
        kind=JournalKind.LIVE,
        key=KEY,
        now=CLOCK.now(),
        projection=EffectFacts(),
        busy_seconds=0.2,
    )
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return await open_journal(layout.journal(wanted.kind), wanted, make_ledger=ledger)
        except WorldIsDown:
            if time.monotonic() > until:
                raise


async def intend(journal: SqlJournal, fence: int) -> None:
    """Append one intent under a token, after whatever the file holds now."""
    seq = await journal.size() + 1
    envelope = Envelope(
        seq=seq,
        id=FactId(f"{seq:032x}"),
        journal=JOURNAL,
        stream="run/night",
        kind="effect_intended",
        version=1,
        at=CLOCK.now(),
        tick=int(CLOCK.tick() * 1000),
        by=None,
        body={
            "run": RUN,
            "system": "ci",
            "effect_kind": "job.start",
            "purpose": "step",
            "fence": fence,
            "attempt": seq,
            "serves": str(os.getpid()),
        },
    )
    effect = EffectFacts().after(envelope, lambda _id: None)
    assert effect is not None
    await journal.append(Batch(envelopes=(envelope,), effects=(effect,)))


def hold(layout: StoreLayout, ledger: type[Ledger], say: Say) -> None:
    """Be the holder: intend until it is refused."""

    async def scene(role: WriterRole) -> None:
        journal = await opened(layout, ledger)
        lease = await journal.take_lease(RUN, role.holder.name, CLOCK.now(), LEASE_SECONDS)
        await intend(journal, lease.fence)
        say(holds=lease.fence)
        until = time.monotonic() + PATIENCE / 2
        while time.monotonic() < until:
            try:
                await intend(journal, lease.fence)
                if lease.until - CLOCK.now() < timedelta(seconds=LEASE_SECONDS / 2):
                    lease = await journal.renew_lease(lease, CLOCK.now(), LEASE_SECONDS)
            except StaleFence as stale:
                say(refused=str(stale))
                return
            except (Bug, WorldIsDown):
                # A successor wrote between our look at the file and our append, or is writing.
                continue
            await CLOCK.sleep(0.001)
        say(refused=None)

    asyncio.run(scene(take_writer(layout.folder, "night", CLOCK.now())))


def contend(layout: StoreLayout, ledger: type[Ledger], say: Say) -> None:
    """Be a contender: wait until the holder is late, take over, and act."""

    async def scene() -> None:
        holder = holder_of(layout.folder)
        look = await open_readonly(layout.journal(JournalKind.LIVE))
        (late,) = await look.leases()
        await look.close()
        assert holder is not None
        while CLOCK.now() < late.until:
            await CLOCK.sleep(0.005)
        frozen = Frozen(holder=holder, lease=late)
        try:
            role = take_writer(layout.folder, "night", CLOCK.now(), frozen=frozen)
        except StoreBusy:
            say(took=None)
            return
        say(took=role.holder.pid)
        journal = await opened(layout, ledger)
        lease = await journal.take_lease(RUN, role.holder.name, CLOCK.now(), LEASE_SECONDS)
        acts = 0
        while acts < ACTS:
            try:
                await intend(journal, lease.fence)
            except Bug:
                # Only where the checks are left out: the former holder wrote in between.
                continue
            acts += 1
            await CLOCK.sleep(0.003)
        say(acted=lease.fence)

    asyncio.run(scene())


def race(number: int, ledger: type[Ledger], draw: random.Random) -> list[str]:
    """Give what one race broke, nothing where the promise held."""
    layout = StoreLayout(Path(tempfile.mkdtemp(prefix="race-")))
    layout.make()
    contenders = 3 if number % 16 == 15 else 2 if number % 8 == 7 else 1
    children = [fork(partial(hold, layout, ledger))]
    try:
        holder = children[0]
        holder.hear()
        time.sleep(draw.uniform(0.0, 0.03))
        os.kill(holder.pid, signal.SIGSTOP)
        rivals = [fork(partial(contend, layout, ledger)) for _ in range(contenders)]
        children += rivals
        winners = [rival for rival in rivals if rival.hear()["took"]]
        time.sleep(draw.uniform(0.0, 0.03))
        os.kill(holder.pid, signal.SIGCONT)
        if len(winners) != 1:
            return [f"race {number}: {len(winners)} of {contenders} took over"]
        winners[0].hear()
        broken = judged(layout)
        if not broken:
            # A holder that is never refused would otherwise be waited for in vain.
            if holder.hear()["refused"] is None:
                broken.append("the former holder was never refused")
            broken += judged(layout)
        return [f"race {number}: {says}" for says in broken]
    finally:
        for child in children:
            child.end()
        shutil.rmtree(layout.folder)


def judged(layout: StoreLayout) -> list[str]:
    """Give what the record shows: whoever has a successor acts no more, and the record stands."""
    reader = Reader(layout.journal(JournalKind.LIVE))
    try:
        facts = [parse_line(line) for line in reader.lines(0, 1_000_000, None)]
        reader.verify(EffectFacts(), ())
    finally:
        reader.close()
    broken: list[str] = []
    actors: list[str] = []
    for fact in facts:
        actor = str(fact.body["serves"])
        if actor in actors[:-1]:
            broken.append(f"fact {fact.seq} was intended by {actor} after {actors[-1]} had acted")
        elif actor not in actors:
            actors.append(actor)
    if len(actors) != 2:
        broken.append(f"{len(actors)} holders acted")
    return broken


def run_races(numbers: Sequence[int], ledger: type[Ledger], say: Say) -> None:
    """Run some races one after another, and say of each what it broke."""
    for number in numbers:
        say(broken=race(number, ledger, random.Random(number)))


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Run the races asked for."""
    ledger = Ledger if mutant is None else MUTANTS[mutant]
    numbers = range(counts["races"])
    shares = [share for at in range(AT_ONCE) if (share := numbers[at::AT_ONCE])]
    runners = [(fork(partial(run_races, share, ledger)), len(share)) for share in shares]
    violations: list[str] = []
    done = 0
    try:
        for runner, count in runners:
            for _ in range(count):
                violations += runner.hear()["broken"]
                done += 1
    finally:
        for runner, _ in runners:
            runner.end()
    return Tally(cases={"races": done}, violations=tuple(violations))


HARNESS: Final = Harness(
    promise="P5",
    title="one commander at a time",
    counts={"races": Counts(pr=100, release=500)},
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={"races": 8},
)
