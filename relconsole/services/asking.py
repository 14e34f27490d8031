"""Asking people: manual steps, gates and holds, and taking their answers to the desk."""

from __future__ import annotations

from relconsole.domain.estate.people import find_person
from relconsole.domain.kernel.ids import PersonId, RunId, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Around
from relconsole.domain.night.bridge_commands import BeginHold
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.decide_gates import find_station, poll_result
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.readiness_of_steps import ready_steps, underway_steps
from relconsole.domain.night.state import RunState, StepRun
from relconsole.domain.night.step_commands import (
    AnswerStation,
    DecideGate,
    EndStep,
    Said,
)
from relconsole.domain.plan.runbook import Step, StepKind
from relconsole.domain.readiness.poll import PollResult, StationAnswer
from relconsole.ports.clock import Clock
from relconsole.ports.questions import Answered, Asker, Question, Word
from relconsole.services.desk import Desk, Records
from relconsole.services.steps import StepMover

_ENDINGS = {
    Word.DONE: StepState.DONE,
    Word.GO: StepState.DONE,
    Word.FAILED: StepState.FAILED,
    Word.SKIP: StepState.SKIPPED,
    Word.NOT_NEEDED: StepState.NOT_NEEDED,
}
_POLLED = {
    Word.GO: StationAnswer.GO,
    Word.NO_GO: StationAnswer.NO_GO,
    Word.HOLD: StationAnswer.HOLD,
}
_DROPS = (Word.SKIP, Word.NOT_NEEDED)
_STAYS = (Word.HOLD, Word.NO_GO)


class Interviewer:
    """Puts the open questions of a run to an asker and records what is answered."""

    def __init__(self, *, desk: Desk, clock: Clock, mover: StepMover, asker: Asker) -> None:
        """Take the desk, the clock, what starts steps, and where answers come from."""
        self._desk = desk
        self._clock = clock
        self._mover = mover
        self._asker = asker

    def questions(self, run: RunState, jobs: bool) -> tuple[Question, ...]:  # noqa: FBT001
        """Give what is to be asked now, in plan order; ``jobs`` where automated steps run jobs."""
        now = self._clock.now()
        open_steps = (*underway_steps(run), *ready_steps(run, now))
        return tuple(
            self._question(run.steps[step.id], step)
            for step in open_steps
            if (step.kind is not StepKind.AUTOMATED or not jobs or step.run is None)
            and not _starts_by_itself(run.steps[step.id], step)
        )

    def _question(self, found: StepRun, step: Step) -> Question:
        """Give the question about one step."""
        who = step.owner or "the bridge"
        if step.kind is StepKind.GATE:
            stations = ", ".join(step.stations) or "the commander"
            says = f"gate {step.id}: {step.title}; {stations}: go, no-go or hold?"
            return Question(step=step, says=says, gives=(Word.GO, Word.NO_GO, Word.HOLD))
        if step.kind is StepKind.HOLD:
            says = f"hold {step.id}: {step.title}; {who}: done, or hold?"
            gives = (Word.DONE, Word.GO, Word.HOLD, Word.NO_GO, *_DROPS)
            return Question(step=step, says=says, gives=gives)
        if found.state is StepState.NOT_STARTED:
            says = f"{step.id}: {step.title}; {who}: start?"
            return Question(step=step, says=says, gives=(Word.START, Word.DONE, *_DROPS))
        says = f"{step.id}: {step.title}; {who}: done?"
        return Question(step=step, says=says, gives=(Word.DONE, Word.FAILED, *_DROPS))

    async def ask(
        self, run: RunId, *, jobs: bool, not_yet: frozenset[StepId] = frozenset()
    ) -> tuple[tuple[Question, ...], tuple[str, ...]]:
        """Put every open question once, but none about the steps that are not to begin yet.

        Gives the questions that nobody can answer any more without a new start of the night, and
        the reasons of answers that were refused.
        """
        unanswered: list[Question] = []
        refused: list[str] = []
        for question in self.questions(self._desk.run(run), jobs):
            if question.step.id in not_yet:
                continue
            answered = self._asker.answer(question)
            if answered is None:
                if not self._asker.may_still_answer(question):
                    unanswered.append(question)
                continue
            if answered.word not in question.gives:
                refused.append(f"{question.step.id}: {answered.word} is no answer to this")
                continue
            refusal = await self._take(run, question.step, answered)
            if isinstance(refusal, Refusal):
                refused.append(f"{question.step.id}: {refusal}")
        return tuple(unanswered), tuple(refused)

    async def _take(self, run: RunId, step: Step, answered: Answered) -> Records | Refusal:
        """Take one answer to the desk."""
        if step.kind is StepKind.GATE:
            return await self.take_gate(run, step, answered)
        if answered.word in _STAYS:
            note = f": {answered.note}" if answered.note else ""
            says = f"{step.id} was answered {answered.word}{note}"
            return await self._desk.submit(
                BeginHold(run=run, cause=HoldCause.PERSON, thing=step.id, reasons=(says,))
            )
        owner = answered.for_name or answered.by or step.owner
        for_person = None if owner is None or owner == self._desk.person else PersonId(owner)
        said = Said(for_person=for_person, note=answered.note, heard=answered.heard)
        state = self._desk.run(run).steps[step.id].state
        if state is StepState.NOT_STARTED and answered.word not in _DROPS:
            started = await self._mover.start(run, step, said)
            if isinstance(started, Refusal) or answered.word is Word.START:
                return started
            if not self._desk.run(run).rehearsal:
                for check in step.checks:
                    attempt = len(self._desk.run(run).steps[step.id].attempts)
                    await self._mover.read_check(run, step, check, attempt)
        return await self._desk.submit(
            EndStep(run=run, step=step.id, state=_ENDINGS[answered.word], said=said)
        )

    async def take_gate(
        self, run: RunId, step: Step, answered: Answered, *, decide_unanimous: bool = True
    ) -> Records | Refusal:
        """Take an answer at a gate: a station's, or the commander's decision."""
        around = self._around(run)
        vote = _POLLED[answered.word]
        spoken = answered.for_name or answered.by or self._desk.person or ""
        station = find_station(around, step, spoken) if spoken else None
        if station is not None:
            for_person = _person_behind(around, spoken)
            said = Said(for_person=for_person, note=answered.note, heard=answered.heard)
            taken = await self._desk.submit(
                AnswerStation(run=run, step=step.id, station=station, vote=vote, said=said)
            )
            if isinstance(taken, Refusal) or not decide_unanimous:
                return taken
            return await self._decide_unanimous(run, step) or taken
        said = Said(note=answered.note, heard=answered.heard)
        return await self._desk.submit(DecideGate(run=run, step=step.id, decision=vote, said=said))

    async def _decide_unanimous(self, run: RunId, step: Step) -> Records | Refusal | None:
        """Decide a poll that is go throughout, where the commander conducts and so ordered it."""
        around = self._around(run)
        found = self._desk.run(run)
        if poll_result(around, found, step) is not PollResult.GO:
            return None
        if not found.rehearsal and self._desk.person not in (None, found.commander):
            return None
        note = "the poll is go throughout"
        return await self._desk.submit(
            DecideGate(run=run, step=step.id, decision=StationAnswer.GO, said=Said(note=note))
        )

    def _around(self, run: RunId) -> Around:
        """Give what decisions about this run may know."""
        state = self._desk.state
        return Around(
            now=self._clock.now(),
            journal=self._desk.journal.id,
            actor=self._desk.actor,
            estate=state.workspace.estate,
            calendar=state.workspace.calendar,
            policy=state.workspace.policy,
            release=state.workspace.releases[state.runs[run].release],
            keys=state.keys,
        )


def _starts_by_itself(found: StepRun, step: Step) -> bool:
    """Tell whether nobody is asked to start a step: a planned hold begins when it is ready."""
    return step.kind is StepKind.HOLD and found.state is StepState.NOT_STARTED


def _person_behind(around: Around, name: str) -> PersonId | None:
    """Give the person whom a name means, None where it is the actor's own or a station's name."""
    found = find_person(around.estate.people, name)
    if found is None or found.id == around.actor.person:
        return None
    return found.id
