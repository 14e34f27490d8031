"""How tests are named and what they may not lean on."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture import product
from tests.architecture.product import Source, dotted

EMPTY_WORDS = re.compile(r"(^|_)(works|correctly|expected|properly)(_|$)")
OWN = ("relconsole", "relconsole_ui", "relconsole_plugins", "relconsole_estate")


def _empty_names(source: Source) -> Iterator[str]:
    for node in source.nodes():
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name.startswith("test_")
            and EMPTY_WORDS.search(node.name)
        ):
            yield f"{source.at(node)}: {node.name}"


def _mocks(source: Source) -> Iterator[str]:
    for statement, name in source.imports():
        if name.startswith(("mock", "unittest.mock")):
            yield source.at(statement)


def _patches_of_our_own(source: Source) -> Iterator[str]:
    ours = {
        (alias.asname or alias.name).partition(".")[0]
        for node in source.nodes()
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).partition(".")[0] in OWN
    }
    for call, name in source.calls():
        if not name.endswith("patch.setattr") or not call.args:
            continue
        match call.args[0]:
            case ast.Constant(value=str(target)):
                patched = target.partition(".")[0] in OWN
            case target:
                patched = dotted(target).partition(".")[0] in ours
        if patched:
            yield source.at(call)


def _source(text: str) -> Source:
    return Source(path="example.py", lines=tuple(text.splitlines()), tree=ast.parse(text))


def test_that_a_test_is_named_by_what_it_says() -> None:
    assert [place for source in product.tests() for place in _empty_names(source)] == []


def test_that_fakes_are_preferred_over_mocks() -> None:
    assert [place for source in product.tests() for place in _mocks(source)] == []


def test_that_no_test_patches_our_own_code() -> None:
    assert [place for source in product.tests() for place in _patches_of_our_own(source)] == []


@pytest.mark.parametrize("name", ["test_it_works", "test_expected_end", "test_merges_properly"])
def test_that_an_empty_name_is_seen(name: str) -> None:
    assert list(_empty_names(_source(f"def {name}(): ..."))) != []


def test_that_a_word_of_the_trade_is_no_empty_name() -> None:
    text = "def test_that_an_unexpected_property_of_a_network_is_refused(): ..."
    assert list(_empty_names(_source(text))) == []


@pytest.mark.parametrize("text", ["from unittest.mock import Mock", "import unittest.mock"])
def test_that_a_mock_is_seen(text: str) -> None:
    assert list(_mocks(_source(text))) != []


@pytest.mark.parametrize(
    "text",
    [
        "monkeypatch.setattr('relconsole.cli.main', fake)",
        "from relconsole.services import submit\nmonkeypatch.setattr(submit, 'run', fake)",
        "import relconsole.cli\npatch.setattr(relconsole.cli, 'main', fake)",
    ],
)
def test_that_a_patch_of_our_own_code_is_seen(text: str) -> None:
    assert len(list(_patches_of_our_own(_source(text)))) == 1


def test_that_a_patch_of_a_foreign_thing_is_allowed() -> None:
    text = "import asyncio\nmonkeypatch.setattr(asyncio, 'sleep', fake)"
    assert list(_patches_of_our_own(_source(text))) == []
