"""The cache keeps what is newest, writes what changed, and is never worth an error."""

import asyncio
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from relconsole.adapters.journal_sql.cache import SqlCache, open_cache
from relconsole.adapters.journal_sql.connecting import DRIVER
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.json import Json
from relconsole.ports.cache import Cache, Cached

AT = datetime(2026, 8, 8, 22, 0, 0, 250_000, tzinfo=UTC)


def _seen(key: str, value: Json = 1, *, later: float = 0) -> Cached:
    return Cached(
        key=key,
        value=value,
        source="prometheus",
        observed_at=AT + timedelta(seconds=later),
        time_to_live=30.0,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache.db"


def test_that_a_value_is_given_back_as_it_was_observed(path: Path) -> None:
    async def scene() -> None:
        cache: SqlCache = await open_cache(path)
        as_port: Cache = cache
        try:
            value: Json = {"series": [1, 2.5, None, "ö"], "up": True, "labels": Map(a="b")}
            assert await as_port.put([_seen("metrics/query/up", value)]) == 1
            found = await as_port.get("metrics/query/up")
            assert found is not None
            assert found == _seen("metrics/query/up", found.value)
            assert found.value == {
                "series": [1, 2.5, None, "ö"],
                "up": True,
                "labels": {"a": "b"},
            }
            assert await as_port.get("metrics/query/down") is None
        finally:
            await cache.close()

    asyncio.run(scene())


def test_that_only_what_changed_is_written(path: Path) -> None:
    async def scene() -> None:
        cache = await open_cache(path)
        try:
            entries = [_seen(f"k/{n:03d}", n) for n in range(100)]
            assert await cache.put(entries) == 100
            assert await cache.put(entries) == 0
            entries[7] = replace(entries[7], value="another")
            entries[8] = _seen("k/008", 8, later=1)
            assert await cache.put(entries) == 2
            assert await cache.put([]) == 0
        finally:
            await cache.close()

    asyncio.run(scene())


def test_that_an_older_observation_replaces_no_newer_one(path: Path) -> None:
    async def scene() -> None:
        cache = await open_cache(path)
        try:
            await cache.put([_seen("k", "new", later=5)])
            assert await cache.put([_seen("k", "old")]) == 0
            found = await cache.get("k")
            assert found is not None
            assert found.value == "new"
        finally:
            await cache.close()

    asyncio.run(scene())


def test_that_keys_are_found_by_their_beginning_in_order(path: Path) -> None:
    async def scene() -> None:
        cache = await open_cache(path)
        try:
            await cache.put([_seen(key) for key in ("b", "a/2", "a", "a/1", "a/\U0001f600", "a0")])
            assert [it.key for it in await cache.under("a/")] == ["a/1", "a/2", "a/\U0001f600"]
            assert len(await cache.under("")) == 6
        finally:
            await cache.close()

    asyncio.run(scene())


def test_that_the_cache_outlives_the_program_and_is_private(path: Path) -> None:
    async def scene() -> None:
        cache = await open_cache(path)
        await cache.put([_seen("k")])
        await cache.close()
        await cache.close()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        cache = await open_cache(path)
        try:
            assert await cache.get("k") == _seen("k")
        finally:
            await cache.close()

    asyncio.run(scene())


@pytest.mark.parametrize("content", [b"not a database", b"x" * 9000, b""])
def test_that_a_damaged_cache_is_replaced_by_an_empty_one(path: Path, content: bytes) -> None:
    async def scene() -> None:
        path.write_bytes(content)
        cache = await open_cache(path)
        try:
            assert await cache.under("") == ()
            assert await cache.put([_seen("k")]) == 1
        finally:
            await cache.close()

    asyncio.run(scene())


@pytest.mark.parametrize(
    "change",
    [
        "PRAGMA user_version = 99",
        "DROP TABLE observation",
        "UPDATE observation SET value = x'ff'",
        'CREATE TABLE "more""" (a); PRAGMA user_version = 0',
    ],
)
def test_that_a_cache_of_another_form_is_replaced_by_an_empty_one(path: Path, change: str) -> None:
    async def scene() -> None:
        cache = await open_cache(path)
        await cache.put([_seen("k")])
        await cache.close()
        connection = DRIVER.connect(str(path), isolation_level=None)
        connection.executescript(change)
        connection.close()
        cache = await open_cache(path)
        try:
            assert await cache.get("k") is None
            assert await cache.put([_seen("k")]) == 1
            assert await cache.get("k") == _seen("k")
        finally:
            await cache.close()

    asyncio.run(scene())


def test_that_a_cache_damaged_while_open_goes_on_empty(path: Path) -> None:
    async def scene() -> None:
        cache = await open_cache(path)
        try:
            await cache.put([_seen(f"k/{n}", "x" * 500) for n in range(200)])
            connection = DRIVER.connect(str(path), isolation_level=None)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            size = path.stat().st_size
            with path.open("r+b") as file:
                file.write(b"\xff" * size)
            await cache.put([_seen("new")])
            assert await cache.get("new") == _seen("new")
        finally:
            await cache.close()

    asyncio.run(scene())


def test_that_a_value_that_is_no_json_is_refused_before_anything_is_written(path: Path) -> None:
    async def scene() -> None:
        cache = await open_cache(path)
        try:
            with pytest.raises(TypeError):
                await cache.put([_seen("a"), _seen("b", [object()])])  # type: ignore[list-item]
            assert await cache.get("a") is None
        finally:
            await cache.close()

    asyncio.run(scene())


def test_that_a_folder_that_does_not_exist_is_the_disk_s_refusal(path: Path) -> None:
    async def scene() -> None:
        with pytest.raises(WorldIsDown):
            await open_cache(path.parent / "none" / "cache.db")

    asyncio.run(scene())


@settings(max_examples=20)
@given(
    puts=st.lists(
        st.lists(
            st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 4)), max_size=4
        ),
        max_size=6,
    )
)
def test_that_the_cache_holds_the_newest_of_each_key_whatever_came_when(
    tmp_path_factory: pytest.TempPathFactory, puts: list[list[tuple[str, int, int]]]
) -> None:
    path = tmp_path_factory.mktemp("cache") / "cache.db"

    async def scene() -> None:
        cache = await open_cache(path)
        model: dict[str, tuple[int, int]] = {}
        try:
            for entries in puts:
                changed = 0
                for key, later, value in entries:
                    known = model.get(key)
                    newer = known is None or later > known[0]
                    if newer or (known is not None and later == known[0] and value != known[1]):
                        model[key] = (later, value)
                        changed += 1
                rows = [_seen(key, value, later=later) for key, later, value in entries]
                assert await cache.put(rows) == changed
            held = {it.key: it for it in await cache.under("")}
            assert held == {
                key: _seen(key, value, later=later) for key, (later, value) in model.items()
            }
        finally:
            await cache.close()

    asyncio.run(scene())
