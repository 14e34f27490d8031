"""What the controllers share: the console as it is seen, following it, and doing what is wanted.

One `Room` stands for one release on the bridge. It is the only thing of the window that keeps
the newest state; views and presenters are handed what they need.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.health.indicator import Watch
from relconsole.domain.health.series import Series
from relconsole.domain.kernel.errors import PersonMustAct, RuleRefuses, WorldIsDown
from relconsole.domain.kernel.ids import ReleaseId, RunId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.record.file_form import JournalKind
from relconsole.domain.record.recorded import Recorded
from relconsole.ports.clock import Clock
from relconsole.ports.journal import StaleFence
from relconsole.ports.plugins import Standing
from relconsole.ports.signing import SigningRequests
from relconsole.services.arming import Armourer
from relconsole.services.asking import Interviewer
from relconsole.services.desk import Desk
from relconsole.services.falling_back import Retreat
from relconsole.services.forecasting import Forecaster
from relconsole.services.steps import StepMover
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.sources import present_sources

FRAME_SECONDS: Final = 0.016
"""Facts that come within so long of each other are shown together."""

REST_SECONDS: Final = 0.1
"""Between two rounds of showing what facts have changed, however many there are."""

RENEW_SECONDS: Final = 5.0
"""How old a forecast may be while nothing but time moves."""

Listener = Callable[[Seen], None]
Turns = Callable[[Callable[[], None]], object]
"""Lets a call have a turn of its own in the loop, soon."""

FactListener = Callable[[Recorded[ConsoleFact], ConsoleState], None]
Failed = str
"""Why something was not done, in one or more sentences."""

Answer = object
"""What an act came to: whatever it gave, a ``Refusal``, or a ``NotDone``."""


@dataclass(frozen=True, slots=True)
class NotDone:
    """Why an act did not happen, for a person: what, why and what to do."""

    says: str


class Tasks(Protocol):
    """Runs what a person wants, and what looks for something now and then."""

    def command(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> bool:
        """Run a call to its end; False where the window closes already."""
        ...

    def poll(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run a call that may be cancelled."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The services behind the acts of a night."""

    desk: Desk
    mover: StepMover
    interviewer: Interviewer
    armourer: Armourer
    retreat: Retreat
    clock: Clock
    requests: SigningRequests


@dataclass(slots=True, kw_only=True)
class Sight:
    """What is observed beside the record; the application fills it in as it comes to know it."""

    watches: Callable[[], Mapping[str, Watch]] = dict
    series: Callable[[], Mapping[str, Series]] = dict
    standing: Callable[[], tuple[Standing, ...]] = tuple
    forecaster: Forecaster = field(default_factory=Forecaster)


class Room:
    """One release on the bridge: seen, followed and acted upon."""

    def __init__(
        self,
        *,
        tools: Tools,
        tasks: Tasks,
        sight: Sight,
        release: ReleaseId,
        kind: JournalKind,
        zone: str,
        turns: Turns | None = None,
    ) -> None:
        """Take the services, the owner of tasks, what is observed, and what is on the bridge.

        With ``turns`` everybody who follows has one, so that keys and the mouse come in between;
        without it all are shown at once.
        """
        self.tools = tools
        self.sight = sight
        self.release = release
        self._tasks = tasks
        self._kind = kind
        self.zone = zone
        self._listeners: list[Listener] = []
        self._fact_listeners: list[FactListener] = []
        self._forecast: Forecast | None = None
        self._is_forecasting = False
        self._shown_size = -1
        self._is_due = False
        self._is_left = False
        self._shown_at = -REST_SECONDS
        self._turns = turns
        self._round: deque[Listener] = deque()
        self._is_in_round = False
        self._wants_round = False

    @property
    def is_left(self) -> bool:
        """Tell whether nobody follows any more, for good."""
        return self._is_left

    @property
    def run_id(self) -> RunId | None:
        """Give the newest run of the release, None before the first."""
        found = self.tools.desk.state.newest_run(self.release)
        return None if found is None else found.id

    def seen(self) -> Seen:
        """Give the console as it is at this instant."""
        desk, now = self.tools.desk, self.tools.clock.now()
        return Seen(
            state=desk.state,
            release_id=self.release,
            run_id=self.run_id,
            kind=self._kind,
            now=now,
            zone=self.zone,
            person=desk.person,
            forecast=self._forecast,
            watches=self.sight.watches(),
            sources=present_sources(self.sight.standing(), now),
            series=self.sight.series(),
        )

    def follow(self, listener: Listener) -> None:
        """Call this with what is seen: now, at each fact, and once a second."""
        self._listeners.append(listener)
        listener(self.seen())

    def follow_facts(self, listener: FactListener) -> None:
        """Call this with each fact, once it is recorded, and the state after it."""
        self._fact_listeners.append(listener)

    def unfollow(self) -> None:
        """Let nobody follow any more, nor hear what an act came to, before the views go."""
        self._is_left = True
        self._listeners.clear()
        self._fact_listeners.clear()
        self._round.clear()

    def take_fact(self, recorded: Recorded[ConsoleFact], state: ConsoleState) -> None:
        """Take a fact that was recorded; all that come within a frame are shown together."""
        for listener in self._fact_listeners:
            listener(recorded, state)
        if not self._is_due:
            self._is_due = True
            rest = self._shown_at + REST_SECONDS - self.tools.clock.tick()
            loop = asyncio.get_running_loop()
            loop.call_later(max(FRAME_SECONDS, rest), self.show)

    def show(self) -> None:
        """Show everybody what is seen now; while a round goes on, once more after it."""
        self._is_due = False
        self._shown_at = self.tools.clock.tick()
        if self._turns is None:
            seen = self.seen()
            for listener in self._listeners:
                listener(seen)
            self._forecast_again(seen)
        elif self._is_in_round:
            self._wants_round = True
        else:
            self._begin_round(self._turns)

    def _begin_round(self, turns: Turns) -> None:
        """Show everybody the same, one in each turn."""
        self._is_in_round, self._wants_round = True, False
        self._round.extend(self._listeners)
        seen = self.seen()

        def take_turn() -> None:
            if self._round:
                # Whoever fails keeps nobody else from being shown.
                turns(take_turn)
                self._round.popleft()(seen)
                return
            self._is_in_round = False
            self._forecast_again(seen)
            if self._wants_round and self._listeners:
                self._begin_round(turns)

        turns(take_turn)

    def command(
        self,
        name: str,
        act: Callable[[], Awaitable[object]],
        answered: Callable[[Answer], None] | None = None,
    ) -> None:
        """Do what a person wants, under this name, and hand on what it came to.

        A refusal and what a person or the world stands in the way of are answers, not errors; so
        is that the window closes already.
        """

        async def do() -> None:
            answer = await answer_of(act)
            if self._is_left:
                return
            if answered is not None:
                answered(answer)
            self.show()

        if not self._tasks.command(name, do) and answered is not None and not self._is_left:
            answered(NotDone("The window closes. Nothing was done."))

    def run(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> bool:
        """Run what goes on until it comes to its own end, which the closing window waits for.

        False where the window closes already, and nothing runs.
        """
        return self._tasks.command(name, call)

    def poll(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run what looks for something now and then, until the window closes."""
        self._tasks.poll(name, call)

    def _forecast_again(self, seen: Seen) -> None:
        """Make a forecast beside the loop where the night has moved, or time has."""
        known = self._forecast
        is_fresh = (
            known is not None
            and self._shown_size == seen.state.size
            and (seen.now - known.made_at).total_seconds() < RENEW_SECONDS
        )
        run = seen.run
        if run is None or run.is_over or is_fresh or self._is_forecasting:
            return
        self._is_forecasting = True

        async def make() -> None:
            try:
                self._forecast = await asyncio.to_thread(
                    self.sight.forecaster.renew, seen.state, run.id, seen.now
                )
                self._shown_size = seen.state.size
            finally:
                self._is_forecasting = False

        self._tasks.command("forecast", make)


async def answer_of(act: Callable[[], Awaitable[object]]) -> Answer:
    """Give what an act came to, with what stood in its way as an answer."""
    try:
        return await act()
    except RuleRefuses as refused:
        return refused.refusal
    except StaleFence:
        return NotDone("Another console took this run over; this window only looks on.")
    except (PersonMustAct, WorldIsDown) as wrong:
        return NotDone(str(wrong))


def words_of(answer: Answer) -> Failed:
    """Give why an act was not done, empty where it was."""
    if isinstance(answer, Refusal):
        return " ".join(
            f"{reason}." if str(reason)[-1:] != "." else str(reason) for reason in answer.reasons
        )
    return answer.says if isinstance(answer, NotDone) else ""
