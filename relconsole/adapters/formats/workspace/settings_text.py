"""Settings of a connected system as a person types them into a field: YAML by name, all texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from relconsole.adapters.formats.workspace.compose import compose
from relconsole.adapters.formats.workspace.desk import Desk, Unread
from relconsole.adapters.formats.workspace.kinds import Settings
from relconsole.adapters.formats.workspace.written import emit
from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.kernel.json import Json, JsonObject


class YamlSettings:
    """Reads and writes the settings of one field."""

    def read(self, text: str, field: str) -> JsonObject:
        """Give the settings of a text; InputRejected with every fault and its line.

        ``field`` is what problems are about.
        """
        root, problems = compose(text.encode(), field)
        desk = Desk(problems=list(problems))
        nothing: JsonObject = {}
        found = nothing if root is None else Settings().read(root, desk)
        if desk.problems or isinstance(found, Unread):
            raise InputRejected(tuple(replace(each, field=field) for each in desk.problems))
        return found

    def write(self, value: Json) -> str:
        """Give the text of a setting: YAML for what is by name, a line each for a list."""
        match value:
            case None:
                return ""
            case Mapping():
                return _emitted(value) if value else ""
            case str():
                return value
            case bool():
                return "true" if value else "false"
            case int() | float():
                return f"{value:g}"
            case _:
                return "\n".join(str(item) for item in value)


def _emitted(value: JsonObject) -> str:
    """Give the YAML of settings."""
    written = Settings().write(value, None)
    return emit(written) if isinstance(written, Mapping) else ""
