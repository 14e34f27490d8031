"""A running estate for the tests that need one."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.plugins.estate.living import LivingEstate


@pytest.fixture
def estate(tmp_path: Path) -> Generator[LivingEstate]:
    """An estate with twice the usual traffic, so that what takes time takes less of it."""
    living = LivingEstate(tmp_path / "state")
    begun = living.verb("start", "--seed", "7", "--rate", "40", "--guard", str(os.getpid()))
    assert begun.returncode == 0, begun.stderr
    yield living
    living.verb("stop")
    assert living.entries() == []
