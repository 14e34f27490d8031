"""``brief RELEASE``: what whoever joins a night must know, and what is theirs."""

from __future__ import annotations

import argparse
import asyncio

from relconsole.cli.lookup import find_person_id
from relconsole.cli.readings import Reading, read_run
from relconsole.cli.runs import add_run
from relconsole.cli.words import DONE, answer
from relconsole.domain.console.mustering import muster_of
from relconsole.domain.kernel.json import as_object
from relconsole.domain.night.brief import Brief, brief_digest, make_brief
from relconsole.domain.night.brief_text import render_brief, render_muster
from relconsole.domain.night.muster import Muster
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.plan.forecast import Forecast


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the release, and whose brief it is."""
    add_run(parser)
    parser.add_argument(
        "--for", dest="reader", metavar="PERSON", help="with this person's own next steps"
    )
    parser.add_argument(
        "--muster", action="store_true", help="also who is needed soon and how to reach them"
    )


def run(arguments: argparse.Namespace) -> int:
    """Answer the brief with its digest, and the muster where it was asked for."""
    reading = asyncio.run(read_run(arguments))
    forecast = reading.forecast()
    brief = _brief(reading, forecast, arguments)
    muster = _muster(reading, forecast) if arguments.muster else None
    document = {**as_object(to_json(brief)), "digest": brief_digest(brief)}
    lines = [render_brief(brief)]
    if muster is not None:
        document["muster"] = to_json(muster)
        lines.append(render_muster(muster))
    answer(document, "\n".join(lines).rstrip("\n"), as_json=arguments.json)
    return DONE


def _brief(reading: Reading, forecast: Forecast | None, arguments: argparse.Namespace) -> Brief:
    """Give the brief for the reader who was named, else for anybody."""
    estate = reading.state.workspace.estate
    reader = (
        None
        if arguments.reader is None
        else find_person_id(estate.people, arguments.reader, str(arguments.store))
    )
    return make_brief(
        reading.run,
        reading.release,
        estate,
        reading.at,
        forecast=forecast,
        reader=reader,
    )


def _muster(reading: Reading, forecast: Forecast | None) -> Muster:
    """Give who is needed from now on, and who of them is there."""
    return muster_of(reading.state, reading.release, reading.at, reading.run, forecast)
