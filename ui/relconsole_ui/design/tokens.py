"""The design tokens: colours by theme, type by role, space and radius; no Qt in here.

Colours are what they are for, never what they look like. Sizes are pixels at 100 per cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from immutables import Map


class ThemeName(StrEnum):
    """The themes that a person may choose."""

    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The colours of a theme, each `#RRGGBB`; ``border`` is the width of a panel's border."""

    name: ThemeName
    bg0: str
    bg1: str
    bg2: str
    bg3: str
    field: str
    line: str
    ctl: str
    t1: str
    t2: str
    t3: str
    acc: str
    acc_fill: str
    on_acc: str
    sel: str
    crit: str
    crit_fill: str
    crit_bg: str
    on_crit: str
    warn: str
    warn_fill: str
    warn_bg: str
    on_warn: str
    go: str
    go_fill: str
    go_bg: str
    on_go: str
    hold: str
    hold_fill: str
    on_hold: str
    bar: str
    bar_done: str
    bar_plan: str
    band: str
    border: int = 1

    @property
    def is_dark(self) -> bool:
        """Tell whether text is lighter than what it stands on."""
        return self.name is not ThemeName.LIGHT


DARK: Final = Theme(
    name=ThemeName.DARK,
    bg0="#0F1216",
    bg1="#171B21",
    bg2="#1F252D",
    bg3="#2B333D",
    field="#0F1216",
    line="#2E3742",
    ctl="#6F7C8B",
    t1="#EDF1F5",
    t2="#BAC4CF",
    t3="#919DAB",
    acc="#74B6FF",
    acc_fill="#2468B8",
    on_acc="#FFFFFF",
    sel="#1E3551",
    crit="#FF7B72",
    crit_fill="#C4302B",
    crit_bg="#3A1B1D",
    on_crit="#FFFFFF",
    warn="#F0B440",
    warn_fill="#F0B440",
    warn_bg="#33290F",
    on_warn="#17130A",
    go="#4CC2A0",
    go_fill="#147A60",
    go_bg="#12302A",
    on_go="#FFFFFF",
    hold="#EDF1F5",
    hold_fill="#D5DCE4",
    on_hold="#0F1216",
    bar="#7C8896",
    bar_done="#5B6875",
    bar_plan="#55616F",
    band="#27303A",
)

LIGHT: Final = Theme(
    name=ThemeName.LIGHT,
    bg0="#E9ECEF",
    bg1="#F8F9FA",
    bg2="#EEF1F3",
    bg3="#DDE2E7",
    field="#FFFFFF",
    line="#D0D6DC",
    ctl="#75808C",
    t1="#14191F",
    t2="#3C4752",
    t3="#56616D",
    acc="#0B5CAD",
    acc_fill="#0B5CAD",
    on_acc="#FFFFFF",
    sel="#D6E6F7",
    crit="#B8241F",
    crit_fill="#C4302B",
    crit_bg="#FBE3E1",
    on_crit="#FFFFFF",
    warn="#573800",
    warn_fill="#F0B440",
    warn_bg="#FCEFCF",
    on_warn="#17130A",
    go="#0B684F",
    go_fill="#12735A",
    go_bg="#D8EFE7",
    on_go="#FFFFFF",
    hold="#14191F",
    hold_fill="#2A333D",
    on_hold="#FFFFFF",
    bar="#6B7783",
    bar_done="#66727E",
    bar_plan="#8A95A1",
    band="#DFE4E9",
)

CONTRAST: Final = replace(DARK, name=ThemeName.CONTRAST, t3=DARK.t2, line=DARK.ctl, border=2)

THEMES: Final[Mapping[ThemeName, Theme]] = Map(
    {theme.name: theme for theme in (DARK, LIGHT, CONTRAST)}
)


class TextRole(StrEnum):
    """What a text is for; its size and weight follow."""

    NOTE = "note"
    NOTE_STRONG = "note-strong"
    ROW = "row"
    ROW_STRONG = "row-strong"
    BODY = "body"
    BODY_STRONG = "body-strong"
    HEADING = "heading"
    TITLE = "title"
    STEP_TITLE = "step-title"
    CLOCK = "clock"
    METRIC = "metric"
    METRIC_PANEL = "metric-panel"
    COUNTDOWN = "countdown"
    MONO = "mono"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSpec:
    """A size in pixels and a weight from 100 to 900."""

    size: int
    weight: int
    is_mono: bool = False


TYPE: Final[Mapping[TextRole, TypeSpec]] = Map(
    {
        TextRole.NOTE: TypeSpec(size=12, weight=500),
        TextRole.NOTE_STRONG: TypeSpec(size=12, weight=600),
        TextRole.ROW: TypeSpec(size=13, weight=400),
        TextRole.ROW_STRONG: TypeSpec(size=13, weight=600),
        TextRole.BODY: TypeSpec(size=14, weight=400),
        TextRole.BODY_STRONG: TypeSpec(size=14, weight=600),
        TextRole.HEADING: TypeSpec(size=15, weight=600),
        TextRole.TITLE: TypeSpec(size=17, weight=600),
        TextRole.STEP_TITLE: TypeSpec(size=22, weight=600),
        TextRole.CLOCK: TypeSpec(size=22, weight=600),
        TextRole.METRIC: TypeSpec(size=26, weight=600),
        TextRole.METRIC_PANEL: TypeSpec(size=34, weight=600),
        TextRole.COUNTDOWN: TypeSpec(size=68, weight=600),
        TextRole.MONO: TypeSpec(size=13, weight=400, is_mono=True),
    }
)

SMALLEST_TEXT: Final = 12
"""Pixels below which nothing is written; what one must act on has at least 14."""

GUTTER: Final = 12
PADDING: Final = 16
RADIUS_BAR: Final = 3
RADIUS_CHIP: Final = 4
RADIUS_BUTTON: Final = 6
RADIUS_PANEL: Final = 8
CONTROL: Final = 32
STEP_BUTTON: Final = 36
ROLLBACK_BUTTON: Final = 54
SMALLEST_TARGET: Final = 24
FOCUS_RING: Final = 2
RAIL: Final = 72
TOP_BAR: Final = 56
FIGURES_BAR: Final = 40
ALERT_STRIP: Final = 44
SCALES: Final = (1.0, 1.15, 1.3, 1.5, 2.0)
