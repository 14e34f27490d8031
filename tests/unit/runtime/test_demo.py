"""The demo, as far as it needs no estate: where it lives, whose key it opens, what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.ports.journal import JournalKind
from relconsole.runtime.demo import COMMANDER, DemoHome, demo_key, demo_wish, start_estate


def test_that_everything_of_a_demo_lies_in_its_folder(tmp_path: Path) -> None:
    home = DemoHome(tmp_path)
    places = {home.estate, home.workspace, home.store}
    assert len(places) == 3
    assert {place.parent for place in places} == {tmp_path}


def test_that_every_demo_has_a_key_of_its_own() -> None:
    assert demo_key().public.fingerprint != demo_key().public.fingerprint


def test_that_the_demo_is_opened_as_its_commander_in_a_journal_of_its_own(tmp_path: Path) -> None:
    key = demo_key()
    wish = demo_wish(DemoHome(tmp_path), key)
    assert (wish.store, wish.kind) == (tmp_path / "store", JournalKind.DEMO)
    assert (wish.person, wish.key, wish.announce) == (COMMANDER, key, None)


def test_that_no_credential_of_a_demo_outlives_it(tmp_path: Path) -> None:
    first = demo_wish(DemoHome(tmp_path), demo_key()).credentials
    second = demo_wish(DemoHome(tmp_path), demo_key()).credentials
    assert first is not None
    assert second is not None
    assert first is not second
    assert not first.durable


def test_that_an_estate_that_does_not_start_is_told_as_such(tmp_path: Path) -> None:
    home = DemoHome(tmp_path)
    home.estate.touch()
    with pytest.raises(WorldIsDown, match="The estate did not start") as told:
        start_estate(home, 7)
    assert told.value.system == "estate"
