"""One simulated night: the real engine over fakes, killed and taken up again, by one seed.

The world and what is stored live through every crash; the program does not.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from relconsole.domain.console.evolve import evolve
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import EndHold, StopLine
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.change_commands import SettleChange
from relconsole.domain.night.effect_facts import EffectSettledByHand
from relconsole.domain.night.facts import Followers, RunOutcome, StepState
from relconsole.domain.night.rollback_commands import AskSignature, KeepRestorePoint
from relconsole.domain.night.rollback_facts import SignatureAsked, TwoPersonAct
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.night.state import Hold, RunState
from relconsole.domain.night.step_commands import DecideFollowers, EndStep, RepeatStep, Said
from relconsole.domain.plan.digest import plain_of
from relconsole.domain.record.effect import EffectState, Outcome
from relconsole.domain.record.request import answer_request, parse_request
from relconsole.plugin_api.effects import Ending as RemoteEnding
from relconsole.plugin_api.itsm import ChangeRecord
from relconsole.services.arming import Armourer
from relconsole.services.asking import Interviewer
from relconsole.services.change_keeper import ChangeKeeper
from relconsole.services.checkpoints import Checkpointer
from relconsole.services.conduct import Conductor, Crew
from relconsole.services.deliver import Dispatcher
from relconsole.services.desk import Desk, Signer, open_envelope
from relconsole.services.falling_back import Retreat
from relconsole.services.forecasting import Forecaster
from relconsole.services.opening import Holder, Opener, TakenUp
from relconsole.services.patience import Patience
from relconsole.services.restore import RestoreKeeper
from relconsole.services.steps import StepMover
from relconsole.services.watch import Watcher
from tests.helpers.fakes.credentials import FakeCredentials
from tests.helpers.fakes.evidence import FakeEvidence
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.journal import FakeJournal, Stored
from tests.helpers.fakes.plugins import WELL, Course, FakePlugins, World
from tests.helpers.fakes.tasks import FakeTasks
from tests.promises.sim.chance import LATEST, SETTLE, UNSEEN, Fate, PersonAtTheBridge
from tests.promises.sim.clock import VirtualClock
from tests.promises.sim.loop import Crash, VirtualLoop
from tests.promises.sim.shapes import CODEC, INES, KEYS, LEDGER, MARA, OLD, PAY, START, Shape

MOST_LIVES = 40
MOST_TRIES = 5
MOST_POINTS = 4_000
"""Far more stops than a night of these plans takes."""

VERIFICATION = timedelta(seconds=1)
LEASE_SECONDS = 3.0
_OUTCOMES = {
    RemoteEnding.SUCCEEDED: Outcome.SUCCEEDED,
    RemoteEnding.FAILED: Outcome.FAILED,
    RemoteEnding.CANCELLED: Outcome.CANCELLED,
    RemoteEnding.UNKNOWN: Outcome.FAILED,
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the engine is built of; a mutant exchanges one of them."""

    journal: type[FakeJournal] = FakeJournal
    desk: type[Desk] = Desk
    plugins: type[FakePlugins] = FakePlugins
    conductor: type[Conductor] = Conductor
    dispatcher: type[Dispatcher] = Dispatcher
    clock: type[VirtualClock] = VirtualClock
    retreat: type[Retreat] = Retreat
    world: type[World] = World


class Spins(BaseException):
    """The program goes round and round."""


SOUND = Parts()


@dataclass(frozen=True, slots=True)
class Life:
    """What was true when a program started: its state, and how many calls the world had seen."""

    state: ConsoleState
    calls: int


class Night:
    """A night by a seed; `play` lives through it, and `wrong` is what broke a promise in it."""

    def __init__(
        self,
        seed: int,
        shape: Shape,
        loop: VirtualLoop,
        parts: Parts = SOUND,
        *,
        is_killed: bool = True,
        fails_at: int | None = None,
        start: datetime = START,
        jump: tuple[float, float] | None = None,
    ) -> None:
        """Take the seed; ``fails_at`` is the append of the first life that the disk refuses.

        ``jump`` is after how many seconds the wall clock jumps, and by how many.
        """
        self.seed = seed
        self.shape = shape
        self.loop = loop
        self.parts = parts
        self.wrong: list[str] = []
        self.lives: list[Life] = []
        self.crashes = 0
        self.was_left = False
        self.chance = random.Random(seed)
        self.loop.chance = self.chance
        known = self.shape.stored
        self.stored = Stored(envelopes=list(known.envelopes))
        self.clock = parts.clock(self.loop, start)
        self.fate = Fate(self.chance)
        self.world = parts.world(
            time=self.loop.time,
            wall=self.clock.now,
            targets=self.fate.targets(),
            goes=self._goes,
            runs=self.fate.runs,
        )
        self.world.changes["CHG-1"] = ChangeRecord(
            id="CHG-1",
            title="Pay 4",
            state="approved",
            requester="tomas",
            approver="board",
            approved_at=START,
        )
        for service in (PAY, LEDGER):
            self.world.values[f"version:{service}"] = self._version_of(service)
        self.world.values["up"] = lambda: (({}, 1.0),)
        self.ids = FakeIds()
        for _ in known.envelopes:
            self.ids.fresh()
        self._folded = self.shape.state
        self.points = 0
        self.will_stop = self.chance.random() < 0.06
        self.will_roll_back = self.shape.two_people and self.chance.random() < 0.8
        self.leave_at = self.chance.randrange(5, 90) if self.will_roll_back else None
        crashes = self.chance.choice((0, 1, 1, 1, 2, 2, 3))
        self.crash_at = self._next_crash(crashes if is_killed else 0)
        self.fails_at = fails_at
        self.jump = jump
        self.start = start
        self.jumped_at: float | None = None
        self.is_conducting = False
        self.desk: Desk | None = None

    def _version_of(self, service: str) -> Callable[[], Sequence[tuple[Mapping[str, str], float]]]:
        def samples() -> Sequence[tuple[Mapping[str, str], float]]:
            return (({"instance": "1", "version": self.world.version(service, OLD)}, 1.0),)

        return samples

    def _goes(self, verb: str, system: SystemId) -> Course:
        """Give how a call goes; a job that cannot be read when the run opens is never run."""
        if verb == "describe_job" and len(self.stored.envelopes) == self.shape.state.size:
            return WELL
        return self.fate.goes(verb, system)

    def _next_crash(self, left: int) -> int | None:
        self.crashes_left = left
        return None if left == 0 else self.points + 1 + int(self.chance.random() ** 2 * 140)

    async def point(self, _name: str) -> None:
        """Stop here, where the seed says so; let others run now and then."""
        self.points += 1
        if self.points > MOST_POINTS:
            raise Spins
        if self.points == self.crash_at:
            self.loop.crash()
        if self.chance.random() < 0.05:
            await asyncio.sleep(0)

    def fold(self, upto: int | None = None) -> ConsoleState:
        """Give the fold of what is stored; what was folded before is not folded again."""
        state = self._folded
        if upto is not None and upto < state.size:
            state = self.shape.state
        for envelope in self.stored.envelopes[state.size : upto]:
            state = evolve(state, open_envelope(envelope, CODEC))
        self._folded = state
        return state

    def _jump(self, seconds: float) -> None:
        if self.is_conducting:
            self.jumped_at, self.off_by = self.clock.tick(), seconds
            self.clock.jump(seconds)

    def mend_clock(self) -> None:
        """Set the wall clock right again, as a person does who is told that it jumped."""
        if self.jumped_at is not None and self.off_by:
            self.clock.jump(-self.off_by)
            self.off_by = 0.0

    def play(self) -> None:
        """Live through the whole night, life after life."""
        for _ in range(MOST_LIVES):
            try:
                self.loop.play(self._live())
            except Spins:
                self.wrong.append("the night goes on for ever and gets nowhere")
                return
            except Crash:
                self.crashes += 1
                self._check_the_fold()
                self.crash_at = self._next_crash(self.crashes_left - 1)
            except WorldIsDown as down:
                if down.system != "disk" or not self.journal.broken:
                    self.wrong.append(f"the program ended: {down}")
                    return
                self._check_the_fold()
            else:
                if self.journal.broken:
                    self.wrong.append("the disk refused and nobody was told")
                return
        self.wrong.append("the night does not end")

    def _check_the_fold(self) -> None:
        """The state that a program had is the fold of what it was told is on disk."""
        if self.desk is None:
            return
        live, folded = self.desk.state, self.fold(self.desk.state.size)
        # A mapping is a dict where it was read, and may be another one where it was made.
        if folded != live and plain_of(folded.runs) != plain_of(live.runs):
            self.wrong.append("the state in memory was not the fold of the journal")

    async def _live(self) -> None:
        """Be one program, from its start to its end."""
        self.desk = None
        state = self.fold()
        self.lives.append(Life(state=state, calls=len(self.world.calls)))
        journal = self.parts.journal(self.stored, point=self.point, fails_at=self.fails_at)
        self.fails_at = None
        self.journal = journal
        signer = Signer(person=MARA, key=KEYS[MARA]) if self.shape.two_people else None
        desk = self.parts.desk(
            journal=journal,
            clock=self.clock,
            ids=self.ids,
            codec=CODEC,
            state=state,
            signer=signer,
        )
        self.desk = desk
        if self.jump is not None:
            self.loop.call_later(self.jump[0], self._jump, self.jump[1])
            self.jump = None
        program = Program(self, desk)
        await program.live()

    def truth(self, effect: EffectId) -> Outcome | None:
        """Give what a person finds who looks at the system itself."""
        found = self.world.executions(effect)
        return _OUTCOMES[found[0].ending] if found else None


class Program:
    """One process, and the person before it."""

    def __init__(self, night: Night, desk: Desk) -> None:
        self._night = night
        self._desk = desk
        clock = night.clock
        plugins = night.parts.plugins(night.world, point=night.point)
        self._forecaster = Forecaster()
        keeper = RestoreKeeper(desk=desk, plugins=plugins)
        armourer = Armourer(desk=desk, plugins=plugins, clock=clock)
        mover = StepMover(desk=desk, plugins=plugins, clock=clock, forecaster=self._forecaster)
        patience = Patience(clock, random.Random(f"{night.seed} {len(night.lives)}").random)
        self._retreat = night.parts.retreat(
            desk=desk,
            plugins=plugins,
            clock=clock,
            evidence=FakeEvidence(),
            armourer=armourer,
            keeper=keeper,
            patience=patience,
        )
        self._armourer = armourer
        self._tries = 0
        tasks = FakeTasks()
        release = night.shape.release
        asker = PersonAtTheBridge(night.chance)
        self._crew = Crew(
            desk=desk,
            clock=clock,
            dispatcher=night.parts.dispatcher(
                desk=desk, plugins=plugins, clock=clock, tasks=tasks, patience=patience
            ),
            watcher=Watcher(desk=desk, plugins=plugins, clock=clock, tasks=tasks, release=release),
            mover=mover,
            interviewer=Interviewer(desk=desk, clock=clock, mover=mover, asker=asker),
            checkpointer=Checkpointer(desk=desk, clock=clock, credentials=FakeCredentials()),
            change_keeper=ChangeKeeper(desk=desk, plugins=plugins, clock=clock, patience=patience),
            keeper=keeper,
            retreat=self._retreat,
        )
        same = night.chance.random() < 0.7
        name = "console" if same else f"console-{len(night.lives)}"
        self._opener = Opener(
            desk=desk,
            plugins=plugins,
            clock=clock,
            ids=night.ids,
            holder=Holder(name=name, lease_seconds=LEASE_SECONDS, console="0"),
        )

    async def live(self) -> None:
        """Conduct until the run is over; between, do what the person would."""
        night, ending = self._night, None
        for _ in range(MOST_LIVES):
            taken = await self._take_up()
            if taken is None:
                return
            run = self._desk.run(taken.run)
            conductor = night.parts.conductor(
                self._crew, taken.lease, LEASE_SECONDS, is_cancelled=self._wants_to_leave
            )
            if night.will_stop:
                asyncio.get_running_loop().call_later(
                    night.chance.random() * 3, self._stop_soon, taken.run
                )
            night.is_conducting = True
            if run.rollback is not None and run.rollback.fired_at is not None:
                ending = await conductor.fall_back(VERIFICATION)
            else:
                ending = await conductor.conduct()
            night.is_conducting = False
            if ending.outcome is RunOutcome.STOPPED:
                night.was_left = True
                return
            if ending.outcome is not RunOutcome.HELD:
                return
            await self._deal_with(self._desk.run(taken.run))
            if self._is_given_up(self._desk.run(taken.run)):
                night.was_left = True
                return
        night.wrong.append(f"still held after {MOST_LIVES} times: {ending}")

    def _is_given_up(self, run: RunState) -> bool:
        """Tell whether the rollback stays partial although people tried; they go on by hand."""
        if run.rollback is None or run.rollback.ending is None:
            return False
        self._tries += 1
        return self._tries > MOST_TRIES

    def _wants_to_leave(self) -> bool:
        """Tell whether the person leaves to roll back."""
        night = self._night
        return night.leave_at is not None and night.points >= night.leave_at

    def _stop_soon(self, run: str) -> None:
        self._night.will_stop = False
        self._stopper = asyncio.get_running_loop().create_task(self._stop(run))

    async def _stop(self, run: str) -> None:
        found = next(each for each in self._desk.state.runs if each == run)
        await self._desk.submit(StopLine(run=found, said=Said(note="stop")))

    async def _take_up(self) -> TakenUp | None:
        """Take the run up, waiting for a lease that a dead program held."""
        standing = self._desk.state.newest_run(self._night.shape.release.id)
        if standing is not None and standing.is_over:
            return None
        for _ in range(20):
            taken = await self._opener.open_or_take_up(
                self._night.shape.release.id, rehearsal=False
            )
            if isinstance(taken, TakenUp):
                return taken
            if not any(reason.rule == "lease_held" for reason in taken.reasons):
                self._night.wrong.append(f"not taken up: {taken}")
                return None
            await self._crew.clock.sleep(1.0)
        self._night.wrong.append("the lease never ran out")
        return None

    async def _deal_with(self, run: RunState) -> None:
        """Do what a person does about a held run."""
        night = self._night
        if self._wants_to_leave():
            night.leave_at = None
            if await self._roll_back(run):
                return
        # Long enough that nothing is on its way any more: then what a system shows is the truth.
        await self._crew.clock.sleep(SETTLE + LATEST + UNSEEN)
        for hold in self._desk.run(run.id).holds:
            await self._end(self._desk.run(run.id), hold)

    async def _end(self, run: RunState, hold: Hold) -> None:
        """Deal with the cause of one hold."""
        night = self._night
        said = Said(note="seen to")
        match hold.cause:
            case HoldCause.EFFECT:
                effect = run.effects[EffectId(hold.thing)].effect
                if effect.state in {EffectState.UNKNOWN, EffectState.ACKNOWLEDGED}:
                    outcome = night.truth(effect.id)
                    settled = EffectSettledByHand(
                        run=run.id, effect=effect.id, outcome=outcome, note="looked"
                    )
                    await self._desk.submit(MoveEffect(run=run.id, move=settled))
                elif effect.state is not EffectState.SENT:
                    await self._desk.submit(
                        EndHold(run=run.id, cause=hold.cause, thing=hold.thing, said=said)
                    )
            case HoldCause.CLOCK:
                night.mend_clock()
                await self._desk.submit(
                    EndHold(run=run.id, cause=hold.cause, thing=hold.thing, said=said)
                )
            case HoldCause.STEP:
                step = next((each for each in run.steps if each == hold.thing), None)
                point = self._point_behind(run, hold)
                if point is not None:
                    kept = KeepRestorePoint(run=run.id, point=point, says="taken by hand")
                    await self._desk.submit(kept)
                if step is None or run.steps[step].state is not StepState.FAILED:
                    await self._desk.submit(
                        EndHold(run=run.id, cause=hold.cause, thing=hold.thing, said=said)
                    )
                elif night.chance.random() < 0.7:
                    await self._desk.submit(RepeatStep(run=run.id, step=step, said=said))
                else:
                    await self._desk.submit(
                        DecideFollowers(run=run.id, step=step, decision=Followers.GO_ON, said=said)
                    )
            case HoldCause.CHANGE:
                state = "" if run.change is None else run.change.state
                keep = night.chance.random() < 0.5
                settled_change = SettleChange(run=run.id, state=state, keep=keep, said=said)
                await self._desk.submit(settled_change)
            case HoldCause.CHECK:
                step = next(each for each in run.steps if each == hold.thing)
                await self._desk.submit(
                    EndStep(run=run.id, step=step, state=StepState.SKIPPED, said=said)
                )
            case _:
                await self._desk.submit(
                    EndHold(run=run.id, cause=hold.cause, thing=hold.thing, said=said)
                )

    def _point_behind(self, run: RunState, hold: Hold) -> str | None:
        """Give the restore point whose job did not succeed, if that is what holds the run."""
        found = run.effects.get(EffectId(hold.thing))
        return found.intent.serves if found is not None else None

    async def _roll_back(self, run: RunState) -> bool:
        """Arm and fire the rollback with the second person; tell whether it was fired."""
        for _ in range(4):
            armed = await self._armourer.arm(run.id, None, reason="checkout fails")
            if isinstance(armed, Refusal):
                await self._crew.clock.sleep(0.5)
                continue
            asked = await self._desk.submit(
                AskSignature(run=run.id, act=TwoPersonAct.ROLLBACK, thing=run.id)
            )
            fact = None if isinstance(asked, Refusal) else asked[0].fact
            if not isinstance(fact, SignatureAsked):
                return False
            request = parse_request(fact.request.encode())
            answer = answer_request(request, INES, KEYS[INES], self._crew.clock.now())
            fired = await self._retreat.fire(run.id, answer)
            if not isinstance(fired, Refusal):
                return True
        return False
