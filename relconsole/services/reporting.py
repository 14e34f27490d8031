"""The night report of any run in the journal, made beside the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast, get_args

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.log import LoggedFact
from relconsole.domain.night.report import NightReport, RecordFigures, night_report
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.guard import lasting
from relconsole.domain.plan.sampling import NIGHTS, SEED
from relconsole.domain.record.checkpoint import Checkpoint
from relconsole.domain.record.codec import Codec
from relconsole.domain.record.envelope import Envelope
from relconsole.domain.record.recorded import Recorded
from relconsole.ports.clock import Clock
from relconsole.services.desk import Desk, open_envelope


class Reporter:
    """Makes night reports from the journal behind a desk."""

    def __init__(self, *, desk: Desk, clock: Clock, codec: Codec[ConsoleFact]) -> None:
        """Take the desk, the clock, and what reads the facts."""
        self._desk = desk
        self._clock = clock
        self._codec = codec

    async def report(self, run: RunId) -> NightReport:
        """Give the report of a run as it stands, with the figures by which it can be checked."""
        journal = self._desk.journal
        head, envelopes = await journal.head(), await journal.read(0)
        return await asyncio.to_thread(self._make, self._desk.run(run), envelopes, head)

    def _make(
        self, run: RunState, envelopes: Sequence[Envelope], head: Checkpoint | None
    ) -> NightReport:
        logged = get_args(LoggedFact)
        opened = (open_envelope(each, self._codec) for each in envelopes)
        facts = tuple(
            cast("Recorded[LoggedFact]", each)
            for each in opened
            if isinstance(each.fact, logged) and getattr(each.fact, "run", None) == run.id
        )
        workspace = self._desk.state.workspace
        return night_report(
            run,
            facts,
            workspace.releases[run.release],
            workspace.estate,
            self._clock.now(),
            p90={
                step.id: lasting(step, None, nights=NIGHTS, seed=SEED) for step in run.runbook.steps
            },
            figures=None if head is None else RecordFigures(facts=head.size, root=head.root),
        )
