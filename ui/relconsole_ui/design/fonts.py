"""The bundled typefaces, and the fonts made of them by role and scale."""

from __future__ import annotations

import functools
from importlib.resources import files
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

from relconsole_ui.design.tokens import TYPE, TextRole

TEXT_FAMILY: Final = "Inter"
DISPLAY_FAMILY: Final = "Inter Display"
MONO_FAMILY: Final = "JetBrains Mono"
FALLBACKS: Final = ("Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans CJK SC", "sans-serif")
"""Of the desktop, for scripts that the bundled typefaces lack."""

DISPLAY_FROM: Final = 22
"""Pixels at 100 per cent from which the cut for large sizes is used."""

# Inter is 4.0 beta 7, Inter Display 4.1. After it the hyphen has the width of a figure too, which
# tears names such as payments-api apart; before 4.1 the display cut had no figures of one width.
FONT_FILES: Final = (
    "Inter-Regular.otf",
    "Inter-Medium.otf",
    "Inter-SemiBold.otf",
    "Inter-Bold.otf",
    "InterDisplay-SemiBold.woff2",
    "JetBrainsMono-Regular.ttf",
)

WITH_NAMES: Final = frozenset({TextRole.STEP_TITLE})
"""Roles in the display cut whose texts are names: there a hyphen matters more than a figure."""


@functools.cache
def load_fonts() -> frozenset[str]:
    """Give the families of the bundled files, which are loaded the first time this is called.

    Raises ``LookupError`` for a file that Qt cannot read. There must be an application.
    """
    folder = files("relconsole_resources") / "fonts"
    families: set[str] = set()
    for name in FONT_FILES:
        number = QFontDatabase.addApplicationFontFromData((folder / name).read_bytes())
        if number < 0:
            raise LookupError(f"the bundled font {name} cannot be read")
        families.update(QFontDatabase.applicationFontFamilies(number))
    return frozenset(families)


def make_font(role: TextRole, scale: float) -> QFont:
    """Give the font of a role, with figures of one width, so that a countdown stands still."""
    spec = TYPE[role]
    if spec.is_mono:
        family = MONO_FAMILY
    else:
        family = DISPLAY_FAMILY if spec.size >= DISPLAY_FROM else TEXT_FAMILY
    font = QFont()
    font.setFamilies([family, *FALLBACKS])
    font.setPixelSize(max(1, round(spec.size * scale)))
    font.setWeight(QFont.Weight(spec.weight))
    # Said in either case: what a font leaves open, a widget takes from the application's.
    font.setFeature(QFont.Tag("tnum"), 0 if role in WITH_NAMES else 1)
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return font
