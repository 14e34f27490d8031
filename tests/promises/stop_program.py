"""The command line of a stopped night: as its own process, with a keyring and a clock of ours.

The first arguments say where the night is, which mutant is planted and what the keyring does.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.ports.credentials import Secret
from tests.promises.kills_cold import FileCredentials
from tests.promises.planted import Fault

PR_SET_PDEATHSIG: Final = 1
SHIFT: Final = "shift"
"""A file with the seconds by which the wall clock of a night's program is set forward."""

_CLOCK: Final = Fault(
    "relconsole.adapters.clock",
    "return datetime.now(UTC)",
    "import datetime as _d, os as _o;"
    ' return datetime.now(UTC) + _d.timedelta(seconds=float(open(_o.environ["SHIFT"]).read()))',
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """Under which fault it must be seen, and what is planted."""

    under: str
    faults: tuple[Fault, ...]


_SENDS: Final = (
    Fault(
        "relconsole.services.deliver",
        "from relconsole.domain.night.relief import is_stopped_for",
        "is_stopped_for = lambda run, found: False",
    ),
    Fault(
        "relconsole.domain.night.decide_run",
        "from relconsole.domain.night.relief import is_stopped_for, underway_relief",
        "from relconsole.domain.night.relief import underway_relief\n"
        "is_stopped_for = lambda run, found: False",
    ),
)

_GOES_ON: Final = Fault("relconsole.services.conduct", "if found.stop is not None:", "if False:")

MUTANTS: Final[Mapping[str, Mutant]] = {
    "waits_behind_the_running_call": Mutant(
        "the call of a job hangs",
        (
            Fault(
                "relconsole.services.night_loop",
                "return await work() if orders is None else await orders.beside(work)",
                "return await work()",
            ),
        ),
    ),
    "still_sends_after_the_stop": Mutant("the change system is down", (*_SENDS, _GOES_ON)),
    "still_intends_after_the_stop": Mutant(
        "a wrong passphrase",
        (
            *_SENDS,
            Fault(
                "relconsole.domain.night.decide_start",
                "        if run.stop is not None\n        else ()",
                "        if False\n        else ()",
            ),
            _GOES_ON,
        ),
    ),
    "is_swallowed_where_a_system_is_down": Mutant(
        "the call of a job hangs",
        (
            Fault(
                "relconsole.services.orders",
                "        async with self._turn:\n"
                "            await self._answer(await self._inbox.take_standing",
                "        if any(run.open_effects() for run in self._desk.state.runs.values()):\n"
                "            return\n"
                "        async with self._turn:\n"
                "            await self._answer(await self._inbox.take_standing",
            ),
        ),
    ),
    "asks_the_keyring_first": Mutant(
        "the keyring hangs",
        (
            Fault(
                "relconsole.runtime.composition",
                "if not wish.is_urgent:\n        return",
                "if True:\n        return",
            ),
        ),
    ),
    "is_withdrawn_without_an_answer": Mutant(
        "the night's console is frozen",
        (Fault("relconsole.adapters.inbox", "if not order.stands:", "if True:"),),
    ),
}


class LockedCredentials(FileCredentials):
    """A keyring that nobody unlocks."""

    async def get(self, name: str) -> Secret | None:
        """Say so."""
        raise PersonMustAct("The keyring is locked.", do=f"Unlock it for {name}.")


class HangingCredentials(FileCredentials):
    """A keyring that waits for somebody who is not there."""

    async def get(self, name: str) -> Secret | None:
        """Wait for ever."""
        await asyncio.Event().wait()
        return await super().get(name)


KEYRINGS: Final[Mapping[str, type[FileCredentials]]] = {
    "open": FileCredentials,
    "locked": LockedCredentials,
    "hanging": HangingCredentials,
}


def main() -> int:
    """Be the command line in a night's folder."""
    from relconsole.cli import main as relconsole

    # It ends with whoever started it: nothing outlives a harness that was stopped.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    folder, mutant, keyring, most = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    if (folder / SHIFT).exists():
        os.environ["SHIFT"] = str(folder / SHIFT)
        _CLOCK.plant()
    if mutant in MUTANTS:
        for fault in MUTANTS[mutant].faults:
            fault.plant()
    if most >= 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    credentials = None if keyring == "none" else KEYRINGS[keyring](folder / "keyring.json")
    return relconsole(sys.argv[5:], credentials=credentials)
