"""With whom a run is conducted, and how conducting ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from relconsole.domain.night.facts import RunOutcome
from relconsole.ports.clock import Clock
from relconsole.services.asking import Interviewer
from relconsole.services.change_keeper import ChangeKeeper
from relconsole.services.checkpoints import Checkpointer
from relconsole.services.deliver import Dispatcher
from relconsole.services.desk import Desk
from relconsole.services.falling_back import Retreat
from relconsole.services.orders import OrderTaker
from relconsole.services.restore import RestoreKeeper
from relconsole.services.steps import StepMover
from relconsole.services.watch import Watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How conducting ended, and why."""

    outcome: RunOutcome
    reasons: tuple[str, ...] = ()


def held(*reasons: str) -> Ending:
    """Give the ending of a run that waits for people."""
    return Ending(outcome=RunOutcome.HELD, reasons=reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Everything that a run is conducted with.

    ``say`` shows a line to whoever conducts: an answer that was refused while the night goes on.
    """

    desk: Desk
    clock: Clock
    dispatcher: Dispatcher
    watcher: Watcher
    mover: StepMover
    interviewer: Interviewer
    checkpointer: Checkpointer
    change_keeper: ChangeKeeper
    keeper: RestoreKeeper
    retreat: Retreat
    orders: OrderTaker | None = None
    say: Callable[[str], None] | None = None
