"""Small servers that keep what the plugin sends and answer in the form of the schemas.

They stand in where a test needs state without a foreign server; each of their answers is checked
against the schema by `test_schema`, and what the real ones answered is in `fixtures`.
"""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from relconsole.domain.kernel.instants import format_instant, parse_instant
from tests.plugins.serving import Asked, Said, as_json

VERSION = {
    "version": "2.42.0",
    "revision": "r",
    "branch": "b",
    "buildUser": "u",
    "buildDate": "d",
    "goVersion": "g",
}


class Prometheus:
    """One series, one rule, one alert."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def answer(self, asked: Asked) -> Said:
        self.asked.append(asked)
        data = self._data(asked.path)
        return Said(status=404) if data is None else as_json({"status": "success", "data": data})

    def _data(self, path: str) -> object:
        labels = {"alertname": "High", "service": "payments-api"}
        match path:
            case "/api/v1/query":
                sample = {"metric": {"__name__": "up"}, "value": [1795151710.825, "1"]}
                return {"resultType": "vector", "result": [sample]}
            case "/api/v1/query_range":
                series = {"metric": {"__name__": "up"}, "values": [[1795151710, "1"]]}
                return {"resultType": "matrix", "result": [series]}
            case "/api/v1/rules":
                return {"groups": []}
            case "/api/v1/alerts":
                alert: dict[str, object] = {"labels": labels, "annotations": {}}
                return {"alerts": [{**alert, "state": "firing", "value": "1e+00"}]}
            case "/api/v1/status/buildinfo":
                return VERSION
            case _:
                return None


class Alertmanager:
    """Silences, kept with their comment after their end."""

    def __init__(self) -> None:
        self.silences: dict[str, dict[str, Any]] = {}
        self.asked: list[Asked] = []

    def add(self, service: str, starts: datetime, ends: datetime, comment: str) -> str:
        """Keep a silence that somebody made by hand."""
        matcher = {"name": "service", "value": service, "isRegex": False, "isEqual": True}
        return self._keep(
            {
                "matchers": [matcher],
                "startsAt": format_instant(starts),
                "endsAt": format_instant(ends),
                "createdBy": "somebody",
                "comment": comment,
            }
        )

    def answer(self, asked: Asked) -> Said:
        self.asked.append(asked)
        match asked.method, asked.path.removeprefix("/api/v2/").split("/"):
            case "GET", ["status"]:
                config = {"cluster": {"status": "disabled"}, "config": {"original": ""}}
                now = format_instant(datetime.now(UTC))
                return as_json({**config, "versionInfo": VERSION, "uptime": now})
            case "GET", ["alerts"]:
                return as_json([self._alert()])
            case "GET", ["silences"]:
                return as_json([self._now(name) for name in self.silences])
            case "POST", ["silences"]:
                wanted = json.loads(asked.body)
                if parse_instant(wanted["endsAt"]) < datetime.now(UTC):
                    return as_json("end time can't be in the past", 400)
                return as_json({"silenceID": self._keep(wanted)})
            case "GET", ["silence", name] if name in self.silences:
                return as_json(self._now(name))
            case "DELETE", ["silence", name] if name in self.silences:
                self.silences[name]["endsAt"] = format_instant(datetime.now(UTC))
                return Said()
            case _:
                return Said(status=404)

    def _keep(self, wanted: dict[str, Any]) -> str:
        name = str(uuid.uuid4())
        self.silences[name] = {**wanted, "id": name, "annotations": {}}
        return name

    def _now(self, name: str) -> dict[str, Any]:
        silence, now = self.silences[name], datetime.now(UTC)
        begun = parse_instant(silence["startsAt"]) <= now
        over = parse_instant(silence["endsAt"]) <= now
        state = "expired" if over else "active" if begun else "pending"
        return {**silence, "status": {"state": state}, "updatedAt": format_instant(now)}

    def _alert(self) -> dict[str, object]:
        now = format_instant(datetime.now(UTC))
        muting = [name for name in self.silences if self._now(name)["status"]["state"] == "active"]
        state = "suppressed" if muting else "active"
        return {
            "labels": {"alertname": "High", "service": "payments-api", "cluster": "eu"},
            "annotations": {},
            "receivers": [{"name": "team"}],
            "fingerprint": "f",
            "startsAt": now,
            "updatedAt": now,
            "endsAt": now,
            "status": {"state": state, "silencedBy": muting, "inhibitedBy": [], "mutedBy": muting},
        }
