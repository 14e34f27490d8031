"""The jobs of a connected system, from its settings; nothing here starts anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import Final

import msgspec

from relconsole.domain.kernel.durations import parse_duration
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.settings import read_each

_PIECE: Final = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_-]*)\}|[{}]|[^{}]+")
_RESERVED: Final = "RELCONSOLE_"


class Unfilled(ValueError):
    """Parameters that do not fit the job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument: texts, and between them names of parameters, as (text, is a name)."""

    pieces: tuple[tuple[str, bool], ...]

    @property
    def names(self) -> frozenset[str]:
        """Give the parameters that it takes."""
        return frozenset(text for text, is_name in self.pieces if is_name)

    @property
    def template(self) -> str:
        """Give it as it was meant, with the names in braces."""
        return "".join(f"{{{text}}}" if is_name else text for text, is_name in self.pieces)

    def fill(self, parameters: Mapping[str, str]) -> str:
        """Give the argument; Unfilled for a value that could be read as an option, or has a NUL."""
        for at, (text, is_name) in enumerate(self.pieces):
            value = parameters[text] if is_name else ""
            if "\0" in value or (at == 0 and value.startswith("-")):
                raise Unfilled(f"the value {value[:80]!r} of {text} could be read as an option")
        return "".join(parameters[text] if is_name else text for text, is_name in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One local command; ``env`` is added to a minimal environment, ``cwd`` empty is its folder."""

    name: str
    argv: tuple[Argument, ...]
    cwd: str
    env: Mapping[str, str]
    timeout: timedelta | None
    files: tuple[str, ...]

    def fill(self, parameters: Mapping[str, str]) -> tuple[str, ...]:
        """Give the arguments to run; Unfilled where one is missing, or has no place."""
        names = frozenset[str]().union(*(argument.names for argument in self.argv))
        missing, extra = sorted(names - set(parameters)), sorted(set(parameters) - names)
        if missing:
            raise Unfilled(f"the job {self.name} needs {', '.join(missing)}")
        if extra:
            raise Unfilled(f"the job {self.name} has no place for {', '.join(extra)}")
        return tuple(argument.fill(parameters) for argument in self.argv)


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A job as written."""

    argv: list[str]
    cwd: str = ""
    env: dict[str, str] = {}
    timeout: str = ""
    files: list[str] = []


def read_jobs(settings: Mapping[str, Json]) -> Mapping[str, Job]:
    """Give the jobs by name; SettingsRejected with a problem for each that is none."""
    return read_each(settings, "jobs", _Written, _job)


def _job(name: str, written: _Written) -> Job:
    """Give a job; ValueError for what could not be run, or would run something else."""
    if not written.argv or not written.argv[0]:
        raise ValueError("argv names no program")
    argv = tuple(_argument(text) for text in written.argv)
    if argv[0].names:
        raise ValueError("a parameter cannot choose the program")
    if any("\0" in text for text in (*written.argv, written.cwd, *written.env.values())):
        raise ValueError("holds a NUL character")
    if written.cwd and not PurePath(written.cwd).is_absolute():
        raise ValueError(f"cwd {written.cwd} is no absolute path")
    program = PurePath(argv[0].template)
    if len(program.parts) > 1 and not program.is_absolute() and not written.cwd:
        raise ValueError(f"{program} is neither a plain name nor absolute, and there is no cwd")
    for variable in written.env:
        if not variable.isidentifier() or variable.startswith(_RESERVED):
            raise ValueError(f"env cannot set {variable!r}")
    timeout = parse_duration(written.timeout) if written.timeout else None
    if timeout is not None and timeout <= timedelta(0):
        raise ValueError("a timeout is longer than nothing")
    return Job(
        name=name,
        argv=argv,
        cwd=written.cwd,
        env=written.env,
        timeout=timeout,
        files=tuple(written.files),
    )


def _argument(text: str) -> Argument:
    """Give an argument; ValueError for a brace that names no parameter."""
    pieces: list[tuple[str, bool]] = []
    for found in _PIECE.finditer(text):
        piece = found[0]
        if found[1] is not None:
            pieces.append((found[1], True))
        elif piece in ("{", "}"):
            raise ValueError(f"{text!r}: a brace that names no parameter is written twice")
        else:
            literal = piece[0] if piece in ("{{", "}}") else piece
            pieces.append((literal, False))
    return Argument(pieces=tuple(pieces))
