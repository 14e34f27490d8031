"""What both people are told of an act before they do it."""

from __future__ import annotations

from dataclasses import replace

from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.night.bridge_commands import BeginHold, StopLine
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.step_commands import Said
from relconsole.domain.plan.guard import StartFigures
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.second_acts import (
    ActWords,
    commit_words,
    override_words,
    resume_words,
)
from relconsole_ui.presenters.words import NBSP
from tests.unit.presenters.rollback_nights import seen_of
from tests.unit.presenters.second_nights import SHIFT, SWITCH, shift, shifting, switch
from tests.unit.services.rooms import Room, minutes, played
from tests.unit.services.rooms_s2 import acts

PAST = Reason(
    rule="past_latest_safe_start",
    thing=SWITCH,
    says="switch would end at 2026-03-08T02:10:00Z, after 2026-03-08T01:50:00Z",
    lifts="two people commit to it",
)


def committed(room: Room, figures: StartFigures | None = None, note: str = "") -> ActWords:
    return commit_words(seen_of(room), room.run, switch(), (PAST,), figures, note)


@played
async def test_that_an_override_names_each_check_that_does_not_pass_and_how() -> None:
    room = await shifting()
    found = override_words(seen_of(room), room.run, shift(), "the peak is known")
    assert [(row.status, row.says) for row in found.rows] == [
        (Status.CRITICAL, "lag is 1.4, limit below 1"),
        (Status.UNKNOWN, "p95 is unknown: 'p95' has 0 values, not one"),
    ]
    assert found.about == "Step 1, Shift the traffic"
    assert found.rule == "Jo owns this step and may not sign"
    assert found.shows == {
        "step": SHIFT,
        "title": "Shift the traffic",
        "failing": [row.says for row in found.rows],
        "reason": "the peak is known",
    }
    assert found.rows[0].sentence == "critical, lag is 1.4, limit below 1"
    assert len({row.key for row in found.rows}) == len(found.rows)


@played
async def test_that_a_step_of_nobody_that_was_not_begun_bars_nobody() -> None:
    room = await shifting()
    step = replace(switch(), owner=None)
    found = override_words(seen_of(room), room.run, step, "")
    assert (found.rule, found.rows) == ("", ())
    assert "reason" not in found.shows


@played
async def test_that_giving_up_the_way_back_says_what_is_lost_and_from_when_to_when() -> None:
    room = await shifting()
    now = room.clock.now()
    lost = StartFigures(
        step=SWITCH, lasts=minutes(7), latest_now=now + minutes(90), latest_after=None
    )
    found = committed(room, lost, "the window is short")
    assert [(row.says, row.note) for row in found.rows] == [
        ("switch would end at 8 Mar, 02:10, after 8 Mar, 01:50", ""),
        ("Latest safe rollback start", f"{now + minutes(90):%H:%M}, then none"),
        ("The step takes, nine times of ten", f"up to 7{NBSP}min"),
    ]
    assert (found.word, found.is_grave) == ("pay-4", True)
    assert found.shows["reason"] == "the window is short"


@played
async def test_that_without_a_forecast_the_rule_alone_is_told() -> None:
    room = await shifting()
    found = committed(room)
    assert len(found.rows) == 1
    assert "reason" not in found.shows


@played
async def test_that_resuming_says_who_stopped_why_and_what_is_held_still() -> None:
    room = await shifting()
    hold = BeginHold(run=room.run.id, cause=HoldCause.CHECK, thing=SHIFT, reasons=("lag",))
    await room.sees(hold)
    await acts(room, StopLine(run=room.run.id, said=Said(note="smoke in the hall")))
    room.clock.advance(120)
    found = resume_words(seen_of(room), room.run)
    assert found is not None
    assert found.about.startswith("Mara stopped the line at ")
    assert [(row.says, row.note) for row in found.rows] == [
        ("smoke in the hall", f"stopped 2{NBSP}min ago"),
        ("Still held afterwards: lag", ""),
    ]
    assert found.shows == {"stopped_by": "mara", "why": "smoke in the hall"}


@played
async def test_that_a_stop_without_a_reason_says_so() -> None:
    room = await shifting()
    await acts(room, StopLine(run=room.run.id))
    found = resume_words(seen_of(room), room.run)
    assert found is not None
    assert found.rows[0].says == "No reason was given"


@played
async def test_that_a_line_that_runs_is_not_resumed() -> None:
    room = await shifting()
    assert resume_words(seen_of(room), room.run) is None
