"""``report RELEASE``: the night report: outcome, plan against actual, and what is left."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping
from datetime import timedelta

from relconsole.cli.opening import readable
from relconsole.cli.readings import Reading, read_run
from relconsole.cli.runs import add_run, kind_of
from relconsole.cli.words import DONE, answer
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.json import as_object
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.report import NightReport, RecordFigures, night_report
from relconsole.domain.night.report_text import render_report
from relconsole.domain.plan.guard import lasting
from relconsole.domain.plan.sampling import NIGHTS, SEED
from relconsole.runtime.reading import open_to_read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the release."""
    add_run(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer the report of the newest run."""
    found = asyncio.run(_report(arguments))
    answer(as_object(to_json(found)), render_report(found).rstrip("\n"), as_json=arguments.json)
    return DONE


async def _report(arguments: argparse.Namespace) -> NightReport:
    """Give the report from the facts, with the figures by which the record can be checked."""
    reading = await read_run(arguments)
    with readable():
        async with open_to_read(arguments.store, kind_of(arguments)) as journal:
            head = await journal.head()
    return night_report(
        reading.run,
        reading.facts,
        reading.release,
        reading.state.workspace.estate,
        reading.at,
        p90=_estimates(reading),
        figures=None if head is None else RecordFigures(facts=head.size, root=head.root),
    )


def _estimates(reading: Reading) -> Mapping[StepId, timedelta]:
    """Give for each step the time in which it is through in nine nights of ten."""
    return {
        step.id: lasting(step, None, nights=NIGHTS, seed=SEED) for step in reading.run.runbook.steps
    }
