"""The state of the console: the fold of its facts, each part by its concept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from immutables import Map

from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.ids import Digest, PersonId, ReleaseId, RunId
from relconsole.domain.night.muster_marks import PersonMark
from relconsole.domain.night.rollback_facts import RehearsalCounted
from relconsole.domain.night.state import RunState
from relconsole.domain.readiness.keys import Keyring


@dataclass(frozen=True, kw_only=True)
class ConsoleState:
    """Everything that the facts so far come to; without slots, for the quickness of the fold.

    ``digests`` are those of the imported parts, by ``estate``, ``calendar``, ``policy``,
    ``connections`` or ``release/<id>``; ``newest`` is the last run of each release, ``musters`` who
    was called to it and who answered.
    """

    size: int = 0
    workspace: Workspace = field(default_factory=Workspace)
    digests: Map[str, Digest] = field(default_factory=Map[str, Digest])
    keys: Keyring = field(default_factory=Keyring)
    runs: Map[RunId, RunState] = field(default_factory=Map[RunId, RunState])
    newest: Map[ReleaseId, RunId] = field(default_factory=Map[ReleaseId, RunId])
    musters: Map[ReleaseId, Map[PersonId, PersonMark]] = field(
        default_factory=Map[ReleaseId, Map[PersonId, PersonMark]]
    )
    rehearsals: Map[str, tuple[RehearsalCounted, ...]] = field(
        default_factory=Map[str, tuple[RehearsalCounted, ...]]
    )

    def newest_run(self, release: ReleaseId) -> RunState | None:
        """Give the last run of a release, over or not."""
        run = self.newest.get(release)
        return None if run is None else self.runs[run]

    def open_runs(self) -> Mapping[RunId, RunState]:
        """Give the runs that are not over."""
        return {run: found for run, found in sorted(self.runs.items()) if not found.is_over}
