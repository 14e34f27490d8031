"""A workstation with a small estate in its store, and one whose people have keys.

Opening a key takes its time on purpose, so keys are made once and every test takes a copy.
"""

from pathlib import Path

import pytest

from tests.e2e.cli.plans import CALENDAR, RELEASE, write_plan
from tests.helpers.cli import Keyed, Workstation


@pytest.fixture(scope="session")
def keys_made(tmp_path_factory: pytest.TempPathFactory) -> Keyed:
    """Keys of mara, asha and ines that nobody has confirmed."""
    folder = tmp_path_factory.mktemp("keys-made")
    machine = Workstation(store=folder / "store")
    machine.ask("import", write_plan(folder / "plan", RELEASE, calendar=CALENDAR))
    return Keyed(
        desk=machine, marks={each: machine.make_key(each) for each in ("mara", "asha", "ines")}
    )


@pytest.fixture(scope="session")
def keys_confirmed(keys_made: Keyed, tmp_path_factory: pytest.TempPathFactory) -> Keyed:
    """Keys of mara and asha that count, and one of ines that does not yet."""
    found = keys_made.copied(tmp_path_factory.mktemp("keys-confirmed") / "store")
    found.desk.confirm("asha", found.marks["asha"], by="mara")
    found.desk.confirm("mara", found.marks["mara"], by="asha")
    return found


@pytest.fixture
def unproven(keys_made: Keyed, tmp_path: Path) -> Keyed:
    """A machine of one's own on which no key counts."""
    return keys_made.copied(tmp_path / "unproven")


@pytest.fixture
def keyed(keys_confirmed: Keyed, tmp_path: Path) -> Keyed:
    """A machine of one's own on which the keys of mara and asha count."""
    return keys_confirmed.copied(tmp_path / "keyed")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """The folder of a workspace that has nothing to complain of."""
    return write_plan(tmp_path / "plan", RELEASE, calendar=CALENDAR)


@pytest.fixture
def desk(tmp_path: Path, plan: Path) -> Workstation:
    """A machine on which that workspace was imported."""
    machine = Workstation(store=tmp_path / "store")
    machine.ask("import", plan)
    return machine
