"""A machine with secrets in every slot, and all that a person does on it at the command line.

Each command is a process of its own, with everything that can be logged logged. What stands for the
keyring lies outside the places that are searched.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from relconsole.adapters.person_keys import unlock_person_key
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.record.signature import from_base64url
from relconsole.ports.credentials import Secret
from tests.plugins.serving import Asked, Said, serving
from tests.promises.kills_cold import FileCredentials
from tests.promises.secrets_leaky import install

ROOT: Final = Path(__file__).resolve().parents[2]
START: Final = "import sys; from tests.promises.secrets_flow import main; sys.exit(main())"
PATIENCE: Final = 90.0
RELEASE: Final = "pay-4"
UNREDACTED: Final = "MUTANT_UNREDACTED"

_ESTATE: Final = """
teams: [{id: operations, name: Operations}]
people:
  - {id: mara, name: Mara, team: operations, roles: [lead], zone: Europe/Berlin}
  - {id: ines, name: Ines, team: operations, roles: [lead], zone: Europe/Madrid}
  - {id: tomas, name: Tomas, team: operations, zone: Europe/Prague}
environments: [{id: staging, order: 2}, {id: prod, order: 3, owner: operations}]
services: [{id: pay, team: operations, tier: 1, version: 1.0}]
"""
_CONNECTIONS: Final = """
systems:
  - {id: metrics, plugin: prometheus, url: "ADDRESS", settings: {}}
  - {id: dark, plugin: prometheus, url: "http://127.0.0.1:9", settings: {}}
  - {id: ci, plugin: leaky, settings: {}}
"""
_RELEASE: Final = """
id: pay-4
title: Pay 4
environment: prod
window: {start: START, end: END, zone: UTC}
commander: mara
requester: tomas
rehearsal: {environment: staging}
runbook:
  steps:
    - {id: one, title: One, kind: automated, duration: 8m, run: {system: ci, job: fails},
       checks: [{id: up, system: metrics, query: up, above: 0}],
       undo: {kind: inverse, duration: 1m, run: {system: ci, job: raises}}}
    - {id: two, title: Two, kind: automated, duration: 8m, run: {system: ci, job: raises},
       undo: {kind: none}}
"""


def main() -> int:
    """Be the command line, with credentials from a file, and log whatever there is to log."""
    from relconsole.cli import main as relconsole

    logging.basicConfig(level=1, stream=sys.stderr)
    keyring, limits = Path(sys.argv[1]), Path(sys.argv[2])
    atexit.register(_note_limit, limits)
    kind = TwoFacedCredentials if UNREDACTED in os.environ else FileCredentials
    return relconsole(sys.argv[3:], credentials=kind(keyring))


class TwoFaced(Secret):
    """A secret that shows nothing to whom asks first, which is what takes it out of all words."""

    __slots__ = ("_asked",)

    def __init__(self, value: str) -> None:
        super().__init__(value)
        self._asked = False

    def reveal(self) -> str:
        before, self._asked = self._asked, True
        return super().reveal() if before else ""


class TwoFacedCredentials(FileCredentials):
    """A keyring that makes nothing be redacted, for the mutant."""

    async def get(self, name: str) -> Secret | None:
        found = await super().get(name)
        is_token = found is not None and name.startswith("system/")
        return TwoFaced(found.reveal()) if found is not None and is_token else found


def _note_limit(limits: Path) -> None:
    """Keep what core file this process could have written."""
    with limits.open("a") as file:
        print(resource.getrlimit(resource.RLIMIT_CORE)[0], file=file)


def canary(slot: str, *, tail: str = "") -> str:
    """Give a secret that stands nowhere else, with what encodings treat in different ways."""
    return f"cnry-{slot}-{os.urandom(12).hex()}{tail}"


@dataclass(slots=True)
class Machine:
    """One workstation: what is searched, what is not, and the secrets that were planted."""

    top: Path
    extra: Mapping[str, str] = field(default_factory=dict[str, str])
    slots: dict[str, bytes] = field(default_factory=dict[str, bytes])
    done: int = 0
    wrong: list[str] = field(default_factory=list[str])
    heard: str = ""

    def __post_init__(self) -> None:
        install(self.top / "site")
        for name in ("home", "tmp", "said", "plan/releases", "work"):
            (self.searched / name).mkdir(parents=True)
        self.keyring.write_text("{}")
        for slot in ("passphrase-mara", "passphrase-ines", "mistyped"):
            self.slots[slot] = canary(slot, tail="/+é ?&=").encode()
        for slot in ("token", "rotated", "job-token", "dark-token", "unknown-system"):
            self.slots[slot] = canary(slot, tail="/+?&=").encode()

    @property
    def searched(self) -> Path:
        """Give the folder of everything that no secret may stand in."""
        return self.top / "searched"

    @property
    def keyring(self) -> Path:
        """Give the file that stands for the keyring."""
        return self.top / "keyring.json"

    @property
    def limits(self) -> Path:
        """Give the file in which each command noted its core limit."""
        return self.top / "limits"

    def write_plan(self, address: str) -> None:
        """Write the workspace, its window open now."""
        plan, now = self.searched / "plan", datetime.now(UTC)
        times = {
            "START": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
            "END": f"{now + timedelta(hours=9):%Y-%m-%dT%H:%M}",
        }
        release = _RELEASE
        for name, value in times.items():
            release = release.replace(f"{name},", f"{value},")
        (plan / "estate.yaml").write_text(_ESTATE)
        (plan / "connections.yaml").write_text(_CONNECTIONS.replace("ADDRESS", address))
        (plan / "releases/pay-4.yaml").write_text(release)

    def type_in(
        self,
        *words: str,
        secret: str = "",
        option: str = "--passphrase-fd",
        leave: int | None = None,
        to_nowhere: bool = False,
        status: Sequence[int] = (0,),
    ) -> str:
        """Run one command to its end, or interrupt it; gives what it said on standard output.

        ``secret`` is the slot of what it reads from a descriptor; ``leave`` the signal by which it
        is ended once a job has failed.
        """
        self.done += 1
        store = str(self.searched / "home/store")
        command = [sys.executable, "-c", START, str(self.keyring), str(self.limits), *words]
        reading = -1
        if secret:
            reading, writing = os.pipe()
            os.write(writing, self.slots[secret] + b"\n")
            os.close(writing)
            command += [option, str(reading)]
        said = self.searched / "said" / f"{self.done:03}"
        # /dev/full: what is printed cannot be, and the program ends by an exception of its own.
        out = Path("/dev/full") if to_nowhere else said.with_suffix(".out")
        with out.open("wb") as stdout, said.with_suffix(".err").open("wb") as stderr:
            process = subprocess.Popen(
                [*command, "--store", store],
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                cwd=self.searched / "work",
                env=self._environment(),
                pass_fds=(reading,) if secret else (),
            )
        if secret:
            os.close(reading)
        if leave is not None:
            _await_failure(process, said.with_suffix(".err"))
            process.send_signal(leave)
        ended = process.wait(PATIENCE)
        if ended not in {*status, *((130, -leave) if leave is not None else ())}:
            tail = said.with_suffix(".err").read_text(errors="replace")[-600:]
            self.wrong.append(f"{' '.join(words[:3])} ended with {ended}: {tail}")
        return "" if to_nowhere else out.read_text()

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        paths = (ROOT, ROOT / "plugins", ROOT / "resources", ROOT / "ui", self.top / "site")
        return {
            **kept,
            "HOME": str(self.searched / "home"),
            "TMPDIR": str(self.searched / "tmp"),
            "PYTHONPATH": os.pathsep.join(str(path) for path in paths),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONASYNCIODEBUG": "1",
            **self.extra,
        }

    def learn_keys(self) -> None:
        """Take the private keys that the program made among what is searched for."""
        kept: dict[str, str] = json.loads(self.keyring.read_text())
        for name, text in kept.items():
            kind, _, rest = name.partition("/")
            if kind == "store":
                self.slots[name] = from_base64url(text)
            elif kind == "person":
                passphrase = Secret(self.slots[f"passphrase-{rest}"].decode())
                key = unlock_person_key(Secret(text), passphrase, PersonId(rest))
                self.slots[f"key-{rest}"] = key._private.private_bytes_raw()

    def journal(self) -> bytes:
        """Give all the lines of the live journal."""
        return b"\n".join(
            path.read_bytes() for path in (self.searched / "home/store/live").iterdir()
        )

    def echo(self, asked: Asked) -> Said:
        """Answer with the very credential that was sent, as a careless proxy does."""
        token = asked.headers.get("authorization", "")
        self.heard += token
        return _echo(token)


def _await_failure(process: subprocess.Popen[bytes], said: Path) -> None:
    """Wait until a console has said that a step failed, or ended, and then a moment more."""
    ends = time.monotonic() + PATIENCE / 3
    while process.poll() is None and time.monotonic() < ends:
        if b" failed" in said.read_bytes():
            time.sleep(0.5)
            return
        time.sleep(0.05)


def allow_cores() -> None:
    """Let what is started from here write a core file, unless it forbids that itself."""
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _echo(token: str) -> Said:
    """Give an error that says what was sent."""
    body = json.dumps({"status": "error", "errorType": "bad", "error": token}).encode()
    return Said(status=400, body=body, headers={"x-echo": token.encode().hex()})


def do_everything(machine: Machine) -> None:
    """Do all that a person does, with honest and with failing ends."""
    with serving(machine.echo) as address:
        machine.write_plan(address)
        _set_up(machine)
        _keep_secrets(machine)
        _spend_the_night(machine)
        _look_back(machine)
    machine.learn_keys()


def do_little(machine: Machine, note: str) -> None:
    """Do enough that a machine which tells its secrets is found out, with a note at the end."""
    with serving(machine.echo) as address:
        machine.write_plan(address)
        machine.type_in("import", str(machine.searched / "plan"))
        _keep_secrets(machine)
    machine.type_in("log", RELEASE, "--person", note, status=(0, 1, 2, 3))


def _set_up(machine: Machine) -> None:
    """Bring in the workspace, and make and confirm keys."""
    do, plan = machine.type_in, str(machine.searched / "plan")
    do("check", plan, status=(0, 1, 2))
    do("import", plan)
    marks: dict[str, str] = {}
    for person in ("mara", "ines"):
        said = do("key", "make", person, "--json", secret=f"passphrase-{person}")
        marks[person] = str(json.loads(said or "{}").get("fingerprint", ""))
    for by, person in (("mara", "ines"), ("ines", "mara")):
        words = ("key", "enrol", person, "--fingerprint", marks[person], "--means", "by voice")
        do(*words, "--as", by, secret=f"passphrase-{by}")
    do("key", "list", "--json")


def _keep_secrets(machine: Machine) -> None:
    """Keep the systems' secrets, and ask every system whether it answers."""
    do = machine.type_in
    for system, slot in (
        ("metrics", "rotated"),
        ("metrics", "token"),
        ("dark", "dark-token"),
        ("ci", "job-token"),
    ):
        do("credential", "set", system, secret=slot, option="--secret-fd")
    do(
        *("credential", "set", "nowhere", "--json"),
        secret="unknown-system",
        option="--secret-fd",
        status=(1, 2, 3),
    )
    do("credential", "list", "--json")
    do("doctor", status=(0, 1, 2, 3))
    do("doctor", "--json", status=(0, 1, 2, 3))


def _spend_the_night(machine: Machine) -> None:
    """Rehearse, conduct a live night whose plugin fails, and ask for a rollback; also wrongly."""
    do = machine.type_in
    mara = ("--as", "mara")
    lease = ("--lease", "1")
    do(
        *("night", RELEASE, "--rehearsal", "--auto", *lease, *mara),
        secret="passphrase-mara",
        leave=signal.SIGINT,
        status=(0, 1),
    )
    do("night", RELEASE, *mara, secret="mistyped", status=(1, 2, 3))
    do("night", RELEASE, *mara, "--json", secret="mistyped", status=(1, 2, 3))
    night = ("night", RELEASE, *lease, *mara)
    do(*night, secret="passphrase-mara", leave=signal.SIGINT, status=(0, 1))
    do(*night, secret="passphrase-mara", leave=signal.SIGABRT, status=(0, 1))
    do(
        *("night", RELEASE, "--json", *lease, *mara),
        secret="passphrase-mara",
        leave=signal.SIGINT,
        to_nowhere=True,
        status=(0, 1, 2, 3, 120),
    )
    do("stop", RELEASE, *mara, "--note", "wait", secret="passphrase-mara", status=(0, 1))
    do("resume", RELEASE, *mara, secret="passphrase-mara", status=(1,))
    requests = sorted((machine.searched / "home/store/requests").glob("*.request.json"))
    for request in requests[:1]:
        do("sign", str(request), "--as", "ines", secret="mistyped", status=(1, 2, 3))
        do("sign", str(request), "--as", "ines", secret="passphrase-ines")
        answer = str(request).replace(".request.", ".answer.")
        do("resume", RELEASE, "--answer", answer, *mara, secret="passphrase-mara", status=(0, 1))
    do(
        "rollback",
        RELEASE,
        "--reason=checkout fails",
        "--dry-run",
        *mara,
        secret="passphrase-mara",
        status=(0, 1),
    )
    do(
        "rollback",
        RELEASE,
        "--reason=checkout fails",
        *mara,
        secret="passphrase-mara",
        status=(0, 1),
    )


def _look_back(machine: Machine) -> None:
    """Read everything that can be read, export everything, and print."""
    do, out = machine.type_in, machine.searched / "out"
    out.mkdir()
    for verb in ("status", "report", "brief", "log"):
        do(verb, RELEASE, status=(0, 1))
        do(verb, RELEASE, "--json", status=(0, 1))
    do("print", RELEASE, "--to", str(out), status=(0, 1))
    do("journal", "verify")
    do("journal", "export", str(out / "journal"), "--with-verifier")
    do("journal", "export", str(out / "rehearsal"), "--kind", "rehearsal")
    do("journal", "checkpoint", str(out / "seal"))
    do("export", str(out / "workspace"))
    do("credential", "remove", "dark")
    do("key", "list")
