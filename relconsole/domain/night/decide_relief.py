"""Whether a relief step may start, and what follows from its end.

Relief makes things safer: a hold, a stopped line, a freeze and a rollback that is armed or fired do
not forbid it. Who may start one, and whether a reason is asked for, is the policy's to say.
"""

from __future__ import annotations

from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.around import (
    Around,
    attribution_reasons,
    duties,
    gather,
    is_on_bridge,
    reason,
)
from relconsole.domain.night.bridge_facts import LeftOpen, LeftOpenClosed
from relconsole.domain.night.decide_start import call_reasons
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.facts import StepStarted, StepState
from relconsole.domain.night.intents import inputs_of, intend_start
from relconsole.domain.night.relief import (
    ReliefState,
    did_nothing,
    entry_of,
    may_use_relief,
    relief_state,
)
from relconsole.domain.night.state import RunState
from relconsole.domain.night.step_commands import EndStep, Said, StartStep
from relconsole.domain.plan.runbook import Step
from relconsole.domain.readiness.segregation import Duty
from relconsole.domain.rollback.relief import off_step, turned_off_by

_MAY_START = frozenset(
    {ReliefState.UNUSED, ReliefState.OFF, ReliefState.FAILED, ReliefState.UNSURE}
)
_MAY_STOP = frozenset({ReliefState.ON, ReliefState.UNSURE})


def start_relief(
    around: Around, run: RunState, command: StartStep
) -> tuple[NightFact, ...] | Refusal:
    """Give the start of a relief step, or of what turns one off, or every reason why not."""
    step = run.find_step(command.step)
    if step is None:
        return refuse("unknown_step", command.step, f"run {run.id} has no step {command.step}")
    out_of_turn = _state_reasons(run, step)
    if out_of_turn:
        return Refusal(reasons=out_of_turn)
    unsaid = reason("no_reason", step.id, "the policy asks for a reason", "add a note")
    refusal = gather(
        attribution_reasons(around, run, step.id),
        relief_person_reasons(around, run, command.said, step),
        duties(around, run, command.said, Duty.START),
        (unsaid,) if around.policy.relief.reason and not command.said.note.strip() else (),
        call_reasons(around, run, step, command),
    )
    if refusal is not None:
        return refusal
    attempt = len(run.steps[step.id].attempts) + 1
    started = StepStarted(
        run=run.id,
        step=step.id,
        attempt=attempt,
        for_person=command.said.for_person,
        heard=command.said.heard,
        note=command.said.note,
        inputs=inputs_of(around, run, step),
    )
    return (started, *intend_start(around, run, step, attempt, None))


def refuse_relief(step: StepId) -> Refusal:
    """Give why an act of the work's steps is none of relief's."""
    says = f"{step} is relief: nothing waits for it, and it is started again, not repeated"
    return refuse("relief_alone", step, says, "start it")


def _state_reasons(run: RunState, step: Step) -> tuple[Reason, ...]:
    """Give why a relief cannot be turned on, or off, as it stands."""
    relief = turned_off_by(run.runbook, step.id)
    state = relief_state(run, relief or step)
    if state in (_MAY_START if relief is None else _MAY_STOP):
        return ()
    about = step if relief is None else relief
    lifts = "turn it off first" if state is ReliefState.ON else ""
    return (reason("step_state", step.id, f"{about.id} is {state}", lifts),)


def relief_person_reasons(
    around: Around, run: RunState, said: Said, step: Step
) -> tuple[Reason, ...]:
    """Give why this person may not use relief: whoever the policy names may, beside two others.

    Those are the commander and the step's owner. The bridge records for anybody who may.
    """
    person = around.actor.person
    if person is None or run.rehearsal:
        return ()
    for_other = said.for_person is not None and not are_one_person(
        around.estate.people, person, said.for_person
    )
    whose = said.for_person if for_other and said.for_person is not None else person
    if not may_use_relief(around.estate, around.policy, run, step, whose):
        says = f"{whose} is neither commander nor owner, and the policy names {whose} for no relief"
        return (reason("not_for_relief", step.id, says, f"{run.commander} uses it"),)
    if for_other and not is_on_bridge(around, run, person):
        says = f"{person} may not record it for {whose}"
        return (reason("not_the_owner", step.id, says, f"{whose} acts"),)
    return ()


def relief_end_facts(
    around: Around, run: RunState, step: Step, command: EndStep
) -> tuple[LeftOpen | LeftOpenClosed, ...]:
    """Give what the end of a relief step leaves open, or closes.

    One that failed may have done something, unless its job is known never to have happened.
    """
    relief = turned_off_by(run.runbook, step.id)
    failed = command.state is StepState.FAILED
    if relief is not None:
        if failed or entry_of(relief.id) not in run.left_open:
            return ()
        return (LeftOpenClosed(run=run.id, entry=entry_of(relief.id), note="turned off"),)
    works = run.step_effects(step.id, len(run.steps[step.id].attempts))
    if failed and works and all(did_nothing(each) for each in works):
        return ()
    stands = "may be on" if failed else "is on"
    off = off_step(step)
    closes = "turning it back by hand" if off is None else f"{off.id}, which turns it off"
    return (
        LeftOpen(
            run=run.id,
            entry=entry_of(step.id),
            what=f"{step.title} {stands} since {format_instant(around.now)}",
            owner=step.owner or run.commander,
            closes=closes,
        ),
    )
