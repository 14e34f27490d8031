"""The row of flags above the axis: each at its line, none over another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from relconsole_ui.design.paint import MIDDLE, paint_bar, paint_text, text_width
from relconsole_ui.design.tokens import RADIUS_CHIP, TextRole
from relconsole_ui.presenters.timeline_rows import Flag, FlagKind, Severity
from relconsole_ui.views.bridge.timeline_geometry import FLAGS, TimelineGeometry

_SPACE: Final = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFlag:
    """A flag and its box."""

    flag: Flag
    rect: QRectF


def place_flags(place: TimelineGeometry) -> tuple[PlacedFlag, ...]:
    """Give the box of each flag: before its line, the last one after it, pushed apart to fit.

    A flag whose line is not shown stands at the edge at which the line would come into sight.
    """
    look, axis = place.look, place.axis
    flags = sorted(place.rows.flags, key=lambda flag: flag.at)
    widths = [text_width(look, flag.says, TextRole.NOTE_STRONG) + look.px(14) for flag in flags]
    space = _SPACE * look.scale
    lefts: list[float] = []
    for at, (flag, width) in enumerate(zip(flags, widths, strict=True)):
        x = min(max(place.scale.x(flag.at), axis.left()), axis.right())
        is_last = at == len(flags) - 1 and at > 0
        left = x if is_last else x - width
        least = lefts[-1] + widths[at - 1] + space if lefts else axis.left()
        lefts.append(max(left, least))
    # What was pushed over the right edge pushes back.
    most = axis.right()
    for at in range(len(flags) - 1, -1, -1):
        lefts[at] = min(lefts[at], most - widths[at])
        most = lefts[at] - space
    height = look.px(FLAGS - 4)
    return tuple(
        PlacedFlag(flag=flag, rect=QRectF(left, 0, width, height))
        for flag, left, width in zip(flags, lefts, widths, strict=True)
    )


def paint_flags(painter: QPainter, place: TimelineGeometry) -> None:
    """Paint the flags: now in blue, the latest safe start outlined, the no return plain."""
    for placed in place_flags(place):
        fill, outline, ink = _colours(placed.flag)
        paint_bar(painter, place.look, placed.rect, fill, outline, radius=RADIUS_CHIP, width=1.5)
        paint_text(
            painter, place.look, placed.rect, placed.flag.says, TextRole.NOTE_STRONG, ink, MIDDLE
        )


def _colours(flag: Flag) -> tuple[str, str, str]:
    """Give fill, outline and ink: amber only for what is near, grey for what has passed."""
    if flag.kind is FlagKind.NOW:
        return "acc_fill", "", "on_acc"
    if flag.severity is Severity.NEAR:
        return "warn_fill", "", "on_warn"
    if flag.severity is Severity.PASSED:
        return "bg2", "", "t2"
    if flag.kind is FlagKind.LATEST_SAFE:
        return "bg1", "t1", "t1"
    return "bg3", "", "t1"
