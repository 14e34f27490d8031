"""Handing over to the window: to the one that is installed, or to none."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

import pytest

from relconsole.cli.front_end import CANNOT_REACH, GROUP, WINDOW, open_window

HERE = "tests.unit.cli.test_front_end"


def window_of(words: Sequence[str]) -> int:
    """A window that only counts its words."""
    return len(words)


def entry(value: str) -> EntryPoint:
    return EntryPoint(name=WINDOW, value=value, group=GROUP)


def test_that_the_words_go_to_the_window_and_its_status_comes_back() -> None:
    assert open_window(["demo", "--seed", "7"], [entry(f"{HERE}:window_of")]) == 3


def test_that_without_a_window_nothing_is_opened() -> None:
    assert open_window(["demo"], []) is None


def test_that_a_window_that_lacks_a_library_is_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert open_window([], [entry("a_library_that_is_not_there:run")]) == CANNOT_REACH
    said = capsys.readouterr().err
    assert said.startswith("The window cannot be loaded: No module named 'a_library_that_is_not")
    assert "Traceback" not in said


def test_that_the_window_of_this_project_is_the_one_that_is_installed() -> None:
    names = [each.value for each in entry_points(group=GROUP, name=WINDOW)]
    assert names == ["relconsole_ui.main:run"]
