"""Where answers come from on the command line: a file, the terminal, or the rehearsal's rule."""

from __future__ import annotations

import sys
import threading
from collections import deque
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Annotated, Final

import msgspec

from relconsole.cli.words import say
from relconsole.domain.kernel.errors import InputRejected, Problem
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.plan.runbook import StepKind
from relconsole.ports.questions import Answered, Question, Word

_LONGEST_FILE: Final = 8 * 1024 * 1024


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"for_": "for"}):
    """A line of the answers file."""

    step: Annotated[str, msgspec.Meta(min_length=1)]
    answer: Word
    by: str | None = None
    for_: str = ""
    note: str = ""


def read_answers(path: Path) -> tuple[Answered, ...]:
    """Give the answers of a file of JSON lines; InputRejected with file, line and field."""
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise _rejected(path, None, f"cannot be read: {wrong.strerror}") from wrong
    if len(raw) > _LONGEST_FILE:
        raise _rejected(path, None, "is longer than 8 MiB")
    found: list[Answered] = []
    for number, line in enumerate(raw.splitlines(), 1):
        if not line.strip():
            continue
        try:
            read = msgspec.json.decode(line, type=_Line)
        except (msgspec.MsgspecError, RecursionError) as wrong:
            raise _rejected(path, number, str(wrong)) from wrong
        found.append(
            Answered(
                step=StepId(read.step),
                word=read.answer,
                by=None if read.by is None else PersonId(read.by),
                for_name=read.for_,
                note=read.note,
            )
        )
    return tuple(found)


def _rejected(path: Path, line: int | None, message: str) -> InputRejected:
    """Give the error for an answers file that cannot be taken."""
    problem = Problem(file=str(path), line=line, field="", message=message)
    return InputRejected((problem,))


class FileAsker:
    """Answers from a file, each once, in its order within a step."""

    def __init__(self, answers: tuple[Answered, ...], *, stays: bool = False) -> None:
        """Take the answers; ``stays`` waits for those that other processes post."""
        self._stays = stays
        self._left: dict[StepId, deque[Answered]] = {}
        for answered in answers:
            self._left.setdefault(answered.step, deque()).append(answered)

    def answer(self, question: Question) -> Answered | None:
        """Give the step's next answer."""
        left = self._left.get(question.step.id)
        return left.popleft() if left else None

    def may_still_answer(self, question: Question) -> bool:
        """Tell whether the file holds another answer for this step, or others may answer."""
        return self._stays or bool(self._left.get(question.step.id))


class RuleAsker:
    """Answers done to everything, and go for each station: for rehearsals only."""

    def __init__(self) -> None:
        """Begin with every station still to be answered."""
        self._stations: dict[StepId, deque[str]] = {}

    def answer(self, question: Question) -> Answered | None:
        """Give done, or the next station's go."""
        step = question.step
        if step.kind is not StepKind.GATE:
            return Answered(step=step.id, word=Word.DONE, note="answered by rule")
        stations = self._stations.setdefault(step.id, deque(step.stations))
        name = stations.popleft() if stations else ""
        return Answered(step=step.id, word=Word.GO, for_name=name, note="answered by rule")

    def may_still_answer(self, question: Question) -> bool:
        """Tell that the rule always answers."""
        return bool(question.gives)


class TerminalAsker:
    """Asks on the terminal and takes what is typed: ``[STEP] WORD [for NAME] [NOTE]``."""

    def __init__(self) -> None:
        """Begin to read lines on a thread of its own, which ends with the program."""
        self._asked: dict[StepId, str] = {}
        self._left: dict[StepId, deque[Answered]] = {}
        self._lines: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=self._read, name="terminal", daemon=True).start()

    def _read(self) -> None:
        """Take lines until the terminal ends."""
        for line in sys.stdin:
            self._lines.put(line.strip())

    def answer(self, question: Question) -> Answered | None:
        """Print a question once, and give what was typed for it."""
        if self._asked.get(question.step.id) != question.says:
            self._asked[question.step.id] = question.says
            say(f"? {question.says} [{' '.join(question.gives)}]")
        self._take_lines()
        left = self._left.get(question.step.id)
        return left.popleft() if left else None

    def may_still_answer(self, question: Question) -> bool:
        """Tell that somebody may still type."""
        return question.step.id in self._asked

    def _take_lines(self) -> None:
        """Sort what was typed to the steps it is for; what is not understood is said."""
        while True:
            try:
                line = self._lines.get_nowait()
            except Empty:
                return
            if not line:
                continue
            answered = parse_typed(line, tuple(self._asked))
            if answered is None:
                words = ", ".join(Word)
                say(f"not understood: {line!r}; type [STEP] WORD [for NAME] [NOTE], words: {words}")
            else:
                self._left.setdefault(answered.step, deque()).append(answered)


def parse_typed(line: str, asked: tuple[StepId, ...]) -> Answered | None:
    """Give what a typed line answers, None where it is not understood.

    Without a step it is for the one asked last.
    """
    parts = line.split()
    step = asked[-1] if asked else None
    if parts[0] in asked:
        step = StepId(parts.pop(0))
    if step is None or not parts or parts[0] not in set(Word):
        return None
    word = Word(parts.pop(0))
    name = ""
    if len(parts) > 1 and parts[0] == "for":
        name = parts[1]
        parts = parts[2:]
    return Answered(step=step, word=word, for_name=name, note=" ".join(parts))
