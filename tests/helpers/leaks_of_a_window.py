"""What a window may leave behind: traces of a process, how they grow, and budgets for it.

Qt is looked at only where the test has imported it; the rest is the process's own bookkeeping.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any, Final

_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_RESIDENT: Final = 1
MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a process holds: bytes of memory, and how many of each; ``at`` is in seconds.

    ``objects`` counts what the collector knows by type, ``none`` the references to None. What only
    the process itself can see is 0 and empty where it was looked at from outside.
    """

    at: float
    memory: int
    files: int
    threads: int
    tasks: int = 0
    qt_objects: int = 0
    none: int = 0
    objects: Mapping[str, int] = field(default_factory=dict[str, int])


def trace_from_outside(process: int, at: float) -> Trace:
    """Give what the system says of a process, whoever's it is."""
    entry = Path("/proc") / str(process)
    return Trace(
        at=at,
        memory=int((entry / "statm").read_text(encoding="ascii").split()[_RESIDENT]) * _PAGE,
        files=_entries(entry / "fd"),
        threads=_entries(entry / "task"),
    )


def _entries(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())


def trace_from_inside(at: float, loop: asyncio.AbstractEventLoop | None = None) -> Trace:
    """Give what this process holds, after a collection; the tasks are those of ``loop``."""
    gc.collect()
    outside = trace_from_outside(os.getpid(), at)
    return Trace(
        at=at,
        memory=outside.memory,
        # The listing itself holds one open.
        files=outside.files - 1,
        threads=threading.active_count(),
        tasks=len(asyncio.all_tasks(loop)) if loop is not None else 0,
        qt_objects=count_qt_objects(),
        none=sys.getrefcount(None),
        objects=dict(Counter(type(it).__qualname__ for it in gc.get_objects())),
    )


def count_qt_objects() -> int:
    """Give how many objects hang on Qt's application and its windows; 0 without one."""
    core: Any = sys.modules.get("PySide6.QtCore")
    application = core.QCoreApplication.instance() if core else None
    if application is None:
        return 0
    windows = application.topLevelWidgets() if hasattr(application, "topLevelWidgets") else ()
    roots = (application, *(it for it in windows if it.parent() is None))
    return sum(1 + len(root.findChildren(core.QObject)) for root in roots)


def grown(before: Trace, after: Trace, least: int = 1) -> dict[str, int]:
    """Give the types of which there are more than before, by how many, the most first."""
    more = {
        kind: count - before.objects.get(kind, 0)
        for kind, count in after.objects.items()
        if count - before.objects.get(kind, 0) >= least
    }
    return dict(sorted(more.items(), key=lambda it: (-it[1], it[0])))


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Give the growth a second by Theil and Sen: the median slope over all pairs of points.

    A few points that stand apart do not move it. 0 of fewer than two instants.
    """
    slopes = [
        (after - before) / (later - earlier)
        for (earlier, before), (later, after) in combinations(points, 2)
        if later != earlier
    ]
    return median(slopes) if slopes else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much may be more at the end of a soak than after its warm-up.

    ``none`` counts both ways: a reference that is lost ends the process in time.
    """

    memory: float = 30 * MEGABYTE
    files: float = 2
    threads: float = 2
    tasks: float = 2
    qt_objects: float = 20
    none: float = 2000
    objects: float = 2000


def leaks(traces: Sequence[Trace], budget: Budget, warm_up: float = 0.0) -> list[str]:
    """Give what grew beyond its budget over the time of the traces, each as a sentence.

    The trend is what counts, not the last value; what came before ``warm_up`` seconds is left out.
    """
    kept = [it for it in traces if it.at - traces[0].at >= warm_up]
    if len(kept) < 3:
        return [f"{len(kept)} traces after the warm-up tell nothing"]
    seconds = kept[-1].at - kept[0].at
    found: list[str] = []
    for name in ("memory", "files", "threads", "tasks", "qt_objects", "none"):
        growth = slope([(it.at, getattr(it, name)) for it in kept]) * seconds
        limit = getattr(budget, name)
        if growth > limit or (name == "none" and -growth > limit):
            found.append(f"{name}: {growth:+.0f} in {seconds:.0f} s, at most {limit:.0f}")
    for kind in sorted({kind for it in kept for kind in it.objects}):
        growth = slope([(it.at, it.objects.get(kind, 0)) for it in kept]) * seconds
        if growth > budget.objects:
            limit = budget.objects
            found.append(f"{kind} objects: {growth:+.0f} in {seconds:.0f} s, at most {limit:.0f}")
    return found
