"""``print RELEASE``: runbook, contacts, prepared rollback and present state as a PDF."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path

from relconsole.adapters.clock import SystemClock
from relconsole.adapters.evidence import write_durably
from relconsole.cli.opening import state_of
from relconsole.cli.runs import add_run, kind_of, release_of
from relconsole.cli.schedule import schedule_release
from relconsole.cli.words import DONE, answer, say
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.digest import plan_digest
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.release.release import Release
from relconsole.domain.rollback.build import build_rollback
from relconsole.domain.rollback.plan import RollbackPlan
from relconsole.domain.rollback.reverse import has_way_back


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the release and where the PDF goes."""
    add_run(parser)
    # The window of the demo prints through here; a person has no store with a demo in it.
    parser.add_argument("--demo", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(
        "--to", type=Path, metavar="FOLDER", help="the folder for the PDF (default: in the store)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the PDF and answer its name and digest; before the night there is no present state."""
    from relconsole.adapters.formats.paper.paper_night import PaperNight
    from relconsole.adapters.formats.paper.printing import print_night

    state = asyncio.run(state_of(arguments.store, kind_of(arguments)))
    found = state.newest_run(release_of(state, arguments.release))
    release = _release(state, arguments.release, found)
    now = SystemClock().now()
    printed = print_night(
        PaperNight(
            release=release,
            estate=state.workspace.estate,
            plan=plan_digest(release.runbook, {}) if found is None else found.plan,
            made_at=now,
            run=found,
            forecast=_forecast(state, found),
            rollback=_rollback(release),
            latest=schedule_release(state.workspace, release).latest_safe_rollback_start,
        )
    )
    folder: Path = arguments.to or arguments.store / "prints"
    path = folder / printed.name
    try:
        write_durably(path, printed.pdf)
    except OSError as wrong:
        raise WorldIsDown(f"{path} cannot be written: {wrong.strerror}.", system="disk") from wrong
    answer(
        {
            "file": str(path),
            "digest": printed.digest,
            "release": release.id,
            "run": None if found is None else found.id,
            "made_at": format_instant(now),
        },
        str(path),
        as_json=arguments.json,
    )
    return DONE


def _release(state: ConsoleState, name: str, found: RunState | None) -> Release:
    """Give the release, with the plan as the run has amended it."""
    release = state.workspace.releases[release_of(state, name)]
    return release if found is None else replace(release, runbook=found.runbook)


def _forecast(state: ConsoleState, found: RunState | None) -> Forecast | None:
    """Give the forecast of a run that goes on."""
    from relconsole.services.forecasting import Forecaster

    if found is None or found.is_over:
        return None
    return Forecaster().forecast(state, found.id, SystemClock().now())


def _rollback(release: Release) -> RollbackPlan | None:
    """Give the prepared rollback of all that has a way back, None where none can be built."""
    covered = frozenset(step.id for step in release.runbook.steps if has_way_back(step))
    plan = build_rollback(release, covered)
    if isinstance(plan, Refusal):
        say(f"no rollback is printed: {plan}")
        return None
    return plan
