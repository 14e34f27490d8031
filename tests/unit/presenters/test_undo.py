"""What of the last act can be taken back, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.alert import Alert
from relconsole.domain.night.alert_commands import AcknowledgeAlert, ShelveAlert, UnshelveAlert
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.bridge_commands import BeginHold, EndHold
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.facts import StepEnded, StepState
from relconsole.domain.night.step_commands import EndStep, RepeatStep, Said, StartStep
from relconsole.domain.plan.runbook import StepKind
from relconsole_ui.presenters.alerts import alerts_of
from relconsole_ui.presenters.undo import NOTHING, WITHIN, Undoable, undoable_of, why_not_undone
from tests.unit.presenters.night_plan import INES, MARA, RUN
from tests.unit.presenters.scenes import Stage, alarm, before, calm, finished
from tests.unit.presenters.whole_night import night


def last(stage: Stage, *, person: PersonId | None = MARA) -> Undoable | None:
    """Give what the newest fact leaves to be taken back."""
    return undoable_of(stage.facts[-1], stage.seen(person=person, forecasts=False))


def why(undoable: Undoable | None, stage: Stage) -> str:
    return why_not_undone(undoable, stage.seen(forecasts=False))


def held(cause: HoldCause = HoldCause.PERSON) -> Stage:
    stage = calm()
    stage.do("02:12", BeginHold(run=RUN, cause=cause, thing="bridge", reasons=("wait",)))
    return stage


@pytest.mark.parametrize(
    ("state", "word"), [(StepState.DONE, "done"), (StepState.NOT_NEEDED, "not needed")]
)
def test_that_the_end_of_a_step_reopens_it_for_whom_it_was_recorded(
    state: StepState, word: str
) -> None:
    stage = calm()
    step = "warm" if state is StepState.DONE else "purge"
    stage.end("02:12", step, state, "seen")
    found = last(stage)
    assert found is not None
    assert found.text.endswith(f": {word}")
    assert isinstance(found.command, RepeatStep)
    owner = stage.owner(step)
    assert found.command.said == Said(for_person=owner, heard="voice", note="taken back")
    assert why(found, stage) == ""
    stage.do("02:20", found.command)
    assert stage.state.runs[RUN].steps[StepId(step)].state is StepState.NOT_STARTED
    assert why(found, stage) == NOTHING


def test_that_a_job_is_not_run_again_by_taking_its_end_back() -> None:
    stage = calm()
    stage.end("02:12", "warm")
    seen = stage.seen(forecasts=False)
    ended = next(each for each in reversed(stage.facts) if isinstance(each.fact, StepEnded))
    assert undoable_of(ended, seen) is not None
    run = stage.state.runs[RUN]
    jobs = tuple(replace(step, kind=StepKind.AUTOMATED) for step in run.runbook.steps)
    runs = stage.state.runs.set(RUN, replace(run, runbook=replace(run.runbook, steps=jobs)))
    automated = replace(seen, state=replace(stage.state, runs=runs))
    assert undoable_of(ended, automated) is None


def test_that_relief_by_hand_is_turned_off_and_not_reopened() -> None:
    stage = night()
    said = Said()
    stage.do("02:12", StartStep(run=RUN, step=StepId("page"), said=said))
    stage.do("02:12:30", EndStep(run=RUN, step=StepId("page"), state=StepState.DONE, said=said))
    ended = next(each for each in reversed(stage.facts) if isinstance(each.fact, StepEnded))
    assert ended.by == MARA
    assert undoable_of(ended, stage.seen(forecasts=False)) is None


def test_that_a_follower_that_started_leaves_the_end_as_it_is() -> None:
    stage = calm()
    run = stage.state.runs[RUN]
    ended, began = next(
        (before, step)
        for step in run.runbook.steps
        for before in map(run.find_step, step.after)
        if before is not None and run.steps[before.id].attempts and run.steps[step.id].attempts
    )
    found = Undoable(
        text=ended.title,
        command=RepeatStep(run=RUN, step=ended.id),
        by=MARA,
        at=stage.now,
        step=ended.id,
    )
    assert "has started since" in why(found, stage)
    assert began.after


def test_that_a_hold_and_its_end_are_each_taken_back() -> None:
    stage = held()
    found = last(stage)
    assert found is not None
    assert isinstance(found.command, EndHold)
    stage.do("02:13", found.command)
    ended = last(stage)
    assert ended is not None
    assert isinstance(ended.command, BeginHold)
    stage.do("02:13", ended.command)
    assert len(stage.state.runs[RUN].holds) == 1


def test_that_a_hold_of_the_console_is_not_a_persons_to_take_back() -> None:
    stage = held(HoldCause.MONITORING)
    assert last(stage) is None


def warned(stage: Stage) -> Alert:
    """An alert of the night that anybody may put aside."""
    shown = (each.alert for each in alerts_of(stage.seen()).shown)
    return next(alert for alert in shown if alert.level is not AlertLevel.CRITICAL)


def test_that_a_shelved_alert_is_taken_back() -> None:
    stage = alarm()
    alert = warned(stage)
    shelve = ShelveAlert(
        run=RUN,
        alert=alert.key,
        since=alert.since,
        level=alert.level,
        says=alert.says,
        said=Said(note="known"),
    )
    stage.do("02:19", shelve)
    found = last(stage)
    assert found is not None
    assert isinstance(found.command, UnshelveAlert)
    assert found.command.alert == alert.key


def test_that_nobody_takes_back_what_another_did() -> None:
    assert last(held(), person=INES) is None


def test_that_a_fact_of_no_night_is_nothing_to_take_back() -> None:
    assert last(before()) is None


def test_that_what_somebody_saw_is_not_unseen() -> None:
    stage = alarm()
    alert = warned(stage)
    seen = AcknowledgeAlert(
        run=RUN, alert=alert.key, since=alert.since, level=alert.level, says=alert.says
    )
    stage.do("02:19", seen)
    assert last(stage) is None


def test_that_a_hold_is_taken_back_within_half_a_minute() -> None:
    stage = held()
    found = last(stage)
    assert why(found, stage) == ""
    stage.clock.advance(WITHIN.total_seconds())
    assert why(found, stage) == ""
    stage.clock.advance(timedelta(seconds=1).total_seconds())
    assert why(found, stage) == NOTHING


def test_that_a_key_that_was_closed_or_changed_takes_nothing_back() -> None:
    stage = held()
    found = last(stage)
    for person in (None, INES):
        assert why_not_undone(found, stage.seen(person=person, forecasts=False)) == NOTHING


def test_that_after_the_night_nothing_is_taken_back() -> None:
    over = finished()
    command = EndHold(run=RUN, cause=HoldCause.PERSON, thing="bridge")
    found = Undoable(text="the hold", command=command, by=MARA, at=over.now)
    assert why(found, over) == "the night is over"
    assert why(None, over) == NOTHING
    assert why(found, before()) == NOTHING
