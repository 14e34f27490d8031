"""Facts to and from their JSON form, strict both ways."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Literal, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.errors import Bug, InputRejected
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.domain.record.canonical import canonical
from relconsole.domain.record.codec import Codec


class Verdict(StrEnum):
    GO = "go"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    by: PersonId
    verdict: Verdict
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVoted:
    KIND: ClassVar[str] = "gate_voted"
    VERSION: ClassVar[int] = 3

    step: StepId
    votes: tuple[Vote, ...]
    asked: tuple[int, datetime]
    plain: tuple[int, str]
    waited: timedelta
    limit: timedelta | None
    mode: Literal["read-do", "do-confirm"] | None
    by_team: Mapping[str, Vote]
    counts: dict[str, int]
    names: frozenset[str]
    first: Vote | None
    share: float
    sure: bool
    marks: Sequence[datetime] = ()
    note: Union[str, None] = None  # noqa: UP007 - the older spelling is a type of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    KIND: ClassVar[str] = "stopped"

    why: str


def add_note(body: JsonObject) -> JsonObject:
    return {**body, "note": "none was kept"}


def rename_sure(body: JsonObject) -> JsonObject:
    return {key if key != "certain" else "sure": value for key, value in body.items()}


CODEC = Codec[GateVoted | Stopped](
    {"gate_voted": GateVoted, "stopped": Stopped},
    {("gate_voted", 1): add_note, ("gate_voted", 2): rename_sure},
)
INSTANTS = st.datetimes(timezones=st.just(UTC))
DURATIONS = st.timedeltas(min_value=timedelta(days=-90_000), max_value=timedelta(days=90_000))
VOTES = st.builds(
    Vote, by=st.text().map(PersonId), verdict=st.sampled_from(Verdict), at=st.none() | INSTANTS
)
FACTS = st.builds(
    GateVoted,
    step=st.text().map(StepId),
    votes=st.lists(VOTES, max_size=3).map(tuple),
    asked=st.tuples(st.integers(-9, 9), INSTANTS),
    plain=st.tuples(st.integers(-9, 9), st.text()),
    waited=DURATIONS,
    limit=st.none() | DURATIONS,
    mode=st.sampled_from(["read-do", "do-confirm", None]),
    by_team=st.dictionaries(st.text(), VOTES, max_size=2),
    counts=st.dictionaries(st.text(), st.integers(-9, 9), max_size=2),
    names=st.frozensets(st.text(), max_size=3),
    first=st.none() | VOTES,
    share=st.floats(min_value=0, max_value=1),
    sure=st.booleans(),
    marks=st.lists(INSTANTS, max_size=2),
    note=st.none() | st.text(),
)
NIGHT = datetime(2026, 8, 8, 22, tzinfo=UTC)
FACT = GateVoted(
    step=StepId("g1"),
    votes=(Vote(by=PersonId("ann"), verdict=Verdict.GO, at=NIGHT),),
    asked=(1, NIGHT),
    plain=(1, "x"),
    waited=timedelta(seconds=90),
    limit=None,
    mode="read-do",
    by_team={"dba": Vote(by=PersonId("bob"), verdict=Verdict.HOLD)},
    counts={"yes": 1},
    names=frozenset({"b", "a"}),
    first=None,
    share=0.5,
    sure=True,
    marks=[],
)


@given(FACTS)
def test_that_a_fact_reads_back_from_its_canonical_bytes(fact: GateVoted) -> None:
    kind, version, body = CODEC.encode(fact)
    again: JsonObject = json.loads(canonical(body))
    assert CODEC.decode(kind, version, again) == fact


def test_that_a_body_is_plain_and_readable() -> None:
    assert CODEC.encode(FACT) == (
        "gate_voted",
        3,
        {
            "step": "g1",
            "votes": [{"by": "ann", "verdict": "go", "at": "2026-08-08T22:00:00Z"}],
            "asked": [1, "2026-08-08T22:00:00Z"],
            "plain": [1, "x"],
            "waited": 90.0,
            "limit": None,
            "mode": "read-do",
            "by_team": {"dba": {"by": "bob", "verdict": "hold", "at": None}},
            "counts": {"yes": 1},
            "names": ["a", "b"],
            "first": None,
            "share": 0.5,
            "sure": True,
            "marks": [],
            "note": None,
        },
    )


VOTE: JsonObject = {"by": "ann", "verdict": "go"}
WRONG: list[tuple[str, Json]] = [
    ("by_team", 7),
    ("step", 7),
    ("votes", "go"),
    ("votes", {}),
    ("votes", [{**VOTE, "verdict": "maybe"}]),
    ("votes", [{**VOTE, "weight": 2}]),
    ("votes", [{"by": "ann"}]),
    ("votes", ["ann"]),
    ("votes", [{**VOTE, "at": 7}]),
    ("votes", [{**VOTE, "at": "2026-08-08T22:00Z"}]),
    ("asked", [1]),
    ("asked", "12"),
    ("asked", [1, NIGHT.isoformat()]),
    ("plain", [1]),
    ("waited", "PT90S"),
    ("waited", True),
    ("waited", None),
    ("waited", 1e300),
    ("limit", "soon"),
    ("mode", "other"),
    ("by_team", []),
    ("by_team", {"dba": {**VOTE, "weight": 2}}),
    ("counts", {"yes": "1"}),
    ("share", "0.5"),
    ("sure", 1),
    ("marks", ["now"]),
    ("extra", 1),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_that_a_body_that_is_not_the_fact_is_refused(field: str, value: Json) -> None:
    kind, version, body = CODEC.encode(FACT)
    with pytest.raises(InputRejected, match="gate_voted"):
        CODEC.decode(kind, version, {**body, field: value})


def test_that_a_field_is_named_where_it_stands() -> None:
    kind, version, body = CODEC.encode(FACT)
    with pytest.raises(InputRejected, match=r"votes\[0\]: no such field: weight"):
        CODEC.decode(kind, version, {**body, "votes": [{**VOTE, "weight": 2}]})
    with pytest.raises(InputRejected, match="body: no such field: extra"):
        CODEC.decode(kind, version, {**body, "extra": 1})


def test_that_a_missing_field_is_refused_unless_it_may_be_left_out() -> None:
    kind, version, body = CODEC.encode(FACT)
    without = {name: value for name, value in body.items() if name not in ("marks", "note")}
    assert CODEC.decode(kind, version, without) == replace(FACT, marks=())
    with pytest.raises(InputRejected, match="step"):
        CODEC.decode(kind, version, {name: body[name] for name in body if name != "step"})


def test_that_an_unknown_kind_or_version_is_refused() -> None:
    with pytest.raises(InputRejected, match="no such kind"):
        CODEC.decode("vanished", 1, {})
    for version in (0, 4):
        with pytest.raises(InputRejected, match=f"version {version}"):
            CODEC.decode("gate_voted", version, {})


def test_that_an_older_body_is_lifted_version_by_version() -> None:
    _, _, body = CODEC.encode(FACT)
    second = {key if key != "sure" else "certain": value for key, value in body.items()}
    assert CODEC.decode("gate_voted", 2, second) == FACT
    first = {key: value for key, value in second.items() if key != "note"}
    found = CODEC.decode("gate_voted", 1, first)
    assert isinstance(found, GateVoted)
    assert found.note == "none was kept"


def test_that_a_fact_without_versions_is_at_its_first() -> None:
    assert CODEC.encode(Stopped(why="smoke")) == ("stopped", 1, {"why": "smoke"})
    assert CODEC.decode("stopped", 1, {"why": "smoke"}) == Stopped(why="smoke")
    with pytest.raises(InputRejected, match="no such field: who"):
        CODEC.decode("stopped", 1, {"why": "smoke", "who": "ann"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    KIND: ClassVar[str] = "stopped"

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nameless:
    why: str


@pytest.mark.parametrize("fact", [Stranger(why="x"), Nameless(why="x")])
def test_that_only_registered_facts_are_written(fact: object) -> None:
    with pytest.raises(Bug, match="no registered fact"):
        Codec[object](
            {"gate_voted": GateVoted}, {("gate_voted", 1): add_note, ("gate_voted", 2): rename_sure}
        ).encode(fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    KIND: ClassVar[str] = "measured"

    value: float = 0.0
    lasted: timedelta = timedelta(0)


@pytest.mark.parametrize(
    "fact",
    [
        Measured(value=float("nan")),
        Measured(value=float("inf")),
        Measured(lasted=timedelta.max),
    ],
)
def test_that_a_value_that_would_not_read_back_is_not_written(fact: Measured) -> None:
    with pytest.raises(ValueError, match=r"no number|too long"):
        Codec[Measured]({"measured": Measured}).encode(fact)


def test_that_a_kind_is_registered_under_its_own_name() -> None:
    with pytest.raises(Bug, match="does not call itself so"):
        Codec[Stopped]({"halted": Stopped})
    with pytest.raises(Bug, match="does not call itself so"):
        Codec[Nameless]({"nameless": Nameless})


def test_that_every_older_version_needs_an_upcaster() -> None:
    with pytest.raises(Bug, match=r"no upcaster for gate_voted from versions \[2\]"):
        Codec[GateVoted]({"gate_voted": GateVoted}, {("gate_voted", 1): add_note})


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoShapes:
    KIND: ClassVar[str] = "two_shapes"

    what: Vote | Stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoTexts:
    KIND: ClassVar[str] = "two_texts"

    when: datetime | str


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoNumbers:
    KIND: ClassVar[str] = "two_numbers"

    length: timedelta | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    KIND: ClassVar[str] = "chain"

    rest: "Chain | None"


@pytest.mark.parametrize("found", [TwoShapes, TwoTexts, TwoNumbers, Chain])
def test_that_a_type_that_could_be_misread_is_refused_at_once(found: type[object]) -> None:
    kind: str = getattr(found, "KIND", "")
    with pytest.raises(Bug, match=r"told apart|as a number|holds itself"):
        Codec[object]({kind: found})
