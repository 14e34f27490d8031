"""The analysis of repeated measurements: when is it enough to say yes, no, or ask a person.

The order of assessment and the counting are those of Argo Rollouts (``analysis.go``), every limit
strictly greater than. One thing differs: a run that was told to stop before it knew is *stopped
early*, where Argo calls it successful.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Outcome(StrEnum):
    """What one measurement says; ``error`` is the provider's failure, not the value's."""

    SUCCESSFUL = "successful"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


class Phase(StrEnum):
    """What all measurements of a metric, or all metrics of a run, say together."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCESSFUL = "successful"
    STOPPED_EARLY = "stopped_early"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Tell whether no further measurement changes it."""
        return self not in {Phase.PENDING, Phase.RUNNING}

    @property
    def calls_for_rollback(self) -> bool:
        """Tell whether the release is bad; a failing provider alone never says so."""
        return self is Phase.FAILED

    @property
    def calls_for_hold(self) -> bool:
        """Tell whether a person must look before anything goes on."""
        return self in {Phase.INCONCLUSIVE, Phase.ERROR, Phase.STOPPED_EARLY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """How often one value is measured and how much it may fail.

    ``count`` None with an interval runs until it is stopped, without one it is measured once.
    A limit is the largest number that is still allowed; ``failure_limit`` -1 switches failing off;
    ``consecutive_success_limit`` 0 asks for no run of successes. A dry run is left out of verdicts.
    """

    name: str
    interval: timedelta | None = None
    initial_delay: timedelta = timedelta(0)
    count: int | None = None
    failure_limit: int = 0
    inconclusive_limit: int = 0
    consecutive_error_limit: int = 4
    consecutive_success_limit: int = 0
    dry_run: bool = False

    @property
    def effective_count(self) -> int | None:
        """Give how many measurements without error are taken, None for without end."""
        return 1 if self.count is None and self.interval is None else self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement(Generic[Value]):
    """One measurement; ``outcome`` None while it is in flight."""

    started: datetime
    outcome: Outcome | None = None
    value: Value | None = None
    finished: datetime | None = None
    message: str = ""


@dataclass(slots=True)
class _Tally:
    """Counts of a prefix of the measurements; ``measured`` leaves errors out."""

    failed: int = 0
    inconclusive: int = 0
    measured: int = 0
    consecutive_error: int = 0
    consecutive_success: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one more finished measurement."""
        self.failed += outcome is Outcome.FAILED
        self.inconclusive += outcome is Outcome.INCONCLUSIVE
        self.measured += outcome is not Outcome.ERROR
        self.consecutive_error = self.consecutive_error + 1 if outcome is Outcome.ERROR else 0
        self.consecutive_success = (
            self.consecutive_success + 1 if outcome is Outcome.SUCCESSFUL else 0
        )


def judge_value(
    value: Value,
    *,
    success: Callable[[Value], bool] | None = None,
    failure: Callable[[Value], bool] | None = None,
) -> Outcome:
    """Give what a value says under the conditions that exist; failure is asked first.

    Neither condition met is inconclusive; with one condition only, not meeting it is the opposite;
    without any, a value is a success.
    """
    if failure is not None and failure(value):
        return Outcome.FAILED
    if success is None or success(value):
        return Outcome.SUCCESSFUL
    return Outcome.FAILED if failure is None else Outcome.INCONCLUSIVE


def assess_metric(
    metric: Metric, measurements: Sequence[Measurement[Value]], *, terminating: bool = False
) -> Phase:
    """Give the phase of a metric; once it is final, later measurements change nothing.

    Source: Argo Rollouts ``analysis.go``; no measurement, one in flight, then failed, inconclusive
    and error limits, each overriding the one before, the run of successes, the count, the end.
    """
    tally = _Tally()
    for measurement in measurements:
        if measurement.outcome is None:
            return Phase.RUNNING
        tally.add(measurement.outcome)
        phase = _judge_limits(metric, tally) or _judge_count(metric, tally)
        if phase is not None:
            return phase
    if terminating:
        return Phase.STOPPED_EARLY
    return Phase.RUNNING if measurements else Phase.PENDING


def _judge_limits(metric: Metric, tally: _Tally) -> Phase | None:
    """Give the phase that a passed limit gives; the later overrides the earlier."""
    if tally.consecutive_error > metric.consecutive_error_limit:
        return Phase.ERROR
    if tally.inconclusive > metric.inconclusive_limit:
        return Phase.INCONCLUSIVE
    if tally.failed > metric.failure_limit >= 0:
        return Phase.FAILED
    return None


def _judge_count(metric: Metric, tally: _Tally) -> Phase | None:
    """Give the phase that enough measurements give."""
    asks_for_run = metric.consecutive_success_limit > 0
    if asks_for_run and tally.consecutive_success >= metric.consecutive_success_limit:
        return Phase.SUCCESSFUL
    if metric.effective_count is None or tally.measured < metric.effective_count:
        return None
    if not asks_for_run:
        return Phase.SUCCESSFUL
    return Phase.INCONCLUSIVE if metric.failure_limit >= 0 else Phase.FAILED


_WORST_LAST = (
    Phase.SUCCESSFUL,
    Phase.STOPPED_EARLY,
    Phase.INCONCLUSIVE,
    Phase.ERROR,
    Phase.FAILED,
)


def assess_run(phases: Iterable[tuple[Metric, Phase]]) -> Phase:
    """Give the phase of a run: the worst of its metrics, dry runs left out.

    A metric that failed, erred or was inconclusive ends the run whatever the others still do.
    Without any metric that counts there is nothing to go by, and the run is pending.
    """
    counted = [phase for metric, phase in phases if not metric.dry_run]
    ended = [phase for phase in counted if phase.is_final]
    worst = max(ended, key=_WORST_LAST.index, default=Phase.PENDING)
    if worst in {Phase.INCONCLUSIVE, Phase.ERROR, Phase.FAILED}:
        return worst
    if len(ended) == len(counted):
        return worst
    return Phase.RUNNING if ended or Phase.RUNNING in counted else Phase.PENDING


def find_next_measurement(
    metric: Metric,
    measurements: Sequence[Measurement[Value]],
    started: datetime,
    *,
    terminating: bool = False,
) -> datetime | None:
    """Give when the next measurement is due, None where none is.

    The first comes after the initial delay; each further one an interval after the last ended, ten
    seconds where no interval is set, which is also the wait after an error.
    """
    if assess_metric(metric, measurements, terminating=terminating).is_final:
        return None
    if not measurements:
        return started + metric.initial_delay
    last = measurements[-1]
    if last.outcome is None:
        return None
    wait = metric.interval or _WAIT_WITHOUT_INTERVAL
    return (last.finished or last.started) + wait


_WAIT_WITHOUT_INTERVAL = timedelta(seconds=10)
