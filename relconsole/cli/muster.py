"""``muster RELEASE``: who is needed soon, who was called and who is there; say so of one person."""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime

from relconsole.adapters.clock import SystemClock
from relconsole.cli.opening import opened, state_of, wish_of
from relconsole.cli.people import add_person, add_said
from relconsole.cli.runs import add_run, kind_of, must, release_of, said_of
from relconsole.cli.words import DONE, answer
from relconsole.domain.console.mustering import muster_of
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.json import as_object
from relconsole.domain.night.brief_text import render_muster
from relconsole.domain.night.muster import Muster
from relconsole.domain.night.muster_commands import AnswerMuster, CallPerson, MusterCommand
from relconsole.domain.night.plain_json import to_json
from relconsole.services.forecasting import Forecaster


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the release, and what is said of whom."""
    add_run(parser)
    parser.add_argument("act", nargs="?", choices=("called", "here", "gone"))
    parser.add_argument("whom", nargs="?", metavar="PERSON")
    parser.add_argument("--by", dest="way", default="", metavar="WAY", help="such as phone")
    add_person(parser)
    add_said(parser)


def run(arguments: argparse.Namespace) -> int:
    """Record what was said, and answer with the muster."""
    found = asyncio.run(_act(arguments) if arguments.act else _read(arguments))
    answer(as_object(to_json(found)), render_muster(found).rstrip("\n"), as_json=arguments.json)
    return DONE


async def _read(arguments: argparse.Namespace) -> Muster:
    """Give the muster as it is, beside whoever writes."""
    state = await state_of(arguments.store, kind_of(arguments))
    return _muster(state, arguments, SystemClock().now(), Forecaster())


async def _act(arguments: argparse.Namespace) -> Muster:
    """Say that somebody was called, is here or is gone."""
    if not arguments.whom:
        raise PersonMustAct(f"Who is {arguments.act}?", do="Name the person.")
    async with opened(wish_of(arguments, kind_of(arguments))) as console:
        must(await console.desk.submit(_command(console.desk.state, arguments)))
        now = console.clock.now()
        return _muster(console.desk.state, arguments, now, console.forecaster)


def _command(state: ConsoleState, arguments: argparse.Namespace) -> MusterCommand:
    """Give what is said."""
    release, person = release_of(state, arguments.release), PersonId(arguments.whom)
    said = said_of(arguments)
    if arguments.act == "called":
        return CallPerson(release=release, person=person, way=arguments.way, said=said)
    here = arguments.act == "here"
    return AnswerMuster(release=release, person=person, here=here, said=said)


def _muster(
    state: ConsoleState, arguments: argparse.Namespace, now: datetime, forecaster: Forecaster
) -> Muster:
    """Give the muster at an instant, by the forecast of the run that is open."""
    release = state.workspace.releases[release_of(state, arguments.release)]
    newest = state.newest_run(release.id)
    found = None if newest is None or newest.is_over else newest
    forecast = None if found is None else forecaster.forecast(state, found.id, now)
    return muster_of(state, release, now, found, forecast)
