"""A night as a timeline: what was planned, what happened, and how it goes on from now.

Everything is reckoned from the run and the instant at hand, so that no forecast lies in the past
however old the last simulation is; only the latest safe start is taken from there.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from immutables import Map

from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.readiness_of_steps import progress_through
from relconsole.domain.night.state import RunState, StepRun
from relconsole.domain.night.wording import one_line
from relconsole.domain.plan.graph import StepGraph, read_graph
from relconsole.domain.plan.progress import Dropped, Finished, Progress, Running, StepProgress
from relconsole.domain.plan.runbook import Step, StepKind, UndoKind
from relconsole.domain.plan.schedule import Schedule, Timing, plan_schedule
from relconsole.domain.readiness.poll import StationAnswer
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.timeline_flags import flags_of
from relconsole_ui.presenters.timeline_rows import (
    Bar,
    BarState,
    Connector,
    Lane,
    Span,
    TimelineRows,
)
from relconsole_ui.presenters.timeline_words import summary_of

_SECOND: Final = timedelta(seconds=1)
_BEFORE, _BEHIND = 0.016, 0.045
"""Shares of the whole that are shown before the first bar and after the last."""

STATUSES: Final[Mapping[StepState, Status]] = {
    StepState.NOT_STARTED: Status.NOT_STARTED,
    StepState.READY: Status.NOT_STARTED,
    StepState.RUNNING: Status.RUNNING,
    StepState.WAITING: Status.WAITING,
    StepState.DONE: Status.DONE,
    StepState.DONE_WITH_REMARK: Status.DONE,
    StepState.FAILED: Status.FAILED,
    StepState.SKIPPED: Status.SKIPPED,
    StepState.NOT_NEEDED: Status.SKIPPED,
}


def present_timeline(seen: Seen) -> TimelineRows:
    """Give the timeline of the run on the bridge, or of the plan where none was opened."""
    run, release = seen.run, seen.release
    origin = _origin(seen)
    ways = [_forward_way(seen, origin)]
    if run is not None and run.rollback is not None and run.rollback.fired_at is not None:
        ways.append(_way_back(seen, run, run.rollback.armed.steps, run.rollback.fired_at))
    bars = [bar for way in ways for bar in _bars(seen, way, origin)]
    now = _after(origin, seen.now)
    flags = flags_of(seen, origin, bars)
    ends = [
        *(part.start for bar in bars for part in bar.parts),
        *(part.end for bar in bars for part in bar.parts),
        *(flag.at for flag in flags),
    ]
    lanes = tuple(_lanes(bars))
    placed = {bar.step: bar for lane in lanes for bar in lane.bars}
    bare = TimelineRows(
        origin=origin,
        zone=seen.zone,
        now=now,
        span=_span_of(ends),
        window=Span(
            start=_after(origin, release.window.start), end=_after(origin, release.window.end)
        ),
        lanes=lanes,
        connectors=tuple(
            Connector(before=placed[before], after=placed[after])
            for way in ways
            for before, after in _connected(way)
        ),
        flags=flags,
        running=tuple(bar for bar in placed.values() if bar.state is BarState.RUNNING),
        resumed="" if run is None or run.is_over else _why_it_stands(run),
    )
    return replace(bare, says=summary_of(bare))


def _span_of(ends: Sequence[float]) -> Span:
    """Give what shows all of it with some air; in whole minutes, so that it seldom moves."""
    first, last = min(ends), max(ends)
    length = last - first
    return Span(
        start=(first - _BEFORE * length) // 60 * 60 - 60,
        end=(last + _BEHIND * length) // 60 * 60 + 60,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """Steps that are worked through in one direction, planned and from here on.

    ``goes_on`` tells whether what has not begun is still to come.
    """

    steps: tuple[Step, ...]
    states: Mapping[StepId, StepRun]
    progress: Progress
    planned: Schedule
    present: Schedule
    graph: StepGraph
    goes_on: bool
    is_back: bool = False

    def is_critical(self, step: StepId) -> bool:
        """Tell whether it is on the critical path, or was on the planned one when it ended."""
        if isinstance(self.progress.steps.get(step), Finished) or not self.goes_on:
            return self.planned.steps[step].critical
        return self.present.steps[step].critical


def _origin(seen: Seen) -> datetime:
    """Give the instant from which the plan is reckoned; a rehearsal begins when it is opened."""
    run = seen.run
    return run.opened_at if run is not None and run.rehearsal else seen.release.window.start


def _forward_way(seen: Seen, origin: datetime) -> _Way:
    """Give the way forward; a rehearsal waits for no clock."""
    run = seen.run
    states: Mapping[StepId, StepRun] = Map() if run is None else run.steps
    if run is None:
        steps = seen.release.runbook.steps
        progress = Progress(now=max(seen.now, origin))
    else:
        steps = run.runbook.steps
        if run.rehearsal:
            steps = tuple(replace(step, not_before=None) for step in steps)
        progress = progress_through(run, steps, seen.now)
    fired = run is not None and run.rollback is not None and run.rollback.fired_at is not None
    return _way(
        steps, states, progress, origin, goes_on=not fired and (run is None or not run.is_over)
    )


def _way_back(seen: Seen, run: RunState, steps: tuple[Step, ...], fired: datetime) -> _Way:
    """Give the steps of the fired rollback."""
    way = _way(
        steps, run.steps, progress_through(run, steps, seen.now), fired, goes_on=not run.is_over
    )
    return replace(way, is_back=True)


def _way(
    steps: tuple[Step, ...],
    states: Mapping[StepId, StepRun],
    progress: Progress,
    origin: datetime,
    *,
    goes_on: bool,
) -> _Way:
    graph = read_graph(steps)
    return _Way(
        steps=steps,
        states=states,
        progress=progress,
        planned=plan_schedule(steps, origin, graph=graph),
        present=plan_schedule(steps, origin, progress, graph),
        graph=graph,
        goes_on=goes_on,
    )


def _bars(seen: Seen, way: _Way, origin: datetime) -> Iterator[Bar]:
    """Give a bar for each step, without its place among the lanes yet."""
    for number, step in enumerate(way.steps, 1):
        found = way.states.get(step.id, StepRun(step=step.id))
        state = way.progress.steps.get(step.id)
        stream = one_line(step.stream) or ("Rollback" if way.is_back else "Plan")
        yield Bar(
            step=step.id,
            number=f"R{number}" if way.is_back else f"{number}",
            title=one_line(step.title),
            lane=0,
            track=0,
            stream=f"Rollback: {stream}" if way.is_back and step.stream.strip() else stream,
            owner="" if step.owner is None else one_line(seen.name(PersonId(step.owner))),
            state=_bar_state(found.state, state),
            status=STATUSES[found.state],
            critical=way.is_critical(step.id),
            irreversible=step.way_back is UndoKind.IRREVERSIBLE,
            planned=_span(way.planned, way.planned.steps[step.id], origin),
            actual=_actual(state, seen.now, origin),
            overrun=_overrun(state, step, seen.now, origin),
            forecast=_forecast(way, step, state, seen.now, origin),
        )


def _bar_state(state: StepState, progress: StepProgress | None) -> BarState:
    """Give what a step is painted as; one that is to be done again has begun already."""
    if state is StepState.FAILED:
        return BarState.FAILED
    if state in {StepState.SKIPPED, StepState.NOT_NEEDED}:
        return BarState.DROPPED
    match progress:
        case Running():
            return BarState.RUNNING
        case Finished():
            return BarState.DONE
        case _:
            return BarState.AHEAD


def _actual(state: StepProgress | None, now: datetime, origin: datetime) -> Span | None:
    """Give what has happened of a step so far."""
    match state:
        case Running(started=started):
            return _between(origin, started, max(started, now))
        case Finished(started=started, finished=finished):
            return _between(origin, started, finished)
        case _:
            return None


def _overrun(
    state: StepProgress | None, step: Step, now: datetime, origin: datetime
) -> Span | None:
    """Give the part of a step beyond its own duration."""
    match state:
        case Running(started=started):
            ended = now
        case Finished(started=started, finished=ended):
            pass
        case _:
            return None
    due = started + timedelta(seconds=step.duration.expected_seconds)
    return _between(origin, due, ended) if ended - due >= _SECOND else None


def _forecast(
    way: _Way, step: Step, state: StepProgress | None, now: datetime, origin: datetime
) -> Span | None:
    """Give what is still to come of a step."""
    if not way.goes_on or isinstance(state, Finished | Dropped):
        return None
    timing = way.present.steps[step.id]
    start, finish = way.present.instant_of(timing.start), way.present.instant_of(timing.finish)
    if isinstance(state, Running):
        # One that is over its time ends now as far as anybody can tell: nothing is left to hatch.
        return _between(origin, now, finish) if finish - now >= _SECOND else None
    return _between(origin, start, finish)


def _span(schedule: Schedule, timing: Timing, origin: datetime) -> Span:
    return _between(origin, schedule.instant_of(timing.start), schedule.instant_of(timing.finish))


def _between(origin: datetime, start: datetime, end: datetime) -> Span:
    return Span(start=_after(origin, start), end=_after(origin, end))


def _after(origin: datetime, moment: datetime) -> float:
    return (moment - origin).total_seconds()


def _lanes(bars: Sequence[Bar]) -> Iterator[Lane]:
    """Give a lane for each stream, in the order of the plan, those of the way back last."""
    streams: dict[str, list[Bar]] = {}
    for bar in bars:
        streams.setdefault(bar.stream, []).append(bar)
    for lane, (stream, within) in enumerate(streams.items()):
        tracks, placed = _on_tracks(within, lane)
        yield Lane(
            title=stream,
            owner=_owner_of(within),
            tracks=tracks,
            longest=max(bar.end - bar.start for bar in placed),
            bars=tuple(sorted(placed, key=lambda bar: (bar.start, bar.end))),
            is_rollback=within[0].number.startswith("R"),
        )


def _on_tracks(bars: Iterable[Bar], lane: int) -> tuple[int, list[Bar]]:
    """Give the bars of a lane on as few tracks as keep them apart, and how many those are.

    In the order of the plan, so that a bar changes its track only where a real overlap comes up.
    """
    tracks: list[_Track] = []
    placed: list[Bar] = []
    for bar in bars:
        track = next((at for at, free in enumerate(tracks) if free.fits(bar)), len(tracks))
        if track == len(tracks):
            tracks.append(_Track())
        tracks[track].take(bar)
        placed.append(replace(bar, lane=lane, track=track))
    return len(tracks), placed


@dataclass(frozen=True, slots=True)
class _Track:
    """The stretches taken on a track, in order; plans and bodies lie at different heights."""

    planned: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    bodies: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])

    def fits(self, bar: Bar) -> bool:
        """Tell whether a bar covers nothing that is here."""
        return _is_free(self.planned, bar.planned) and _is_free(self.bodies, bar.body)

    def take(self, bar: Bar) -> None:
        """Keep the place of a bar."""
        for taken, part in ((self.planned, bar.planned), (self.bodies, bar.body)):
            if part is not None:
                insort(taken, (part.start, part.end))


def _is_free(taken: list[tuple[float, float]], part: Span | None) -> bool:
    """Tell whether a stretch meets none of those taken, which meet none of one another."""
    if part is None:
        return True
    at = bisect_left(taken, (part.start, part.end))
    return (at == 0 or taken[at - 1][1] <= part.start) and (
        at == len(taken) or part.end <= taken[at][0]
    )


def _owner_of(bars: Iterable[Bar]) -> str:
    """Give who works in a lane: the first one, and how many more."""
    owners = list(dict.fromkeys(bar.owner for bar in bars if bar.owner))
    if not owners:
        return ""
    return owners[0] if len(owners) == 1 else f"{owners[0]} +{len(owners) - 1}"


def _connected(way: _Way) -> Iterator[tuple[StepId, StepId]]:
    """Give the steps of the critical path that hand over to one another.

    Of what a critical step waits for, the one that ends last keeps it.
    """
    shown = way.present if way.goes_on else way.planned
    for step in way.graph.ordered:
        if not step.after or not way.is_critical(step.id):
            continue
        latest = max(step.after, key=lambda before: shown.steps[before].finish)
        if way.is_critical(latest):
            yield latest, step.id


def _why_it_stands(run: RunState) -> str:
    """Give why nothing forward starts now, empty while the night goes on."""
    if run.stop is not None:
        return "the line is stopped"
    if run.triggers:
        return "a rollback trigger stands"
    if any(_is_refused(run, step) for step in run.runbook.steps if step.kind is StepKind.GATE):
        return "a NO-GO stands"
    if run.holds:
        return "a hold stands"
    return ""


def _is_refused(run: RunState, gate: Step) -> bool:
    """Tell whether a gate that is not settled has a NO-GO or a HOLD, decided or answered."""
    decided = run.gates.get(gate.id)
    if decided is not None:
        return decided.decision is not StationAnswer.GO
    return any(vote.vote is not StationAnswer.GO for vote in run.votes.get(gate.id, ()))
