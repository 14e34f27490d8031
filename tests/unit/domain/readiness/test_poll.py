from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.estate.people import Person
from relconsole.domain.kernel.ids import EnvironmentId, PersonId, ReleaseId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.readiness.poll import (
    Poll,
    PollResult,
    StationAnswer,
    StationVote,
    decision_reasons,
    find_poll_result,
    vote_reasons,
)
from relconsole.domain.release.release import Release

NOW = datetime(2026, 4, 21, 2, tzinfo=UTC)
GO, NO_GO, HOLD = StationAnswer.GO, StationAnswer.NO_GO, StationAnswer.HOLD
PEOPLE = Map(
    {
        PersonId(name): Person(id=PersonId(name), name=name, aliases=aliases)
        for name, aliases in (
            ("mara", ()),
            ("jo", ("jberg",)),
            ("asha", ()),
            ("lee", ()),
            ("tomas", ()),
            ("ilka", ()),
        )
    }
)
RELEASE = Release(
    id=ReleaseId("pay-4"),
    title="Payments 4",
    environment=EnvironmentId("prod"),
    window=Interval(start=NOW, end=NOW),
    zone="UTC",
    commander=PersonId("mara"),
    requester=PersonId("tomas"),
    authors=(PersonId("ilka"),),
)
STATIONS = ("payments", "ledger", "edge")


def vote(
    station: str,
    by: str,
    answer: StationAnswer = GO,
    *,
    for_person: str | None = None,
    note: str = "",
) -> StationVote:
    return StationVote(
        station=station,
        answer=answer,
        by=PersonId(by),
        at=NOW,
        for_person=None if for_person is None else PersonId(for_person),
        note=note,
    )


ALL_GO = (vote("payments", "jo"), vote("ledger", "asha"), vote("edge", "lee"))


def make_poll(*votes: StationVote, quorum: int | None = None, advisory: str = "") -> Poll:
    return Poll(
        stations=STATIONS,
        quorum=quorum,
        votes=votes,
        advisory=frozenset({advisory} if advisory else ()),
    )


def find(poll: Poll, *, is_expired: bool = False) -> PollResult:
    return find_poll_result(PEOPLE, RELEASE, poll, is_expired=is_expired)


def test_that_every_station_is_asked_where_no_quorum_is_set() -> None:
    assert find(make_poll(*ALL_GO)) is PollResult.GO
    partial = make_poll(*ALL_GO[:2])
    assert find(partial) is PollResult.UNDECIDED
    assert partial.unanswered == ("edge",)


def test_that_a_quorum_of_go_is_enough_and_silence_is_no_answer() -> None:
    assert find(make_poll(*ALL_GO[:2], quorum=2)) is PollResult.GO
    assert find(make_poll(*ALL_GO[:1], quorum=2)) is PollResult.UNDECIDED


def test_that_any_no_go_is_no_go_and_else_any_hold_is_hold() -> None:
    against = vote("edge", "lee", NO_GO, note="errors")
    waits = vote("ledger", "asha", HOLD, note="replica is behind")
    assert find(make_poll(ALL_GO[0], waits, against, quorum=1)) is PollResult.NO_GO
    assert find(make_poll(ALL_GO[0], waits, quorum=1)) is PollResult.HOLD


def test_that_the_last_answer_of_a_station_stands() -> None:
    waits = vote("edge", "lee", HOLD, note="wait")
    poll = make_poll(*ALL_GO[:2], waits, ALL_GO[2])
    assert find(poll) is PollResult.GO
    assert poll.standing == ALL_GO
    assert find(make_poll(*ALL_GO, waits)) is PollResult.HOLD


def test_that_expiry_never_becomes_go() -> None:
    assert find(make_poll(*ALL_GO[:2]), is_expired=True) is PollResult.HOLD
    assert find(make_poll(), is_expired=True) is PollResult.HOLD


def test_that_one_person_is_one_voice_whatever_the_name_or_whoever_wrote_it_down() -> None:
    twice = (vote("payments", "jo"), vote("ledger", "JBERG"), vote("edge", "lee"))
    assert find(make_poll(*twice)) is PollResult.UNDECIDED
    written = (
        vote("payments", "mara", for_person="jo"),
        vote("ledger", "mara", for_person="asha"),
        vote("edge", "mara", for_person="lee"),
    )
    assert find(make_poll(*written)) is PollResult.GO


def test_that_requester_and_authors_do_not_count_towards_the_quorum() -> None:
    votes = (vote("payments", "jo"), vote("ledger", "tomas"), vote("edge", "ilka"))
    assert find(make_poll(*votes, quorum=2)) is PollResult.UNDECIDED
    assert find_poll_result(PEOPLE, None, make_poll(*votes)) is PollResult.GO


def test_that_a_gate_without_stations_or_with_a_quorum_of_nothing_is_not_go() -> None:
    assert find(Poll(stations=())) is PollResult.UNDECIDED
    assert find(make_poll(quorum=0)) is PollResult.UNDECIDED


def test_that_an_answer_of_a_station_that_is_not_asked_is_not_heard() -> None:
    assert find(make_poll(*ALL_GO, vote("canteen", "mara", NO_GO, note="no"))) is PollResult.GO


def list_rules(poll: Poll, new: StationVote, release: Release | None = RELEASE) -> list[str]:
    return [reason.rule for reason in vote_reasons(PEOPLE, release, poll, new)]


def test_that_a_fitting_answer_is_taken_and_may_be_changed_by_its_station() -> None:
    assert list_rules(make_poll(), ALL_GO[0]) == []
    assert list_rules(make_poll(*ALL_GO), vote("payments", "jo", HOLD, note="wait")) == []
    assert list_rules(make_poll(*ALL_GO), vote("payments", "mara")) == []


@pytest.mark.parametrize(
    ("new", "rules"),
    [
        (vote("canteen", "mara"), ["station_unknown"]),
        (vote("payments", "mara", HOLD), ["note_missing"]),
        (vote("payments", "mara", NO_GO, note=" "), ["note_missing"]),
        (vote("payments", "tomas"), ["segregation_of_duties"]),
        (vote("payments", "mara", for_person="ilka"), ["segregation_of_duties"]),
        (vote("payments", "zed"), ["person_unknown"]),
        (vote("payments", "ASHA"), ["two_stations"]),
        (vote("payments", "mara", for_person="asha"), ["two_stations"]),
    ],
)
def test_that_an_answer_that_is_not_taken_names_its_rule(
    new: StationVote, rules: list[str]
) -> None:
    assert list_rules(make_poll(ALL_GO[1]), new) == rules


def test_that_a_gate_that_is_none_to_production_asks_nobody_to_recuse() -> None:
    assert list_rules(make_poll(), vote("payments", "tomas"), None) == []
    (reason,) = vote_reasons(PEOPLE, None, Poll(stations=()), vote("payments", "jo"))
    assert reason.lifts == ""


def decide(
    poll: Poll,
    decision: StationAnswer,
    *,
    by: str = "mara",
    note: str = "",
    release: Release | None = RELEASE,
) -> list[str]:
    reasons = decision_reasons(
        PEOPLE,
        release,
        poll,
        decision=decision,
        by=PersonId(by),
        decides=PersonId("mara"),
        note=note,
    )
    return [reason.rule for reason in reasons]


def test_that_the_named_person_decides_go_where_the_poll_is_go() -> None:
    assert decide(make_poll(*ALL_GO), GO) == []
    assert decide(make_poll(*ALL_GO), GO, by="MARA") == []
    assert decide(make_poll(*ALL_GO), GO, by="jo") == ["decider"]
    assert decide(make_poll(*ALL_GO), GO, by="tomas") == ["decider", "segregation_of_duties"]
    assert decide(make_poll(*ALL_GO), GO, by="tomas", release=None) == ["decider"]


def test_that_no_go_and_hold_are_always_open_with_a_note() -> None:
    for decision in (NO_GO, HOLD):
        assert decide(make_poll(), decision, note="not tonight") == []
        assert decide(make_poll(*ALL_GO), decision) == ["note_missing"]


def test_that_go_needs_the_quorum() -> None:
    assert decide(make_poll(*ALL_GO[:2]), GO, note="we must") == ["quorum_missing"]
    twice = (vote("payments", "jo"), vote("ledger", "jberg"), vote("edge", "lee"))
    (reason,) = decision_reasons(
        PEOPLE,
        RELEASE,
        make_poll(*twice),
        decision=GO,
        by=PersonId("mara"),
        decides=PersonId("mara"),
    )
    assert reason.lifts == "answers of other people"


@pytest.mark.parametrize("answer", [NO_GO, HOLD])
def test_that_a_mandatory_station_against_it_is_never_overruled(answer: StationAnswer) -> None:
    poll = make_poll(*ALL_GO[:2], vote("edge", "lee", answer, note="errors"))
    assert decide(poll, GO, note="we must") == ["mandatory_station"]


def test_that_an_advisory_station_gives_way_to_a_reason_only() -> None:
    against = vote("edge", "lee", NO_GO, note="errors")
    poll = make_poll(*ALL_GO[:2], against, advisory="edge")
    assert decide(poll, GO, note="the errors are the load test's") == []
    assert decide(poll, GO) == ["note_missing"]
    short = make_poll(ALL_GO[0], against, advisory="edge")
    assert decide(short, GO, note="the errors are the load test's") == ["quorum_missing"]


VOTES = st.lists(
    st.builds(
        vote,
        st.sampled_from([*STATIONS, "canteen"]),
        st.sampled_from(["jo", "jberg", "asha", "lee", "tomas", "mara"]),
        st.sampled_from([GO, GO, NO_GO, HOLD]),
    ),
    max_size=8,
)


@given(votes=VOTES, quorum=st.none() | st.integers(0, 3), expired=st.booleans())
def test_that_go_is_a_quorum_of_people_and_nobody_against(
    votes: list[StationVote], quorum: int | None, expired: bool
) -> None:
    last: dict[str, StationVote] = {}
    for each in votes:
        if each.station in STATIONS:
            last[each.station] = each
    people = {"jo" if each.by == "jberg" else each.by for each in last.values()} - {"tomas"}
    is_go = (
        all(each.answer is GO for each in last.values())
        and len(people) >= (3 if quorum is None else quorum)
        and bool(people)
    )
    result = find(make_poll(*votes, quorum=quorum), is_expired=expired)
    assert (result is PollResult.GO) is is_go
    assert not (expired and result is PollResult.UNDECIDED)
