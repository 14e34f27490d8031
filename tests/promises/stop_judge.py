"""What must hold of a stop, asked of the journal's lines and of the target's own record."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from relconsole.domain.record.envelope import Envelope
from tests.promises.stop_case import LEAVING, LOOK_SECONDS, Scene, waited_for_processor
from tests.promises.stop_faults import Ends
from tests.promises.stop_program import SHIFT

RECORDED_WITHIN: Final = 1.0
"""Seconds from when the stop is handed over, without those in which no processor was free."""

SAID_WITHIN: Final = 8.0
"""Seconds in which a stop that cannot be recorded says so, counted alike; it waits three for an
answer, and a program has to start.
"""

MARGIN: Final = 0.25
"""Seconds that may lie between looking for a stop and the instant of what is recorded then."""


@dataclass(slots=True)
class Seen:
    """A stop, as it was seen from outside."""

    status: int
    kept: float | None = None
    recorded: Envelope | None = None
    starved: float = 0.0
    shift: float = 0.0
    command: float = 0.0
    """Seconds from the start of the command to its end, without those in which it was starved."""

    @property
    def seconds(self) -> float:
        """Give how long after it was handed over the stop was recorded, a busy machine apart."""
        if self.recorded is None:
            return float("inf")
        ahead = time.time() - time.monotonic() + self.shift
        handed = self.recorded.at.timestamp() - ahead
        return max(0.0, self.recorded.tick / 1000 - handed - self.starved)


def watch(scene: Scene, stop: subprocess.Popen[bytes]) -> Seen:
    """Follow a stop until its command has ended; what the processor kept it waiting is counted."""
    begun = time.monotonic()
    seen, starved = Seen(status=-1), 0.0
    ends = time.monotonic() + scene.patience
    own = 0.0
    while stop.poll() is None and time.monotonic() < ends:
        own = max(own, waited_for_processor(stop.pid))
        if seen.kept is None and (kept := _standing(scene)) is not None:
            seen.kept, starved = kept, waited_for_processor(scene.night.pid)
        if seen.recorded is None:
            seen.recorded = stop_of(scene.facts())
            if seen.recorded is not None:
                seen.starved = max(0.0, waited_for_processor(scene.night.pid) - starved)
        time.sleep(LOOK_SECONDS)
    if stop.poll() is None:
        stop.kill()
    seen.status = stop.wait()
    seen.command = time.monotonic() - begun - own
    assert stop.stderr is not None
    (scene.folder / "said.stop").write_bytes(stop.stderr.read())
    stop.stderr.close()
    seen.recorded = seen.recorded or stop_of(scene.facts())
    shift = scene.folder / SHIFT
    seen.shift = float(shift.read_text()) if shift.exists() else 0.0
    return seen


def stop_of(facts: Sequence[Envelope]) -> Envelope | None:
    """Give the fact of the stop."""
    return next((fact for fact in facts if fact.kind == "line_stopped"), None)


def _standing(scene: Scene) -> float | None:
    """Give when an order was laid into the inbox that still stands there."""
    if not scene.inbox.is_dir():
        return None
    for path in scene.inbox.glob("*.standing.json"):
        try:
            written = path.stat().st_mtime
        except FileNotFoundError:
            continue
        return written - (time.time() - time.monotonic())
    return None


def judge_end(scene: Scene, seen: Seen, ends: Ends) -> Iterator[str]:
    """Give what is broken in how the command ended."""
    match ends:
        case Ends.RECORDED:
            if seen.recorded is None:
                yield f"the stop is not recorded; it ended with {seen.status}: {scene.said('stop')}"
            elif seen.seconds > RECORDED_WITHIN:
                yield f"the stop was recorded {seen.seconds:.2f} s after it was handed over"
        case Ends.KEPT:
            if seen.status != 3 and seen.recorded is None:
                yield f"a stop that nobody recorded ended with {seen.status}: {scene.said('stop')}"
            if seen.status and "nothing leaves past it" not in scene.said("stop"):
                yield f"it does not say that it is kept: {scene.said('stop')}"
            if seen.kept is None:
                yield f"the stop is not kept: {scene.said('stop')}"
        case Ends.REFUSED:
            if seen.status not in {2, 3} or not scene.said("stop").strip():
                yield f"it ended with {seen.status}: {scene.said('stop')}"
    if ends is not Ends.RECORDED and seen.command > SAID_WITHIN:
        yield f"it took {seen.command:.1f} s to say so"


def judge_silence(scene: Scene, seen: Seen, ended: float) -> Iterator[str]:
    """Give what left past the stop: after its fact, and after the order that stood before it.

    Where the stop was refused: after its command had ``ended``.
    """
    facts = scene.facts()
    stop = stop_of(facts)
    done = scene.done()
    for fact in facts:
        if fact.kind not in LEAVING:
            continue
        if stop is not None and fact.seq > stop.seq:
            yield f"{fact.kind} {fact.seq} stands behind the stop {stop.seq}"
        elif seen.kept is not None and fact.tick / 1000 > seen.kept + MARGIN:
            yield f"{fact.kind} {fact.seq} was decided after the stop was handed over"
        elif stop is None and fact.tick / 1000 > ended:
            yield f"{fact.kind} {fact.seq} came after the stop was refused"
    sent = {str(fact.body["effect"]) for fact in facts if fact.kind == "effect_sent"}
    for effect in done:
        if effect not in sent:
            yield f"the target did {effect}, and nobody sent it"
    for fact in facts:
        stayed = str(fact.body.get("reason", "")).startswith("the line was stopped")
        if fact.kind == "effect_refused" and stayed and str(fact.body["effect"]) in done:
            yield f"effect {fact.body['effect']} is recorded as never left, and the target did it"
    last = stop.tick / 1000 if stop is not None else ended
    late = [each for each, at in done.items() if at > last and not _left_before(facts, each, last)]
    yield from (f"the target did {each} after the stop" for each in late)


def _left_before(facts: Sequence[Envelope], effect: str, instant: float) -> bool:
    """Tell whether a call was on its way before an instant."""
    return any(
        fact.kind == "effect_sent" and fact.body["effect"] == effect and fact.tick / 1000 <= instant
        for fact in facts
    )
