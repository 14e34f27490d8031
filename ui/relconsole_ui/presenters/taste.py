"""How a person wants the window: theme, scale, motion, letters, zone; and which theme follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never

from relconsole_ui.design.tokens import SCALES, ThemeName
from relconsole_ui.presenters.problem_form import Choice
from relconsole_ui.presenters.words import NBSP, clock, zone_name

MOST_ZONES: Final = 60
OF_THE_RELEASE: Final = "release"
"""The key of the choice that follows the release; what is remembered of it is empty."""


class ThemeWish(StrEnum):
    """What may be chosen; the system's own wish leads to one of the themes."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desktop:
    """What the desktop wishes; None where it says nothing."""

    is_dark: bool | None = None
    high_contrast: bool = False
    reduced_motion: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What is remembered of a person's taste; ``zone`` is empty for that of the release."""

    theme: ThemeWish = ThemeWish.SYSTEM
    scale: float = 1.0
    reduced_motion: bool = False
    letters: bool = True
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRow:
    """A zone to choose; ``now`` is the time of day that it has."""

    key: str
    title: str
    now: str

    @property
    def sentence(self) -> str:
        """Give the zone as it is spoken."""
        return f"{self.title}, {self.now}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRows:
    """The choices as they stand.

    ``waits`` says that a theme comes only after the night, empty where it is there already.
    """

    theme: str
    themes: tuple[Choice, ...]
    system: str
    waits: str
    scale: str
    scales: tuple[Choice, ...]
    reduced_motion: bool
    letters: bool
    zone: str
    zone_says: str


THEME_WORDS: Final = {
    ThemeWish.SYSTEM: "As the desktop",
    ThemeWish.DARK: "Dark",
    ThemeWish.LIGHT: "Light",
    ThemeWish.CONTRAST: "High contrast",
}


def theme_of(wish: ThemeWish, desktop: Desktop) -> ThemeName:
    """Give the theme that a choice leads to; a desktop that says nothing gets the dark one."""
    match wish:
        case ThemeWish.DARK:
            return ThemeName.DARK
        case ThemeWish.LIGHT:
            return ThemeName.LIGHT
        case ThemeWish.CONTRAST:
            return ThemeName.CONTRAST
        case ThemeWish.SYSTEM:
            if desktop.high_contrast:
                return ThemeName.CONTRAST
            return ThemeName.LIGHT if desktop.is_dark is False else ThemeName.DARK
        case _:
            assert_never(wish)


def present_look(
    taste: Taste, desktop: Desktop, shown: ThemeName, now: datetime, *, is_live_night: bool
) -> LookRows:
    """Give the choices; ``shown`` is the theme that the window wears."""
    wanted = theme_of(taste.theme, desktop)
    words = THEME_WORDS[ThemeWish(wanted.value)]
    waits = ""
    if is_live_night and wanted is not shown:
        waits = f"A night is open. {words} comes once it is over, so that nothing changes under it."
    system = THEME_WORDS[ThemeWish(theme_of(ThemeWish.SYSTEM, desktop).value)].lower()
    unsaid = desktop.is_dark is None and not desktop.high_contrast
    return LookRows(
        theme=taste.theme,
        themes=tuple(Choice(key=each, says=says) for each, says in THEME_WORDS.items()),
        system=f"The desktop says nothing: {system}" if unsaid else f"The desktop wishes {system}",
        waits=waits,
        scale=f"{_nearest(taste.scale):g}",
        scales=tuple(Choice(key=f"{each:g}", says=f"{each * 100:.0f}{NBSP}%") for each in SCALES),
        reduced_motion=taste.reduced_motion,
        letters=taste.letters,
        zone=taste.zone,
        zone_says=_zone_says(taste.zone, now),
    )


def _nearest(scale: float) -> float:
    return min(SCALES, key=lambda each: abs(each - scale))


def _zone_says(zone: str, now: datetime) -> str:
    if not zone:
        return "Times are in the zone of the release."
    return f"Times are in {zone}, where it is {clock(now, zone)} {zone_name(now, zone)}."


def present_zones(zones: Iterable[str], text: str, now: datetime) -> tuple[ZoneRow, ...]:
    """Give the zone of the release, and those whose name holds every word of ``text``."""
    words = text.replace("_", " ").casefold().split()
    found = [
        zone
        for zone in sorted(zones)
        if all(word in zone.replace("_", " ").casefold() for word in words)
    ]
    rows = [
        ZoneRow(
            key=zone,
            title=zone.replace("_", " "),
            now=f"{clock(now, zone)} {zone_name(now, zone)}",
        )
        for zone in found[:MOST_ZONES]
    ]
    own = ZoneRow(key=OF_THE_RELEASE, title="Zone of the release", now="")
    return (own, *rows)
