"""Taking back a part of a release."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.estate.catalogue import Dependency
from relconsole.domain.kernel.ids import ServiceId, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.plan.runbook import Step
from relconsole.domain.release.release import Item
from relconsole.domain.rollback.build import build_rollback
from relconsole.domain.rollback.choice import Choice, close_choice
from relconsole.domain.rollback.plan import RollbackPlan
from tests.unit.domain.plan.plans import ids, plans
from tests.unit.domain.rollback.rollbacks import API, BATCH, BEGUN, SHOP, STEPS, release

PORTAL = ServiceId("portal")


def close(*services: ServiceId, needs: tuple[Dependency, ...] = ()) -> Choice | Refusal:
    return close_choice(release(), frozenset(services), BEGUN, needs)


def closed(*services: ServiceId, needs: tuple[Dependency, ...] = ()) -> Choice:
    answer = close(*services, needs=needs)
    assert isinstance(answer, Choice)
    return answer


def rules(answer: Choice | Refusal) -> list[tuple[str, str]]:
    assert isinstance(answer, Refusal)
    return [(reason.rule, reason.thing) for reason in answer.reasons]


def need(source: ServiceId, target: ServiceId, requires: str | None) -> Dependency:
    return Dependency(source=source, target=target, requires=requires)


def test_that_a_service_nothing_builds_on_goes_back_alone() -> None:
    choice = closed(SHOP)
    assert choice.covered == ("deploy-shop",)
    assert (choice.back, choice.carried) == ((SHOP,), ())
    assert choice.standing == ("deploy-api", "deploy-batch", "gate", "stop")


def test_that_what_followed_goes_back_with_it_and_is_named() -> None:
    choice = closed(API)
    assert choice.covered == ("deploy-api", "deploy-shop")
    assert choice.back == (API, SHOP)
    assert [(one.step, one.why) for one in choice.carried] == [
        ("deploy-shop", "follows a step that is undone")
    ]


def test_that_a_service_that_requires_the_newer_version_goes_back_too() -> None:
    choice = closed(SHOP, needs=(need(BATCH, SHOP, ">=7.1"),))
    assert choice.covered == ("deploy-batch", "deploy-shop")
    assert choice.carried[0].why == "batch requires shop >=7.1, which would be 7.0"


@pytest.mark.parametrize("requires", [">=7.0,<8", "==7.*", None])
def test_that_a_service_content_with_the_older_version_stays(requires: str | None) -> None:
    assert closed(SHOP, needs=(need(PORTAL, SHOP, requires),)).back == (SHOP,)


@pytest.mark.parametrize("requires", [">=7.1", "nonsense"])
def test_that_a_service_outside_that_cannot_be_shown_to_stand_forbids_the_choice(
    requires: str,
) -> None:
    assert rules(close(SHOP, needs=(need(PORTAL, SHOP, requires),))) == [
        ("dependency_broken", "portal")
    ]


def test_that_an_unknown_old_version_meets_no_constraint() -> None:
    unknown = release(items=(Item(service=SHOP, to_version="7.1"),))
    answer = close_choice(unknown, frozenset([SHOP]), BEGUN, (need(PORTAL, SHOP, ">=1"),))
    assert rules(answer) == [("dependency_broken", "portal")]


def test_that_needs_of_services_that_stay_or_go_together_say_nothing() -> None:
    needs = (need(SHOP, API, ">=2.1"), need(PORTAL, BATCH, ">=1.1"))
    assert closed(API, needs=needs).back == (API, SHOP)


def test_that_a_service_none_of_whose_steps_has_begun_is_refused() -> None:
    assert rules(close(PORTAL)) == [("nothing_of_service", "portal")]


def test_that_a_choice_that_reaches_an_irreversible_step_is_refused() -> None:
    answer = close_choice(release(), frozenset([API]), BEGUN | {StepId("drop")})
    assert rules(answer) == [("irreversible_step", "drop")]


@given(plans(), st.data())
def test_that_a_closed_choice_leaves_no_follower_standing(
    steps: tuple[Step, ...], data: st.DataObject
) -> None:
    made = release(*STEPS, *steps)
    names = [one.id for one in made.runbook.steps]
    begun = data.draw(st.frozensets(st.sampled_from(names)))
    service = data.draw(st.sampled_from([API, SHOP, BATCH]))
    choice = close_choice(made, frozenset([service]), begun)
    if isinstance(choice, Refusal):
        assert choice.reasons
        return
    assert set(choice.covered) | set(choice.standing) == begun
    plan = build_rollback(made, ids(choice.covered), standing=ids(choice.standing))
    assert isinstance(plan, RollbackPlan)
