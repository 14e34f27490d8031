"""A stage for every test: its own store, fleet and monitoring, with keys that were made once.

Opening a key takes its time on purpose, so keys are made once and every test takes a copy.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.e2e.night.fleet import Fleet, watched
from tests.e2e.night.plans import ESTATE, write
from tests.e2e.night.stage import Stage
from tests.helpers.cli import Keyed, Workstation

KEYED = ("mara", "lena", "ines", "jo", "asha", "tomas")
"""Whose keys count; petra and ilka have none."""


@pytest.fixture(scope="session")
def keys_of_the_night(tmp_path_factory: pytest.TempPathFactory) -> Keyed:
    """A workstation on which the keys of the people of a night count."""
    folder = tmp_path_factory.mktemp("keys")
    desk = Workstation(store=folder / "store")
    people = {**ESTATE, "services": [], "dependencies": []}
    desk.ask("import", write(folder / "workspace", {"estate.yaml": people}))
    marks = {person: desk.make_key(person) for person in KEYED}
    desk.confirm("lena", marks["lena"], by="mara")
    for person in KEYED:
        if person != "lena":
            assert desk.confirm(person, marks[person], by="lena").status == 0
    return Keyed(desk=desk, marks=marks)


@pytest.fixture
def stage(keys_of_the_night: Keyed, tmp_path: Path) -> Generator[Stage]:
    """A stage of one's own."""
    fleet, _ = (
        Fleet.made(tmp_path / "fleets" / place, payments_api="2.30.4", ledger_db="14.2")
        for place in ("prod", "staging")
    )
    with watched(fleet) as metrics:
        yield Stage(
            folder=tmp_path,
            keyed=keys_of_the_night.copied(tmp_path / "store"),
            fleet=fleet,
            metrics=metrics,
        )
