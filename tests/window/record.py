"""The record of a night while a window writes it, read as an auditor would, fact by fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relconsole.adapters.journal_sql.connecting import Access, open_driver
from relconsole.adapters.store.layout import StoreLayout
from relconsole.domain.record.envelope import Envelope, parse_line
from relconsole.ports.journal import JournalKind
from tests.live.waiting import eventually


@dataclass(frozen=True, slots=True)
class NightRecord:
    """The journal of one kind in a store."""

    store: Path
    kind: JournalKind

    def facts(self, *kinds: str) -> Sequence[Envelope]:
        """Give the facts of these kinds, all of them where none is named; none without a file."""
        path = StoreLayout(self.store).journal(self.kind)
        if not path.exists():
            return ()
        connection: Any = open_driver(path, Access.LOOK)
        try:
            rows = connection.execute("SELECT line FROM fact ORDER BY seq").fetchall()
        finally:
            connection.close()
        found = [parse_line(row[0]) for row in rows]
        return [fact for fact in found if not kinds or fact.kind in kinds]

    def of_step(self, kind: str, step: str) -> Sequence[Envelope]:
        """Give the facts of a kind about a step."""
        return [fact for fact in self.facts(kind) if fact.body.get("step") == step]

    def await_fact(self, kind: str, seconds: float = 30.0, *, count: int = 1) -> Envelope:
        """Wait until so many facts of a kind are on disk, and give the last of them."""
        found = eventually(
            lambda: self._at_least(kind, count), f"{count} of {kind} recorded", seconds
        )
        return found[-1]

    def _at_least(self, kind: str, count: int) -> Sequence[Envelope]:
        found = self.facts(kind)
        return found if len(found) >= count else ()
