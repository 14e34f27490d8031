"""What the window remembers: kept whole, found again, and never in anybody's way."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from relconsole.adapters.settings import SettingsFile, WindowSettings

LIKED = WindowSettings(theme="light", scale=1.5, letters=False, page="reports", layouts={"a": "b"})


def test_that_what_is_kept_is_found_again_by_another_program(tmp_path: Path) -> None:
    path = tmp_path / "new" / "window.json"
    SettingsFile(path).write(LIKED)
    assert SettingsFile(path).known == LIKED


def test_that_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "window.json"
    SettingsFile(path).write(LIKED)
    assert path.parent.stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o077 == 0


def test_that_without_a_file_everything_is_as_it_is_by_itself(tmp_path: Path) -> None:
    assert SettingsFile(tmp_path / "window.json").known == WindowSettings()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"scale": "large"}', b"\xff\xfe", b'{"extra":' + b"[" * 100_000],
    ids=["empty", "cut", "list", "type", "bytes", "nested"],
)
def test_that_a_file_that_cannot_be_read_is_as_if_there_were_none(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(content)
    assert SettingsFile(path).known == WindowSettings()


def test_that_a_folder_in_the_place_of_the_file_keeps_nobody_from_working(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    path.mkdir()
    (path / "something").touch()
    kept = SettingsFile(path)
    kept.write(LIKED)
    assert kept.known == LIKED
    assert [each.name for each in tmp_path.iterdir()] == ["window.json"]


def test_that_a_folder_that_cannot_be_made_keeps_nobody_from_working(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = SettingsFile(tmp_path / "file" / "window.json")
    kept.write(LIKED)
    assert kept.known == LIKED


def test_that_a_setting_of_a_later_version_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    path.write_text(json.dumps({"theme": "light", "hologram": True}))
    assert SettingsFile(path).known == WindowSettings(theme="light")


def test_that_what_is_known_already_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    kept = SettingsFile(path)
    kept.write(LIKED)
    path.unlink()
    kept.write(msgspec.structs.replace(LIKED))
    assert not path.exists()
