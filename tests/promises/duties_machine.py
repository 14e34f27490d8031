"""Runs of thirty steps over the pure console, by a seed: honest acts and every trick among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from relconsole.domain.console.commands import EnrolKey, ImportWorkspace, RevokeKey
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import Digest, EffectId, PersonId, StepId
from relconsole.domain.night.bridge_commands import (
    AcceptHandover,
    Amend,
    EndHold,
    OfferHandover,
    ResumeLine,
    StopLine,
)
from relconsole.domain.night.decide_amend import amendment_digest
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
)
from relconsole.domain.night.facts import CheckRead, Followers, StepState
from relconsole.domain.night.readiness_of_steps import progress_of
from relconsole.domain.night.rollback_commands import (
    ArmRollback,
    DisarmRollback,
    FireRollback,
)
from relconsole.domain.night.rollback_facts import FleetRow, TwoPersonAct
from relconsole.domain.night.run_commands import MoveEffect, RenewEffect
from relconsole.domain.night.step_commands import (
    AnswerStation,
    DecideFollowers,
    DecideGate,
    EndStep,
    KeepCheck,
    RepeatStep,
    Said,
    StartStep,
)
from relconsole.domain.plan.amendment import Repeat, Retime, Skip
from relconsole.domain.plan.digest import plan_digest
from relconsole.domain.plan.forecast import forecast_digest
from relconsole.domain.plan.guard import StartFigures
from relconsole.domain.plan.runbook import Step
from relconsole.domain.plan.sampling import SEED
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.record.effect import Outcome
from relconsole.domain.record.request import Answer
from tests.promises.duties_actors import Actors
from tests.promises.duties_ground import moved_grounds
from tests.promises.duties_people import (
    ALIASES,
    AUTOMATED,
    GATE,
    KEYS,
    LAST,
    MANUAL,
    MINUTE,
    NEXT,
    PRODUCTION,
    RUN,
    STATIONS,
    names_by_person,
)

STEPS: Final = 30


@dataclass(slots=True)
class Machine(Actors):
    """One run of drawn acts."""

    def play(self) -> None:
        """Take all the steps, and keep what broke a rule."""
        verbs = (
            *(self.start_step,) * 4,
            *(self.end_step,) * 4,
            *(self.ask_and_do,) * 9,
            *(self.replay,) * 3,
            *(self.gate,) * 4,
            *(self.arm,) * 2,
            *(self.followers,) * 2,
            self.stop,
            self.move_ground,
            self.amend_within,
            self.hand_over,
            self.keys,
            self.settle,
            self.wait,
        )
        self.prepare()
        for _ in range(STEPS):
            self.now += timedelta(seconds=self.draw.choice((1, 5, 20, 60)))
            self.draw.choice(verbs)()

    def prepare(self) -> None:
        """Let an honest commander bring the night to where the drawn acts are about something."""
        mara = names_by_person()["mara"][0]
        for step in (MANUAL, LAST):
            for _ in range(self.draw.randrange(4)):
                if self.run.steps[step].state is StepState.NOT_STARTED:
                    self._start(step, None, safe=True)
        if self.run.steps[MANUAL].state is StepState.RUNNING and self.draw.random() < 0.8:
            end = EndStep(run=RUN, step=MANUAL, state=StepState.DONE)
            self.submit(end, actor=mara)

    def ask_and_do(self) -> None:
        """Ask for a signature, let something happen, and do what was asked, or something near."""
        act, thing, do = self._two_person_act()
        asked = self.ask(act, thing)
        answer = self.sign(asked) if asked is not None else None
        match self.draw.randrange(16):
            case 0:
                self.amend_within()
            case 1:
                self.now += timedelta(minutes=self.draw.choice((14, 15, 16)))
            case 2:
                self.arm()
            case 3:
                self.stop()
            case 4:
                self.keys()
            case 5 if self.answers:
                answer = self.draw.choice(self.answers)
            case _:
                pass
        do(answer)

    def replay(self) -> None:
        """Do a two-person act with an answer that was given before, to whatever."""
        _, _, do = self._two_person_act()
        do(self.draw.choice(self.answers) if self.answers else None)

    def _two_person_act(self) -> tuple[TwoPersonAct, str, Callable[[Answer | None], object]]:
        """Give an act that takes two, what it is about, and how it is done with an answer."""
        choices: list[tuple[TwoPersonAct, str, Callable[[Answer | None], object]]] = []
        if self.run.rollback is not None:
            choices.append((TwoPersonAct.ROLLBACK, RUN, self._fire))
        if self.run.stop is not None:
            choices += [(TwoPersonAct.RESUME, RUN, self._resume)] * 4
        step = self.draw.choice((MANUAL, NEXT, AUTOMATED))
        choices.append((TwoPersonAct.COMMIT, step, lambda answer: self._start(step, answer)))
        if self.run.steps[LAST].state is StepState.RUNNING:
            choices += [(TwoPersonAct.OVERRIDE, LAST, self._override)] * 4
        amend = self._amendment(timedelta(minutes=self.draw.choice((16, 45))))
        if amend is not None:
            command, plan = amend
            thing = amendment_digest(plan, command.amendments)
            self.oracle.meanings[thing] = (plan, command.amendments)
            choices.append((TwoPersonAct.AMEND, thing, lambda second: self._amend(command, second)))
        return self.draw.choice(choices)

    # --------------------------------------------------------------------------------- the acts

    def _start(self, step: StepId, second: Answer | None, *, safe: bool = False) -> bool:
        said, name = self.said()
        figures = StartFigures(
            step=step,
            lasts=MINUTE,
            latest_now=self.now + timedelta(hours=1),
            latest_after=self.now + timedelta(hours=1) if safe else None,
        )
        command = StartStep(
            run=RUN,
            step=step,
            said=said,
            forecast=forecast_digest(self.run.plan, progress_of(self.run, self.now), SEED),
            figures=figures,
            second=second,
        )
        return self.submit(command, "mara", "ines", for_person=name)

    def _fire(self, second: Answer | None) -> bool:
        rollback = self.run.rollback
        if rollback is None:
            return False
        command = FireRollback(
            run=RUN, plan=rollback.armed.plan, fleet=rollback.armed.fleet, second=second
        )
        return self.submit(command, "mara", "ines")

    def _resume(self, second: Answer | None) -> bool:
        if second is None:
            return False
        return self.submit(ResumeLine(run=RUN, second=second), "mara", "ines")

    def _override(self, second: Answer | None) -> bool:
        said, name = self.said()
        command = EndStep(run=RUN, step=LAST, state=StepState.DONE, said=said, second=second)
        return self.submit(command, "mara", for_person=name)

    def _amend(self, command: Amend, second: Answer | None) -> bool:
        forecast = forecast_digest(self.run.plan, progress_of(self.run, self.now), SEED)
        return self.submit(replace(command, forecast=forecast, second=second), "mara")

    def start_step(self) -> None:
        """Start a step that leaves a way back; now and then the job then runs to its end."""
        step = self.draw.choice((MANUAL, NEXT, LAST, LAST, AUTOMATED))
        self._start(step, None, safe=self.draw.random() < 0.9)

    def end_step(self) -> None:
        """End a step, after what a job or a check of it came to."""
        step = self.draw.choice(tuple(PRODUCTION))
        if step == AUTOMATED and self.draw.random() < 0.7:
            self._end_job()
        if step == LAST and self.run.steps[LAST].attempts:
            passes = self.draw.random() < 0.4
            read = CheckRead(
                run=RUN,
                step=LAST,
                attempt=len(self.run.steps[LAST].attempts),
                check="up",
                value=1.0 if passes else 0.0,
                passed=passes,
                says="read",
                source="metrics",
            )
            self.observe(KeepCheck(run=RUN, check=read))
        states = (StepState.DONE, StepState.DONE, StepState.FAILED, StepState.SKIPPED)
        said, name = self.said()
        end = EndStep(run=RUN, step=step, state=self.draw.choice(states), said=said)
        self.submit(end, "mara", "ines", for_person=name)

    def _end_job(self) -> None:
        for effect in list(self.run.effects):
            for move in (
                EffectSent(run=RUN, effect=effect),
                EffectAcknowledged(run=RUN, effect=effect, remote="7"),
                EffectConfirmed(run=RUN, effect=effect, outcome=Outcome.SUCCEEDED),
            ):
                self.observe(MoveEffect(run=RUN, move=move))

    def settle(self) -> None:
        """Lose what became of a job, say that it is still to be done, and settle it by hand."""
        for effect in list(self.run.effects):
            self.observe(MoveEffect(run=RUN, move=EffectSent(run=RUN, effect=effect)))
            unknown = EffectUnknown(run=RUN, effect=effect, why="no answer")
            self.observe(MoveEffect(run=RUN, move=unknown))
            self.submit(RenewEffect(run=RUN, effect=effect, note="still wanted"), "ines", "ann")
            settled = EffectSettledByHand(
                run=RUN, effect=EffectId(effect), outcome=Outcome.SUCCEEDED, note="seen"
            )
            self.submit(MoveEffect(run=RUN, move=settled), "ines", "ann")

    def gate(self) -> None:
        """Answer for the stations, and decide."""
        for station in STATIONS:
            said, name = self.said()
            if name is None and self.draw.random() < 0.7:
                name = self.name("ines" if station == STATIONS[0] else "otto")
                said = Said(for_person=name.text, note="said")
            vote = self.draw.choice((StationAnswer.GO,) * 5 + (StationAnswer.HOLD,))
            answered = AnswerStation(run=RUN, step=GATE, station=station, vote=vote, said=said)
            self.submit(answered, "mara", "ann", for_person=name)
        decision = self.draw.choice((StationAnswer.GO,) * 3 + (StationAnswer.NO_GO,))
        command = DecideGate(run=RUN, step=GATE, decision=decision, said=Said(note="decided"))
        self.submit(command, "mara", "mara", "ann", "ines")

    def arm(self) -> None:
        """Arm a rollback over a fleet, or put it away."""
        if self.draw.random() < 0.15:
            self.submit(DisarmRollback(run=RUN), "mara")
            return
        release = next(iter(self.state.workspace.releases.values()))
        row = FleetRow(
            service=release.items[0].service,
            environment=release.environment,
            expected="2",
            target="1",
            observed=(self.draw.choice(("1", "2")),),
            ok=True,
        )
        undo = Step(id=StepId("undo-manual"), title="Undo", duration=plain(MINUTE))
        command = ArmRollback(
            run=RUN,
            only=None,
            covered=(MANUAL,),
            steps=(undo,),
            calls={},
            plan=Digest(f"{self.draw.randrange(4):064x}"),
            fleet=(row,),
        )
        self.submit(command, "mara", "ines")

    def stop(self) -> None:
        """Stop the line, as anybody may."""
        self.submit(StopLine(run=RUN, said=Said(note="wait")), "mara", "ann")

    def move_ground(self) -> None:
        """Import other people, another policy or another release under the open run."""
        self.submit(ImportWorkspace(workspace=self.draw.choice(moved_grounds())), "devon", "carl")

    def followers(self) -> None:
        """Decide about a failed step, end a hold, or do a step again."""
        step = self.draw.choice(tuple(PRODUCTION))
        said = Said(note="again")
        match self.draw.randrange(3):
            case 0:
                decision = self.draw.choice((Followers.GO_ON, Followers.NOT_NEEDED))
                decide = DecideFollowers(run=RUN, step=step, decision=decision, said=said)
                self.submit(decide, "mara", "ines")
            case 1:
                self.submit(RepeatStep(run=RUN, step=step, said=said), "mara", "ann")
            case _:
                for hold in self.run.holds:
                    end = EndHold(run=RUN, cause=hold.cause, thing=hold.thing, said=said)
                    self.submit(end, "mara", "ann")

    def _amendment(self, later_by: timedelta) -> tuple[Amend, Digest] | None:
        """Give an amendment with the plan that it would make, where a step is left to amend."""
        left = [
            step
            for step in self.run.runbook.steps
            if self.run.steps[step.id].state is StepState.NOT_STARTED
        ]
        if not left:
            return None
        step = self.draw.choice(left)
        minutes = plain(timedelta(minutes=self.draw.choice((1, 2, 3))))
        changed = replace(step, duration=minutes)
        amended = replace(
            self.run.runbook,
            steps=tuple(changed if each is step else each for each in self.run.runbook.steps),
        )
        plan = plan_digest(
            amended, {each.id: self.run.calls.get(each.id) for each in amended.steps}
        )
        retime = Retime(step=step.id, reason="longer", duration=minutes)
        command = Amend(
            run=RUN,
            amendments=(retime,),
            reason="longer",
            calls={},
            forecast=Digest("0" * 64),
            later_by=later_by,
        )
        return command, plan

    def amend_within(self) -> None:
        """Amend within the commander's limit: re-time, skip, or do a step again."""
        found = self._amendment(timedelta(minutes=self.draw.choice((0, 5, 15))))
        if found is None:
            return
        command, _ = found
        match self.draw.randrange(4):
            case 0:
                step = self.draw.choice((NEXT, LAST))
                command = replace(command, amendments=(Skip(step=step, reason="not tonight"),))
            case 1:
                step = self.draw.choice((MANUAL, NEXT))
                command = replace(command, amendments=(Repeat(step=step, reason="once more"),))
            case _:
                pass
        self._amend(command, self.draw.choice(self.answers) if self.answers else None)

    def hand_over(self) -> None:
        """Offer the command to somebody, and have it accepted by somebody."""
        brief = Digest("b" * 64)
        to = self.name("ines", "mara", "ann")
        self.submit(OfferHandover(run=RUN, to=to.text, brief=brief), "mara", for_person=to)
        taker: Any = to.means or "ines"
        self.submit(AcceptHandover(run=RUN, brief=brief), taker)

    def keys(self) -> None:
        """Revoke somebody's key, or confirm one."""
        person = self.draw.choice(tuple(ALIASES))
        fingerprint = KEYS[person].public.fingerprint
        if self.draw.random() < 0.3:
            self.submit(RevokeKey(fingerprint=fingerprint, reason="lost"), "mara", "carl")
            return
        enrol = EnrolKey(person=PersonId(person), fingerprint=fingerprint, means="by voice")
        self.submit(enrol, "mara", "carl", person)

    def wait(self) -> None:
        """Let a longer time pass."""
        self.now += timedelta(minutes=self.draw.choice((3, 8, 16)))
