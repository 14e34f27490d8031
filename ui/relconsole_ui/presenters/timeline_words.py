"""The timeline in words: a sentence a bar, the table that says the same, and one for the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.wording import say_duration
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.timeline_rows import Bar, BarState, FlagKind, Span, TimelineRows

HEADINGS: Final = (
    "No.", "Step", "Stream", "Owner", "State", "Planned", "Actual", "Forecast", "Overrun",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinRow:
    """A bar as a row of the table; ``says`` is the same as a sentence."""

    step: StepId
    status: Status
    cells: tuple[str, ...]
    says: str
    is_late: bool


def twin_rows(rows: TimelineRows) -> tuple[TwinRow, ...]:
    """Give the table that says what the timeline shows, lane by lane."""
    return tuple(
        TwinRow(
            step=bar.step,
            status=bar.status,
            cells=(
                bar.number,
                bar.title,
                bar.stream,
                bar.owner,
                _state(bar),
                _stretch(rows, bar.planned),
                _actual(rows, bar),
                _stretch(rows, bar.forecast),
                _over(bar),
            ),
            says=say_bar(rows, bar),
            is_late=bar.state is BarState.RUNNING and bar.overrun is not None,
        )
        for bar in rows.bars
    )


def say_bar(rows: TimelineRows, bar: Bar) -> str:
    """Give a bar as one sentence."""
    return "; ".join(_clauses(rows, bar)) + "."


def summary_of(rows: TimelineRows) -> str:
    """Give the whole timeline as a sentence or two."""
    bars = rows.bars
    done = sum(bar.state in {BarState.DONE, BarState.DROPPED} for bar in bars)
    running = sum(bar.state is BarState.RUNNING for bar in bars)
    late = sum(bar.state is BarState.RUNNING and bar.overrun is not None for bar in bars)
    flags = [flag.says for flag in rows.flags if flag.kind is not FlagKind.NOW]
    ends = [bar.forecast.end for bar in bars if bar.forecast is not None]
    said = [
        f"Now {rows.clock(rows.now)}",
        f"{done} of {len(bars)} steps over, {running} running, {late} late",
        *flags,
    ]
    if ends:
        said.append(f"forecast to end {rows.clock(max(ends))}")
    if rows.resumed:
        said.append(f"not running, {rows.resumed}: drawn as if resumed now")
    return "; ".join(said) + "."


def _clauses(rows: TimelineRows, bar: Bar) -> Iterator[str]:
    who = ", ".join(part for part in (bar.stream, bar.owner) if part)
    yield f"Step {bar.number}, {bar.title}, {who}: {_now(rows, bar)}"
    if bar.overrun is not None:
        yield f"{_over(bar)} over its time"
    if bar.forecast is not None:
        kind = "forecast, if resumed now," if rows.resumed else "forecast"
        yield f"{kind} {_stretch(rows, bar.forecast)}"
    if bar.planned is not None:
        yield f"planned {_stretch(rows, bar.planned)}"
    if bar.critical:
        yield "on the critical path"
    if bar.irreversible:
        yield "cannot be undone"


def _now(rows: TimelineRows, bar: Bar) -> str:
    """Give the state with the time it stands for."""
    if bar.actual is None:
        return _state(bar)
    if bar.state is BarState.RUNNING:
        return f"{bar.status} since {rows.clock_with_seconds(bar.actual.start)}"
    return f"{_state(bar)}, {_stretch(rows, bar.actual)}"


def _state(bar: Bar) -> str:
    late = bar.state is BarState.RUNNING and bar.overrun is not None
    return f"{bar.status}, late" if late else str(bar.status)


def _actual(rows: TimelineRows, bar: Bar) -> str:
    if bar.actual is not None and bar.state is BarState.RUNNING:
        return f"since {rows.clock(bar.actual.start)}"
    return _stretch(rows, bar.actual)


def _stretch(rows: TimelineRows, part: Span | None) -> str:
    return "" if part is None else f"{rows.clock(part.start)} to {rows.clock(part.end)}"


def _over(bar: Bar) -> str:
    return "" if bar.overrun is None else say_duration(timedelta(seconds=bar.overrun.length))
