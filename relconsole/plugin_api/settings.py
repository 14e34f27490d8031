"""Settings of a connected system, checked against its plugin's manifest.

Files are read as text, typed by their key: a number or a truth value may come as either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar, assert_never

import msgspec
from immutables import Map

from relconsole.domain.kernel.durations import parse_duration
from relconsole.domain.kernel.errors import Problem
from relconsole.domain.kernel.json import Json, JsonObject, as_object
from relconsole.plugin_api.errors import SettingsRejected
from relconsole.plugin_api.manifest import Manifest, Setting, SettingType

Form = TypeVar("Form")
Made = TypeVar("Made")

_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def check_settings(
    manifest: Manifest, settings: Mapping[str, Json], *, file: str, place: str
) -> JsonObject:
    """Give the settings typed and with defaults; SettingsRejected with every fault.

    ``place`` is the dotted path of the settings in the file, such as ``systems[0].settings``.
    """
    problems: list[Problem] = []
    checked: dict[str, Json] = {}
    for name in sorted(set(settings) - set(manifest.settings)):
        near = get_close_matches(name, list(manifest.settings), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        message = f"{manifest.id} has no such setting{hint}"
        problems.append(Problem(file=file, line=None, field=f"{place}.{name}", message=message))
    for name, setting in manifest.settings.items():
        given = settings.get(name)
        try:
            checked[name] = _default(setting) if given is None else _typed(setting.type, given)
        except ValueError as wrong:
            field = f"{place}.{name}"
            problems.append(Problem(file=file, line=None, field=field, message=str(wrong)))
    if problems:
        raise SettingsRejected(tuple(problems))
    return Map(checked)


def read_each(
    settings: Mapping[str, Json], name: str, form: type[Form], make: Callable[[str, Form], Made]
) -> Mapping[str, Made]:
    """Give what a setting of type map holds, each entry in a form and made into a value.

    ``make`` takes the entry's name and its form, and raises ValueError for one that cannot be
    meant; SettingsRejected with a problem for each such entry.
    """
    made: dict[str, Made] = {}
    problems: list[Problem] = []
    for key, written in as_object(settings.get(name)).items():
        try:
            made[key] = make(key, msgspec.convert(written, form))
        except (msgspec.ValidationError, ValueError) as wrong:
            field = f"settings.{name}.{key}"
            problems.append(
                Problem(file="connections.yaml", line=None, field=field, message=str(wrong))
            )
    if problems:
        raise SettingsRejected(tuple(problems))
    return made


def _default(setting: Setting) -> Json:
    """Give what counts where nothing is written; ValueError where something must be."""
    if setting.required:
        raise ValueError(f"is missing: {setting.help}" if setting.help else "is missing")
    return None if setting.default is None else _typed(setting.type, setting.default)


def _typed(kind: SettingType, given: Json) -> Json:
    """Give a value in its type; ValueError where it has none."""
    match kind:
        case SettingType.TEXT:
            if isinstance(given, str):
                return given
        case SettingType.NUMBER:
            if isinstance(given, str | int | float) and not isinstance(given, bool):
                return _number(given)
        case SettingType.DURATION:
            if isinstance(given, str):
                return parse_duration(given).total_seconds()
        case SettingType.BOOLEAN:
            truth = _TRUTH.get(given.lower()) if isinstance(given, str) else given
            if isinstance(truth, bool):
                return truth
        case SettingType.LIST:
            if _is_texts(given):
                return given
        case SettingType.MAP:
            if isinstance(given, Mapping):
                return given
        case _:
            assert_never(kind)
    raise ValueError(f"is no {kind}")


def _number(given: str | float) -> float:
    """Give a finite number; ValueError for anything else."""
    try:
        number = float(given)
    except ValueError as wrong:
        raise ValueError(f"{given!r} is no number") from wrong
    if number - number != 0:
        raise ValueError(f"{given} is no number to count with")
    return int(number) if number.is_integer() else number


def _is_texts(given: Json) -> bool:
    """Tell whether the value is a list of texts."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        return False
    return all(isinstance(item, str) for item in given)
