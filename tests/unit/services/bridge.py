"""A bridge to tell stories on: the real services over fakes, on a clock that never waits."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.ids import EffectId, FactId, PersonId, RunId, StepId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_commands import AskSignature
from relconsole.domain.night.rollback_facts import SignatureAsked, TwoPersonAct
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.night.step_commands import EndStep
from relconsole.domain.record.codec import Codec
from relconsole.domain.record.effect import EffectState, RecognisesRepeat
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.record.request import Answer, answer_request, parse_request
from relconsole.domain.release.release import Release
from relconsole.plugin_api.effects import EffectRequest
from relconsole.plugin_api.effects import Ending as RemoteEnding
from relconsole.plugin_api.itsm import ChangeRecord
from relconsole.ports.inbox import Inbox, Order, SignedAct
from relconsole.ports.questions import Answered, Word
from relconsole.services.arming import Armourer
from relconsole.services.asking import Interviewer
from relconsole.services.change_keeper import ChangeKeeper
from relconsole.services.checkpoints import Checkpointer
from relconsole.services.conduct import Conductor
from relconsole.services.crew import Crew, Ending
from relconsole.services.deliver import Dispatcher
from relconsole.services.desk import Desk, Signer
from relconsole.services.falling_back import Retreat
from relconsole.services.forecasting import Forecaster
from relconsole.services.opening import Holder, Opener, TakenUp
from relconsole.services.orders import OrderTaker, PostedCommand, make_order_codec
from relconsole.services.patience import Patience
from relconsole.services.restore import RestoreKeeper
from relconsole.services.steps import StepMover
from relconsole.services.watch import Watcher
from tests.helpers.fakes.cache import FakeCache
from tests.helpers.fakes.credentials import FakeCredentials
from tests.helpers.fakes.evidence import FakeEvidence
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.journal import FakeJournal, Stored
from tests.helpers.fakes.plugins import WELL, Course, FakePlugins, Target, Way, World
from tests.helpers.fakes.questions import FakeAsker
from tests.helpers.fakes.tasks import FakeTasks
from tests.promises.sim.clock import VirtualClock
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import (
    CODEC,
    INES,
    KEYS,
    LEDGER,
    MARA,
    OLD,
    PAY,
    POLICY,
    STATION,
    Shape,
    shape_of,
)

Given = TypeVar("Given")
LEASE_SECONDS = 30.0
Samples = Sequence[tuple[Mapping[str, str], float]]
Answers = Mapping[str, tuple[Answered | Word, ...]]


class Bridge:
    """One release on one store; `night` opens a run and takes it up."""

    def __init__(
        self,
        loop: VirtualLoop,
        release: Release,
        *,
        two_people: bool = False,
        answers: Answers | None = None,
        waits: bool = False,
        policy: Policy = POLICY,
        inbox: Inbox | None = None,
        durable: bool = True,
        desk: type[Desk] = Desk,
    ) -> None:
        self._desk_type = desk
        self.loop = loop
        loop.chance = random.Random(7)
        self.shape: Shape = loop.play(
            shape_of("bridge", release, two_people=two_people, policy=policy)
        )
        self.release = release
        self.clock = VirtualClock(loop, release.window.start)
        self.stored = Stored(envelopes=list(self.shape.stored.envelopes))
        self.ids = FakeIds()
        for _ in self.stored.envelopes:
            self.ids.fresh()
        self.courses: dict[str, list[Course]] = {}
        self.systems_down: set[SystemId] = set()
        self.world = World(time=loop.time, wall=self.clock.now, goes=self._goes)
        for service in (PAY, LEDGER):
            self.world.values[f"version:{service}"] = self._versions(service)
        self.inbox = inbox
        self.credentials = FakeCredentials(durable=durable)
        self.evidence = FakeEvidence()
        self.cache = FakeCache()
        self.asker = FakeAsker(answers, waits=waits)
        self.told: list[Recorded[ConsoleFact]] = []
        self.said: list[str] = []
        self.is_cancelled = False
        self.tasks: list[asyncio.Task[object]] = []
        self.start(self.shape.state)

    def start(self, state: ConsoleState, *, name: str = "console") -> None:
        """Begin a program over what is stored, in this state."""
        self.journal = FakeJournal(self.stored)
        self.desk = self._desk_type(
            journal=self.journal,
            clock=self.clock,
            ids=self.ids,
            codec=CODEC,
            state=state,
            signer=Signer(person=MARA, key=KEYS[MARA]) if self.shape.two_people else None,
            announce=lambda recorded, _state: self.told.append(recorded),
            brake=self.is_braked,
        )
        self.plugins = FakePlugins(self.world)
        self.forecaster = Forecaster()
        desk, plugins, clock, tasks = self.desk, self.plugins, self.clock, FakeTasks()
        self.keeper = RestoreKeeper(desk=desk, plugins=plugins)
        self.armourer = Armourer(desk=desk, plugins=plugins, clock=clock)
        self.mover = StepMover(desk=desk, plugins=plugins, clock=clock, forecaster=self.forecaster)
        self.interviewer = Interviewer(desk=desk, clock=clock, mover=self.mover, asker=self.asker)
        self.patience = Patience(clock, random.Random(11).random)
        self.retreat = Retreat(
            desk=desk,
            plugins=plugins,
            clock=clock,
            evidence=self.evidence,
            armourer=self.armourer,
            keeper=self.keeper,
            patience=self.patience,
        )
        self.dispatcher = Dispatcher(
            desk=desk, plugins=plugins, clock=clock, tasks=tasks, patience=self.patience
        )
        self.watcher = Watcher(
            desk=desk,
            plugins=plugins,
            clock=clock,
            tasks=tasks,
            release=self.release,
            cache=self.cache,
        )
        self.checkpointer = self.checkpointer_of(desk)
        orders = None
        if self.inbox is not None:
            orders = OrderTaker(
                desk=desk, inbox=self.inbox, clock=clock, tasks=tasks, orders=make_order_codec()
            )
        self.crew = Crew(
            desk=desk,
            clock=clock,
            dispatcher=self.dispatcher,
            watcher=self.watcher,
            mover=self.mover,
            interviewer=self.interviewer,
            checkpointer=self.checkpointer,
            change_keeper=ChangeKeeper(
                desk=desk, plugins=plugins, clock=clock, patience=self.patience
            ),
            keeper=self.keeper,
            retreat=self.retreat,
            orders=orders,
            say=self.said.append,
        )
        self.opener = self.opener_of(name)

    def is_braked(self) -> bool:
        """Tell whether somebody posted a stop that is not recorded yet."""
        return self.inbox is not None and self.inbox.has_standing(self.journal.id)

    def checkpointer_of(self, desk: Desk) -> Checkpointer:
        return Checkpointer(desk=desk, clock=self.clock, credentials=self.credentials)

    def approve(self) -> None:
        """Let the change record stand as approved."""
        self.world.changes["CHG-1"] = ChangeRecord(
            id="CHG-1",
            title="Pay 4",
            state="approved",
            requester="tomas",
            approver="board",
            approved_at=self.clock.now(),
        )

    async def say_go(self, gate: str) -> None:
        """Answer a gate for its station, upon which it is decided."""
        step = self.run.find_step(StepId(gate))
        assert step is not None
        answer = Answered(step=step.id, word=Word.GO, for_name=STATION)
        taken = await self.interviewer.take_gate(self.run.id, step, answer)
        assert not isinstance(taken, Refusal), taken

    def dispatcher_anew(self) -> None:
        """Let a dispatcher deliver that has asked no system yet how it knows repeats."""
        self.dispatcher = Dispatcher(
            desk=self.desk,
            plugins=self.plugins,
            clock=self.clock,
            tasks=FakeTasks(),
            patience=self.patience,
        )
        self.crew = replace(self.crew, dispatcher=self.dispatcher)

    def opener_of(self, name: str) -> Opener:
        return Opener(
            desk=self.desk,
            plugins=self.plugins,
            clock=self.clock,
            ids=self.ids,
            holder=Holder(name=name, lease_seconds=LEASE_SECONDS, console="0.1.0"),
        )

    def play(self, scene: Coroutine[Any, Any, Given]) -> Given:
        """Run a scene on the virtual clock."""
        return self.loop.play(scene)

    def see(self, query: str, *samples: tuple[Mapping[str, str], float]) -> None:
        """Let a query give these values from now on."""
        self.world.values[query] = lambda: samples

    def _versions(self, service: str) -> Callable[[], Samples]:
        return lambda: (({"instance": "1", "version": self.world.version(service, OLD)}, 1.0),)

    def goes(self, verb: str, *courses: Course) -> None:
        """Let the next calls of a verb go so, one after the other, and all later ones well."""
        self.courses.setdefault(verb, []).extend(courses)

    def fails(self, verb: str, way: Way = Way.IS_DOWN, times: int = 1) -> None:
        """Let the next calls of a verb go this way."""
        self.goes(verb, *(Course(way) for _ in range(times)))

    def _goes(self, verb: str, system: SystemId) -> Course:
        if system in self.systems_down and verb in {"perform", "find", "follow"}:
            return Course(Way.IS_DOWN)
        left = self.courses.get(verb)
        return left.pop(0) if left else WELL

    def knows_repeats(self, system: SystemId, how: RecognisesRepeat) -> None:
        """Let a system know repeats in this way."""
        self.world.targets[system] = replace(self.world.targets.get(system, Target()), how=how)

    async def night(self, *, rehearsal: bool = False) -> RunId:
        """Open a run, or take it up, and give it."""
        return (await self.taken(rehearsal=rehearsal)).run

    async def taken(self, *, rehearsal: bool = False) -> TakenUp:
        taken = await self.opener.open_or_take_up(self.release.id, rehearsal=rehearsal)
        assert isinstance(taken, TakenUp), taken
        return taken

    async def conduct(self, *, rehearsal: bool = False) -> Ending:
        """Take the night up and conduct it until it is over or held."""
        taken = await self.taken(rehearsal=rehearsal)
        return await self._conductor(taken).conduct()

    def _conductor(self, taken: TakenUp) -> Conductor:
        return Conductor(self.crew, taken.lease, LEASE_SECONDS, lambda: self.is_cancelled)

    async def fall_back(self) -> Ending:
        """Take the night up and run its fired rollback."""
        taken = await self.taken()
        return await self._conductor(taken).fall_back(self.release.runbook.verification)

    @property
    def run(self) -> RunState:
        """The one run, as it is on disk."""
        found = self.desk.state.newest_run(self.release.id)
        assert found is not None
        return found

    def effect(self, step: str | None = None, purpose: str | None = None) -> EffectRun:
        """The newest effect, of this step and purpose where they are given."""
        fits = [
            found
            for _, found in sorted(self.run.effects.items())
            if step in (None, found.effect.step) and purpose in (None, found.intent.purpose)
        ]
        return fits[-1]

    def states(self) -> dict[str, StepState]:
        """Where each step stands."""
        return {str(step): found.state for step, found in self.run.steps.items()}

    def held_by(self) -> set[tuple[HoldCause, str]]:
        """The standing holds."""
        return {(hold.cause, hold.thing) for hold in self.run.holds}

    def calls(self, *verbs: str) -> list[str]:
        """The verbs of the calls so far, of these where some are named."""
        return [call.verb for call in self.world.calls if not verbs or call.verb in verbs]

    async def sign(self, act: TwoPersonAct, thing: str, *, signer: PersonId = INES) -> Answer:
        """Ask for a second signature and let it be given."""
        asked = await self.desk.must(AskSignature(run=self.run.id, act=act, thing=thing))
        fact = asked[0].fact
        assert isinstance(fact, SignatureAsked)
        request = parse_request(fact.request.encode())
        return answer_request(request, signer, KEYS[signer], self.clock.now())

    async def fire(self) -> None:
        """Arm the rollback of all that has begun, and fire it by two people."""
        armed = await self.armourer.arm(self.run.id, None, reason="checkout fails")
        assert not isinstance(armed, Refusal), armed
        second = await self.sign(TwoPersonAct.ROLLBACK, self.run.id)
        fired = await self.retreat.fire(self.run.id, second)
        assert not isinstance(fired, Refusal), fired

    async def begin(self, *steps: str) -> None:
        """Start steps, as the loop would."""
        for name in steps:
            step = self.run.find_step(StepId(name))
            assert step is not None
            started = await self.mover.start(self.run.id, step)
            assert not isinstance(started, Refusal), started

    def later(self, seconds: float, command: Callable[[], ConsoleCommand]) -> None:
        """Let somebody else command something, that many seconds on."""

        def act() -> None:
            doing = self.desk.submit(command())
            self.tasks.append(self.loop.create_task(doing))

        self.loop.call_later(seconds, act)

    def order(
        self, command: PostedCommand, codec: Codec[PostedCommand], *, stands: bool = False
    ) -> Order:
        """Give a command as another process would post it, unsigned."""
        kind, _, body = codec.encode(command)
        name = self.ids.fresh()
        return Order(
            id=name,
            journal=self.journal.id,
            kind=kind,
            body=body,
            by=None,
            key=None,
            at=self.clock.now(),
            acts=(SignedAct(id=FactId(name), signature=""),),
            stands=stands,
        )

    def ending_of(self, request: EffectRequest, *, failing: str) -> RemoteEnding:
        """Give failed for the job of one step, succeeded for all others."""
        return RemoteEnding.FAILED if request.step == failing else RemoteEnding.SUCCEEDED

    async def do(self, step: str) -> None:
        """End a step as done."""
        await self.desk.must(EndStep(run=self.run.id, step=StepId(step), state=StepState.DONE))

    async def deliver(self, times: int = 1, pause: float = 0.0) -> None:
        """Carry the effects so many acts further."""
        for _ in range(times):
            await self.dispatcher.deliver(self.run.id)
            await self.clock.sleep(pause)

    async def work(self) -> None:
        """Carry the effects until none of them changes any more, and end the steps."""
        for _ in range(20):
            await self.deliver(pause=0.5)
            await self.mover.finish_jobs(self.run.id)

    def state_of(self, effect: EffectId) -> EffectState:
        return self.run.effects[effect].effect.state


def now(bridge: Bridge) -> datetime:
    """The hour on the wall."""
    return bridge.clock.now()
