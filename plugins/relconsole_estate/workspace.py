"""Writes the estate's plan as code: the example workspace with this estate's real values in it.

The example is a template: a name between two `@` stands for a value that is known only when an
estate runs. Files are text here; nothing of their meaning is read.
"""

import json
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from relconsole_estate.errors import UnknownNameError
from relconsole_estate.folder import EstateFolder
from relconsole_estate.topology import COLLECTOR

_PLACEHOLDER = re.compile(r"@([A-Z][A-Z_]+)@")
_WINDOW = timedelta(minutes=45)
_MARGIN = timedelta(minutes=30)


def template() -> Traversable:
    """The example workspace as it was installed."""
    return files("relconsole_resources") / "examples" / "estate"


def values_for(folder: EstateFolder, out: Path, now: datetime) -> dict[str, str]:
    """What each placeholder stands for in this estate.

    The window opens with the minute of `now` and is open for three quarters of an hour.
    """
    opens = now.astimezone(UTC).replace(second=0, microsecond=0)
    closes = opens + _WINDOW
    instants = {
        "WINDOW_START": opens,
        "WINDOW_END": closes,
        "MAINTENANCE_START": opens - _MARGIN,
        "MAINTENANCE_END": closes + _MARGIN,
        "FREEZE_START": opens + timedelta(days=10),
        "FREEZE_END": opens + timedelta(days=12),
        "RESERVATION_START": opens + timedelta(days=3),
        "RESERVATION_END": opens + timedelta(days=3, hours=8),
        "APPROVED_AT": opens - timedelta(hours=20),
    }
    return {
        "PYTHON": sys.executable,
        "STATE": str(folder.path.resolve()),
        "CHANGES": str((out / "changes").resolve()),
        "METRICS_PORT": str(folder.port(COLLECTOR)),
        **{name: f"{instant:%Y-%m-%dT%H:%M:%SZ}" for name, instant in instants.items()},
    }


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every placeholder replaced; an unknown one is an error.

    Placeholders stand inside double quotes, so a value is written with JSON's escapes, which
    YAML shares.
    """

    def written(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise UnknownNameError(f"no value for @{found[1]}@")
        return json.dumps(values[found[1]], ensure_ascii=False)[1:-1]

    return _PLACEHOLDER.sub(written, text)


def write_workspace(folder: EstateFolder, out: Path, now: datetime) -> list[Path]:
    """Writes the filled workspace into `out`; gives the files in their order."""
    values = values_for(folder, out, now)
    return sorted(_copy(template(), out, values))


def _copy(source: Traversable, out: Path, values: Mapping[str, str]) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for item in source.iterdir():
        if item.is_dir():
            written += _copy(item, out / item.name, values)
        elif item.name.endswith(".yaml"):
            target = out / item.name
            target.write_text(fill(item.read_text(encoding="utf-8"), values), encoding="utf-8")
            written.append(target)
    return written
