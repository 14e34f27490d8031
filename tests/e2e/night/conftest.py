"""A stage for every test: its own store, fleet and monitoring, with keys that were made once.

Opening a key takes its time on purpose, so keys are made once and every test takes a copy.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.e2e.night.once import once
from tests.e2e.night.plans import ESTATE, Plan, write
from tests.e2e.night.stage import Stage, keep, staged, take_back
from tests.helpers.cli import Keyed, Workstation

KEYED = ("mara", "lena", "ines", "jo", "asha", "tomas")
"""Whose keys count; petra and ilka have none."""


@pytest.fixture(scope="session")
def keys_of_the_night(tmp_path_factory: pytest.TempPathFactory) -> Keyed:
    """A workstation on which the keys of the people of a night count."""
    folder = once(tmp_path_factory, "keys-of-the-night", make_keys)
    return take_back(folder)


def make_keys(folder: Path) -> None:
    """Make everybody's key and have each confirmed by somebody else."""
    desk = Workstation(store=folder / "store")
    people: Plan = {**ESTATE, "services": [], "dependencies": []}
    desk.ask("import", write(folder / "workspace", {"estate.yaml": people}))
    marks = {person: desk.make_key(person) for person in KEYED}
    for person in ("lena", *(each for each in KEYED if each != "lena")):
        by = "mara" if person == "lena" else "lena"
        assert desk.confirm(person, marks[person], by=by).status == 0
    keep(Keyed(desk=desk, marks=marks), folder)


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
