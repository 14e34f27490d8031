"""``schedule DIR RELEASE``: when each step runs, and until when each can still be taken back."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path

from relconsole.cli.columns import in_columns
from relconsole.cli.lookup import find_named
from relconsole.cli.words import DONE, NO, answer
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.json import as_object
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.wording import say_clock, say_duration, say_instant
from relconsole.domain.plan.answer import ScheduleAnswer, schedule_answer
from relconsole.domain.plan.retreat import find_deadline
from relconsole.domain.release.release import Release
from relconsole.domain.rollback.build import reckoned_runbook, restore_durations


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folder and the release."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of the workspace")
    parser.add_argument("release", metavar="RELEASE")


def run(arguments: argparse.Namespace) -> int:
    """Answer the schedule; 1 where the runbook is longer than its window."""
    from relconsole.adapters.formats.workspace import read_workspace

    workspace = read_workspace(arguments.folder)
    release = find_named(
        workspace.releases, "release", arguments.release, where=str(arguments.folder)
    )
    found = schedule_release(workspace, release)
    fits = found.fits(release.window)
    answer(as_object(to_json(found)), _in_words(release, found, fits=fits), as_json=arguments.json)
    return DONE if fits else NO


def schedule_release(workspace: Workspace, release: Release) -> ScheduleAnswer:
    """Give the schedule of a release before its night, with the deadline that others set it."""
    waiting = [
        other.window.start for other in workspace.releases.values() if release.id in other.waits_for
    ]
    runbook = reckoned_runbook(release)
    deadline = find_deadline(runbook, release.window, waiting)
    return schedule_answer(runbook, release.window, deadline, restore_durations(release.rollback))


def _in_words(release: Release, found: ScheduleAnswer, *, fits: bool) -> str:
    """Give the schedule as a table and what it comes to."""
    start, zone = release.window.start, release.zone
    rows = [("step", "start", "finish", "float", "", "latest safe rollback start")]
    for step, timing in found.steps.items():
        until = found.latest_safe_rollback_start[step]
        rows.append(
            (
                step,
                say_clock(start + timedelta(seconds=timing.earliest_start), zone),
                say_clock(start + timedelta(seconds=timing.earliest_finish), zone),
                say_duration(timedelta(seconds=timing.total_float)),
                "critical" if timing.critical else "",
                "no way back" if until is None else say_clock(until, zone),
            )
        )
    end = start + timedelta(seconds=found.end)
    nine = start + timedelta(seconds=found.percentiles.p90)
    verdict = "ends within" if fits else "is LONGER than"
    odds = f"{found.in_window:.0%} of nights end within the window"
    return "\n".join(
        (
            in_columns(rows),
            f"window {say_instant(start, zone)} to {say_clock(release.window.end, zone)}",
            f"planned end {say_clock(end, zone)}: the runbook {verdict} its window",
            f"nine nights of ten end by {say_clock(nine, zone)}; {odds}",
        )
    )
