"""Qt is dressed in the look: quickly, in every theme, with nothing left in another's colours."""

import time
from pathlib import Path

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QSlider,
    QSpinBox,
    QStyle,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from relconsole_ui.design import theme
from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import THEMES, ThemeName
from tests.gui.bot import Bot, colours, contrast

LONGEST_SWITCH = 0.3
"""Seconds; what a person takes as at once."""

GROUPS = (
    QPalette.ColorGroup.Active,
    QPalette.ColorGroup.Inactive,
    QPalette.ColorGroup.Disabled,
)
CONTROLS = (QLineEdit, QPushButton, QCheckBox, QComboBox, QSpinBox, QSlider)
NO_ROLES = {QPalette.ColorRole.NoRole, QPalette.ColorRole.NColorRoles}


def _many_controls() -> QWidget:
    host = QWidget()
    layout = QVBoxLayout(host)
    for _ in range(30):
        layout.addWidget(QLabel("label"))
        layout.addWidget(QLineEdit("text"))
        layout.addWidget(QPushButton("button"))
        layout.addWidget(QCheckBox("check"))
        layout.addWidget(QSpinBox())
        layout.addWidget(QComboBox())
    layout.addWidget(QTableWidget(20, 5))
    return host


@pytest.mark.parametrize("name", ThemeName)
def test_that_every_role_of_the_palette_is_of_the_theme(look: Look, name: ThemeName) -> None:
    look.set_theme(name)
    made = theme.palette(look)
    tokens = {str(getattr(THEMES[name], token)).lower() for token in THEMES[name].__slots__}
    for role in set(QPalette.ColorRole) - NO_ROLES:
        for group in GROUPS:
            assert made.color(group, role).name() in tokens, f"{role.name} in {group.name}"


@pytest.mark.parametrize("name", ThemeName)
def test_that_the_sheet_has_no_name_left_open(
    look: Look, name: ThemeName, tmp_path: Path, qt_messages: list[str], bot: Bot
) -> None:
    look.set_theme(name)
    sheet = theme.style_sheet(look, tmp_path)
    assert "$" not in sheet
    images = set(tmp_path.rglob("*.svg"))
    assert images
    assert {path for path in images if path.as_posix() not in sheet} == set()


def test_that_indicators_are_written_once(look: Look, tmp_path: Path) -> None:
    first = theme.write_indicators(look.theme, tmp_path)
    written = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.svg")}
    assert theme.write_indicators(look.theme, tmp_path) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.svg")} == written


def test_that_a_spoilt_indicator_is_mended(look: Look, tmp_path: Path) -> None:
    path = Path(theme.write_indicators(look.theme, tmp_path)["check"])
    path.write_text("", encoding="utf-8")
    theme.write_indicators(look.theme, tmp_path)
    assert path.read_text(encoding="utf-8").startswith("<svg")


def test_that_themes_keep_their_indicators_apart(look: Look, tmp_path: Path) -> None:
    dark = theme.write_indicators(THEMES[ThemeName.DARK], tmp_path)
    light = theme.write_indicators(THEMES[ThemeName.LIGHT], tmp_path)
    assert set(dark.values()).isdisjoint(light.values())


def test_that_a_window_takes_another_theme_at_once(dressed: Look, bot: Bot) -> None:
    window = bot.show(_many_controls(), 600, 900)
    # Other programs on the machine do not count.
    started = time.process_time()
    dressed.set_theme(ThemeName.LIGHT)
    bot.picture(window)
    assert time.process_time() - started < LONGEST_SWITCH


@pytest.mark.parametrize("name", ThemeName)
def test_that_a_window_stands_on_the_ground_of_its_theme(
    dressed: Look, bot: Bot, name: ThemeName
) -> None:
    window = bot.show(QMainWindow(), 200, 120)
    dressed.set_theme(name)
    assert set(colours(bot.picture(window))) == {dressed.colour("bg0").name()}


@pytest.mark.parametrize("name", ThemeName)
@pytest.mark.parametrize(
    "control", [QLineEdit, QPushButton, QCheckBox, QComboBox, QSpinBox, QSlider]
)
def test_that_the_focus_is_seen(
    dressed: Look, bot: Bot, name: ThemeName, control: type[QWidget]
) -> None:
    dressed.set_theme(name)
    host = QWidget()
    layout = QVBoxLayout(host)
    first, second = QPushButton("other"), control()
    layout.addWidget(first)
    layout.addWidget(second)
    bot.show(host, 240, 120)
    bot.focus(first)
    before = bot.picture(second)
    bot.focus(second)
    after = bot.picture(second)
    ring = [
        (before.pixelColor(x, y), after.pixelColor(x, y))
        for x in range(after.width())
        for y in range(after.height())
        if after.pixelColor(x, y).name() == dressed.colour("acc").name()
    ]
    ground = dressed.colour("bg0")
    assert len([1 for old, new in ring if old != new]) >= 2 * after.width()
    assert all(contrast(new, ground) >= 3 for _, new in ring)


def test_that_the_style_is_set_before_the_sheet_and_not_again(
    qapp: QApplication, dressed: Look
) -> None:
    def beneath() -> QStyle:
        """The style beneath the sheet, which Qt wraps anew with each sheet."""
        qapp.setStyleSheet("")
        return qapp.style()

    style = beneath()
    assert style.name() == theme.STYLE.casefold()
    dressed.set_theme(ThemeName.LIGHT)
    assert qapp.styleSheet()
    assert beneath() is style
