"""A small Buildbot that keeps what the plugin sends: one builder, one scheduler, builds that end.

It stands in where a test needs state without a foreign server; ``test_stand_in`` holds the form of
each of its answers against what a real one answered.
"""

import json
from typing import Any
from urllib.parse import unquote

from tests.plugins.serving import Asked, Said, as_json

SESSION = "TWISTED_SESSION=signed.by.this-server"
FIELDS = ("reason", "version")


class Buildbot:
    """Each build succeeds the second time that somebody looks at its request."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.buildsets: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.looks: dict[int, int] = {}

    def answer(self, asked: Asked) -> Said:
        self.asked.append(asked)
        path = [unquote(part) for part in asked.path.strip("/").split("/")]
        match asked.method, path:
            case "GET", ["auth", "login"]:
                cookies = f"TWISTED_SESSION=of.nobody.yet; Path=/, {SESSION}; Path=/"
                return Said(status=302, headers={"location": "/#/", "set-cookie": cookies})
            case "GET", ["config"]:
                return as_json({"versions": [["Python", "3.11"], ["Buildbot", "4.3.0"]]})
            case "POST", ["api", "v2", "forceschedulers", "force-deploy"]:
                return self._force(asked)
            case "POST", ["api", "v2", "buildrequests" | "builds", _]:
                return self._allowed(asked) or as_json(self._reply(result=None))
            case "GET", ["api", "v2", *rest]:
                return self._rows(rest, asked)
            case _:
                return as_json({"error": "Invalid path"}, 404)

    def _force(self, asked: Asked) -> Said:
        forbidden = self._allowed(asked)
        if forbidden is not None:
            return forbidden
        params = json.loads(asked.body)["params"]
        if not params.get("version"):
            wrong = {"code": -32602, "message": {"version": "'Version' needs to be specified"}}
            return as_json(self._reply(error=wrong), 400)
        number = len(self.requests) + 1
        reason = f"A build was forced by 'svc': {params['reason']}"
        self.buildsets.append({"bsid": number, "reason": reason, "rebuilt_buildid": None})
        self.requests.append({"number": number, "reason": params["reason"]})
        return as_json(self._reply(result=[number, {"1": number}]))

    def _allowed(self, asked: Asked) -> Said | None:
        """A refusal of whoever bears no session."""
        if asked.headers.get("cookie") == SESSION:
            return None
        forbidden = {"code": -32600, "message": "you need to have role 'admins'"}
        return as_json(self._reply(error=forbidden), 403)

    def _reply(self, **said: object) -> dict[str, object]:
        return {"jsonrpc": "2.0", "id": 1, **said}

    def _rows(self, path: list[str], asked: Asked) -> Said:
        query = asked.query
        match path:
            case ["builders"] | ["builders", "deploy"]:
                rows: list[Any] = [{"builderid": 1, "name": "deploy", "masterids": [1], "tags": []}]
            case ["forceschedulers"] | ["forceschedulers", "force-deploy"]:
                rows = [self._scheduler()]
            case ["buildsets"]:
                wanted = query["reason__contains"]
                rows = [one for one in self.buildsets if wanted in one["reason"]]
            case ["buildrequests"] if "buildsetid__eq" in query:
                rows = [self._request(int(query["buildsetid__eq"]))]
            case ["buildrequests"]:
                rows = [self._request(one["number"]) for one in reversed(self.requests)]
            case ["buildrequests", number] if 0 < int(number) <= len(self.requests):
                self.looks[int(number)] = self.looks.get(int(number), 0) + 1
                rows = [self._request(int(number))]
            case ["builds"]:
                rows = [self._build(int(query["buildrequestid__eq"]))]
            case ["builds", number, "steps"]:
                rows = [self._step(int(number))]
            case ["steps", step, "logs"]:
                of = {"logid": int(step), "stepid": int(step)}
                rows = [{**of, "name": "stdio", "type": "s", "num_lines": 2}]
            case ["logs", log, "contents"]:
                rows = [{"logid": int(log), "content": "hsh -c deploy\nodeployed\n"}]
            case _:
                return as_json({"error": "not found while getting from endpoint"}, 404)
        name = "logchunks" if path[-1] == "contents" else path[0]
        name = path[-1] if path[-1] in ("logs", "steps") else name
        return as_json({name: rows, "meta": {}})

    def _scheduler(self) -> dict[str, Any]:
        fields = [
            {"fullName": name, "type": "text", "default": "", "multiple": False} for name in FIELDS
        ]
        group = {"fullName": None, "type": "nested", "fields": fields}
        return {
            "name": "force-deploy",
            "all_fields": [group],
            "builder_names": ["deploy"],
            "enabled": True,
        }

    def _over(self, number: int) -> bool:
        return self.looks.get(number, 0) > 1

    def _request(self, number: int) -> dict[str, Any]:
        over = self._over(number)
        return {
            "buildrequestid": number,
            "buildsetid": number,
            "claimed": True,
            "complete": over,
            "results": 0 if over else -1,
            "properties": {"reason": [self.requests[number - 1]["reason"], "Force Build Form"]},
        }

    def _build(self, number: int) -> dict[str, Any]:
        over = self._over(number)
        return {
            "buildid": number,
            "buildrequestid": number,
            "number": number,
            "complete": over,
            "results": 0 if over else None,
            "state_string": "build successful" if over else "building",
        }

    def _step(self, number: int) -> dict[str, Any]:
        over = self._over(number)
        return {
            "stepid": number,
            "buildid": number,
            "number": 0,
            "name": "deploy",
            "complete": over,
            "results": 0 if over else None,
            "started_at": 1795174499,
            "state_string": "'sh -c ...'" if over else "running",
        }
