from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.json import Json
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.plain_json import floats_as_text, to_json
from relconsole.domain.record.canonical import canonical
from tests.unit.domain.night.scenes import at

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    name: str
    parts: tuple[float, ...] = ()


def test_that_a_value_is_written_field_by_field() -> None:
    assert to_json(Line(name="p95", parts=(0.5, 1.0))) == {"name": "p95", "parts": [0.5, 1.0]}


def test_that_instants_durations_states_and_reasons_have_one_form_each() -> None:
    reason = Reason(rule="hold", thing="p95", says="p95 is high", lifts="it falls")
    assert to_json((at(0), timedelta(minutes=2), StepState.READY, reason, None, True, 3)) == [
        "2026-04-20T23:30:00Z",
        120.0,
        "ready",
        "p95 is high (hold: p95); it falls",
        None,
        True,
        3,
    ]


def test_that_a_mapping_keeps_its_order_and_its_keys_as_text() -> None:
    written = to_json({"b": 1, "a": Map({"x": "y"})})
    assert list(written.items()) == [("b", 1), ("a", {"x": "y"})]  # type: ignore[union-attr]


@pytest.mark.parametrize("stranger", [object(), Line, {1, 2}])
def test_that_a_value_without_a_form_is_our_own_fault(stranger: object) -> None:
    with pytest.raises(Bug, match="no place in an answer"):
        to_json(stranger)


@given(JSON)
def test_that_nothing_is_left_to_rounding_once_floats_are_text(value: Json) -> None:
    assert canonical(floats_as_text(value)) == canonical(floats_as_text(floats_as_text(value)))


def test_that_a_float_is_text_and_a_whole_number_is_not() -> None:
    assert floats_as_text({"a": [0.25, 3, True, None, "x"]}) == {"a": ["0.25", 3, True, None, "x"]}
