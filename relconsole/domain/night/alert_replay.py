"""The alerts of a night once more, from its record alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from relconsole.domain.night.alert_memory import AlertMemory, remember
from relconsole.domain.night.alert_rules import alerts_of_record
from relconsole.domain.night.evolve import NightFact, evolve_run, open_run
from relconsole.domain.night.facts import RunOpened
from relconsole.domain.night.log import LoggedFact
from relconsole.domain.night.muster_facts import MusterFact
from relconsole.domain.night.rollback_facts import RehearsalCounted
from relconsole.domain.night.state import RunState
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.release.release import Release


def replay_alerts(facts: Sequence[Recorded[LoggedFact]], release: Release) -> AlertMemory:
    """Give what stood after each fact of one run, in their order, and what was over after which.

    What only was observed, and what came and went between two facts, is not in it.
    """
    memory = AlertMemory()
    run: RunState | None = None
    for each in facts:
        run = _after(run, each)
        if run is not None:
            memory = remember(memory, alerts_of_record(run, release, each.at), each.at)
    return memory


def _after(run: RunState | None, each: Recorded[LoggedFact]) -> RunState | None:
    """Give the run after one more fact, None before it was opened."""
    if isinstance(each.fact, RunOpened):
        return open_run(cast("Recorded[RunOpened]", each))
    if run is None or isinstance(each.fact, RehearsalCounted | MusterFact):
        return run
    return evolve_run(run, cast("Recorded[NightFact]", each))
