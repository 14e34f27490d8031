"""What a plugin says of itself in ``manifest.toml``, readable without importing the plugin."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

import msgspec
from immutables import Map

from relconsole.domain.kernel.durations import parse_duration
from relconsole.domain.kernel.errors import InputRejected, Problem
from relconsole.domain.kernel.json import Json
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.effects import Recognition


class Kind(StrEnum):
    """What a connected system is to the console."""

    CI = "ci"
    ITSM = "itsm"
    MONITORING = "monitoring"
    CMDB = "cmdb"


class SettingType(StrEnum):
    """How a setting is written."""

    TEXT = "text"
    NUMBER = "number"
    DURATION = "duration"
    """Written ``90s`` or ``1h30m``; the plugin gets seconds."""
    BOOLEAN = "boolean"
    LIST = "list"
    """A list of texts."""
    MAP = "map"
    """Anything by name; the plugin checks what it holds."""


class Use(StrEnum):
    """Whether a plugin takes a thing."""

    NEVER = "never"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Credential(StrEnum):
    """How the guarded client sends the secret, to the origin of the system's address only."""

    NONE = "none"
    """Not at all: the plugin's own library does, with ``Context.secret``."""
    BEARER = "bearer"
    BASIC = "basic"
    """The secret is ``user:password``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of a connected system; ``default`` counts where it is not written."""

    type: SettingType
    required: bool = False
    default: Json = None
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a plugin is, needs and does.

    ``effects`` tells for each kind of effect how the target recognises a repeat, and by what
    source that is known. ``libraries`` are those that bring a network client of their own.
    """

    id: str
    title: str
    kinds: tuple[Kind, ...]
    address: Use = Use.REQUIRED
    secret: Use = Use.NEVER
    credential: Credential = Credential.NONE
    settings: Mapping[str, Setting] = field(default_factory=Map[str, Setting])
    effects: Mapping[str, Recognition] = field(default_factory=Map[str, Recognition])
    libraries: tuple[str, ...] = ()


class _Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A setting as written."""

    type: SettingType
    required: bool = False
    default: object = None
    help: str = ""


class _Effect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An effect as written."""

    how: RecognisesRepeat
    settle: str
    source: str


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as written."""

    id: str
    title: str
    kinds: tuple[Kind, ...]
    address: Use = Use.REQUIRED
    secret: Use = Use.NEVER
    credential: Credential = Credential.NONE
    settings: dict[str, _Setting] = {}
    effects: dict[str, _Effect] = {}
    libraries: tuple[str, ...] = ()


def read_manifest(text: str, file: str = "manifest.toml") -> Manifest:
    """Give the manifest; InputRejected where the text is none."""
    try:
        written = msgspec.convert(tomllib.loads(text), _Written)
        effects = {kind: _recognition(effect) for kind, effect in written.effects.items()}
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as wrong:
        raise InputRejected((_problem(file, "", str(wrong)),)) from wrong
    problems = _faults(written, file)
    if problems:
        raise InputRejected(problems)
    return Manifest(
        id=written.id,
        title=written.title,
        kinds=written.kinds,
        address=written.address,
        secret=written.secret,
        credential=written.credential,
        settings=Map({name: _setting(one) for name, one in written.settings.items()}),
        effects=Map(effects),
        libraries=written.libraries,
    )


def _faults(written: _Written, file: str) -> tuple[Problem, ...]:
    """Give what a well-formed manifest still may not say."""
    found: list[Problem] = []
    if not written.id.isidentifier():
        found.append(_problem(file, "id", f"{written.id!r} is no plain name"))
    if not written.kinds:
        found.append(_problem(file, "kinds", "a plugin is of at least one kind"))
    if written.credential is not Credential.NONE and written.secret is Use.NEVER:
        found.append(_problem(file, "credential", "there is no secret to send"))
    for name, setting in written.settings.items():
        if setting.required and setting.default is not None:
            message = "a required setting has no default"
            found.append(_problem(file, f"settings.{name}", message))
    for kind, effect in written.effects.items():
        if not effect.source.strip():
            found.append(_problem(file, f"effects.{kind}.source", "says nothing"))
    return tuple(found)


def _setting(written: _Setting) -> Setting:
    """Give a setting; TOML holds dates that JSON does not, and they are no default."""
    default: Json = msgspec.convert(msgspec.to_builtins(written.default), object)  # type: ignore[assignment]
    return Setting(type=written.type, required=written.required, default=default, help=written.help)


def _recognition(written: _Effect) -> Recognition:
    """Give how an effect is recognised; ValueError for a settle window that is no duration."""
    settle = timedelta(0) if written.settle == "0s" else parse_duration(written.settle)
    return Recognition(how=written.how, settle=settle, source=written.source)


def _problem(file: str, field_name: str, message: str) -> Problem:
    """Give one fault of the file."""
    return Problem(file=file, line=None, field=field_name, message=message)
