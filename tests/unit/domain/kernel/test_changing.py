"""Changing a field of a wide value."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from relconsole.domain.kernel.changing import changed
from relconsole.domain.kernel.errors import Bug


@dataclass(frozen=True, kw_only=True)
class _Wide:
    one: int
    other: str = ""


def test_that_a_changed_value_equals_a_replaced_one_and_leaves_the_first_as_it_was() -> None:
    first = _Wide(one=1)
    assert changed(first, other="x") == replace(first, other="x")
    assert first == _Wide(one=1)


def test_that_a_changed_value_is_as_frozen_as_the_first() -> None:
    with pytest.raises(FrozenInstanceError):
        changed(_Wide(one=1), one=2).one = 3  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def test_that_a_field_which_does_not_exist_is_our_own_mistake() -> None:
    with pytest.raises(Bug, match="_Wide has no field third"):
        changed(_Wide(one=1), third=3)
