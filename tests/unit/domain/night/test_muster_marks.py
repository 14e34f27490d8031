"""Where a person of a muster stands: by the last call, the answer to it, and the hour."""

from __future__ import annotations

import pytest

from relconsole.domain.night.muster_facts import MusterFact, PersonCalled, PersonGone, PersonHere
from relconsole.domain.night.muster_marks import (
    LASTS,
    NOTHING,
    MusterStanding,
    PersonMark,
    counting,
    marked,
    standing_of,
)
from tests.unit.domain.night.scenes import JO, RELEASE, at, minutes

CALLED = PersonCalled(release=RELEASE, run=None, person=JO, way="phone", note="rings")
HERE = PersonHere(release=RELEASE, run=None, person=JO, note="coming")
GONE = PersonGone(release=RELEASE, run=None, person=JO, note="ill")


def after(*facts: MusterFact) -> PersonMark:
    """The mark after these facts, a minute apart."""
    mark = NOTHING
    for minute, fact in enumerate(facts):
        mark = marked(mark, fact, at(minute))
    return mark


def stands(mark: PersonMark, minute: float) -> MusterStanding:
    return standing_of(counting(mark, at(minute)), at(minute), minutes(5))


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ((), MusterStanding.NOT_CALLED),
        ((CALLED,), MusterStanding.CALLED),
        ((CALLED, HERE), MusterStanding.HERE),
        ((HERE,), MusterStanding.HERE),
        ((CALLED, HERE, GONE), MusterStanding.GONE),
        ((GONE, HERE), MusterStanding.HERE),
        ((HERE, CALLED), MusterStanding.CALLED),
    ],
)
def test_that_the_last_word_counts_and_a_call_asks_anew(
    facts: tuple[MusterFact, ...], standing: MusterStanding
) -> None:
    assert stands(after(*facts), 4) is standing


def test_that_who_does_not_answer_in_time_is_missing() -> None:
    assert stands(after(CALLED), 5) is MusterStanding.CALLED
    assert stands(after(CALLED), 5.1) is MusterStanding.MISSING


def test_that_the_answer_keeps_the_call_that_it_is_to() -> None:
    mark = after(CALLED, HERE)
    assert (mark.called_at, mark.way, mark.answered_at, mark.note) == (
        at(0),
        "phone",
        at(1),
        "coming",
    )


def test_that_what_was_said_half_a_day_ago_is_of_another_night() -> None:
    mark = after(CALLED, HERE)
    later = at(1) + LASTS
    assert counting(mark, later) == mark
    assert counting(mark, later + minutes(1)) == NOTHING
    assert counting(NOTHING, later) == NOTHING
