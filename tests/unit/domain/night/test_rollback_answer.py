from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import EnvironmentId, ServiceId
from relconsole.domain.kernel.json import as_list, as_object
from relconsole.domain.kernel.refusal import Reason, Refusal
from relconsole.domain.night.bridge_facts import TriggerStood
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.rollback_answer import (
    RollbackState,
    dry_run_answer,
    preflight_lines,
    refused_answer,
    rollback_answer,
    shown_to_second,
)
from relconsole.domain.night.rollback_facts import (
    FleetRow,
    ReconcileRow,
    RollbackEnded,
    RollbackEnding,
    RollbackFired,
)
from tests.unit.domain.night.scenes import (
    JO,
    OTHER_PLAN,
    RUN,
    UNDO_DEPLOY,
    Night,
    armed,
    begin,
    fleet_row,
    signature,
    undo_deploy,
)


def fired() -> Night:
    night = begin()
    night.add(armed(), 20, JO)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), 21, JO)
    return night


def row(*, ok: bool) -> FleetRow:
    return FleetRow(
        service=ServiceId("api"),
        environment=EnvironmentId("prod"),
        expected="2",
        target="1",
        observed=("2",),
        ok=ok,
    )


def test_that_the_answer_has_the_keys_that_the_command_line_promises() -> None:
    written = as_object(to_json(rollback_answer(fired().run)))
    assert {"run", "state", "preflight", "steps", "reconcile"} <= set(written)
    line = as_object(as_list(written["preflight"])[0])
    assert {"service", "environment", "expected", "observed", "ok"} <= set(line)


def test_that_instances_are_named_once_in_order_and_silence_is_not_a_version() -> None:
    lines = preflight_lines((fleet_row(), fleet_row(observed=())))
    assert [line.observed for line in lines] == ["2.30.4, 2.31.0", None]


def test_that_nothing_armed_or_nothing_fired_is_refused() -> None:
    night = begin()
    assert rollback_answer(night.run).state is RollbackState.REFUSED
    night.add(armed(), 20, JO)
    answer = rollback_answer(night.run)
    assert answer.state is RollbackState.REFUSED
    assert answer.steps[UNDO_DEPLOY].state is StepState.NOT_STARTED


@pytest.mark.parametrize("ending", list(RollbackEnding))
def test_that_only_what_is_observed_on_the_old_state_is_a_yes(ending: RollbackEnding) -> None:
    night = fired()
    running = rollback_answer(night.run)
    assert (running.state, running.is_yes) == (RollbackState.UNKNOWN, False)
    left = (ReconcileRow(item="ledger", reason="unknown"),)
    night.add(RollbackEnded(run=RUN, ending=ending, fleet=(fleet_row(),), reconcile=left), 30)
    answer = rollback_answer(night.run)
    assert answer.state.value == ending.value
    assert answer.is_yes == (ending is RollbackEnding.ROLLED_BACK)
    assert (answer.reconcile, answer.fleet) == (left, preflight_lines((fleet_row(),)))


@pytest.mark.parametrize(
    ("ok", "problems", "yes"),
    [
        (True, (), True),
        (False, (), False),
        (True, (ReconcileRow(item="rows", reason="differ"),), False),
    ],
)
def test_that_a_dry_run_is_clean_when_nothing_stands_against_it(
    ok: bool, problems: tuple[ReconcileRow, ...], yes: bool
) -> None:
    answer = dry_run_answer(RUN, (row(ok=ok),), (undo_deploy(),), problems)
    assert answer.state is RollbackState.DRY_RUN
    assert answer.is_yes == yes
    assert list(answer.steps) == [UNDO_DEPLOY]


def test_that_a_refusal_gives_a_row_for_each_reason() -> None:
    refusal = Refusal(
        reasons=(
            Reason(rule="two", thing="jo", says="one person is not enough", lifts="ines signs"),
            Reason(rule="gone", thing="drop", says="drop cannot be undone"),
        )
    )
    answer = refused_answer(None, refusal)
    assert answer.state is RollbackState.REFUSED
    assert [(each.item, each.reason) for each in answer.reconcile] == [
        ("jo", "one person is not enough; ines signs"),
        ("drop", "drop cannot be undone"),
    ]


def test_that_nothing_is_shown_to_a_second_person_before_anything_is_armed() -> None:
    assert shown_to_second(begin().run) == {}


def test_that_a_second_person_is_shown_why_what_and_over_which_fleet() -> None:
    night = begin()
    stood = TriggerStood(run=RUN, trigger="p95", value=1.4, since=night.facts[0].at, reasons=("p",))
    night.add(stood, 19)
    night.add(armed(), 20, JO)
    shown = shown_to_second(night.run)
    assert shown["triggers"] == ["p"]
    assert shown["steps"] == ["undo-deploy: Back to payments-api 2.30.4"]
    assert as_list(shown["fleet"])[1] == "ledger@prod: unknown -> 14.2"
    assert shown["not_rehearsed"] == []
    assert "reason" not in shown


def test_that_a_second_person_is_shown_the_reason_that_was_given() -> None:
    night = begin()
    night.add(replace(armed(), decayed=("too old",), reason="checkout fails"), 20, JO)
    shown = shown_to_second(night.run)
    assert (shown["not_rehearsed"], shown["reason"]) == (["too old"], "checkout fails")
