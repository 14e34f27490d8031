"""What is said of a print, and which facts call for one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import Digest
from relconsole.domain.night.facts import GateDecided, RunOpened
from relconsole.domain.readiness.poll import StationAnswer
from relconsole_ui.presenters.printing import (
    PrintCause,
    cause_of,
    present_not_printed,
    present_printed,
    present_printing,
)
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import GATE, RUN


def test_that_the_opening_of_a_live_night_and_each_gate_call_for_a_print() -> None:
    facts = [each.fact for each in scenes.calm().facts]
    opened = next(each for each in facts if isinstance(each, RunOpened))
    assert cause_of(opened) is PrintCause.OPENED
    assert cause_of(replace(opened, rehearsal=True)) is None
    assert {cause_of(each) for each in facts} == {PrintCause.OPENED, None}
    gate = GateDecided(
        run=RUN, step=GATE, decision=StationAnswer.GO, seen=Digest("0" * 64), note=""
    )
    assert cause_of(gate) is PrintCause.GATE


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        (PrintCause.ASKED, "Printing Payments Core 2026.4 cutover"),
        (
            PrintCause.OPENED,
            "Printing Payments Core 2026.4 cutover for the opening of the night",
        ),
        (PrintCause.GATE, "Printing Payments Core 2026.4 cutover for the gate"),
    ],
)
def test_that_a_print_that_goes_on_says_what_it_is_for(cause: PrintCause, says: str) -> None:
    rows = present_printing(scenes.calm().seen(), cause)
    assert (rows.says, rows.is_busy, rows.path) == (says, True, "")


def test_that_a_print_is_told_with_its_time_its_digest_and_where_it_lies() -> None:
    rows = present_printed(scenes.calm().seen(), "/prints/a.pdf", "9f2c41d788ab0000")
    assert rows.says == "Printed 02:11:42, digest 9f2c41d788ab: /prints/a.pdf"
    assert (rows.path, rows.is_wrong) == ("/prints/a.pdf", False)


def test_that_a_print_that_failed_says_why() -> None:
    rows = present_not_printed("The disk is full.")
    assert (rows.says, rows.is_wrong) == ("Not printed. The disk is full.", True)
