"""A stage for every test: its own store, fleet and monitoring, with keys that were made once.

Opening a key takes its time on purpose, so keys are made once and every test takes a copy.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from relconsole.ports.credentials import Secret
from tests.e2e.night.fleet import Fleet, watched
from tests.e2e.night.once import once
from tests.e2e.night.plans import ESTATE, Plan, write
from tests.e2e.night.stage import Stage
from tests.helpers.cli import Keyed, Workstation
from tests.helpers.fakes.credentials import FakeCredentials

KEYED = ("mara", "lena", "ines", "jo", "asha", "tomas")
"""Whose keys count; petra and ilka have none."""


@pytest.fixture(scope="session")
def keys_of_the_night(tmp_path_factory: pytest.TempPathFactory) -> Keyed:
    """A workstation on which the keys of the people of a night count."""
    folder = once(tmp_path_factory, "keys-of-the-night", make_keys)
    credentials = FakeCredentials()
    held, marks = (
        json.loads((folder / name).read_text(encoding="utf-8")) for name in ("keyring", "marks")
    )
    credentials.secrets.update({name: Secret(secret) for name, secret in held.items()})
    return Keyed(desk=Workstation(store=folder / "store", credentials=credentials), marks=marks)


def make_keys(folder: Path) -> None:
    """Make everybody's key and have each confirmed by somebody else."""
    credentials = FakeCredentials()
    desk = Workstation(store=folder / "store", credentials=credentials)
    people: Plan = {**ESTATE, "services": [], "dependencies": []}
    desk.ask("import", write(folder / "workspace", {"estate.yaml": people}))
    marks = {person: desk.make_key(person) for person in KEYED}
    for person in ("lena", *(each for each in KEYED if each != "lena")):
        by = "mara" if person == "lena" else "lena"
        assert desk.confirm(person, marks[person], by=by).status == 0
    held = {name: secret.reveal() for name, secret in credentials.secrets.items()}
    (folder / "keyring").write_text(json.dumps(held), encoding="utf-8")
    (folder / "marks").write_text(json.dumps(marks), encoding="utf-8")


@pytest.fixture
def stage(keys_of_the_night: Keyed, tmp_path: Path) -> Generator[Stage]:
    """A stage of one's own, on which people sign."""
    with staged(tmp_path, keys_of_the_night.copied(tmp_path / "store")) as found:
        yield found


@pytest.fixture
def bare(tmp_path: Path) -> Generator[Stage]:
    """A stage on which nobody has a key yet, for what does not turn on who acts."""
    desk = Workstation(store=tmp_path / "store")
    with staged(tmp_path, Keyed(desk=desk, marks={})) as found:
        yield found


@contextmanager
def staged(folder: Path, keyed: Keyed) -> Generator[Stage]:
    """Give a stage with fleets on their old versions and monitoring that answers."""
    fleet, _ = (
        Fleet.made(folder / "fleets" / place, payments_api="2.30.4", ledger_db="14.2")
        for place in ("prod", "staging")
    )
    with watched(fleet) as metrics:
        yield Stage(folder=folder, keyed=keyed, fleet=fleet, metrics=metrics)
