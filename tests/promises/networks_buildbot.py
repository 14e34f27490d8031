"""Buildbot as P13 asks it: one builder whose first build has begun, and another account of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.plugin_api.ci import JOB_START
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import EffectRequest
from relconsole.plugin_api.http import Http
from relconsole.plugin_api.secret import Secret
from relconsole_plugins.buildbot.plugin import Plugin
from tests.plugins.buildbot.servers import Buildbot
from tests.plugins.serving import Asked, Said, as_json
from tests.promises.networks import Networked, Verb

NOW: Final = datetime(2026, 4, 21, 1, 30, tzinfo=UTC)
_START: Final = EffectRequest(
    id=EffectId("e1"),
    kind=JOB_START,
    payload={"job": "deploy", "parameters": {"version": "2.4.1"}},
)


class _Wrong(Buildbot):
    """One whose builds are all over, and whose scheduler asks for something else."""

    def _over(self, number: int) -> bool:
        del number
        return True

    def _scheduler(self) -> dict[str, Any]:
        return {**super()._scheduler(), "name": "force-wrong", "enabled": False}


def _mixed(asked: Asked) -> Said:
    """Give the answer to another question."""
    name = "builders" if "buildrequests" in asked.path else "buildrequests"
    return as_json({name: [], "meta": {}})


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


BUILDBOT: Final = Networked(
    name="buildbot",
    make=_made,
    right=Buildbot,
    wrong=_Wrong,
    mixed=_mixed,
    untouched=lambda it: not it.requests,
    verbs=(
        # What the server's version is, is told where it can be read.
        Verb(name="check", ask=lambda it: it.check(), others=("Buildbot; 1 jobs: deploy",)),
        Verb(name="describe", ask=lambda it: it.describe("deploy")),
        Verb(
            name="start", ask=lambda it: it.perform(_START), done=lambda it: len(it.requests) == 1
        ),
        Verb(name="find none", ask=lambda it: it.find(JOB_START, EffectId("e7"))),
    ),
)
