"""Confirming the closure code of a change, and letting the change record hear of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.change_commands import ConfirmClosure
from relconsole.domain.night.change_facts import ClosureCode
from relconsole.domain.night.step_commands import Said
from relconsole.ports.clock import Clock
from relconsole.services.desk import Desk, Records
from relconsole.services.last_words import tell_the_rest


class Closer:
    """Records a person's word on the closure code of an ended night."""

    def __init__(
        self, *, desk: Desk, clock: Clock, deliver: Callable[[RunId], Awaitable[None]]
    ) -> None:
        """Take the desk, the clock, and what delivers what a run owes."""
        self._desk = desk
        self._clock = clock
        self._deliver = deliver

    async def confirm(
        self, run: RunId, code: ClosureCode, proposed: ClosureCode, note: str = ""
    ) -> Records | Refusal:
        """Give what confirming came to; what the record is owed of it leaves for some seconds."""
        command = ConfirmClosure(run=run, code=code, proposed=proposed, said=Said(note=note))
        records = await self._desk.submit(command)
        if not isinstance(records, Refusal):
            await tell_the_rest(
                self._clock,
                lambda: [self._desk.run(run)],
                lambda: self._deliver(run),
                self._desk.state.workspace.policy.clock_jump,
            )
        return records
