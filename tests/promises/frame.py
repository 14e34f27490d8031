"""What a harness is, and how one is run: in a process of its own, with the counts it was asked for.

A harness module is ``tests/promises/pNN_*.py`` and has one ``HARNESS``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TextIO

ROOT = Path(__file__).resolve().parents[2]
SHOWN = 5
CHILD = "import sys; from tests.promises.frame import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases on every change, and how many before a release."""

    pr: int
    release: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The cases that were really done, by what they are of, and each broken promise."""

    cases: Mapping[str, int]
    violations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness:
    """One promise, its cases, and the mutants that must break it.

    ``run(counts, mutant)`` does exactly the counts asked when there is no mutant; with one it may
    stop at the first violation. ``mutant_counts`` are enough to break the promise with any mutant.
    """

    promise: str
    title: str
    counts: Mapping[str, Counts]
    run: Callable[[Mapping[str, int], str | None], Tally]
    mutants: tuple[str, ...]
    mutant_counts: Mapping[str, int]


@dataclass(slots=True)
class Report:
    """What came of one harness: of its counts, and of every mutant."""

    name: str
    promise: str
    title: str
    asked: Mapping[str, int] = field(default_factory=dict[str, int])
    done: Mapping[str, int] = field(default_factory=dict[str, int])
    violations: tuple[str, ...] = ()
    mutants: int = 0
    caught: list[str] = field(default_factory=list[str])
    failures: list[str] = field(default_factory=list[str])
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Tell whether every case was done, none broke the promise, and every mutant did."""
        return (
            not self.failures
            and not self.violations
            and all(self.done.get(case, 0) >= count for case, count in self.asked.items())
            and len(self.caught) == self.mutants
        )


def module_names() -> list[str]:
    """Give the names of the harness modules, in order."""
    return sorted(path.stem for path in Path(__file__).parent.glob("p[0-9][0-9]_*.py"))


def promises_of(name: str) -> set[str]:
    """Give the promises that a module names, without running it."""
    text = Path(__file__).with_name(f"{name}.py").read_text()
    named = re.search(r'promise="([^"]+)"', text)
    return set(re.findall(r"P\d+", named[1])) if named else set()


def load(name: str) -> Harness:
    """Give the harness of a module; TypeError where it has none."""
    harness = getattr(importlib.import_module(f"tests.promises.{name}"), "HARNESS", None)
    if not isinstance(harness, Harness):
        raise TypeError(f"{name} has no HARNESS")
    return harness


def asked_of(harness: Harness, *, release: bool, scale: float) -> dict[str, int]:
    """Give the counts to do, at least one of each."""
    return {
        what: max(1, round((counts.release if release else counts.pr) * scale))
        for what, counts in harness.counts.items()
    }


def run_in_child(
    name: str, counts: Mapping[str, int], mutant: str | None, limit: float
) -> Tally | str:
    """Give the tally of a run in its own process, or why there is none."""
    with tempfile.TemporaryDirectory(prefix="promise-", ignore_cleanup_errors=True) as folder:
        answer, said = Path(folder, "tally.json"), Path(folder, "said")
        command = [sys.executable, "-c", CHILD, name, json.dumps(dict(counts)), str(answer)]
        command += ["--mutant", mutant] if mutant else []
        with said.open("wb") as out:
            status = _wait_for(command, out, limit)
        if status is None:
            return f"no end within {limit:.0f} s"
        if status or not answer.exists():
            tail = said.read_text(errors="replace").strip().splitlines()[-12:]
            return f"ended with {status}: " + "\n    ".join(tail)
        found: Any = json.loads(answer.read_text())
        return Tally(cases=found["cases"], violations=tuple(found["violations"]))


def _wait_for(command: Sequence[str], out: BinaryIO, limit: float) -> int | None:
    """Give the exit status, or None past the limit; then all that it started is killed too."""
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=ROOT, start_new_session=True
    )
    try:
        return child.wait(limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def judge(name: str, *, release: bool, scale: float, limit: float, mutants: bool = True) -> Report:
    """Run one harness and, unless they are left out, each of its mutants; give what came of it."""
    started = time.monotonic()
    try:
        harness = load(name)
    except (ImportError, TypeError, SyntaxError) as wrong:
        return Report(name, "?", name, failures=[f"cannot be loaded: {wrong}"])
    planted = harness.mutants if mutants else ()
    report = Report(name, harness.promise, harness.title, mutants=len(planted))
    report.asked = asked_of(harness, release=release, scale=scale)
    tally = run_in_child(name, report.asked, None, limit)
    if isinstance(tally, str):
        report.failures.append(tally)
    else:
        report.done, report.violations = tally.cases, tally.violations
        if any(tally.cases.get(case, 0) < count for case, count in report.asked.items()):
            report.failures.append(f"asked for {report.asked}, done {dict(tally.cases)}")
    if not harness.mutants:
        report.failures.append("no mutant: a harness that cannot fail proves nothing")
    for mutant in planted:
        broken = run_in_child(name, harness.mutant_counts, mutant, limit)
        if isinstance(broken, str):
            report.failures.append(f"mutant {mutant}: {broken}")
        elif broken.violations:
            report.caught.append(mutant)
        else:
            report.failures.append(f"mutant {mutant} was not caught")
    report.seconds = time.monotonic() - started
    return report


def show(reports: Sequence[Report], out: TextIO) -> None:
    """Print a row a harness, then what is wrong, then how many passed."""
    heads = ("promise", "what", "cases", "violations", "mutants caught", "seconds")
    rows: list[tuple[str, ...]] = [heads]
    for report in reports:
        cases = ", ".join(f"{count:,} {what}" for what, count in report.done.items()) or "none"
        caught = f"{len(report.caught)}/{report.mutants}" if report.mutants else "not run"
        broken = str(len(report.violations)) if report.done else "?"
        seconds = f"{report.seconds:.1f}"
        rows.append((report.promise, report.title, cases, broken, caught, seconds))
    widths = [max(len(row[at]) for row in rows) for at in range(len(heads))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip(), file=out)
    for report in reports:
        for says in (*report.failures, *report.violations[:SHOWN]):
            print(f"{report.name}: {says}", file=out)
    passed = sum(report.passed for report in reports)
    print(f"{passed} passed, {len(reports) - passed} failed", file=out)


def main() -> int:
    """Be the child: run one harness as asked, write its tally."""
    parser = argparse.ArgumentParser(description="Run one harness with given counts.")
    parser.add_argument("name")
    parser.add_argument("counts", type=json.loads)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--mutant")
    asked = parser.parse_args()
    tally = load(asked.name).run(asked.counts, asked.mutant)
    found = {"cases": dict(tally.cases), "violations": list(tally.violations)}
    asked.answer.write_text(json.dumps(found))
    return 0
