"""Text is painted by one function, which a test can listen to."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import (
    MIDDLE,
    MIDDLE_RIGHT,
    hatch_brush,
    paint_bar,
    paint_text,
    recorded_text,
    text_width,
)
from relconsole_ui.design.tokens import TextRole
from tests.gui.bot import colours

WIDE = QRectF(10, 10, 280, 40)
NARROW = QRectF(10, 10, 40, 40)


@pytest.fixture
def image(look: Look) -> QImage:
    made = QImage(300, 60, QImage.Format.Format_RGB32)
    made.fill(look.colour("bg1"))
    return made


@pytest.fixture
def painter(image: QImage) -> Iterator[QPainter]:
    made = QPainter(image)
    yield made
    if made.isActive():
        made.end()


def test_that_what_is_painted_is_recorded(painter: QPainter, look: Look) -> None:
    with recorded_text() as record:
        ink = paint_text(painter, look, WIDE, "p95 1.42 s", TextRole.BODY_STRONG, "crit")
    (painted,) = record
    assert (painted.text, painted.shown) == ("p95 1.42 s", "p95 1.42 s")
    assert (painted.role, painted.pixels, painted.colour) == (TextRole.BODY_STRONG, 14, "crit")
    assert painted.rect == ink
    assert not painted.elided


def test_that_nothing_is_recorded_afterwards(painter: QPainter, look: Look) -> None:
    with recorded_text() as record:
        pass
    paint_text(painter, look, WIDE, "late", TextRole.BODY)
    assert record == []


def test_that_two_may_listen(painter: QPainter, look: Look) -> None:
    with recorded_text() as outer, recorded_text() as inner:
        paint_text(painter, look, WIDE, "late", TextRole.BODY)
    assert outer == inner
    assert len(outer) == 1


def test_that_what_does_not_fit_is_cut_and_says_so(painter: QPainter, look: Look) -> None:
    with recorded_text() as record:
        ink = paint_text(painter, look, NARROW, "Shift 25 % traffic", TextRole.BODY)
    assert record[0].elided
    assert record[0].shown.endswith("…")
    assert ink.width() <= NARROW.width()


def test_that_it_runs_over_the_edge_when_it_may_not_be_cut(painter: QPainter, look: Look) -> None:
    with recorded_text() as record:
        ink = paint_text(painter, look, NARROW, "Shift 25 %", TextRole.BODY, elide=False)
    assert not record[0].elided
    assert ink.width() == text_width(look, "Shift 25 %", TextRole.BODY)


def test_that_a_text_beyond_the_cap_counts_as_cut(painter: QPainter, look: Look) -> None:
    with recorded_text() as record:
        paint_text(painter, look, WIDE, "x" * 10_000, TextRole.BODY, elide=False)
    assert record[0].elided
    assert len(record[0].shown) < 1_000


def test_that_hidden_characters_are_painted_as_marks(painter: QPainter, look: Look) -> None:
    with recorded_text() as record:
        paint_text(painter, look, WIDE, "a\u202eb", TextRole.BODY)
    assert record[0].shown == "a¤b"


def test_that_the_ink_lies_where_it_is_said_to(
    painter: QPainter, image: QImage, look: Look
) -> None:
    ink = paint_text(painter, look, WIDE, "MMM", TextRole.METRIC, "t1", MIDDLE_RIGHT)
    painter.end()
    ground = look.colour("bg1").name()
    columns = [
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y).name() != ground for y in range(image.height()))
    ]
    assert ink.left() - 1 <= min(columns)
    assert max(columns) <= ink.right() + 1
    assert ink.right() == WIDE.right()


def test_that_left_and_right_change_places_where_lines_run_from_the_right(
    painter: QPainter, look: Look
) -> None:
    painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert paint_text(painter, look, WIDE, "late", TextRole.BODY).right() == WIDE.right()
    absolute = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
    kept = paint_text(painter, look, WIDE, "late", TextRole.BODY, align=absolute)
    assert kept.left() == WIDE.left()


def test_that_it_is_placed_above_below_and_in_the_middle(painter: QPainter, look: Look) -> None:
    above = paint_text(painter, look, WIDE, "x", TextRole.BODY, align=Qt.AlignmentFlag.AlignTop)
    below = paint_text(painter, look, WIDE, "x", TextRole.BODY, align=Qt.AlignmentFlag.AlignBottom)
    middle = paint_text(painter, look, WIDE, "x", TextRole.BODY, align=MIDDLE)
    assert above.top() == WIDE.top()
    assert below.bottom() == WIDE.bottom()
    assert middle.center() == WIDE.center()


def test_that_a_bar_stays_within_its_place(painter: QPainter, image: QImage, look: Look) -> None:
    place = QRectF(20, 10, 100, 20)
    paint_bar(painter, look, place, "acc_fill", "t1", width=2)
    paint_bar(painter, look, QRectF(140, 10, 100, 20), outline="warn", dashed=True)
    painter.end()
    ground = look.colour("bg1").name()
    assert image.pixelColor(70, 9).name() == ground
    assert image.pixelColor(70, 11).name() == look.colour("t1").name()
    assert image.pixelColor(70, 20).name() == look.colour("acc_fill").name()
    assert image.pixelColor(190, 20).name() == ground


def test_that_a_hatch_leaves_its_ground_to_be_seen(
    painter: QPainter, image: QImage, look: Look
) -> None:
    paint_bar(painter, look, QRectF(0, 0, 300, 60), hatch_brush(look, "bar"))
    painter.end()
    share = colours(image).get(look.colour("bg1").name(), 0) / (300 * 60)
    assert 0.3 < share < 0.9
