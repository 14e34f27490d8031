"""Adds up the summaries in a log and prints `N passed, N failed`; 1 if anything failed or none ran.

A summary is pytest's last line, or a harness's own line of the same form as the one printed here.
"""

import re
import sys
from pathlib import Path

COUNT = re.compile(r"(\d+) (passed|failed|errors?)\b")
SUMMARY = re.compile(
    r"^(=+ )?\d+ (passed|failed|errors?|skipped|deselected)\b.*( in [\d.]+s|\d+ failed$)"
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def tally(log: str) -> tuple[int, int]:
    """How many passed and how many failed, errors among the failures."""
    passed = failed = 0
    for line in COLOUR.sub("", log).splitlines():
        if SUMMARY.match(line):
            for number, word in COUNT.findall(line):
                if word == "passed":
                    passed += int(number)
                else:
                    failed += int(number)
    return passed, failed


def main() -> int:
    """Reads the log named on the command line."""
    passed, failed = tally(Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace"))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
