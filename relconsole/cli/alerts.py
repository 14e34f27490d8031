"""``alerts RELEASE``: what stands in a night, what people said of it, and what is over."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from relconsole.adapters.clock import SystemClock
from relconsole.cli.opening import state_of
from relconsole.cli.readings import Reading, read_run
from relconsole.cli.runs import add_run, kind_of, release_of
from relconsole.cli.words import DONE, answer
from relconsole.domain.console.mustering import muster_of
from relconsole.domain.kernel.ids import ReleaseId, RunId
from relconsole.domain.kernel.json import JsonObject, as_object
from relconsole.domain.night.alert import Alert
from relconsole.domain.night.alert_memory import (
    AlertGroup,
    ClearedAlert,
    grouped,
    is_flood,
    recent_alerts,
)
from relconsole.domain.night.alert_replay import replay_alerts
from relconsole.domain.night.alert_sight import Sight, unwatched
from relconsole.domain.night.alerts import AlertState, StandingAlert, standing_alerts
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.wording import one_line, say_duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """The alerts of a run as a reader sees them.

    ``run`` is None before one was opened. ``unwatched`` are the indicators that are read by whoever
    conducts, and are unknown here.
    """

    run: RunId | None
    release: ReleaseId
    at: datetime
    alerts: tuple[StandingAlert, ...]
    flood: bool
    groups: tuple[AlertGroup, ...]
    shelved: int
    recent: tuple[ClearedAlert, ...]
    unwatched: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the release."""
    add_run(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer what stands by the record and the forecast."""
    found = asyncio.run(_read(arguments))
    answer(_document(found), _in_words(found), as_json=arguments.json)
    return DONE


async def _read(arguments: argparse.Namespace) -> Alerts:
    """Give the alerts of the newest run, or of the muster alone where there was none."""
    state = await state_of(arguments.store, kind_of(arguments))
    release = state.workspace.releases[release_of(state, arguments.release)]
    if state.newest_run(release.id) is not None:
        return alerts_of(await read_run(arguments))
    now = SystemClock().now()
    sight = Sight(now=now, muster=muster_of(state, release, now))
    standing = standing_alerts(None, release, sight)
    return Alerts(
        run=None,
        release=release.id,
        at=now,
        alerts=standing,
        flood=False,
        groups=grouped([each.alert for each in standing], now),
        shelved=0,
        recent=(),
        unwatched=unwatched(release, sight),
    )


def alerts_of(reading: Reading) -> Alerts:
    """Give the alerts of a run; readings of indicators are not at hand beside whoever conducts."""
    forecast = reading.forecast()
    muster = muster_of(reading.state, reading.release, reading.at, reading.run, forecast)
    sight = Sight(now=reading.at, forecast=forecast, muster=muster)
    standing = standing_alerts(reading.run, reading.release, sight)
    calling = tuple(each.alert for each in standing if each.state is not AlertState.SHELVED)
    return Alerts(
        run=reading.run.id,
        release=reading.run.release,
        at=reading.at,
        alerts=standing,
        flood=is_flood(calling, reading.at),
        groups=grouped(calling, reading.at),
        shelved=len(standing) - len(calling),
        recent=recent_alerts(replay_alerts(reading.facts, reading.release), reading.at),
        unwatched=unwatched(reading.release, sight),
    )


def _document(found: Alerts) -> JsonObject:
    """Give the answer; each alert with the key under which it is spoken of."""
    alerts = [{**as_object(to_json(each)), "alert": _alert(each.alert)} for each in found.alerts]
    groups = [
        {
            "cause": each.cause,
            "level": each.level.value,
            "first": each.first.key,
            "rest": [alert.key for alert in each.rest],
        }
        for each in found.groups
    ]
    recent = [{**as_object(to_json(each)), "alert": _alert(each.alert)} for each in found.recent]
    whole = as_object(to_json(found))
    return {**whole, "alerts": alerts, "groups": groups, "recent": recent}


def _alert(alert: Alert) -> JsonObject:
    """Give an alert with its key and its sentence."""
    return {"key": alert.key, "says": alert.says, **as_object(to_json(alert))}


def _in_words(found: Alerts) -> str:
    """Give the alerts for a person: a line each, in a flood a line for each cause."""
    name = f"run {found.run}" if found.run else f"{found.release}, not opened"
    lines = [f"{name}: {_count(found)}"]
    if found.flood:
        lines += [f"  {_group(each)}" for each in found.groups]
    else:
        lines += [f"  {line}" for each in found.alerts for line in _lines(each, found.at)]
    lines += [f"  over since {each.cleared:%H:%M:%S}Z: {each.alert.key}" for each in found.recent]
    if found.unwatched:
        lines.append(f"  not read here, so unknown: {', '.join(found.unwatched)}")
    return "\n".join(lines)


def _count(found: Alerts) -> str:
    """Give how many stand, and how many of them are put aside."""
    shelved = f", {found.shelved} of them shelved" if found.shelved else ""
    count = len(found.alerts)
    return f"{count} alert{'' if count == 1 else 's'}{shelved}" if count else "nothing stands"


def _lines(standing: StandingAlert, now: datetime) -> tuple[str, str]:
    """Give an alert in words, and below it what to do and what was said of it."""
    alert = standing.alert
    age = say_duration(max(now - alert.since, timedelta(0)))
    until = f" until {standing.until:%H:%M:%S}Z" if standing.until else ""
    said = f" by {standing.by}" if standing.by else ""
    note = f": {one_line(standing.note)}" if standing.note else ""
    words = (
        "returned, not acknowledged" if standing.state is AlertState.RETURNED else standing.state
    )
    return (
        f"{alert.level.upper():<9} {one_line(alert.says)}, for {age}",
        f"{'':<9} {alert.key}; {words}{until}{said}{note}; do: {one_line(alert.action)}",
    )


def _group(group: AlertGroup) -> str:
    """Give a cause with the alert that came first, and how many more it brought."""
    more = f", and {len(group.rest)} more from {one_line(group.cause)}" if group.rest else ""
    return f"{group.level.upper():<9} {one_line(group.first.says)}{more}"
