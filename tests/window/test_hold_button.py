"""C2: a real key that is held fires once, one that is let go early never, on a real X server.

The server repeats a held key as release and press, and Qt takes some of these repeats for the
finger's own when they reach it apart. No event that a test makes up in the process shows that.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final

import pytest

from tests.live.waiting import eventually
from tests.window.conftest import Start
from tests.window.screen import Screen

HOLD_WINDOW: Final = (sys.executable, str(Path(__file__).with_name("hold_window.py")))
TIMES: Final = 4


def test_that_c2_a_held_key_fires_once_each_time(large: Screen, start: Start) -> None:
    shown = start(large, HOLD_WINDOW)
    shown.await_window()
    for _ in range(TIMES):
        shown.keys.hold("space", 2.6)
    eventually(lambda: shown.said().count("held") >= TIMES, "it fired each time", 5.0)
    assert shown.said().split() == ["held"] * TIMES


def test_that_c2_a_key_that_stays_down_fires_no_second_time(large: Screen, start: Start) -> None:
    shown = start(large, HOLD_WINDOW)
    shown.await_window()
    shown.keys.hold("Return", 7.0)
    time.sleep(0.3)
    assert shown.said().split() == ["held"]


@pytest.mark.parametrize("seconds", [0.05, 0.6, 1.6])
def test_that_c2_a_key_let_go_early_fires_nothing(
    large: Screen, start: Start, seconds: float
) -> None:
    shown = start(large, HOLD_WINDOW)
    shown.await_window()
    shown.keys.hold("space", seconds)
    eventually(lambda: "cancelled" in shown.said(), "it was cancelled", 5.0)
    time.sleep(0.5)
    assert shown.said().split() == ["cancelled"]


def test_that_c2_esc_cancels_while_the_key_is_down(large: Screen, start: Start) -> None:
    shown = start(large, HOLD_WINDOW)
    shown.await_window()
    with shown.keys.holding("space"):
        time.sleep(0.8)
        shown.keys.press("Escape")
        time.sleep(2.6)
    assert shown.said().split() == ["cancelled"]


def test_that_c2_two_quick_presses_are_no_hold(large: Screen, start: Start) -> None:
    shown = start(large, HOLD_WINDOW)
    shown.await_window()
    for _ in range(2):
        shown.keys.hold("space", 1.3)
    time.sleep(0.3)
    assert "held" not in shown.said()
    assert shown.said().count("cancelled") == 2
