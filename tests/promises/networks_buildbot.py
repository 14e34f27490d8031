"""Buildbot as P13 asks it: one builder with builds at every stage, and another account of it.

Of the builds that are known, the first is over, the second runs, the third waits for a worker, and
the fourth bears its effect in a property only, as where a master words the reasons itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.plugin_api.ci import JOB_START
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import EffectRequest, Ending, RemoteState
from relconsole.plugin_api.http import Http
from relconsole.plugin_api.secret import Secret
from relconsole_plugins.buildbot.plugin import Plugin
from tests.plugins.buildbot.servers import Buildbot
from tests.plugins.serving import Asked, Said, as_json
from tests.promises.networks import Networked, Verb

NOW: Final = datetime(2026, 4, 21, 1, 30, tzinfo=UTC)
OVER, RUNNING, WAITING, WORDED = 1, 2, 3, 4
UNREAD: Final = "the log could not be read"
_START: Final = EffectRequest(
    id=EffectId("e1"),
    kind=JOB_START,
    payload={"job": "deploy", "parameters": {"version": "2.4.1"}},
)


class _Right(Buildbot):
    """One with four builds, that keeps what it is ordered to end."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: list[str] = []
        for number in (OVER, RUNNING, WAITING, WORDED):
            reason = f"relconsole effect known-{number}"
            shown = "a reason of the master's" if number == WORDED else f"forced: {reason}"
            self.buildsets.append({"bsid": number, "reason": shown, "rebuilt_buildid": None})
            self.requests.append({"number": number, "reason": reason})

    def answer(self, asked: Asked) -> Said:
        """Answer, and note an order to end a build that whoever asks may give."""
        said = super().answer(asked)
        if asked.method == "POST" and said.status == 200 and "scheduler" not in asked.path:
            self.ended.append(asked.path.removeprefix("/api/v2/"))
        return said

    def started(self) -> int:
        """Give how many builds were started, beside those that were known."""
        return len(self.requests) - WORDED

    def _over(self, number: int) -> bool:
        return number == OVER

    def _rows(self, path: list[str], asked: Asked) -> Said:
        if path == ["builds"] and asked.query["buildrequestid__eq"] == str(WAITING):
            return as_json({"builds": [], "meta": {}})
        return super()._rows(path, asked)

    def _request(self, number: int) -> dict[str, Any]:
        return {**super()._request(number), "claimed": number != WAITING}


class _Wrong(_Right):
    """One whose builds stand elsewhere, and whose scheduler asks for something else."""

    def _over(self, number: int) -> bool:
        return number != OVER

    def _rows(self, path: list[str], asked: Asked) -> Said:
        said = super()._rows(path, asked)
        return replace(said, body=said.body.replace(b"odeployed", b"owrong"))

    def _scheduler(self) -> dict[str, Any]:
        return {**super()._scheduler(), "name": "force-wrong", "enabled": False}

    def _build(self, number: int) -> dict[str, Any]:
        return {**super()._build(number), "number": 666}


def _mixed(asked: Asked) -> Said:
    """Give the answer to another question, or of another thing of the same kind."""
    path, query = asked.path, asked.query
    match path.removeprefix("/api/v2/").split("/"):
        case ["buildrequests", _] if asked.method == "GET":
            path = f"/api/v2/buildrequests/{WORDED}"
        case ["buildrequests"] if "buildsetid__eq" in query:
            query = {"buildsetid__eq": str(WORDED)}
        case ["builds"]:
            query = {"buildrequestid__eq": str(WORDED)}
        case ["builds", _, "steps"]:
            path = f"/api/v2/builds/{WORDED}/steps"
        case ["steps", _, "logs"]:
            path = f"/api/v2/steps/{WORDED}/logs"
        case ["logs", _, "contents"]:
            path = f"/api/v2/logs/{WORDED}/contents"
        case ["builders" | "forceschedulers", _] if asked.method == "GET":
            said = Buildbot().answer(asked)
            return replace(said, body=said.body.replace(b'deploy"', b'other"'))
        case _:
            name = "builders" if "buildrequests" in path else "buildrequests"
            return as_json({name: [], "meta": {}})
    return _Wrong().answer(replace(asked, path=path, query=query))


def _made(url: str, http: Http) -> Plugin:
    return Plugin(
        Context(
            system=SystemId("ci"),
            url=url,
            settings={"jobs": {"deploy": {"scheduler": "force-deploy", "builder": "deploy"}}},
            folder="/nowhere",
            secret=Secret("svc:word"),
            http=http,
            now=lambda: NOW,
        )
    )


async def _follow(it: Plugin, number: int) -> RemoteState:
    """Give where a build stands; of a log that could not be read, that it could not."""
    state = await it.follow(JOB_START, f"buildrequest/{number}")
    return replace(state, output=UNREAD) if state.output.startswith(UNREAD) else state


def _unread(ending: Ending, detail: str) -> tuple[RemoteState]:
    """Give the other right answer: a log that cannot be read hides not where a build stands."""
    return (RemoteState(ending=ending, detail=detail, output=UNREAD),)


def _find(number: int) -> Verb:
    said = EffectId(f"known-{number}")
    return Verb(name=f"find {number}", ask=lambda it: it.find(JOB_START, said))


def _cancel(number: int, order: str) -> Verb:
    remote = f"buildrequest/{number}"
    return Verb(
        name=f"cancel {number}",
        ask=lambda it: it.cancel(JOB_START, remote, "late"),
        done=lambda it: it.ended == ([order] if order else []),
    )


BUILDBOT: Final = Networked(
    name="buildbot",
    make=_made,
    right=_Right,
    wrong=_Wrong,
    mixed=_mixed,
    untouched=lambda it: not it.started() and not it.ended,
    verbs=(
        # What the server's version is, is told where it can be read.
        Verb(name="check", ask=lambda it: it.check(), others=("Buildbot; 1 jobs: deploy",)),
        Verb(name="describe", ask=lambda it: it.describe("deploy")),
        Verb(name="start", ask=lambda it: it.perform(_START), done=lambda it: it.started() == 1),
        Verb(
            name="start what stands",
            ask=lambda it: it.perform(replace(_START, id=EffectId(f"known-{RUNNING}"))),
            done=lambda it: it.started() == 0,
        ),
        Verb(name="find none", ask=lambda it: it.find(JOB_START, EffectId("e7"))),
        *(_find(number) for number in (OVER, RUNNING, WORDED)),
        Verb(
            name="follow one that is over",
            ask=lambda it: _follow(it, OVER),
            others=_unread(Ending.SUCCEEDED, "build 1: success; step deploy: 'sh -c ...'"),
        ),
        Verb(
            name="follow one that runs",
            ask=lambda it: _follow(it, RUNNING),
            others=_unread(Ending.RUNNING, "build 2: building; step deploy"),
        ),
        Verb(name="follow one that waits", ask=lambda it: _follow(it, WAITING)),
        Verb(name="follow one that is gone", ask=lambda it: _follow(it, 99)),
        _cancel(OVER, ""),
        _cancel(RUNNING, f"builds/{RUNNING}"),
        _cancel(WAITING, f"buildrequests/{WAITING}"),
    ),
)
