"""The remembered taste, between the file that keeps it and what the settings make of it."""

from __future__ import annotations

import asyncio
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from relconsole.adapters.settings import SettingsFile, WindowSettings
from relconsole_ui.controllers.tastes import Tastes
from relconsole_ui.presenters.taste import Taste, ThemeWish


def tastes_of(settings: SettingsFile) -> Tastes:
    """Give the taste that a file remembers, each change of which is written to it."""

    def keep(taste: Taste) -> None:
        settings.write(
            msgspec.structs.replace(
                settings.known,
                theme=taste.theme.value,
                scale=taste.scale,
                reduced_motion=taste.reduced_motion,
                letters=taste.letters,
                zone=taste.zone,
            )
        )

    return Tastes(lambda: _taste_of(settings.known), keep)


async def read_zones() -> frozenset[str]:
    """Give the IANA names that a person may mean, read beside the loop."""
    return await asyncio.to_thread(known_zones)


def known_zones() -> frozenset[str]:
    """Give the IANA names that a person may mean; reads files."""
    return frozenset(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")
    ) | {"UTC"}


def _taste_of(known: WindowSettings) -> Taste:
    themes = {each.value for each in ThemeWish}
    return Taste(
        theme=ThemeWish(known.theme) if known.theme in themes else ThemeWish.SYSTEM,
        scale=known.scale,
        reduced_motion=known.reduced_motion,
        letters=known.letters,
        zone=known.zone if _is_zone(known.zone) else "",
    )


def _is_zone(name: str) -> bool:
    """Tell whether there is such a zone; the file may have been written by hand."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
