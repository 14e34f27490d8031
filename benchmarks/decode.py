"""Foreign records to typed values: ten thousand change records with many fields we do not want."""

from __future__ import annotations

import importlib
import importlib.util
import json
from typing import Any, Final

import msgspec

from benchmarks.frame import Row, at_most, medians

RECORDS: Final = 10_000
MILLI: Final = 1e3

_WANTED: Final = (
    "number", "short_description", "state", "approval", "type", "risk", "assigned_to",
    "start_date", "end_date", "sys_updated_on", "correlation_id",
)  # fmt: skip


class ChangeRecord(msgspec.Struct, frozen=True):
    """What is wanted of a record."""

    number: str
    short_description: str
    state: str
    approval: str
    type: str
    risk: str
    assigned_to: str
    start_date: str
    end_date: str
    sys_updated_on: str
    correlation_id: str


class Answer(msgspec.Struct, frozen=True):
    """A page of records."""

    result: tuple[ChangeRecord, ...]


def run() -> list[Row]:
    """Give the row of decoding."""
    raw = json.dumps({"result": [_record(number) for number in range(RECORDS)]}).encode()
    decoder = msgspec.json.Decoder(Answer)
    jobs = {"ours": lambda: decoder.decode(raw)}
    job = f"decode {RECORDS:,} change records ({len(raw) / 1e6:.1f} MB) to typed values"
    if importlib.util.find_spec("orjson") is not None:
        orjson: Any = importlib.import_module("orjson")
        jobs["peer"] = lambda: orjson.loads(raw)
    taken = medians(jobs, rounds=9)
    peer = taken.get("peer")
    row = Row(
        job=job,
        measured=taken["ours"] * MILLI,
        unit="ms",
        peer="orjson to dicts",
        peer_measured=None if peer is None else peer * MILLI,
        limit="at most 0.5x",
    )
    return [row if peer is None else at_most(row, 0.5 * peer * MILLI)]


def _record(number: int) -> dict[str, str]:
    """Give a record with the fields that such systems send, most of them empty or unused."""
    wanted = {name: f"{name} {number}" for name in _WANTED}
    others = {f"u_field_{at:02d}": "" if at % 3 else f"value {number}" for at in range(70)}
    return others | wanted
