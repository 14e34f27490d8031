"""P13: whatever bytes a server sends, a question ends as a typed error in time, or rightly.

Every fault befalls every verb of every networked plugin at one of its requests; then faults come
in random order. Behind a redirect, beyond the cap and in other such places stand answers of the
right form with wrong values: whoever gives one back has read what it must not.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from relconsole.domain.kernel.errors import Bug, PersonMustAct, WorldIsDown
from relconsole.plugin_api.effects import TargetRefused
from relconsole.plugin_process import guarded_http
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.networks import Networked, Verb
from tests.promises.networks_buildbot import BUILDBOT
from tests.promises.networks_prometheus import PROMETHEUS
from tests.promises.networks_request_tracker import REQUEST_TRACKER
from tests.promises.planted import Fault as Planted
from tests.tools.fault_server import FAULTS, SILENT, FaultServer
from tests.tools.tls_faults import SILENT_TLS, TLS_FAULTS, TlsGround

PLUGINS: Final[tuple[Networked, ...]] = (PROMETHEUS, REQUEST_TRACKER, BUILDBOT)
TOTAL: Final = 2.0
TOTAL_IN_SILENCE: Final = 0.3
"""Seconds of the client's deadline; the short one where nothing else would end the question, so
that on a slow machine every other fault is met, and not the deadline."""

MOST: Final = 100_000
AT_ONCE: Final = 24
GUARD: Final = 60.0
"""Seconds; what takes as long did not end by a deadline, on however slow a machine."""

GUARD_OF_A_MUTANT: Final = 2.0
LONGEST: Final = 4
"""Requests of a random sequence that may be befallen."""

_HTTP: Final = "relconsole.plugin_process.guarded_http"
_CONNECTIONS: Final = "relconsole.plugin_process.connections"
_PARSE: Final = "relconsole_plugins.prometheus.parse"
MUTANTS: Final[Mapping[str, tuple[str, Planted]]] = {
    "follows_redirects": (
        "301 on this host",
        Planted(
            _HTTP,
            "except (httpx.HTTPError,",
            "except Redirected as led:\n"
            "            there = str(httpx.URL(url).join(led.headers['location']))\n"
            "            return await self._send(transport, 'GET', there, headers, None, asked)\n"
            "        except (httpx.HTTPError,",
        ),
    ),
    "no_cap_on_bytes": (
        "too long",
        Planted(_HTTP, "if len(received) > self._most_bytes:", "if False:"),
    ),
    "no_total_deadline": (
        "a drip of the body",
        Planted(_HTTP, "async with asyncio.timeout(self._total):", "if True:"),
    ),
    "a_page_is_an_empty_answer": (
        "a sign-in page",
        Planted(
            _PARSE,
            "in answer.require(200).read(list[_Silence])",
            "in ([] if answer.body[:1] == b'<' else answer.require(200).read(list[_Silence]))",
        ),
    ),
    "errors_of_the_library_pass": (
        "a reset",
        Planted(
            _HTTP, "except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ", "except ("
        ),
    ),
    "another_silence_will_do": (
        "the answer to something else",
        Planted(_PARSE, "if found.id != wanted:", "if False:"),
    ),
    "an_early_answer_will_do": (
        "an answer twice",
        Planted(_CONNECTIONS, "self.is_early = not self._has_turned", "pass"),
    ),
    "any_certificate_will_do": (
        "expired",
        Planted(_CONNECTIONS, "verify=self._tls", "verify=False"),
    ),
}
"""Each with the fault that it must be seen at."""

Case = tuple[Networked, Verb, Sequence[str | None]]
Given = TypeVar("Given")


@dataclass(slots=True)
class Judge:
    """What sound networks answered, and what came otherwise."""

    guard: float
    plugins: Sequence[Networked]
    right: dict[tuple[str, str], object] = field(default_factory=dict[tuple[str, str], object])
    requests: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    wrong: list[str] = field(default_factory=list[str])

    async def learn(self) -> None:
        """Ask every verb over a sound network."""
        for plugin in self.plugins:
            for verb in plugin.verbs:
                target = plugin.right()
                async with FaultServer(target.answer, wrong=plugin.wrong().answer) as server:
                    http = guarded_http.GuardedHttp(server.url)
                    answer = await verb.ask(plugin.make(server.url, http))
                    await http.close()
                if not verb.done(target):
                    self.wrong.append(f"{plugin.name} {verb.name}: it was not done")
                self.right[plugin.name, verb.name] = answer
                self.requests[plugin.name, verb.name] = server.requests

    async def befall(self, case: Case) -> None:
        """Ask a verb while faults befall its requests, by their names."""
        plugin, verb, names = case
        target = plugin.right()
        async with FaultServer(
            target.answer, wrong=plugin.wrong().answer, mixed=plugin.mixed
        ) as server:
            server.plan = [None if name is None else FAULTS[name] for name in names]
            total = TOTAL_IN_SILENCE if SILENT.intersection(names) else TOTAL
            http = guarded_http.GuardedHttp(server.url, total=total, most_bytes=MOST)
            await self.judge(plugin, verb, target, server.url, http, f"{list(names)}")

    async def judge(
        self, plugin: Networked, verb: Verb, target: Any, url: str, http: Any, case: str
    ) -> None:
        """Ask, and judge how it ends; nothing is right where there is no target."""
        said = f"{plugin.name} {verb.name} under {case}"
        patience = asyncio.timeout(self.guard)
        try:
            async with patience:
                answer = await verb.ask(plugin.make(url, http))
        except Exception as error:  # noqa: BLE001 - every other exception is a broken promise
            if patience.expired():
                self.wrong.append(f"{said}: no end within {self.guard:g} s")
            elif isinstance(error, Bug) or not isinstance(error, WorldIsDown | PersonMustAct):
                self.wrong.append(f"{said}: {error!r}")
        else:
            no = isinstance(answer, TargetRefused) or answer is False
            refused = no and target is not None and plugin.untouched(target)
            known = answer in (self.right[plugin.name, verb.name], *verb.others)
            if target is None or not (refused or (known and verb.done(target))):
                self.wrong.append(f"{said}: {str(answer)[:200]} was taken for right")
        finally:
            await http.close()


async def _some_at_once(cases: Sequence[Given], work: Callable[[Given], Awaitable[None]]) -> None:
    rest = iter(cases)

    async def lane() -> None:
        for case in rest:
            await work(case)

    await asyncio.gather(*(lane() for _ in range(AT_ONCE)))


def _each(judge: Judge, names: Sequence[str]) -> list[Case]:
    """Give every fault at one request of every verb, each time that it comes at the next one."""
    cases: list[Case] = []
    for at, name in enumerate(names):
        for plugin in judge.plugins:
            for verb in plugin.verbs:
                before = (at + at // len(FAULTS)) % judge.requests[plugin.name, verb.name]
                cases.append((plugin, verb, [*([None] * before), name]))
    return cases


def _sequence(number: int) -> Case:
    """Give some faults in a random order, with sound answers between them."""
    draw = random.Random(number)
    plugin = draw.choice(PLUGINS)
    names = [
        draw.choice(list(FAULTS)) if draw.random() < 0.5 else None
        for _ in range(draw.randint(1, LONGEST))
    ]
    return plugin, draw.choice(plugin.verbs), names


def _taken(every: Sequence[str], count: int) -> list[str]:
    """Give so many of them, from the first again after the last."""
    return [every[at % len(every)] for at in range(count)]


async def _face_tls(names: Sequence[str], judge: Judge) -> None:
    """Ask every verb of servers that are not to be believed."""
    with tempfile.TemporaryDirectory() as folder:
        ground = TlsGround(folder)

        async def face(name: str) -> None:
            for plugin in judge.plugins:
                async with ground.facing(name, plugin.wrong().answer) as url:
                    for verb in plugin.verbs:
                        total = TOTAL_IN_SILENCE if name in SILENT_TLS else TOTAL
                        http = guarded_http.GuardedHttp(url, tls=ground.trusting, total=total)
                        await judge.judge(plugin, verb, None, url, http, f"TLS: {name}")

        await _some_at_once(names, face)


async def _play(counts: Mapping[str, int], only: str | None, judge: Judge) -> Counter[str]:
    done = Counter[str]()

    def note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        judge.wrong.append(f"the loop caught {context}")

    asyncio.get_running_loop().set_exception_handler(note)
    await judge.learn()
    if only is None or only in FAULTS:
        names = _taken([only] if only else list(FAULTS), counts["faults"])
        await _some_at_once(_each(judge, names), judge.befall)
        done["faults"] += len(names)
    if only is None or only in TLS_FAULTS:
        names = _taken([only] if only else list(TLS_FAULTS), counts["faults of TLS"])
        await _face_tls(names, judge)
        done["faults of TLS"] += len(names)
    numbers = range(counts["sequences"])
    await _some_at_once([_sequence(number) for number in numbers], judge.befall)
    done["sequences"] += len(numbers)
    return done


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Do the counts, or with a mutant the fault at which it must be seen."""
    only = None
    if mutant is not None:
        only, fault = MUTANTS[mutant]
        fault.plant()
    judge = Judge(GUARD, PLUGINS) if mutant is None else Judge(GUARD_OF_A_MUTANT, PLUGINS[:1])
    done = asyncio.run(_play(counts, only, judge))
    return Tally(cases=done, violations=tuple(judge.wrong))


HARNESS: Final = Harness(
    promise="P13",
    title="any bytes end as a typed error",
    counts={
        "faults": Counts(pr=len(FAULTS), release=len(FAULTS) * 30),
        "faults of TLS": Counts(pr=len(TLS_FAULTS), release=len(TLS_FAULTS) * 5),
        "sequences": Counts(pr=100, release=20_000),
    },
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={"faults": 1, "faults of TLS": 1, "sequences": 0},
)
