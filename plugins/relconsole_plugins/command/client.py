"""Job folders: making one, starting its launcher, saying what became of it, asking it to stop.

A folder is made once for an effect's id and never removed. Its files, each whole or absent:
``request.json`` what to run, ``pid.json`` who claimed it, ``job.json`` the command's own process,
``cancel.json`` a wish to stop, ``output``, ``status.json`` how it ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from relconsole.domain.kernel.ids import Digest
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.domain.record.canonical import digest_of
from relconsole.plugin_api.effects import Ending, RemoteState
from relconsole_plugins.command.config import Job
from relconsole_plugins.command.parse import (
    ExitStatus,
    JobFolder,
    ProcessMark,
    boot_id,
    is_running,
    read_end,
    read_folder,
)

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_LAUNCHER: Final = Path(__file__).with_name("launcher.py")
_SHOWN_OUTPUT: Final = 4_000
_LARGEST_FILE: Final = 256 << 20
START_GRACE: Final = timedelta(seconds=10)
"""How long a folder may stand without a claim before nobody may claim it any more."""


def is_name(effect: str) -> bool:
    """Tell whether an id can name a folder."""
    return _NAME.fullmatch(effect) is not None


class JobFolders:
    """The job folders below one folder."""

    def __init__(self, root: Path, now: Callable[[], datetime]) -> None:
        """Keep where they are."""
        self._root = root
        self._now = now

    def exists(self, effect: str) -> bool:
        """Tell whether a folder was ever made for the effect."""
        return is_name(effect) and (self._root / effect).is_dir()

    def make(self, effect: str, request: JsonObject) -> bool:
        """Make the folder with its request; False where it was there, and is left alone."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = self._root / effect
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            return False
        # The folder is what a repeat finds: it is on the disk before anything can run.
        _sync(self._root)
        _write(folder, "request.json", request)
        return True

    async def launch(self, effect: str, environment: Mapping[str, str]) -> None:
        """Start the launcher and wait until it has claimed the folder."""
        folder = self._root / effect
        log = os.open(folder / "launcher.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(_LAUNCHER), str(folder)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(environment),
                start_new_session=True,
            )
        finally:
            os.close(log)
        await process.wait()

    def state(self, effect: str) -> RemoteState:
        """Give where the job stands; it never becomes running again once it is over or unknown."""
        folder = self._root / effect
        if not self.exists(effect):
            return RemoteState(ending=Ending.UNKNOWN, detail="there is no such job")
        found = read_folder(folder)
        if found.status is None and found.keeper is None and self._give_up(folder):
            found = read_folder(folder)
        running = found.keeper is not None and is_running(found.keeper)
        if found.status is None and not running:
            found = read_folder(folder)  # it may have ended between the two looks
        return _state(found, running=running, output=read_end(folder / "output", _SHOWN_OUTPUT))

    def cancel(self, effect: str, reason: str) -> bool:
        """Ask for the job's end; False where it has ended or nobody is there to end it.

        Its launcher ends it: only the parent of a process can be sure that a number is still its.
        Where the launcher is gone, the job itself is ended by number and start time.
        """
        if not self.exists(effect):
            return False
        folder = self._root / effect
        found = read_folder(folder)
        if found.status is not None:
            return False
        if found.keeper is not None and is_running(found.keeper):
            _write(folder, "cancel.json", {"reason": reason, "at": format_instant(self._now())})
            return True
        return found.job is not None and _end(found.job)

    def _give_up(self, folder: Path) -> bool:
        """Claim a folder for nobody where its launcher has not come; tells whether it is claimed.

        A launcher that comes later finds the claim and runs nothing, so the answer stays true.
        """
        made = datetime.fromtimestamp(folder.stat().st_mtime, tz=self._now().tzinfo)
        if self._now() - made < START_GRACE:
            return False
        temporary = folder / f".nobody.{os.getpid()}"
        temporary.write_bytes(msgspec.json.encode(ProcessMark(0, 0, boot_id())))
        with contextlib.suppress(FileExistsError):
            os.link(temporary, folder / "pid.json")
        temporary.unlink()
        return True


def _state(found: JobFolder, *, running: bool, output: str) -> RemoteState:
    """Give where a job stands by what its folder holds."""
    status, keeper = found.status, found.keeper
    if status is not None:
        return RemoteState(ending=_ending(status), detail=_detail(status), output=output)
    if running:
        return RemoteState(ending=Ending.RUNNING, output=output)
    if keeper is None:
        return RemoteState(ending=Ending.RUNNING, detail="it is being started")
    if keeper.pid == 0:
        detail = "it was never started, and will not be"
    else:
        detail = "its launcher is gone and left no exit status; it will not be run again"
    return RemoteState(ending=Ending.UNKNOWN, detail=detail, output=output)


def _ending(status: ExitStatus) -> Ending:
    if status.cancelled:
        return Ending.CANCELLED
    good = status.exit == 0 and not status.timed_out
    return Ending.SUCCEEDED if good else Ending.FAILED


def _detail(status: ExitStatus) -> str:
    if status.error is not None:
        return f"it could not be started: {status.error}"
    how = f"signal {status.signal}" if status.exit is None else f"exit status {status.exit}"
    if status.timed_out:
        return f"it took longer than its timeout and was ended: {how}"
    return f"it was cancelled: {how}" if status.cancelled else how


def digest_job(job: Job, path: str) -> Digest:
    """Give the digest of the job's definition and of every file that it names; OSError.

    ``path`` is the search path by which its program is found.
    """
    named = {argument.template for argument in job.argv if not argument.names}
    program = shutil.which(job.argv[0].template, path=path)
    contents = {name: _digest_file(_within(job, name)) for name in sorted(job.files)}
    for name in sorted(named | ({program} if program else set())):
        if _within(job, name).is_file():
            contents[name] = _digest_file(_within(job, name))
    definition: dict[str, Json] = {
        "argv": [argument.template for argument in job.argv],
        "names": [sorted(argument.names) for argument in job.argv],
        "cwd": job.cwd,
        "env": dict(job.env),
        "timeout": None if job.timeout is None else job.timeout.total_seconds(),
        "files": contents,
    }
    return digest_of(definition)


def environment_of(job: Job, ours: Mapping[str, str], effect: Mapping[str, str]) -> dict[str, str]:
    """Give the job's environment: a home, a path, a locale, its own, and whose effect it is."""
    kept = {name: ours[name] for name in ("HOME", "LANG", "PATH", "TZ") if name in ours}
    return {**kept, **job.env, **effect}


def _within(job: Job, name: str) -> Path:
    return Path(job.cwd or "/", name)


def _digest_file(path: Path) -> str:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > _LARGEST_FILE:
            raise OSError(f"{path} is larger than {_LARGEST_FILE} bytes")
        return hashlib.file_digest(file, "sha256").hexdigest()


def _end(mark: ProcessMark) -> bool:
    """End a job whose launcher is gone; the check and the signal are as close as can be."""
    if not is_running(mark):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.killpg(mark.pid, signal.SIGTERM)
    return True


def _write(folder: Path, name: str, value: Mapping[str, Json] | Sequence[Json]) -> None:
    """Write a file that is whole or not there, and stays."""
    temporary = folder / f".{name}.{os.getpid()}"
    with temporary.open("wb") as file:
        file.write(msgspec.json.encode(value))
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(folder / name)
    _sync(folder)


def _sync(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
