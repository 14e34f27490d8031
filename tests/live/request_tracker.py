"""A real Request Tracker in a folder of its own: its database, its server, and its people."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.live.servers import SYSTEMS, fill, free_port
from tests.live.waiting import eventually

_SETUP: Final = "rt-setup-database-5"
_SERVER: Final = "/usr/share/request-tracker5/libexec/rt-server"


class RequestTracker:
    """The server with its workers, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        """Make the database; the server is not started."""
        port = free_port()
        self.url: Final = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._argv = (_SERVER, "--host", "127.0.0.1", "--port", str(port), "--workers", "3")
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("mason", "sessions", "none"):
            (folder / name).mkdir()
        values: dict[str, object] = {"PORT": port, "FOLDER": folder}
        for name in ("request_tracker.pm", "request_tracker_content.pl"):
            (folder / name).write_text(fill(SYSTEMS / name, values), encoding="utf-8")
        # Both: with one of them Debian's own configuration counts, and nothing says so.
        self._environment = {
            **os.environ,
            "RT_SITE_CONFIG": str(folder / "request_tracker.pm"),
            "RT_SITE_CONFIG_DIR": str(folder / "none"),
        }
        self._set_up("init")
        self._set_up("insert", "--datafile", str(folder / "request_tracker_content.pl"))
        self.token: Final = (folder / "token").read_text(encoding="utf-8")

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._argv,
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        eventually(self._answers, f"Request Tracker answers; see {log.name}")

    def stop(self) -> None:
        """End it with every worker that it has forked: they are one process group."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)

    def ask(
        self, person: str, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> tuple[int, Any]:
        """Give status and JSON of a request as that person, by the password of the test."""
        pair = base64.b64encode(f"{person}:{person}-secret".encode()).decode()
        asked = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/REST/2.0{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Basic {pair}", "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310 - loopback
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def new_ticket(self, person: str, **fields: object) -> str:
        """Give the number of a ticket that a person has made: a change, if nothing else."""
        made = {"Queue": "Changes", "Subject": "Cutover", "Content": "as planned", **fields}
        status, said = self.ask(person, "POST", "/ticket", made)
        assert status == 201, said
        return str(said["id"])

    def new_approval(self, change: str, owner: str) -> str:
        """Give the number of an approval on which a change depends, for that person to resolve."""
        return self.new_ticket(
            "mara", Queue="___Approvals", Type="approval", Owner=owner, DependedOnBy=change
        )

    def move(self, person: str, ticket: str, *states: str) -> None:
        """Let a person bring a ticket from state to state."""
        for state in states:
            status, said = self.ask(person, "PUT", f"/ticket/{ticket}", {"Status": state})
            assert (status, self.state(ticket)) == (200, state), said

    def state(self, ticket: str) -> str:
        """Give the state of a ticket, asked of RT itself."""
        return str(self.ask("mara", "GET", f"/ticket/{ticket}")[1]["Status"])

    def history(self, ticket: str) -> list[dict[str, Any]]:
        """Give the history of a ticket, asked of RT itself."""
        fields = "fields=Type,Creator,Created,OldValue,NewValue,Data&per_page=100&orderby=id"
        return list(self.ask("mara", "GET", f"/ticket/{ticket}/history?{fields}")[1]["items"])

    def text_of(self, transaction: str) -> str:
        """Give the words of a comment, asked of RT itself."""
        links = self.ask("mara", "GET", f"/transaction/{transaction}")[1]["_hyperlinks"]
        (path,) = (link["_url"] for link in links if link["ref"] == "attachment")
        number = path.rpartition("/")[2]
        content = self.ask("mara", "GET", f"/attachment/{number}")[1]["Content"]
        return base64.b64decode(content).decode()

    def _set_up(self, action: str, *more: str) -> None:
        done = subprocess.run(
            [
                _SETUP,
                "--action",
                action,
                *more,
                "--skip-create",
                "--dba",
                "x",
                "--dba-password",
                "",
            ],
            env=self._environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "server.log").read_text()[-2000:]
        try:
            with urllib.request.urlopen(f"{self.url}/REST/2.0/rt", timeout=5):  # noqa: S310
                return False
        except urllib.error.HTTPError as refused:
            # It wants to know who asks, and so it is there.
            refused.close()
            return refused.code == 401
        except OSError:
            return False


@contextlib.contextmanager
def request_tracker(folder: Path) -> Generator[RequestTracker]:
    """Give a running Request Tracker below a folder; it is ended at the end."""
    tracker = RequestTracker(folder)
    try:
        tracker.start()
        yield tracker
    finally:
        tracker.stop()
