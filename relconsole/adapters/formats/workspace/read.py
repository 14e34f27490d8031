"""From a folder to a workspace, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relconsole.adapters.formats.workspace.act_keys import EXTRA, RELIEF, UNDO_STEP
from relconsole.adapters.formats.workspace.compose import compose
from relconsole.adapters.formats.workspace.desk import Desk, Unread
from relconsole.adapters.formats.workspace.folder import (
    demand_folder,
    files_of,
    misspelt_files,
    name_in,
    read_bytes,
)
from relconsole.adapters.formats.workspace.nodes import Node, Place, ScalarNode, shorten
from relconsole.adapters.formats.workspace.release_keys import judge_graphs
from relconsole.adapters.formats.workspace.table import DOCUMENTS, Document, Spread
from relconsole.domain.calendar.entries import Calendar
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import are_one_person
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.errors import InputRejected, Problem
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.release.release import Release


def read_workspace(folder: Path) -> Workspace:
    """Give the workspace of a folder; InputRejected with every problem where there is one."""
    workspace, desk = _read(folder)
    if desk.problems:
        raise InputRejected(_in_order(desk.problems))
    return workspace


def check_workspace(folder: Path) -> tuple[Problem, ...]:
    """Give every problem of a workspace, by file and line.

    InputRejected where the folder, or a file in it, cannot be read at all.
    """
    return judge_workspace(folder).problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is wrong with a workspace, and where it counts for less than what is written.

    Only the problems keep it from being read.
    """

    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


def judge_workspace(folder: Path) -> Judgement:
    """Give every problem of a workspace and every remark on it, by file and line.

    InputRejected where the folder, or a file in it, cannot be read at all.
    """
    desk = _read(folder)[1]
    return Judgement(problems=_in_order(desk.problems), remarks=_in_order(desk.remarks))


def _read(folder: Path) -> tuple[Workspace, Desk]:
    """Give what could be read, and the desk; the first means nothing where there are problems."""
    demand_folder(folder)
    desk = Desk()
    desk.problems.extend(misspelt_files(folder))
    read = {it.name: _read_document(folder, it, desk) for it in DOCUMENTS}
    desk.settle()
    _judge_extra_steps(desk)
    workspace = _assemble(read)
    _judge_exceptions(workspace, desk)
    return workspace, desk


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=_by_place))


def _by_place(problem: Problem) -> tuple[str, int]:
    return problem.file, problem.line or 0


def _read_document(folder: Path, document: Document, desk: Desk) -> list[Any]:
    """Give what each file of a document holds, the unreadable left out."""
    paths = files_of(folder, document)
    if not paths and document.required:
        place = Place(file=f"{document.name}.yaml", line=1, column=1, field="")
        desk.complain(place, "a workspace needs this file")
    if document.spread is Spread.ONE_FILE:
        for path in paths[1:]:
            place = Place(file=name_in(folder, path), line=1, column=1, field="")
            desk.complain(place, f"this stands in {name_in(folder, paths[0])} already")
    found = [_read_file(folder, path, document, desk) for path in paths]
    return [it for it in found if not isinstance(it, Unread)]


def _read_file(folder: Path, path: Path, document: Document, desk: Desk) -> Any:
    name = name_in(folder, path)
    root, problems = compose(read_bytes(folder, path), name)
    desk.problems.extend(problems)
    if root is None:
        if problems:
            return Unread.UNREAD
        root = _nothing(name)
    if document.spread is Spread.ONE_EACH:
        judge_graphs(root, desk)
    return document.record.read(root, desk)


def _nothing(file: str) -> Node:
    """Give the root of a file in which nothing is written."""
    return ScalarNode(at=Place(file=file, line=1, column=1, field=""), text="", is_absent=True)


def _assemble(read: Mapping[str, list[Any]]) -> Workspace:
    """Give the workspace that the documents make together."""
    estate, calendar = _joined(read["estate"]), _joined(read["calendar"])
    systems = _joined(read["connections"]).get("systems", ())
    releases: list[Release] = read["releases"]
    return Workspace(
        estate=Estate(
            **{key: _by_id(estate.get(key, ())) for key in _ESTATE_BY_ID},
            dependencies=estate.get("dependencies", ()),
        ),
        calendar=Calendar(**calendar),
        policy=next(iter(read["policy"]), Policy()),
        systems=_by_id(systems),
        releases=_by_id(tuple(releases)),
    )


_ESTATE_BY_ID = ("teams", "people", "environments", "services")


def _joined(files: list[Any]) -> dict[str, Any]:
    """Give the lists of several files, each joined in the order of the files."""
    found: dict[str, Any] = {}
    for sections in files:
        for key, items in sections.items():
            found[key] = found.get(key, ()) + items
    return found


def _by_id(items: tuple[Any, ...]) -> Mapping[Any, Any]:
    return {it.id: it for it in items}


def _judge_extra_steps(desk: Desk) -> None:
    """Keep a problem for each extra step of a rollback whose id a step, its undo or relief has."""
    for (kind, home), extra in desk.defined.items():
        if kind == EXTRA:
            taken = {
                **desk.defined.get(("step", home), {}),
                **desk.defined.get((UNDO_STEP, home), {}),
                **desk.defined.get((RELIEF, home), {}),
            }
            for twice in sorted(extra.keys() & taken.keys()):
                line = taken[twice].line
                desk.complain(
                    extra[twice], f"the id {shorten(twice)} belongs to the step at line {line}"
                )


def _judge_exceptions(workspace: Workspace, desk: Desk) -> None:
    """Keep a problem for each exception that the requester of its release approved."""
    named = desk.defined.get(("freeze exception", ""), {})
    people = workspace.estate.people
    for exception in workspace.calendar.exceptions:
        release = workspace.releases.get(ReleaseId(exception.release))
        if release and are_one_person(people, exception.approver, release.requester):
            desk.complain(
                named[exception.id],
                f"{exception.approver} requested {release.id} and cannot approve its exception",
            )
