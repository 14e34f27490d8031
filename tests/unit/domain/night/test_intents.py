"""The effects that a night intends: what they hold, and under whose order and lease."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from immutables import Map

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import EnvironmentId, ServiceId, StepId, SystemId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.night.effect_facts import EffectIntended, Purpose
from relconsole.domain.night.intents import (
    calls_jobs,
    calls_jobs_of,
    inputs_of,
    intend,
    intend_start,
)
from relconsole.domain.plan.runbook import JobRun, Runbook, Step, StepKind, StepSilence
from relconsole.domain.release.release import RehearsalPlace
from tests.unit.domain.night import scenes
from tests.unit.domain.night.nights import BEN, CONSOLE, Bridge, bridge, deploying, nameless
from tests.unit.domain.night.scenes import DEPLOY, INES, JO, MARA, RUN, STOP, UNDO_DEPLOY, minutes

SILENCED = Step(
    id=StepId("quiet"),
    title="Deploy quietly",
    owner=JO,
    kind=StepKind.AUTOMATED,
    duration=plain(minutes(8)),
    run=JobRun(system=SystemId("ci"), job="deploy", parameters=Map({"to": "prod"})),
    silence=StepSilence(
        system=SystemId("metrics"), services=(ServiceId("api"),), lasts=timedelta(minutes=10)
    ),
)
STAGING = RehearsalPlace(
    environment=EnvironmentId("staging"), parameters=Map({"to": "staging", "dry": "no"})
)


def rehearsing(place: RehearsalPlace | None) -> Bridge:
    found = bridge(Runbook(steps=(SILENCED,)), rehearsal=True)
    found.release = replace(found.release, rehearsal=place)
    return found


def payload(effect: EffectIntended) -> JsonObject:
    found: JsonObject = json.loads(effect.payload)
    return found


def test_that_a_live_run_calls_jobs_and_a_rehearsal_only_where_it_has_a_place() -> None:
    without = scenes.release()
    with_place = replace(without, rehearsal=STAGING)
    assert calls_jobs_of(without, rehearsal=False)
    assert not calls_jobs_of(without, rehearsal=True)
    assert calls_jobs_of(with_place, rehearsal=True)
    walked = rehearsing(None)
    assert not calls_jobs(walked.around(), walked.run)


def test_that_a_job_gets_the_plans_parameters() -> None:
    found = bridge(Runbook(steps=(SILENCED,)))
    assert inputs_of(found.around(), found.run, SILENCED) == {"to": "prod"}


def test_that_a_step_without_a_job_has_no_inputs() -> None:
    found = bridge()
    step = found.run.find_step(STOP)
    assert step is not None
    assert inputs_of(found.around(), found.run, step) == {}
    assert intend_start(found.around(), found.run, step, 1, None) == ()


def test_that_the_parameters_of_the_rehearsals_place_take_the_place_of_the_plans() -> None:
    found = rehearsing(STAGING)
    inputs = inputs_of(found.around(), found.run, SILENCED)
    assert inputs == {"to": "staging", "dry": "no"}
    (job,) = intend_start(found.around(), found.run, SILENCED, 1, None)
    assert payload(job) == {"job": "deploy", "parameters": {"to": "staging", "dry": "no"}}


def test_that_a_walk_through_keeps_the_plans_parameters_and_starts_nothing() -> None:
    found = rehearsing(None)
    assert inputs_of(found.around(), found.run, SILENCED) == {"to": "prod"}
    assert intend_start(found.around(), found.run, SILENCED, 1, None) == ()


def test_that_a_silence_for_exactly_the_steps_services_and_duration_goes_before_its_job() -> None:
    found = bridge(Runbook(steps=(SILENCED,)))
    silence, job = intend_start(found.around(JO), found.run, SILENCED, 2, INES)
    assert (silence.purpose, silence.effect_kind) == (Purpose.SILENCE, "silence.create")
    assert payload(silence) == {
        "services": ["api"],
        "starts": "2026-04-20T23:35:00Z",
        "ends": "2026-04-20T23:45:00Z",
        "comment": "pay-4 quiet",
    }
    assert (job.purpose, job.effect_kind) == (Purpose.STEP, "job.start")
    assert {(each.step, each.attempt, each.fence) for each in (silence, job)} == {
        (SILENCED.id, 2, 1)
    }


def test_that_acting_and_second_person_travel_with_the_job_into_the_targets_record() -> None:
    found = bridge(Runbook(steps=(SILENCED,)))
    job = intend_start(found.around(JO), found.run, SILENCED, 1, INES)[-1]
    assert (job.person, job.second_person) == (JO, INES)


def test_that_what_nobody_in_particular_starts_is_the_commanders() -> None:
    found = nameless(Runbook(steps=(SILENCED,)))
    job = intend_start(found.around(None), found.run, SILENCED, 1, None)[-1]
    assert (job.person, job.second_person) == (MARA, None)


def test_that_a_job_of_a_fired_rollback_serves_the_undoing() -> None:
    found = deploying()
    found.fires()
    undo = found.run.find_step(UNDO_DEPLOY)
    assert undo is not None
    (job,) = intend_start(found.around(BEN), found.run, undo, 1, None)
    assert job.purpose is Purpose.UNDO


def test_that_no_effect_is_ever_intended_without_a_lease() -> None:
    night = scenes.begin()
    found = Bridge(night=night)
    with pytest.raises(Bug, match="without a lease"):
        intend(
            found.around(CONSOLE),
            night.run,
            system=SystemId("itsm"),
            effect_kind="change.comment",
            purpose=Purpose.ANCHOR,
            payload={},
        )


def test_that_an_effect_says_what_it_serves() -> None:
    found = deploying()
    effect = intend(
        found.around(CONSOLE),
        found.run,
        system=SystemId("itsm"),
        effect_kind="change.comment",
        purpose=Purpose.ANCHOR,
        payload={"b": 1, "a": 2},
        step=DEPLOY,
        serves="12",
    )
    assert (effect.run, effect.serves, effect.payload) == (RUN, "12", '{"a":2,"b":1}')
