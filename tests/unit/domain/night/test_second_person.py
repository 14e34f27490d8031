"""Second signatures: what a request binds, and when an answer to it still counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import Digest, PersonId, StepId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.rollback_commands import AskSignature
from relconsole.domain.night.rollback_facts import SignatureAsked, TwoPersonAct
from relconsole.domain.night.second_person import binding, second_reasons
from relconsole.domain.record.request import (
    Answer,
    answer_request,
    make_request,
    parse_request,
)
from tests.unit.domain.night import scenes
from tests.unit.domain.night.nights import (
    BEN,
    JOURNAL,
    SIGNING,
    Bridge,
    actor,
    bridge,
    deploying,
    keyring,
    nameless,
)
from tests.unit.domain.night.scenes import (
    ASHA,
    DEPLOY,
    DROP,
    GATE,
    INES,
    JO,
    MARA,
    OTHER_PLAN,
    RUN,
    UNDO_DEPLOY,
)


def ask(
    act: TwoPersonAct = TwoPersonAct.COMMIT,
    thing: str = DROP,
    *,
    of: PersonId | None = None,
    shows: str = "{}",
) -> AskSignature:
    return AskSignature(run=RUN, act=act, thing=thing, person_asked=of, shows=shows)


def whats(
    night: Bridge, answer: Answer, act: TwoPersonAct = TwoPersonAct.COMMIT, thing: str = DROP
) -> tuple[str, ...]:
    """The rules against this answer when the commander acts."""
    return tuple(
        each.rule for each in second_reasons(night.around(MARA), night.run, act, thing, answer)
    )


def bound(night: Bridge, act: TwoPersonAct, thing: str) -> JsonObject:
    found = binding(night.run, act, thing)
    assert not isinstance(found, Refusal)
    return found


# Asking.


def test_that_a_request_holds_whole_what_is_asked_and_lives_as_long_as_policy_says() -> None:
    night = bridge()
    night.policy = Policy(request_life=timedelta(minutes=7))
    (asked,) = night.does(ask(of=INES, shows='{"why":"columns go"}'))
    assert isinstance(asked, SignatureAsked)
    request = parse_request(asked.request.encode())
    assert (request.act, request.journal) == ("commit_past_latest_safe_start", JOURNAL)
    assert (request.asked_by, request.person_asked) == (MARA, INES)
    assert (request.digest, request.expires) == (asked.digest, asked.expires)
    assert asked.expires - night.now == timedelta(minutes=7)
    assert request.what == {
        "binds": bound(night, TwoPersonAct.COMMIT, DROP),
        "shows": {"why": "columns go"},
    }


def test_that_a_person_asks_and_under_their_own_key() -> None:
    night = bridge()
    assert night.refuses(ask(), by=None) == ("who_asks",)
    assert night.refuses(ask(), by=actor(MARA, signed=False)) == ("unproven",)


@pytest.mark.parametrize(
    ("act", "thing", "rule"),
    [
        (TwoPersonAct.ROLLBACK, RUN, "not_armed"),
        (TwoPersonAct.RESUME, RUN, "line_runs"),
        (TwoPersonAct.COMMIT, "nowhere", "unknown_step"),
        (TwoPersonAct.OVERRIDE, "nowhere", "unknown_step"),
    ],
)
def test_that_nobody_is_asked_for_what_cannot_be_done(
    act: TwoPersonAct, thing: str, rule: str
) -> None:
    assert bridge().refuses(ask(act, thing)) == (rule,)


@pytest.mark.parametrize(
    "shows", ["no json", '{"share": 0.5}', "[" * 5_000 + "]" * 5_000, '{"far": 1e400}']
)
def test_that_what_makes_no_readable_request_is_refused_before_it_is_recorded(shows: str) -> None:
    assert bridge().refuses(ask(shows=shows)) == ("no_request",)


def test_that_a_request_to_nobody_by_name_and_one_without_a_life_are_refused() -> None:
    night = bridge()
    assert night.refuses(ask(of=PersonId(""))) == ("no_request",)
    night.policy = Policy(request_life=timedelta(0))
    assert night.refuses(ask()) == ("no_request",)


# What a signature is over.


def test_that_a_rollback_is_signed_over_its_plan_its_steps_and_the_fleet_it_was_shown() -> None:
    night = deploying()
    armed = night.arms()
    over = bound(night, TwoPersonAct.ROLLBACK, RUN)
    assert (over["rollback"], over["steps"]) == (OTHER_PLAN, [UNDO_DEPLOY])
    fleet = (scenes.fleet_row(observed=("2.30.4",)),)
    changed = [
        replace(armed, fleet=(armed.fleet[0],), plan=Digest("c" * 64)),
        replace(armed, fleet=(armed.fleet[0],), forced=True),
        replace(armed, fleet=fleet),
        replace(
            armed, fleet=(armed.fleet[0],), steps=(replace(armed.steps[0], id=StepId("undo")),)
        ),
    ]
    for other in changed:
        night.record(other)
        assert bound(night, TwoPersonAct.ROLLBACK, RUN) != over


def test_that_a_commit_is_signed_over_one_attempt_at_one_step_of_one_plan() -> None:
    night = deploying()
    before = bound(night, TwoPersonAct.COMMIT, GATE)
    assert before != bound(night, TwoPersonAct.COMMIT, DROP)
    night.night.run = replace(night.run, plan=Digest("c" * 64))
    assert bound(night, TwoPersonAct.COMMIT, GATE) != before
    night.night.run = replace(night.run, plan=scenes.PLAN)
    digests = {**night.run.step_digests, GATE: Digest("c" * 64)}
    night.night.run = replace(night.run, step_digests=digests)
    assert bound(night, TwoPersonAct.COMMIT, GATE) != before


def test_that_an_override_is_signed_over_the_checks_that_fail_and_a_commit_over_none() -> None:
    night = deploying()
    assert bound(night, TwoPersonAct.OVERRIDE, DEPLOY)["failing"] == ["p95"]
    assert bound(night, TwoPersonAct.OVERRIDE, DROP)["failing"] == []
    assert bound(night, TwoPersonAct.COMMIT, DEPLOY)["failing"] == []
    deploy = night.run.find_step(DEPLOY)
    assert deploy is not None
    night.passes(deploy)
    assert bound(night, TwoPersonAct.OVERRIDE, DEPLOY)["failing"] == []


def test_that_before_any_attempt_every_check_of_a_step_fails() -> None:
    assert bound(bridge(), TwoPersonAct.OVERRIDE, DEPLOY)["failing"] == ["p95"]


def test_that_a_step_which_only_the_run_still_knows_has_no_checks_to_fail() -> None:
    night = bridge()
    stray = StepId("stray")
    steps = night.run.steps.set(stray, replace(night.run.steps[DROP], step=stray))
    night.night.run = replace(night.run, steps=steps)
    assert bound(night, TwoPersonAct.OVERRIDE, stray)["failing"] == []


def test_that_a_resume_is_signed_over_the_stop_and_an_amendment_over_those_before_it() -> None:
    night = bridge()
    night.does(StopLine(run=RUN), by=BEN)
    assert night.run.stop is not None
    assert bound(night, TwoPersonAct.RESUME, RUN)["stop"] == night.run.stop.fact
    amended = bound(night, TwoPersonAct.AMEND, OTHER_PLAN)
    assert (amended["thing"], amended["amendments"]) == (OTHER_PLAN, 0)


# Whether an answer counts.


def test_that_an_answer_under_the_signers_own_enrolled_key_counts() -> None:
    night = bridge()
    assert whats(night, night.signs(TwoPersonAct.COMMIT, DROP, signer=INES)) == ()


def test_that_nobody_answers_what_was_not_asked_in_this_run() -> None:
    night = bridge()
    elsewhere = bridge().asks(TwoPersonAct.COMMIT, DROP, by=INES)
    assert whats(night, night.answers(elsewhere)) == ("no_such_request",)


def test_that_an_answer_carries_no_other_act_and_no_other_thing() -> None:
    night = bridge()
    answer = night.signs(TwoPersonAct.COMMIT, DROP)
    assert whats(night, answer, TwoPersonAct.OVERRIDE) == ("no_such_request",)
    assert whats(night, answer, thing=GATE) == ("no_such_request",)


def test_that_an_answer_is_old_once_what_was_signed_is_not_what_would_be_done() -> None:
    night = bridge()
    answer = night.signs(TwoPersonAct.COMMIT, DROP)
    night.night.run = replace(night.run, plan=Digest("c" * 64))
    assert whats(night, answer) == ("request_is_old",)


def test_that_an_answer_falls_with_what_it_was_for() -> None:
    night = deploying()
    night.arms()
    answer = night.signs(TwoPersonAct.ROLLBACK, RUN)
    night.night.run = replace(night.run, rollback=None)
    assert whats(night, answer, TwoPersonAct.ROLLBACK, RUN) == ("not_armed",)


def test_that_an_answer_expires_with_its_request() -> None:
    night = bridge()
    answer = night.signs(TwoPersonAct.COMMIT, DROP)
    night.clock += 14
    assert whats(night, answer) == ()
    night.clock += 1
    assert whats(night, answer) == ("answer_expired",)


def test_that_an_answer_under_another_key_or_over_other_words_does_not_count() -> None:
    night = bridge()
    foreign = night.signs(TwoPersonAct.COMMIT, DROP, signer=INES, key=BEN)
    assert whats(night, foreign) == ("answer_with_another_key",)
    claimed = replace(foreign, key=SIGNING[INES].public.fingerprint)
    assert whats(night, claimed) == ("answer_not_signed",)
    longer = night.signs(TwoPersonAct.COMMIT, DROP)
    stretched = replace(longer, expires=longer.expires + timedelta(days=1))
    assert whats(night, stretched) == ("answer_not_signed",)


def test_that_a_key_that_nobody_confirmed_signs_nothing() -> None:
    night = bridge()
    night.keys = keyring((MARA, INES))
    assert whats(night, night.signs(TwoPersonAct.COMMIT, DROP, signer=JO)) == ("unproven",)
    assert whats(night, night.signs(TwoPersonAct.COMMIT, DROP, signer="zoe")) == ("unproven",)


def test_that_a_revoked_key_signs_nothing_from_then_on() -> None:
    night = bridge()
    answer = night.signs(TwoPersonAct.COMMIT, DROP, signer=BEN)
    night.keys = replace(night.keys, effective=night.keys.effective.delete(BEN))
    assert whats(night, answer) == ("unproven",)


def test_that_only_who_was_asked_answers() -> None:
    night = bridge()
    (asked,) = night.does(ask(of=INES))
    assert isinstance(asked, SignatureAsked)
    assert whats(night, night.answers(asked, signer=BEN)) == ("answer_by_another_person",)
    assert whats(night, night.answers(asked, signer=INES)) == ()


def test_that_neither_who_acts_nor_who_asked_is_the_second_person() -> None:
    night = bridge()
    by_asker = night.signs(TwoPersonAct.COMMIT, DROP, signer=ASHA, asked_by=ASHA)
    assert whats(night, by_asker) == ("same_person",)
    by_actor = night.signs(TwoPersonAct.COMMIT, DROP, signer="mokafor", asked_by=ASHA)
    assert whats(night, by_actor) == ("same_person",)


def test_that_a_reason_is_given_once_where_who_asked_is_who_acts() -> None:
    night = bridge()
    answer = night.signs(TwoPersonAct.COMMIT, DROP, signer="tomas")
    assert whats(night, answer) == ("segregation_of_duties",)


def test_that_for_a_nameless_act_the_first_person_is_who_asked() -> None:
    night = nameless()
    asked = night.asks(TwoPersonAct.COMMIT, DROP, by=MARA)
    night.keys = keyring((MARA, INES))
    same = second_reasons(
        night.around(None),
        night.run,
        TwoPersonAct.COMMIT,
        DROP,
        night.answers(asked, signer=MARA),
    )
    assert [each.rule for each in same] == ["same_person"]


def test_that_a_request_of_another_journal_is_none_here() -> None:
    night = bridge()
    here = night.asks(TwoPersonAct.COMMIT, DROP)
    request = parse_request(here.request.encode())
    elsewhere = make_request(
        act=request.act,
        journal="journal-2",
        person_asked=None,
        asked_by=request.asked_by,
        what=request.what,
        asked_at=request.asked_at,
        expires=request.expires,
    )
    answer = answer_request(elsewhere, INES, SIGNING[INES], night.now)
    assert whats(night, answer) == ("no_such_request",)
    swapped = replace(answer, digest=request.digest)
    assert whats(night, swapped) == ("answer_not_signed",)


def test_that_a_record_that_holds_a_broken_request_is_ours_to_mend() -> None:
    night = bridge()
    asked = night.asks(TwoPersonAct.COMMIT, DROP)
    answer = night.answers(asked)
    broken = replace(asked, request="{}")
    night.night.run = replace(night.run, asked=Map({asked.digest: broken}))
    with pytest.raises(Bug, match="broken request"):
        whats(night, answer)


@settings(max_examples=60)
@given(
    signer=st.sampled_from(sorted(SIGNING)),
    key=st.sampled_from(sorted(SIGNING)),
    asker=st.sampled_from(sorted(SIGNING)),
    by=st.sampled_from(sorted(SIGNING)),
    later=st.integers(0, 30),
)
def test_that_an_answer_counts_exactly_for_an_impartial_third_under_their_own_key_in_time(
    signer: PersonId, key: PersonId, asker: PersonId, by: PersonId, later: int
) -> None:
    night = bridge()
    answer = night.signs(TwoPersonAct.COMMIT, DROP, signer=signer, key=key, asked_by=asker)
    night.clock += later
    reasons = second_reasons(night.around(by), night.run, TwoPersonAct.COMMIT, DROP, answer)
    partial = {night.release.requester, *night.release.authors}
    counts = signer == key and signer not in {asker, by, *partial} and later < 15
    assert (reasons == ()) is counts
