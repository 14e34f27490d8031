"""A tiny fleet that real commands deploy to, and the monitoring that tells what it runs."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

from tests.plugins.serving import Asked, Said, as_json, serving

SCRIPT = Path(__file__).with_name("jobs.sh")
_VERSION_OF = re.compile(r'service_info\{service="([a-z-]+)",at="([a-z]+)"\}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A line of the fleet's own log: what was done to which service, by whose effect."""

    event: str
    service: str
    version: str
    effect: str
    person: str = ""
    second: str = ""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The folder of the fleet; beside it lie the script of all jobs and the fleets elsewhere."""

    folder: Path

    @classmethod
    def made(cls, folder: Path, **versions: str) -> Fleet:
        """Give a fleet of services, underscores standing for hyphens, that run these versions."""
        folder.mkdir(parents=True)
        shutil.copy(SCRIPT, folder.parent / SCRIPT.name)
        (folder / "log").touch()
        (folder / "rows").write_text("100\n", encoding="ascii")
        fleet = cls(folder)
        for name, version in versions.items():
            fleet.put(name.replace("_", "-"), version)
        return fleet

    @property
    def script(self) -> Path:
        """Give the script that all jobs run."""
        return self.folder.parent / SCRIPT.name

    def put(self, service: str, version: str) -> None:
        """Bring a version into place by hand, past every console."""
        (self.folder / f"{service}.version").write_text(f"{version}\n", encoding="ascii")

    def runs(self, service: str) -> str:
        """Give the version that runs, empty where nothing does."""
        path = self.folder / f"{service}.version"
        return path.read_text(encoding="ascii").strip() if path.exists() else ""

    @property
    def log(self) -> list[Done]:
        """Give what was done to it, deployments only."""
        lines = [line.split() for line in (self.folder / "log").read_text().splitlines()]
        return [Done(**dict(zip(Done.__slots__, line, strict=False))) for line in lines if line[3:]]

    @property
    def begun(self) -> list[tuple[str, str]]:
        """Give each deployment that began, in its order."""
        return [(done.service, done.version) for done in self.log if done.event == "begin"]

    @property
    def rows(self) -> str:
        """Give how many rows its data has."""
        return (self.folder / "rows").read_text(encoding="ascii").strip()

    def loses(self, rows: int) -> None:
        """Take rows out of its data."""
        left = int(self.rows) - rows
        (self.folder / "rows").write_text(f"{left}\n", encoding="ascii")

    def holds(self, service: str, version: str) -> None:
        """Keep the deployment of this version waiting."""
        (self.folder / f"hold-{service}-{version}").touch()

    def lets_go(self, service: str, version: str) -> None:
        """Let a waiting deployment go on."""
        (self.folder / f"hold-{service}-{version}").unlink()

    def kills(self, pid: int) -> None:
        """Make the next deployment kill this process before it does anything else."""
        (self.folder / "kill").write_text(f"{pid}\n", encoding="ascii")

    def dies(self, service: str, version: str) -> None:
        """Kill the deployment that waits, together with whoever watches over it."""
        effect = next(
            done.effect
            for done in self.log
            if (done.event, done.service, done.version) == ("begin", service, version)
        )
        (folder,) = self.folder.parents[1].glob(f"store/plugins/*/jobs/{effect}")
        for name in ("pid.json", "job.json"):
            os.kill(json.loads((folder / name).read_text(encoding="utf-8"))["pid"], signal.SIGKILL)

    def fails(self, service: str, version: str) -> None:
        """Make the deployment of this version fail."""
        (self.folder / f"fail-{service}-{version}").touch()

    def lies(self, service: str, version: str) -> None:
        """Make the deployment of this version end well without having changed anything."""
        (self.folder / f"lie-{service}-{version}").touch()

    def mends(self, service: str, version: str) -> None:
        """Make the deployment of this version succeed again."""
        for trouble in ("fail", "lie"):
            (self.folder / f"{trouble}-{service}-{version}").unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The values that a query has one after the other, and what is done at the last."""

    values: deque[float | None]
    then: Callable[[], None]


@dataclass(slots=True, kw_only=True)
class Metrics:
    """A monitoring target with the query API of Prometheus.

    It tells what the fleet really runs, how many rows its data has, and the values that a test has
    set; while ``is_down`` it answers 503 as one does that cannot.
    """

    fleet: Fleet
    url: str = ""
    values: dict[str, float] = field(default_factory=dict[str, float])
    is_down: bool = False
    asked: list[Asked] = field(default_factory=list[Asked])
    _scripts: dict[str, Script] = field(default_factory=dict[str, "Script"])

    def tells(
        self, query: str, *values: float | None, then: Callable[[], None] = lambda: None
    ) -> None:
        """Tell these values one after the other; the last stays, and with it `then` is done.

        None is an answer of 503.
        """
        self._scripts[query] = Script(values=deque(values), then=then)

    def answer(self, asked: Asked) -> Said:
        """Answer one request."""
        self.asked.append(asked)
        query = asked.query.get("query", "")
        if self.is_down or not self._has_value(query):
            return Said(status=503, body=b"no")
        if asked.path != "/api/v1/query":
            return Said(status=404)
        found = self._sample(query)
        result = [] if found is None else [{"metric": found[0], "value": [time.time(), found[1]]}]
        data = {"resultType": "vector", "result": result}
        return as_json({"status": "success", "data": data})

    def _has_value(self, query: str) -> bool:
        """Take the next value of a script; False where it is that there is no answer."""
        script = self._scripts.get(query)
        if script is None:
            return True
        value = script.values.popleft()
        if not script.values:
            del self._scripts[query]
            script.then()
        if value is not None:
            self.values[query] = value
        return value is not None

    def _sample(self, query: str) -> tuple[dict[str, str], str] | None:
        named = _VERSION_OF.fullmatch(query)
        if named is not None:
            version = Fleet(self.fleet.folder.parent / named[2]).runs(named[1])
            labels = {"service": named[1], "instance": f"{named[1]}-1", "version": version}
            return (labels, "1") if version else None
        if query == "rows":
            return {}, self.fleet.rows
        return ({}, repr(self.values[query])) if query in self.values else None


@contextlib.contextmanager
def watched(fleet: Fleet) -> Generator[Metrics]:
    """Give the monitoring of a fleet while it answers."""
    metrics = Metrics(fleet=fleet)
    with serving(metrics.answer) as url:
        metrics.url = url
        yield metrics
