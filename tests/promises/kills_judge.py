"""What must hold of a night that was killed, asked of the journal's lines and the world's own log.

It reads the record as an auditor does, line by line, and uses no fold of the console.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from relconsole.adapters.journal_sql.projection import EffectFacts
from relconsole.adapters.journal_sql.reader import Reader
from relconsole.adapters.journal_sql.verification import RecordBroken
from relconsole.adapters.store.layout import StoreLayout
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.domain.record.envelope import Envelope, parse_line
from relconsole.ports.journal import JournalKind
from tests.promises.kills_plan import NEW, OLD, Plan

OPEN: Final = frozenset({"effect_sent", "effect_acknowledged", "effect_unknown"})


@dataclass(slots=True)
class Work:
    """One effect by its facts: its intent, and every move after it."""

    intent: Mapping[str, Any]
    moves: list[Envelope] = field(default_factory=list[Envelope])

    @property
    def state(self) -> str:
        return self.moves[-1].kind if self.moves else "effect_intended"

    @property
    def outcome(self) -> object:
        return self.moves[-1].body.get("outcome") if self.moves else None


def facts_of(folder: Path) -> tuple[list[Envelope], list[str]]:
    """Give the facts of a night's journal, and what its verification says against it."""
    reader = Reader(StoreLayout(folder / "store").journal(JournalKind.LIVE))
    try:
        facts = [parse_line(line) for line in reader.lines(0, 1_000_000, None)]
        try:
            reader.verify(EffectFacts(), ())
        except RecordBroken as broken:
            return facts, [f"the record does not verify: {broken}"]
        return facts, []
    finally:
        reader.close()


def works_of(facts: Sequence[Envelope]) -> dict[str, Work]:
    """Give every effect by its id."""
    works: dict[str, Work] = {}
    for fact in facts:
        if fact.kind == "effect_intended":
            works[fact.id] = Work(fact.body)
        elif fact.kind.startswith("effect_"):
            works[str(fact.body["effect"])].moves.append(fact)
    return works


def executions(folder: Path) -> Counter[str]:
    """Give how often the world did each effect, by its own log."""
    log = folder / "world/log"
    lines = log.read_text().splitlines() if log.exists() else []
    return Counter(line.split(" ", 1)[0] for line in lines)


def trace_of(folder: Path) -> list[list[str]]:
    """Give the words of each line that lives left."""
    trace = folder / "trace"
    return [line.split() for line in trace.read_text().splitlines()] if trace.exists() else []


def leftovers(facts: Sequence[Envelope]) -> list[str]:
    """Give the effects that may have happened, as a new life finds them."""
    return [effect for effect, work in works_of(facts).items() if work.state in OPEN]


def judge_between(folder: Path) -> tuple[list[Envelope], list[str]]:
    """Give the facts after a kill, and what is broken: a lost word, a record that fails.

    A copy is read, so that the next life finds the files exactly as the killed one left them.
    """
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder / "store/live", copy / "store/live")
    facts, broken = facts_of(copy)
    known = {str(fact.seq): fact.id for fact in facts}
    broken += [
        f"fact {seq} {fact_id} was acknowledged and is {known.get(seq, 'missing')}"
        for _, seq, fact_id, *_ in (line for line in trace_of(folder) if line[0] == "ack")
        if known.get(seq) != fact_id
    ]
    return facts, broken


def judge_end(folder: Path, plan: Plan, how: RecognisesRepeat) -> list[str]:
    """Give what is broken in a night that is over."""
    facts, broken = judge_between(folder)
    works, done = works_of(facts), executions(folder)
    broken += [f"effect {each} ran {count} times" for each, count in done.items() if count > 1]
    broken += [f"{each} ran, and nobody intended it" for each in done if each not in works]
    for effect, work in works.items():
        broken += _judge_work(effect, work, done[effect])
    attempts = Counter((work.intent["step"], work.intent["attempt"]) for work in works.values())
    broken += [f"{each} has {count} effects" for each, count in attempts.items() if count > 1]
    broken += _judge_steps(facts, works)
    broken += _judge_world(folder, facts, plan)
    broken += judge_order(folder, how)
    return broken


def _judge_work(effect: str, work: Work, times: int) -> Iterator[str]:
    """Give what is wrong between an effect's facts and what happened."""
    if times and not work.moves:
        yield f"effect {effect} ran before it was recorded as sent"
    if work.outcome == "succeeded" and times != 1:
        yield f"effect {effect} is recorded as succeeded and ran {times} times"
    never = work.state == "effect_refused" or (
        work.state == "effect_settled_by_hand" and work.outcome is None
    )
    if never and times:
        yield f"effect {effect} is recorded as never done and ran"
    if work.state in {*OPEN, "effect_intended"}:
        yield f"effect {effect} is left {work.state}"


def _judge_steps(facts: Sequence[Envelope], works: Mapping[str, Work]) -> Iterator[str]:
    """Give each automated step that is recorded as done without exactly one success behind it."""
    ended = {
        str(fact.body["step"]): fact.body["state"] for fact in facts if fact.kind == "step_ended"
    }
    successes = Counter(
        str(work.intent["step"]) for work in works.values() if work.outcome == "succeeded"
    )
    asked = {str(work.intent["step"]) for work in works.values()}
    for step in asked:
        if ended.get(step) == "done" and successes[step] != 1:
            yield f"step {step} is done, and {successes[step]} of its jobs succeeded"


def _judge_world(folder: Path, facts: Sequence[Envelope], plan: Plan) -> Iterator[str]:
    """Give each service that does not run what the end of the run says."""
    ends = [fact.body["outcome"] for fact in facts if fact.kind == "run_ended"]
    if len(ends) != 1:
        yield f"the run ended {len(ends)} times"
        return
    version = NEW if ends[0] == "finished" else OLD
    for service in plan.services:
        runs = (folder / "world" / service).read_text().strip()
        if runs != version:
            yield f"the run is {ends[0]}, and {service} runs {runs}"


def judge_order(folder: Path, how: RecognisesRepeat) -> Iterator[str]:
    """Give each call that left too early: before *sent* was on disk, or before looking back.

    In each life all that may have happened before is asked about first. Where the target knows a
    repeat, to send such a one again under its own id is the way to ask about it.
    """
    sent: set[str] = set()
    left: set[str] = set()
    waiting: set[str] = set()
    for words in trace_of(folder):
        match words:
            case ["life", *found]:
                left, waiting = set(found), set(found)
                # On disk as sent, though the life that put it there was killed before it said so.
                sent |= left
            case ["ack", _, _, "effect_sent", effect]:
                sent.add(effect)
            case ["call", "perform" | "cancel" as verb, effect]:
                if verb == "perform" and effect not in sent:
                    yield f"effect {effect} left before it was recorded as sent"
                if how is RecognisesRepeat.NATIVE and verb == "perform" and effect in left:
                    waiting.discard(effect)
                elif waiting:
                    yield f"{verb} of {effect} came before asking about {sorted(waiting)}"
            case ["call", _, effect]:
                waiting.discard(effect)
            case _:
                pass
