"""A loop on virtual time for each test."""

from collections.abc import Iterator

import pytest

from tests.promises.sim.loop import VirtualLoop


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    """A loop that never waits."""
    found = VirtualLoop()
    yield found
    found.close()
