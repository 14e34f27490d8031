"""What an amendment would do: told before it is recorded, with what stands in its way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.kernel.refusal import refuse
from relconsole.domain.plan.amendment import Amendment, Insert, NotNeeded, Reassign, Retime
from relconsole.domain.plan.runbook import Step
from relconsole.services.amending import Weighed
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.amend_effect import (
    AmendEffectRows,
    AmendSight,
    EffectRow,
    eligible_for_amendment,
    present_effect,
    second_for_amendment,
)
from relconsole_ui.presenters.seen import Seen
from tests.unit.presenters import scenes
from tests.unit.presenters.amending import enrol, signed, weigh
from tests.unit.presenters.night_plan import ASHA, JO, MARA, TOMAS

MINUTE = timedelta(minutes=1)
WHY = "the pool is slow"
LONGER = Retime(step=StepId("shift-all"), reason=WHY, duration=plain(26 * MINUTE))
NOT_NEEDED = NotNeeded(step=StepId("purge"), reason=WHY)


def sight(weighed: Weighed) -> AmendSight:
    """What the window knows once an amendment was weighed."""
    return AmendSight(
        effect=weighed.effect,
        refusal=weighed.refusal,
        needs_second=weighed.needs_second,
        thing=weighed.thing,
    )


def shown(stage: scenes.Stage, amendment: Amendment) -> AmendEffectRows:
    """What is shown of an amendment."""
    return present_effect(stage.seen(), sight(weigh(stage, amendment)))


def row(rows: AmendEffectRows, label: str) -> EffectRow:
    """One row of what it does."""
    return next(each for each in rows.rows if each.label.startswith(label))


def test_that_a_later_end_is_told_with_how_much_and_which_limit_it_is_beyond() -> None:
    rows = shown(enrol(scenes.alarm()), LONGER)
    end = row(rows, "Forecast end")
    assert (end.value, end.note) == ("03:30 → 03:50", "20\u00a0min later")
    limit = row(rows, "Limit")
    assert limit.value == "20\u00a0min later, beyond the commander's 15\u00a0min"
    assert (limit.note, limit.status) == ("a second person signs", Status.WARNING)
    assert (rows.may_record, rows.why_not) == (False, "A second person has not signed")
    assert rows.may_ask


def test_that_an_earlier_end_within_the_limit_may_be_recorded_at_once() -> None:
    rows = shown(scenes.alarm(), NOT_NEEDED)
    assert row(rows, "Forecast end").note == "4\u00a0min earlier"
    assert row(rows, "Voids").value == "nothing"
    assert row(rows, "Limit").value == "within the commander's 15\u00a0min"
    assert (rows.may_record, rows.why_not, rows.people) == (True, "", None)
    assert row(rows, "Voids").sentence == "Voids: nothing, the plan stays as written"
    assert row(rows, "Limit").key == "Limit"


def test_that_what_is_void_is_named_by_step_and_the_rest_keeps_its_own() -> None:
    given = Reassign(step=StepId("verify-25"), owner=ASHA, reason=WHY)
    rows = shown(scenes.alarm(), given)
    void = row(rows, "Voids")
    assert void.value == "approval and rehearsed times of step 15"
    assert void.note == "untouched steps keep theirs"
    assert row(rows, "Forecast end").note == "as before"


def test_that_a_new_step_is_counted_and_voids_those_that_wait_for_it() -> None:
    step = Step(id=StepId("step-1"), title="Look", duration=plain(MINUTE))
    void = row(shown(scenes.alarm(), Insert(step=step, reason=WHY)), "Voids")
    assert (void.value, void.note) == ("no step's approval", "1 new step")
    both = Insert(step=step, reason=WHY, before=(StepId("shift-all"), StepId("close")))
    assert row(shown(scenes.alarm(), both), "Voids").value.endswith("of steps 17, 27")


def test_that_an_end_beyond_the_window_and_a_worse_chance_are_warned_of() -> None:
    far = replace(LONGER, duration=plain(150 * MINUTE))
    rows = shown(enrol(scenes.alarm()), far)
    assert row(rows, "Forecast end").status is Status.WARNING
    chance = row(rows, "In the window")
    assert (chance.value, chance.status) == ("100\u00a0% → 0\u00a0%", Status.WARNING)


@pytest.mark.parametrize(
    ("before", "after", "value", "note", "status"),
    [
        (0, 0, "02:45", "as before", Status.DONE),
        (0, -5, "02:45 → 02:40", "5\u00a0min earlier", Status.WARNING),
        (0, 5, "02:45 → 02:50", "5\u00a0min later", Status.DONE),
        (0, None, "forward only", "was 02:45", Status.CRITICAL),
        (None, None, "forward only", "as before", Status.ADVISORY),
        (None, 0, "02:45", "as before", Status.DONE),
    ],
)
def test_that_the_way_back_is_told_as_it_was_and_as_it_becomes(
    before: int | None, after: int | None, value: str, note: str, status: Status
) -> None:
    stage = scenes.alarm()
    known = sight(weigh(stage, NOT_NEEDED))
    effect = known.effect
    assert effect is not None
    latest = effect.before.latest_safe_start
    assert latest is not None
    was, becomes = (
        None if minutes is None else latest + minutes * MINUTE for minutes in (before, after)
    )
    changed = replace(
        effect,
        before=replace(effect.before, latest_safe_start=was),
        after=replace(effect.after, latest_safe_start=becomes),
    )
    rows = present_effect(stage.seen(), replace(known, effect=changed))
    found = row(rows, "Latest safe")
    assert (found.value, found.note, found.status) == (value, note, status)


def test_that_a_rehearsal_has_no_limit() -> None:
    stage = scenes.rehearsed()
    rows = shown(stage, LONGER)
    assert row(rows, "Limit").value == "a rehearsal has none"
    assert rows.may_record


def test_that_what_is_still_missing_is_said_instead() -> None:
    seen = scenes.alarm().seen()
    typed = present_effect(seen, AmendSight(problem="Say why"))
    assert (typed.rows, typed.says, typed.may_record) == ((), "Say why", False)
    weighing = present_effect(seen, AmendSight(is_weighing=True))
    assert weighing.says == "Working out what it does"
    nowhere = present_effect(scenes.before().seen(), AmendSight(problem="No night"))
    assert nowhere.says == "No night"


def test_that_what_is_weighed_anew_or_refused_cannot_be_recorded() -> None:
    stage = scenes.alarm()
    known = sight(weigh(stage, NOT_NEEDED))
    anew = present_effect(stage.seen(), replace(known, is_weighing=True))
    assert (anew.may_record, anew.why_not) == (False, "Working out what it does")
    refused = replace(known, refusal=refuse("x", "y", "the night was taken over"))
    rows = present_effect(stage.seen(), refused)
    assert rows.why_not == "The night was taken over."


def _seconded(second: object = ASHA) -> tuple[Seen, AmendSight]:
    """A sight with a request and the answer of somebody to it."""
    stage = enrol(scenes.alarm())
    weighed = weigh(stage, LONGER)
    answer = signed(stage, weighed, second)  # type: ignore[arg-type]
    known = replace(sight(weighed), asked=answer.digest, place="/requests/a", answer=answer)
    return stage.seen(), known


def test_that_a_signature_that_counts_lets_the_amendment_be_recorded() -> None:
    seen, known = _seconded()
    rows = present_effect(seen, known)
    assert (rows.may_record, rows.why_not, rows.may_ask) == (True, "", False)
    assert rows.people is not None
    assert [each.name for each in rows.people.rows] == ["Mara Okafor", "Asha Nair"]
    assert rows.people.rows[1].says.startswith("signed 02:17:42")
    assert not rows.people.is_waiting


def test_that_a_signature_of_who_asked_for_the_change_does_not_count() -> None:
    seen, known = _seconded(TOMAS)
    rows = present_effect(seen, known)
    assert not rows.may_record
    assert rows.people is not None
    assert (rows.people.rows[1].says, rows.people.rows[1].status) == (
        "does not count",
        Status.NO_GO,
    )
    assert rows.people.is_waiting


def test_that_who_may_sign_is_asked_in_turn_and_who_may_not_is_named_with_why() -> None:
    stage = enrol(scenes.alarm())
    seen = stage.seen()
    assert seen.run is not None
    found = eligible_for_amendment(seen, seen.run)
    assert [each.person for each in found if each.ok] == [ASHA, JO]
    assert second_for_amendment(found, None) == ASHA
    assert second_for_amendment(found, ASHA) == ASHA
    assert second_for_amendment(found, ASHA, other=True) == JO
    assert second_for_amendment(found, JO, other=True) == ASHA
    known = replace(sight(weigh(stage, LONGER)), asked=Digest("0" * 64), second=JO)
    people = present_effect(seen, known).people
    assert people is not None
    assert (people.second_name, people.rows[1].says, people.can_sign) == ("Jo Reyes", "asked", True)
    assert people.note == "2 may sign, 2 others may not"
    assert {each.name for each in people.barred} == {"Mara Okafor", "Tomas Lindqvist"}
    signing = present_effect(seen, replace(known, is_signing=True)).people
    assert signing is not None
    assert (signing.rows[1].says, signing.can_sign) == ("signing", False)


def test_that_nobody_enrolled_means_nobody_to_ask() -> None:
    rows = shown(scenes.alarm(), LONGER)
    assert rows.people is not None
    assert rows.people.rows[1].name == "Nobody may sign"
    assert rows.people.second is None
    assert rows.people.note == "0 may sign"


def test_that_somebody_else_than_the_commander_is_shown_as_such() -> None:
    stage = enrol(scenes.alarm())
    known = sight(weigh(stage, LONGER))
    for person, role in ((MARA, "Commander"), (JO, ""), (None, "")):
        people = present_effect(stage.seen(person=person), known).people
        assert people is not None
        assert people.rows[0].role == role


def test_that_a_bridge_without_its_release_is_a_fault_of_the_program() -> None:
    seen = scenes.alarm().seen()
    bare = replace(seen.state.workspace, releases={})
    gone = replace(seen, state=replace(seen.state, workspace=bare))
    assert gone.run is not None
    with pytest.raises(Bug, match="is not known"):
        eligible_for_amendment(gone, gone.run)
