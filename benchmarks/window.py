"""The start of the window: to its first paint, and to a bridge that can be used.

Each is a process of its own, ours and the peers' in turn, without a screen. Times are the
processor's, so that a busy machine changes little; the clock on the wall is beside them.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from benchmarks.frame import Row
from benchmarks.window_start import KEYS, FileKeys
from relconsole.adapters.formats.workspace.read import read_workspace
from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.kernel.instants import Interval
from relconsole.ports.journal import JournalKind
from relconsole.runtime.composition import open_console
from relconsole.runtime.console import Wish

ROOT: Final = Path(__file__).resolve().parent.parent
EXAMPLE: Final = ROOT / "resources" / "relconsole_resources" / "examples" / "sixty_steps"
RELEASES: Final = 100
ROUNDS: Final = 5
SETTLE: Final = 2.0
PATIENCE: Final = 60.0
FIRST, USABLE, GAP, MEMORY = 1.3, 5.0, 70.0, 1.3
PEER: Final = "RELCONSOLE_BENCH_COLA"
"""Names the Python of an environment of the benchmark's own that has git-cola installed."""


def run() -> list[Row]:
    """Start each in turn, and give the medians."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        asyncio.run(make_store(folder / "store"))
        starts = make_starts(folder)
        taken: dict[str, list[Mapping[str, float]]] = {name: [] for name in starts}
        for turn in range(ROUNDS + 1):
            for name, start in starts.items():
                seen = measure(start)
                # The first one writes byte code and caches.
                if turn:
                    taken[name].append(seen)
    medians = {name: _medians(values) for name, values in taken.items()}
    return _rows(medians)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A program with a window; ``page`` is the page that is waited for, empty for the first."""

    python: str
    program: str
    page: str
    words: Sequence[str]
    home: Path


def make_starts(folder: Path) -> dict[str, Start]:
    """Give what is started, git-cola where it can be had."""
    here = sys.executable
    store = ("--store", str(folder / "store"))
    none = ("--store", str(folder / "none"))
    starts = {
        "bare": Start(python=here, program="bare", page="", words=(), home=folder / "bare"),
        "start": Start(python=here, program="console", page="", words=none, home=folder / "start"),
        "bridge": Start(
            python=here, program="console", page="bridge", words=store, home=folder / "bridge"
        ),
    }
    peer = os.environ.get(PEER)
    if peer:
        words = ("--repo", str(ROOT))
        starts["cola"] = Start(
            python=peer, program="cola", page="", words=words, home=folder / "cola"
        )
    return starts


async def make_store(folder: Path) -> None:
    """Make a store whose workspace holds a hundred releases of sixty steps."""
    keys = FileKeys(folder / KEYS)
    wish = Wish(store=folder, kind=JournalKind.LIVE, verb="benchmark", credentials=keys)
    async with open_console(wish) as console:
        await console.desk.must(ImportWorkspace(workspace=crowded(read_workspace(EXAMPLE))))


def crowded(workspace: Workspace) -> Workspace:
    """Give a workspace with a hundred like its only release, a week apart."""
    (release,) = workspace.releases.values()
    copies = [release]
    for number in range(1, RELEASES):
        week = timedelta(days=7 * number)
        window = Interval(start=release.window.start + week, end=release.window.end + week)
        copies.append(replace(release, id=ReleaseId(f"{release.id}-{number}"), window=window))
    return replace(workspace, releases={each.id: each for each in copies})


def measure(start: Start) -> Mapping[str, float]:
    """Start a program, and give what it says of itself, with the longest gap of its window."""
    start.home.mkdir(exist_ok=True)
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(start.home),
        **{f"XDG_{each}_HOME": str(start.home) for each in ("CACHE", "CONFIG", "DATA", "STATE")},
        "PYTHONPATH": "",
        # As it is once a program is installed: byte code is there, wherever it may be written.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(start.home / "bytecode"),
        "BEGAN": str(time.monotonic()),
    }
    program = Path(__file__).with_name("window_start.py")
    settle = str(SETTLE if start.page or start.program == "cola" else 0.0)
    said = subprocess.run(
        [start.python, str(program), start.program, start.page, settle, *start.words],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=start.home,
    ).stdout
    seen: dict[str, float] = json.loads(said.splitlines()[-1])
    return seen


def _medians(values: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Give the median of each figure."""
    return {name: statistics.median(each[name] for each in values) for name in values[0]}


def _rows(medians: Mapping[str, Mapping[str, float]]) -> list[Row]:
    """Give the rows; the peers' figures beside ours."""
    bare, start, bridge = medians["bare"], medians["start"], medians["bridge"]
    cola = medians.get("cola")
    plain = bare["first_cpu"]
    return [
        _against("CPU from the start to the first paint", start["first_cpu"], plain, FIRST),
        _against("the same by the wall", start["first_wall"], bare["first_wall"], None),
        _against(
            f"CPU from the start to a bridge over {RELEASES} releases",
            bridge["usable_cpu"],
            plain,
            USABLE,
        ),
        _against("the same by the wall", bridge["usable_wall"], bare["first_wall"], None),
        Row(
            job="longest gap of the window while it opens, of its own CPU",
            measured=bridge["gap_cpu"] * 1_000,
            unit="ms",
            limit=f"at most {GAP:g} ms",
            met=bridge["gap_cpu"] * 1_000 <= GAP,
        ),
        _memory(bridge["settled_rss"], None if cola is None else cola["settled_rss"]),
    ]


def _against(job: str, ours: float, theirs: float, most: float | None) -> Row:
    """Give a row whose limit is so many times a bare window."""
    return Row(
        job=job,
        measured=ours * 1_000,
        unit="ms",
        peer="a bare window",
        peer_measured=theirs * 1_000,
        limit="" if most is None else f"at most {most:g}x",
        met=None if most is None else ours <= most * theirs,
    )


def _memory(ours: float, theirs: float | None) -> Row:
    """Give the row of what is in memory, not measured against where the peer is not there."""
    return Row(
        job=f"memory {SETTLE:g} s after the bridge is there",
        measured=ours / 2**20,
        unit="MiB",
        peer="git-cola",
        peer_measured=None if theirs is None else theirs / 2**20,
        limit=f"at most {MEMORY:g}x",
        met=None if theirs is None else ours <= MEMORY * theirs,
    )
