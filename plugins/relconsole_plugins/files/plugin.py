"""The verbs of the plugin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.json import Json, as_text
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Ending,
    Found,
    NotFound,
    Recognition,
    RemoteState,
    TargetRefused,
)
from relconsole.plugin_api.errors import NotSupported
from relconsole.plugin_api.itsm import CHANGE_COMMENT, CHANGE_TRANSITION, ChangeRecord
from relconsole_plugins.files.client import Records
from relconsole_plugins.files.config import read_config
from relconsole_plugins.files.parse import Record

_LISTS: Final[Mapping[str, str]] = {CHANGE_COMMENT: "comments", CHANGE_TRANSITION: "history"}
_RECOGNITION: Final = Recognition(
    how=RecognisesRepeat.NATIVE,
    settle=timedelta(0),
    source="the entry in the record bears the effect's id and is looked for under a lock",
)


class Plugin:
    """Change records kept as files."""

    def __init__(self, context: Context) -> None:
        """Read the settings; SettingsRejected where they cannot be meant."""
        self._config = read_config(context.settings)
        self._records = Records(self._config.folder)
        self._now = context.now

    async def check(self) -> str:
        """Give how many records there are."""
        return f"{sum(1 for _ in self._records.changes())} records in {self._config.folder}"

    async def close(self) -> None:
        """Nothing is held."""

    async def read_change(self, change: str) -> ChangeRecord | None:
        """Give the record as it stands in its file."""
        record, path = self._records.read(change), self._records.path(change)
        return None if record is None or path is None else record.change(path.as_uri())

    async def recognition(self, kind: str) -> Recognition:
        """Give that a repeat finds the entry."""
        _list_of(kind)
        return _RECOGNITION

    async def perform(self, request: EffectRequest) -> Acknowledged | TargetRefused:
        """Write the comment or the state with the effect's id, unless it stands there already."""
        entries = _list_of(request.kind)
        wanted = "text" if request.kind == CHANGE_COMMENT else "state"
        change, value, expected = _texts(request.payload, "change", wanted, "from")
        if not change or not value:
            return TargetRefused(reason=f"{request.kind} needs change and {wanted}")
        entry = {
            "id": request.id,
            "at": format_instant(self._now()),
            "person": request.person or "",
        }

        def edit(record: Record) -> str | bool:
            if record.bears(entries, request.id):
                return False
            if request.kind == CHANGE_TRANSITION:
                state = record.state
                if expected and expected != state:
                    return f"{change} is {state}, not {expected}; it was left so"
                if not self._config.allows(state, value):
                    return f"{change} cannot go from {state} to {value}"
                record.append(entries, {**entry, "from": state, "to": value})
                record.set("state", value)
            else:
                record.append(entries, {**entry, "text": value})
            return True

        refused = await self._records.edit(change, edit)
        if refused is not None:
            return TargetRefused(reason=refused)
        return Acknowledged(remote=f"{change}#{request.id}")

    async def find(self, kind: str, effect: EffectId) -> Found | NotFound:
        """Tell whether some record bears the effect's id."""
        entries = _list_of(kind)
        for change in self._records.changes():
            # Most files do not hold the id at all, and need not be understood.
            if self._records.mentions(change, effect):
                record = self._records.read(change)
                if record is not None and record.bears(entries, effect):
                    return Found(remote=f"{change}#{effect}")
        return NotFound()

    async def follow(self, kind: str, remote: str) -> RemoteState:
        """Give that it is written; unknown where the record or its entry is gone."""
        entries = _list_of(kind)
        change, _, effect = remote.rpartition("#")
        record = self._records.read(change)
        if record is not None and record.bears(entries, effect):
            return RemoteState(ending=Ending.SUCCEEDED, detail=f"written into {change}")
        return RemoteState(ending=Ending.UNKNOWN, detail=f"{change or remote} no longer says so")

    async def cancel(self, kind: str, remote: str, reason: str) -> bool:
        """Tell that what is written stays written."""
        del remote, reason
        _list_of(kind)
        return False


def _list_of(kind: str) -> str:
    entries = _LISTS.get(kind)
    if entries is None:
        raise NotSupported(f"A change record kept as a file cannot do {kind}.")
    return entries


def _texts(payload: Mapping[str, Json], *names: str) -> tuple[str, ...]:
    return tuple(as_text(payload.get(name)) for name in names)
