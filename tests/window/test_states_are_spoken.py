"""A3: an outside screen reader reads the bridge in its states, and each says what it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import pytest

from tests.window.conftest import Start
from tests.window.screen import Screen

STATE_WINDOW: Final = str(Path(__file__).with_name("state_window.py"))

SAID: Final = {
    "bridge-calm": (
        "No active alerts",
        "Latest safe rollback",
        "Shift 25 % traffic to payments-api",
        "Rollback ready",
        "4 of 4 sources live",
    ),
    "bridge-alarm": (
        "Checkout p95: 1.42 s",
        "late 02:42",
        "Hold at 25 % or roll back?",
        "NO-GO",
        "Arm rollback",
        "Paolo Marchetti",
        "edge-metrics stale",
    ),
    "bridge-armed": (
        "Rollback armed",
        "25 % to 0 %",
        "Asha Nair",
        "A second person has not signed",
    ),
    "bridge-network-cut": (
        "Production not visible",
        "Unknown since 02:14:52",
        "read back, never run again",
        "Arm is off: no system answers",
        "no data 177 s",
    ),
}


@pytest.mark.parametrize("state", list(SAID))
def test_that_a3_an_outside_reader_hears_the_state_of_the_bridge(
    large: Screen, start: Start, state: str
) -> None:
    shown = start(large, [sys.executable, STATE_WINDOW, state])
    shown.await_window()
    heard = shown.await_words(SAID[state][0])
    assert [words for words in SAID[state] if not heard.says(words)] == []
    assert [(it.role, it.place) for it in heard.nameless()] == []
    assert heard.questions() == []
