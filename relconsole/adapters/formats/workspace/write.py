"""From a workspace to its files, in the vocabulary in which they are read.

Each thing goes to the file in which it stands already, so that a team's own division into files and
file names stays; a new one goes to the file that bears its document's name, or to one of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from relconsole.adapters.formats.workspace.compose import compose
from relconsole.adapters.formats.workspace.folder import (
    file_name_for,
    files_of,
    name_in,
    read_bytes,
    rejected,
)
from relconsole.adapters.formats.workspace.nodes import MappingNode, Node, items_of, text_at
from relconsole.adapters.formats.workspace.table import DOCUMENTS, Document, Spread
from relconsole.adapters.formats.workspace.written import Leaf, Written, emit
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import Dependency
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.errors import InputRejected, WorldIsDown

_MAIN: Final = ".yaml"


def write_workspace(workspace: Workspace, folder: Path) -> tuple[Path, ...]:
    """Write a workspace and give its files, sorted; the same workspace gives the same bytes.

    Each file is replaced whole or not at all. InputRejected, before anything is written, where the
    folder holds a release that the workspace lacks, or a file that cannot be read; WorldIsDown
    where the disk refuses.
    """
    documents = _documents_of(workspace)
    planned: dict[Path, Written] = {}
    for document in DOCUMENTS:
        planned |= _plan(document, documents[document.name], folder)
    texts = {path: _text_for(path, written) for path, written in planned.items()}
    for path, text in sorted(texts.items()):
        replace_file(path, text.encode())
    return tuple(sorted(texts))


def write_changes(before: Workspace, after: Workspace, folder: Path) -> tuple[Path, ...]:
    """Write only the files of a folder whose things differ, and give them, sorted.

    ``before`` is what the folder holds; files of which nothing changed keep their comments. It
    raises as ``write_workspace`` does.
    """
    old, new = _documents_of(before), _documents_of(after)
    changed: dict[Path, str] = {}
    for document in DOCUMENTS:
        standing = _plan(document, old[document.name], folder)
        planned = _plan(document, new[document.name], folder)
        changed |= {
            path: _text_for(path, written)
            for path, written in planned.items()
            if path not in standing or _text_for(path, standing[path]) != _text_for(path, written)
        }
    for path, text in sorted(changed.items()):
        replace_file(path, text.encode())
    return tuple(sorted(changed))


def _documents_of(workspace: Workspace) -> Mapping[str, Any]:
    """Give what each document holds: sections, one value, or values by id."""
    estate, calendar = workspace.estate, workspace.calendar
    return {
        "estate": {
            "teams": _in_order(estate.teams),
            "people": _in_order(estate.people),
            "environments": _in_order(estate.environments),
            "services": _in_order(estate.services),
            "dependencies": estate.dependencies,
        },
        "calendar": {
            "freezes": calendar.freezes,
            "maintenance_windows": calendar.maintenance_windows,
            "reservations": calendar.reservations,
            "trains": calendar.trains,
            "exceptions": calendar.exceptions,
        },
        "policy": None if workspace.policy == Policy() else workspace.policy,
        "connections": {"systems": _in_order(workspace.systems)} if workspace.systems else None,
        "releases": _in_order(workspace.releases),
    }


def _in_order(things: Mapping[Any, Any]) -> tuple[Any, ...]:
    """Give things in their own order where they have one that lasts, else by id."""
    if isinstance(things, dict):
        return tuple(things.values())
    return tuple(things[key] for key in sorted(things))


def _plan(document: Document, held: Any, folder: Path) -> dict[Path, Written]:
    """Give the words of each file of a document."""
    standing = files_of(folder, document) if folder.is_dir() else ()
    match document.spread:
        case Spread.ONE_EACH:
            return _plan_each(document, held, folder, standing)
        case Spread.JOINED_FILES:
            return _plan_joined(document, held, folder, standing)
        case Spread.ONE_FILE:
            if held is None and not standing:
                return {}
            path = standing[0] if standing else folder / f"{document.name}{_MAIN}"
            return {path: {} if held is None else document.record.write(held, None)}


def _plan_each(
    document: Document, held: tuple[Any, ...], folder: Path, standing: tuple[Path, ...]
) -> dict[Path, Written]:
    places = {text_at(_root_of(folder, path), "id"): path for path in standing}
    lacking = [path for name, path in places.items() if name not in {it.id for it in held}]
    if lacking:
        raise InputRejected(
            tuple(
                problem
                for path in lacking
                for problem in rejected(
                    name_in(folder, path),
                    "holds something that is not exported: move it away, or export elsewhere",
                ).problems
            )
        )
    inner = folder / document.name
    return {
        places.get(it.id, inner / f"{file_name_for(it.id)}{_MAIN}"): document.record.write(it, None)
        for it in held
    }


def _plan_joined(
    document: Document,
    held: Mapping[str, tuple[Any, ...]],
    folder: Path,
    standing: tuple[Path, ...],
) -> dict[Path, Written]:
    main = standing[0] if standing else folder / f"{document.name}{_MAIN}"
    places = {
        (section, name): path
        for path in standing
        for section, name in _names_in(_root_of(folder, path))
    }
    files: dict[Path, dict[str, list[Any]]] = {path: {} for path in standing}
    for section, things in held.items():
        for it in things:
            sections = files.setdefault(places.get((section, _name_of(it)), main), {})
            sections.setdefault(section, []).append(it)
    if document.required:
        files.setdefault(main, {})
    return {path: document.record.write(sections, None) for path, sections in files.items()}


def _name_of(thing: Any) -> str:
    """Give what tells a thing from others of its section."""
    if isinstance(thing, Dependency):
        return f"{thing.source} {thing.target} {thing.kind}"
    name: str = thing.id
    return name


def _names_in(root: Node | None) -> list[tuple[str, str]]:
    """Give section and name of all that stands in a file, as ``_name_of`` would."""
    entries = root.entries if isinstance(root, MappingNode) else ()
    return [
        (entry.key, text_at(it, "id") or _dependency_name(it))
        for entry in entries
        for it in items_of(entry.node)
    ]


def _dependency_name(node: Node) -> str:
    kind = text_at(node, "kind") or "calls"
    return f"{text_at(node, 'from')} {text_at(node, 'to')} {kind}"


def _root_of(folder: Path, path: Path) -> Node | None:
    """Give the root of a file that stands already; InputRejected where it is not well formed."""
    root, problems = compose(read_bytes(folder, path), name_in(folder, path))
    if problems:
        raise InputRejected(problems)
    return root


def _text_for(path: Path, written: Written) -> str:
    """Give the text of a file, JSON where its name says so."""
    if path.suffix == ".json":
        return json.dumps(_plain(written), indent=2) + "\n"
    return emit(written) if isinstance(written, Mapping) else ""


def _plain(written: Written) -> Any:
    match written:
        case Leaf():
            return written.text
        case Mapping():
            return {key: _plain(item) for key, item in written.items()}
        case _:
            return [_plain(item) for item in written]


def replace_file(path: Path, content: bytes) -> None:
    """Put bytes in the place of a file, durably and at once, keeping the file's mode.

    WorldIsDown where the disk refuses.
    """
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with os.fdopen(os.open(temporary, flags, 0o666), "wb") as file:
                if path.exists():
                    os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        _make_durable(path.parent)
    except OSError as wrong:
        raise WorldIsDown(f"{path} cannot be written: {wrong.strerror}") from wrong


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
