"""The timeline with 100,000 bars: opening it, and frames of a month or of most of it in sight.

The peers show the same bars at the same size: a scene of items that Qt culls and paints, and the
table of the same rows. A frame follows a small move, as when a person drags or a list scrolls.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import cycle
from typing import Final, TypeVar

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication, QGraphicsScene, QGraphicsView, QTableView, QWidget

from benchmarks.frame import Row, medians
from relconsole.domain.kernel.ids import StepId
from relconsole_ui.design.look import Look
from relconsole_ui.design.status import Status
from relconsole_ui.models.timeline import TimelineModel
from relconsole_ui.presenters.timeline_rows import Bar, BarState, Lane, Span, TimelineRows
from relconsole_ui.presenters.timeline_words import twin_rows
from relconsole_ui.views.bridge.timeline import Timeline
from relconsole_ui.views.bridge.timeline_geometry import BAR, LANE_LEAST

BARS: Final = 100_000
DAY: Final = 86_400.0
YEAR: Final = 365 * DAY
MONTH: Final = 30 / 366
MOST: Final = 0.82
WIDTH, HEIGHT = 1_600, 900
EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
FRAME, OPEN, DENSE = 1.0, 0.02, 0.12
AnyView = TypeVar("AnyView", bound=QWidget)


def run() -> list[Row]:
    """Measure opening and frames, ours and the peers' in turn."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    look = Look()
    month, dense = make_rows(2_000, 4 * DAY), make_rows(24, 1_500.0)
    kept: list[QWidget] = []
    opened = medians(
        {
            "ours": lambda: fill_timeline(exposed(Timeline(look)), month, MONTH),
            "scene": lambda: fill_scene(exposed(QGraphicsView()), look, month, MONTH),
        },
        rounds=3,
    )
    timeline = fill_timeline(exposed(Timeline(look)), month, MONTH)
    scene = fill_scene(exposed(QGraphicsView()), look, month, MONTH)
    table = fill_table(exposed(QTableView()), month)
    frames = medians(
        {
            "ours": moving(timeline),
            "still": lambda: paint(timeline.viewport()),
            "scene": scrolling(scene),
            "table": scrolling(table),
        },
        rounds=60,
    )
    full = fill_timeline(exposed(Timeline(look)), dense, MOST)
    crowd = fill_scene(exposed(QGraphicsView()), look, dense, MOST)
    crowded = medians({"ours": moving(full), "scene": scrolling(crowd)}, rounds=20)
    kept += [timeline, scene, table, full, crowd]
    for widget in kept:
        widget.close()
        widget.deleteLater()
    application.processEvents()
    return [
        _row("open 100,000 bars, a month in view", opened["ours"], opened["scene"], OPEN),
        _row("a frame after a move, a month in view", frames["ours"], frames["scene"], most=FRAME),
        _row("the same, beside a table", frames["ours"], frames["table"], peer="QTableView"),
        _row("a frame in which nothing moved", frames["still"], frames["scene"], most=FRAME),
        _row("a frame, 82,000 bars in view", crowded["ours"], crowded["scene"], DENSE),
    ]


def make_rows(lanes: int, length: float) -> TimelineRows:
    """Give a year of bars, the first half of them done."""
    made = tuple(_lane(number, BARS // lanes, length) for number in range(lanes))
    span = Span(start=0.0, end=YEAR + DAY)
    return TimelineRows(
        origin=EPOCH,
        zone="Europe/Berlin",
        now=YEAR / 2,
        span=span,
        window=span,
        lanes=made,
        connectors=(),
        flags=(),
    )


def _lane(lane: int, count: int, length: float) -> Lane:
    bars = tuple(_bar(lane, number, YEAR * number / count, length) for number in range(count))
    return Lane(title=f"Lane {lane}", owner="Somebody", tracks=1, longest=length, bars=bars)


def _bar(lane: int, number: int, start: float, length: float) -> Bar:
    part, is_done = Span(start=start, end=start + length), start < YEAR / 2
    return Bar(
        step=StepId(f"{lane}-{number}"),
        number=str(number + 1),
        title="A step",
        lane=lane,
        track=0,
        stream=f"Lane {lane}",
        owner="Somebody",
        state=BarState.DONE if is_done else BarState.AHEAD,
        status=Status.DONE if is_done else Status.NOT_STARTED,
        critical=False,
        planned=part,
        actual=part if is_done else None,
        forecast=None if is_done else part,
    )


def fill_timeline(timeline: Timeline, rows: TimelineRows, share: float) -> Timeline:
    """Give ours with the rows, painted once, with a share of the year around now in sight."""
    timeline.show_rows(rows)
    timeline.zoom(share, rows.now)
    paint(timeline.viewport())
    return timeline


def fill_scene(view: QGraphicsView, look: Look, rows: TimelineRows, share: float) -> QGraphicsView:
    """Give the same bars as a scene, painted once; without numbers, which spares it work."""
    scene = QGraphicsScene(view)
    across = WIDTH / (rows.span.length * share)
    brushes = {BarState.DONE: look.colour("bar_done"), BarState.AHEAD: look.colour("bar")}
    pen = look.colour("bar_plan")
    for lane in rows.lanes:
        for bar in lane.bars:
            width = max((bar.end - bar.start) * across, 1.0)
            place = QRectF(bar.start * across, bar.lane * LANE_LEAST, width, BAR)
            scene.addRect(place, pen, brushes[bar.state])
    view.setScene(scene)
    view.centerOn(rows.now * across, 0.0)
    paint(view.viewport())
    return view


def fill_table(table: QTableView, rows: TimelineRows) -> QTableView:
    """Give the table of the same rows, painted once."""
    model = TimelineModel(table)
    model.show_rows(twin_rows(rows))
    table.setModel(model)
    paint(table.viewport())
    return table


def moving(timeline: Timeline) -> Callable[[], None]:
    """Give a frame after a move of three pixels, back and forth."""
    shares = cycle((0.002,) * 20 + (-0.002,) * 20)

    def frame() -> None:
        timeline.move_by(next(shares))
        paint(timeline.viewport())

    return frame


def scrolling(view: QGraphicsView | QTableView) -> Callable[[], None]:
    """Give a frame after a scroll of three pixels or a row, back and forth."""
    is_table = isinstance(view, QTableView)
    bar = view.verticalScrollBar() if is_table else view.horizontalScrollBar()
    steps: Iterator[int] = cycle((1 if is_table else 3,) * 20 + (-1 if is_table else -3,) * 20)

    def frame() -> None:
        bar.setValue(bar.value() + next(steps))
        paint(view.viewport())

    return frame


def paint(widget: QWidget) -> None:
    """Paint all of a widget now."""
    widget.repaint()


def exposed(widget: AnyView) -> AnyView:
    """Give a view that stands on the screen; what that takes belongs to the window system."""
    widget.resize(WIDTH, HEIGHT)
    widget.show()
    QApplication.processEvents()
    return widget


def _row(
    job: str,
    ours: float,
    theirs: float,
    share: float | None = None,
    *,
    most: float | None = None,
    peer: str = "QGraphicsView",
) -> Row:
    """Give a row whose limit is a share of the peer's time, or so many milliseconds."""
    limit, met = "", None
    if share is not None:
        limit, met = f"at most {share:g}x", ours <= share * theirs
    if most is not None:
        limit, met = f"at most {most:g} ms", ours * 1_000 <= most
    return Row(
        job=job,
        measured=ours * 1_000,
        unit="ms",
        peer=peer,
        peer_measured=theirs * 1_000,
        limit=limit,
        met=met,
    )
