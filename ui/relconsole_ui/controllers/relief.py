"""Relief steps: offered wherever a rollback is, started singly, turned off again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.step_commands import EndStep, Said
from relconsole.domain.plan.runbook import Step
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.presenters.relief import present_relief
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.views.rollback.relief import ReliefPanel


class ReliefController:
    """Feeds the panels of relief, and starts what is pressed."""

    def __init__(self, room: Room, is_conducting: Callable[[], bool]) -> None:
        """Take the room, and whether this window conducts the night."""
        self._room = room
        self._is_conducting = is_conducting
        self._panels: list[ReliefPanel] = []
        room.follow(self._show)

    def serve(self, panel: ReliefPanel) -> None:
        """Feed a panel too, and do what is pressed on it."""
        self._panels.append(panel)
        panel.wanted.connect(partial(self._use, panel))
        self._show(self._room.seen())

    def _show(self, seen: Seen) -> None:
        rows = present_relief(seen, is_conducting=self._is_conducting())
        for panel in self._panels:
            panel.show_rows(rows)

    def _use(self, panel: ReliefPanel, key: str, reason: str) -> None:
        """Start the relief, or what turns it off, or say that a person is done with it."""
        seen = self._room.seen()
        rows = present_relief(seen, is_conducting=self._is_conducting())
        row = next((each for each in rows.rows if each.key == key), None)
        run = seen.run
        step = None if run is None or row is None else run.find_step(row.step)
        if run is None or row is None or step is None or not row.is_possible:
            return

        def answered(answer: Answer) -> None:
            panel.show_failure(words_of(answer))

        self._room.command(
            f"{row.button.lower()} {row.key}",
            self._call(run.id, step, Said(note=reason), ends=row.ends),
            answered,
        )

    def _call(
        self, run: RunId, step: Step, said: Said, *, ends: bool
    ) -> Callable[[], Awaitable[object]]:
        tools = self._room.tools
        if not ends:
            return lambda: tools.mover.start(run, step, said)
        return lambda: self._end(run, step, said)

    async def _end(self, run: RunId, step: Step, said: Said) -> object:
        """End a relief that a person did by hand, once its checks were read."""
        tools = self._room.tools
        found = tools.desk.run(run)
        if not found.rehearsal:
            attempt = len(found.steps[step.id].attempts)
            for check in step.checks:
                await tools.mover.read_check(run, step, check, attempt)
        return await tools.desk.submit(
            EndStep(run=run, step=step.id, state=StepState.DONE, said=said)
        )
