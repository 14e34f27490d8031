"""What the screens of a rollback say alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from relconsole_ui.presenters.rollback_sight import (
    RollbackSight,
    date_words,
    eligible,
    estimate_words,
    readable,
    sentence_of,
)
from relconsole_ui.presenters.signature import around, initials
from tests.unit.presenters.rollback_nights import deployed, dry_of, keyed_night, seen_of
from tests.unit.services.rooms import played


@pytest.mark.parametrize(
    ("name", "letters"), [("Mara Okafor", "MO"), ("Asha", "A"), ("Jo van der Berg", "JB"), ("", "")]
)
def test_that_initials_are_of_the_first_and_the_last_name(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_that_a_reason_is_a_sentence_once() -> None:
    assert sentence_of("nothing was started yet") == "Nothing was started yet."
    assert sentence_of("Nobody signs.") == "Nobody signs."


def test_that_instants_in_a_reason_are_of_the_zone() -> None:
    says = "rehearsal r is of 2026-03-07T23:30:00Z, more than 30d ago"
    assert readable(says, "Europe/Berlin") == "rehearsal r is of 8 Mar, 00:30, more than 30d ago"


def test_that_a_date_is_of_the_zone() -> None:
    assert date_words(datetime(2026, 4, 14, 23, tzinfo=UTC), "Europe/Berlin") == "15 Apr"


@played
async def test_that_a_release_that_is_gone_leaves_nobody_to_ask() -> None:
    here = await deployed()
    seen = seen_of(here.room)
    workspace = replace(seen.state.workspace, releases={})
    gone = replace(seen, state=replace(seen.state, workspace=workspace))
    assert around(gone) is None
    assert eligible(gone, here.room.run) == ()
    assert [each.person for each in eligible(seen, here.room.run) if each.ok] == [
        "asha",
        "ines",
        "jo",
    ]


@played
async def test_that_how_long_is_said_only_where_it_is_known() -> None:
    room = await keyed_night()
    assert estimate_words(await dry_of(room)).startswith("4")
    assert estimate_words(RollbackSight().dry) == ""
