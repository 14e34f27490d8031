"""Folding 100,000 facts of nights into the state, and a start of the program over them."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks.frame import Row, at_most, medians
from relconsole.adapters.journal_sql.opening import Wanted, open_journal
from relconsole.adapters.journal_sql.projection import EffectFacts
from relconsole.domain.console.evolve import fold
from relconsole.domain.console.facts import ConsoleFact, make_codec
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import Digest, FactId, PersonId, ReleaseId, RunId, StepId
from relconsole.domain.night.facts import RunOpened, StepEnded, StepStarted, StepState
from relconsole.domain.plan.runbook import Runbook, Step
from relconsole.domain.record.envelope import Envelope
from relconsole.domain.record.signature import SigningKey
from relconsole.ports.journal import Batch, JournalKind
from relconsole.services.desk import open_envelope

FACTS: Final = 100_000
STEPS: Final = 100
STARTS: Final = 3
JOURNAL: Final = "f" * 32
SEED: Final = bytes(range(32))
AT: Final = datetime(2026, 4, 21, 1, 30, tzinfo=UTC)
START: Final = """
import asyncio, sys
from pathlib import Path
from benchmarks.fold import start
asyncio.run(start(Path(sys.argv[1])))
"""


def run() -> list[Row]:
    """Give the fold in the process, and the whole start of another one."""
    codec = make_codec()
    envelopes = list(make_envelopes())
    records = [open_envelope(each, codec) for each in envelopes]
    folded = medians({"fold": lambda: fold(records)}, rounds=3)["fold"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        asyncio.run(_write(path, envelopes))
        starts = [_start_anew(path) for _ in range(STARTS)]
    return [
        at_most(
            Row(
                job=f"{FACTS:,} facts folded",
                measured=folded,
                unit="s",
                limit="at most 1 s",
            ),
            1.0,
        ),
        at_most(
            Row(
                job=f"cold start over {FACTS:,} facts: opened, verified, decoded and folded",
                measured=statistics.median(starts),
                unit="s",
                limit="at most 2 s",
            ),
            2.0,
        ),
    ]


def make_envelopes() -> Iterator[Envelope]:
    """Give the facts of as many nights as it takes, a hundred steps each."""
    codec = make_codec()
    seq = 0
    while seq < FACTS:
        for fact in _night(seq):
            seq += 1
            if seq > FACTS:
                return
            kind, version, body = codec.encode(fact)
            yield Envelope(
                seq=seq,
                id=FactId(f"{seq:032x}"),
                journal=JOURNAL,
                stream="release/payments-core-2026.4",
                kind=kind,
                version=version,
                at=AT + timedelta(seconds=seq),
                tick=seq,
                by=PersonId("mara"),
                body=body,
            )


def _night(begins: int) -> Iterator[ConsoleFact]:
    """Give the facts of one night."""
    run = RunId(f"night-{begins}")
    steps = tuple(
        Step(id=StepId(f"step-{number}"), title="A step", duration=plain(timedelta(minutes=1)))
        for number in range(STEPS)
    )
    yield RunOpened(
        run=run,
        release=ReleaseId("payments-core-2026.4"),
        rehearsal=False,
        runbook=Runbook(steps=steps),
        plan=Digest("0" * 64),
        step_digests={},
        calls={},
        commander=PersonId("mara"),
        holder="bench",
        approval="approved",
        policy=Digest("0" * 64),
        console="0",
    )
    for step in steps:
        yield StepStarted(run=run, step=step.id, attempt=1)
        yield StepEnded(run=run, step=step.id, attempt=1, state=StepState.DONE)


def _wanted() -> Wanted:
    """Give what is opened."""
    key = SigningKey(SEED)
    return Wanted(journal=JOURNAL, kind=JournalKind.LIVE, key=key, now=AT, projection=EffectFacts())


async def _write(path: Path, envelopes: list[Envelope]) -> None:
    """Write the facts as a journal."""
    journal = await open_journal(path, _wanted())
    for begin in range(0, len(envelopes), 2_000):
        await journal.append(Batch(envelopes=tuple(envelopes[begin : begin + 2_000])))
    await journal.close()


def _start_anew(path: Path) -> float:
    """Give the seconds of a new process until it has the state."""
    began = perf_counter()
    with subprocess.Popen([sys.executable, "-c", START, str(path)], stdout=subprocess.PIPE) as it:
        said = it.stdout.readline() if it.stdout else b""
        taken = perf_counter() - began
    if it.returncode or int(said) != FACTS:
        raise RuntimeError(f"a start over {FACTS} facts said {said!r} and ended {it.returncode}")
    return taken


async def start(path: Path) -> None:
    """Open a journal to write, as the program does, and say how many facts its state holds."""
    from relconsole.runtime.reading import without_collection
    from relconsole.services.desk import load_state

    journal = await open_journal(path, _wanted())
    with without_collection():
        state = await load_state(journal, make_codec())
    print(state.size, flush=True)
    await journal.close()
