"""What a night needs of the machine: libraries, keyring, clock, zones, room on the disk."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
import zoneinfo
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relconsole.adapters.clock import SystemClock
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.ports.clock import Clock
from relconsole.ports.credentials import Credentials

PYTHONS: Final = ((3, 11), (3, 14))
"""From the first up to, not including, the second."""

SQLITE: Final = (3, 51, 3)
"""The first release whose write-ahead log is safe with several connections."""

ROOM: Final = 512 * 1024 * 1024
"""Bytes that a night with its evidence takes at most, several times over."""

CLOCK_SECONDS: Final = 0.2
DRIFT_SECONDS: Final = 0.05
"""How far wall and monotonic time may part within ``CLOCK_SECONDS``."""

_ZONE: Final = "Europe/Berlin"
_GIB: Final = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at; ``do`` is what a person may do where it does not hold."""

    name: str
    ok: bool
    found: str
    do: str = ""


async def check_machine(store: Path, credentials: Credentials) -> tuple[Check, ...]:
    """Give the checks of the machine."""
    return (
        check_python(sys.version_info[:3]),
        check_sqlite(),
        await check_keyring(credentials),
        await check_clock(SystemClock()),
        check_zones(),
        check_room(store),
    )


def check_python(version: tuple[int, ...]) -> Check:
    """Check the interpreter."""
    lowest, below = PYTHONS
    return Check(
        name="python",
        ok=lowest <= version[:2] < below,
        found=f"{'.'.join(map(str, version))} on {platform.system()} {platform.machine()}",
        do=f"Use Python {lowest[0]}.{lowest[1]} or later, before {below[0]}.{below[1]}.",
    )


def check_sqlite() -> Check:
    """Check the database library that the journal bundles."""
    from relconsole.adapters.journal_sql.connecting import DRIVER

    version: str = DRIVER.sqlite_version
    return Check(
        name="sqlite",
        ok=tuple(int(part) for part in version.split(".")) >= SQLITE,
        found=f"{version} of {DRIVER.__name__.partition('.')[0]}",
        do=f"Install a pysqlite3 with SQLite {'.'.join(map(str, SQLITE))} or later.",
    )


async def check_keyring(credentials: Credentials) -> Check:
    """Check that secrets outlive the program, and that they can be had now."""
    do = "Log in to the desktop's keyring and unlock it; without one, keys end with the program."
    if not credentials.durable:
        return Check(name="keyring", ok=False, found=f"none: {credentials.place}", do=do)
    try:
        await credentials.get("doctor/nothing")
    except (WorldIsDown, PersonMustAct) as closed:
        return Check(name="keyring", ok=False, found=str(closed), do=do)
    return Check(name="keyring", ok=True, found=f"{credentials.place}, unlocked")


async def check_clock(clock: Clock) -> Check:
    """Check that wall and monotonic time go together; a wall clock that jumps is being set."""
    began, ticked = clock.now(), clock.tick()
    await clock.sleep(CLOCK_SECONDS)
    wall, passed = (clock.now() - began).total_seconds(), clock.tick() - ticked
    apart = wall - passed
    return Check(
        name="clock",
        ok=abs(apart) <= DRIFT_SECONDS,
        found=f"{clock.now():%Y-%m-%d %H:%M:%S}Z, parted by {apart * 1000:+.1f} ms"
        f" in {passed:.1f} s",
        do="See that time synchronisation has settled before the window opens.",
    )


def check_zones() -> Check:
    """Check that zones are known, and by which edition of the time zone database."""
    do = "Install the tzdata package."
    try:
        zoneinfo.ZoneInfo(_ZONE)
    except zoneinfo.ZoneInfoNotFoundError:
        return Check(name="zones", ok=False, found=f"{_ZONE} is unknown", do=do)
    return Check(name="zones", ok=True, found=f"{_edition()}, {_ZONE} known", do=do)


def _edition() -> str:
    """Give which edition of the time zone database is used, as far as it says."""
    for folder in zoneinfo.TZPATH:
        for name in ("tzdata.zi", "+VERSION"):
            try:
                first = (Path(folder) / name).read_text(encoding="ascii").split("\n", 1)[0]
            except (OSError, UnicodeDecodeError):
                continue
            return f"the system's, {first.removeprefix('# version ').strip()}"
    try:
        return f"tzdata {importlib.metadata.version('tzdata')}"
    except importlib.metadata.PackageNotFoundError:
        return "the system's, of unknown edition"


def check_room(store: Path) -> Check:
    """Check the room on the disk of the store."""
    there = next(folder for folder in (store, *store.absolute().parents) if folder.exists())
    do = "Make room on that disk before the night."
    try:
        free = shutil.disk_usage(there).free
    except OSError as wrong:
        return Check(name="disk", ok=False, found=f"{there}: {wrong.strerror}", do=do)
    return Check(
        name="disk", ok=free >= ROOM, found=f"{free / _GIB:.1f} GiB free at {there}", do=do
    )
