"""Seeds that once broke a promise, played in every run from then on."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SEEDS: Final = Path(__file__).with_name("seeds.txt")


def seeds_of(name: str, count: int, file: Path = SEEDS) -> list[int]:
    """Give the seeds from 0 on, so many, and after them the kept ones of this harness beyond."""
    kept: set[int] = set()
    for line in file.read_text(encoding="utf-8").splitlines():
        module, seed, *_ = [*line.split(maxsplit=2), "", ""]
        if module == name:
            kept.add(int(seed))
    return [*range(count), *sorted(seed for seed in kept if seed >= count)]
