"""The timeline with 100,000 bars: opening it, and a frame of a month or of most of it in sight.

The peers show the same bars at the same size: a scene of items, each painted by Qt, and a table.
A frame follows a small move, as when a person drags, so that nothing may simply be kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QTableView,
    QWidget,
)

from benchmarks.frame import Row, medians
from relconsole.domain.kernel.ids import StepId
from relconsole_ui.design.look import Look
from relconsole_ui.design.status import Status
from relconsole_ui.models.timeline import TimelineModel
from relconsole_ui.presenters.timeline_rows import Bar, BarState, Lane, Span, TimelineRows
from relconsole_ui.presenters.timeline_words import twin_rows
from relconsole_ui.views.bridge.timeline import Timeline

BARS: Final = 100_000
DAY: Final = 86_400.0
YEAR: Final = 365 * DAY
SIZE: Final = (1_600, 900)
LANE: Final = 38
"""Pixels from lane to lane in the scene, as in ours where many lanes are scrolled."""
EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
OPEN_LIMIT, FRAME_LIMIT, DENSE_LIMIT = 0.02, 1.0, 0.12
