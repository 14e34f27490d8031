"""The wall clock of the child, for plugins; nothing else here reads a clock."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Give the wall clock in UTC."""
    return datetime.now(UTC)
