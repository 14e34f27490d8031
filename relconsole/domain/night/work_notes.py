"""The work notes that a night owes its change record: each milestone once, in its order.

What is owed follows from the state alone, so that whoever takes the run up writes what is missing
and nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.night.effect_facts import WORK, Purpose
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.state import ENDED, RunState
from relconsole.domain.night.wording import one_line, say_person


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkNote:
    """A note; ``about`` is what it tells, by which it is known to have been intended."""

    about: str
    text: str


def due_notes(run: RunState) -> tuple[WorkNote, ...]:
    """Give the notes that are owed and not intended yet; a rehearsal owes none."""
    if run.rehearsal:
        return ()
    intended = {
        found.intent.serves
        for found in run.effects.values()
        if found.intent.purpose is Purpose.NOTE
    }
    return tuple(note for note in _notes(run) if note.about not in intended)


def last_note(run: RunState, outcome: RunOutcome) -> WorkNote:
    """Give the note that tells the end of a run which ends so."""
    states = [found.state for step, found in run.steps.items() if not run.is_relief(step)]
    counts = ", ".join(
        f"{states.count(state)} {str(state).replace('_', ' ')}"
        for state in sorted(ENDED)
        if state in states
    )
    ended = str(outcome).replace("_", " ")
    return WorkNote(about="ended", text=f"the night ended: {ended}; steps: {counts or 'none'}")


def _notes(run: RunState) -> Iterator[WorkNote]:
    """Give every note that the run as it stands owes."""
    opened = f"the night of {run.release} began, opened by {say_person(run.opened_by)}"
    yield WorkNote(about="opened", text=f"{opened}; change {one_line(run.approval)}")
    for step, gate in sorted(run.gates.items()):
        note = f": {one_line(gate.note)}" if gate.note else ""
        yield WorkNote(
            about=f"gate {step} {gate.decision} {gate.seen}",
            text=f"gate {step}: {gate.decision}{note}",
        )
    yield from _jobs(run)
    for name, problem in sorted(run.problems.items()):
        what = one_line(problem.opened.what)
        yield WorkNote(
            about=f"problem {name}", text=f"problem {name}, {problem.opened.severity}: {what}"
        )
        if problem.closed is not None:
            decided = f": {one_line(problem.decision)}" if problem.decision else ""
            yield WorkNote(
                about=f"problem {name} closed", text=f"problem {name} is closed{decided}"
            )
    for number, amendment in enumerate(run.amendments, 1):
        reason = one_line(amendment.reason)
        yield WorkNote(about=f"amendment {number}", text=f"the plan was amended: {reason}")
    yield from _way_back(run)


def _jobs(run: RunState) -> Iterator[WorkNote]:
    """Give the notes of the attempts whose jobs came to an end, oldest first."""
    for _, found in sorted(run.effects.items()):
        effect = found.effect
        if found.intent.purpose not in WORK or found.is_open:
            continue
        came_to = str(effect.outcome or effect.state).replace("_", " ")
        at = f" as {effect.remote}" if effect.remote else ""
        yield WorkNote(
            about=f"job {effect.id} {came_to}",
            text=f"{effect.step}, attempt {effect.attempt}: {came_to} in {effect.system}{at}",
        )


def _way_back(run: RunState) -> Iterator[WorkNote]:
    """Give the notes of a rollback that was fired."""
    rollback = run.rollback
    if rollback is None or rollback.fired_at is None:
        return
    by = say_person(rollback.fired_by)
    second = f", second {rollback.second}" if rollback.second else ""
    fired = format_instant(rollback.fired_at)
    yield WorkNote(
        about=f"rollback {fired}", text=f"the prepared rollback was fired by {by}{second}"
    )
    if rollback.ending is not None:
        ending = str(rollback.ending).replace("_", " ")
        ended = _instant(rollback.ended_at)
        yield WorkNote(about=f"rollback {ending} {ended}", text=f"the rollback is {ending}")


def _instant(at: datetime | None) -> str:
    return "" if at is None else format_instant(at)
