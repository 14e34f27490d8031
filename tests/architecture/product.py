"""The product's own source, read once, for the tests of this folder."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

PACKAGES = (
    "relconsole",
    "ui/relconsole_ui",
    "plugins/relconsole_plugins",
    "plugins/relconsole_estate",
    "resources/relconsole_resources",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of the product: where it stands, its lines and its tree."""

    path: str
    lines: tuple[str, ...]
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """Where in the product a node stands, to be shown."""
        return f"{self.path}:{getattr(node, 'lineno', 0)}"

    def nodes(self) -> Iterator[ast.AST]:
        """Every node, in no order that matters."""
        return ast.walk(self.tree)

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call, with the dotted name of what is called ('' if it has none)."""
        for node in self.nodes():
            if isinstance(node, ast.Call):
                yield node, dotted(node.func)

    def imports(self) -> Iterator[tuple[ast.stmt, str]]:
        """Every import with the full name of what it brings, wherever in the file it stands."""
        for node in self.nodes():
            yield from imported_by(node)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of names; a chain that starts with something else starts with `?`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{dotted(value) or '?'}.{attribute}"
        case _:
            return ""


def imported_by(node: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """The names that one statement imports; none if it is not an import."""
    match node:
        case ast.Import(names=names):
            for alias in names:
                yield node, alias.name
        case ast.ImportFrom(module=module, names=names):
            for alias in names:
                yield node, f"{module}.{alias.name}"
        case _:
            pass


def read(path: Path) -> Source:
    """One file, parsed."""
    text = path.read_text(encoding="utf-8")
    return Source(
        path=path.relative_to(ROOT).as_posix(),
        lines=tuple(text.splitlines()),
        tree=ast.parse(text, filename=str(path)),
    )


@cache
def product() -> tuple[Source, ...]:
    """Every Python file that is shipped."""
    return tuple(
        read(path)
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "__pycache__" not in path.parts
    )


@cache
def tests() -> tuple[Source, ...]:
    """Every Python file of the tests."""
    return tuple(
        read(path)
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if "__pycache__" not in path.parts
    )


def console() -> Iterator[Source]:
    """What is shipped but the living estate, which is a stranger's program that runs beside."""
    return (it for it in product() if not it.path.startswith("plugins/relconsole_estate/"))


def domain() -> Iterator[Source]:
    """The pure rules."""
    return (it for it in product() if it.path.startswith("relconsole/domain/"))
