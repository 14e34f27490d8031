"""Which of the practices of release management are shown by tests, as a pytest plugin.

A test that shows one carries `@pytest.mark.practice("A2.4")`. With `--practices` the run ends with
a table: a code is shown when every test that carries it passed. With `--collect-only` as well, the
table is of the marks alone.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import product

import pytest

LISTS = "ABCDE"
MODULES = range(1, 9)
PRACTICES = range(1, 7)

CODES: tuple[str, ...] = tuple(
    f"{letter}{module}.{practice}"
    for letter, module, practice in product(LISTS, MODULES, PRACTICES)
)
"""Every code there is, in order: five lists of eight modules of six practices."""

_PROPERTY = "practice"


def codes_of(item: pytest.Item) -> tuple[str, ...]:
    """The codes that a test carries; a code that does not exist ends the run."""
    codes: list[str] = []
    for mark in item.iter_markers("practice"):
        for code in mark.args:
            if code not in CODES:
                raise pytest.UsageError(f"{item.nodeid}: there is no practice {code!r}")
            codes.append(code)
    return tuple(codes)


class PracticeReport:
    """Gathers what each test showed and prints it at the end of the run.

    The codes travel with the reports of the tests, so that it counts the same across workers.
    """

    def __init__(self, *, marks_only: bool) -> None:
        self._marks_only = marks_only
        self._passed: dict[str, set[str]] = defaultdict(set)
        self._failed: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Counts the marks alone, when nothing will be run."""
        if self._marks_only:
            for item in session.items:
                for code in codes_of(item):
                    self._passed[code].add(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Counts a test that carries a code, by how it ended."""
        for name, value in report.user_properties:
            if name != _PROPERTY:
                continue
            if report.failed:
                self._failed[str(value)].add(report.nodeid)
            elif report.when == "call" and report.passed:
                self._passed[str(value)].add(report.nodeid)

    @property
    def shown(self) -> frozenset[str]:
        """The codes of which at least one test passed and none failed."""
        return frozenset(self._passed.keys() - self._failed.keys())

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Prints the table."""
        terminalreporter.section("practices")
        for line in table(self.shown, frozenset(self._failed)):
            terminalreporter.write_line(line)


def table(shown: frozenset[str], failed: frozenset[str]) -> list[str]:
    """One line a module with what is shown and what is not, and one line with the sums."""
    lines: list[str] = []
    for letter, module in product(LISTS, MODULES):
        codes = [f"{letter}{module}.{practice}" for practice in PRACTICES]
        missing = [code for code in codes if code not in shown]
        line = f"{letter}{module}  {len(codes) - len(missing)} of {len(codes)}"
        if missing:
            line += "   not shown: " + ", ".join(
                f"{code} (failed)" if code in failed else code for code in missing
            )
        lines.append(line)
    return [*lines, f"{len(shown)} of {len(CODES)} practices shown"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--practices`."""
    parser.addoption(
        "--practices",
        action="store_true",
        help="print which practices of release management are shown by the tests",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Registers the report where the results of all workers come together."""
    if config.getoption("--practices") and not hasattr(config, "workerinput"):
        marks_only = bool(config.getoption("collectonly"))
        config.pluginmanager.register(PracticeReport(marks_only=marks_only), "practice-report")


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Gives each test's codes to its reports, and refuses codes that do not exist."""
    for item in items:
        item.user_properties.extend((_PROPERTY, code) for code in codes_of(item))
