"""How long a file, a function and a class of the product may be; the ratchet may only shrink.

`ratchet.toml` names what is longer than its budget, with the length it has. An entry that is no
longer true has to be lowered or taken out; there is no way to raise one but to argue for it.
"""

import ast
import tomllib
from collections.abc import Iterator
from typing import cast

from tests.architecture.product import ROOT, Source, product

FILE, FUNCTION, CLASS = 400, 60, 250


def _definitions(
    tree: ast.AST, within: str = ""
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{within}.{node.name}" if within else node.name
            yield name, node
            yield from _definitions(node, name)
        else:
            yield from _definitions(node, within)


def _overlong(source: Source) -> Iterator[tuple[str, int]]:
    if len(source.lines) > FILE:
        yield source.path, len(source.lines)
    for name, node in _definitions(source.tree):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > (CLASS if isinstance(node, ast.ClassDef) else FUNCTION):
            yield f"{source.path}::{name}", length


def _source(text: str) -> Source:
    return Source(path="example.py", lines=tuple(text.splitlines()), tree=ast.parse(text))


def test_that_nothing_is_longer_than_its_budget() -> None:
    ratchet = cast(
        "dict[str, int]",
        tomllib.loads((ROOT / "tests/architecture/ratchet.toml").read_text(encoding="utf-8")),
    )
    overlong = {place: length for source in product() for place, length in _overlong(source)}
    assert overlong == ratchet


def test_that_a_long_file_function_and_class_are_seen() -> None:
    function = "def f():\n" + "    pass\n" * FUNCTION
    kind = "class A:\n" + "    x = 1\n" * CLASS
    text = function + kind + "y = 1\n" * (FILE - FUNCTION - CLASS)
    assert dict(_overlong(_source(text))) == {
        "example.py": FILE + 2,
        "example.py::f": FUNCTION + 1,
        "example.py::A": CLASS + 1,
    }


def test_that_what_just_fits_is_not_seen() -> None:
    text = "class A:\n    def f(self):\n" + "        pass\n" * (FUNCTION - 1)
    assert dict(_overlong(_source(text))) == {}
