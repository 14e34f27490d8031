"""Plans for the tests of the schedule: written in minutes, and drawn at random."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.graph import order_steps
from relconsole.domain.plan.progress import Dropped, Finished, Progress, Running, StepProgress
from relconsole.domain.plan.runbook import Step, Undo, UndoKind

START = datetime(2026, 4, 21, 1, tzinfo=UTC)
WINDOW = Interval(start=START, end=START + timedelta(hours=4))

Minutes = float | tuple[float, float, float]


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def at(count: float) -> datetime:
    """Give the instant so many minutes after the window's start."""
    return START + minutes(count)


def lasting(value: Minutes) -> ThreePoint:
    if isinstance(value, tuple):
        best, likely, worst = value
        return ThreePoint(best=minutes(best), likely=minutes(likely), worst=minutes(worst))
    return plain(minutes(value))


def undo(value: Minutes) -> Undo:
    return Undo(kind=UndoKind.INVERSE, duration=lasting(value))


NO_UNDO = Undo(kind=UndoKind.NONE)
IRREVERSIBLE = Undo(kind=UndoKind.IRREVERSIBLE)


def step(
    name: str,
    duration: Minutes,
    *after: str,
    back: Undo = NO_UNDO,
    not_before: datetime | None = None,
) -> Step:
    return Step(
        id=StepId(name),
        title=name,
        duration=lasting(duration),
        after=tuple(StepId(one) for one in after),
        undo=back,
        not_before=not_before,
    )


def ids(names: Iterable[str]) -> frozenset[StepId]:
    return frozenset(StepId(name) for name in names)


@st.composite
def durations(draw: st.DrawFn) -> ThreePoint:
    """Give a duration of whole seconds, often without a range, sometimes none at all."""
    best, likely, worst = sorted(draw(st.tuples(*[st.integers(0, 3_000)] * 3)))
    if draw(st.booleans()):
        return plain(timedelta(seconds=best if draw(st.booleans()) else 0))
    return ThreePoint(
        best=timedelta(seconds=best),
        likely=timedelta(seconds=likely),
        worst=timedelta(seconds=worst),
    )


@st.composite
def undos(draw: st.DrawFn, kinds: tuple[UndoKind, ...] = tuple(UndoKind)) -> Undo:
    kind = draw(st.sampled_from(kinds))
    timed = kind in {UndoKind.INVERSE, UndoKind.COMPENSATION}
    return Undo(kind=kind, duration=draw(durations()) if timed else None)


@st.composite
def plans(
    draw: st.DrawFn, kinds: tuple[UndoKind, ...] = tuple(UndoKind), size: int = 8
) -> tuple[Step, ...]:
    """Give a plan without cycles whose list order is not the order of its graph."""
    count = draw(st.integers(0, size))
    names = [f"s{number}" for number in range(count)]
    steps: list[Step] = []
    for number, name in enumerate(names):
        after = draw(st.sets(st.sampled_from(names[:number]), max_size=3)) if number else set[str]()
        fixed = draw(st.none() | st.integers(0, 9_000))
        steps.append(
            Step(
                id=StepId(name),
                title=name.upper(),
                duration=draw(durations()),
                after=tuple(StepId(one) for one in sorted(after)),
                undo=draw(undos(kinds)),
                not_before=None if fixed is None else START + timedelta(seconds=fixed),
            )
        )
    return tuple(draw(st.permutations(steps)))


@st.composite
def nights(draw: st.DrawFn, steps: tuple[Step, ...]) -> Progress:
    """Give any progress of a plan; in some, a step began before what it waits for ended."""
    now = draw(st.integers(-600, 12_000))
    strict = draw(st.booleans())
    states: dict[StepId, StepProgress] = {}
    for one in order_steps(steps):
        over = all(isinstance(states.get(before), Finished | Dropped) for before in one.after)
        kind = draw(st.sampled_from(["open", "running", "finished", "dropped"]))
        if kind == "dropped":
            states[one.id] = Dropped()
        elif kind != "open" and (over or not strict):
            started = now - draw(st.integers(0, 5_000))
            finished = draw(st.integers(started, now))
            states[one.id] = (
                Running(started=START + timedelta(seconds=started))
                if kind == "running"
                else Finished(
                    started=START + timedelta(seconds=started),
                    finished=START + timedelta(seconds=finished),
                )
            )
    return Progress(now=START + timedelta(seconds=now), steps=states)
