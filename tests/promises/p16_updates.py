"""P16: an update never strands a running cutover.

The journals in ``golden`` were written by each released form of the program. Every beginning of
every one of them is folded by this one, and comes to the state and the decisions that are kept
beside it. Wherever effects are open in one, another version does not take the run up.

``python -m tests.promises.p16_updates`` writes what this program comes to beside journals that have
nothing beside them yet; what is there is never written again.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, cast

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.console.decide import decide
from relconsole.domain.console.evolve import evolve
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.mustering import muster_of
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.json import as_object
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.alert_sight import Sight
from relconsole.domain.night.alerts import standing_alerts
from relconsole.domain.night.answer import night_answer
from relconsole.domain.night.around import Actor
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.effect_facts import OF_THE_CHANGE, EffectIntended, Purpose
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.message_report import list_sent
from relconsole.domain.night.messages_due import due_messages
from relconsole.domain.night.plain_json import floats_as_text, to_json
from relconsole.domain.night.run_commands import EndRun, LeaveRun, TakeUp
from relconsole.domain.night.state import RunState
from relconsole.domain.night.step_commands import EndStep, Said
from relconsole.domain.record.canonical import canonical
from relconsole.domain.record.envelope import Envelope, parse_line
from relconsole.domain.record.recorded import Recorded
from relconsole.services.desk import open_envelope
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.sim.shapes import CODEC

GOLDEN: Final = Path(__file__).with_name("golden")
HOLDER, OTHER = "console-x", "99.0.0"
SIGNS: Final = 16
LATER: Final = frozenset({"change", "relief"})
"""Keys of an answer that came later, with nothing in them where there is nothing to say."""


def forget_holds(state: ConsoleState, recorded: Recorded[ConsoleFact]) -> ConsoleState:
    """Fold as a program that no longer knows how a hold ends."""
    return state if recorded.fact.KIND == "hold_ended" else evolve(state, recorded)


def forget_attempts(state: ConsoleState, recorded: Recorded[ConsoleFact]) -> ConsoleState:
    """Fold as a program for which a repeat is nothing."""
    return state if recorded.fact.KIND == "step_reopened" else evolve(state, recorded)


def forget_words(state: ConsoleState, recorded: Recorded[ConsoleFact]) -> ConsoleState:
    """Fold as a program that no longer knows what people say of alerts, musters and messages."""
    forgotten = {"alert_shelved", "person_here", "message_sent"}
    return state if recorded.fact.KIND in forgotten else evolve(state, recorded)


FOLDS: Final = {
    "forgets_holds": forget_holds,
    "forgets_repeats": forget_attempts,
    "forgets_words": forget_words,
}
ANYWAY: Final = "takes_up_anyway"


def commands_of(run: RunState) -> Iterator[ConsoleCommand]:
    """Give what somebody might ask of a run at any moment."""
    said = Said(note="asked")
    yield StopLine(run=run.id, said=said)
    yield EndRun(run=run.id, outcome=RunOutcome.FINISHED)
    yield LeaveRun(run=run.id, outcome=RunOutcome.HELD, reasons=("asked",))
    for step in run.runbook.steps:
        yield EndStep(run=run.id, step=step.id, state=StepState.DONE, said=said)
        yield EndStep(run=run.id, step=step.id, state=StepState.SKIPPED, said=said)


def answer_of(run: RunState, last: Envelope) -> object:
    """Give how a run stands; a key that came later and says nothing is no difference."""
    told = as_object(to_json(night_answer(run, last.at)))
    return {name: value for name, value in told.items() if name not in LATER or value}


def spoken_of(state: ConsoleState, run: RunState, last: Envelope) -> list[object]:
    """Give what people said of alerts, messages and the muster; nothing where nobody did.

    A journal of a version that knew none of it is told as it was told then.
    """
    release = state.workspace.releases[run.release]
    told: list[object] = []
    if run.alert_marks:
        standing = standing_alerts(run, release, Sight(now=last.at))
        told.append([floats_as_text(to_json(each)) for each in standing])
    if run.sent:
        told.append([to_json(each) for each in list_sent(run)])
    if release.messages:
        told.append([to_json(each) for each in due_messages(run, release, None, last.at)])
    if release.id in state.musters:
        told.append(to_json(muster_of(state, release, last.at, run)))
    return told


def is_word(fact: ConsoleFact) -> bool:
    """Tell whether a fact only tells the change record something, which a version may add."""
    return isinstance(fact, EffectIntended) and fact.purpose in OF_THE_CHANGE


def word_of(state: ConsoleState, last: Envelope) -> str:
    """Give a digest of how every run stands and of what would be decided about each."""
    actor, console = Actor(person=PersonId("mara")), Actor(is_console=True)
    told: list[object] = []
    for run in state.runs.values():
        told.append(answer_of(run, last))
        told += spoken_of(state, run, last)
        for command in commands_of(run):
            who = console if isinstance(command, EndRun | LeaveRun) else actor
            decided = decide(state, command, who, last.at, last.journal)
            told.append(
                [reason.rule for reason in decided.reasons]
                if isinstance(decided, Refusal)
                else [fact.KIND for fact in decided if not is_word(fact)]
            )
    return hashlib.sha256(canonical(cast("list[str]", told))).hexdigest()[:SIGNS]


def envelopes_of(path: Path) -> list[Envelope]:
    """Give the facts of a golden journal."""
    lines = path.read_bytes().splitlines()
    return [parse_line(raw, file=path.name, number=at) for at, raw in enumerate(lines, 1)]


def states_of(
    envelopes: Sequence[Envelope], mutant: str | None
) -> Iterator[tuple[Envelope, ConsoleState]]:
    """Give the state after each fact."""
    fold, state = FOLDS.get(mutant or "", evolve), ConsoleState()
    for envelope in envelopes:
        state = fold(state, open_envelope(envelope, CODEC))
        yield envelope, state


def judge(path: Path, mutant: str | None) -> tuple[int, int, list[str]]:
    """Give how many beginnings were folded, how many had open effects, and what is wrong."""
    kept = path.with_suffix(".words").read_text(encoding="utf-8").split()
    beginnings = open_ = 0
    wrong: list[str] = []
    for envelope, state in states_of(envelopes_of(path), mutant):
        expected = kept[beginnings] if beginnings < len(kept) else "nothing"
        beginnings += 1
        found = word_of(state, envelope)
        if found != expected:
            wrong.append(f"{path.name}, fact {envelope.seq}: {found}, written was {expected}")
        for run in state.runs.values():
            if under_way(run):
                open_ += 1
                wrong += _strangers(path, state, run, envelope, mutant)
    if beginnings != len(kept):
        wrong.append(f"{path.name} has {beginnings} facts, {len(kept)} were written")
    return beginnings, open_, wrong


def under_way(run: RunState) -> bool:
    """Tell whether effects of a run are open that an update must not strand."""
    return not run.is_over and any(
        found.intent.purpose not in {Purpose.ANCHOR, Purpose.NOTE} for found in run.open_effects()
    )


def _strangers(
    path: Path, state: ConsoleState, run: RunState, last: Envelope, mutant: str | None
) -> Iterator[str]:
    """Try to take a run up as another version, and as the one that conducted it."""
    where = f"{path.name}, fact {last.seq}"
    other = "" if mutant == ANYWAY else OTHER
    taken = TakeUp(run=run.id, holder=HOLDER, fence=run.fence + 1, console=other)
    answer = decide(state, taken, Actor(is_console=True), last.at, last.journal)
    if not isinstance(answer, Refusal):
        yield f"{where}: another version took the run up over open effects"
    same = TakeUp(run=run.id, holder=HOLDER, fence=run.fence + 1, console=run.console)
    answer = decide(state, same, Actor(is_console=True), last.at, last.journal)
    if isinstance(answer, Refusal):
        yield f"{where}: the version that conducted it was refused: {answer}"


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Fold every beginning of every golden journal; the counts are those that there are."""
    folded = open_ = 0
    wrong: list[str] = []
    paths = sorted(GOLDEN.glob("*.jsonl"))
    for path in paths:
        beginnings, opened, found = judge(path, mutant)
        folded, open_, wrong = folded + beginnings, open_ + opened, wrong + found
    if open_ < counts["with effects open"]:
        wrong.append(f"only {open_} beginnings have open effects")
    return Tally(
        cases={"golden journals": len(paths), "beginnings": folded, "with effects open": open_},
        violations=tuple(wrong),
    )


def write() -> int:
    """Write what this program comes to beside each journal that has nothing beside it yet."""
    for path in sorted(GOLDEN.glob("*.jsonl")):
        words = path.with_suffix(".words")
        if not words.exists():
            found = [word_of(state, each) for each, state in states_of(envelopes_of(path), None)]
            words.write_text("\n".join(found) + "\n", encoding="utf-8")
            print(f"{words.name}: {len(found)}")
    return 0


HARNESS = Harness(
    promise="P16",
    title="an update strands no running cutover",
    counts={
        "golden journals": Counts(pr=9, release=9),
        "beginnings": Counts(pr=300, release=300),
        "with effects open": Counts(pr=50, release=50),
    },
    run=run,
    mutants=(*FOLDS, ANYWAY),
    mutant_counts={"golden journals": 9, "beginnings": 300, "with effects open": 50},
)

if __name__ == "__main__":
    sys.exit(write())
