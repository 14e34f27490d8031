"""The status page after a rollback: what is off, what stands open, what runs, and who watches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from relconsole.domain.health.indicator import Watch
from relconsole.domain.night.rollback_facts import FleetRow
from relconsole.domain.night.standing import standing_silences
from relconsole.domain.night.state import OpenEntry, RollbackRun, RunState
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock, counted


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLine:
    """One thing that is as it is, with a note at the right."""

    status: Status
    says: str
    note: str = ""

    @property
    def key(self) -> str:
        """Give what tells the line from the others."""
        return f"{self.says}/{self.note}"

    @property
    def sentence(self) -> str:
        """Give the line as it is spoken."""
        return ", ".join(part for part in (self.status.value, self.says, self.note) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSection:
    """Lines under one heading; ``empty`` is what is said where there are none."""

    heading: str
    lines: tuple[StatusLine, ...]
    empty: str


def present_after_rollback(seen: Seen) -> tuple[StatusSection, ...]:
    """Give the status page of the run on the bridge, nothing before a rollback was fired."""
    run = seen.run
    rollback = None if run is None else run.rollback
    if run is None or rollback is None or rollback.fired_at is None:
        return ()
    return (
        StatusSection(
            heading="Versions observed",
            lines=tuple(_version(row) for row in rollback.fleet),
            empty="Not observed since the rollback was fired",
        ),
        StatusSection(
            heading="Not taken back",
            lines=tuple(_not_taken_back(run, rollback)),
            empty="Everything that was begun is taken back",
        ),
        StatusSection(
            heading="Left open", lines=tuple(_left_open(seen, run)), empty="Nothing is left open"
        ),
        StatusSection(heading="Who watches", lines=tuple(_watching(seen, run)), empty="Nobody"),
    )


def _version(row: FleetRow) -> StatusLine:
    observed = " and ".join(sorted(set(row.observed)))
    if not observed:
        return StatusLine(
            status=Status.UNKNOWN, says=f"{row.service} is unknown", note=f"wanted {row.target}"
        )
    status = Status.DONE if row.ok else Status.WARNING
    return StatusLine(
        status=status, says=f"{row.service} runs {observed}", note=f"wanted {row.target}"
    )


def _not_taken_back(run: RunState, rollback: RollbackRun) -> Iterator[StatusLine]:
    """Give what was begun and left standing, as one service went back alone: it stays changed."""
    covered = set(rollback.armed.covered)
    for step in run.runbook.steps:
        begun = bool(run.steps[step.id].attempts) and step.changes_production
        if begun and step.id not in covered:
            yield StatusLine(status=Status.ADVISORY, says=step.title, note="left standing")


def _left_open(seen: Seen, run: RunState) -> Iterator[StatusLine]:
    for _, found in sorted(run.left_open.items()):
        yield _entry(seen, found)
    for silence in standing_silences(run, seen.now):
        says = f"Alerts are silenced in {silence.effect.system}"
        yield StatusLine(status=Status.ADVISORY, says=says)
    for name, problem in sorted(run.problems.items()):
        if problem.closed is None:
            owner = seen.name(problem.opened.owner)
            yield StatusLine(
                status=Status.WARNING, says=f"{name}: {problem.opened.what}", note=owner
            )


def _entry(seen: Seen, found: OpenEntry) -> StatusLine:
    expires = found.entry.expires
    until = "" if expires is None else f", until {clock(expires, seen.zone)}"
    late = expires is not None and expires <= seen.now
    return StatusLine(
        status=Status.WARNING if late else Status.ADVISORY,
        says=f"{found.entry.what}; closes with {found.entry.closes}",
        note=f"{seen.name(found.handed_to or found.entry.owner)}{until}",
    )


def _watching(seen: Seen, run: RunState) -> Iterator[StatusLine]:
    yield StatusLine(status=Status.RUNNING, says=seen.name(run.commander), note="commands")
    indicators = seen.release.indicators
    if indicators:
        watches = [seen.watches.get(each.id, Watch(indicator=each.id)) for each in indicators]
        known = sum(not each.is_unknown(seen.now) for each in watches)
        status = Status.RUNNING if known == len(indicators) else Status.UNKNOWN
        says = counted(len(indicators), "indicator")
        yield StatusLine(status=status, says=f"{says} watched", note=f"{known} known now")
