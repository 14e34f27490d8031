"""Questions to the people of a night, and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.plan.runbook import Step


class Word(StrEnum):
    """What may be answered; the words of the answers file."""

    START = "start"
    DONE = "done"
    FAILED = "failed"
    SKIP = "skip"
    NOT_NEEDED = "not_needed"
    GO = "go"
    NO_GO = "no-go"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of whom; ``says`` is one line, ``gives`` the words that may be answered."""

    step: Step
    says: str
    gives: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer; ``by`` None is whoever conducts the night, ``for_name`` an owner or station."""

    step: StepId
    word: Word
    by: PersonId | None = None
    for_name: str = ""
    note: str = ""
    heard: str = ""


class Asker(Protocol):
    """Where answers come from: a terminal, a file, or a rule."""

    def answer(self, question: Question) -> Answered | None:
        """Give the next answer to a question where there is one now; never waits."""
        ...

    def may_still_answer(self, question: Question) -> bool:
        """Tell whether an answer may still come without anybody starting the night again."""
        ...
