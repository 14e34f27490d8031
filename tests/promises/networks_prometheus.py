"""Prometheus and Alertmanager as P13 asks them: two accounts of them, and every verb."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.kernel.instants import format_instant
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import EffectRequest
from relconsole.plugin_api.http import Http
from relconsole.plugin_api.monitoring import SILENCE_CREATE, SILENCE_EXPIRE
from relconsole_plugins.prometheus.plugin import Plugin
from tests.plugins.serving import Asked, Said, as_json
from tests.promises.networks import Networked, Verb

NOW: Final = datetime(2026, 4, 21, 1, 30, tzinfo=UTC)
MADE: Final = "known"
_MINUTE: Final = timedelta(minutes=1)


@dataclass(slots=True)
class Targets:
    """A Prometheus and an Alertmanager at one address, with one silence."""

    mark: str
    silence: str = MADE
    number: str = "1"
    ended: bool = False
    made: list[str] = field(default_factory=list[str])
    greeted: int = 0

    def answer(self, asked: Asked) -> Said:
        """Answer as the two do."""
        match asked.method, asked.path.removeprefix("/api/").split("/"):
            case "GET", ["v1", *path]:
                data = self._data("/".join(path))
                return as_json({"status": "success", "data": data})
            case "GET", ["v2", "status"]:
                self.greeted += 1
                versions = {"version": "0.28.1", "revision": "r"}
                return as_json({"versionInfo": versions, "config": {"original": self.mark}})
            case "GET", ["v2", "alerts"]:
                return as_json([self._alert()])
            case "GET", ["v2", "silences"]:
                return as_json([self._silence()])
            case "GET", ["v2", "silence", _]:
                return as_json(self._silence())
            case "POST", ["v2", "silences"]:
                self.made.append(json.loads(asked.body)["comment"])
                return as_json({"silenceID": f"made by {self.mark}"})
            case "DELETE", ["v2", "silence", _]:
                self.ended = True
                return Said()
            case _:
                return Said(status=404)

    def _data(self, path: str) -> object:
        labels = {"alertname": self.mark, "service": "payments-api"}
        match path:
            case "query":
                sample = {"metric": {"of": self.mark}, "value": [1795151710.825, self.number]}
                return {"resultType": "vector", "result": [sample]}
            case "query_range":
                series = {"metric": {"of": self.mark}, "values": [[1795151710, self.number]]}
                return {"resultType": "matrix", "result": [series]}
            case "rules":
                rule = {"name": self.mark, "query": "up", "state": "firing", "health": "ok"}
                return {"groups": [{"rules": [rule]}]}
            case "alerts":
                return {"alerts": [{"labels": labels, "annotations": {}, "state": "firing"}]}
            case _:
                return {"version": self.number}

    def _silence(self) -> object:
        return {
            "id": self.silence,
            "status": {"state": "expired" if self.ended else "active"},
            "matchers": [{"name": "service", "value": self.mark, "isRegex": False}],
            "startsAt": format_instant(NOW),
            "endsAt": format_instant(NOW + timedelta(minutes=8)),
            "comment": f"[relconsole {self.mark}]",
            "createdBy": self.mark,
        }

    def _alert(self) -> object:
        status = {"state": "suppressed", "silencedBy": [self.silence]}
        labels = {"alertname": self.mark, "service": "payments-api", "cluster": "eu"}
        return {"labels": labels, "status": status, "startsAt": format_instant(NOW)}


def _mixed(asked: Asked) -> Said:
    """Give an answer of another account to another question, such as of another silence."""
    other = Targets(mark="mixed", silence="other", ended=True)
    paths = {
        "/api/v1/query": "/api/v1/query_range",
        "/api/v1/query_range": "/api/v1/query",
        "/api/v1/rules": "/api/v1/alerts",
        "/api/v1/alerts": "/api/v1/rules",
        "/api/v1/status/buildinfo": "/api/v1/rules",
        "/api/v2/status": "/api/v2/silences",
        "/api/v2/alerts": "/api/v2/silences",
        "/api/v2/silences": "/api/v2/alerts",
    }
    path = paths.get(asked.path, "/api/v2/silence/other")
    return other.answer(Asked(method="GET", path=path, query={}, headers={}, body=b""))


def _made(url: str, http: Http) -> Plugin:
    return Plugin(
        Context(
            system=SystemId("metrics"),
            url=url,
            settings={"alertmanager": url, "service_label": "service", "author": "c"},
            folder="/nowhere",
            secret=None,
            http=http,
            now=lambda: NOW,
        )
    )


_CREATE: Final = EffectRequest(
    id=EffectId("e1"),
    kind=SILENCE_CREATE,
    payload={
        "services": ["payments-api"],
        "starts": format_instant(NOW),
        "ends": format_instant(NOW + timedelta(minutes=8)),
    },
)
_EXPIRE: Final = EffectRequest(id=EffectId("e2"), kind=SILENCE_EXPIRE, payload={"remote": MADE})

PROMETHEUS: Final = Networked(
    name="prometheus",
    make=_made,
    right=lambda: Targets(mark="right"),
    wrong=lambda: Targets(mark="wrong", silence="wrong", number="666", ended=True),
    mixed=_mixed,
    untouched=lambda target: not target.ended and not target.made,
    verbs=(
        Verb(
            name="check",
            ask=lambda it: it.check(),
            done=lambda target: target.greeted > 0,
            others=("a server with the query API of Prometheus; Alertmanager",),
        ),
        Verb(name="query", ask=lambda it: it.query("up")),
        Verb(
            name="query_range",
            ask=lambda it: it.query_range("up", NOW, NOW + _MINUTE, _MINUTE),
        ),
        Verb(name="rules", ask=lambda it: it.rules()),
        Verb(name="alerts", ask=lambda it: it.alerts()),
        Verb(name="silences", ask=lambda it: it.silences()),
        Verb(name="create", ask=lambda it: it.perform(_CREATE), done=lambda target: target.made),
        Verb(name="expire", ask=lambda it: it.perform(_EXPIRE), done=lambda target: target.ended),
        Verb(name="find", ask=lambda it: it.find(SILENCE_CREATE, EffectId("right"))),
        Verb(name="find none", ask=lambda it: it.find(SILENCE_CREATE, EffectId("none"))),
        Verb(name="follow", ask=lambda it: it.follow(SILENCE_CREATE, MADE)),
        Verb(name="follow an end", ask=lambda it: it.follow(SILENCE_EXPIRE, MADE)),
        Verb(
            name="cancel",
            ask=lambda it: it.cancel(SILENCE_CREATE, MADE, "no"),
            done=lambda target: target.ended,
        ),
    ),
)
