"""Measured values as a person reads them: few digits, thousands apart, the unit beside them."""

from __future__ import annotations

from typing import Final

_JOIN: Final = "\u00a0"
"""A blank at which no line is broken."""


def figure(value: float, unit: str = "") -> str:
    """Give a value with three digits that count and its unit, never broken apart."""
    number = _number(value, is_count=not unit)
    return f"{number}{_JOIN}{unit}" if unit else number


def _number(value: float, *, is_count: bool) -> str:
    size = abs(value)
    if size >= 100 or (is_count and value == int(value)):  # noqa: PLR2004
        return f"{value:,.0f}"
    if size >= 10:  # noqa: PLR2004
        return f"{value:.1f}"
    if size >= 0.01 or not size:  # noqa: PLR2004
        return f"{value:.2f}"
    return f"{value:.2g}"
