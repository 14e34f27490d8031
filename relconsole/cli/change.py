"""``change``: how the change record stands beside a night, its links, and what is decided of it."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from relconsole.cli.opening import opened, wish_of
from relconsole.cli.people import add_person, add_said
from relconsole.cli.runs import add_run, change_words, kind_of, must, run_of, said_of, waiting_words
from relconsole.cli.words import DONE, NO, OUT_OF_REACH, answer, plain, say
from relconsole.domain.kernel.errors import PersonMustAct, RuleRefuses, WorldIsDown
from relconsole.domain.kernel.ids import RunId
from relconsole.domain.kernel.json import as_object
from relconsole.domain.kernel.refusal import refuse
from relconsole.domain.night.answer import night_answer
from relconsole.domain.night.change_commands import ConfirmClosure, SettleChange
from relconsole.domain.night.change_facts import ClosureCode
from relconsole.domain.night.change_standing import ChangeLine
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.state import RunState
from relconsole.domain.release.release import ChangeReference
from relconsole.plugin_api.itsm import ChangeRecord, LinkKind
from relconsole.runtime.console import Console
from relconsole.services.last_words import tell_the_rest

_LINKED: Final[Mapping[LinkKind, str]] = {
    LinkKind.DEPENDS_ON: "depends on",
    LinkKind.DEPENDED_ON_BY: "is needed by",
    LinkKind.REFERS_TO: "refers to",
    LinkKind.REFERRED_TO_BY: "is referred to by",
    LinkKind.PARENT: "has the parent",
    LinkKind.CHILD: "has the child",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedLink:
    """A link of the record as it is answered; ``made`` tells how it was made."""

    kind: LinkKind
    id: str
    title: str
    state: str
    url: str
    made: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is done about the record."""
    add_run(parser)
    parser.add_argument(
        "act",
        nargs="?",
        choices=("look", "keep", "put", "confirm"),
        default="look",
        help="look at it now; keep the state it has there; put the night's state there; or confirm "
        "the closure code",
    )
    parser.add_argument(
        "--code",
        choices=[each.value for each in ClosureCode],
        help="the closure code to confirm (default: the proposed one); another needs a note",
    )
    add_person(parser)
    add_said(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it and answer with how the record stands: 0 where it is in step, 1 where it is not.

    3 where it could not be read. A decision that was taken is 0 while its move is on its way.
    """
    return asyncio.run(_act(arguments))


async def _act(arguments: argparse.Namespace) -> int:
    async with opened(wish_of(arguments, kind_of(arguments))) as console:
        found = run_of(console.desk.state, arguments.release)
        release = console.desk.state.workspace.releases[found.release]
        if release.change is None or found.rehearsal:
            says = "a rehearsal touches no change record" if found.rehearsal else "it has no change"
            raise RuleRefuses(refuse("no_change", release.id, says))
        if arguments.act == "confirm":
            await _confirm(console, arguments, found)
        elif arguments.act != "look":
            await _settle(console, arguments, found)
        record = (
            await _peek(console, release.change)
            if console.posts
            else await _look(console, found.id)
        )
        shown = _answer(console, found.id, _links(record, release.change), as_json=arguments.json)
        return _exit_of(shown, decided=arguments.act != "look")


async def _settle(console: Console, arguments: argparse.Namespace, found: RunState) -> None:
    """Take the decision over the state that is known, so that nobody decides over another."""
    state = "" if found.change is None else found.change.state
    decided = SettleChange(
        run=found.id, state=state, keep=arguments.act == "keep", said=said_of(arguments)
    )
    must(await console.desk.submit(decided))


async def _confirm(console: Console, arguments: argparse.Namespace, found: RunState) -> None:
    """Take a person's word on the closure code, beside the one that the report proposes."""
    proposed = (await console.reporter.report(found.id)).closure
    if not proposed:
        raise RuleRefuses(refuse("run_open", found.id, f"run {found.id} has not ended"))
    confirm = ConfirmClosure(
        run=found.id,
        code=ClosureCode(arguments.code or proposed),
        proposed=ClosureCode(proposed),
        said=said_of(arguments),
    )
    must(await console.desk.submit(confirm))


async def _peek(console: Console, change: ChangeReference) -> ChangeRecord | None:
    """Give the record without recording anything, None where it cannot be read."""
    try:
        return await console.plugins.read_change(change.system, change.id)
    except (WorldIsDown, PersonMustAct) as failed:
        say(f"{change.system}: {failed}")
        return None


async def _look(console: Console, run: RunId) -> ChangeRecord | None:
    """Deliver what an ended run still owes the record, and read it."""
    desk, dispatcher = console.desk, console.dispatcher
    if desk.run(run).is_over:
        await tell_the_rest(
            console.clock,
            lambda: [desk.run(run)],
            lambda: dispatcher.deliver(run),
            desk.state.workspace.policy.clock_jump,
        )
    elif desk.run(run).open_effects():
        say("The run is open: what it owes the record leaves when somebody conducts it.")
    return await console.change_keeper.look(run)


def _answer(
    console: Console, run: RunId, links: Sequence[StatedLink] | None, *, as_json: bool
) -> ChangeLine | None:
    """Print how the record stands and what it is linked with, None where that is unknown."""
    found = night_answer(console.desk.run(run), console.clock.now())
    lines = [] if found.change is None else [change_words(found.change)]
    lines.extend(waiting_words(line) for line in found.waiting)
    lines.extend(_link_words(links))
    document = {
        "run": found.run,
        "change": found.change,
        "waiting": found.waiting,
        "links": None if links is None else tuple(links),
    }
    answer(as_object(to_json(document)), "\n".join(lines) or "nothing is known", as_json=as_json)
    return found.change


def _links(record: ChangeRecord | None, change: ChangeReference) -> Sequence[StatedLink] | None:
    """Give the links with how they were made; None where the record could not be read."""
    if record is None:
        return None
    return [
        StatedLink(
            kind=link.kind,
            id=link.id,
            title=link.title,
            state=link.state,
            url=link.url,
            made=f"stated in {change.system}",
        )
        for link in record.links
    ]


def _link_words(links: Sequence[StatedLink] | None) -> list[str]:
    """Give a line for each link, for a person."""
    if links is None:
        return ["links unknown: the record could not be read"]
    lines: list[str] = []
    for link in links:
        other = plain(link.id) or "something that is not named"
        title = f": {plain(link.title)}" if link.title else ""
        state = f" ({plain(link.state)})" if link.state else ""
        lines.append(f"{_LINKED[link.kind]} {other}{title}{state}, {link.made}")
    return lines


def _exit_of(line: ChangeLine | None, *, decided: bool) -> int:
    if line is not None and line.becomes is not None and not line.says:
        return DONE if decided else NO
    if line is None or line.in_step is None:
        return OUT_OF_REACH
    return DONE if line.in_step else NO
