"""The frame of the promises: it fails whenever a harness does not show what it says."""

import io
from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.promises import frame
from tests.promises.__main__ import chosen
from tests.promises.frame import Counts, Harness, Report, Tally, asked_of, run_in_child, show

SOUND = Report(
    name="p99_example",
    promise="P99",
    title="an example",
    asked={"cases": 10},
    done={"cases": 10},
    mutants=2,
    caught=["a", "b"],
)
SMALL = {"edits": 12, "restores": 2, "re-signings": 4, "trees": 1}


def shown(*reports: Report) -> str:
    out = io.StringIO()
    show(reports, out)
    return out.getvalue()


def nothing(counts: Mapping[str, int], mutant: str | None) -> Tally:
    return Tally(cases=counts, violations=())


def test_that_a_sound_harness_passes() -> None:
    assert SOUND.passed
    assert shown(SOUND).endswith("1 passed, 0 failed\n")


@pytest.mark.parametrize(
    "report",
    [
        replace(SOUND, violations=("case 3 was done twice",)),
        replace(SOUND, done={"cases": 9}),
        replace(SOUND, done={}),
        replace(SOUND, caught=["a"]),
        replace(SOUND, failures=["ended with 1"]),
    ],
)
def test_that_anything_less_fails(report: Report) -> None:
    assert not report.passed
    assert shown(SOUND, report).endswith("1 passed, 1 failed\n")


def test_that_every_violation_of_the_first_is_told() -> None:
    told = shown(replace(SOUND, violations=("case 3 was done twice",)))
    assert "p99_example: case 3 was done twice\n" in told


def test_that_counts_are_scaled_but_never_to_none() -> None:
    harness = Harness(
        promise="P99",
        title="an example",
        counts={"cases": Counts(pr=2_000, release=10_000), "rare": Counts(pr=3, release=9)},
        run=nothing,
        mutants=("a",),
        mutant_counts={"cases": 5},
    )
    assert asked_of(harness, release=False, scale=0.1) == {"cases": 200, "rare": 1}
    assert asked_of(harness, release=True, scale=1) == {"cases": 10_000, "rare": 9}


def test_that_a_harness_is_run_in_a_process_of_its_own() -> None:
    tally = run_in_child("p06_record", SMALL, None, 120)
    assert tally == Tally(cases=SMALL, violations=())


def test_that_a_mutant_turns_a_harness_red() -> None:
    tally = run_in_child("p06_record", SMALL, "skips_the_root", 120)
    assert isinstance(tally, Tally)
    assert tally.violations


def test_that_a_harness_that_dies_is_told_with_its_last_words() -> None:
    told = run_in_child("p06_record", SMALL, "no such mutant", 120)
    assert isinstance(told, str)
    assert "KeyError: 'no such mutant'" in told


def test_that_a_harness_without_end_is_ended() -> None:
    assert run_in_child("p06_record", {**SMALL, "edits": 10**9}, None, 2) == "no end within 2 s"


def test_that_a_module_is_named_by_its_promise_or_its_file() -> None:
    assert chosen("P6") == (["p06_record"], [])
    assert chosen("p06") == (["p06_record"], [])
    assert chosen("P6, p06_record,P999") == (["p06_record"], ["P999"])
    everything, missing = chosen("")
    assert everything == frame.module_names()
    assert missing == []


def test_that_a_module_without_harness_is_a_failure() -> None:
    with pytest.raises(TypeError, match="has no HARNESS"):
        frame.load("frame")
    report = frame.judge("p98_absent", release=False, scale=1, limit=5)
    assert not report.passed
    assert "cannot be loaded" in report.failures[0]
