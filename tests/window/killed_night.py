"""One night under a window that is killed again and again, and what is wrong after each kill."""

from __future__ import annotations

import random
import re
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.domain.record.envelope import Envelope
from relconsole.ports.journal import JournalKind
from tests.live.waiting import eventually
from tests.promises.kills_judge import executions, facts_of, judge_end
from tests.promises.stop_case import waited_for_processor
from tests.window.killed_plan import LENGTH, PLAN, begin
from tests.window.program import Program, program
from tests.window.record import NightRecord
from tests.window.screen import Screen
from tests.window.spoken import Spoken, spoken

ROOT: Final = Path(__file__).resolve().parents[2]
PROGRAM: Final = str(Path(__file__).with_name("killed_program.py"))
PROMISED: Final = 10.0
"""Seconds from the start until the screen shows what is recorded; not waiting for a processor."""

BOUND: Final = 90.0
QUIET: Final = 1.5
"""Seconds in which a window that takes up the night by itself would do so."""

_OVER: Final = re.compile(r"(\d+) of (\d+) steps over, (\d+) running")
_BY_ITSELF: Final = frozenset({"run_taken_up", "step_started", "step_ended", "effect_sent"})

States = Mapping[str, str]
"""What each step that is not as planned has come to: running, or over."""


@dataclass(slots=True, kw_only=True)
class KilledNight:
    """A folder with a night, the windows that were opened over it, and what they broke.

    ``picture`` is where the screen is kept on which something did not come.
    """

    screen: Screen
    folder: Path
    draw: random.Random
    picture: Path
    kills: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list[str])
    shown_running: frozenset[str] = frozenset()
    shown_over: int = 0

    def __post_init__(self) -> None:
        """Begin the night."""
        begin(self.folder)

    @property
    def record(self) -> NightRecord:
        """Give the record of the night."""
        return NightRecord(self.folder / "store", JournalKind.LIVE)

    @property
    def is_over(self) -> bool:
        """Tell whether the run has ended."""
        return bool(self.record.facts("run_ended"))

    def live(self, *, is_spared: bool) -> None:
        """Let one window live: look on, take the night up, work; killed unless it is spared."""
        began = time.monotonic()
        words = [sys.executable, PROGRAM, str(self.folder)]
        more = {"PYTHONPATH": str(ROOT)}
        with program(self.screen, self.folder / "home", words, more=more) as window:
            try:
                self._live(window, began, is_spared=is_spared)
            except AssertionError as failed:
                self.screen.picture().save(self.picture)
                self.wrong.append(str(failed))

    def _live(self, window: Program, began: float, *, is_spared: bool) -> None:
        """Do in it what a person does, up to its end."""
        if not is_spared and self._happens(0.1):
            self._kill_after(window, 4.0)
            return
        window.await_window(BOUND)
        self._judge_screen(window, began)
        self._judge_quiet(window)
        taken = len(self.record.facts("run_taken_up"))
        window.keys.press("ctrl+Return")
        if not is_spared and self._happens(0.1):
            self._kill_after(window, 0.4)
            return
        self.record.await_fact("run_taken_up", BOUND, count=taken + 1)
        if is_spared:
            self._work_to_the_end(window)
            return
        for _ in range(self.draw.randrange(3)):
            self._act(window)
        self._press(window)
        self._kill_after(window, self.draw.choice((0.0, 0.1, 1.5)))

    def judge_end(self) -> None:
        """Keep what is wrong with a night that came to its end."""
        self.wrong += judge_end(self.folder, PLAN, RecognisesRepeat.NATIVE)
        for at in range(1, LENGTH + 1):
            for kind in ("step_started", "step_ended"):
                found = self.record.of_step(kind, f"h{at}")
                if len(found) != 1:
                    self.wrong.append(f"h{at} has {len(found)} of {kind}")

    def _judge_screen(self, window: Program, began: float) -> None:
        """Keep how long it took until the screen showed the record, and what never came."""
        states = states_of(self.record.facts())
        self.wrong += [
            f"the screen said that {step} runs, and its start is not recorded"
            for step in self.shown_running
            if step not in states
        ]
        if self.shown_over > sum(state == "over" for state in states.values()):
            self.wrong.append(f"the screen said that {self.shown_over} are over, not so {states}")
        has_run = bool(self.record.facts("run_opened"))
        last: list[str] = []

        def shows() -> bool:
            window.must_run()
            heard = spoken(self.screen.environment, window.process.pid)
            last[:] = ["nothing"] if heard is None else differences(heard, states, has_run=has_run)
            return not last

        try:
            eventually(shows, "the screen shows the record", BOUND)
        except AssertionError:
            self.wrong.append(f"the screen does not show {states}: {last}")
            return
        took = time.monotonic() - began
        took -= min(took, waited_for_processor(window.process.pid))
        self.slowest = max(self.slowest, took)
        if took > PROMISED:
            self.wrong.append(f"the same state was shown after {took:.1f} s")

    def _judge_quiet(self, window: Program) -> None:
        """Keep what happened although nobody has taken the night up."""
        known = len(self.record.facts())
        time.sleep(QUIET)
        window.must_run()
        self.wrong += [
            f"{fact.kind} was recorded before anybody took the night up"
            for fact in self.record.facts()[known:]
            if fact.kind in _BY_ITSELF
        ]

    def _act(self, window: Program) -> None:
        """Do the next step by hand as far as one press goes, and wait until the screen says so."""
        if self.is_over or not self._next_hand():
            return
        before = len(self.record.facts("step_started", "step_ended"))
        self._press(window)
        eventually(
            lambda: len(self.record.facts("step_started", "step_ended")) > before,
            "the press is recorded",
            BOUND,
        )
        heard = window.spoken()
        self.shown_running, self.shown_over = running_on(heard), over_on(heard)

    def _press(self, window: Program) -> None:
        """Press Enter once the card shows the next step by hand, in the way that it can be done."""

        def is_on_the_card() -> bool:
            # The next step may begin by itself while one looks.
            wanted = self._next_hand()
            if self._asks_of_a_job():
                self._settle_job(window)
            return not wanted or window.spoken().says(wanted)

        eventually(is_on_the_card, "the card shows the next step", BOUND)
        if self._next_hand():
            window.keys.press("Return")

    def _asks_of_a_job(self) -> str:
        """Give the job whose end nobody knows, and about which the night asks; empty for none."""
        asked: dict[str, bool] = {}
        for fact in self.record.facts("hold_began", "hold_ended"):
            if fact.body["cause"] == "effect":
                asked[str(fact.body["thing"])] = fact.kind == "hold_began"
        return next((effect for effect, is_asked in asked.items() if is_asked), "")

    def _settle_job(self, window: Program) -> None:
        """Look at the world, say on the card what became of the job, and repeat one that never ran.

        A window that was killed between keeping a job and starting it leaves one that never will.
        """
        effect = self._asks_of_a_job()
        ran = executions(self.folder).get(effect, 0)
        settled = len(self.record.facts("effect_settled_by_hand"))
        eventually(lambda: window.spoken().says("Job never ran"), "the card asks", BOUND)
        window.keys.press("e" if ran else "n")
        window.keys.type("looked at the target")
        window.keys.press("Return")
        self.record.await_fact("effect_settled_by_hand", BOUND, count=settled + 1)
        if ran:
            return
        repeated = len(self.record.facts("step_reopened"))
        eventually(lambda: window.spoken().says("Repeat"), "the card offers it again", BOUND)
        window.keys.press("Return")
        self.record.await_fact("step_reopened", BOUND, count=repeated + 1)

    def _next_hand(self) -> str:
        """Give how the card of the next step by hand says itself, empty where all are over."""
        states = states_of(self.record.facts())
        for at in range(1, LENGTH + 1):
            state = states.get(f"h{at}")
            if state != "over":
                word = "running" if state == "running" else "waiting"
                return f"Check part {at}, mara, {word}"
        return ""

    def _work_to_the_end(self, window: Program) -> None:
        while self._next_hand():
            self._act(window)
        self.record.await_fact("run_ended", BOUND)
        window.keys.press("ctrl+q")
        window.process.wait(30.0)

    def _happens(self, chance: float) -> bool:
        return self.draw.random() < chance

    def _kill_after(self, window: Program, most: float) -> None:
        """Kill it at some moment within so many seconds."""
        time.sleep(self.draw.uniform(0.0, most))
        if window.runs:
            window.kill()
            self.kills += 1


def states_of(facts: Sequence[Envelope]) -> States:
    """Give what the steps have come to, by the facts alone."""
    states: dict[str, str] = {}
    for fact in facts:
        if fact.kind == "step_started":
            states[str(fact.body["step"])] = "running"
        elif fact.kind == "step_ended":
            states[str(fact.body["step"])] = "over"
    return states


def titles() -> Mapping[str, str]:
    """Give the title of each step."""
    return {step.id: step.title for step in PLAN.runbook.steps}


def differences(heard: Spoken, states: States, *, has_run: bool = True) -> list[str]:
    """Give where the screen says something else than the record; steps are listed once they run."""
    wrong: list[str] = []
    said = [_OVER.search(it.description) for it in heard.all(name="Timeline")]
    counts = [found for found in said if found is not None]
    over = sum(state == "over" for state in states.values())
    running = sum(state == "running" for state in states.values())
    if not counts:
        return ["the timeline says nothing"]
    if (int(counts[0][1]), int(counts[0][3])) != (over, running):
        wrong.append(f"it says {counts[0][0]!r}")
    if has_run and over < len(titles()):
        shown = running_on(heard)
        wrong += [f"{step} is not shown as running" for step in _running(states) - shown]
        wrong += [f"{step} is shown as running" for step in shown - _running(states)]
    return wrong


def running_on(heard: Spoken) -> frozenset[str]:
    """Give the steps that the screen shows as running."""
    listed = [it.name for it in heard.all(role="list item", name="Step ")]
    return frozenset(
        step
        for step, title in titles().items()
        if any(f", {title}, " in name and ", running: " in name for name in listed)
    )


def over_on(heard: Spoken) -> int:
    """Give how many steps the screen says are over, 0 where it does not say."""
    said = (_OVER.search(it.description) for it in heard.all(name="Timeline"))
    return max((int(found[1]) for found in said if found is not None), default=0)


def _running(states: States) -> frozenset[str]:
    return frozenset(step for step, state in states.items() if state == "running")


def executed_twice(folder: Path) -> list[str]:
    """Give the effects that the world did more than once, by its own log."""
    return [effect for effect, count in executions(folder).items() if count > 1]


def verified(folder: Path) -> list[str]:
    """Give what verification says against a copy of the record, as the killed window left it."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder / "store/live", copy / "store/live")
    return facts_of(copy)[1]
