"""Some minutes of measured values in memory, by series, and what is derived from them.

Times are Unix seconds, as scrapes and queries give them. No network and no clock in here.
"""

import math
import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from relconsole_estate.metrics import Labels, Sample

Point = tuple[float, float]
"""When, and how much."""

GONE = math.nan
"""The value that ends a series: its target stopped exposing it."""


class SeriesStore:
    """Every series of the last minutes; may be written and read from several threads."""

    def __init__(self, *, keep: float, lookback: float) -> None:
        self._keep = keep
        self._lookback = lookback
        self._guard = threading.Lock()
        self._series: dict[str, dict[Labels, deque[Point]]] = {}

    def add(self, at: float, samples: Iterable[Sample]) -> None:
        """Keeps the samples, all as of `at`, and forgets what is too old."""
        with self._guard:
            for sample in samples:
                points = self._series.setdefault(sample.name, {}).setdefault(sample.labels, deque())
                points.append((at, sample.value))
                while points[0][0] < at - self._keep:
                    points.popleft()

    def forget(self, at: float) -> None:
        """Drops the series that got nothing for as long as anything is kept."""
        with self._guard:
            for name, by_labels in list(self._series.items()):
                for labels, points in list(by_labels.items()):
                    if points[-1][0] < at - self._keep:
                        del by_labels[labels]
                if not by_labels:
                    del self._series[name]

    def at(
        self, name: str, wanted: Mapping[str, str], times: Sequence[float]
    ) -> dict[Labels, list[Point]]:
        """For each matching series its value at each time, where it had one.

        That is the newest value not after the time and not older than the lookback. A wanted
        empty value asks for series without that label.
        """
        with self._guard:
            kept = {
                labels: list(points)
                for labels, points in self._series.get(name, {}).items()
                if all(dict(labels).get(label, "") == value for label, value in wanted.items())
            }
        found: dict[Labels, list[Point]] = {}
        for labels, points in kept.items():
            stamps = [stamp for stamp, _ in points]
            values: list[Point] = []
            for time in times:
                place = bisect_right(stamps, time) - 1
                if place < 0 or stamps[place] <= time - self._lookback:
                    continue
                if not math.isnan(points[place][1]):
                    values.append((time, points[place][1]))
            if values:
                found[labels] = values
        return found

    def increase(
        self, name: str, wanted: Mapping[str, str], *, start: float, end: float
    ) -> dict[Labels, float]:
        """By how much each matching counter grew between the two times.

        A counter that fell began anew with its process, so what it shows then is growth.
        """
        with self._guard:
            kept = {
                labels: [(stamp, value) for stamp, value in points if start <= stamp <= end]
                for labels, points in self._series.get(name, {}).items()
                if all(dict(labels).get(label, "") == value for label, value in wanted.items())
            }
        grown: dict[Labels, float] = {}
        for labels, points in kept.items():
            values = [value for _, value in points if not math.isnan(value)]
            if len(values) > 1:
                grown[labels] = sum(
                    after - before if after >= before else after
                    for before, after in pairwise(values)
                )
        return grown


def quantile_of(buckets: Mapping[float, float], share: float) -> float | None:
    """The value below which that share of a histogram lies; `None` of an empty one.

    `buckets` holds, by upper bound, the number at or below it, the highest bound being infinite.
    Interpolates in a straight line inside a bucket, as Prometheus' `histogram_quantile` does;
    in the open last bucket it gives the highest finite bound.
    """
    bounds = sorted(buckets)
    total = buckets[bounds[-1]] if bounds else 0
    if total <= 0:
        return None
    rank = share * total
    lower, below = 0.0, 0.0
    for bound in bounds:
        if buckets[bound] >= rank:
            if math.isinf(bound):
                return lower
            return lower + (bound - lower) * (rank - below) / (buckets[bound] - below)
        lower, below = bound, buckets[bound]
    return lower


def derive(store: SeriesStore, at: float, *, span: float) -> list[Sample]:
    """The gauges that the collector computes from the last `span` seconds.

    `checkout_*` is the shop's view and `payments_*` the whole fleet's. Without traffic there is
    neither a latency nor a ratio, and none is made up.
    """
    found: list[Sample] = []
    for prefix, service in (("checkout", "web-shop"), ("payments", "payments-api")):
        wanted = {"service": service}
        buckets: dict[float, float] = {}
        grown = store.increase("request_seconds_bucket", wanted, start=at - span, end=at)
        for labels, increase in grown.items():
            bound = float(dict(labels)["le"])
            buckets[bound] = buckets.get(bound, 0.0) + increase
        p95 = quantile_of(buckets, 0.95)
        if p95 is not None:
            found.append(Sample(name=f"{prefix}_p95_seconds", labels=(), value=p95))
        asked = store.increase("requests_total", wanted, start=at - span, end=at)
        failed = store.increase("errors_total", wanted, start=at - span, end=at)
        if sum(asked.values()) > 0:
            ratio = sum(failed.values()) / sum(asked.values())
            found.append(Sample(name=f"{prefix}_error_ratio", labels=(), value=ratio))
    return found
