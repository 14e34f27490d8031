"""P15: a bad disk loses nothing that was acknowledged, and nothing wrong is taken for right.

A short night is written through the journal while the disk ends at some byte, or cannot be written:
then nothing more is taken, and what is there is still shown. One bit of a closed file is turned,
and a log is torn, as by a machine that lost its power: each is refused, or says what it said. Some
of it is done by commands as a person types them.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from tests.promises.disks_commands import Commands, write_store
from tests.promises.disks_damage import Damage, write_sound, write_torn
from tests.promises.disks_full import FullDisks
from tests.promises.disks_night import leave_the_mounts
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.planted import Fault

_LEDGER: Final = "relconsole.adapters.journal_sql.ledger"
_VERIFICATION: Final = "relconsole.adapters.journal_sql.verification"
_OPENING: Final = "relconsole.adapters.journal_sql.opening"
MUTANTS: Final[Mapping[str, tuple[str, Fault]]] = {
    "a_failed_commit_is_acknowledged": (
        "full disks",
        Fault(
            _LEDGER,
            '            self._driver.execute("COMMIT")\n',
            '            with suppress(*FAULTS):\n                self._driver.execute("COMMIT")\n',
        ),
    ),
    "goes_on_after_a_fault": (
        "full disks",
        Fault(
            _LEDGER,
            "        if self._broken is not None:\n            raise WorldIsDown(",
            "        if False:\n            raise WorldIsDown(",
        ),
    ),
    "a_held_file_is_taken_for_broken": (
        "refusals",
        Fault(_LEDGER, "if not is_busy(fault):", "if True:"),
    ),
    "kept_hashes_are_believed": (
        "flips",
        Fault(
            _VERIFICATION,
            'leaves = [sha256(b"\\x00" + line).digest() for line in lines]',
            "leaves = list(kept)",
        ),
    ),
    "anchors_are_not_compared": (
        "torn logs",
        Fault(_VERIFICATION, "sorted([*kept, head, *anchors]", "sorted([*kept, head]"),
    ),
    "damage_is_passed_over": ("flips", Fault(_OPENING, 'if damage != "ok":', "if False:")),
    "indexes_are_not_checked": (
        "flips",
        Fault(_OPENING, '("quick_check(1)", "integrity_check(effect_now)")', '("quick_check(1)",)'),
    ),
}
"""Each with the cases in which it must be seen."""


async def _play(counts: Mapping[str, int], folder: Path, only: str | None) -> Tally:
    """Do every case, or those of one kind until one breaks the promise."""
    full, damage = FullDisks(folder, disks=leave_the_mounts()), Damage(folder)
    sound = await write_sound(folder)
    torn = await write_torn(folder)
    cases: Mapping[str, Callable[[int], Awaitable[None]]] = {
        "full disks": full.fill,
        "refusals": full.refuse,
        "flips": lambda number: damage.flip(sound, number),
        "torn logs": lambda number: damage.tear(torn, number),
    }
    for what, do in cases.items():
        for number in range(counts[what] if only in {None, what} else 0):
            await do(number)
            if only is not None and (full.wrong or damage.wrong):
                break
    return Tally(cases=full.done + damage.done, violations=(*full.wrong, *damage.wrong))


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Do the counts, or with a mutant the cases in which it must be seen."""
    only = None
    if mutant is not None:
        only, fault = MUTANTS[mutant]
        fault.plant()
    with tempfile.TemporaryDirectory(prefix="disks-") as folder:
        Path(folder).chmod(0o755)  # another user must reach it
        tally = asyncio.run(_play(counts, Path(folder), only))
        if only is not None:
            return tally
        commands = Commands(Path(folder))
        store = write_store(Path(folder))
        for number in range(counts["commands"]):
            commands.type_in(store, number)
        cases = {**tally.cases, **commands.done}
        return Tally(cases=cases, violations=(*tally.violations, *commands.wrong))


HARNESS: Final = Harness(
    promise="P15",
    title="a bad disk loses and forges nothing",
    counts={
        "full disks": Counts(pr=40, release=1_000),
        "refusals": Counts(pr=10, release=50),
        "flips": Counts(pr=200, release=1_000),
        "torn logs": Counts(pr=40, release=1_000),
        "commands": Counts(pr=9, release=300),
    },
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={"full disks": 30, "refusals": 4, "flips": 200, "torn logs": 30, "commands": 0},
)
