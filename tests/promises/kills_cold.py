"""Consoles that start cold: the command line in a process of its own, its plugin in a child.

Only the keyring is the harness's: a file beside the store, so that keys outlive a killed console.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from relconsole.adapters.person_keys import make_person_key, person_key_name, store_key_name
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.domain.record.envelope import Envelope
from relconsole.domain.record.signature import to_base64url
from relconsole.ports.credentials import Secret
from tests.promises.kills_judge import facts_of, judge_between, judge_end
from tests.promises.kills_plan import COLD, INES, JOURNAL, MARA, RELEASE, SEEDS, STORE_SEED, begin

PASSPHRASE: Final = "open"
ROOT: Final = Path(__file__).resolve().parents[2]
START: Final = "import sys; from tests.promises.kills_cold import main; sys.exit(main())"
PATIENCE: Final = 60.0
MOST_STARTS: Final = 40
_RECORDED: Final = (
    (re.compile(r"live run of \S+ opened"), "run_opened", ""),
    (re.compile(r"Z (\S+) started"), "step_started", "step"),
    (re.compile(r"Z (\S+) done"), "step_ended", "step"),
    (re.compile(r"rollback armed"), "rollback_armed", ""),
    (re.compile(r"ROLLBACK FIRED"), "rollback_fired", ""),
    (re.compile(r"run ended"), "run_ended", ""),
)
"""What the command line says of a fact once it is on disk."""


class FileCredentials:
    """Credentials in a file, which a console may be killed beside."""

    durable = True
    place = "the harness's keyring"

    def __init__(self, path: Path) -> None:
        self._path = path

    def _kept(self) -> dict[str, str]:
        kept: dict[str, str] = json.loads(self._path.read_text())
        return kept

    def _keep(self, kept: dict[str, str]) -> None:
        fresh = self._path.with_suffix(".fresh")
        try:
            fresh.write_text(json.dumps(kept))
            fresh.replace(self._path)
        except OSError as wrong:
            raise WorldIsDown("The harness's keyring is full.", system="keyring") from wrong

    async def get(self, name: str) -> Secret | None:
        kept = self._kept().get(name)
        return None if kept is None else Secret(kept)

    async def put(self, name: str, secret: Secret) -> None:
        self._keep({**self._kept(), name: secret.reveal()})

    async def remove(self, name: str) -> None:
        self._keep({key: value for key, value in self._kept().items() if key != name})


def main() -> int:
    """Be the command line, with credentials from the file that is named first."""
    from relconsole.cli import main as relconsole

    return relconsole(sys.argv[2:], credentials=FileCredentials(Path(sys.argv[1])))


def begin_cold(folder: Path) -> None:
    """Make a night's folder for the command line, with both people's sealed keys."""
    begin(folder, COLD)
    keep_keys(folder)


def keep_keys(folder: Path) -> None:
    """Lay the harness's keyring beside a store, with the journal's key and both people's."""
    kept = {store_key_name(JOURNAL): to_base64url(STORE_SEED)}
    for person, seed in SEEDS.items():
        sealed, _ = make_person_key(person, Secret(PASSPHRASE), _seeded(seed))
        kept[person_key_name(person)] = sealed.reveal()
    (folder / "keyring.json").write_text(json.dumps(kept))


def _seeded(seed: bytes) -> Callable[[int], bytes]:
    """Give bytes for a key: this seed first, chance after it."""
    first = [seed]

    def give(count: int) -> bytes:
        return first.pop() if first else os.urandom(count)

    return give


def words_of(folder: Path, *words: str, person: PersonId, before: Sequence[str] = ()) -> list[str]:
    """Give the argument list of a cold console; descriptor 0 holds the passphrase."""
    command = [*before, sys.executable, "-c", START, str(folder / "keyring.json"), *words]
    return [*command, "--as", person, "--passphrase-fd", "0", "--store", str(folder / "store")]


def start(command: Sequence[str], said: Path) -> subprocess.Popen[bytes]:
    """Start it, with what it says on standard error appended to a file."""
    with said.open("ab") as err:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=err,
            cwd=ROOT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    assert process.stdin is not None
    process.stdin.write(f"{PASSPHRASE}\n".encode())
    process.stdin.close()
    return process


def sign(folder: Path) -> Path:
    """Let the second person answer the newest request in a process of their own."""
    request = max(
        (folder / "store/requests").glob("*.request.json"), key=lambda p: p.stat().st_mtime
    )
    process = start(words_of(folder, "sign", str(request), person=INES), folder / "said")
    if process.wait(PATIENCE):
        raise RuntimeError(f"the second person cannot sign: {(folder / 'said').read_text()[-800:]}")
    return request.with_name(request.name.replace(".request.", ".answer."))


def plugins_of(pid: int) -> list[int]:
    """Give the plugin processes of a console."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        try:
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            command = (entry / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue
        if parent == str(pid) and b"plugin_process" in command:
            found.append(int(entry.name))
    return found


@dataclass(slots=True)
class ColdKiller:
    """Kills cold consoles, their plugins, or both, and counts the kills that really were."""

    draw: random.Random
    kills: int = 0
    broken: list[str] = field(default_factory=list[str])

    def play(self, folder: Path, most: int) -> None:
        """Kill a night's and its rollback's consoles so often, then let them finish; judge."""
        half = self.kills + most // 2
        self._until(folder, ("night", RELEASE, "--lease", "2"), "b done", half)
        process = start(
            words_of(folder, "rollback", RELEASE, "--reason=checkout fails", person=MARA),
            folder / "said",
        )
        process.wait(PATIENCE)
        answer = str(sign(folder))
        words = ("rollback", RELEASE, "--reason=checkout fails", "--lease", "2", "--answer", answer)
        self._until(folder, words, "run ended", half + most - most // 2)
        self.broken += judge_end(folder, COLD, RecognisesRepeat.NATIVE)

    def _until(self, folder: Path, words: tuple[str, ...], last: str, kills: int) -> None:
        """Start consoles until the last words were recorded, killing them up to a number."""
        for _ in range(MOST_STARTS):
            facts, broken = judge_between(folder)
            self.broken += [*broken, *_missing(folder, facts)]
            if self.broken:
                return
            if _is_recorded(facts, last) and self.kills >= kills:
                return
            self._let_live(folder, words, is_spared=self.kills >= kills)
            if _is_over(folder) and self.kills < kills:
                return
        self.broken.append(f"{words[0]} does not come to {last}: {_tail(folder)}")

    def _let_live(self, folder: Path, words: tuple[str, ...], *, is_spared: bool) -> None:
        said = folder / "said"
        before = said.stat().st_size if said.exists() else 0
        process = start(words_of(folder, *words, person=MARA), said)
        try:
            if not is_spared:
                self._strike(process, said, before)
            status = process.wait(PATIENCE)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if status not in {0, 1, -signal.SIGKILL}:
            self.broken.append(f"{words[0]} ended with {status}: {_tail(folder)}")

    def _strike(self, process: subprocess.Popen[bytes], said: Path, before: int) -> None:
        """Kill it after some words and a moment more, alone or with its plugin, or that alone."""
        lines, ends = self.draw.randrange(4), time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < ends:
            if said.read_bytes()[before:].count(b"\n") >= lines:
                break
            time.sleep(0.01)
        time.sleep(self.draw.uniform(0.0, 0.6 if lines == 0 else 0.15))
        plugins = plugins_of(process.pid)
        whom = self.draw.choice(("console", "both", "plugin"))
        if process.poll() is not None:
            return
        if whom != "console" and plugins:
            os.kill(plugins[0], signal.SIGKILL)
            self.kills += whom == "plugin"
        if whom != "plugin":
            process.kill()
            process.wait()
            self.kills += 1
            self.broken += [f"plugin {each} outlives its console" for each in _lasting(plugins)]


def _lasting(pids: Sequence[int]) -> list[int]:
    """Give which of these processes still run after a while."""
    ends = time.monotonic() + PATIENCE / 2
    while time.monotonic() < ends:
        left = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
        if not left:
            return []
        time.sleep(0.02)
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def _missing(folder: Path, facts: Sequence[Envelope]) -> list[str]:
    """Give what the command line said is recorded, and is not."""
    said = folder / "said"
    lines = said.read_text().splitlines() if said.exists() else []
    missing: list[str] = []
    for words, kind, name in _RECORDED:
        for line in lines:
            found = words.search(line)
            if found and not any(
                fact.kind == kind and (not name or fact.body[name] == found[1]) for fact in facts
            ):
                missing.append(f"it said {line!r}, and no {kind} is recorded")
    return missing


def _is_recorded(facts: Sequence[Envelope], last: str) -> bool:
    """Tell whether the fact that ends this part of the night is there."""
    if last == "run ended":
        return any(fact.kind == "run_ended" for fact in facts)
    step = last.split(maxsplit=1)[0]
    return any(fact.kind == "step_ended" and fact.body["step"] == step for fact in facts)


def _is_over(folder: Path) -> bool:
    return any(fact.kind == "run_ended" for fact in facts_of(folder)[0])


def _tail(folder: Path) -> str:
    said = folder / "said"
    return said.read_text()[-1500:] if said.exists() else "nothing"
