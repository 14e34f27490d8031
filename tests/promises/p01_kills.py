"""P1 to P3: nothing is done twice, nothing decided is lost, and a restart looks before it acts.

Real consoles are ended by real SIGKILLs, at named points and at random instants, all through a
night and its rollback; each is followed by another until the run is over. Most are forked from a
warm process; the last ones start cold, as the command line with its plugin in a child.
"""

from __future__ import annotations

import ctypes
import os
import random
import select
import shutil
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from relconsole.domain.kernel.ids import EffectId, RunId, SystemId
from relconsole.domain.record.checkpoint import Checkpoint
from relconsole.domain.record.effect import EffectState, RecognisesRepeat
from relconsole.plugin_api.effects import Acknowledged, EffectRequest, TargetRefused
from relconsole.ports.journal import Batch
from relconsole.services.deliver import Dispatcher
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.kills_cold import ColdKiller, begin_cold
from tests.promises.kills_judge import judge_between, judge_end, judge_order, leftovers
from tests.promises.kills_life import POINTS, LocalPlugins, Points, TracedJournal
from tests.promises.kills_plan import WARM, begin
from tests.promises.kills_program import Course, Parts, Scene, live

PATIENCE: Final = 30.0
KILLS_A_NIGHT: Final = 30
COLD_KILLS_A_NIGHT: Final = 10
PR_SET_PDEATHSIG: Final = 1
ENOUGH: Final = 10
"""Broken promises after which there is nothing more to learn."""

_ASKING: Final = ("find:before", "find:after")
_SENDING: Final = ("perform:before", "folder:before", "folder:made", "launch:after")
SOME: Final = 250
"""Kills from which every named point must have been struck at least once."""


class AcknowledgesFirst(TracedJournal):
    """A journal that says *recorded* before it is: each batch is written with the next one."""

    _held: Batch | None = None
    _head: Checkpoint | None = None

    async def append(self, batch: Batch) -> Checkpoint:
        self._points.pass_by("append:before")
        await self.flush()
        self._held = batch
        self._acknowledge(batch)
        self._points.pass_by("append:after")
        return self._head or await self._journal.head()  # type: ignore[return-value]

    async def flush(self) -> None:
        if self._held is not None:
            self._head = await self._journal.append(self._held)
            self._held = None

    async def head(self) -> Any:
        await self.flush()
        return await self._journal.head()

    async def take_lease(self, *given: Any) -> Any:
        await self.flush()
        return await super().take_lease(*given)

    async def release_lease(self, *given: Any) -> None:
        await self.flush()
        await self._journal.release_lease(*given)


class SendsFirst(AcknowledgesFirst):
    """A journal that keeps *sent* back until the call was made, and says so honestly."""

    async def append(self, batch: Batch) -> Checkpoint:
        if batch.envelopes[0].kind == "effect_sent":
            await self.flush()
            self._held = batch
            return self._head or await self._journal.head()  # type: ignore[return-value]
        await self.flush()
        return await TracedJournal.append(self, batch)

    async def flush(self) -> None:
        held = self._held
        await super().flush()
        if held is not None:
            self._acknowledge(held)


class FreshIds:
    """Systems that are sent a fresh id where something is sent once more."""

    def __init__(self, plugins: LocalPlugins, points: Points) -> None:
        self._plugins = plugins
        self._points = points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plugins, name)

    async def perform(
        self, system: SystemId, request: EffectRequest
    ) -> Acknowledged | TargetRefused:
        folder: Path = self._plugins._world.parent
        if (folder / "store/plugins" / system / "jobs" / request.id).exists():
            request = replace(request, id=EffectId(f"{request.id}-again"))
        return await self._plugins.perform(system, request)


class ActsFirst(Dispatcher):
    """A dispatcher that sends what is new before it asks what became of the old."""

    async def deliver(self, run: RunId) -> None:
        await self._carry(run, lambda effect: effect.state is EffectState.INTENDED)
        await self._carry(run, lambda effect: effect.state is not EffectState.INTENDED)


MUTANTS: Final[Mapping[str, Parts]] = {
    "acknowledges_before_the_commit": Parts(journal=AcknowledgesFirst),
    "sends_before_the_commit": Parts(journal=SendsFirst),
    "sends_again_under_a_fresh_id": Parts(plugins=FreshIds),
    "acts_before_it_asks": Parts(dispatcher=ActsFirst),
}


@dataclass(slots=True)
class Killer:
    """Draws where lives end, and counts the kills that really were."""

    draw: random.Random
    parts: Parts
    kills: int = 0
    struck: Counter[str] = field(default_factory=Counter[str])
    was_sending: bool = False

    def choose_point(self, how: RecognisesRepeat) -> tuple[str, int]:
        """Give a named point and the how-manieth passing, rarely struck ones much sooner.

        Nobody is asked whether they know an effect but a system that says it must be asked, and
        then only about one that was on its way when its console was killed.
        """
        if how is RecognisesRepeat.QUERYABLE and self.was_sending and self.draw.random() < 0.6:
            self.was_sending = False
            return min(_ASKING, key=lambda name: self.struck[name]), 1
        names = [name for name in POINTS if name not in _ASKING]
        weights = [1 / (1 + 4 * self.struck[name]) for name in names]
        return self.draw.choices(names, weights)[0], self.draw.choice((1, 1, 1, 2, 3))

    def play(self, folder: Path, course: Course, how: RecognisesRepeat, most: int) -> list[str]:
        """Kill a night's consoles one after the other, let the last one finish; what it broke."""
        scene = Scene(folder=folder, course=course, how=how, parts=self.parts)
        left = most
        while True:
            facts, broken = judge_between(folder)
            broken += judge_order(folder, how)
            if broken:
                return broken
            with (folder / "trace").open("a") as trace:
                print("life", *leftovers(facts), file=trace)
            ended = self._let_live(scene, is_spared=left == 0)
            if ended == -signal.SIGKILL:
                left -= 1
                self.kills += 1
            elif ended:
                return [f"a console ended with {ended}: {_said(folder)}"]
            else:
                return judge_end(folder, WARM, scene.how)

    def _let_live(self, scene: Scene, *, is_spared: bool) -> int:
        """Let one console live until it ends or is killed; its exit status, or minus the signal."""
        name, number = "", 0
        if not is_spared and (self.was_sending or self.draw.random() < 0.5):
            name, number = self.choose_point(scene.how)
        steps = self.draw.randrange(14) if not name else 60
        delay = self.draw.uniform(0.0, 0.02)
        pid, says = fork_console(scene, name, number)
        try:
            if not is_spared:
                _await_steps(says, steps)
                time.sleep(delay)
                os.kill(pid, signal.SIGKILL)
            status = wait_for(pid, says)
        finally:
            os.close(says)
        if status == -signal.SIGKILL and name and _died_at(scene.folder) == name:
            self.struck[name] += 1
            self.was_sending = name in _SENDING
        return status


def fork_console(scene: Scene, name: str, number: int) -> tuple[int, int]:
    """Start a console in a fork of this warm process; its number, and where it says its steps."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    os.close(reading)
    status = 1
    try:
        # It ends with whoever started it: nothing outlives a harness that was stopped.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        trace = os.open(scene.folder / "trace", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        live(scene, Points(writing, trace, name, number))
        status = 0
    except BaseException:  # noqa: BLE001 - said to the parent by the status and the file
        (scene.folder / "said").write_text(traceback.format_exc())
    os._exit(status)


def _await_steps(says: int, steps: int) -> None:
    """Wait until so many points were passed, or the console has ended."""
    passed = 0
    ends = time.monotonic() + PATIENCE
    while passed < steps and time.monotonic() < ends:
        ready, _, _ = select.select([says], [], [], 1.0)
        if ready:
            some = os.read(says, steps - passed)
            if not some:
                return
            passed += len(some)


def wait_for(pid: int, says: int) -> int:
    """Give how the console ended, emptying the pipe meanwhile; killed where it never does."""
    ends = time.monotonic() + PATIENCE
    while True:
        ready, _, _ = select.select([says], [], [], 0.2)
        if ready and not os.read(says, 65_536):
            break
        if time.monotonic() > ends:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return 99
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _died_at(folder: Path) -> str:
    """Give the point at which the last life ended by itself, empty where it was struck."""
    last = (folder / "trace").read_text().splitlines()[-1]
    return last.removeprefix("dies at ") if last.startswith("dies at ") else ""


def _said(folder: Path) -> str:
    said = folder / "said"
    return said.read_text()[-2000:] if said.exists() else "nothing"


def kill_warm(most: int, mutant: str | None) -> tuple[int, list[str]]:
    """Kill so many forked consoles, and give how many died and what they broke."""
    killer = Killer(random.Random(1), MUTANTS[mutant] if mutant else Parts())
    violations: list[str] = []
    with tempfile.TemporaryDirectory(prefix="kills-", ignore_cleanup_errors=True) as top:
        template = Path(top, "template")
        begin(template, WARM)
        night = 0
        while killer.kills < most and len(violations) < (1 if mutant else ENOUGH):
            folder = Path(top, f"night-{night}")
            shutil.copytree(template, folder)
            course = list(Course)[(night + 1) % 3]
            how = (RecognisesRepeat.NATIVE, RecognisesRepeat.QUERYABLE)[night % 2]
            wrong = killer.play(folder, course, how, min(KILLS_A_NIGHT, most - killer.kills))
            violations += [f"night {night} ({course}, {how}): {says}" for says in wrong]
            shutil.rmtree(folder, ignore_errors=True)
            night += 1
    if mutant is None and most >= SOME:
        violations += [f"no kill at {name}" for name in POINTS if not killer.struck[name]]
    print(f"{killer.kills} kills in {night} nights, seed 1; at points: {dict(killer.struck)}")
    return killer.kills, violations


def kill_cold(most: int) -> tuple[int, list[str]]:
    """Kill so many consoles that started cold, or their plugins; how many died, what they broke."""
    killer = ColdKiller(random.Random(2))
    with tempfile.TemporaryDirectory(prefix="kills-", ignore_cleanup_errors=True) as top:
        night = 0
        while killer.kills < most and not killer.broken:
            folder = Path(top, f"cold-{night}")
            begin_cold(folder)
            killer.play(folder, min(COLD_KILLS_A_NIGHT, most - killer.kills))
            night += 1
    return killer.kills, [f"cold night {night - 1}: {says}" for says in killer.broken]


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Kill as many as were asked for."""
    warm, violations = kill_warm(counts["warm SIGKILLs"], mutant)
    cold, more = kill_cold(counts.get("cold SIGKILLs", 0))
    cases = {"warm SIGKILLs": warm, "cold SIGKILLs": cold}
    return Tally(cases=cases, violations=(*violations, *more))


HARNESS: Final = Harness(
    promise="P1 P2 P3 real",
    title="killed consoles, night and rollback",
    counts={
        "warm SIGKILLs": Counts(pr=280, release=9_980),
        "cold SIGKILLs": Counts(pr=20, release=20),
    },
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={"warm SIGKILLs": 400},
)
