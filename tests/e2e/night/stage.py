"""One workstation with a fleet to deploy to: everything a night is played with."""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relconsole.ports.credentials import Secret
from tests.e2e.night.fleet import Fleet, Metrics, watched
from tests.e2e.night.plans import ESTATE, RELEASE, Plan, connections, write
from tests.helpers.cli import PASSPHRASE, Keyed, Ran, Workstation, in_pipe
from tests.helpers.fakes.credentials import FakeCredentials

LEASE = ("--lease", "2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A workstation, the fleet and its monitoring, and the folder with everything else.

    Where nobody's key counts (`keyed` has no marks) names are taken at their word and nobody signs.
    """

    folder: Path
    keyed: Keyed
    fleet: Fleet
    metrics: Metrics

    @property
    def desk(self) -> Workstation:
        """Give the workstation."""
        return self.keyed.desk

    @property
    def changes(self) -> Path:
        """Give the folder of the change records."""
        return self.folder / "changes"

    def write(
        self, *releases: Plan, calendar: Plan | None = None, policy: Plan | None = None
    ) -> Path:
        """Write the workspace with these releases and give its folder."""
        self.changes.mkdir(exist_ok=True)
        files = {
            "estate.yaml": ESTATE,
            "connections.yaml": connections(self.fleet, self.metrics.url, self.changes),
            "policy.yaml": {"freshness": {"default": "5s"}, **(policy or {})},
            "calendar.yaml": calendar or {},
            **{f"releases/{plan['id']}.yaml": plan for plan in releases},
        }
        return write(self.folder / "workspace", files)

    def bring(
        self, *releases: Plan, calendar: Plan | None = None, policy: Plan | None = None
    ) -> Any:
        """Write the workspace, import it, and give the answer."""
        return self.desk.ask("import", self.write(*releases, calendar=calendar, policy=policy))

    def act(self, person: str, *words: str | Path) -> Ran:
        """Run a command as a person, signed where keys count."""
        if not self.keyed.marks:
            return self.desk.run(*words, "--json")
        return self.desk.act(person, *words)

    def do(self, person: str, *words: str | Path) -> Any:
        """Give the answer of a command of a person's that is done."""
        ran = self.act(person, *words)
        assert ran.status == 0, ran
        return ran.json

    def refused(self, person: str, *words: str | Path) -> dict[str, str]:
        """Give the rules that refuse a command of a person's, with what each says."""
        return rules_of(self.act(person, *words))

    def night(self, *words: str | Path, person: str = "mara") -> Ran:
        """Conduct the night as far as it goes by itself, without paper."""
        return self.act(person, "night", RELEASE, "--no-print", *words)

    def held(self, *words: str | Path, person: str = "mara") -> Any:
        """Conduct the night until it is held, and give the run."""
        ran = self.night(*words, person=person)
        assert (ran.status, ran.json.get("outcome")) == (1, "held"), ran
        return ran.json

    def finished(self, *words: str | Path) -> Any:
        """Conduct the night to its end, and give the run."""
        ran = self.night(*words)
        assert (ran.status, ran.json.get("outcome")) == (0, "finished"), ran
        return ran.json

    def answers(self, *lines: tuple[str, ...]) -> tuple[str, Path]:
        """Give the option with a file of answers: step, word, and where there is one, for whom."""
        path = self.folder / f"answers-{len(list(self.folder.glob('answers-*')))}.jsonl"
        named = [dict(zip(("step", "answer", "for", "note"), line, strict=False)) for line in lines]
        path.write_text("".join(json.dumps(line) + "\n" for line in named), encoding="utf-8")
        return "--answers", path

    def await_lease(self) -> None:
        """Wait until the lease of a console that was killed has run out."""
        time.sleep(float(LEASE[1]))

    def status(self, *words: str) -> Any:
        """Give the run as a reader sees it."""
        return self.desk.run("status", RELEASE, *words, "--json").json

    def log(self, *words: str) -> list[Any]:
        """Give the bridge log."""
        lines: list[Any] = self.desk.ask("log", RELEASE, *words)["lines"]
        return lines

    def request(self) -> Path:
        """Give the newest signing request."""
        requests = (self.desk.store / "requests").glob("*.request.json")
        return max(requests, key=lambda path: path.stat().st_mtime_ns)

    def signed(self, person: str, request: Path | None = None) -> Path:
        """Sign a request, the newest where none is named, as a person, and give the answer."""
        asked = request or self.request()
        to = self.folder / f"{asked.stem}.{person}.answer.json"
        words = ("sign", asked, "--as", person, "--to", to)
        self.desk.ask(*words, "--passphrase-fd", in_pipe(f"{PASSPHRASE} {person}\n"))
        return to

    def seconded(self, first: str, second: str, *words: str | Path) -> Ran:
        """Run a command that needs two people: asked by the first, signed by the second."""
        alone = self.act(first, *words)
        assert alone.status == 1, alone
        return self.act(first, *words, "--answer", self.signed(second))


def rules_of(ran: Ran) -> dict[str, str]:
    """Give the rules by which a command was refused, each with what it says."""
    assert ran.status == 1, ran
    assert "error" in ran.json, ran
    return {reason["rule"]: reason["says"] for reason in ran.json["error"]["reasons"]}


@contextmanager
def staged(folder: Path, keyed: Keyed) -> Generator[Stage]:
    """Give a stage with fleets on their old versions and monitoring that answers."""
    fleet, _ = (
        Fleet.made(folder / "fleets" / place, payments_api="2.30.4", ledger_db="14.2")
        for place in ("prod", "staging")
    )
    with watched(fleet) as metrics:
        yield Stage(folder=folder, keyed=keyed, fleet=fleet, metrics=metrics)


def keep(keyed: Keyed, folder: Path) -> None:
    """Keep what a workstation's keyring holds beside its store, which is in this folder."""
    assert isinstance(keyed.desk.credentials, FakeCredentials)
    held = {name: secret.reveal() for name, secret in keyed.desk.credentials.secrets.items()}
    (folder / "keyring").write_text(json.dumps(held), encoding="utf-8")
    (folder / "marks").write_text(json.dumps(dict(keyed.marks)), encoding="utf-8")


def take_back(folder: Path) -> Keyed:
    """Give a workstation that was kept."""
    credentials = FakeCredentials()
    held, marks = (
        json.loads((folder / name).read_text(encoding="utf-8")) for name in ("keyring", "marks")
    )
    credentials.secrets.update({name: Secret(secret) for name, secret in held.items()})
    return Keyed(desk=Workstation(store=folder / "store", credentials=credentials), marks=marks)
