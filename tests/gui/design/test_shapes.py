"""Every state is told apart by its shape alone, small and without colour."""

from itertools import combinations, pairwise

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from relconsole_ui.design.look import Look
from relconsole_ui.design.shapes import paint_pips, paint_status
from relconsole_ui.design.status import Status
from relconsole_ui.design.tokens import ThemeName
from tests.gui.bot import colours

SMALL = 16
LEAST_DIFFERENCE = 0.035
"""Of the whole square's range from black to white: about nine pixels turned over at 16."""


def _drawn(look: Look, status: Status, side: int, ground: str = "bg1") -> QImage:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(look.colour(ground))
    painter = QPainter(image)
    paint_status(painter, look, QRectF(0, 0, side, side), status)
    painter.end()
    return image


def _grey(image: QImage) -> list[int]:
    """Give the pixels as mere difference from the ground, so that brightness does not count."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    return [
        grey.pixelColor(x, y).lightness() for y in range(grey.height()) for x in range(grey.width())
    ]


def _difference(one: list[int], other: list[int]) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / 255 / len(one)


@pytest.mark.parametrize("theme", list(ThemeName))
def test_that_any_two_states_differ_in_grey_at_sixteen_pixels(look: Look, theme: ThemeName) -> None:
    look.set_theme(theme)
    drawn = {status: _grey(_drawn(look, status, SMALL)) for status in Status}
    alike = [
        (one.value, other.value, round(_difference(drawn[one], drawn[other]), 3))
        for one, other in combinations(Status, 2)
        if _difference(drawn[one], drawn[other]) < LEAST_DIFFERENCE
    ]
    assert alike == []


@pytest.mark.parametrize("side", [14, 20, 32, 64])
@pytest.mark.parametrize("status", Status)
def test_that_a_shape_fills_its_square_and_stays_within(
    look: Look, status: Status, side: int
) -> None:
    room = 4
    image = QImage(side + 2 * room, side + 2 * room, QImage.Format.Format_RGB32)
    image.fill(look.colour("bg1"))
    painter = QPainter(image)
    paint_status(painter, look, QRectF(room, room, side, side), status)
    painter.end()
    ground = look.colour("bg1").name()
    inked = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).name() != ground
    ]
    columns, rows = [x for x, _ in inked], [y for _, y in inked]
    assert min(*columns, *rows) >= room - 1
    assert max(*columns, *rows) <= room + side
    assert max(columns) - min(columns) >= 0.8 * side


def test_that_it_stands_in_the_middle_of_a_wide_place(look: Look) -> None:
    image = QImage(60, 20, QImage.Format.Format_RGB32)
    image.fill(look.colour("bg1"))
    painter = QPainter(image)
    paint_status(painter, look, QRectF(0, 0, 60, 20), Status.GO)
    painter.end()
    assert image.pixelColor(10, 10).name() == look.colour("bg1").name()
    assert image.pixelColor(30, 3).name() == look.colour("go_fill").name()


def test_that_a_risk_is_counted_in_rising_pips(look: Look) -> None:
    inked: list[int] = []
    for level in range(4):
        image = QImage(20, 12, QImage.Format.Format_RGB32)
        image.fill(look.colour("bg1"))
        painter = QPainter(image)
        paint_pips(painter, look, QRectF(0, 0, 20, 12), level)
        painter.end()
        inked.append(colours(image).get(look.colour("t1").name(), 0))
    assert inked[0] == 0
    first, second, third = (more - less for less, more in pairwise(inked))
    assert 0 < first < second < third
