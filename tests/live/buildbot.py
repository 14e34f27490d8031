"""A real Buildbot on the loopback interface, with a worker in its own process."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.live.servers import SYSTEMS, Server, ask, fill, free_port
from tests.live.waiting import eventually

BIN: Final = Path(__file__).parents[2] / ".venv-live" / "bin"
PASSWORD: Final = "svc-of-this-run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Master:
    """A master, which can be stopped, started and given another configuration."""

    server: Server
    url: str
    folder: Path
    port: int

    def configure(self, *, button: str = "Deploy", description: str = "deploys") -> None:
        """Write its configuration."""
        values: dict[str, object] = {
            "PORT": self.port,
            "BUTTON": button,
            "DESCRIPTION": description,
            "PASSWORD": PASSWORD,
            "PYTHON": sys.executable,
            "OPERATE": SYSTEMS / "operate.py",
        }
        filled = fill(SYSTEMS / "buildbot.cfg", values)
        (self.folder / "master.cfg").write_text(filled, encoding="utf-8")

    def reconfigure(self, *, button: str = "Deploy", description: str = "deploys") -> None:
        """Write its configuration, and have it read again while it runs."""
        self.configure(button=button, description=description)
        run("reconfig", str(self.folder))

    def buildsets(self) -> list[dict[str, Any]]:
        """Give every buildset."""
        return self._rows("buildsets")

    def requests(self, buildset: int) -> list[int]:
        """Give the numbers of the requests of a buildset."""
        found = self._rows("buildrequests", buildsetid__eq=str(buildset))
        return [int(one["buildrequestid"]) for one in found]

    def builds(self, request: int) -> list[dict[str, Any]]:
        """Give the builds of a request, with their properties."""
        query = {"buildrequestid__eq": str(request), "property": "*", "order": "buildid"}
        return self._rows("builds", **query)

    def builds_named(self, words: str) -> list[dict[str, Any]]:
        """Give the builds of every buildset whose reason holds the words."""
        return [
            build
            for one in self.buildsets()
            if words in one["reason"]
            for request in self.requests(one["bsid"])
            for build in self.builds(request)
        ]

    def _rows(self, name: str, **query: str) -> list[dict[str, Any]]:
        """Give what is stored under a name; the end of an answer is now and then never sent."""

        def look() -> list[list[dict[str, Any]]]:
            with contextlib.suppress(TimeoutError):
                return [list(ask(f"{self.url}/api/v2/{name}", seconds=3.0, **query)[name])]
            return []

        return eventually(look, f"an answer of {self.url} about {name}")[0]


def run(*words: str) -> None:
    """Run a command of Buildbot to its end."""
    argv = [str(BIN / "buildbot"), *words]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@contextlib.contextmanager
def master(folder: Path) -> Generator[Master]:
    """Start a master below a folder; it is ended at the end."""
    assert (BIN / "twistd").exists(), "Buildbot is not installed; tools/live_servers does it"
    port = free_port()
    url, home = f"http://127.0.0.1:{port}", folder / "master"
    run("create-master", "--relocatable", "--quiet", str(home))
    server = Server(
        [str(BIN / "twistd"), "--nodaemon", "--no_save", "--python=buildbot.tac"],
        log=home / "twistd.out",
        # Whoever asks the data API and hangs up on its answer may leave the master half deaf.
        ready=f"{url}/auth/login",
    )
    made = Master(server=server, url=url, folder=home, port=port)
    made.configure()
    try:
        server.start()
        yield made
    finally:
        server.stop()
