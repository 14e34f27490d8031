"""P7: nobody helps their own change into production, whatever name, key, file or verb they use.

Drawn runs over the pure console are judged by the rules' own text; a journal's file is edited
behind the console's back; and every acting verb is typed by everybody who may not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.console.decide import decide
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.rollback_commands import AskSignature
from relconsole.domain.night.rollback_facts import SignatureAsked
from relconsole.domain.record.request import Answer, answer_request, parse_request
from tests.promises.duties_actors import Decide
from tests.promises.duties_edits import edit_and_open
from tests.promises.duties_ground import import_over_an_open_run
from tests.promises.duties_machine import Machine
from tests.promises.duties_matrix import Matrix, type_all
from tests.promises.duties_people import FINGERPRINTS, KEYS, RELEASE
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.seeds import seeds_of

Facts = tuple[ConsoleFact, ...] | Refusal
MANY: Final = 1_000
"""Runs from which each guarded act must have been recorded, else nothing was shown."""

_MUST_HAPPEN: Final = (
    "RollbackFired",
    "LineResumed",
    "GateDecided",
    "two people: StartStep",
    "two people: EndStep",
    "two people: Amend",
    "StepStarted",
    "EffectSettledByHand",
    "EffectRenewed",
)


def compare_as_written(
    state: ConsoleState, command: ConsoleCommand, actor: Actor, now: datetime, journal: str
) -> Facts:
    """Decide as a console that takes two spellings for two people."""
    second: Answer | None = getattr(command, "second", None)
    said = getattr(command, "said", None)
    names = {actor.person, second and second.signer, said and said.for_person}
    release = state.workspace.releases[RELEASE]
    named = replace(
        release,
        requester=release.requester if release.requester in names else cast("Any", "nobody"),
        authors=tuple(each for each in release.authors if each in names),
    )
    releases = state.workspace.releases
    workspace = replace(state.workspace, releases=cast("Any", releases).set(RELEASE, named))
    return decide(replace(state, workspace=workspace), command, actor, now, journal)


def take_any_signature(
    state: ConsoleState, command: ConsoleCommand, actor: Actor, now: datetime, journal: str
) -> Facts:
    """Decide as a console that asks whether an answer is signed, and not what it is over."""
    second: Answer | None = getattr(command, "second", None)
    key = None if second is None else KEYS.get(FINGERPRINTS.get(second.key, ""))
    if second is None or key is None:
        return decide(state, command, actor, now, journal)
    run = next(iter(state.runs.values()))
    for asked in run.asked.values():
        # What stands now, as it would be asked for at this moment.
        again = AskSignature(run=run.id, act=asked.act, thing=asked.thing)
        fresh = decide(state, again, Actor(is_console=True, person=actor.person), now, journal)
        fresh = decide(state, again, actor, now, journal) if isinstance(fresh, Refusal) else fresh
        if isinstance(fresh, Refusal):
            continue
        fact = fresh[0]
        assert isinstance(fact, SignatureAsked)
        request = parse_request(fact.request.encode())
        signed = answer_request(request, second.signer, key, now)
        changed = replace(run, asked=cast("Any", run.asked).set(fact.digest, fact))
        given = replace(state, runs=state.runs.set(run.id, changed))
        found = decide(given, replace(cast("Any", command), second=signed), actor, now, journal)
        if not isinstance(found, Refusal):
            return tuple(_with_second(each, second) for each in found)
    return decide(state, command, actor, now, journal)


def _with_second(fact: ConsoleFact, second: Answer) -> ConsoleFact:
    for name in ("second", "commit"):
        if isinstance(getattr(fact, name, None), Answer):
            return cast("ConsoleFact", replace(cast("Any", fact), **{name: second}))
    return fact


def ignore_expiry(
    state: ConsoleState, command: ConsoleCommand, actor: Actor, now: datetime, journal: str
) -> Facts:
    """Decide as a console for which an answer never gets old."""
    second: Answer | None = getattr(command, "second", None)
    if second is not None:
        now = min(now, second.expires - timedelta(seconds=1))
    return decide(state, command, actor, now, journal)


MUTANTS: Final[Mapping[str, Decide]] = {
    "compares_names_as_written": compare_as_written,
    "takes_any_signature": take_any_signature,
    "ignores_expiry": ignore_expiry,
    "imports_over_an_open_run": import_over_an_open_run,
}
UNVERIFIED: Final = "opens_without_verifying"


def play(count: int, judged: Decide) -> tuple[int, list[str]]:
    """Play runs of seeds from 0 on; how many, and what was recorded against the rules."""
    broken: list[str] = []
    recorded: Counter[str] = Counter()
    done = 0
    for seed in seeds_of("p07_duties", count):
        machine = Machine(seed, judged)
        machine.play()
        done += 1
        broken += machine.broken
        recorded += machine.recorded
        if broken and judged is not decide:
            break
    if count >= MANY:
        broken += [f"{fact} was never recorded" for fact in _MUST_HAPPEN if not recorded[fact]]
    print(f"{done} runs, seeds 0 to {done - 1}: {dict(recorded.most_common())}")
    return done, broken


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Play, edit and type as often as was asked for."""
    judged = MUTANTS.get(mutant or "", decide)
    runs, broken = play(0 if mutant == UNVERIFIED else counts["runs"], judged)
    edits, through, ends = edit_and_open(counts["database edits"], mutant == UNVERIFIED)
    print(f"{edits} edits: {dict(ends)}")
    lines, typed, _ = type_all(counts["command lines"]) if mutant is None else (0, [], 0)
    return Tally(
        cases={"runs": runs, "database edits": edits, "command lines": lines},
        violations=(*broken, *through, *typed),
    )


LINES: Final = len(list(Matrix(Path()).barred()))

HARNESS: Final = Harness(
    promise="P7",
    title="duties stay apart",
    counts={
        "runs": Counts(pr=2_000, release=50_000),
        "database edits": Counts(pr=50, release=200),
        "command lines": Counts(pr=LINES, release=LINES),
    },
    run=run,
    mutants=(*MUTANTS, UNVERIFIED),
    mutant_counts={"runs": 400, "database edits": 16, "command lines": 0},
)
