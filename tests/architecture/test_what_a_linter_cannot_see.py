"""The rules hold in the whole product, and each of them sees what it forbids."""

import ast
from collections.abc import Iterable
from fnmatch import fnmatch

import pytest

from tests.architecture import product, rules
from tests.architecture.product import Source

GUARDS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    # name of the guard, where it may stand, and how often at most
    ("task guard of the console", ("relconsole/runtime/tasks.py",), 1),
    ("task guard of the child", ("relconsole/plugin_process/tasks.py",), 1),
    ("plugin boundary", ("relconsole/adapters/plugin_host/*", "relconsole/plugin_process/*"), 1),
    ("journal writer", ("relconsole/adapters/journal_sql/*",), 1),
)
"""The only places where every exception is caught and the program goes on."""

BROKEN: tuple[tuple[rules.Rule, str], ...] = (
    (rules.a_dialog_is_never_executed, "dialog.exec()"),
    (rules.a_dialog_is_never_executed, "QDialog(parent).exec()"),
    (rules.a_name_is_a_word_of_the_trade, "class ReleaseManager: ..."),
    (rules.a_rule_neither_reads_nor_writes, "def f():\n    import os"),
    (rules.a_rule_neither_reads_nor_writes, "from datetime import datetime\ndatetime.now(zone)"),
    (rules.a_rule_neither_reads_nor_writes, "datetime.date.today()"),
    (rules.a_rule_neither_reads_nor_writes, "open('file')"),
    (rules.a_screen_reader_and_a_tip_are_told_safe_text, "self.setAccessibleName(rows.title)"),
    (rules.a_screen_reader_and_a_tip_are_told_safe_text, "box.setAccessibleDescription(f'{a}')"),
    (rules.a_screen_reader_and_a_tip_are_told_safe_text, "label.setToolTip(safe_text(name))"),
    (
        rules.a_screen_reader_and_a_tip_are_told_safe_text,
        "event = QAccessibleAnnouncementEvent(self, rows.sentence)",
    ),
    (
        rules.a_signal_is_never_connected_to_a_coroutine,
        "async def save(): ...\ndef wire(window): window.button.clicked.connect(window.save)",
    ),
    (rules.a_task_is_created_by_its_owner, "group.create_task(work())"),
    (rules.chance_is_seeded, "random.Random()"),
    (rules.chance_is_seeded, "random.shuffle(names)"),
    (rules.chance_is_seeded, "np.random.default_rng()"),
    (rules.heavy_libraries_are_imported_at_first_use, "import numpy as np"),
    (
        rules.heavy_libraries_are_imported_at_first_use,
        "try:\n    from scipy import stats\nfinally: ...",
    ),
    (rules.no_folder_is_imported_as_a_package, "from plugins.relconsole_plugins import files"),
    (rules.nothing_runs_or_unpacks_what_came_from_elsewhere, "eval(text)"),
    (rules.nothing_runs_or_unpacks_what_came_from_elsewhere, "import pickle"),
    (rules.nothing_runs_or_unpacks_what_came_from_elsewhere, "label.setHtml(text)"),
    (rules.nothing_runs_or_unpacks_what_came_from_elsewhere, "subprocess.run(line, shell=True)"),
    (rules.nothing_runs_or_unpacks_what_came_from_elsewhere, "tarfile.open(name).extractall()"),
    (rules.nothing_runs_or_unpacks_what_came_from_elsewhere, "yaml.load(text)"),
)

KEPT: tuple[tuple[rules.Rule, str], ...] = (
    (rules.a_dialog_is_never_executed, "asyncio.create_subprocess_exec('ls')"),
    (rules.a_name_is_a_word_of_the_trade, "class Redacting(logging.Handler): ..."),
    (rules.a_name_is_a_word_of_the_trade, "class MetricsHandler(BaseHTTPRequestHandler): ..."),
    (rules.a_screen_reader_and_a_tip_are_told_safe_text, "self.setAccessibleName('Poll')"),
    (
        rules.a_screen_reader_and_a_tip_are_told_safe_text,
        "it.setToolTip(tip_text(says) if a else '')",
    ),
    (rules.a_signal_is_never_connected_to_a_coroutine, "sock.connect(address)"),
    (rules.chance_is_seeded, "random.Random(seed)"),
    (rules.chance_is_seeded, "numpy.random.Generator(numpy.random.PCG64(seed))"),
    (rules.heavy_libraries_are_imported_at_first_use, "def f():\n    import numpy"),
    (
        rules.heavy_libraries_are_imported_at_first_use,
        "if TYPE_CHECKING:\n    import numpy",
    ),
    (rules.nothing_runs_or_unpacks_what_came_from_elsewhere, "subprocess.run(argv, shell=False)"),
)


def _source(text: str) -> Source:
    return Source(path="example.py", lines=tuple(text.splitlines()), tree=ast.parse(text))


def _breaches(rule: rules.Rule, sources: Iterable[Source]) -> list[str]:
    return [place for source in sources for place in rule(source)]


def _name(rule: object) -> str:
    return getattr(rule, "__name__", "")


@pytest.mark.parametrize("rule", rules.FOR_THE_PRODUCT, ids=_name)
def test_that_the_product_keeps_the_rule(rule: rules.Rule) -> None:
    assert _breaches(rule, product.product()) == []


@pytest.mark.parametrize("rule", rules.FOR_THE_CONSOLE, ids=_name)
def test_that_the_console_keeps_the_rule(rule: rules.Rule) -> None:
    assert _breaches(rule, product.console()) == []


@pytest.mark.parametrize("rule", rules.FOR_THE_DOMAIN, ids=_name)
def test_that_the_domain_keeps_the_rule(rule: rules.Rule) -> None:
    assert _breaches(rule, product.domain()) == []


@pytest.mark.parametrize(("rule", "text"), BROKEN)
def test_that_a_rule_sees_what_it_forbids(rule: rules.Rule, text: str) -> None:
    assert len(_breaches(rule, [_source(text)])) == 1


@pytest.mark.parametrize(("rule", "text"), KEPT)
def test_that_a_rule_leaves_its_neighbour_alone(rule: rules.Rule, text: str) -> None:
    assert _breaches(rule, [_source(text)]) == []


def test_that_every_exception_is_caught_at_the_named_guards_only() -> None:
    left = {name: most for name, _, most in GUARDS}
    elsewhere: list[str] = []
    for source in product.product():
        for place in rules.catch_alls(source):
            for name, patterns, _ in GUARDS:
                if left[name] and any(fnmatch(source.path, pattern) for pattern in patterns):
                    left[name] -= 1
                    break
            else:
                elsewhere.append(place)
    assert elsewhere == []


@pytest.mark.parametrize(
    "text",
    [
        "try: ...\nexcept Exception: ...",
        "try: ...\nexcept: ...",
        "try: ...\nexcept (OSError, BaseException): ...",
        "with contextlib.suppress(Exception): ...",
    ],
)
def test_that_a_catch_all_is_seen(text: str) -> None:
    assert len(rules.catch_alls(_source(text))) == 1


@pytest.mark.parametrize(
    "text",
    ["try: ...\nexcept OSError: ...", "try: ...\nexcept BaseException:\n    undo()\n    raise"],
)
def test_that_a_handler_of_some_exceptions_is_no_catch_all(text: str) -> None:
    assert rules.catch_alls(_source(text)) == []
