"""The form of an amendment: what each act asks for, and what was typed into it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_facts import RollbackArmed
from relconsole.domain.night.state import RollbackRun
from relconsole.domain.plan.amendment import (
    Insert,
    NotNeeded,
    Reassign,
    Reorder,
    Repeat,
    Retime,
    Skip,
)
from relconsole.domain.plan.runbook import StepKind, UndoKind
from relconsole_ui.presenters.amend_form import (
    AmendAct,
    AmendDraft,
    AmendField,
    present_amend_form,
    read_amendment,
)
from relconsole_ui.presenters.plan_cells import Wrong
from relconsole_ui.presenters.seen import Seen
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import ASHA, JO, RUN, at

MINUTE = timedelta(minutes=1)
WHY = "the pool is slow"


@pytest.fixture(scope="module")
def seen() -> Seen:
    """The night in its trouble."""
    return scenes.alarm().seen()


def draft(act: AmendAct, step: str = "shift-all", **texts: str) -> AmendDraft:
    """What was chosen and typed; a reason unless another one is given."""
    typed = {AmendField[name.upper()]: text for name, text in {"reason": WHY, **texts}.items()}
    return AmendDraft(act=act, step=step, texts=typed)


def says(seen: Seen, wanted: AmendDraft) -> str:
    """What is missing or not understood."""
    found = read_amendment(seen, wanted)
    assert isinstance(found, Wrong), found
    return found.says


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        (AmendAct.SKIP, []),
        (AmendAct.NOT_NEEDED, []),
        (AmendAct.REASSIGN, [(AmendField.OWNER, "")]),
        (AmendAct.REORDER, [(AmendField.AFTER, "16, 15")]),
        (AmendAct.RETIME, [(AmendField.NOT_BEFORE, ""), (AmendField.DURATION, "6m")]),
    ],
)
def test_that_an_act_asks_only_for_what_it_changes_and_shows_what_stands(
    seen: Seen, act: AmendAct, fields: list[tuple[AmendField, str]]
) -> None:
    rows = present_amend_form(seen, draft(act))
    assert [(each.field, each.text) for each in rows.fields] == fields
    assert (rows.step, rows.why_not) == ("shift-all", "")


def test_that_a_fixed_start_is_shown_in_the_zone_of_the_night() -> None:
    rows = present_amend_form(scenes.calm().seen(), draft(AmendAct.RETIME, "leave-canary"))
    assert rows.fields[0].text == "02:15"


def test_that_an_insertion_asks_for_the_whole_step_and_for_no_other(seen: Seen) -> None:
    rows = present_amend_form(seen, draft(AmendAct.INSERT))
    assert rows.steps == ()
    assert {each.field: each.text for each in rows.fields if each.text} == {
        AmendField.KIND: "manual",
        AmendField.DURATION: "5m",
    }


def test_that_only_steps_not_begun_are_offered_and_to_repeat_those_that_are_over(
    seen: Seen,
) -> None:
    ahead = [each.step for each in present_amend_form(seen, draft(AmendAct.SKIP)).steps]
    assert "shift-all" in ahead
    assert not {"open", "shift"} & set(ahead)
    over = [each.step for each in present_amend_form(seen, draft(AmendAct.REPEAT)).steps]
    assert "open" in over
    assert not {"shift", "shift-all"} & set(over)


def test_that_a_step_which_is_not_offered_gives_way_to_the_first_that_is(seen: Seen) -> None:
    assert present_amend_form(seen, draft(AmendAct.SKIP, "open")).step == "verify-25"


def test_that_a_night_not_open_or_over_is_not_amended() -> None:
    before = present_amend_form(scenes.before().seen(), draft(AmendAct.SKIP))
    assert before.why_not == "No night is open: the plan is edited in its table."
    over = scenes.finished().seen()
    assert present_amend_form(over, draft(AmendAct.SKIP)).why_not == "The night is over."
    assert says(over, draft(AmendAct.SKIP)) == "The night is over."


def test_that_a_night_that_is_rolled_back_keeps_its_plan(seen: Seen) -> None:
    run = seen.run
    assert run is not None
    armed = RollbackArmed(
        run=run.id, only=None, covered=(), steps=(), calls={}, plan=run.plan, fleet=()
    )
    rollback = RollbackRun(armed=armed, armed_by=JO, armed_at=seen.now)
    for fired, why in ((None, ""), (seen.now, "A rollback was fired; the plan stays as it is.")):
        going = replace(run, rollback=replace(rollback, fired_at=fired))
        state = replace(seen.state, runs=seen.state.runs.set(run.id, going))
        rows = present_amend_form(replace(seen, state=state), draft(AmendAct.SKIP))
        assert rows.why_not == why


def test_that_an_act_without_a_step_to_do_it_to_says_so() -> None:
    stage = scenes.Stage()
    stage.open("01:30")
    fresh = stage.seen()
    none = present_amend_form(fresh, draft(AmendAct.REPEAT))
    assert (none.step, none.why_not) == ("", "No step is over that could be repeated.")
    assert says(fresh, draft(AmendAct.REPEAT, "")) == "Choose a step"
    stage = scenes.calm()
    for step in stage.seen().release.runbook.steps:
        if stage.state.runs[RUN].steps[step.id].state is StepState.NOT_STARTED:
            stage.end("02:20", step.id, StepState.NOT_NEEDED, "called off")
    none = present_amend_form(stage.seen(), draft(AmendAct.SKIP))
    assert none.why_not == "Every step has begun or is over."


def test_that_every_act_is_read_with_its_reason(seen: Seen) -> None:
    step = StepId("shift-all")
    for act, expected in (
        (AmendAct.SKIP, Skip(step=step, reason=WHY)),
        (AmendAct.NOT_NEEDED, NotNeeded(step=step, reason=WHY)),
        (AmendAct.REPEAT, Repeat(step=step, reason=WHY)),
    ):
        assert read_amendment(seen, draft(act)) == expected
        assert says(seen, draft(act, reason=" ")) == "Say why"


def test_that_a_step_is_given_to_somebody_who_is_known(seen: Seen) -> None:
    wanted = draft(AmendAct.REASSIGN, owner="Asha Nair")
    assert read_amendment(seen, wanted) == Reassign(
        step=StepId("shift-all"), owner=ASHA, reason=WHY
    )
    assert says(seen, draft(AmendAct.REASSIGN, owner="")) == "Owner: say who takes it"
    assert says(seen, draft(AmendAct.REASSIGN, owner="X")) == "nobody is called X"


def test_that_a_step_waits_for_exactly_the_steps_that_were_named(seen: Seen) -> None:
    wanted = draft(AmendAct.REORDER, after="15")
    assert read_amendment(seen, wanted) == Reorder(
        step=StepId("shift-all"), after=(StepId("verify-25"),), reason=WHY
    )
    assert says(seen, draft(AmendAct.REORDER, after="99")) == "Waits for: there is no step 99"


def test_that_a_re_time_says_only_what_becomes_other_than_it_is(seen: Seen) -> None:
    step = StepId("leave-canary")
    none = Retime(step=step, reason=WHY)
    cases: tuple[tuple[dict[str, str], Retime], ...] = (
        ({"not_before": "02:30", "duration": "11m"}, replace(none, not_before=at("02:30"))),
        ({"not_before": "02:15", "duration": "20m"}, replace(none, duration=plain(20 * MINUTE))),
        ({"not_before": "", "duration": ""}, replace(none, unlock=True)),
    )
    for texts, expected in cases:
        assert read_amendment(seen, draft(AmendAct.RETIME, step, **texts)) == expected
    same = draft(AmendAct.RETIME, step, not_before="02:15", duration="11m")
    assert says(seen, same) == "Say another start or another duration"


def test_that_a_re_time_that_is_not_understood_names_its_field(seen: Seen) -> None:
    assert says(seen, draft(AmendAct.RETIME, not_before="soon")).startswith("Not before: soon")
    assert says(seen, draft(AmendAct.RETIME, duration="long")).startswith("Duration: one duration")


def test_that_a_new_step_is_read_field_by_field(seen: Seen) -> None:
    wanted = draft(
        AmendAct.INSERT,
        "",
        title="Check the pool",
        owner="Jo Reyes",
        stream="payments-api",
        kind="manual",
        duration="5m",
        undo="none",
        after="14",
        before="17",
    )
    found = read_amendment(seen, wanted)
    assert isinstance(found, Insert)
    assert (found.step.id, found.step.owner, found.step.after) == ("step-1", JO, ("shift",))
    assert (found.before, found.reason) == (("shift-all",), WHY)
    for name, text, expected in (
        ("TITLE", "", "Title: must not be empty"),
        ("UNDO", "", "Undo: say none, irreversible"),
        ("BEFORE", "99", "Before: there is no step 99"),
    ):
        wrong = replace(wanted, texts={**wanted.texts, AmendField[name]: text})
        assert says(seen, wrong).startswith(expected)


def test_that_a_new_step_that_changes_nothing_needs_no_way_back(seen: Seen) -> None:
    wanted = draft(AmendAct.INSERT, "", title="Tell support", kind="communication", duration="1m")
    found = read_amendment(seen, wanted)
    assert isinstance(found, Insert)
    assert (found.step.kind, found.step.undo.kind) == (StepKind.COMMUNICATION, UndoKind.NONE)
