"""Gates: the roll call of the stations, and the commander's decision after it."""

from __future__ import annotations

from relconsole.domain.estate.people import find_person, fold_name
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.kernel.json import Json
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.around import (
    Around,
    attribution_reasons,
    duties,
    gather,
    is_on_bridge,
    owner_reasons,
    reason,
)
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, HoldEnded
from relconsole.domain.night.decide_start import halt_reasons, side_reasons
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.facts import (
    GateDecided,
    StationAnswered,
    StepEnded,
    StepStarted,
    StepState,
)
from relconsole.domain.night.readiness_of_steps import waiting_reasons
from relconsole.domain.night.state import UNDERWAY, RunState
from relconsole.domain.night.step_commands import AnswerStation, DecideGate
from relconsole.domain.plan.runbook import Step, StepKind
from relconsole.domain.readiness.poll import (
    Poll,
    PollResult,
    StationAnswer,
    StationVote,
    decision_reasons,
    find_poll_result,
    vote_reasons,
)
from relconsole.domain.readiness.segregation import Duty
from relconsole.domain.record.canonical import digest_of
from relconsole.domain.release.release import Release


def poll_of(run: RunState, step: Step) -> Poll:
    """Give the roll call of a gate as it stands."""
    votes = run.votes.get(step.id, ())
    holders = run.voters.get(step.id, ())
    return Poll(
        stations=step.stations,
        quorum=step.quorum,
        votes=tuple(
            StationVote(
                station=vote.station,
                answer=vote.vote,
                by=_voice(run, vote, holder),
                at=run.opened_at,
                note=vote.note,
            )
            for vote, holder in zip(votes, holders, strict=True)
        ),
    )


def _voice(run: RunState, vote: StationAnswered, holder: PersonId | None) -> PersonId:
    """Give whose word an answer is; in a rehearsal one person may play every station."""
    if holder is None or (run.rehearsal and vote.for_person is None):
        return PersonId(vote.station)
    return holder


def poll_result(around: Around, run: RunState, step: Step) -> PollResult:
    """Give what the answers of a gate say together."""
    return find_poll_result(around.estate.people, _guarded(around, run), poll_of(run, step))


def find_station(around: Around, step: Step, name: str) -> str | None:
    """Give the station that a name speaks for: the station itself, or a person of it.

    A person speaks for the station that bears their id, their team or one of their roles. None
    where it is none, or not one alone.
    """
    folded = fold_name(name)
    named = [station for station in step.stations if fold_name(station) == folded]
    if named:
        return named[0]
    person = find_person(around.estate.people, name)
    if person is None:
        return None
    bears = {fold_name(each) for each in (person.id, person.team or "", *person.roles)}
    spoken = [station for station in step.stations if fold_name(station) in bears]
    return spoken[0] if len(spoken) == 1 else None


def answer_station(
    around: Around, run: RunState, command: AnswerStation
) -> tuple[NightFact, ...] | Refusal:
    """Give a station's answer; the first one of a gate starts it."""
    step = run.find_step(command.step)
    if step is None or step.kind is not StepKind.GATE:
        return refuse("no_gate", command.step, f"{command.step} is no gate of run {run.id}")
    actor = around.actor.person
    vote = StationVote(
        station=command.station,
        answer=command.vote,
        by=actor or command.said.for_person or PersonId(command.station),
        at=around.now,
        for_person=command.said.for_person,
        note=command.said.note,
    )
    out_of_turn = side_reasons(run, step)
    if out_of_turn:
        return Refusal(reasons=out_of_turn)
    refusal = gather(
        _open_reasons(around, run, step),
        attribution_reasons(around, run, step.id),
        _voice_reasons(around, run, step, command),
        _vote_reasons(around, run, step, vote),
    )
    if refusal is not None:
        return refusal
    answered = StationAnswered(
        run=run.id,
        step=step.id,
        station=command.station,
        vote=command.vote,
        for_person=command.said.for_person,
        heard=command.said.heard,
        note=command.said.note,
    )
    return (*_start_gate(run, step), answered)


def _open_reasons(around: Around, run: RunState, step: Step) -> tuple[Reason, ...]:
    """Give why the gate takes no answer now."""
    state = run.steps[step.id].state
    if state in UNDERWAY:
        return ()
    if state is not StepState.NOT_STARTED:
        return (reason("step_state", step.id, f"{step.id} is {state}", "repeat the gate"),)
    return (
        *halt_reasons(run, forward=not run.is_undo(step.id)),
        *waiting_reasons(run, step, around.now),
    )


def _voice_reasons(
    around: Around, run: RunState, step: Step, command: AnswerStation
) -> tuple[Reason, ...]:
    """Give why this person may not speak for the station.

    A person speaks for their own station; the commander and the scribe record what they heard.
    """
    actor = around.actor.person
    if run.rehearsal or actor is None or is_on_bridge(around, run, actor):
        return ()
    stranger = owner_reasons(around, run, command.said, None, step.id)
    if find_station(around, step, actor) == command.station:
        return stranger
    says = f"{actor} does not speak for {command.station}"
    lifts = "its holder, or the commander"
    return (reason("not_the_station", command.station, says, lifts), *stranger)


def _vote_reasons(
    around: Around, run: RunState, step: Step, vote: StationVote
) -> tuple[Reason, ...]:
    """Give why the answer is not taken; a rehearsal asks only that the station exists.

    One person may record for several stations where the record names the holders apart. An answer
    in nobody's name is asked no more than that either.
    """
    found = vote_reasons(around.estate.people, _guarded(around, run), poll_of(run, step), vote)
    named = around.actor.person or vote.for_person
    if not run.rehearsal and named is not None:
        return found
    return tuple(each for each in found if each.rule == "station_unknown")


def _guarded(around: Around, run: RunState) -> Release | None:
    """Give the release whose requester and authors recuse: none in a rehearsal."""
    return None if run.rehearsal else around.release


def _start_gate(run: RunState, step: Step) -> tuple[NightFact, ...]:
    """Give the start of a gate that nobody has answered yet."""
    found = run.steps[step.id]
    if found.state in UNDERWAY:
        return ()
    return (StepStarted(run=run.id, step=step.id, attempt=len(found.attempts) + 1),)


def decide_gate(
    around: Around, run: RunState, command: DecideGate
) -> tuple[NightFact, ...] | Refusal:
    """Give the decision at a gate: go ends it, no-go and hold put the run on hold."""
    step = run.find_step(command.step)
    if step is None or step.kind is not StepKind.GATE:
        return refuse("no_gate", command.step, f"{command.step} is no gate of run {run.id}")
    out_of_turn = side_reasons(run, step)
    if out_of_turn:
        return Refusal(reasons=out_of_turn)
    refusal = gather(
        _open_reasons(around, run, step),
        attribution_reasons(around, run, step.id),
        duties(around, run, command.said, Duty.VOTE),
        decision_reasons(
            around.estate.people,
            _guarded(around, run),
            poll_of(run, step),
            decision=command.decision,
            by=around.actor.person or run.commander,
            decides=run.commander,
            note=command.said.note,
        ),
    )
    if refusal is not None:
        return refusal
    decided = GateDecided(
        run=run.id,
        step=step.id,
        decision=command.decision,
        seen=digest_of(what_was_seen(run, step)),
        note=command.said.note,
    )
    start = _start_gate(run, step)
    if command.decision is not StationAnswer.GO:
        says = f"{step.id} was decided {command.decision}: {command.said.note}"
        held = HoldBegan(run=run.id, cause=HoldCause.GATE, thing=step.id, reasons=(says,))
        return (*start, decided, held)
    attempt = max(len(run.steps[step.id].attempts), 1)
    done = StepEnded(run=run.id, step=step.id, attempt=attempt, state=StepState.DONE)
    ended = tuple(
        HoldEnded(run=run.id, cause=hold.cause, thing=hold.thing, note="decided go")
        for hold in run.holds
        if hold.cause is HoldCause.GATE and hold.thing == step.id
    )
    return (*start, decided, done, *ended)


def what_was_seen(run: RunState, step: Step) -> dict[str, Json]:
    """Give what the decision is over: the answers, the plan, and where each step stood."""
    return {
        "run": run.id,
        "step": step.id,
        "plan": run.plan,
        "answers": [
            {"station": vote.station, "answer": vote.vote.value, "note": vote.note}
            for vote in run.votes.get(step.id, ())
        ],
        "steps": {each: run.steps[StepId(each)].state.value for each in sorted(run.steps)},
        "triggers": sorted(run.triggers),
        "holds": [f"{hold.cause}:{hold.thing}" for hold in run.holds],
    }
