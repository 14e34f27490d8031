"""The bridge without a line: what is unknown and what follows, what still works, what waits.

Only what this console knows by its own record is said; a value from before is never shown as one
of now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from relconsole.domain.night.change_standing import change_line
from relconsole.domain.night.effect_facts import WORK, Purpose
from relconsole.domain.night.state import UNDERWAY, EffectRun, RunState
from relconsole.domain.night.waiting import MAY_STILL_LEAVE
from relconsole.domain.plan.runbook import StepKind
from relconsole.domain.record.effect import EffectState
from relconsole.domain.release.release import Indicator, Severity
from relconsole_ui.presenters.figures import figure
from relconsole_ui.presenters.lateness import numbers
from relconsole_ui.presenters.rollback_sight import eligible
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.sources import blind_since
from relconsole_ui.presenters.words import clock_seconds, counted

NOT_KNOWN: Final = "not known"
_JOBS: Final = {
    EffectState.INTENDED: "never sent",
    EffectState.SENT: "sent, not answered",
    EffectState.ACKNOWLEDGED: "taken, not over",
}
_PURPOSES: Final[dict[Purpose, tuple[str, str]]] = {
    Purpose.STEP: ("job of a step", "jobs of steps"),
    Purpose.UNDO: ("job of the way back", "jobs of the way back"),
    Purpose.RELIEF: ("job of relief", "jobs of relief"),
    Purpose.SILENCE: ("silence", "silences"),
    Purpose.UNSILENCE: ("end of a silence", "ends of silences"),
    Purpose.RESTORE_POINT: ("restore point", "restore points"),
    Purpose.VERIFY_RESTORE_POINT: ("test of a restore point", "tests of restore points"),
    Purpose.ANCHOR: ("sealed checkpoint", "sealed checkpoints"),
    Purpose.CHANGE_STATE: ("state of the change", "states of the change"),
    Purpose.NOTE: ("work note", "work notes"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownRow:
    """Something that nobody here can see: its last word, when that was, and what follows."""

    what: str
    last: str
    at: str
    follows: str

    @property
    def key(self) -> str:
        """Give what tells the row from the others."""
        return self.what

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        at = f" at {self.at}" if self.at else ""
        return f"{self.what} is unknown, last {self.last}{at}: {self.follows}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksRow:
    """Something that needs no network, and how it is done now."""

    what: str
    how: str

    @property
    def key(self) -> str:
        """Give what tells the row from the others."""
        return self.what

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        return f"{self.what} works: {self.how}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """How much of one kind waits to leave."""

    count: int
    what: str

    @property
    def key(self) -> str:
        """Give what tells the row from the others."""
        return self.what

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        return f"{self.count} {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkCutRows:
    """What stands in the place of the timeline while no source is live."""

    since: str
    unknown: tuple[UnknownRow, ...]
    works: tuple[WorksRow, ...]
    outbox: tuple[OutboxRow, ...]
    waiting: str
    outbox_says: str

    @property
    def sentence(self) -> str:
        """Give the whole as it is spoken."""
        unknown = (row.sentence for row in self.unknown)
        works = (row.sentence for row in self.works)
        told = (f"Unknown since {self.since}", *unknown, *works, self.outbox_says)
        return ". ".join(each.rstrip(".") for each in told)


def present_network_cut(seen: Seen) -> NetworkCutRows | None:
    """Give what is unknown and what works, None while a source is live or the night is not on."""
    run, since = seen.run, blind_since(seen)
    if run is None or run.is_over or since is None:
        return None
    waiting = [each for each in run.open_effects() if each.effect.state in MAY_STILL_LEAVE]
    return NetworkCutRows(
        since=clock_seconds(since, seen.zone),
        unknown=tuple(_unknown(seen, run, waiting)),
        works=tuple(_works(seen, run)),
        outbox=tuple(_outbox(waiting)),
        waiting=f"{len(waiting)} waiting" if waiting else "nothing waits",
        outbox_says=_outbox_says(seen, waiting),
    )


def _unknown(seen: Seen, run: RunState, waiting: list[EffectRun]) -> Iterator[UnknownRow]:
    yield from _triggers(seen, run)
    yield from _jobs(seen, run)
    if seen.release.items:
        services = ", ".join(item.service for item in seen.release.items)
        yield UnknownRow(
            what="Versions",
            last=f"of {services}",
            at="",
            follows="pre-flight must be repeated",
        )
    yield from _other_metrics(seen)
    yield from _change(seen, run, waiting)


def _triggers(seen: Seen, run: RunState) -> Iterator[UnknownRow]:
    """Give the indicators that can call for a rollback."""
    for each in _by_severity(seen, critical=True):
        stands = each.id in run.triggers
        follows = "stands until it is seen to clear" if stands else "may be true: treat as possible"
        yield UnknownRow(
            what=each.title, last=_last_value(seen, each), at=_last_at(seen, each), follows=follows
        )


def _other_metrics(seen: Seen) -> Iterator[UnknownRow]:
    others = _by_severity(seen, critical=False)
    known = [each for each in others if _last_at(seen, each)]
    if others:
        yield UnknownRow(
            what="Other metrics",
            last=f"{counted(len(known), 'value')} from before" if known else NOT_KNOWN,
            at=max((_last_at(seen, each) for each in known), default=""),
            follows="no limit is kept, none is broken",
        )


def _by_severity(seen: Seen, *, critical: bool) -> list[Indicator]:
    return [
        each for each in seen.release.indicators if (each.severity is Severity.CRITICAL) is critical
    ]


def _last_value(seen: Seen, indicator: Indicator) -> str:
    watch = seen.watches.get(indicator.id)
    if watch is None or watch.last is None:
        return NOT_KNOWN
    return figure(watch.last.value, indicator.unit)


def _last_at(seen: Seen, indicator: Indicator) -> str:
    watch = seen.watches.get(indicator.id)
    if watch is None or watch.last is None:
        return ""
    return clock_seconds(watch.last.observed_at, seen.zone)


def _jobs(seen: Seen, run: RunState) -> Iterator[UnknownRow]:
    """Give the jobs of steps that were under way."""
    counted_steps = numbers(run)
    for found in run.open_effects():
        step = found.intent.step
        if step is None or found.intent.purpose not in WORK:
            continue
        yield UnknownRow(
            what=f"Job of step {counted_steps[step]}",
            last=_JOBS.get(found.effect.state, NOT_KNOWN),
            at=clock_seconds(found.effect.since, seen.zone),
            follows="read back, never run again",
        )


def _change(seen: Seen, run: RunState, waiting: list[EffectRun]) -> Iterator[UnknownRow]:
    change, line = seen.release.change, change_line(run)
    if change is None:
        return
    notes = any(each.intent.purpose is Purpose.NOTE for each in waiting)
    known_at = None if line is None else line.known_at
    yield UnknownRow(
        what=change.id,
        last=NOT_KNOWN if line is None or line.state is None else f"state {line.state}",
        at="" if known_at is None else clock_seconds(known_at, seen.zone),
        follows="work notes wait in the outbox" if notes else "read again on return",
    )


def _works(seen: Seen, run: RunState) -> Iterator[WorksRow]:
    yield WorksRow(what="Runbook and clock", how="steps move by hand")
    owners = dict.fromkeys(
        seen.name(step.owner).partition(" ")[0]
        for step in run.runbook.steps
        if run.steps[step.id].state in UNDERWAY and step.owner not in {None, seen.person}
    )
    if owners:
        yield WorksRow(what="Recorded for", how=f"{', '.join(owners)}: by voice")
    if any(step.kind is StepKind.GATE for step in run.runbook.steps):
        yield WorksRow(what="Go / No-go", how="by phone, read back")
    seconds = [seen.name(each.person).partition(" ")[0] for each in eligible(seen, run) if each.ok]
    if seconds:
        yield WorksRow(what="Signing, two people", how=f"{' or '.join(seconds)}, own key")
    people = seen.state.workspace.estate.people.values()
    reached = sum(bool(person.reach) for person in people)
    yield WorksRow(what="Phones", how=f"{reached} of {len(people)} people, kept here")
    yield WorksRow(what="Record", how=f"{counted(seen.state.size, 'entry', 'entries')}, kept here")


def _outbox(waiting: list[EffectRun]) -> Iterator[OutboxRow]:
    counts: dict[Purpose, int] = {}
    for found in waiting:
        counts[found.intent.purpose] = counts.get(found.intent.purpose, 0) + 1
    for purpose, count in sorted(counts.items(), key=lambda each: -each[1]):
        one, many = _PURPOSES[purpose]
        yield OutboxRow(count=count, what=one if count == 1 else many)


def _outbox_says(seen: Seen, waiting: list[EffectRun]) -> str:
    if not waiting:
        return "Nothing waits to be sent. What comes is kept, and sent once when the line is back."
    oldest = clock_seconds(min(each.intended_at for each in waiting), seen.zone)
    return (
        "Sent once each, in this order, when the line is back."
        f" The oldest has waited since {oldest}."
    )
