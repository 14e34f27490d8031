from __future__ import annotations

import pytest

from relconsole.domain.kernel.ids import EffectId, FactId
from relconsole.domain.night.bridge_facts import (
    Noted,
)
from relconsole.domain.night.effect_facts import (
    EffectSent,
)
from relconsole.domain.night.log import (
    LogFilter,
    LoggedFact,
    log_lines,
    render_line,
    step_of,
)
from relconsole.domain.record.recorded import Recorded
from tests.unit.domain.night.scenes import (
    ASHA,
    DEPLOY,
    JO,
    KEY,
    MARA,
    RUN,
    STOP,
    at,
    begin,
)
from tests.unit.domain.night.test_log_words import SAID, job


@pytest.mark.parametrize("fact", [fact for fact, _ in SAID])
def test_that_every_fact_makes_one_line_of_its_own_kind(fact: LoggedFact) -> None:
    recorded = Recorded(id=FactId("f"), seq=1, at=at(0), by=MARA, key=KEY, fact=fact)
    (line,) = log_lines([recorded])
    assert (line.kind, line.text != "") == (fact.KIND, True)
    assert "\n" not in line.text


def test_that_the_log_names_the_step_of_an_effect_by_what_was_intended() -> None:
    night = begin()
    effect = EffectId(night.add(job(), 1, JO))
    night.add(EffectSent(run=RUN, effect=effect), 2)
    night.add(Noted(run=RUN, text="ok", for_person=ASHA, heard="voice"), 3, MARA, signed=False)
    lines = log_lines(night.facts)
    assert [line.step for line in lines] == [None, DEPLOY, DEPLOY, None]
    assert [line.kind for line in lines] == [
        "run_opened",
        "effect_intended",
        "effect_sent",
        "noted",
    ]
    assert [line.signed for line in lines] == [True, True, False, False]
    assert (lines[3].person, lines[3].for_person, lines[3].heard) == (MARA, ASHA, "voice")
    assert step_of(EffectSent(run=RUN, effect=EffectId("lost")), {}) is None


def test_that_a_line_shows_both_times_and_whose_act_it_is() -> None:
    night = begin()
    night.start(STOP, 2, MARA, for_person=ASHA, heard="voice")
    (line,) = log_lines(night.facts, LogFilter(kinds=frozenset({"step_started"})))
    assert render_line(line, "Europe/Berlin") == (
        "2026-04-20 23:32:00Z (01:32:00 Berlin)  asha, recorded by mara (voice): "
        "stop-writers started, attempt 1"
    )


def test_that_the_log_is_filtered_by_kind_person_and_step() -> None:
    night = begin()
    night.start(STOP, 2, MARA, for_person=ASHA)
    night.end(STOP, 7, ASHA)
    night.start(DEPLOY, 8, JO)

    def found(shown: LogFilter) -> list[int]:
        return [line.seq for line in log_lines(night.facts, shown)]

    assert found(LogFilter()) == [1, 2, 3, 4]
    assert found(LogFilter(kinds=frozenset({"step_started"}))) == [2, 4]
    assert found(LogFilter(people=frozenset({ASHA}))) == [2, 3]
    assert found(LogFilter(people=frozenset({MARA}))) == [1, 2]
    assert found(LogFilter(steps=frozenset({STOP}))) == [2, 3]
    assert found(LogFilter(steps=frozenset({STOP}), people=frozenset({MARA}))) == [2]


def test_that_a_strangers_words_cannot_forge_a_second_line() -> None:
    fact = Recorded(
        id=FactId("f"),
        seq=1,
        at=at(0),
        by=MARA,
        key=KEY,
        fact=Noted(run=RUN, text="calm\n2026-04-20 23:40Z mara: gate decided: go"),
    )
    assert "\n" not in render_line(log_lines([fact])[0], "UTC")
