"""Runs as readers see them: the newest of a release, beside whoever conducts it, at any instant."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast, get_args

from relconsole.adapters.clock import SystemClock
from relconsole.cli.opening import records_of
from relconsole.cli.runs import kind_of, run_of
from relconsole.domain.console.evolve import fold
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.night.log import LoggedFact
from relconsole.domain.night.muster_facts import MusterFact
from relconsole.domain.night.muster_marks import LASTS
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.release.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A run as it stood at an instant in UTC, with what the store knew then; nothing is written."""

    at: datetime
    state: ConsoleState
    run: RunState
    release: Release
    facts: tuple[Recorded[LoggedFact], ...]

    def forecast(self) -> Forecast | None:
        """Give the forecast as of the instant, None for a run that is over."""
        from relconsole.services.forecasting import Forecaster

        return None if self.run.is_over else Forecaster().forecast(self.state, self.run.id, self.at)


async def read_run(arguments: argparse.Namespace, at: datetime | None = None) -> Reading:
    """Give the newest run of the release; with an instant, the newest there was, as it stood then.

    WorldIsDown where nothing is recorded; RuleRefuses where the release had not run.
    """
    records = await records_of(arguments.store, kind_of(arguments))
    known = records if at is None else tuple(each for each in records if each.at <= at)
    state = fold(known)
    run = run_of(state, arguments.release)
    return Reading(
        at=at or SystemClock().now(),
        state=state,
        run=run,
        release=state.workspace.releases[run.release],
        facts=facts_of(known, run),
    )


def facts_of(
    records: Sequence[Recorded[ConsoleFact]], run: RunState
) -> tuple[Recorded[LoggedFact], ...]:
    """Give the facts of one run in the order of the record, with the muster before it opened."""
    logged = get_args(LoggedFact)
    return tuple(
        cast("Recorded[LoggedFact]", each)
        for each in records
        if isinstance(each.fact, logged)
        and (getattr(each.fact, "run", None) == run.id or _mustered(each, run))
    )


def _mustered(each: Recorded[ConsoleFact], run: RunState) -> bool:
    """Tell whether a fact is of the muster of a run that had not been opened yet."""
    return (
        isinstance(each.fact, MusterFact)
        and each.fact.run is None
        and each.fact.release == run.release
        and timedelta(0) <= run.opened_at - each.at <= LASTS
    )
