"""What the night report says of its muster."""

from __future__ import annotations

from relconsole.domain.kernel.ids import FactId
from relconsole.domain.night.log import log_lines
from relconsole.domain.night.muster_facts import MusterFact, PersonCalled, PersonHere
from relconsole.domain.night.muster_report import list_muster, say_muster_row
from relconsole.domain.record.recorded import Recorded
from tests.unit.domain.night.scenes import JO, KEY, MARA, RELEASE, at, begin


def recorded(fact: MusterFact, minute: float) -> Recorded[MusterFact]:
    return Recorded(id=FactId("f"), seq=1, at=at(minute), by=MARA, key=KEY, fact=fact)


def test_that_calls_and_answers_are_reported_in_their_order() -> None:
    called = PersonCalled(release=RELEASE, run=None, person=JO, way="phone")
    here = PersonHere(release=RELEASE, run=None, person=JO, heard="voice", note="coming")
    rows = list_muster([recorded(called, -60), recorded(here, -58), *begin().facts])
    assert [say_muster_row(row, "UTC") for row in rows] == [
        "22:30Z jo called by phone, says mara",
        "22:32Z jo is here: coming, says mara (voice)",
    ]
    assert [row.person for row in rows] == [JO, JO]


def test_that_the_log_says_for_whom_an_answer_was_recorded() -> None:
    here = PersonHere(release=RELEASE, run=None, person=JO, heard="voice")
    (line,) = log_lines([recorded(here, -58)])
    assert (line.person, line.for_person, line.heard) == (MARA, JO, "voice")
