"""``message RELEASE``: which messages are due and went out; draft one, or say that one was sent."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from relconsole.cli.opening import opened, wish_of
from relconsole.cli.people import add_person, add_said
from relconsole.cli.readings import read_run
from relconsole.cli.runs import add_run, kind_of, must, run_of, said_of
from relconsole.cli.step import instant_of
from relconsole.cli.words import DONE, answer, plain
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import ReleaseId, RunId
from relconsole.domain.kernel.json import Json, as_object
from relconsole.domain.night.mailto import mailto
from relconsole.domain.night.message_commands import MarkSent
from relconsole.domain.night.message_draft import Draft, draft_message
from relconsole.domain.night.message_report import SentRow, list_sent, say_sent
from relconsole.domain.night.messages_due import DueMessage, due_messages
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.wording import one_line, say_clock, say_duration
from relconsole.domain.release.messages import MessagePlan
from relconsole.domain.release.release import Release
from relconsole.runtime.console import Console

_LONGEST: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """The messages of a run: what is due, the soonest first, and what went out."""

    run: RunId
    release: ReleaseId
    at: datetime
    due: tuple[DueMessage, ...]
    sent: tuple[SentRow, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the release, the message, and what went out to whom."""
    add_run(parser)
    parser.add_argument("act", nargs="?", choices=("draft", "sent"))
    parser.add_argument("id", nargs="?", metavar="ID", help="the message, as the release names it")
    parser.add_argument("--to", action="append", default=[], metavar="WHOM", help="who was told")
    parser.add_argument("--at", metavar="INSTANT", help="when it went out: now")
    parser.add_argument(
        "--subject", metavar="TEXT", help="the subject, where it is not the draft's"
    )
    parser.add_argument("--body", type=Path, metavar="FILE", help="the text, as it went out")
    add_person(parser)
    add_said(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer what is due and sent, a draft, or record what went out."""
    if arguments.act == "draft":
        _draft(arguments)
        return DONE
    if arguments.act == "sent":
        asyncio.run(_sent(arguments))
    _list(arguments)
    return DONE


def _list(arguments: argparse.Namespace) -> None:
    """Answer what is due and what went out."""
    reading = asyncio.run(read_run(arguments))
    found = Messages(
        run=reading.run.id,
        release=reading.release.id,
        at=reading.at,
        due=due_messages(reading.run, reading.release, reading.forecast(), reading.at),
        sent=list_sent(reading.run),
    )
    zone = reading.release.zone
    lines = [
        *(_due(each, found.at, zone) for each in found.due),
        *(f"sent: {plain(say_sent(each, zone))}" for each in found.sent),
    ]
    answer(
        as_object(to_json(found)),
        "\n".join(lines) or "no message is planned",
        as_json=arguments.json,
    )


def _due(due: DueMessage, now: datetime, zone: str) -> str:
    """Give a message that is due, with the time that is left."""
    left = due.countdown(now)
    when = f"in {say_duration(left)}" if left >= timedelta(0) else f"{say_duration(-left)} ago"
    stands = "OVERDUE" if due.overdue else "expected" if due.expected else "due"
    audience = one_line(due.plan.audience)
    return (
        f"{stands}: {due.plan.id} to {audience} by {due.plan.channel} at {due.moment},"
        f" {say_clock(due.due, zone)}, {when}"
    )


def _draft(arguments: argparse.Namespace) -> None:
    """Answer the text of a message as it would go out now, of all of them where none is named."""
    reading = asyncio.run(read_run(arguments))
    plans = (
        reading.release.messages if arguments.id is None else (_plan(reading.release, arguments),)
    )
    estate, forecast = reading.state.workspace.estate, reading.forecast()
    drafts = [
        draft_message(reading.run, reading.release, estate, forecast, plan, reading.at)
        for plan in plans
    ]
    told: list[Json] = [
        {**as_object(to_json(each)), "mailto": mailto(each.to, each.subject, each.body)}
        for each in drafts
    ]
    words = "\n\n".join(_letter(each) for each in drafts)
    document = {"drafts": told} if arguments.id is None else as_object(told[0])
    answer(document, words or "no message is planned", as_json=arguments.json)


def _letter(found: Draft) -> str:
    """Give a draft as it is read."""
    head = f"to: {', '.join(found.to)}\nsubject: {found.subject}"
    return plain(f"{head}\n\n{found.body.rstrip()}")


def _plan(release: Release, arguments: argparse.Namespace) -> MessagePlan:
    """Give the message that is named; PersonMustAct, with those there are, for no such one."""
    found = next((each for each in release.messages if each.id == arguments.id), None)
    if found is None:
        known = ", ".join(each.id for each in release.messages) or "none"
        raise PersonMustAct(f"{release.id} plans no such message.", do=f"It plans: {known}.")
    return found


async def _sent(arguments: argparse.Namespace) -> None:
    """Record that a message went out, by its draft where nothing else is said."""
    async with opened(wish_of(arguments, kind_of(arguments))) as console:
        must(await console.desk.submit(_mark(console, arguments)))


def _mark(console: Console, arguments: argparse.Namespace) -> MarkSent:
    """Give what went out."""
    state, now = console.desk.state, console.clock.now()
    found = run_of(state, arguments.release)
    release = state.workspace.releases[found.release]
    plan = _plan(release, arguments)
    forecast = None if found.is_over else console.forecaster.forecast(state, found.id, now)
    draft = draft_message(found, release, state.workspace.estate, forecast, plan, now)
    own = arguments.body is not None or arguments.subject is not None
    return MarkSent(
        run=found.id,
        message=plan.id,
        moment=draft.moment,
        subject=arguments.subject or draft.subject,
        body=_text(arguments.body) if arguments.body else draft.body,
        facts="" if own else draft.facts,
        to=tuple(arguments.to),
        sent_at=instant_of(arguments.at, "--at"),
        said=said_of(arguments),
    )


def _text(path: Path) -> str:
    """Give the text of a file; PersonMustAct where there is none."""
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(_LONGEST)
    except (OSError, UnicodeDecodeError) as wrong:
        raise PersonMustAct(f"{path} cannot be read as text.", do="Name a text file.") from wrong
