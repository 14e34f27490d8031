"""A workstation with a small estate in its store."""

from pathlib import Path

import pytest

from tests.e2e.cli.plans import CALENDAR, RELEASE, write_plan
from tests.helpers.cli import Workstation


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
