"""Journals, facts and effects as tests of the journal need them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from relconsole.adapters.journal_sql.connecting import DRIVER
from relconsole.adapters.journal_sql.opening import Wanted
from relconsole.adapters.journal_sql.projection import EffectFacts
from relconsole.domain.kernel.ids import EffectId, FactId, RunId, SystemId
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.domain.record.checkpoint import Checkpoint
from relconsole.domain.record.effect import Effect, EffectState
from relconsole.domain.record.envelope import Envelope
from relconsole.domain.record.signature import SigningKey
from relconsole.ports.journal import Batch, JournalKind

JOURNAL = "0192f0c0a5b87d3e8f00112233445566"
START = datetime(2026, 8, 8, 20, 0, tzinfo=UTC)
KEY = SigningKey(b"\x07" * 32)
RUN = RunId("night-1")
SYSTEM = SystemId("ci")


def wanted(*, key: SigningKey = KEY, anchors: tuple[Checkpoint, ...] = ()) -> Wanted:
    """What every test opens."""
    return Wanted(
        journal=JOURNAL,
        kind=JournalKind.LIVE,
        key=key,
        now=START,
        projection=EffectFacts(),
        anchors=anchors,
        busy_seconds=0.2,
    )


def fact_id(number: int) -> FactId:
    """The id of the fact of this number."""
    return FactId(f"{number:032x}")


def fact(
    seq: int,
    *,
    kind: str = "note_made",
    body: JsonObject | None = None,
    stream: str = "release/payments-core-2026.4",
    journal: str = JOURNAL,
    id: FactId | None = None,  # noqa: A002 - the word of the envelope
) -> Envelope:
    """One fact of this sequence number."""
    return Envelope(
        seq=seq,
        id=id or fact_id(seq),
        journal=journal,
        stream=stream,
        kind=kind,
        version=1,
        at=START + timedelta(seconds=seq),
        tick=seq * 1_000,
        by=None,
        body={"text": f"note {seq}"} if body is None else body,
    )


def notes(first: int, last: int) -> Batch:
    """A batch of plain facts."""
    return Batch(envelopes=tuple(fact(seq) for seq in range(first, last + 1)))


def effect_fact(seq: int, kind: str, **body: Json) -> Envelope:
    """A fact of an effect's life."""
    return fact(seq, kind=kind, body={"run": RUN, **body})


def intended_fact(seq: int, fence: int, *, attempt: int = 1, step: str | None = "s1") -> Envelope:
    """The fact that intends a job."""
    step_part: JsonObject = {} if step is None else {"step": step}
    return effect_fact(
        seq,
        "effect_intended",
        system=SYSTEM,
        effect_kind="job.start",
        purpose="step",
        fence=fence,
        attempt=attempt,
        **step_part,
    )


def effect(seq: int, fence: int, state: EffectState = EffectState.INTENDED) -> Effect:
    """Where the job stands that the fact of this number intended."""
    projected = EffectFacts().after(intended_fact(seq, fence), lambda _id: None)
    assert projected is not None
    if state is EffectState.INTENDED:
        return projected
    moved = EffectFacts().after(
        effect_fact(seq + 1, f"effect_{state}", effect=EffectId(fact_id(seq))),
        lambda _id: projected,
    )
    assert moved is not None
    return moved


def intent(seq: int, fence: int) -> Batch:
    """A batch that intends one job."""
    return Batch(envelopes=(intended_fact(seq, fence),), effects=(effect(seq, fence),))


def sent(seq: int, of: int, fence: int) -> Batch:
    """A batch that says of the job of an earlier fact that it leaves."""
    envelope = effect_fact(seq, "effect_sent", effect=EffectId(fact_id(of)))
    return Batch(envelopes=(envelope,), effects=(effect(of, fence, EffectState.SENT),))


def edit(path: Path, *statements: str) -> None:
    """Change the file as somebody with a database tool would."""
    connection = DRIVER.connect(str(path), isolation_level=None)
    try:
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()
