"""A quick way to change one field of a wide frozen value, for the fold of many facts."""

from __future__ import annotations

from typing import TypeVar

from relconsole.domain.kernel.errors import Bug

Value = TypeVar("Value")


def changed(value: Value, **changes: object) -> Value:
    """Give a frozen value with some fields changed; Bug for a field that it does not have.

    For values without slots and without a check at their making: the fields are taken over as they
    stand, which is ten times quicker than making a value of thirty fields anew.
    """
    made = object.__new__(type(value))
    fields = made.__dict__
    fields.update(value.__dict__)
    count = len(fields)
    fields.update(changes)
    if len(fields) != count:
        unknown = ", ".join(sorted(changes.keys() - value.__dict__.keys()))
        raise Bug(f"{type(value).__name__} has no field {unknown}")
    return made
