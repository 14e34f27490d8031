"""Counting and timing inside a service, and the text format in which it is exposed.

Format: the Prometheus text exposition format 0.0.4. What is counted is the services' affair.
"""

import math
import threading
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

Labels = tuple[tuple[str, str], ...]
"""Label pairs in the order of their names; they tell one series of a metric from another."""

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Upper bounds of the latency histograms, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One value of one series."""

    name: str
    labels: Labels
    value: float


def labels_of(pairs: Mapping[str, str]) -> Labels:
    """The pairs in the order that makes two equal label sets equal."""
    return tuple(sorted(pairs.items()))


def format_number(value: float) -> str:
    """A number in the fewest digits that mean it, without an exponent; answers carry it so too."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if value == int(value) and abs(value) < 1 << 53:
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def expose(samples: list[Sample]) -> str:
    """The samples as exposition text, in the order given."""
    lines: list[str] = []
    for sample in samples:
        inside = ",".join(f'{name}="{_escape(value)}"' for name, value in sample.labels)
        lines.append(f"{sample.name}{{{inside}}} {format_number(sample.value)}")
    return "\n".join(lines) + "\n"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class RequestMeter:
    """Requests, errors and latency of one process, under one set of labels."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._guard = threading.Lock()
        self._requests = 0
        self._errors = 0
        self._seconds = 0.0
        self._buckets = [0] * (len(BUCKETS) + 1)

    def count(self, seconds: float, *, is_error: bool) -> None:
        """Takes in one finished request."""
        with self._guard:
            self._requests += 1
            self._errors += is_error
            self._seconds += seconds
            self._buckets[bisect_left(BUCKETS, seconds)] += 1

    def samples(self) -> list[Sample]:
        """What has been counted since the process started."""
        with self._guard:
            requests, errors, seconds = self._requests, self._errors, self._seconds
            buckets = list(self._buckets)
        found = [
            Sample(name="requests_total", labels=self._labels, value=requests),
            Sample(name="errors_total", labels=self._labels, value=errors),
            Sample(name="request_seconds_sum", labels=self._labels, value=seconds),
            Sample(name="request_seconds_count", labels=self._labels, value=requests),
        ]
        below = 0
        for bound, number in zip((*BUCKETS, math.inf), buckets, strict=True):
            below += number
            labels = labels_of({**dict(self._labels), "le": format_number(bound)})
            found.append(Sample(name="request_seconds_bucket", labels=labels, value=below))
        return found
