"""P17: each kind of leak is seen by the trace that is there for it; a quiet process has none."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.leaks_of_a_window import (
    MEGABYTE,
    Budget,
    Trace,
    grown,
    leaks,
    slope,
    trace_from_inside,
    trace_from_outside,
)

QUIET: Final = [Trace(at=float(at), memory=100 * MEGABYTE, files=9, threads=4) for at in range(20)]


class _Kept:
    """Something of which a leak keeps too many."""


def test_that_an_open_file_is_seen(tmp_path: Path) -> None:
    before = trace_from_inside(0.0)
    with (tmp_path / "left-open").open("wb"):
        assert trace_from_inside(1.0).files == before.files + 1


def test_that_a_thread_is_seen() -> None:
    before = trace_from_inside(0.0)
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    try:
        assert trace_from_inside(1.0).threads == before.threads + 1
        assert trace_from_outside(os.getpid(), 1.0).threads >= 2
    finally:
        ended.set()
        thread.join()


def test_that_a_task_is_seen() -> None:
    async def looked() -> tuple[int, int]:
        loop = asyncio.get_running_loop()
        before = trace_from_inside(0.0, loop)
        ended = asyncio.Event()
        task = asyncio.create_task(ended.wait())
        after = trace_from_inside(1.0, loop)
        ended.set()
        await task
        return before.tasks, after.tasks

    assert asyncio.run(looked()) == (1, 2)


def test_that_memory_is_seen() -> None:
    before = trace_from_inside(0.0)
    held = bytearray(os.urandom(1)) * (40 * MEGABYTE)
    after = trace_from_inside(1.0)
    assert len(held) == 40 * MEGABYTE
    assert after.memory - before.memory > 30 * MEGABYTE


def test_that_objects_are_seen_by_their_type() -> None:
    before = trace_from_inside(0.0)
    kept = [_Kept() for _ in range(500)]
    after = trace_from_inside(1.0)
    assert grown(before, after, least=400)["_Kept"] == len(kept)


def test_that_references_to_none_are_counted() -> None:
    before = trace_from_inside(0.0)
    held = [None] * 100_000
    after = trace_from_inside(1.0)
    assert after.none - before.none == pytest.approx(len(held), abs=2000)


def test_that_a_program_without_qt_has_no_qt_objects() -> None:
    script = (
        "import sys; from tests.helpers.leaks_of_a_window import count_qt_objects\n"
        "assert count_qt_objects() == 0 and 'PySide6' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, cwd=Path.cwd())


def test_that_another_process_is_looked_at_from_outside() -> None:
    with subprocess.Popen(["sleep", "60"]) as sleeping:
        try:
            seen = trace_from_outside(sleeping.pid, 5.0)
        finally:
            sleeping.kill()
    assert (seen.at, seen.threads, seen.tasks) == (5.0, 1, 0)
    assert seen.memory > 0


def test_that_a_quiet_process_leaks_nothing() -> None:
    assert leaks(QUIET, Budget()) == []


@pytest.mark.parametrize(
    ("name", "each_second"),
    [
        ("memory", 2 * MEGABYTE),
        ("files", 1),
        ("threads", 1),
        ("tasks", 1),
        ("qt_objects", 5),
        ("none", 500),
        ("none", -500),
    ],
)
def test_that_steady_growth_is_a_leak(name: str, each_second: int) -> None:
    traces = [
        replace(it, **{name: getattr(it, name) + each_second * number})
        for number, it in enumerate(QUIET)
    ]
    (leak,) = leaks(traces, Budget())
    assert leak.startswith(f"{name}: {each_second * 19:+d} in 19 s")


def test_that_objects_that_grow_are_named() -> None:
    traces = [replace(it, objects={"Row": int(it.at) * 300, "list": 5000}) for it in QUIET]
    assert leaks(traces, Budget()) == ["Row objects: +5700 in 19 s, at most 2000"]


def test_that_what_comes_and_goes_is_no_leak() -> None:
    traces = [replace(it, files=9 + (int(it.at) % 5 == 0) * 40) for it in QUIET]
    assert leaks(traces, Budget()) == []


def test_that_growth_while_it_warms_up_is_no_leak() -> None:
    traces = [replace(it, files=9 + min(int(it.at), 5) * 10) for it in QUIET]
    assert leaks(traces, Budget(), warm_up=6) == []
    assert leaks(traces[:6], Budget()) != []


def test_that_too_few_traces_are_no_proof() -> None:
    assert leaks(QUIET, Budget(), warm_up=18) == ["2 traces after the warm-up tell nothing"]


@given(
    rise=st.integers(-1000, 1000),
    outliers=st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=5),
)
def test_that_a_few_outliers_do_not_move_the_slope(rise: int, outliers: list[int]) -> None:
    points = [(float(at), float(rise * at)) for at in range(40)]
    for place, value in enumerate(outliers):
        points[place * 7] = (points[place * 7][0], float(value))
    assert slope(points) == pytest.approx(rise, abs=abs(rise) * 0.2 + 1e-9)


def test_that_one_instant_has_no_slope() -> None:
    assert slope([]) == slope([(1.0, 5.0)]) == slope([(1.0, 5.0), (1.0, 9.0)]) == 0.0
