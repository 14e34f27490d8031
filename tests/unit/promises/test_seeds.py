"""Seeds that once broke a promise are played for ever."""

from pathlib import Path

from tests.promises.seeds import SEEDS, seeds_of


def test_that_a_kept_seed_beyond_the_count_is_played_and_none_twice(tmp_path: Path) -> None:
    file = tmp_path / "seeds.txt"
    file.write_text("# a word\n\np01_effects 7 lost\np01_effects 2\np07_duties 9 voted twice\n")
    assert seeds_of("p01_effects", 4, file) == [0, 1, 2, 3, 7]
    assert seeds_of("p01_effects", 8, file) == list(range(8))
    assert seeds_of("p05_fencing", 2, file) == [0, 1]


def test_that_every_kept_seed_is_one_of_a_harness_that_plays_seeds() -> None:
    lines = [line for line in SEEDS.read_text().splitlines() if line and line[0] != "#"]
    assert all(
        line.split()[0] in {"p01_effects", "p04_observed", "p07_duties", "p09_outage"}
        for line in lines
    )
    assert all(line.split()[1].isdigit() for line in lines)
