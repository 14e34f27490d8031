"""P11: a plugin that hangs, floods, lies, raises, forks or dies never blocks or ends the console.

Each behaviour is a child of its own, some at a time, while a healthy plugin is asked without pause
by the same loop. A behaviour counts only where the child left word that it came to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from relconsole.adapters.plugin_host import Installed, Limits, PluginHost
from relconsole.domain.kernel.errors import Bug, RelconsoleError
from relconsole.domain.kernel.ids import SystemId
from relconsole.plugin_api.manifest import read_manifest
from relconsole.plugin_api.monitoring import QueryAnswer
from tests.plugins.hosting import RealClock, children_of, in_session, is_alive, kill, system
from tests.promises.frame import ROOT, Counts, Harness, Tally
from tests.promises.planted import Fault

SAMPLES: Final = ROOT / "tests/sample_plugin"
DEADLINE: Final = 1.0
GUARD: Final = 60.0
"""Seconds; what takes as long did not end by a deadline, on however slow a machine."""

OF_A_MUTANT: Final = (0.5, 2.0)
"""Deadline and guard where one is expected to be passed."""

AT_ONCE: Final = 8
STALL: Final = 0.05
"""Seconds of its own CPU that the loop's thread may take between two turns."""

GROWTH: Final = 96 << 20
"""Bytes by which the console may grow for some children at once, each with a capped answer."""

BIG: Final = "x" * 900_000
GOOD: Final = SystemId("good")

AT_START: Final = ("at_start_raises", "at_start_exits", "at_start_hangs", "at_start_leaves")
ANSWERED: Final = (
    "answers_twice",
    "changes_its_surroundings",
    "prints_much",
    "raises_when_closed",
    "removes_its_folder",
    "will_not_close",
)
"""These are odd, and their answer right all the same."""

BEHAVIOURS: Final = (
    "busy_for_ever",
    "forks",
    "floods_frames",
    "sends_another_shape",
    "pours_into_one_frame",
    *AT_START,
    *ANSWERED,
    "aborts",
    "announces_four_gigabytes",
    "answers_another_type",
    "answers_deeply",
    "answers_ten_megabytes",
    "answers_what_nobody_asked",
    "answers_wrong_fields",
    "cancels_itself",
    "closes_all_it_has",
    "closes_its_pipe",
    "crashes",
    "dies",
    "eats_memory",
    "floods_empty_parts",
    "floods_standard_error",
    "forks_and_stays",
    "holds_the_interpreter",
    "ignores_signals",
    "interrupts",
    "is_killed",
    "keeps_threads_busy",
    "leaves",
    "nests_deeply",
    "opens_files_without_end",
    "raises",
    "raises_much",
    "raises_without_words",
    "reads_nothing",
    "recurses",
    "says_that_it_never_started",
    "sends_a_number_without_end",
    "sends_an_endless_frame",
    "sends_an_exponent_without_end",
    "sends_bad_text",
    "sends_garbage",
    "sends_half_a_frame",
    "sends_half_a_length",
    "sends_half_a_letter",
    "sends_no_instant",
    "sends_no_json",
    "sends_not_a_number",
    "sends_parts_out_of_order",
    "sends_parts_without_end",
    "sleeps_for_ever",
    "starts_a_session",
    "starts_threads_without_end",
    "stops_itself",
    "swallows_its_cancellation",
)

_CHILD: Final = "relconsole.adapters.plugin_host.child"
MUTANTS: Final[Mapping[str, tuple[str, Fault]]] = {
    "no_deadline": (
        "busy_for_ever",
        Fault(_CHILD, "async with asyncio.timeout(deadline):", "async with asyncio.timeout(None):"),
    ),
    "no_cap_on_frames": (
        "pours_into_one_frame",
        Fault(
            _CHILD,
            "self._cutter = FrameCutter()",
            "self._cutter = FrameCutter()\n"
            "        vars(sys.modules[FrameCutter.__module__])['LONGEST_FRAME'] = 1 << 40",
        ),
    ),
    "only_the_first_process_is_killed": ("forks", Fault(_CHILD, "os.killpg(", "os.kill(")),
    "shape_is_not_checked": (
        "sends_another_shape",
        Fault(
            _CHILD,
            "        return verb.decode(raw)\n",
            "        with contextlib.suppress(WorldIsDown):\n"
            "            return verb.decode(raw)\n"
            "        return msgspec.json.decode(raw)\n",
        ),
    ),
    "garbage_is_not_foreseen": (
        "sends_garbage",
        Fault(_CHILD, "except FrameError as broken:", "except ZeroDivisionError as broken:"),
    ),
    "parts_are_counted_anew": (
        "floods_empty_parts",
        Fault(
            _CHILD,
            "waiting.length += len(part.text)",
            "waiting.length = sum(len(text) for text in waiting.parts)",
        ),
    ),
}
"""Each with the behaviour that it must be seen at."""


@dataclass(slots=True)
class Stage:
    """One loop, the healthy plugin on it, and what went wrong."""

    folder: Path
    deadline: float
    guard: float
    plugins: Mapping[str, Installed]
    good: PluginHost
    wrong: list[str] = field(default_factory=list[str])
    done: Counter[str] = field(default_factory=Counter[str])

    def host(self, folder: Path, names: Mapping[str, str], limits: Limits) -> PluginHost:
        """Give a host of saboteurs, by the name of their system."""
        systems = [
            system(name, "saboteur", behaviour=behaviour) for name, behaviour in names.items()
        ]
        return PluginHost(
            lambda: {one.id: one for one in systems},
            secrets=_no_secret,
            folder=folder,
            clock=RealClock(),
            limits=limits,
            plugins=self.plugins,
        )

    async def face(self, behaviours: Sequence[str]) -> None:
        """Ask one saboteur for each of these at once, and see what it does to the console."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        names = {f"bad-{at}": behaviour for at, behaviour in enumerate(behaviours)}
        host = self.host(folder, names, Limits(read=self.deadline, memory=400 << 20))
        open_before = _open_files()
        started = set[int]()
        ended = asyncio.Event()
        before = _forget_peak()
        healthy, watching = asyncio.gather(self._healthy(ended)), asyncio.gather(_pause(ended))
        patient = [name for name in names if names[name] not in AT_START]
        await self._stand(host, patient)
        try:
            async with asyncio.timeout(self.guard):
                await asyncio.gather(
                    *(self._bad(host, folder, name, names[name], started) for name in names)
                )
        except TimeoutError:
            self.wrong.append(f"{behaviours}: no end within {self.guard:g} s")
        finally:
            ended.set()
        await healthy
        (pause,) = await watching
        if pause > STALL:
            self.wrong.append(f"{behaviours}: the loop stood for {pause * 1000:.0f} ms of CPU")
        grown = _peak() - before
        if grown > GROWTH:
            self.wrong.append(f"{behaviours}: the console grew by {grown >> 20} MiB")
        await self._end(host, started, folder, behaviours)
        if not await self._comes(lambda: _open_files() <= open_before):
            self.wrong.append(f"{behaviours}: {_open_files() - open_before} files are left open")
        for name, behaviour in names.items():
            if not (folder / f"{name}.reached").exists():
                self.wrong.append(f"{behaviour} never came to it")
        self.done["behaviours"] += len(names)
        shutil.rmtree(folder, ignore_errors=True)

    async def _bad(
        self, host: PluginHost, folder: Path, name: str, behaviour: str, started: set[int]
    ) -> None:
        """Ask one saboteur, and judge how that ends."""
        started |= children_of(host)
        questions = ["up", *([BIG] * 12 if behaviour == "reads_nothing" else [])]

        async def ask(question: str) -> QueryAnswer:
            if question == BIG:  # once it no longer reads
                await self._comes((folder / f"{name}.reached").exists)
            return await host.query(SystemId(name), question)

        ends = asyncio.gather(*map(ask, questions), return_exceptions=True)
        while not ends.done():
            started |= children_of(host)
            await asyncio.wait([ends], timeout=0.1)
        for end in ends.result():
            self._judge(behaviour, end)
        started |= children_of(host)

    def _judge(self, behaviour: str, end: QueryAnswer | BaseException) -> None:
        match end:
            case Bug():
                self.wrong.append(f"{behaviour}: {end!r}")
            case RelconsoleError():
                if behaviour in ANSWERED:
                    self.wrong.append(f"{behaviour}: a right answer was not taken: {end}")
                # However slowly it pours, it is ended for the length that it announced.
                if behaviour == "pours_into_one_frame" and "no frame" not in str(end):
                    self.wrong.append(f"{behaviour}: not ended for its length, but {end}")
            case BaseException():
                self.wrong.append(f"{behaviour}: {end!r}")
            case answer:
                if behaviour not in ANSWERED or not _is_right(answer):
                    self.wrong.append(f"{behaviour}: {str(answer)[:200]} was taken for an answer")

    async def _stand(self, host: PluginHost, names: Sequence[str]) -> None:
        """Wait until these children have been started: what is judged comes after."""
        ok = False
        while not ok:
            checks = {one.name: one.ok for one in await host.check_systems()}
            ok = all(checks[name] for name in names)

    async def _healthy(self, ended: asyncio.Event) -> None:
        """Ask the healthy one until the others have ended."""
        asked = 0
        while not (ended.is_set() and asked):
            try:
                answer = await self.good.query(GOOD, "up")
            except Exception as failure:  # noqa: BLE001 - none is right
                self.wrong.append(f"the healthy plugin failed meanwhile: {failure!r}")
                return
            if not _is_right(answer):
                self.wrong.append(f"the healthy plugin answered {answer}")
            asked += 1
            await asyncio.sleep(0.02)

    async def _end(
        self, host: PluginHost, started: set[int], folder: Path, behaviours: Sequence[str]
    ) -> None:
        """Close the host; nothing of what the children started in their sessions may be left."""
        try:
            async with asyncio.timeout(self.guard):
                await host.close()
        except TimeoutError:
            self.wrong.append(f"{behaviours}: the host did not close")
        if not await self._comes(lambda: not any(in_session(pid) for pid in started)):
            left = [pid for leader in started for pid in in_session(leader)]
            self.wrong.append(f"{behaviours}: {len(left)} processes are left")
            for pid in left:
                kill(pid)
        # A session of its own is what a job is given that shall outlive the console: it is left
        # alone, and ended here by its number.
        for noted in folder.glob("*/pids"):
            for pid in map(int, noted.read_text().split()):
                if is_alive(pid):
                    kill(pid)

    async def _comes(self, holds: Any) -> bool:
        """Tell whether it comes to be."""
        end = time.monotonic() + self.guard
        while not holds():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.01)
        return True


async def _no_secret(_name: SystemId) -> None:
    return None


def _is_right(answer: object) -> bool:
    return isinstance(answer, QueryAnswer) and [one.value for one in answer.samples] == [1.0]


async def _pause(ended: asyncio.Event) -> float:
    """Give the most CPU that the loop's own thread took between two turns."""
    longest, last = 0.0, time.thread_time()
    while not ended.is_set():
        await asyncio.sleep(0.005)
        now = time.thread_time()
        longest, last = max(longest, now - last), now
    return longest


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _forget_peak() -> int:
    """Begin the peak of this process's memory anew, and give what it is now, in bytes."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) << 10


async def _play(behaviours: Sequence[str], folder: Path, deadline: float, guard: float) -> Stage:
    """Face the behaviours, some at a time, beside a healthy plugin."""
    manifest = read_manifest((SAMPLES / "saboteur/manifest.toml").read_text(), "manifest.toml")
    installed = Installed(entry="saboteur.plugin:Plugin", root=SAMPLES, manifest=manifest)
    good = PluginHost(
        lambda: {GOOD: system(GOOD, "saboteur", behaviour="behaves")},
        secrets=_no_secret,
        folder=folder,
        clock=RealClock(),
        limits=Limits(read=GUARD),
        plugins={"saboteur": installed},
    )
    stage = Stage(folder, deadline, guard, {"saboteur": installed}, good)

    def note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        stage.wrong.append(f"the loop caught {context}")

    asyncio.get_running_loop().set_exception_handler(note)
    try:
        await good.query(GOOD, "up")
        for at in range(0, len(behaviours), AT_ONCE):
            await stage.face(behaviours[at : at + AT_ONCE])
    finally:
        await good.close()
    return stage


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Face so many behaviours, or the one at which a mutant must be seen."""
    behaviours = [BEHAVIOURS[at % len(BEHAVIOURS)] for at in range(counts["behaviours"])]
    if mutant is not None:
        behaviour, fault = MUTANTS[mutant]
        fault.plant()
        behaviours = [behaviour]
    deadline, guard = (DEADLINE, GUARD) if mutant is None else OF_A_MUTANT
    with tempfile.TemporaryDirectory(prefix="plugins-", ignore_cleanup_errors=True) as folder:
        stage = asyncio.run(_play(behaviours, Path(folder), deadline, guard))
    return Tally(cases=stage.done, violations=tuple(stage.wrong))


HARNESS: Final = Harness(
    promise="P11",
    title="a bad plugin harms nobody else",
    counts={"behaviours": Counts(pr=len(BEHAVIOURS), release=len(BEHAVIOURS) * 50)},
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={"behaviours": 1},
)
