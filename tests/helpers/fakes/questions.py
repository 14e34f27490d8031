"""Answers to the questions of a night, from a table."""

from __future__ import annotations

from collections.abc import Mapping

from relconsole.domain.kernel.ids import StepId
from relconsole.ports.questions import Answered, Question, Word


class FakeAsker:
    """Gives the answers of each step in turn; `waits` tells whether more may still come."""

    def __init__(
        self,
        answers: Mapping[str, tuple[Answered | Word, ...]] | None = None,
        *,
        waits: bool = False,
    ) -> None:
        self.answers = {step: list(given) for step, given in (answers or {}).items()}
        self.waits = waits
        self.asked: list[Question] = []

    def answer(self, question: Question) -> Answered | None:
        self.asked.append(question)
        given = self.answers.get(question.step.id)
        if not given:
            return None
        found = given.pop(0)
        if isinstance(found, Word):
            return Answered(step=StepId(question.step.id), word=found)
        return found

    def may_still_answer(self, question: Question) -> bool:
        return self.waits or bool(self.answers.get(question.step.id))
