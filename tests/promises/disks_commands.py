"""Commands as a person types them, on a store whose disk is full or whose journal is damaged."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.helpers.cli import Ran, Workstation
from tests.helpers.fakes.credentials import FakeCredentials
from tests.promises.disks_night import Bench, largest_file
from tests.promises.frame import ROOT

WORKSPACE: Final = ROOT / "resources/relconsole_resources/examples/sixty_steps"
REFUSALS: Final = frozenset({2, 3, 4, 5})
"""How a command ends that was not done, and says why."""

LARGEST: Final = 160_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A store with a workspace in it, and another workspace to take in."""

    folder: Path
    workspace: Path
    verified: str
    credentials: FakeCredentials


def write_store(folder: Path) -> Store:
    """Give a store into which a workspace was taken."""
    keyring = FakeCredentials()
    desk = Workstation(store=folder / "store", credentials=keyring)
    changed = folder / "workspace"
    shutil.copytree(WORKSPACE, changed)
    taken = desk.run("import", changed)
    assert taken.status == 0, taken
    estate = changed / "estate.yaml"
    estate.write_text(estate.read_text().replace("name: ", "name: New ", 1))
    verified = desk.run("journal", "verify", "--json")
    assert verified.status == 0, verified
    return Store(folder=desk.store, workspace=changed, verified=verified.out, credentials=keyring)


@dataclass(slots=True)
class Commands(Bench):
    """Types commands on copies of a store."""

    def type_in(self, store: Store, number: int) -> None:
        """Take a workspace in on a full disk, a first one too, or into a damaged journal."""
        draw = random.Random(f"command {number}")
        folder = Path(tempfile.mkdtemp(dir=self.folder)) / "store"
        keyring = FakeCredentials()
        desk = Workstation(store=folder, credentials=keyring)
        if number % 3:
            shutil.copytree(store.folder, folder)
            keyring.secrets.update(store.credentials.secrets)
        if number % 3 == 2:
            self._damaged(desk, store, draw, f"command {number}, damaged")
        else:
            self._full(desk, store, draw.randrange(LARGEST), f"command {number}, full")
        self.done["commands"] += 1
        shutil.rmtree(folder.parent)

    def _full(self, desk: Workstation, store: Store, limit: int, case: str) -> None:
        known = desk.store.exists()
        with largest_file(limit):
            taken = self._run(desk, case, "import", store.workspace)
        found = self._run(desk, case, "journal", "verify", "--json")
        if taken is None or found is None:
            return
        if not known and taken.status != 0:
            pass  # nothing was acknowledged yet
        elif found.status != 0 or found.json["facts"] < _facts(store.verified):
            self.wrong.append(f"{case} at {limit}: it lost what was acknowledged: {found}")
        elif taken.status == 0 and found.out == store.verified:
            self.wrong.append(f"{case} at {limit}: said to be done, and it is not")
        again = self._run(desk, case, "import", store.workspace)
        if again is not None and again.status != 0:
            self.wrong.append(f"{case} at {limit}: with room again it is refused: {again.err}")

    def _damaged(self, desk: Workstation, store: Store, draw: random.Random, case: str) -> None:
        journal = next(desk.store.rglob("journal.db"))
        raw = bytearray(journal.read_bytes())
        at = draw.choice([place for place, byte in enumerate(raw) if byte])
        raw[at] ^= 1 << draw.randrange(8)
        journal.write_bytes(raw)
        found = self._run(desk, f"{case} at {at}", "journal", "verify", "--json")
        taken = self._run(desk, f"{case} at {at}", "import", store.workspace)
        if found is not None and found.status == 0 and found.out != store.verified:
            self.wrong.append(f"{case} at {at}: verified as another: {found.out}")
        if found is not None and taken is not None and found.status != 0 == taken.status:
            self.wrong.append(f"{case} at {at}: written to what cannot be verified")

    def _run(self, desk: Workstation, case: str, *words: str | Path) -> Ran | None:
        """Give how a command ended; None where that broke the promise."""
        try:
            ran = desk.run(*words)
        except BaseException as error:  # noqa: BLE001 - a person would see a traceback
            self.wrong.append(f"{case}: {words[0]} ended with {error!r}")
            return None
        silent = ran.status and not (ran.err.strip() or ran.out.strip())
        if ran.status not in {0, 1, *REFUSALS} or silent or "Traceback" in ran.err:
            self.wrong.append(f"{case}: {words[0]} ended so: {ran}")
        return ran


def _facts(verified: str) -> int:
    return int(json.loads(verified)["facts"])
