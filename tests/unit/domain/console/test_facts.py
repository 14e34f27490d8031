"""Every fact that a journal may hold, and its way through JSON and back."""

from __future__ import annotations

import types

import pytest
from immutables import Map

from relconsole.domain.console import facts as console_facts
from relconsole.domain.console.facts import FACTS, ConsoleFact, make_codec
from relconsole.domain.kernel.errors import Bug, InputRejected
from relconsole.domain.night import (
    alert_facts,
    bridge_facts,
    change_facts,
    effect_facts,
    facts,
    message_facts,
    muster_facts,
    rollback_facts,
)
from relconsole.domain.night.facts import StepStarted
from relconsole.domain.readiness import keys
from tests.unit.domain.console.consoles import everything_happened, stocked
from tests.unit.domain.night.scenes import RUN, STOP

MODULES = (
    console_facts,
    facts,
    alert_facts,
    bridge_facts,
    change_facts,
    effect_facts,
    message_facts,
    muster_facts,
    rollback_facts,
    keys,
)
CODEC = make_codec()


def kinds_of(module: types.ModuleType) -> dict[str, type]:
    """The facts that a module itself defines."""
    own = [
        found
        for found in vars(module).values()
        if isinstance(found, type) and found.__module__ == module.__name__
    ]
    return {str(vars(found)["KIND"]): found for found in own if "KIND" in vars(found)}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_that_every_fact_that_a_concept_defines_may_be_recorded(module: types.ModuleType) -> None:
    found = kinds_of(module)
    assert found
    assert found.items() <= FACTS.items()


def test_that_nothing_may_be_recorded_that_no_concept_defines_and_no_kind_twice() -> None:
    defined = [pair for module in MODULES for pair in kinds_of(module).items()]
    assert dict(defined) == dict(FACTS)
    assert len(defined) == len(FACTS)


def test_that_every_recorded_fact_comes_back_from_json_as_it_was() -> None:
    seen = set[str]()
    for recorded in everything_happened().records:
        kind, version, body = CODEC.encode(recorded.fact)
        again = CODEC.decode(kind, version, body)
        assert CODEC.encode(again) == (kind, version, body)
        assert type(again) is type(recorded.fact)
        seen.add(kind)
    assert len(seen) > 10


def test_that_persistent_maps_in_a_fact_are_written_like_plain_ones() -> None:
    started = StepStarted(run=RUN, step=STOP, attempt=1, inputs=Map({"b": "2", "a": "1"}))
    kind, version, body = CODEC.encode(started)
    assert body["inputs"] == {"a": "1", "b": "2"}
    again = CODEC.decode(kind, version, body)
    assert isinstance(again, StepStarted)
    assert dict(again.inputs) == {"a": "1", "b": "2"}


def test_that_what_is_no_fact_is_neither_written_nor_read() -> None:
    stranger: ConsoleFact = stocked()  # type: ignore[assignment]
    with pytest.raises(Bug, match="no registered fact"):
        CODEC.encode(stranger)
    with pytest.raises(InputRejected, match="no such kind"):
        CODEC.decode("weather_observed", 1, {})
