"""``alert``: say that an alert was seen, put it aside for a time with a reason, or take it back."""

from __future__ import annotations

import argparse
import asyncio

from relconsole.cli.opening import opened, wish_of
from relconsole.cli.people import add_person, add_said
from relconsole.cli.runs import add_run, answer_run, kind_of, must, run_of, said_of
from relconsole.cli.step import instant_of
from relconsole.cli.words import DONE
from relconsole.domain.console.mustering import muster_of
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.alert import OBSERVED, Alert, kind_of_key
from relconsole.domain.night.alert_commands import (
    AcknowledgeAlert,
    AlertCommand,
    ShelveAlert,
    UnshelveAlert,
)
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.alert_rules import alerts_of_record
from relconsole.domain.night.alert_rules_muster import alerts_of_muster
from relconsole.domain.night.alert_sight import Sight, alerts_of_sight
from relconsole.domain.night.state import RunState
from relconsole.runtime.console import Console


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the alert by its key, and what is said of it."""
    add_run(parser)
    parser.add_argument("key", metavar="KEY", help="the alert, as `alerts` names it")
    parser.add_argument("act", choices=("acknowledge", "shelve", "unshelve"))
    parser.add_argument("--until", metavar="INSTANT", help="how long it is shelved: 15 minutes")
    parser.add_argument("--during", metavar="STEP", help="shelve it while this step is under way")
    add_person(parser)
    add_said(parser)


def run(arguments: argparse.Namespace) -> int:
    """Record it and answer with the run."""
    return asyncio.run(_act(arguments))


async def _act(arguments: argparse.Namespace) -> int:
    async with opened(wish_of(arguments, kind_of(arguments))) as console:
        found = run_of(console.desk.state, arguments.release)
        must(await console.desk.submit(_command(console, arguments, found)))
        answer_run(console, found, as_json=arguments.json)
    return DONE


def _command(console: Console, arguments: argparse.Namespace, found: RunState) -> AlertCommand:
    """Give what is said of the alert as it is seen from here."""
    said, key = said_of(arguments), str(arguments.key)
    if arguments.act == "unshelve":
        return UnshelveAlert(run=found.id, alert=key, said=said)
    seen = _find(console, found, key)
    since = seen.since if seen else console.clock.now()
    level = seen.level if seen else AlertLevel.CRITICAL
    says = seen.says if seen else "as seen elsewhere"
    if arguments.act == "acknowledge":
        return AcknowledgeAlert(
            run=found.id, alert=key, since=since, level=level, says=says, said=said
        )
    return ShelveAlert(
        run=found.id,
        alert=key,
        since=since,
        level=level,
        says=says,
        until=instant_of(arguments.until, "--until"),
        during=StepId(arguments.during) if arguments.during else None,
        said=said,
    )


def _find(console: Console, found: RunState, key: str) -> Alert | None:
    """Give the alert of a key as it stands here, None where only whoever conducts sees it."""
    now, state = console.clock.now(), console.desk.state
    release = state.workspace.releases[found.release]
    standing = alerts_of_record(found, release, now)
    if kind_of_key(key) in OBSERVED:
        forecast = console.forecaster.forecast(state, found.id, now)
        muster = muster_of(state, release, now, found, forecast)
        sight = Sight(now=now, forecast=forecast, muster=muster)
        seen = alerts_of_sight(found, release, sight)
        standing = (*seen, *alerts_of_muster(found, release, sight))
    return next((alert for alert in standing if alert.key == key), None)
