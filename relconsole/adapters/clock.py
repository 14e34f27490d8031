"""The system's clocks, and ids and secrets from the system's randomness."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from datetime import UTC, datetime
from typing import Final

_RANDOM_BITS: Final = 74
"""Of the 128 bits, 48 are milliseconds, 6 mark the form (RFC 9562 §5.7), the rest is chance."""

_FRACTION_BITS: Final = 53
"""As many as a float between 0 and 1 holds."""


class SystemClock:
    """Wall time and monotonic time of this machine."""

    def now(self) -> datetime:
        """Give the wall clock in UTC."""
        return datetime.now(UTC)

    def tick(self) -> float:
        """Give seconds of a clock that never jumps; only differences mean anything."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait so long by the monotonic clock."""
        await asyncio.sleep(seconds)


class SystemIds:
    """Ids that sort by the time they were made, also where the wall clock was set back."""

    def __init__(self) -> None:
        """Begin with the first id still to come."""
        self._lock: Final = threading.Lock()
        self._last: int = 0

    def fresh(self) -> str:
        """Give 32 lower-case hexadecimal digits, above every one given before."""
        with self._lock:
            milliseconds = time.time_ns() // 1_000_000
            drawn = milliseconds << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
            # Within a millisecond, or behind a clock set back, the next number is taken.
            self._last = max(drawn, self._last + 1)
            return _marked(self._last)

    def secret_bytes(self, count: int) -> bytes:
        """Give unpredictable bytes, for keys."""
        return secrets.token_bytes(count)


def draw() -> float:
    """Give a number from 0 up to, not including, 1 that nobody foresees."""
    return secrets.randbits(_FRACTION_BITS) / (1 << _FRACTION_BITS)


def _marked(number: int) -> str:
    """Give the 122 bits as UUID version 7: marks in their places, order kept."""
    high, middle, low = number >> 74, (number >> 62) & 0xFFF, number & ((1 << 62) - 1)
    return f"{high:012x}{0x7000 | middle:04x}{1 << 63 | low:016x}"
