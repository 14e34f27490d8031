"""The taste between its file and the window, and the wish of a desktop that says nothing."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from relconsole.adapters.settings import SettingsFile, WindowSettings
from relconsole_ui.application.desktop import (
    CONTRAST,
    MOTION,
    SCHEME,
    DesktopWish,
    heard,
    number_of,
    of_qt,
)
from relconsole_ui.application.tastes import known_zones, tastes_of
from relconsole_ui.presenters.taste import Desktop, Taste, ThemeWish


def test_that_each_change_is_written_at_once_and_leaves_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    file = SettingsFile(path)
    file.write(WindowSettings(person="mara", page="bridge"))
    tastes = tastes_of(file)
    tastes.change(theme=ThemeWish.LIGHT)
    tastes.change(scale=1.5, reduced_motion=True, letters=False, zone="Europe/Berlin")
    read = SettingsFile(path).read()
    assert read == WindowSettings(
        theme="light",
        scale=1.5,
        reduced_motion=True,
        letters=False,
        zone="Europe/Berlin",
        person="mara",
        page="bridge",
    )
    assert tastes_of(SettingsFile(path)).known == tastes.known


@pytest.mark.parametrize(
    ("written", "taste"),
    [
        (WindowSettings(theme="pink"), Taste()),
        (WindowSettings(zone="Mars/Base"), Taste()),
        (WindowSettings(zone="../../etc/passwd"), Taste()),
    ],
)
def test_that_what_nobody_could_have_chosen_is_as_if_unsaid(
    written: WindowSettings, taste: Taste, tmp_path: Path
) -> None:
    file = SettingsFile(tmp_path / "window.json")
    file.write(written)
    assert tastes_of(file).known == taste


def test_that_zones_are_those_that_a_person_may_mean() -> None:
    zones = known_zones()
    assert {"UTC", "Europe/Berlin", "America/Argentina/Ushuaia"} <= zones
    assert not [zone for zone in zones if zone.startswith("Etc/")]


@pytest.mark.parametrize(
    ("said", "known", "wish"),
    [
        ({}, Desktop(), Desktop()),
        ({SCHEME: 1}, Desktop(), Desktop(is_dark=True)),
        ({SCHEME: 2}, Desktop(), Desktop(is_dark=False)),
        ({SCHEME: 2}, Desktop(is_dark=True), Desktop(is_dark=True)),
        ({SCHEME: 0, CONTRAST: 1}, Desktop(), Desktop(high_contrast=True)),
        (
            {MOTION: 1},
            Desktop(high_contrast=True),
            Desktop(high_contrast=True, reduced_motion=True),
        ),
    ],
)
def test_that_the_portal_says_what_qt_does_not_know(
    said: dict[str, int], known: Desktop, wish: Desktop
) -> None:
    assert heard(said, known) == wish


class Variant:
    """A value in the wrapping of the bus."""

    def variant(self) -> int:
        return 2


@pytest.mark.parametrize(
    ("arguments", "number"), [([], 0), ([1], 1), ([Variant()], 2), (["dark"], 0)]
)
def test_that_an_answer_is_a_number_or_says_nothing(arguments: list[object], number: int) -> None:
    assert number_of(arguments) == number


def test_that_a_wish_is_told_only_where_it_changes(qapp: QApplication) -> None:
    desktop = DesktopWish()
    told: list[bool] = []
    desktop.changed.connect(lambda: told.append(True))
    assert desktop.wish() == of_qt()
    desktop.ask()
    assert told == []
    desktop._said[SCHEME] = 2
    desktop.ask()
    assert told == [True]
    assert desktop.wish() == Desktop(is_dark=False)
    desktop.deleteLater()
