"""Local times without a zone, and persistent maps, in facts and in digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Annotated, ClassVar

import pytest
from immutables import Map

from relconsole.domain.kernel.errors import Bug, InputRejected
from relconsole.domain.kernel.zones import WallTime
from relconsole.domain.plan.digest import plain_of
from relconsole.domain.record.codec import Codec


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    KIND: ClassVar[str] = "planned"

    wall: WallTime
    instant: datetime
    named: Mapping[str, str]
    marked: Annotated[int, "a mark of somebody else's"] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Odd:
    KIND: ClassVar[str] = "odd"

    held: frozenset[str]


_CODEC = Codec({_Planned.KIND: _Planned})
_WALL = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 - what a clock on the wall shows
_FACT = _Planned(
    wall=_WALL,
    instant=datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    named=Map({"b": "2", "a": "1"}),
)


def test_that_a_local_time_and_an_instant_are_written_apart_and_come_back() -> None:
    kind, version, body = _CODEC.encode(_FACT)
    assert body["wall"] == "2026-10-25T02:30:00"
    assert body["instant"] == "2026-10-25T00:30:00Z"
    found = _CODEC.decode(kind, version, body)
    assert (found.wall, found.instant) == (_FACT.wall, _FACT.instant)
    assert dict(found.named) == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    "written", ["2026-10-25T02:30:00Z", "2026-10-25 02:30:00", "tomorrow", 7, "2026-10-25T02:30"]
)
def test_that_a_local_time_has_one_spelling(written: str | int) -> None:
    kind, version, body = _CODEC.encode(_FACT)
    with pytest.raises(InputRejected):
        _CODEC.decode(kind, version, {**body, "wall": written})


def test_that_what_has_no_place_in_a_fact_is_our_own_mistake() -> None:
    class _Strange:
        pass

    strange = _Planned(wall=_WALL, instant=_FACT.instant, named={}, marked=_Strange())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(Bug, match="_Strange has no place in a fact"):
        _CODEC.encode(strange)


def test_that_local_times_have_a_place_in_a_digest() -> None:
    assert plain_of(_WALL) == "2026-10-25T02:30:00"
    assert plain_of(time(20, 30)) == "20:30:00"
