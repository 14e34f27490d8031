"""Every icon is there, in the colour asked for, and arrows turn where lines run from the right."""

from importlib.resources import files

import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from relconsole_ui.design.icons import ICON_SIZE, icon, paint_icon
from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import ThemeName
from tests.gui.bot import colours

FOLDER = files("relconsole_resources") / "icons"
NAMES = sorted(it.name.removesuffix(".svg") for it in FOLDER.iterdir() if it.name.endswith(".svg"))


def _drawn(look: Look, name: str, colour: str = "t1", *, from_right: bool = False) -> QImage:
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(look.colour("bg1"))
    painter = QPainter(image)
    if from_right:
        painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    paint_icon(painter, look, QRectF(0, 0, 32, 32), name, colour)
    painter.end()
    return image


@pytest.mark.parametrize("name", NAMES)
def test_that_an_icon_is_drawn(look: Look, name: str) -> None:
    assert look.colour("t1").name() in colours(_drawn(look, name))


def test_that_there_are_enough_and_a_licence() -> None:
    assert len(NAMES) >= 40
    assert "MIT License" in (FOLDER / "Phosphor-LICENSE.txt").read_text(encoding="utf-8")


def test_that_an_icon_follows_colour_and_theme(look: Look) -> None:
    assert look.colour("crit").name() in colours(_drawn(look, "gear", "crit"))
    look.set_theme(ThemeName.LIGHT)
    assert look.colour("crit").name() in colours(_drawn(look, "gear", "crit"))


@pytest.mark.parametrize(
    ("name", "turns"),
    [("caret-right", True), ("arrow-left", True), ("clock", False), ("play", False)],
)
def test_that_only_arrows_turn_round(look: Look, name: str, turns: bool) -> None:
    usual, other = _drawn(look, name), _drawn(look, name, from_right=True)
    assert (usual != other) is turns


def test_that_an_icon_for_a_menu_is_sharp_on_every_screen(look: Look) -> None:
    made = icon(look, "gear")
    assert {size.width() for size in made.availableSizes()} >= {ICON_SIZE}
    assert made.pixmap(QSize(ICON_SIZE, ICON_SIZE), 2.0).devicePixelRatio() == 2.0


def test_that_an_unknown_icon_is_refused(look: Look) -> None:
    with pytest.raises(FileNotFoundError):
        icon(look, "no-such-icon")
