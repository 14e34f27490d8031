"""Building the prepared rollback."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import PersonId, ServiceId, StepId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.plan.backout import WayBack, draw_backouts, measure_backout
from relconsole.domain.plan.runbook import Replay, Step, UndoKind
from relconsole.domain.plan.schedule import plan_schedule
from relconsole.domain.release.release import (
    ControlTotal,
    Item,
    RestorePoint,
    RollbackEdits,
    UndoEdit,
)
from relconsole.domain.rollback.build import (
    build_rollback,
    changes_version,
    reckoned_runbook,
    restore_durations,
    services_of,
)
from relconsole.domain.rollback.plan import RollbackPlan
from relconsole.domain.rollback.reverse import undo_id
from tests.unit.domain.plan.plans import (
    START,
    WINDOW,
    ids,
    lasting,
    minutes,
    plans,
    step,
    undo,
)
from tests.unit.domain.rollback.rollbacks import API, BATCH, BEGUN, SHOP, STEPS, deploy, release

SAVED = RestorePoint(
    id="ledger", before=StepId("stop"), what="ledger", where="vault", restore=lasting(20)
)


def built(edits: RollbackEdits | None = None, covered: frozenset[StepId] = BEGUN) -> RollbackPlan:
    answer = build_rollback(release(), covered, edits)
    assert isinstance(answer, RollbackPlan)
    return answer


def rules(answer: RollbackPlan | Refusal) -> list[tuple[str, str]]:
    assert isinstance(answer, Refusal)
    return [(reason.rule, reason.thing) for reason in answer.reasons]


def waits(steps: tuple[Step, ...]) -> Mapping[str, set[str]]:
    return {str(one.id): {str(before) for before in one.after} for one in steps}


def test_that_what_has_begun_is_undone_in_reverse() -> None:
    plan = built()
    assert waits(plan.steps) == {
        "undo-deploy-batch": set(),
        "undo-deploy-shop": set(),
        "undo-deploy-api": {"undo-deploy-shop"},
        "undo-stop": {"undo-deploy-api", "undo-deploy-batch"},
    }
    assert plan.undoes[StepId("undo-stop")] == "stop"
    assert plan.undo_of(StepId("stop")) == plan.steps[-1]
    assert plan.undo_of(StepId("gate")) is None
    assert plan.covered == tuple(sorted(BEGUN))


def test_that_a_step_not_begun_is_bridged_over() -> None:
    plan = built(covered=ids(["stop", "deploy-shop"]))
    assert waits(plan.steps) == {"undo-deploy-shop": set(), "undo-stop": {"undo-deploy-shop"}}


def test_that_nothing_begun_is_nothing_to_undo() -> None:
    plan = built(covered=ids(""))
    assert plan.steps == ()
    assert {item.before for item in plan.items} == {("2.0",), ("7.0",), ("1.0",)}


def test_that_an_irreversible_step_is_refused_once_it_has_begun() -> None:
    answer = build_rollback(release(), BEGUN | {StepId("drop")})
    assert rules(answer) == [("irreversible_step", "drop")]


def test_that_an_unknown_step_is_refused() -> None:
    answer = build_rollback(release(), ids(["x"]), standing=ids(["y"]))
    assert rules(answer) == [("unknown_step", "x"), ("unknown_step", "y")]


def test_that_a_follower_may_not_be_left_standing() -> None:
    answer = build_rollback(
        release(), ids(["deploy-api"]), standing=ids(["deploy-shop", "gate", "stop", "drop"])
    )
    assert rules(answer) == [
        ("follower_left_standing", "deploy-shop"),
        ("follower_left_standing", "drop"),
    ]


def test_that_edits_change_what_they_name() -> None:
    edits = RollbackEdits(
        edits=(
            UndoEdit(
                undo=StepId("undo-stop"),
                title="Start the writers",
                owner=PersonId("asha"),
                after=(StepId("undo-deploy-batch"),),
                duration=lasting(9),
            ),
            UndoEdit(undo=StepId("undo-deploy-api")),
        ),
        extra=(step("page", 1), step("tell", 2, "undo-stop")),
    )
    plan = built(edits)
    stop = plan.undo_of(StepId("stop"))
    assert stop is not None
    assert (stop.title, stop.owner, stop.duration) == ("Start the writers", "asha", lasting(9))
    assert stop.after == ("undo-deploy-batch",)
    assert waits(plan.steps)["tell"] == {"undo-stop"}
    assert {"page", "tell"}.isdisjoint(plan.undoes)
    assert plan.undo_of(StepId("deploy-api")) == built().undo_of(StepId("deploy-api"))


def test_that_an_edit_means_the_same_whatever_has_begun() -> None:
    edits = RollbackEdits(extra=(step("tell", 2, "undo-deploy-api"),))
    plan = built(edits, covered=ids(["stop", "deploy-shop"]))
    assert waits(plan.steps)["tell"] == {"undo-deploy-shop"}


def test_that_the_edits_of_the_release_count_unless_others_are_given() -> None:
    edits = RollbackEdits(extra=(step("tell", 2),))
    kept = release(edits=edits)
    own = build_rollback(kept, BEGUN)
    none = build_rollback(kept, BEGUN, RollbackEdits())
    assert isinstance(own, RollbackPlan)
    assert isinstance(none, RollbackPlan)
    assert len(own.steps) == len(none.steps) + 1


@pytest.mark.parametrize(
    ("edits", "refused"),
    [
        (RollbackEdits(edits=(UndoEdit(undo=StepId("undo-gate")),)), ("unknown_undo", "undo-gate")),
        (
            RollbackEdits(edits=(UndoEdit(undo=StepId("undo-stop"), after=(StepId("x"),)),)),
            ("unknown_undo", "x"),
        ),
        (RollbackEdits(extra=(step("tell", 1, "stop"),)), ("unknown_undo", "stop")),
        (RollbackEdits(extra=(step("stop", 1),)), ("step_id_taken", "stop")),
        (RollbackEdits(extra=(step("tell", 1), step("tell", 2))), ("step_id_taken", "tell")),
        (
            RollbackEdits(restore_points=(replace(SAVED, before=StepId("x")),)),
            ("unknown_step", "x"),
        ),
        (
            RollbackEdits(
                edits=(UndoEdit(undo=StepId("undo-deploy-shop"), after=(StepId("undo-stop"),)),)
            ),
            ("rollback_cycle", "undo-deploy-shop"),
        ),
    ],
)
def test_that_an_edit_that_does_not_hold_is_refused(
    edits: RollbackEdits, refused: tuple[str, str]
) -> None:
    assert rules(build_rollback(release(), BEGUN, edits)) == [refused]


def test_that_a_step_may_not_have_the_id_of_another_ones_undo() -> None:
    twins = release(step("a", 1, back=undo(1)), step("undo-a", 1, back=undo(1)))
    assert rules(build_rollback(twins, ids("a"))) == [("undo_id_taken", "undo-a")]


def test_that_a_restore_point_lengthens_the_undo_of_its_step() -> None:
    twice = (SAVED, replace(SAVED, id="more"), replace(SAVED, id="unmeasured", restore=None))
    edits = RollbackEdits(
        restore_points=(*twice, replace(SAVED, id="drop", before=StepId("drop"))),
        control_totals=(
            ControlTotal(id="rows", title="Rows", system=SystemId("db"), query="count"),
        ),
    )
    plan = built(edits)
    stop = plan.undo_of(StepId("stop"))
    assert stop is not None
    assert stop.duration == lasting(44)
    assert [point.id for point in plan.restore_points] == ["ledger", "more", "unmeasured"]
    assert [total.id for total in plan.control_totals] == ["rows"]
    assert dict(restore_durations(edits)) == {"stop": lasting(40), "drop": lasting(20)}


def test_that_services_are_looked_for_where_their_steps_have_brought_them() -> None:
    plan = build_rollback(
        release(), ids(["stop", "deploy-api", "deploy-batch"]), under_way=ids(["deploy-batch"])
    )
    assert isinstance(plan, RollbackPlan)
    assert {item.service: (item.before, item.after) for item in plan.items} == {
        API: (("2.1",), "2.0"),
        BATCH: (("1.0", "1.1"), "1.0"),
        SHOP: (("7.0",), "7.0"),
    }


def test_that_a_service_left_standing_is_not_looked_for_on_its_old_version() -> None:
    plan = build_rollback(
        release(), ids(["deploy-batch"]), standing=ids(["stop", "deploy-api", "deploy-shop"])
    )
    assert isinstance(plan, RollbackPlan)
    assert [item.service for item in plan.items] == [BATCH]


def test_that_a_service_no_step_names_may_stand_anywhere_between() -> None:
    silent = release(
        step("a", 1, back=undo(1)),
        step("b", 1, "a", back=undo(1)),
        items=(Item(service=API, from_version="1", to_version="2"), Item(service=SHOP)),
    )
    met = {}
    for covered in ("", "a", "ab"):
        plan = build_rollback(silent, ids(covered))
        assert isinstance(plan, RollbackPlan)
        met[covered] = [(item.before, item.after) for item in plan.items]
    assert met == {
        "": [(("1",), "1"), ((), None)],
        "a": [(("1", "2"), "1"), ((), None)],
        "ab": [(("2",), "1"), ((), None)],
    }
    part = build_rollback(silent, ids("b"), standing=ids("a"))
    assert isinstance(part, RollbackPlan)
    assert part.items == ()


def test_which_steps_belong_to_a_service() -> None:
    drain = replace(step("drain", 1, back=undo(1)), services=(API, SHOP))
    check = replace(deploy("check", API), services=(BATCH,))
    runbook = release(drain, check, step("plain", 1)).runbook
    assert [services_of(one) for one in runbook.steps] == [{API, SHOP}, {BATCH}, frozenset()]
    assert changes_version(runbook, API) == {"check"}
    assert changes_version(runbook, SHOP) == {"drain"}
    assert changes_version(runbook, ServiceId("x")) == frozenset()


def test_that_edited_undo_durations_count_for_the_latest_safe_start() -> None:
    edits = RollbackEdits(
        edits=(
            UndoEdit(undo=StepId("undo-stop"), duration=lasting(30)),
            UndoEdit(undo=StepId("undo-deploy-api"), title="otherwise"),
        )
    )
    found = reckoned_runbook(release(edits=edits))
    assert found.steps[0].undo.duration == lasting(30)
    assert found.steps[1:] == STEPS[1:]


@given(plans(kinds=(UndoKind.INVERSE, UndoKind.COMPENSATION, UndoKind.NONE)), st.data())
def test_that_the_built_plan_takes_as_long_as_the_way_back_is_reckoned(
    steps: tuple[Step, ...], data: st.DataObject
) -> None:
    plainly = tuple(replace(one, undo=undo(index)) for index, one in enumerate(steps))
    names = [one.id for one in plainly]
    covered = data.draw(st.frozensets(st.sampled_from(names))) if names else ids("")
    made = release(*plainly) if plainly else replace(release(), runbook=release().runbook)
    plan = build_rollback(made, covered)
    assert isinstance(plan, RollbackPlan)
    runbook = replace(made.runbook, unrehearsed_factor=1.0)
    length = measure_backout(draw_backouts(WayBack(runbook=runbook, deadline=WINDOW.end)), covered)
    assert minutes(plan_schedule(plan.steps, START).end / 60) == length
    assert {one.id for one in plan.steps} == {undo_id(one) for one in covered}


def test_that_a_covered_replay_without_proof_is_refused_and_says_what_it_lacks() -> None:
    plain = release()
    steps = tuple(
        replace(each, replays=Replay(duplicates="keyed")) if each.id == "deploy-api" else each
        for each in plain.runbook.steps
    )
    refused = build_rollback(replace(plain, runbook=replace(plain.runbook, steps=steps)), BEGUN)
    assert isinstance(refused, Refusal)
    assert [reason.rule for reason in refused.reasons] == ["irreversible_step"]
    assert "the count that proves it, the amount that proves it" in refused.reasons[0].says
