"""The files of a job's folder and of /proc, as frozen values; nothing here writes."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import msgspec

Form = TypeVar("Form")
_AFTER_NAME_START_TIME: Final = 19
"""Where field 22 of /proc/<pid>/stat stands once the name in parentheses is cut off."""


class ProcessMark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A process that no later one can be taken for: number, start in clock ticks, boot.

    Number 0 marks a job that was never started and never will be.
    """

    pid: int
    start: int
    boot: str


class ExitStatus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a job ended: exactly one of exit, signal and error is given."""

    ended: str
    exit: int | None = None
    signal: int | None = None
    error: str | None = None
    timed_out: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFolder:
    """What stands in a job's folder; None where a file is not there, or not yet whole."""

    keeper: ProcessMark | None
    job: ProcessMark | None
    status: ExitStatus | None


def read_folder(folder: Path) -> JobFolder:
    """Give what stands there now; the status is read first, since it settles everything."""
    return JobFolder(
        status=_read(folder / "status.json", ExitStatus),
        keeper=_read(folder / "pid.json", ProcessMark),
        job=_read(folder / "job.json", ProcessMark),
    )


def is_running(mark: ProcessMark) -> bool:
    """Tell whether exactly this process still runs; a zombie does not."""
    if mark.pid <= 0 or mark.boot != boot_id():
        return False
    try:
        stat = Path(f"/proc/{mark.pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    fields = stat.rpartition(")")[2].split()
    return fields[0] not in ("Z", "X") and int(fields[_AFTER_NAME_START_TIME]) == mark.start


def boot_id() -> str:
    """Give what is another after every boot, since process numbers and ticks begin anew."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def read_end(path: Path, most: int) -> str:
    """Give the last bytes of a job's output as text, empty where there is none."""
    with contextlib.suppress(OSError), path.open("rb") as output:
        length = output.seek(0, 2)
        output.seek(max(0, length - most))
        return output.read(most).decode("utf-8", "replace")
    return ""


def read_parameters(payload: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    """Give the job and its parameters of an effect; ValueError where the payload is none."""
    wanted = msgspec.convert(payload, _Payload)
    return wanted.job, wanted.parameters


class _Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of ``job.start``."""

    job: str
    parameters: dict[str, str] = {}


def _read(path: Path, form: type[Form]) -> Form | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=form)
    except (OSError, msgspec.MsgspecError):
        return None
