"""The taste between its file and the window, and the wish of a desktop that says nothing."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from relconsole.adapters.settings import SettingsFile, WindowSettings
from relconsole_ui.application.desktop import DesktopWish, read_desktop
from relconsole_ui.application.taste import known_zones, tastes_of
from relconsole_ui.presenters.taste import Taste, ThemeWish


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


def test_that_the_wish_is_read_once_and_told_only_where_it_changes(qapp: QApplication) -> None:
    desktop = DesktopWish()
    told: list[bool] = []
    desktop.changed.connect(lambda: told.append(True))
    first = desktop.wish()
    desktop.read_again()
    assert desktop.wish() == first == read_desktop()
    assert told == []
    desktop.deleteLater()
