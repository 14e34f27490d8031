"""The runs that the verbs of a night work on, and how each answers."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Final

from relconsole.cli.words import DONE, NO, answer, plain
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import PersonMustAct, RuleRefuses
from relconsole.domain.kernel.ids import EffectId, PersonId, ReleaseId, StepId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.json import as_object
from relconsole.domain.kernel.refusal import Refusal, refuse
from relconsole.domain.night.answer import NightAnswer, night_answer
from relconsole.domain.night.change_standing import ChangeLine
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.relief import say_relief
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.night.step_commands import Said
from relconsole.domain.night.waiting import WaitingLine, expired_effects, say_expired
from relconsole.domain.plan.runbook import Step
from relconsole.ports.journal import JournalKind
from relconsole.runtime.console import Console
from relconsole.services.desk import Records

_ASKED: Final = 5
"""Questions that are put at once about what has waited for a day; more of them are counted."""


def add_run(parser: argparse.ArgumentParser) -> None:
    """Add the release whose run is meant, and whether it is a rehearsal's."""
    parser.add_argument("release", metavar="RELEASE")
    parser.add_argument("--rehearsal", action="store_true", help="the rehearsal, not the live run")


def kind_of(arguments: argparse.Namespace) -> JournalKind:
    """Give the journal that the run is in."""
    if getattr(arguments, "demo", False):
        return JournalKind.DEMO
    return JournalKind.REHEARSAL if arguments.rehearsal else JournalKind.LIVE


def release_of(state: ConsoleState, name: str) -> ReleaseId:
    """Give a release of the store; PersonMustAct, with those there are, where it has none so."""
    release = ReleaseId(name)
    if release in state.workspace.releases:
        return release
    known = ", ".join(sorted(state.workspace.releases)) or "none"
    raise PersonMustAct(
        f"The store has no release {name}.", do=f"It has: {known}. Import the workspace first."
    )


def run_of(state: ConsoleState, name: str) -> RunState:
    """Give the newest run of a release; RuleRefuses where it never ran."""
    run = state.newest_run(release_of(state, name))
    if run is None:
        raise RuleRefuses(
            refuse("no_run", name, f"{name} has no run", f"open one with: relconsole night {name}")
        )
    return run


def earlier_runs(state: ConsoleState, run: RunState) -> tuple[RunState, ...]:
    """Give the other runs of a run's release."""
    return tuple(
        each for each in state.runs.values() if each.release == run.release and each.id != run.id
    )


def run_of_effect(state: ConsoleState, name: str, effect: EffectId) -> RunState:
    """Give the run of a release that an effect is of, which may have ended long ago.

    The newest one where none has it, so that what is done with it says so.
    """
    newest = run_of(state, name)
    return next((each for each in earlier_runs(state, newest) if effect in each.effects), newest)


def step_of(run: RunState, name: str) -> Step:
    """Give a step of a run; RuleRefuses where it has none so."""
    step = run.find_step(StepId(name))
    if step is None:
        says = f"run {run.id} has no step {name}"
        raise RuleRefuses(refuse("unknown_step", name, says))
    return step


def said_of(arguments: argparse.Namespace) -> Said:
    """Give for whom the act is recorded, how it was heard, and the note."""
    return Said(
        for_person=PersonId(arguments.for_name) if arguments.for_name else None,
        heard=arguments.heard,
        note=arguments.note,
    )


def must(records: Records | Refusal) -> Records:
    """Give the records; RuleRefuses where the command was refused."""
    if isinstance(records, Refusal):
        raise RuleRefuses(records)
    return records


def answer_run(console: Console, run: RunState, *, as_json: bool) -> None:
    """Print how a run stands."""
    earlier = earlier_runs(console.desk.state, run)
    found = night_answer(console.desk.run(run.id), console.clock.now(), earlier=earlier)
    expired = expired_effects((*earlier, console.desk.run(run.id)), console.clock.now())
    answer(as_object(to_json(found)), run_lines(found, expired), as_json=as_json)


def run_lines(found: NightAnswer, expired: Sequence[EffectRun] = ()) -> str:
    """Give a run for a person: how it stands, each step, and what is left to do or to say."""
    outcome = found.outcome or "going on"
    lines = [f"run {found.run} ({found.type}): {outcome}"]
    lines.extend(f"  {plain(reason)}" for reason in found.reasons)
    width = max((len(step) for step in found.steps), default=0)
    for step, line in found.steps.items():
        times = " ".join(
            f"{moment:%H:%M:%S}" for moment in (line.started, line.finished) if moment is not None
        )
        by = f" by {line.by}" if line.by else ""
        lines.append(f"  {step:<{width}}  {line.state:<16} {times}{by}".rstrip())
    lines.extend(f"  relief: {line.step}: {plain(say_relief(line))}" for line in found.relief)
    lines.extend(f"  left open: {plain(entry.what)}" for entry in found.left_open)
    lines.extend(f"  {waiting_words(line)}" for line in found.waiting)
    lines.extend(f"  {words}" for words in expired_words(expired))
    if found.change is not None:
        lines.append(f"  {change_words(found.change)}")
    return "\n".join(lines)


def change_words(line: ChangeLine) -> str:
    """Give how the change record stands, for a person; what is unknown is said to be."""
    known = f", known since {format_instant(line.known_at)}" if line.known_at else ""
    state = line.state or "unknown"
    says = f"; {plain(line.says)}" if line.says else ""
    step = {True: ", in step", False: ", NOT in step", None: ""}[line.in_step]
    moving = f", on its way to {plain(line.becomes)}" if line.becomes else ""
    return f"change {plain(line.id)} in {line.system}: {plain(state)}{step}{moving}{known}{says}"


def waiting_words(line: WaitingLine) -> str:
    """Give what a system has still to take, for a person."""
    what = "effect waits" if line.count == 1 else "effects wait"
    last = f": {plain(line.says)}" if line.says else ""
    return f"{line.count} {what} for {line.system} since {format_instant(line.since)}{last}"


def expired_words(expired: Sequence[EffectRun]) -> tuple[str, ...]:
    """Give the questions about what has waited for a day, the oldest few and how many more."""
    more = len(expired) - _ASKED
    asked = tuple(plain(say_expired(found)) for found in expired[:_ASKED])
    return (*asked, f"and {more} more") if more > 0 else asked


def status_of_outcome(outcome: str | None) -> int:
    """Give the exit status of a night that ended so: 0 only where it came to its end."""
    return DONE if outcome == "finished" else NO
