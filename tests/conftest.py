"""What holds for every test: seeded properties, a home of its own, and nothing left behind.

A test fails on a log record of WARNING or above that it did not ask for (by taking `caplog`), on a
thread that outlives it, and on a task that its loop had to cancel at the end.
"""

import asyncio
import asyncio.runners
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.practices"]

THREAD_GRACE = 2.0
"""Seconds that a thread which is already ending may take."""

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Two cores are shared by many: how long an example takes says nothing about the rule.
_SHARED_MACHINE = [HealthCheck.too_slow]
settings.register_profile(
    "gate",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=int(os.environ.get("RELCONSOLE_EXAMPLES", "50")),
    suppress_health_check=_SHARED_MACHINE,
)
settings.register_profile(
    "search",
    deadline=None,
    max_examples=int(os.environ.get("RELCONSOLE_EXAMPLES", "2000")),
    print_blob=True,
    suppress_health_check=_SHARED_MACHINE,
)
settings.load_profile(os.environ.get("RELCONSOLE_HYPOTHESIS", "gate"))


class _StrayRecords(logging.Handler):
    """Keeps what is logged at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(scope="session", autouse=True)
def _home_of_its_own(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """No test reads or writes the user's folders; only the live tier reaches a session bus."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for variable, folder in (
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
        ):
            patch.setenv(variable, str(home / folder))
        if request.config.option.markexpr != "live":
            patch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home / 'no-bus'}")
        yield


@pytest.fixture(autouse=True)
def _no_stray_log_records(request: pytest.FixtureRequest) -> Iterator[None]:
    """A record that a test did not ask for is a failure; taking `caplog` is asking."""
    stray = _StrayRecords()
    root = logging.getLogger()
    root.addHandler(stray)
    try:
        yield
    finally:
        root.removeHandler(stray)
    if stray.records and "caplog" not in request.fixturenames:
        lines = [f"{it.levelname} {it.name}: {it.getMessage()}" for it in stray.records]
        pytest.fail("stray log records:\n" + "\n".join(lines), pytrace=False)


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """Every thread that a test starts has ended when the test has."""
    before = set(threading.enumerate())
    yield
    patience = time.monotonic() + THREAD_GRACE
    leaked = [thread for thread in threading.enumerate() if thread not in before]
    for thread in leaked:
        thread.join(max(0.0, patience - time.monotonic()))
    names = [thread.name for thread in leaked if thread.is_alive()]
    if names:
        pytest.fail(f"leaked threads: {', '.join(names)}", pytrace=False)


@pytest.fixture(autouse=True)
def _no_leaked_tasks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No loop has to cancel a task when it is closed.

    `asyncio.run` cancels the leftovers without a word; the one place where it does is the only one
    from which they can be seen.
    """
    leaked: list[str] = []
    cancel: Callable[[asyncio.AbstractEventLoop], None]
    cancel = vars(asyncio.runners)["_cancel_all_tasks"]

    def note_and_cancel(loop: asyncio.AbstractEventLoop) -> None:
        leaked.extend(repr(task) for task in asyncio.all_tasks(loop))
        cancel(loop)

    monkeypatch.setattr(asyncio.runners, "_cancel_all_tasks", note_and_cancel)
    yield
    if leaked:
        pytest.fail("leaked tasks:\n" + "\n".join(leaked), pytrace=False)


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The top folder of the checkout."""
    return Path(__file__).resolve().parent.parent
