"""Starts one job and keeps watch over it, outliving the plugin and the console.

Stands alone: the standard library only, run by its path with the job's folder as the argument. It
forks, so that the plugin waits for a moment only; the child, in a session of its own, claims the
folder with its mark in ``pid.json``, runs the job in a further session, and writes ``status.json``
at the end. Whoever finds the folder claimed ends without running anything.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

LONGEST_OUTPUT = 1 << 20
KEPT_OUTPUT = 1 << 16
TURN = 0.1
GRACE = 5.0


def mark_of(pid: int) -> dict[str, object]:
    """Give what tells this process from every later one of the same number."""
    fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return {"pid": pid, "start": int(fields[19]), "boot": boot}


def write(folder: Path, name: str, value: dict[str, object], *, claim: bool = False) -> bool:
    """Write a file that is whole or not there; a claim is False where it was there before."""
    temporary = folder / f".{name}.{os.getpid()}"
    with temporary.open("w") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    if claim:
        try:
            os.link(temporary, folder / name)
        except FileExistsError:
            return False
        finally:
            temporary.unlink()
    else:
        temporary.rename(folder / name)
    held = os.open(folder, os.O_RDONLY)
    os.fsync(held)
    os.close(held)
    return True


def stop(job: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to every process of the job's session.

    The job itself has not been waited for, so its number, which is its session's, is still its own.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(job.pid, number)
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2]
            if int(fields.split()[3]) == job.pid:
                os.kill(int(entry.name), number)


def cap(output: Path) -> None:
    """Keep the end of an output that has grown too long; the job appends, so it may be cut."""
    if output.stat().st_size > LONGEST_OUTPUT:
        with output.open("r+b") as file:
            file.seek(-KEPT_OUTPUT, os.SEEK_END)
            kept = file.read(KEPT_OUTPUT)
            file.truncate(0)
        with output.open("ab") as file:
            file.write(b"[the beginning is left out]\n" + kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to run, as the plugin has written it."""

    argv: list[str]
    env: dict[str, str]
    cwd: str
    timeout: float | None


def read_request(folder: Path) -> Request:
    """Give what the folder asks for."""
    found = json.loads((folder / "request.json").read_text())
    return Request(argv=found["argv"], env=found["env"], cwd=found["cwd"], timeout=found["timeout"])


def start(folder: Path, request: Request) -> subprocess.Popen[bytes]:
    """Start the job in a session of its own, with its own limits and file mode back."""
    with (folder / "output").open("ab") as output:
        return subprocess.Popen(
            request.argv,
            cwd=request.cwd,
            env=request.env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o022,
        )


def after_a_turn(job: subprocess.Popen[bytes]) -> int | None:
    """Give the job's exit code as soon as it ends, None where it still runs after a turn."""
    try:
        return job.wait(TURN)
    except subprocess.TimeoutExpired:
        return None


def watch(folder: Path, job: subprocess.Popen[bytes], seconds: float | None) -> dict[str, object]:
    """Wait for the job's end, ending it where time is over or a person asks; gives how it ended."""
    end = None if seconds is None else time.monotonic() + seconds
    kill_at: float | None = None
    said: dict[str, object] = {}
    while (code := after_a_turn(job)) is None:
        with contextlib.suppress(OSError):
            cap(folder / "output")
        now = time.monotonic()
        if kill_at is not None:
            if now >= kill_at:
                stop(job, signal.SIGKILL)
        elif (folder / "cancel.json").exists():
            said["cancelled"] = True
        elif end is not None and now >= end:
            said["timed_out"] = True
        if said and kill_at is None:
            stop(job, signal.SIGTERM)
            kill_at = now + GRACE
    return {**said, "exit": code} if code >= 0 else {**said, "signal": -code}


def keep(folder: Path, told: int) -> None:
    """Claim the folder, run its job, write how it ended."""
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (hard, hard))
    request = read_request(folder)
    claimed = write(folder, "pid.json", mark_of(os.getpid()), claim=True)
    os.close(told)
    if not claimed:
        return
    try:
        job = start(folder, request)
    except (OSError, ValueError) as wrong:
        outcome: dict[str, object] = {"error": str(wrong)}
    else:
        with contextlib.suppress(OSError):
            write(folder, "job.json", mark_of(job.pid))
        outcome = watch(folder, job, request.timeout)
    write(folder, "status.json", {**outcome, "ended": datetime.now(UTC).isoformat()})


def main() -> None:
    """Fork, and end as soon as the child has claimed the folder."""
    os.umask(0o077)
    folder = Path(sys.argv[1])
    waiting, told = os.pipe()
    if os.fork() > 0:
        os.close(told)
        os.read(waiting, 1)
        return
    os.close(waiting)
    keep(folder, told)


if __name__ == "__main__":
    main()
