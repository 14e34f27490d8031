"""The steps of the night: which one is on the card, and what a person does with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.ids import PersonId, RunId, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.effect_facts import EffectSettledByHand
from relconsole.domain.night.facts import Followers, StepState
from relconsole.domain.night.readiness_of_steps import ready_steps, underway_steps
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.night.state import ENDED, RunState
from relconsole.domain.night.step_commands import (
    DecideFollowers,
    EndStep,
    RepeatStep,
    Said,
    WaitStep,
)
from relconsole.domain.plan.runbook import Step, StepKind
from relconsole.domain.record.effect import Outcome
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.controllers.second_acts import gives_up_way_back
from relconsole_ui.presenters.asked import asked_effects
from relconsole_ui.presenters.running import next_step, present_running
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.step_card import StepAct, present_step_card
from relconsole_ui.views.bridge.running import RunningList
from relconsole_ui.views.bridge.step_card import StepCard

Answered = Callable[[Answer], None]
"""Gets what an act came to."""

_ENDINGS = {
    StepAct.COMPLETE: StepState.DONE,
    StepAct.FAIL: StepState.FAILED,
    StepAct.SKIP: StepState.SKIPPED,
    StepAct.NOT_NEEDED: StepState.NOT_NEEDED,
}
_JOBS = {
    StepAct.ENDED_WELL: Outcome.SUCCEEDED,
    StepAct.ENDED_BADLY: Outcome.FAILED,
    StepAct.NEVER_RAN: None,
}
_DECISIONS = {
    StepAct.GO_ON: Followers.GO_ON,
    StepAct.DROP_FOLLOWERS: Followers.NOT_NEEDED,
    StepAct.ROLL_BACK: Followers.ROLL_BACK,
}


class StepsController:
    """Feeds the list and the card, and submits what is done with a step.

    The card follows the most urgent step until a person chooses another; once that one is over, it
    follows again.
    """

    def __init__(self, room: Room, running: RunningList, card: StepCard) -> None:
        """Take the room and the two views."""
        self._room = room
        self._running = running
        self._card = card
        self._chosen: StepId | None = None
        self._is_live = False
        self.on_poll: Callable[[StepId], None] | None = None
        self.on_override: Callable[[Step, Said, Answered], None] | None = None
        self.on_commit: Callable[[Step, Said, Refusal, Answered], None] | None = None
        self.on_roll_back: Callable[[], None] | None = None
        running.chosen.connect(self.choose)
        running.opened.connect(self._open)
        card.wanted.connect(self._act)
        card.let_go.connect(self.let_go)
        room.follow(self._show)

    @property
    def shown(self) -> StepId | None:
        """Give the step on the card."""
        return self._step(self._room.seen())

    @property
    def chosen(self) -> StepId | None:
        """Give the step that a person put on the card, None where it follows by itself."""
        return self._chosen

    def choose(self, step: str) -> None:
        """Put a step on the card; a reason that was asked for about another one is left."""
        if self._card.asks_about != step:
            self._card.leave_form()
        self._chosen, self._is_live = StepId(step), False
        self._show(self._room.seen())

    def let_go(self) -> None:
        """Let the card follow the most urgent step again."""
        self._chosen = None
        self._show(self._room.seen())

    def _open(self, step: str) -> None:
        self.choose(step)
        self._card.setFocus()

    def _show(self, seen: Seen) -> None:
        self._follow_again(seen)
        shown = self._step(seen)
        rows = present_running(seen)
        self._running.show_rows(rows, shown or "")
        self._card.say_none(rows.empty)
        self._card.show_rows(present_step_card(seen, shown))

    def _follow_again(self, seen: Seen) -> None:
        """Let go of a chosen step that ended meanwhile; one that was over when chosen stays."""
        run = seen.run
        if run is None or self._chosen is None or self._chosen not in run.steps:
            return
        was_live, self._is_live = self._is_live, run.steps[self._chosen].state not in ENDED
        if was_live and not self._is_live:
            self._chosen = None

    def _step(self, seen: Seen) -> StepId | None:
        """Give the step for the card; a chosen one stays until it is over."""
        run = seen.run
        if run is None:
            return None
        for step in (self._card.asks_about, self._chosen):
            if step and step in run.steps:
                return StepId(step)
        return next_step(seen)

    def _act(self, act: str, note: str, heard: str) -> None:
        """Do what a person wants with the step on the card."""
        seen = self._room.seen()
        run, shown = seen.run, self._step(seen)
        step = None if run is None or shown is None else run.find_step(shown)
        if run is None or step is None:
            return
        wanted = StepAct(act)
        if wanted is StepAct.POLL:
            if self.on_poll is not None:
                self.on_poll(step.id)
            return
        said = self._said(seen, step, note, heard)
        if wanted is StepAct.OVERRIDE:
            if not note:
                self._card.show_failure("An override needs a reason.")
            elif self.on_override is not None:
                self.on_override(step, said, self._answered(wanted))
            return
        answered = self._answered(wanted)
        if wanted is StepAct.START:
            answered = self._started(step, said, answered)
        self._room.command(f"{wanted} {step.id}", self._call(run, step, wanted, said), answered)

    def _started(self, step: Step, said: Said, answered: Answered) -> Answered:
        """Let two people start the step where only the way back stood in its way."""

        def started(answer: Answer) -> None:
            if self.on_commit is not None and gives_up_way_back(answer):
                self._card.show_failure("")
                self.on_commit(step, said, answer, answered)
            else:
                answered(answer)

        return started

    def _answered(self, act: StepAct) -> Answered:
        def answered(answer: Answer) -> None:
            why = words_of(answer)
            self._card.show_failure(why)
            if why:
                return
            if act is StepAct.ROLL_BACK and self.on_roll_back is not None:
                self.on_roll_back()
            if act in _ENDINGS or act is StepAct.OVERRIDE:
                # What was on the card is over: the most urgent step takes its place.
                self._chosen = None

        return answered

    def _said(self, seen: Seen, step: Step, note: str, heard: str) -> Said:
        """Give for whom it is recorded: the owner, where somebody else acts."""
        people, owner = seen.state.workspace.estate.people, step.owner
        acts = seen.person is not None and owner is not None
        if owner is None or (acts and are_one_person(people, owner, seen.person or owner)):
            return Said(note=note)
        return Said(for_person=PersonId(owner), heard=heard or "voice", note=note)

    def _call(
        self, run: RunState, step: Step, act: StepAct, said: Said
    ) -> Callable[[], Awaitable[object]]:
        desk = self._room.tools.desk
        if act is StepAct.START:
            return lambda: self._room.tools.mover.start(run.id, step, said)
        if act is StepAct.COMPLETE:
            return lambda: self._complete(run.id, step, said)
        if act is StepAct.WAIT:
            wait = WaitStep(run=run.id, step=step.id, reason=said.note, said=said)
            return lambda: desk.submit(wait)
        if act is StepAct.REPEAT:
            return lambda: desk.submit(RepeatStep(run=run.id, step=step.id, said=said))
        if act in _JOBS:
            return lambda: self._settle(run, step, _JOBS[act], said.note)
        if act in _DECISIONS:
            decide = DecideFollowers(
                run=run.id, step=step.id, decision=_DECISIONS[act], said=Said(note=said.note)
            )
            return lambda: desk.submit(decide)
        end = EndStep(run=run.id, step=step.id, state=_ENDINGS[act], said=said)
        return lambda: desk.submit(end)

    async def _settle(
        self, run: RunState, step: Step, outcome: Outcome | None, note: str
    ) -> object:
        """Say what became of each job of a step of which nobody knows the end."""
        answer: object = None
        for effect in asked_effects(run, step.id):
            settled = EffectSettledByHand(run=run.id, effect=effect, outcome=outcome, note=note)
            answer = await self._room.tools.desk.submit(MoveEffect(run=run.id, move=settled))
            if words_of(answer):
                break
        return answer

    async def _complete(self, run: RunId, step: Step, said: Said) -> object:
        """End a step as done once its checks were read, and start the owner's next one.

        Only a step of a person starts so: jobs start by themselves, and a gate is polled.
        """
        tools = self._room.tools
        found = tools.desk.run(run)
        if not found.rehearsal:
            attempt = len(found.steps[step.id].attempts)
            for check in step.checks:
                await tools.mover.read_check(run, step, check, attempt)
        ended = await tools.desk.submit(
            EndStep(run=run, step=step.id, state=StepState.DONE, said=said)
        )
        if words_of(ended):
            return ended
        return await self._start_next(run, step) or ended

    async def _start_next(self, run: RunId, ended: Step) -> object | None:
        """Start the step of a person that the ended one let go; None where there is none."""
        found = self._room.tools.desk.run(run)
        now = self._room.tools.clock.now()
        if underway_steps(found):
            return None
        let_go = [
            step
            for step in ready_steps(found, now)
            if step.kind in {StepKind.MANUAL, StepKind.COMMUNICATION} and ended.id in step.after
        ]
        if len(let_go) != 1:
            return None
        said = self._said(self._room.seen(), let_go[0], "", "")
        started = await self._room.tools.mover.start(run, let_go[0], said)
        # What takes two people is not started by completing something else: the card offers it.
        return None if gives_up_way_back(started) else started
