"""What a console that will be killed does from its start: take up, conduct, roll back, to the end.

The person before it looks at the world's own log before settling anything by hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from relconsole.adapters.clock import SystemIds, draw
from relconsole.adapters.evidence import EvidenceFolder
from relconsole.adapters.journal_sql.opening import open_journal
from relconsole.adapters.store.layout import StoreLayout
from relconsole.adapters.store.writer_lock import take_writer
from relconsole.domain.console.facts import make_codec
from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import EndHold
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import EffectSettledByHand
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.rollback_commands import AskSignature
from relconsole.domain.night.rollback_facts import SignatureAsked, TwoPersonAct
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.night.state import Hold, RunState
from relconsole.domain.night.step_commands import RepeatStep, Said
from relconsole.domain.plan.runbook import StepKind
from relconsole.domain.record.effect import EffectState, Outcome, RecognisesRepeat
from relconsole.domain.record.request import answer_request, parse_request
from relconsole.ports.journal import JournalKind
from relconsole.ports.plugins import Plugins
from relconsole.ports.questions import Answered, Question, Word
from relconsole.runtime.tasks import AsyncioTasks
from relconsole.services.arming import Armourer
from relconsole.services.asking import Interviewer
from relconsole.services.change_keeper import ChangeKeeper
from relconsole.services.checkpoints import Checkpointer
from relconsole.services.conduct import Conductor, Crew
from relconsole.services.deliver import Dispatcher
from relconsole.services.desk import Desk, Signer, load_state
from relconsole.services.falling_back import Retreat
from relconsole.services.forecasting import Forecaster
from relconsole.services.opening import Holder, Opener, TakenUp
from relconsole.services.patience import Patience
from relconsole.services.restore import RestoreKeeper
from relconsole.services.steps import StepMover
from relconsole.services.watch import Watcher
from tests.promises.kills_life import (
    LocalPlugins,
    NoKeyring,
    PointedLedger,
    Points,
    QuickClock,
    TracedJournal,
)
from tests.promises.kills_plan import (
    CI,
    INES,
    KEYS,
    MANUAL,
    MARA,
    OTHER_CI,
    RELEASE,
    STATION,
    wanted,
)

LEASE_SECONDS: Final = 0.1
"""Short, since a killed console's lease runs out before anybody else may act."""

VERIFICATION: Final = timedelta(seconds=1)
MOST_TURNS: Final = 60
SAID: Final = Said(note="looked")


class Course(StrEnum):
    """How a night goes."""

    FINISHES = "finishes"
    ROLLS_BACK = "rolls back from its end"
    TURNS_BACK = "rolls back on the way"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the engine is built of; a mutant exchanges one of them."""

    journal: type[TracedJournal] = TracedJournal
    plugins: Callable[[LocalPlugins, Points], Any] = lambda plugins, _: plugins
    dispatcher: type[Dispatcher] = Dispatcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A night's folder, how it goes, and what it is played with.

    ``stops`` where the program ends when it is to roll back; ``alone`` where nothing but the
    journal has a thread of its own, so that calls can be counted.
    """

    folder: Path
    course: Course
    how: RecognisesRepeat
    parts: Parts
    stops: bool = False
    alone: bool = False


class AtOnce(ThreadPoolExecutor):
    """Threads that do their work before anybody has to wait for it, in the caller's."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as wrong:  # noqa: BLE001 - it goes to whoever asked
            done.set_exception(wrong)
        return done


class Bridge:
    """Answers the gate and, where the night finishes, the last step."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def answer(self, question: Question) -> Answered | None:
        if question.step.kind is StepKind.GATE:
            return Answered(step=question.step.id, word=Word.GO, for_name=STATION)
        if self._course is Course.FINISHES:
            return Answered(step=question.step.id, word=Word.DONE, note="seen")
        return None

    def may_still_answer(self, question: Question) -> bool:
        return False


def live(scene: Scene, points: Points) -> None:
    """Be one program, from its start until the night is over."""
    asyncio.run(_live(scene, points))


async def _live(scene: Scene, points: Points) -> None:
    clock = QuickClock()
    if scene.alone:
        asyncio.get_running_loop().set_default_executor(AtOnce())
    layout = StoreLayout(scene.folder / "store")
    ledger = type("Pointed", (PointedLedger,), {"points": points})
    async with AsyncExitStack() as stack:
        role = take_writer(layout.folder, "night", clock.now())
        stack.callback(role.release)
        opened = await open_journal(
            layout.journal(JournalKind.LIVE), wanted(clock.now()), make_ledger=ledger
        )
        stack.push_async_callback(opened.close)
        journal = scene.parts.journal(opened, points)
        points.pass_by("opened")
        local = LocalPlugins(scene.folder, (CI, OTHER_CI), points, scene.how)
        codec = make_codec()
        desk = Desk(
            journal=cast("Any", journal),
            clock=clock,
            ids=SystemIds(),
            codec=codec,
            state=await load_state(cast("Any", journal), codec),
            signer=Signer(person=MARA, key=KEYS[MARA]),
        )
        plugins = cast("Plugins", scene.parts.plugins(local, points))
        await Program(scene, desk, clock, plugins, role.holder.name).live()


class Program:
    """One process, and the person before it."""

    def __init__(
        self, scene: Scene, desk: Desk, clock: QuickClock, plugins: Plugins, holder: str
    ) -> None:
        self._scene = scene
        self._desk = desk
        self._clock = clock
        forecaster, tasks = Forecaster(), AsyncioTasks()
        keeper = RestoreKeeper(desk=desk, plugins=plugins)
        self._armourer = Armourer(desk=desk, plugins=plugins, clock=clock)
        mover = StepMover(desk=desk, plugins=plugins, clock=clock, forecaster=forecaster)
        patience = Patience(clock, draw)
        self._retreat = Retreat(
            desk=desk,
            plugins=plugins,
            clock=clock,
            evidence=EvidenceFolder(scene.folder / "store/evidence"),
            armourer=self._armourer,
            keeper=keeper,
            patience=patience,
        )
        release = desk.state.workspace.releases[RELEASE]
        bridge = Bridge(scene.course)
        self._crew = Crew(
            desk=desk,
            clock=clock,
            dispatcher=scene.parts.dispatcher(
                desk=desk, plugins=plugins, clock=clock, tasks=tasks, patience=patience
            ),
            watcher=Watcher(desk=desk, plugins=plugins, clock=clock, tasks=tasks, release=release),
            mover=mover,
            interviewer=Interviewer(desk=desk, clock=clock, mover=mover, asker=bridge),
            checkpointer=Checkpointer(desk=desk, clock=clock, credentials=NoKeyring()),
            change_keeper=ChangeKeeper(desk=desk, plugins=plugins, clock=clock, patience=patience),
            keeper=keeper,
            retreat=self._retreat,
        )
        self._opener = Opener(
            desk=desk,
            plugins=plugins,
            clock=clock,
            ids=SystemIds(),
            holder=Holder(name=holder, lease_seconds=LEASE_SECONDS, console="0"),
        )

    async def live(self) -> None:
        """Go on until the run is over; RuntimeError where it does not end."""
        for _ in range(MOST_TURNS):
            run = self._desk.state.newest_run(RELEASE)
            if run is not None and run.is_over:
                return
            if run is not None and self._is_to_roll_back(run):
                if self._scene.stops:
                    return
                await self._fire(run)
                continue
            taken = await self._take_up()
            run = self._desk.run(taken.run)
            conductor = Conductor(
                self._crew, taken.lease, LEASE_SECONDS, is_cancelled=partial(self._leaves, taken)
            )
            back = run.rollback is not None and run.rollback.fired_at is not None
            ending = await (conductor.fall_back(VERIFICATION) if back else conductor.conduct())
            if ending.outcome is RunOutcome.HELD:
                await self._deal_with(self._desk.run(taken.run))
        run = self._desk.state.newest_run(RELEASE)
        raise RuntimeError(f"the night does not end: {run and (run.holds, run.rollback)}")

    def _leaves(self, taken: TakenUp) -> bool:
        return self._is_to_roll_back(self._desk.run(taken.run))

    def _is_to_roll_back(self, run: RunState) -> bool:
        """Tell whether the person rolls back now, by what the night's course is."""
        fired = run.rollback is not None and run.rollback.fired_at is not None
        if fired or self._scene.course is Course.FINISHES:
            return False
        begun = [step for step, found in run.steps.items() if found.attempts]
        if self._scene.course is Course.TURNS_BACK:
            return len(begun) >= 2
        return all(found.was_done for step, found in run.steps.items() if step != MANUAL)

    async def _take_up(self) -> TakenUp:
        """Take the run up, once the lease of a killed console has run out."""
        for _ in range(400):
            taken = await self._opener.open_or_take_up(RELEASE, rehearsal=False)
            if isinstance(taken, TakenUp):
                return taken
            if taken.reasons[0].rule != "lease_held":
                raise RuntimeError(str(taken))
            await self._clock.sleep(0.2)
        raise RuntimeError("the lease never ran out")

    async def _fire(self, run: RunState) -> None:
        """Arm the rollback, let the second person sign, and fire it."""
        # A token of its own, so that facts of a killed console's run are never written beside it.
        await self._take_up()
        armed = await self._armourer.arm(run.id, None, reason="checkout fails")
        assert not isinstance(armed, Refusal), armed
        ask = AskSignature(run=run.id, act=TwoPersonAct.ROLLBACK, thing=run.id)
        asked = (await self._desk.must(ask))[0].fact
        assert isinstance(asked, SignatureAsked)
        request = parse_request(asked.request.encode())
        answer = answer_request(request, INES, KEYS[INES], self._clock.now())
        fired = await self._retreat.fire(run.id, answer)
        if isinstance(fired, Refusal) and fired.reasons[0].rule != "fleet_moved":
            raise RuntimeError(str(fired))

    async def _deal_with(self, run: RunState) -> None:
        """Do what a person does about each hold."""
        for hold in run.holds:
            await self._end(self._desk.run(run.id), hold)

    async def _end(self, run: RunState, hold: Hold) -> None:
        match hold.cause:
            case HoldCause.EFFECT:
                effect = run.effects[EffectId(hold.thing)].effect
                if effect.state in {EffectState.UNKNOWN, EffectState.ACKNOWLEDGED}:
                    move = EffectSettledByHand(
                        run=run.id, effect=effect.id, outcome=self._truth(effect.id), note="looked"
                    )
                    await self._desk.must(MoveEffect(run=run.id, move=move))
                    return
            case HoldCause.STEP:
                failed = [each for each in run.steps if each == hold.thing]
                if failed and run.steps[failed[0]].state is StepState.FAILED:
                    await self._desk.must(RepeatStep(run=run.id, step=failed[0], said=SAID))
                    return
            case _:
                pass
        end = EndHold(run=run.id, cause=hold.cause, thing=hold.thing, said=SAID)
        await self._desk.submit(end)

    def _truth(self, effect: EffectId) -> Outcome | None:
        """Give what a person finds who looks at what the commands left behind."""
        log = self._scene.folder / "world/log"
        return Outcome.SUCCEEDED if log.exists() and effect in log.read_text() else None
