"""A journal in a folder of its own, closed after the test."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from relconsole.adapters.journal_sql.journal import SqlJournal
from relconsole.adapters.journal_sql.opening import Wanted, open_journal
from tests.helpers import journals

Opening = Callable[..., AbstractAsyncContextManager[SqlJournal]]
Answer = Callable[[], Awaitable[None]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the test's journal lies."""
    return tmp_path / "journal.db"


@pytest.fixture
def opened(path: Path) -> Opening:
    """Opens the test's journal for a while."""

    @asynccontextmanager
    async def opening(wanted: Wanted | None = None) -> AsyncGenerator[SqlJournal]:
        journal = await open_journal(path, wanted or journals.wanted())
        try:
            yield journal
        finally:
            await journal.close()

    return opening
