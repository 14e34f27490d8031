"""The real servers of the tier: started on free ports of the loopback interface, ended by pid."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.live.waiting import eventually

SYSTEMS: Final = Path(__file__).with_name("systems")
"""Templates of configurations, and the small scripts around the servers."""


def free_port() -> int:
    """Give a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def fill(template: Path, values: dict[str, object]) -> str:
    """Give a template with its ``@NAMES@`` filled."""
    text = template.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    return text


def ask(url: str, *, seconds: float = 10.0, **query: str) -> Any:
    """Give what a server answers as JSON; TimeoutError where it is silent for so long."""
    asked = f"?{urllib.parse.urlencode(query)}" if query else ""
    address = f"{url}{asked}"
    with urllib.request.urlopen(address, timeout=seconds) as answer:  # noqa: S310 - loopback
        return json.load(answer)


def lines_of(log: Path) -> list[dict[str, Any]]:
    """Give the lines of a log of JSON; the last one may still be in the making."""
    if not log.exists():
        return []
    text = log.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


class Server:
    """One server process, which can be stopped and started again."""

    def __init__(
        self, argv: Sequence[str], *, log: Path, ready: str, says: str | None = None
    ) -> None:
        """Keep how it is started, and at which address it answers once it is there.

        ``says`` is the first line of its standard input.
        """
        self._argv = argv
        self._log = log
        self._ready = ready
        self._says = says
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._argv,
                cwd=self._log.parent,
                stdin=subprocess.DEVNULL if self._says is None else subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if self._says is not None and self._process.stdin is not None:
            self._process.stdin.write(self._says.encode() + b"\n")
            self._process.stdin.close()
        eventually(self._answers, f"{self._argv[0]} answers; see {self._log}")

    def stop(self) -> None:
        """Ask it to end, and wait until it has; one that will not is killed."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text(errors="replace")[-2000:]
        try:
            with urllib.request.urlopen(self._ready, timeout=2):  # noqa: S310 - loopback
                return True
        except urllib.error.HTTPError as refused:
            # Whoever says that it wants a token is there.
            refused.close()
            return refused.code == 401
        except OSError:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """Prometheus behind a door that wants a token, Alertmanager, pushgateway, who is called."""

    prometheus: Server
    prometheus_url: str
    alertmanager: Server
    alertmanager_url: str
    pushgateway_url: str
    door_url: str
    door_log: Path
    pager_log: Path

    def query(self, query: str) -> list[dict[str, Any]]:
        """Give the result of an instant query, asked of Prometheus itself."""
        found = ask(f"{self.prometheus_url}/api/v1/query", query=query)["data"]["result"]
        return list(found)

    def firing(self) -> list[str]:
        """Give the names of the alerts that Prometheus has firing now."""
        alerts = ask(f"{self.prometheus_url}/api/v1/alerts")["data"]["alerts"]
        return [alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"]

    def routed(self) -> list[dict[str, Any]]:
        """Give the alerts that the Alertmanager holds now."""
        return list(ask(f"{self.alertmanager_url}/api/v2/alerts"))

    def silences(self) -> list[dict[str, Any]]:
        """Give the silences of the Alertmanager, those that are over too."""
        return list(ask(f"{self.alertmanager_url}/api/v2/silences"))

    def called(self) -> list[tuple[str, str]]:
        """Give what was told to whoever is on call, in order: the alert and how it stood."""
        return [
            (alert["labels"]["alertname"], alert["status"])
            for told in lines_of(self.pager_log)
            for alert in told["alerts"]
        ]

    def versions(self, service: str) -> set[str]:
        """Give the versions of a service that Prometheus sees running."""
        found = self.query(f'service_info{{service="{service}"}}')
        return {sample["metric"]["version"] for sample in found}


def _argv_of(folder: Path, ports: dict[str, int], lookback: str) -> dict[str, list[str]]:
    """Give how each foreign server is started."""
    listens = {name: f"--web.listen-address=127.0.0.1:{port}" for name, port in ports.items()}
    return {
        "PUSHGATEWAY": ["prometheus-pushgateway", listens["PUSHGATEWAY"]],
        "ALERTMANAGER": [
            "prometheus-alertmanager",
            f"--config.file={folder / 'alertmanager.yml'}",
            f"--storage.path={folder / 'alertmanager'}",
            listens["ALERTMANAGER"],
            "--cluster.listen-address=",
        ],
        "PROMETHEUS": [
            "prometheus",
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'prometheus'}",
            f"--query.lookback-delta={lookback}",
            listens["PROMETHEUS"],
        ],
    }


@contextlib.contextmanager
def monitoring(folder: Path, token: str, *, lookback: str = "5m") -> Generator[Monitoring]:
    """Start the servers below a folder; all of them are ended at the end.

    ``lookback`` is how long Prometheus shows a series that nobody feeds any more.
    """
    names = ("PROMETHEUS", "ALERTMANAGER", "PUSHGATEWAY", "PAGER", "DOOR")
    ports = {name: free_port() for name in names}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    values: dict[str, object] = {f"{name}_PORT": port for name, port in ports.items()}
    for name in ("prometheus.yml", "rules.yml", "alertmanager.yml"):
        filled = fill(SYSTEMS / name, {**values, "FOLDER": folder})
        (folder / name).write_text(filled, encoding="utf-8")
    argv = _argv_of(folder, ports, lookback)
    for name, command in argv.items():
        assert shutil.which(command[0]), f"{command[0]} is not installed ({name})"
    pager_log, door_log = folder / "pager.jsonl", folder / "door.jsonl"
    own = [sys.executable, "-I", "-S"]
    argv["PAGER"] = [*own, str(SYSTEMS / "pager.py"), str(ports["PAGER"]), str(pager_log)]
    door = [str(SYSTEMS / "door.py"), str(ports["DOOR"]), urls["PROMETHEUS"], str(door_log)]
    argv["DOOR"] = [*own, *door]
    ready = {"PROMETHEUS": "/-/ready", "ALERTMANAGER": "/-/ready", "PUSHGATEWAY": "/-/ready"}
    with contextlib.ExitStack() as stack:
        started: dict[str, Server] = {}
        for name in ("PAGER", "PUSHGATEWAY", "ALERTMANAGER", "PROMETHEUS", "DOOR"):
            server = Server(
                argv[name],
                log=folder / f"{name.lower()}.log",
                ready=f"{urls[name]}{ready.get(name, '/')}",
                says=token if name == "DOOR" else None,
            )
            stack.callback(server.stop)
            server.start()
            started[name] = server
        yield Monitoring(
            prometheus=started["PROMETHEUS"],
            prometheus_url=urls["PROMETHEUS"],
            alertmanager=started["ALERTMANAGER"],
            alertmanager_url=urls["ALERTMANAGER"],
            pushgateway_url=urls["PUSHGATEWAY"],
            door_url=urls["DOOR"],
            door_log=door_log,
            pager_log=pager_log,
        )
