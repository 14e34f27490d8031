"""How the relief steps of a run stand: what is on, since when, and what turns it off again.

A relief that is on is an entry of the left-open list, whoever closes it: there is one place that
says so, and the night ends only once it is off or somebody took it over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import find_person, is_one_of
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.state import UNDERWAY, EffectRun, RunState
from relconsole.domain.plan.runbook import Step
from relconsole.domain.record.effect import EffectState
from relconsole.domain.rollback.relief import off_step, relief_steps


class ReliefState(StrEnum):
    """How a relief step stands; ``unsure`` where it failed and may have done something."""

    UNUSED = "not used"
    STARTING = "being turned on"
    ON = "on"
    UNSURE = "may be on"
    STOPPING = "being turned off"
    OFF = "turned off"
    FAILED = "failed, nothing was done"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefLine:
    """A relief step; ``off`` is the step that turns it off, None where it states no way back.

    ``since`` is since when it stands so, None where it was never used; ``by`` who used it last.
    """

    step: StepId
    title: str
    owner: PersonId | None
    state: ReliefState
    since: datetime | None
    by: PersonId | None
    off: StepId | None


def entry_of(relief: StepId) -> str:
    """Give the entry of the left-open list that a relief is while it is on."""
    return f"relief {relief}"


def relief_lines(run: RunState) -> tuple[ReliefLine, ...]:
    """Give the relief steps of a run, in the order of the plan."""
    return tuple(_line(run, step, off_step(step)) for step in run.runbook.relief)


def relief_state(run: RunState, relief: Step) -> ReliefState:
    """Give how a relief step stands."""
    found, off = run.steps[relief.id], off_step(relief)
    if found.state in UNDERWAY:
        return ReliefState.STARTING
    if off is not None and run.steps[off.id].state in UNDERWAY:
        return ReliefState.STOPPING
    if entry_of(relief.id) in run.left_open:
        return ReliefState.UNSURE if found.state is StepState.FAILED else ReliefState.ON
    if not found.attempts:
        return ReliefState.UNUSED
    return ReliefState.FAILED if found.state is StepState.FAILED else ReliefState.OFF


def say_relief(line: ReliefLine) -> str:
    """Give a relief step in one phrase: what it is, and how it stands since when."""
    since = "" if line.since is None else f" since {format_instant(line.since)}"
    return f"{line.title}: {line.state}{since}"


def underway_relief(run: RunState) -> tuple[Step, ...]:
    """Give the relief steps that are being turned on or off."""
    return tuple(step for step in relief_steps(run.runbook) if run.steps[step.id].state in UNDERWAY)


def may_use_relief(
    estate: Estate, policy: Policy, run: RunState, step: Step, person: PersonId
) -> bool:
    """Tell whether a person may use a relief: the commander, its owner, whom the policy names."""
    rule, found = policy.relief, find_person(estate.people, person)
    named = (run.commander, *rule.people, *(() if step.owner is None else (step.owner,)))
    holds_role = found is not None and not set(found.roles).isdisjoint(rule.roles)
    return holds_role or is_one_of(estate.people, person, named)


def is_stopped_for(run: RunState, found: EffectRun) -> bool:
    """Tell whether a stop of the line keeps an effect here.

    Relief makes things safer: what is started after the stop leaves; what waited by then stays.
    """
    if run.stop is None:
        return False
    return found.intent.purpose is not Purpose.RELIEF or found.intended_at < run.stop.at


def did_nothing(found: EffectRun) -> bool:
    """Tell whether an effect is known never to have happened."""
    effect = found.effect
    by_hand = effect.state is EffectState.SETTLED_BY_HAND and effect.outcome is None
    return by_hand or effect.state is EffectState.REFUSED


def _line(run: RunState, relief: Step, off: Step | None) -> ReliefLine:
    found = run.steps[relief.id]
    newest = found.attempt
    state = relief_state(run, relief)
    return ReliefLine(
        step=relief.id,
        title=relief.title,
        owner=relief.owner,
        state=state,
        since=_since(run, relief, off, state),
        by=None if newest is None else newest.for_person or newest.by,
        off=None if off is None else off.id,
    )


def _since(run: RunState, relief: Step, off: Step | None, state: ReliefState) -> datetime | None:
    """Give since when a relief stands so; one closed by hand is known by its use alone."""
    found = run.steps[relief.id]
    turned = None if off is None else run.steps[off.id]
    match state:
        case ReliefState.ON | ReliefState.UNSURE:
            return run.left_open[entry_of(relief.id)].since
        case ReliefState.STARTING:
            return found.started
        case ReliefState.STOPPING:
            return None if turned is None else turned.started
        case ReliefState.OFF:
            return None if turned is None else turned.ended
        case ReliefState.FAILED | ReliefState.UNUSED:
            return found.ended
        case _:
            assert_never(state)
