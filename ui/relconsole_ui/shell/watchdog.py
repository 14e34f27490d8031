"""The watchdog over the window's own thread: what kept it too long, and where in the code.

Off unless `RELCONSOLE_WATCHDOG` names a file. Between two beats of a timer the window's thread may
use 50 ms of its own processor time, which a busy machine does not change; or 100 ms by the wall
while another core had nothing to do, which finds what waits instead of computing. Callbacks that
follow one another without a beat between them count as one: nobody could act in between.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum, unique
from io import TextIOBase
from pathlib import Path
from types import FrameType
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

VARIABLE: Final = "RELCONSOLE_WATCHDOG"
CPU_LIMIT: Final = 0.050
WALL_LIMIT: Final = 0.100
HANGS_AFTER: Final = 1.0
IDLE_CORES: Final = 0.8
"""How much of a core lay idle where another thread could have run; the kernel counts in ticks."""

_BEAT_MILLISECONDS: Final = 10
_LOOK_SECONDS: Final = 0.005
_SAMPLE_AFTER: Final = 0.020
_SUMMARY_SECONDS: Final = 5.0
_READINGS: Final = 2000

Stack = tuple[str, ...]


@unique
class StallKind(StrEnum):
    """What the thread did instead of answering: compute, wait, or not come back yet."""

    COMPUTES = "computes"
    WAITS = "waits"
    HANGS = "hangs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """Seconds: ``at`` since the watchdog began, ``cpu`` and ``wall`` from one beat to the next.

    ``stack`` is where the thread was most often seen, innermost last; it is empty where code that
    keeps the interpreter to itself let nobody look. ``seen`` counts the looks.
    """

    kind: StallKind
    at: float
    cpu: float
    wall: float
    idle_cores: float
    stack: Stack
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beat:
    """The number of a beat, and the clocks when it came."""

    number: int
    wall: float
    cpu: float


def processor_clock(thread: int) -> Callable[[], float]:
    """Give the processor time that a thread has used, in seconds; always 0 where none is kept."""
    if sys.platform != "linux":
        return lambda: 0.0
    else:  # noqa: RET505 - so that each checker sees which branch is this system's
        clock = time.pthread_getcpuclockid(thread)
        return lambda: time.clock_gettime(clock)


def idle_seconds() -> float:
    """Give for how long cores had nothing to do since the start, over all of them; 0 if unknown."""
    try:
        return float(Path("/proc/uptime").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0


class Watchdog(QObject):
    """Looks at the thread that starts it, from a thread of its own, and writes each stall as JSON.

    A line with ``beats`` comes every five seconds and at the end: by it a reader knows that the
    watchdog lived, and how near to the limits the thread came.
    """

    def __init__(self, path: Path, idle: Callable[[], float] = idle_seconds) -> None:
        super().__init__()
        self._path = path
        self._idle = idle
        self._began = time.monotonic()
        self._beat = _Beat(number=0, wall=self._began, cpu=0.0)
        self._gaps: deque[tuple[_Beat, _Beat]] = deque()
        self._readings: deque[tuple[float, float]] = deque(maxlen=_READINGS)
        self._stacks: Counter[Stack] = Counter()
        self._longest = {"cpu": 0.0, "wall": 0.0}
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._watched = 0
        self._cpu: Callable[[], float] = float
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT_MILLISECONDS)
        self._timer.timeout.connect(self._note_beat)

    def start(self) -> None:
        """Begin to look at the thread that calls this."""
        self._watched = threading.get_ident()
        self._cpu = processor_clock(self._watched)
        self._beat = _Beat(number=0, wall=time.monotonic(), cpu=self._cpu())
        self._timer.start()
        self._thread = threading.Thread(target=self._look_on, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write the last line and end."""
        self._timer.stop()
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _note_beat(self) -> None:
        """In the window's thread: keep the clocks, and nothing that takes time."""
        before = self._beat
        beat = _Beat(number=before.number + 1, wall=time.monotonic(), cpu=self._cpu())
        # The gap first: who sees the new beat forgets where the thread stood before it.
        if beat.cpu - before.cpu > CPU_LIMIT or beat.wall - before.wall > WALL_LIMIT:
            self._gaps.append((before, beat))
        self._beat = beat
        self._longest["cpu"] = max(self._longest["cpu"], beat.cpu - before.cpu)
        self._longest["wall"] = max(self._longest["wall"], beat.wall - before.wall)

    def _look_on(self) -> None:
        with self._path.open("a", encoding="utf-8", buffering=1) as out:
            number, told = 0, False
            summary = time.monotonic()
            while not self._ended.wait(_LOOK_SECONDS):
                now = time.monotonic()
                self._readings.append((now, self._idle()))
                beat = self._beat
                self._write_gaps(out)
                if beat.number != number:
                    number, told = beat.number, False
                    self._stacks.clear()
                cpu, wall = self._cpu() - beat.cpu, now - beat.wall
                if cpu > _SAMPLE_AFTER or wall > CPU_LIMIT:
                    self._sample()
                if wall > HANGS_AFTER and not told:
                    told = True
                    self._write(out, self._stall(StallKind.HANGS, beat.wall, now, cpu))
                if now - summary > _SUMMARY_SECONDS:
                    summary = now
                    self._summarise(out)
            self._readings.append((time.monotonic(), self._idle()))
            self._write_gaps(out)
            self._summarise(out)

    def _sample(self) -> None:
        # There is no public way to see where another thread stands.
        frame = sys._current_frames().get(self._watched)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        self._stacks[stack_of(frame)] += 1

    def _write_gaps(self, out: TextIOBase) -> None:
        while self._gaps:
            before, after = self._gaps.popleft()
            cpu = after.cpu - before.cpu
            kind = StallKind.COMPUTES if cpu > CPU_LIMIT else StallKind.WAITS
            stall = self._stall(kind, before.wall, after.wall, cpu)
            if kind is StallKind.COMPUTES or stall.idle_cores >= IDLE_CORES:
                self._write(out, stall)

    def _stall(self, kind: StallKind, begin: float, end: float, cpu: float) -> Stall:
        stack, _ = self._stacks.most_common(1)[0] if self._stacks else ((), 0)
        return Stall(
            kind=kind,
            at=round(begin - self._began, 3),
            cpu=round(cpu, 4),
            wall=round(end - begin, 4),
            idle_cores=round(self._idle_cores(begin, end), 2),
            stack=stack,
            seen=self._stacks.total(),
        )

    def _idle_cores(self, begin: float, end: float) -> float:
        """Give how many cores had nothing to do in that time, on the average."""
        readings = tuple(self._readings)
        first = next((it for it in reversed(readings) if it[0] <= begin), readings[0])
        last = next((it for it in readings if it[0] >= end), readings[-1])
        span = last[0] - first[0]
        return (last[1] - first[1]) / span if span > 0 else 0.0

    def _write(self, out: TextIOBase, stall: Stall) -> None:
        out.write(json.dumps(asdict(stall)) + "\n")

    def _summarise(self, out: TextIOBase) -> None:
        out.write(json.dumps({"beats": self._beat.number, "longest": self._longest}) + "\n")


def stack_of(frame: FrameType | None) -> Stack:
    """Give the places of a thread, innermost last: file, line and function."""
    found: list[str] = []
    while frame is not None:
        code = frame.f_code
        found.append(f"{code.co_filename}:{frame.f_lineno} {code.co_qualname}")
        frame = frame.f_back
    return tuple(reversed(found))


def watchdog_wanted(environment: Mapping[str, str]) -> Watchdog | None:
    """Give the watchdog that an environment asks for, not yet started; None where it does not."""
    path = environment.get(VARIABLE)
    return Watchdog(Path(path)) if path else None
