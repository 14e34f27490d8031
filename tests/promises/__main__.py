"""Runs the harnesses and prints every figure: ``python -m tests.promises --help``."""

from __future__ import annotations

import argparse
import re
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.promises.frame import Report, judge, module_names, promises_of, show

ENDED = 2


def main() -> int:
    """Read the command, run the harnesses, print the table; 1 if any failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.promises", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the counts to do")
    parser.add_argument("--release", action="store_true", help="the counts before a release")
    parser.add_argument("--only", default="", help="promises or modules, such as P6,P1")
    parser.add_argument("--jobs", type=int, default=2, help="harnesses at once")
    parser.add_argument("--limit", type=float, default=7200, help="seconds for one run")
    parser.add_argument("--no-mutants", action="store_true", help="only the sound program")
    asked = parser.parse_args()
    names, missing = chosen(asked.only)
    if missing or not names:
        print(f"no harness for {', '.join(missing) or 'anything'}", file=sys.stderr)
        return ENDED

    def run(name: str) -> Report:
        report = judge(
            name,
            release=asked.release,
            scale=asked.scale,
            limit=asked.limit,
            mutants=not asked.no_mutants,
        )
        says = "passed" if report.passed else "FAILED"
        print(f"{report.promise} {says} after {report.seconds:.1f} s", file=sys.stderr, flush=True)
        for failure in (*report.failures, *report.violations[:5]):
            print(f"  {failure[:2000]}", file=sys.stderr, flush=True)
        return report

    with ThreadPoolExecutor(max_workers=max(1, asked.jobs)) as pool:
        reports = list(pool.map(run, names))
    show(reports, sys.stdout)
    return 0 if all(report.passed for report in reports) else 1


def chosen(only: str) -> tuple[list[str], list[str]]:
    """Give the modules that an option names, all without one, and what names none.

    A module is named by a promise that it shows, or by the start of its file's name.
    """
    modules = module_names()
    wanted = [word for word in re.split(r"[,\s]+", only) if word]
    found = {
        word: [name for name in modules if word in promises_of(name) or name.startswith(word)]
        for word in wanted
    }
    missing = [word for word, fits in found.items() if not fits]
    return sorted({name for fits in found.values() for name in fits}) or modules, missing


if __name__ == "__main__":
    sys.exit(main())
