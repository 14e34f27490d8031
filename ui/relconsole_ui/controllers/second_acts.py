"""The acts of a night that take two people: overriding a check, giving up the way back, resuming.

Each is tried alone first, as it is on the command line; the second person is asked where only
their signature is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeGuard

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import ResumeLine
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.step_commands import EndStep, Said
from relconsole.domain.plan.runbook import Step
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.controllers.seconded import SecondedController
from relconsole_ui.presenters.second_acts import commit_words, override_words, resume_words

_COMMITS: Final = frozenset({"irreversible_step", "past_latest_safe_start"})
"""The rules of a refused start that a second person's signature lifts."""

_OVERRIDES: Final = frozenset({"check_fails"})


def gives_up_way_back(answer: Answer) -> TypeGuard[Refusal]:
    """Tell whether a start was refused for nothing but the way back, so that two people may."""
    return _is_only(answer, _COMMITS)


class SecondActs:
    """Brings the acts of a night before two people."""

    def __init__(self, room: Room, seconded: SecondedController) -> None:
        """Take the room, and where two people sign."""
        self._room = room
        self._seconded = seconded

    def override(self, step: Step, said: Said, answered: Callable[[Answer], None]) -> None:
        """End a step as done; where a check, read again, still does not pass, by two people."""
        run = self._room.run_id
        if run is None:
            return

        def ended(answer: Answer) -> None:
            if _is_only(answer, _OVERRIDES):
                self._override(run, step, said, answered)
            else:
                answered(answer)

        self._room.command("read the checks again", lambda: self._end(run, step, said), ended)

    def commit(
        self, step: Step, said: Said, refusal: Refusal, answered: Callable[[Answer], None]
    ) -> None:
        """Start a step that leaves no way back, or none in time, by two people."""
        seen = self._room.seen()
        run = seen.run
        if run is None:
            return
        figures = None if seen.forecast is None else seen.forecast.find_start(step.id)
        self._seconded.ask(
            TwoPersonAct.COMMIT,
            step.id,
            commit_words(seen, run, step, refusal.reasons, figures, said.note),
            lambda second: self._room.tools.mover.start(run.id, step, said, second),
            answered,
        )

    def resume(self, show_failure: Callable[[str], None]) -> Callable[[str], None]:
        """Give what resumes the line by two people; why it was not asked is shown where wanted."""

        def resume(stop: str) -> None:
            seen = self._room.seen()
            run = seen.run
            words = None if run is None else resume_words(seen, run)
            if run is None or run.stop is None or words is None or run.stop.fact != stop:
                return
            self._seconded.ask(
                TwoPersonAct.RESUME,
                run.id,
                words,
                lambda second: self._room.tools.desk.submit(ResumeLine(run=run.id, second=second)),
                lambda answer: show_failure(words_of(answer)),
            )

        return resume

    def _override(
        self, run: RunId, step: Step, said: Said, answered: Callable[[Answer], None]
    ) -> None:
        seen = self._room.seen()
        desk = self._room.tools.desk
        self._seconded.ask(
            TwoPersonAct.OVERRIDE,
            step.id,
            override_words(seen, desk.run(run), step, said.note),
            lambda second: desk.submit(
                EndStep(run=run, step=step.id, state=StepState.DONE, said=said, second=second)
            ),
            answered,
        )

    async def _end(self, run: RunId, step: Step, said: Said) -> object:
        """Read the checks of the newest attempt again, and end the step as done by one person."""
        tools = self._room.tools
        attempt = len(tools.desk.run(run).steps[step.id].attempts)
        for check in step.checks:
            await tools.mover.read_check(run, step, check, attempt)
        return await tools.desk.submit(
            EndStep(run=run, step=step.id, state=StepState.DONE, said=said)
        )


def _is_only(answer: Answer, rules: frozenset[str]) -> TypeGuard[Refusal]:
    """Tell whether something was refused by these rules and no other."""
    return isinstance(answer, Refusal) and all(each.rule in rules for each in answer.reasons)
