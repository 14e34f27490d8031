"""C12: the real window, killed at random moments of a night, stands where it was within 10 s.

Nothing is repeated, nothing that the screen acknowledged is lost, and nobody takes the night up but
a person. Ten kills in each run of the tier; `--kills 100` before a release.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import pytest

from tests.window.killed_night import KilledNight, executed_twice, verified
from tests.window.screen import Screen

SEED: Final = 12
KILLS_A_NIGHT: Final = 10


def test_that_c12_a_killed_window_comes_back_as_it_was_and_repeats_nothing(
    large: Screen, pictures: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    wanted = int(str(request.config.getoption("--kills")))
    draw, done, slowest, number = random.Random(SEED), 0, 0.0, 0
    while done < wanted:
        folder, picture = tmp_path / f"night-{number}", pictures / "killed-failed.png"
        night = KilledNight(screen=large, folder=folder, draw=draw, picture=picture)
        most = min(KILLS_A_NIGHT, wanted - done)
        while night.kills < most and not night.is_over:
            night.live(is_spared=False)
            night.wrong += verified(night.folder) + executed_twice(night.folder)
            assert night.wrong == [], f"after {done + night.kills} kills, seed {SEED}"
        if not night.is_over:
            night.live(is_spared=True)
        night.judge_end()
        assert night.wrong == [], f"at the end of night {number}, seed {SEED}"
        done, slowest, number = done + night.kills, max(slowest, night.slowest), number + 1
    print(f"C12: {done} kills in {number} nights, seed {SEED}; same state after {slowest:.1f} s")
