"""The demo's night as a commander plays it: nothing but keys, and eyes that read the screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from relconsole.ports.journal import JournalKind
from tests.live.waiting import eventually
from tests.window.conftest import Start
from tests.window.keys import Keys
from tests.window.program import RELCONSOLE, Program
from tests.window.record import NightRecord
from tests.window.screen import Screen
from tests.window.spoken import Spoken

PATIENCE: Final = 120.0
"""Seconds until the test gives up; two cores are shared by many."""

FIRST: Final = "Open the bridge and announce the start"
STATIONS: Final = ("payments", "ledger", "shop")
ARM: Final = "ctrl+shift+r"


@dataclass(slots=True)
class DemoNight:
    """A demo that runs in its window, and the person before it.

    Every look makes sure that nothing modal stands in the way.
    """

    program: Program
    folder: Path
    keys: Keys
    record: NightRecord = field(init=False)
    looks: int = 0

    def __post_init__(self) -> None:
        """Know the record of the demo."""
        self.record = NightRecord(self.folder / "store", JournalKind.DEMO)

    def look(self) -> Spoken:
        """Give what the screen says now."""
        heard = self.program.spoken()
        assert heard.questions() == [], f"something modal: {heard.questions()}"
        self.looks += 1
        return heard

    def sees(self, *words: str, seconds: float = PATIENCE) -> Spoken:
        """Wait until the screen says all of this, and give what it says then."""

        def looked() -> Spoken | None:
            heard = self.look()
            return heard if all(heard.says(each) for each in words) else None

        found = eventually(looked, f"the screen says {words}", seconds)
        assert found is not None
        return found

    def come_to_the_gate(self) -> Spoken:
        """Start and complete the first two steps on the card; the first job runs by itself."""
        for offers in (f"1 OF 10, {FIRST}", "Complete step", "STEP 2 OF 10"):
            self.sees(offers)
            self.keys.press("Return")
        self.record.await_fact("effect_confirmed", PATIENCE, count=2)
        return self.sees("Go to the poll")

    def go_through_the_gate(self) -> None:
        """Ask the stations in their order, take their answers, and decide."""
        for number, station in enumerate(STATIONS, start=1):
            # On a small screen the poll comes from behind its tab with the first question.
            self.sees("Go to the poll" if number == 1 else f"Ask {station}")
            self.keys.press("g", "1")
            self.record.await_fact("station_answered", PATIENCE, count=number)
        self.sees("the poll is GO")
        self.keys.press("g", "1", "Return")
        self.record.await_fact("gate_decided", PATIENCE)

    def come_to_the_fault(self) -> Spoken:
        """Wait until the fault after the ledger's step has raised its trigger on the screen."""
        self.record.await_fact("trigger_stood", PATIENCE)
        return self.sees("Checkout p95", "critical, beyond its limit", "Held since")

    def arm(self, reason: str, *, time: int = 1) -> Spoken:
        """Arm, with the reason that a way back which was never rehearsed needs."""
        self.keys.press(ARM)
        self.sees("Rollback, reason needed")
        self.keys.type(reason)
        self.keys.press("Return")
        self.record.await_fact("rollback_armed", PATIENCE, count=time)
        return self.sees("Rollback armed")

    def await_second_person(self) -> Spoken:
        """Wait until the other person has signed, in a process of their own."""
        heard = self.sees("Lena Brandt, second person, signed")
        held = [it for it in heard.all(role="push button") if "focused" in it.states]
        assert [it.name for it in held] == ["Hold 2 s to roll back"]
        return heard

    def is_fired(self) -> bool:
        """Tell whether the rollback was fired."""
        return bool(self.record.facts("rollback_fired"))


def demo_night(start: Start, on: Screen, folder: Path, *, guarded: bool = False) -> DemoNight:
    """Open the demo in its window, with its store in a folder that stays, and wait for the card."""
    words = (RELCONSOLE, "demo", "--folder", str(folder))
    night = DemoNight(start(on, words, guarded=guarded), folder, on.keys)
    night.program.await_window(PATIENCE)
    night.sees(f"STEP 1 OF 10, {FIRST}")
    eventually(lambda: _has_card(night), "the card has the keyboard from the start")
    return night


def _has_card(night: DemoNight) -> bool:
    cards = night.look().all(role="panel", name="STEP 1 OF 10")
    return any("focused" in each.states for each in cards)
