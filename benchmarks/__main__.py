"""Runs every benchmark of this folder, prints one table and keeps it in ``benchmarks/results``.

``python -m benchmarks`` runs all; ``python -m benchmarks journal cache`` only these modules. A
module takes part by having ``run() -> list[Row]``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

import benchmarks
from benchmarks.frame import Row

RESULTS: Final = Path(__file__).parent / "results"
HEADINGS: Final = ("job", "measured", "peer", "ratio", "limit", "met")


def main() -> int:
    """Run, print and keep; the exit status is 1 where a limit was measured and missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="modules to run; all where none is named")
    names: list[str] = parser.parse_args().names
    found = _modules()
    unknown = sorted(set(names) - set(found))
    if unknown:
        parser.error(f"no benchmark called {', '.join(unknown)}; there are {', '.join(found)}")
    rows: list[Row] = []
    for name in names or found:
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows += found[name]()
    machine = describe_machine()
    text = _report(machine, rows)
    print(text)
    _keep(machine, rows, text)
    return 1 if any(row.met is False for row in rows) else 0


def describe_machine() -> dict[str, str]:
    """Give what the figures were measured on."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "processor": _first_of("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": str(os.cpu_count()),
        "memory": _first_of("/proc/meminfo", "MemTotal"),
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def _modules() -> dict[str, Callable[[], list[Row]]]:
    """Give the benchmarks of this folder by name."""
    found: dict[str, Callable[[], list[Row]]] = {}
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name.startswith("_") or module.name == "frame":
            continue
        run = getattr(importlib.import_module(f"benchmarks.{module.name}"), "run", None)
        if callable(run):
            found[module.name] = cast("Callable[[], list[Row]]", run)
    return found


def _first_of(path: str, name: str) -> str:
    """Give the value of the first ``name : value`` line of a file of the kernel, empty for none."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    for line in lines:
        key, colon, value = line.partition(":")
        if colon and key.strip() == name:
            return value.strip()
    return ""


def _report(machine: dict[str, str], rows: Sequence[Row]) -> str:
    """Give the figures as a Markdown table under a description of the machine."""
    about = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    cells = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(HEADINGS))]
    table = [_table_line(line, widths) for line in cells]
    table.insert(1, _table_line(tuple("-" * width for width in widths), widths))
    return f"{about}\n\nMedians; ours and the peer's taken in turn.\n\n" + "\n".join(table)


def _cells(row: Row) -> tuple[str, ...]:
    """Give one row as text."""
    peer = _figure(row.peer_measured, row.unit)
    return (
        row.job,
        _figure(row.measured, row.unit),
        f"{row.peer}: {peer}" if row.peer else "",
        "" if row.ratio is None else f"{row.ratio:.2f}x",
        row.limit,
        {True: "yes", False: "NO", None: "not measured" if row.limit else ""}[row.met],
    )


def _figure(value: float | None, unit: str) -> str:
    """Give a figure with three digits that count."""
    if value is None:
        return "not measured"
    if abs(value) >= 100:
        return f"{value:,.0f} {unit}"
    return f"{value:.3g} {unit}"


def _table_line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Give one line of a Markdown table."""
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _keep(machine: dict[str, str], rows: Sequence[Row], text: str) -> None:
    """Write both forms; a second run on one day replaces the first."""
    RESULTS.mkdir(exist_ok=True)
    day = machine["date"][:10]
    figures = {"machine": machine, "rows": [asdict(row) | {"ratio": row.ratio} for row in rows]}
    written = json.dumps(figures, indent=2, ensure_ascii=False)
    (RESULTS / f"{day}.json").write_text(written + "\n", encoding="utf-8")
    (RESULTS / f"{day}.md").write_text(f"# Benchmarks of {day}\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
