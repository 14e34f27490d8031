"""One writer in a store at a time, whoever and however it ends."""

import fcntl
import os
import signal
import socket
import stat
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relconsole.adapters.store import writer_lock
from relconsole.adapters.store.writer_lock import (
    Frozen,
    StoreBusy,
    WriterRole,
    holder_of,
    take_writer,
)
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import RunId
from relconsole.ports.journal import Lease

NOW = datetime(2026, 8, 8, 22, 30, tzinfo=UTC)


def _frozen(folder: Path, *, until: datetime = NOW, holder: str | None = None) -> Frozen:
    """Whoever holds the role now, with a lease that has just run out."""
    found = holder_of(folder)
    assert found is not None
    name = found.name if holder is None else holder
    return Frozen(
        holder=found, lease=Lease(run=RunId("night-1"), holder=name, fence=3, until=until)
    )


@contextmanager
def _other(work: Callable[[], None]) -> Generator[int]:
    """A second process that did its work and then waits to be ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            work()
            os.write(writing, b"+")
        except BaseException:  # noqa: BLE001 - the parent hears that nothing was written
            os._exit(1)
        signal.pause()
    os.close(writing)
    try:
        assert os.read(reading, 1) == b"+"
        yield child
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_that_the_writer_is_known_by_its_process_and_verb(tmp_path: Path) -> None:
    assert holder_of(tmp_path) is None
    with take_writer(tmp_path, "night", NOW) as role:
        holder = holder_of(tmp_path)
        assert holder == role.holder
        assert holder is not None
        assert (holder.pid, holder.host) == (os.getpid(), socket.gethostname())
        assert (holder.verb, holder.since) == ("night", "2026-08-08T22:30:00Z")
        assert holder.started.isdecimal()
        assert stat.S_IMODE((tmp_path / "writer.lock").stat().st_mode) == 0o600
        assert role.is_held()
    assert not role.is_held()
    assert holder_of(tmp_path) is None
    role.release()


def test_that_a_second_writer_is_told_who_the_first_is(tmp_path: Path) -> None:
    with _other(lambda: _hold(tmp_path)) as pid, pytest.raises(StoreBusy) as busy:
        take_writer(tmp_path, "step", NOW)
    assert isinstance(busy.value, PersonMustAct)
    assert busy.value.holder is not None
    assert busy.value.holder.pid == pid
    assert f"relconsole night (process {pid} on" in str(busy.value)


HELD: list[WriterRole] = []


def _hold(folder: Path) -> None:
    HELD.append(take_writer(folder, "night", NOW))


def test_that_a_killed_writer_leaves_the_role_free(tmp_path: Path) -> None:
    with _other(lambda: _hold(tmp_path)):
        pass
    with take_writer(tmp_path, "night", NOW) as role:
        assert role.is_held()


def test_that_a_role_given_up_is_free_though_a_forked_child_lives(tmp_path: Path) -> None:
    role = take_writer(tmp_path, "night", NOW)
    with _other(lambda: None):
        role.release()
        take_writer(tmp_path, "step", NOW).release()


def test_that_whoever_asks_who_writes_keeps_no_writer_out(tmp_path: Path) -> None:
    lock = tmp_path / "writer.lock"
    lock.touch(mode=0o600)
    asking = os.open(lock, os.O_RDONLY)
    fcntl.flock(asking, fcntl.LOCK_SH)
    threading.Timer(0.03, lambda: os.close(asking)).start()
    take_writer(tmp_path, "night", NOW).release()


def test_that_a_frozen_writer_is_replaced_once_its_lease_has_run_out(tmp_path: Path) -> None:
    with _other(lambda: _hold(tmp_path)) as pid:
        os.kill(pid, signal.SIGSTOP)
        running = _frozen(tmp_path, until=NOW + timedelta(seconds=1))
        with pytest.raises(StoreBusy, match="runs until 22:30:01 UTC"):
            take_writer(tmp_path, "night", NOW, frozen=running)
        with take_writer(tmp_path, "night", NOW, frozen=_frozen(tmp_path)) as role:
            assert role.is_held()
            assert holder_of(tmp_path) == role.holder
            os.kill(pid, signal.SIGCONT)
            with pytest.raises(StoreBusy):
                take_writer(tmp_path, "step", NOW)


def test_that_a_writer_who_was_replaced_can_tell(tmp_path: Path) -> None:
    former = take_writer(tmp_path, "night", NOW)
    with take_writer(tmp_path, "night", NOW, frozen=_frozen(tmp_path)) as present:
        assert not former.is_held()
        former.release()
        assert present.is_held()
        assert holder_of(tmp_path) == present.holder


@pytest.mark.parametrize("holder", ["", "vm:4711:99"], ids=["given up", "another program's"])
def test_that_a_lease_which_is_not_the_holder_s_own_replaces_nobody(
    tmp_path: Path, holder: str
) -> None:
    with take_writer(tmp_path, "night", NOW) as role:
        with pytest.raises(StoreBusy, match="is not its own"):
            take_writer(tmp_path, "step", NOW, frozen=_frozen(tmp_path, holder=holder))
        assert role.is_held()


def test_that_a_free_role_is_taken_whatever_is_said_of_a_frozen_holder(tmp_path: Path) -> None:
    with take_writer(tmp_path, "night", NOW):
        running = _frozen(tmp_path, until=NOW + timedelta(hours=1))
    take_writer(tmp_path, "night", NOW, frozen=running).release()


def test_that_of_many_who_take_over_at_once_one_holds_the_role(tmp_path: Path) -> None:
    former = take_writer(tmp_path, "night", NOW)
    frozen = _frozen(tmp_path)
    roles: list[WriterRole] = []
    refused: list[StoreBusy] = []

    def take() -> None:
        try:
            # Each by another verb: within one process only that tells the holders apart.
            verb = threading.current_thread().name
            roles.append(take_writer(tmp_path, verb, NOW, frozen=frozen))
        except StoreBusy as busy:
            refused.append(busy)

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(roles) == 1
    assert roles[0].is_held()
    assert len(refused) == 5
    for role in (former, *roles):
        role.release()


def test_that_a_role_that_is_just_being_taken_is_waited_for_and_then_named(
    tmp_path: Path,
) -> None:
    guard = os.open(tmp_path / "writer.guard", os.O_CREAT | os.O_RDWR)
    fcntl.flock(guard, fcntl.LOCK_EX)
    before = time.monotonic()
    with pytest.raises(StoreBusy, match="just taking"):
        take_writer(tmp_path, "night", NOW)
    assert time.monotonic() - before >= writer_lock.GUARD_SECONDS
    os.close(guard)


@pytest.mark.parametrize("content", [b"", b"{}", b"not json", b'{"pid": "x"}'])
def test_that_a_holder_that_does_not_say_its_name_is_another_program(
    tmp_path: Path, content: bytes
) -> None:
    lock = tmp_path / "writer.lock"
    lock.write_bytes(content)
    held = os.open(lock, os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    assert holder_of(tmp_path) is None
    with pytest.raises(StoreBusy, match="another program"):
        take_writer(tmp_path, "night", NOW)
    os.close(held)


def test_that_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    (tmp_path / "writer.lock").symlink_to(target)
    with pytest.raises(WorldIsDown, match="cannot be locked"):
        take_writer(tmp_path, "night", NOW)
    assert holder_of(tmp_path) is None
    assert target.read_text() == "precious"


def test_that_a_store_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorldIsDown, match="cannot be locked"):
        take_writer(tmp_path / "none", "night", NOW)
