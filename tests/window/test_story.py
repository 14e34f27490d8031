"""The whole story by real keys: fault, trigger, arm, second person, hold, rolled back.

The window is the one that `relconsole demo` opens, under a window manager; what is pressed goes
through the X server, what is shown is heard from outside, and what happened is read in the record.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final

from tests.helpers.cli import run_cli_process
from tests.live.waiting import eventually
from tests.window.conftest import Start
from tests.window.demo_night import ARM, PATIENCE, DemoNight, demo_night
from tests.window.screen import Screen
from tests.window.spoken import Spoken

OTHER_WINDOW: Final = (sys.executable, str(Path(__file__).with_name("small_window.py")))
REASON: Final = "Checkout is down since the ledger moved"
LATE: Final = "\N{MINUS SIGN}00:"
"""How the clock on the card begins once a step is late."""

KEYSTROKE: Final = 0.28
MENTAL: Final = 1.35
"""Seconds of the keystroke-level model, which are printed and hold nothing up."""


def _fired_nothing(night: DemoNight) -> None:
    """Fail where the rollback was fired, or leaves the sheet, within a moment."""
    time.sleep(1.0)
    assert not night.is_fired()
    night.sees("Rollback armed")


def _ends_rolled_back(night: DemoNight) -> None:
    """Wait for the end, on the screen and in the record."""
    fired = night.record.await_fact("rollback_fired", PATIENCE)
    second = fired.body["second"]
    assert isinstance(second, dict)
    assert (fired.by, second["signer"]) == ("mara", "lena")
    ended = night.record.await_fact("run_ended", PATIENCE)
    assert ended.body["outcome"] == "rolled_back"
    heard = night.sees("Rolled back", "2 of 2 steps done")
    assert heard.says("payments-api runs 2.30.4, wanted 2.30.4")
    assert heard.says("ledger-db runs 14.2, wanted 14.2")
    ran = [fact.body["step"] for fact in night.record.facts("step_started")]
    assert ran[-2:] == ["undo-migrate-ledger", "undo-deploy-api"]
    verified = run_cli_process(
        *("journal", "verify", "--kind", "demo", "--store", night.folder / "store", "--json")
    )
    assert (verified.status, verified.json["ok"]) == (0, True), verified


def test_that_the_whole_story_goes_by_keys_and_nothing_leaves_the_machine(
    large: Screen, start: Start, pictures: Path, tmp_path: Path
) -> None:
    other = start(large, OTHER_WINDOW)
    other.await_window()
    night = demo_night(start, large, tmp_path / "demo", guarded=True)
    keys = night.keys
    night.come_to_the_gate()
    night.go_through_the_gate()
    night.come_to_the_fault()
    large.picture().save(pictures / "story-alarm.png")

    # C1: from the alarm to an armed rollback.
    before = keys.actions
    night.arm(REASON)
    actions = keys.actions - before - 1
    klm = (actions + len(REASON)) * KEYSTROKE + 3 * MENTAL
    print(f"C1: {actions} actions beside a typed reason, {klm:.1f} s by the keystroke-level model")
    assert actions <= 3
    night.await_second_person()
    large.picture().save(pictures / "story-armed.png")

    # C2: what is let go early, or leaves the keyboard, fires nothing.
    keys.hold("space", 1.2)
    _fired_nothing(night)
    with keys.holding("space"):
        time.sleep(0.7)
        keys.activate(other.process.pid)
        time.sleep(2.5)
    _fired_nothing(night)
    keys.activate(night.program.process.pid)
    night.program.await_window()

    # C3: one key puts it away, also from a panel behind the sheet and while it is held.
    keys.press("F6", "F6", "Escape")
    night.record.await_fact("rollback_disarmed", PATIENCE)
    night.sees("Arm rollback, key Ctrl Shift R")
    night.arm(REASON, time=2)
    night.await_second_person()
    with keys.holding("space"):
        time.sleep(0.7)
        keys.press("Escape")
        time.sleep(2.0)
    night.record.await_fact("rollback_disarmed", PATIENCE, count=2)
    assert not night.is_fired()

    night.arm(REASON, time=3)
    night.await_second_person()
    before = keys.actions
    held = keys.hold("space", 2.3)
    print(f"C2: {keys.actions - before} action, held {held:.2f} s")
    assert keys.actions - before <= 2
    _ends_rolled_back(night)
    large.picture().save(pictures / "story-rolled-back.png")
    assert len(night.record.facts("rollback_fired")) == 1
    seen = night.program.sockets()
    assert seen.calls > 0
    assert seen.foreign == ()
    print(f"C14: nothing modal in {night.looks} looks")
    keys.press("ctrl+q")
    assert night.program.process.wait(30.0) == 0


def _is_in_sight(heard: Spoken, *wanted: str) -> None:
    missing = [words for words in wanted if not heard.in_sight(words)]
    assert missing == [], f"not in sight as a whole: {missing}"


def test_that_c7_the_story_goes_on_a_small_screen_with_all_that_counts_in_sight(
    small: Screen, start: Start, pictures: Path, tmp_path: Path
) -> None:
    night = demo_night(start, small, tmp_path / "demo")
    _is_in_sight(night.come_to_the_gate(), "Latest safe rollback", "Decide by", "No return")
    night.go_through_the_gate()
    night.come_to_the_fault()
    heard = night.sees("Overrun", LATE)
    step = "Watch checkout with scheme references"
    _is_in_sight(heard, "STEP 6 OF 10", step, "Mara Okafor", "Overrun", LATE)
    _is_in_sight(heard, "Latest safe rollback", "No return", "Arm rollback")
    small.picture().save(pictures / "story-small-alarm.png")
    night.keys.press(ARM)
    heard = night.sees("Rollback, reason needed")
    _is_in_sight(heard, "Reason to arm it all the same", "Hold 2 s to roll back", "key Esc")
    night.keys.type(REASON)
    night.keys.press("Return")
    night.record.await_fact("rollback_armed", PATIENCE)
    _is_in_sight(night.await_second_person(), "Hold 2 s to roll back", "Disarm, key Esc")
    small.picture().save(pictures / "story-small-armed.png")

    # The way for people who cannot hold a key: the name of the release, and Enter.
    night.keys.press("Tab", "Tab")
    eventually(lambda: _typing(night), "the field for the name has the keyboard")
    night.keys.type("payments-core-2026")
    night.keys.press("Return")
    _fired_nothing(night)
    night.keys.type(".4")
    night.keys.press("Return")
    _ends_rolled_back(night)
    small.picture().save(pictures / "story-small-rolled-back.png")


def _typing(night: DemoNight) -> bool:
    focused = [it for it in night.look().all(role="text") if "focused" in it.states]
    return any("press Enter to roll back" in it.name for it in focused)
