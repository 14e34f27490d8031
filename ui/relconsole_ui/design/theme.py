"""What Qt itself is told of the look: style, palette, font, and the one sheet of the window.

No widget has a sheet of its own. What Qt cannot draw on a dark ground, a tick or an arrow, comes
as an image, which is written once a theme into a folder of the cache.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import FOCUS_RING, TextRole, Theme

STYLE: Final = "Fusion"
WORDS: Final = ("relconsole", "-style", STYLE)
"""What an application is made with. To ask for its style later would bring all of that in."""

_ROLES: Final[tuple[tuple[QPalette.ColorRole, str, str], ...]] = (
    # role, token while it can be used, token while it cannot
    (QPalette.ColorRole.Window, "bg0", "bg0"),
    (QPalette.ColorRole.WindowText, "t1", "t3"),
    (QPalette.ColorRole.Base, "field", "bg1"),
    (QPalette.ColorRole.AlternateBase, "bg2", "bg2"),
    (QPalette.ColorRole.Text, "t1", "t3"),
    (QPalette.ColorRole.PlaceholderText, "t3", "t3"),
    (QPalette.ColorRole.ToolTipBase, "bg3", "bg3"),
    (QPalette.ColorRole.ToolTipText, "t1", "t1"),
    (QPalette.ColorRole.Button, "bg2", "bg1"),
    (QPalette.ColorRole.ButtonText, "t1", "t3"),
    (QPalette.ColorRole.BrightText, "crit", "t3"),
    (QPalette.ColorRole.Light, "bg3", "bg3"),
    (QPalette.ColorRole.Midlight, "bg2", "bg2"),
    (QPalette.ColorRole.Mid, "line", "line"),
    (QPalette.ColorRole.Dark, "ctl", "ctl"),
    (QPalette.ColorRole.Shadow, "bg0", "bg0"),
    (QPalette.ColorRole.Highlight, "sel", "bg3"),
    (QPalette.ColorRole.HighlightedText, "t1", "t3"),
    (QPalette.ColorRole.Link, "acc", "t3"),
    (QPalette.ColorRole.LinkVisited, "acc", "t3"),
    (QPalette.ColorRole.Accent, "acc_fill", "ctl"),
)

_CHECK: Final = '<path d="M3.5 8.4 6.7 11.6 12.6 4.8" {line}/>'
_PART: Final = '<path d="M4 8H12" {line}/>'
_DOT: Final = '<circle cx="8" cy="8" r="3.4" fill="{colour}"/>'
_DOWN: Final = '<path d="M3.5 6 8 10.5 12.5 6" {line}/>'
_UP: Final = '<path d="M3.5 10 8 5.5 12.5 10" {line}/>'
_RIGHT: Final = '<path d="M6 3.5 10.5 8 6 12.5" {line}/>'
_LEFT: Final = '<path d="M10 3.5 5.5 8 10 12.5" {line}/>'
_MORE: Final = '<path d="M3 8H13M8 3V13" {line}/>'
_LESS: Final = '<path d="M3 8H13" {line}/>'
_CLOSE: Final = '<path d="M4 4 12 12M12 4 4 12" {line}/>'
_FLOAT: Final = '<path d="M6 3.5H12.5V10M12.5 3.5 4 12" {line}/>'
_INDICATORS: Final[tuple[tuple[str, str, str], ...]] = (
    # name, token, drawing in a square of 16
    ("check", "on_acc", _CHECK),
    ("check_off", "t3", _CHECK),
    ("part", "on_acc", _PART),
    ("dot", "on_acc", _DOT),
    ("dot_off", "t3", _DOT),
    ("dot_plain", "t1", _DOT),
    ("down", "t2", _DOWN),
    ("down_off", "ctl", _DOWN),
    ("up", "t2", _UP),
    ("more", "t2", _MORE),
    ("more_off", "ctl", _MORE),
    ("less", "t2", _LESS),
    ("less_off", "ctl", _LESS),
    ("right", "t2", _RIGHT),
    ("left", "t2", _LEFT),
    ("close", "t2", _CLOSE),
    ("float", "t2", _FLOAT),
)
_LINE: Final = (
    'fill="none" stroke="{colour}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
)


def palette(look: Look) -> QPalette:
    """Give the colours of every role, for windows with and without focus and what is disabled."""
    made = QPalette()
    for role, able, disabled in _ROLES:
        made.setColor(QPalette.ColorGroup.Active, role, look.colour(able))
        made.setColor(QPalette.ColorGroup.Inactive, role, look.colour(able))
        made.setColor(QPalette.ColorGroup.Disabled, role, look.colour(disabled))
    return made


def style_sheet(look: Look, cache: Path) -> str:
    """Give the sheet of the window, with its indicators written beneath ``cache``."""
    return _template().substitute(_Names(look, write_indicators(look.theme, cache)))


def write_indicators(theme: Theme, cache: Path) -> Mapping[str, str]:
    """Write the ticks and arrows of a theme, and give the path of each by its name."""
    folder = cache / "indicators" / theme.name
    folder.mkdir(parents=True, exist_ok=True)
    paths: dict[str, str] = {}
    for name, token, drawing in _INDICATORS:
        colour = str(getattr(theme, token))
        drawn = drawing.format(colour=colour, line=_LINE.format(colour=colour))
        wanted = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{drawn}</svg>'
        path = folder / f"{name}.svg"
        if not path.exists() or path.read_text(encoding="utf-8") != wanted:
            path.write_text(wanted, encoding="utf-8")
        paths[name] = path.as_posix().replace('"', '\\"')
    return paths


def apply(app: QApplication, look: Look, cache: Path) -> None:
    """Dress the application in the look as it is now; ``cache`` is a folder for indicators.

    It has the style already, by its ``WORDS``.
    """
    # From one sheet to another Qt polishes each widget several times over; from none, once.
    app.setStyleSheet("")
    app.setPalette(palette(look))
    app.setFont(look.font(TextRole.BODY))
    app.setStyleSheet(style_sheet(look, cache))


def follow(app: QApplication, look: Look, cache: Path) -> None:
    """Dress the application in the look, now and whenever it changes."""
    apply(app, look, cache)
    look.changed.connect(functools.partial(apply, app, look, cache))


@functools.cache
def _template() -> Template:
    file = files("relconsole_resources") / "styles" / "window.qss"
    return Template(file.read_text(encoding="utf-8"))


class _Names(Mapping[str, str]):
    """What the names of the sheet stand for.

    ``qN`` is ``pN`` less what a focused border takes more than one at rest, so nothing jumps.
    """

    def __init__(self, look: Look, images: Mapping[str, str]) -> None:
        self._look = look
        self._images = images

    def __getitem__(self, name: str) -> str:
        border = self._look.theme.border
        if name.startswith("image_"):
            return self._images[name.removeprefix("image_")]
        if name == "edge":
            return str(border)
        if name == "half_choice":
            return str(self._look.px(16) // 2 + border)
        if name[0] in "pq" and name[1:].isdigit():
            pixels = self._look.px(int(name[1:]))
            return str(pixels if name[0] == "p" else max(0, pixels - (FOCUS_RING - border)))
        return str(getattr(self._look.theme, name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._images)

    def __len__(self) -> int:
        return len(self._images)
