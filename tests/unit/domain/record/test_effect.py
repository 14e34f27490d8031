"""The life of a side effect: never the same thing twice on our own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import EffectId, RunId, StepId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.record.effect import (
    AskPerson,
    Effect,
    EffectState,
    Follow,
    Found,
    NotFound,
    Nothing,
    Outcome,
    Query,
    RecognisesRepeat,
    Send,
    Wait,
    is_open,
    may_move,
    move,
    next_act,
)

NIGHT = datetime(2026, 8, 8, 22, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SETTLE = timedelta(seconds=90)
OVER = (EffectState.CONFIRMED, EffectState.REFUSED, EffectState.SETTLED_BY_HAND)
ASKABLE = (RecognisesRepeat.NATIVE, RecognisesRepeat.QUERYABLE)


def effect(
    state: EffectState = EffectState.INTENDED,
    *,
    remote: str | None = None,
    not_before: datetime | None = None,
) -> Effect:
    return Effect(
        id=EffectId("e1"),
        run=RunId("r1"),
        step=StepId("s1"),
        attempt=1,
        system=SystemId("jobs"),
        kind="job.start",
        fence=3,
        state=state,
        remote=remote,
        outcome=None,
        since=NIGHT,
        not_before=not_before,
    )


def rule(answer: Effect | Refusal) -> str:
    assert isinstance(answer, Refusal)
    return answer.reasons[0].rule


MOVES = {
    "intended": "sent refused settled_by_hand",
    "sent": "acknowledged confirmed unknown refused",
    "acknowledged": "confirmed unknown settled_by_hand",
    "unknown": "sent acknowledged confirmed refused settled_by_hand",
    "confirmed": "",
    "refused": "",
    "settled_by_hand": "",
}


@pytest.mark.parametrize("start", EffectState)
@pytest.mark.parametrize("to", EffectState)
def test_that_only_these_moves_exist(start: EffectState, to: EffectState) -> None:
    assert may_move(start, to) == (to in MOVES[start].split())
    answer = move(effect(start), to, at=NIGHT, remote="j9", outcome=None)
    if not may_move(start, to):
        assert rule(answer) == "effect_state"


@pytest.mark.parametrize("state", EffectState)
def test_that_what_is_over_is_not_open(state: EffectState) -> None:
    assert is_open(effect(state)) == (state not in OVER)


def test_that_a_move_keeps_the_id_and_what_is_known() -> None:
    later = NIGHT + MINUTE
    sent = move(effect(), EffectState.SENT, at=later, not_before=later)
    assert sent == replace(effect(EffectState.SENT, not_before=later), since=later)
    assert isinstance(sent, Effect)
    known = move(sent, EffectState.ACKNOWLEDGED, at=later, remote="j9")
    assert isinstance(known, Effect)
    assert (known.remote, known.not_before) == ("j9", None)
    ended = move(known, EffectState.CONFIRMED, at=later, outcome=Outcome.FAILED)
    assert isinstance(ended, Effect)
    assert (ended.id, ended.remote, ended.outcome) == ("e1", "j9", Outcome.FAILED)


def test_that_an_effect_is_one_thing_on_the_other_side() -> None:
    known = effect(EffectState.ACKNOWLEDGED, remote="j9")
    ended = move(known, EffectState.CONFIRMED, at=NIGHT, remote="j8", outcome=Outcome.SUCCEEDED)
    assert rule(ended) == "effect_remote"
    same = move(known, EffectState.CONFIRMED, at=NIGHT, remote="j9", outcome=Outcome.SUCCEEDED)
    assert isinstance(same, Effect)


def test_that_what_the_other_side_has_is_never_sent_again() -> None:
    lost = effect(EffectState.UNKNOWN, remote="j9")
    assert rule(move(lost, EffectState.SENT, at=NIGHT)) == "effect_repeat"
    assert rule(move(effect(), EffectState.SENT, at=NIGHT, remote="j9")) == "effect_repeat"


def test_that_an_acknowledgement_names_the_remote_id() -> None:
    sent = effect(EffectState.SENT)
    assert rule(move(sent, EffectState.ACKNOWLEDGED, at=NIGHT)) == "effect_remote"


def test_that_an_end_has_an_outcome_and_nothing_else_has() -> None:
    sent = effect(EffectState.SENT)
    assert rule(move(sent, EffectState.CONFIRMED, at=NIGHT)) == "effect_outcome"
    early = move(sent, EffectState.UNKNOWN, at=NIGHT, outcome=Outcome.SUCCEEDED)
    assert rule(early) == "effect_outcome"
    unknown = effect(EffectState.UNKNOWN)
    settled = move(unknown, EffectState.SETTLED_BY_HAND, at=NIGHT, outcome=Outcome.CANCELLED)
    assert isinstance(settled, Effect)
    assert settled.outcome is Outcome.CANCELLED
    assert isinstance(move(unknown, EffectState.SETTLED_BY_HAND, at=NIGHT), Effect)


def act(
    of: Effect,
    recognises: RecognisesRepeat = RecognisesRepeat.QUERYABLE,
    *,
    after: timedelta = timedelta(0),
    query: Found | NotFound | None = None,
) -> object:
    return next_act(of, recognises, NIGHT + after, SETTLE, query)


@pytest.mark.parametrize("recognises", RecognisesRepeat)
def test_that_an_intended_effect_is_sent_when_its_time_has_come(
    recognises: RecognisesRepeat,
) -> None:
    assert act(effect(), recognises) == Send()
    timed = effect(not_before=NIGHT + MINUTE)
    assert act(timed, recognises) == Wait(until=NIGHT + MINUTE)
    assert act(timed, recognises, after=MINUTE) == Send()


@pytest.mark.parametrize("state", OVER)
@pytest.mark.parametrize("recognises", RecognisesRepeat)
def test_that_what_is_over_stays_so(state: EffectState, recognises: RecognisesRepeat) -> None:
    found = Found(remote="j9", outcome=None, asked_at=NIGHT)
    assert act(effect(state), recognises, query=found) == Nothing()


def test_that_an_acknowledged_effect_is_followed() -> None:
    known = effect(EffectState.ACKNOWLEDGED, remote="j9")
    assert act(known, RecognisesRepeat.NONE) == Follow(remote="j9")
    assert act(effect(EffectState.ACKNOWLEDGED)) == Query()


@pytest.mark.parametrize("recognises", ASKABLE)
def test_that_a_sent_effect_without_answer_is_asked_about_first(
    recognises: RecognisesRepeat,
) -> None:
    sent = effect(EffectState.SENT)
    none = NotFound(asked_at=NIGHT + 9 * MINUTE)
    assert act(sent, recognises) == Query()
    assert act(sent, recognises, after=10 * MINUTE, query=none) == Query()


@pytest.mark.parametrize("state", [EffectState.SENT, EffectState.UNKNOWN])
@pytest.mark.parametrize("query", [None, NotFound(asked_at=NIGHT + 9 * MINUTE)])
def test_that_a_person_decides_where_a_repeat_is_not_recognised(
    state: EffectState, query: NotFound | None
) -> None:
    answer = act(effect(state), RecognisesRepeat.NONE, after=10 * MINUTE, query=query)
    assert isinstance(answer, AskPerson)
    assert "jobs cannot tell" in answer.why


@pytest.mark.parametrize("state", [EffectState.SENT, EffectState.UNKNOWN])
@pytest.mark.parametrize("recognises", RecognisesRepeat)
def test_that_what_was_found_is_followed(state: EffectState, recognises: RecognisesRepeat) -> None:
    found = Found(remote="j9", outcome=Outcome.SUCCEEDED, asked_at=NIGHT)
    assert act(effect(state), recognises, query=found) == Follow(remote="j9")
    other = act(effect(state, remote="j8"), recognises, query=found)
    assert isinstance(other, AskPerson)


def test_that_a_native_target_may_be_told_the_same_id_at_once() -> None:
    unknown = effect(EffectState.UNKNOWN, not_before=NIGHT + MINUTE)
    assert act(unknown, RecognisesRepeat.NATIVE) == Wait(until=NIGHT + MINUTE)
    assert act(unknown, RecognisesRepeat.NATIVE, after=MINUTE) == Send()


def test_that_an_unknown_effect_is_asked_about() -> None:
    unknown = effect(EffectState.UNKNOWN)
    assert act(unknown) == Query()
    assert act(effect(EffectState.UNKNOWN, remote="j9"), RecognisesRepeat.NATIVE) == Query()


def test_that_a_no_within_the_settle_window_proves_nothing() -> None:
    unknown = effect(EffectState.UNKNOWN)
    early = NotFound(asked_at=NIGHT + MINUTE)
    assert act(unknown, after=MINUTE, query=early) == Wait(until=NIGHT + SETTLE)
    assert act(unknown, after=SETTLE, query=early) == Query()
    late = NotFound(asked_at=NIGHT + SETTLE)
    assert act(unknown, after=SETTLE, query=late) == Send()


def test_that_a_no_from_the_future_proves_nothing() -> None:
    ahead = NotFound(asked_at=NIGHT + 5 * MINUTE)
    assert act(effect(EffectState.UNKNOWN), after=2 * MINUTE, query=ahead) == Query()


def test_that_a_no_about_what_was_once_acknowledged_goes_to_a_person() -> None:
    lost = effect(EffectState.UNKNOWN, remote="j9")
    late = NotFound(asked_at=NIGHT + SETTLE)
    for recognises in ASKABLE:
        answer = act(lost, recognises, after=SETTLE, query=late)
        assert isinstance(answer, AskPerson)
        assert "knows it no more" in answer.why


QUERIES = (
    st.none()
    | st.builds(
        Found, remote=st.sampled_from(["j1", "j2"]), outcome=st.none(), asked_at=st.just(NIGHT)
    )
    | st.builds(
        NotFound, asked_at=st.integers(-200, 200).map(lambda at: NIGHT + timedelta(seconds=at))
    )
)


@given(
    st.sampled_from(EffectState),
    st.sampled_from(RecognisesRepeat),
    st.integers(-200, 200),
    st.sampled_from([None, "j1"]),
    QUERIES,
)
def test_that_nothing_that_may_have_happened_is_repeated_without_proof(
    state: EffectState,
    recognises: RecognisesRepeat,
    after: int,
    remote: str | None,
    query: Found | NotFound | None,
) -> None:
    moment = NIGHT + timedelta(seconds=after)
    answer = next_act(effect(state, remote=remote), recognises, moment, SETTLE, query)
    if answer == Send() and state is not EffectState.INTENDED:
        assert state is EffectState.UNKNOWN
        assert remote is None
        proven = isinstance(query, NotFound) and NIGHT + SETTLE <= query.asked_at <= moment
        assert recognises is RecognisesRepeat.NATIVE or (
            recognises is RecognisesRepeat.QUERYABLE and proven
        )
    if isinstance(answer, Send):
        assert may_move(state, EffectState.SENT)
    if isinstance(answer, Follow) and state is not EffectState.ACKNOWLEDGED:
        assert may_move(state, EffectState.ACKNOWLEDGED)
