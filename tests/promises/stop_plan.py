"""The night that is stopped: two chains of short jobs, a change record, and a measured value.

Something is always about to leave: a job of either chain, or the anchor of a checkpoint.
"""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from immutables import Map

from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.release.release import ChangeReference, Indicator
from tests.promises.kills_cold import keep_keys
from tests.promises.kills_plan import (
    CI,
    RELEASE,
    Plan,
    record_beginning,
    workspace_of,
)

DESK: Final = SystemId("desk")
"""The change records, the values, and the second chain's jobs."""

SYSTEMS: Final = (CI, DESK)
LENGTH: Final = 25
"""Jobs of each chain: more than are done until a case is over."""

ANCHOR_EVERY: Final = timedelta(seconds=0.3)


WORLD: Final = "../../../world"
"""Seen from a plugin's own folder, so that a night's folder can be copied."""


def _chain(letter: str, system: SystemId) -> tuple[tuple[str, str, SystemId, tuple[str, ...]], ...]:
    """Give deployments one after the other on one system."""
    return tuple(
        (f"{letter}{at}", f"{letter}{at}", system, (f"{letter}{at - 1}",) if at else ())
        for at in range(LENGTH)
    )


PLAN: Final = Plan(
    name="stopped",
    deploys=(*_chain("a", CI), *_chain("b", DESK)),
    gate_after=(),
    is_observed=False,
)


def begin_night(folder: Path) -> None:
    """Make a night's folder: an empty world, a store with the plan in it, and sealed keys."""
    (folder / "world").mkdir(parents=True)
    install(folder / "site")
    now = datetime.now(UTC)
    asyncio.run(record_beginning(folder / "store", _workspace(now), now))
    keep_keys(folder)


def install(site: Path) -> None:
    """Lay the plugin into a folder as an installed distribution."""
    shutil.copytree(Path(__file__).with_name("stop_target"), site / "stop_target")
    about = site / "stop_target-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: stop-target\nVersion: 1\n")
    entry = "[relconsole.plugins]\nmoody = stop_target.plugin:Plugin\n"
    (about / "entry_points.txt").write_text(entry)


def _workspace(now: datetime) -> Workspace:
    """Give the workspace."""
    plain = workspace_of(PLAN, now)
    release = replace(
        plain.releases[RELEASE],
        change=ChangeReference(system=DESK, id="CHG-1"),
        indicators=(Indicator(id="load", title="Load", system=DESK, query="load"),),
    )
    settings = {"world": WORLD}
    return replace(
        plain,
        policy=replace(plain.policy, checkpoint_every=ANCHOR_EVERY),
        systems=Map(
            {each: System(id=each, plugin="moody", url="", settings=settings) for each in SYSTEMS}
        ),
        releases=Map({release.id: release}),
    )
