"""The rules of who may do what, as their text says them, held against what was really recorded.

The oracle asks nothing of the code it judges: it keeps its own account from the facts, and knows
whom a spelling means and how a signature came about because it was told when they were made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.night.bridge_commands import Amend
from relconsole.domain.night.bridge_facts import (
    HandoverAccepted,
    HandoverOffered,
    HoldBegan,
    HoldEnded,
    LineResumed,
    LineStopped,
    PlanAmended,
)
from relconsole.domain.night.effect_facts import (
    EffectIntended,
    EffectRenewed,
    EffectSettledByHand,
    Purpose,
)
from relconsole.domain.night.facts import (
    CheckRead,
    GateDecided,
    StationAnswered,
    StepEnded,
    StepReopened,
    StepStarted,
    StepState,
)
from relconsole.domain.night.rollback_facts import (
    RollbackArmed,
    RollbackDisarmed,
    RollbackFired,
    SignatureAsked,
    TwoPersonAct,
)
from relconsole.domain.night.step_commands import StartStep
from relconsole.domain.readiness.keys import KeyEnrolled, KeyRevoked
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.record.request import Answer
from tests.promises.duties_people import (
    COMMANDER,
    FINGERPRINTS,
    KEYS,
    LAST,
    LEADS,
    PARTIAL,
    PRODUCTION,
    REVOKED,
    RUN,
    UNENROLLED,
    Name,
)

LIMIT: Final = timedelta(minutes=15)
QUORUM: Final = 2


@dataclass(frozen=True, slots=True)
class Given:
    """How an answer came about: whose hand and key, whether it is as it was signed, until when."""

    by: str | None
    key_of: str | None
    is_whole: bool
    expires: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A signature that was asked, by whom, and what stood then."""

    act: TwoPersonAct
    thing: str
    by: str | None
    stood: object
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Who acts, under which open key, with which names in the command, and when."""

    actor: Name | None
    key: str | None
    is_console: bool
    for_person: Name | None
    command: object
    now: datetime


@dataclass(slots=True)
class Oracle:
    """What the facts so far come to, in the words of the rules."""

    plan: object
    meanings: dict[str, object] = field(default_factory=dict[str, object])
    answers: dict[str, Given] = field(default_factory=dict[str, Given])
    asked: dict[str, Asked] = field(default_factory=dict[str, Asked])
    used: set[str] = field(default_factory=set[str])
    keys: dict[str, str] = field(default_factory=dict[str, str])
    commander: str | None = COMMANDER
    offered: str | None = None
    stop: str | None = None
    armed: object = None
    fired: bool = False
    holds: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    attempts: dict[str, int] = field(default_factory=dict[str, int])
    passed: bool = False
    votes: dict[str, tuple[str | None, StationAnswer]] = field(
        default_factory=dict[str, tuple[str | None, StationAnswer]]
    )

    def __post_init__(self) -> None:
        self.keys = {
            name: key.public.fingerprint
            for name, key in KEYS.items()
            if name not in {UNENROLLED, REVOKED}
        }

    def stands(self, act: TwoPersonAct, thing: str) -> object:
        """Give what a signature for this act is over, as it stands now."""
        match act:
            case TwoPersonAct.ROLLBACK:
                return self.armed
            case TwoPersonAct.RESUME:
                return self.stop
            case TwoPersonAct.AMEND:
                return self.plan
            case TwoPersonAct.COMMIT | TwoPersonAct.OVERRIDE:
                return (self.plan, self.attempts.get(thing, 0))

    def judge(self, doing: Doing, records: tuple[Recorded[ConsoleFact], ...]) -> Iterator[str]:
        """Give each rule that what was recorded breaks; then take it into the account."""
        for recorded in records:
            for says in self._break(doing, recorded.fact):
                yield f"{type(recorded.fact).__name__}: {says}"
            self._take(doing, recorded)

    # ------------------------------------------------------------------------------ the rules

    def _break(self, doing: Doing, fact: ConsoleFact) -> Iterator[str]:
        if doing.is_console:
            return
        match fact:
            case StepStarted(step=step) if step in PRODUCTION:
                yield from self._start(doing, fact)
            case EffectIntended(purpose=Purpose.STEP):
                yield from self._neutral(doing)
            case StepEnded(step=step) if step in PRODUCTION:
                yield from self._end(doing, fact)
            case StepReopened(step=step) if step in PRODUCTION:
                yield from self._neutral(doing)
            case StationAnswered():
                yield from self._neutral(doing)
            case GateDecided():
                yield from self._decide(doing, fact)
            case RollbackArmed() | EffectSettledByHand() | EffectRenewed():
                yield from self._neutral(doing)
            case RollbackFired(second=second):
                yield from self._neutral(doing)
                yield from self._second(doing, TwoPersonAct.ROLLBACK, RUN, second)
            case LineResumed(second=second):
                yield from self._proven(doing)
                yield from self._second(doing, TwoPersonAct.RESUME, RUN, second)
            case PlanAmended():
                yield from self._amend(doing, fact)
            case KeyEnrolled():
                yield from self._enrol(doing, fact)
            case HandoverAccepted():
                yield from self._proven(doing)
                if doing.actor is None or doing.actor.means != self.offered:
                    yield "somebody else than the one it was offered to took the command"
            case SignatureAsked() | HandoverOffered():
                yield from self._proven(doing)
            case _:
                return

    def _proven(self, doing: Doing) -> Iterator[str]:
        """A live act is its person's own: under the enrolled key of that person, and no other."""
        if doing.actor is None or doing.actor.means is None:
            yield "nobody known did it"
        elif self.keys.get(doing.actor.means) != doing.key:
            yield f"{doing.actor.means} did it without their enrolled key"

    def _neutral(self, doing: Doing) -> Iterator[str]:
        """Nobody does it for their own change, and nobody has it recorded for them."""
        yield from self._proven(doing)
        for name in (doing.actor, doing.for_person):
            if name is not None and name.means in PARTIAL:
                yield f"{name.means} has a part in the change (as {name.text!r})"
            elif name is not None and name.means is None:
                yield f"nobody knows who {name.text!r} is"

    def _start(self, doing: Doing, fact: StepStarted) -> Iterator[str]:
        yield from self._neutral(doing)
        if self.stop is not None:
            yield "the line is stopped"
        if self.holds:
            yield f"the run is on hold: {self.holds}"
        if self.fired:
            yield "a rollback was fired"
        command = doing.command
        assert isinstance(command, StartStep)
        assert command.figures is not None
        if command.figures.latest_after is None:
            yield from self._second(doing, TwoPersonAct.COMMIT, fact.step, fact.commit)

    def _end(self, doing: Doing, fact: StepEnded) -> Iterator[str]:
        if isinstance(doing.command, Amend):
            return  # judged with the amendment
        yield from self._neutral(doing)
        done = fact.state in {StepState.DONE, StepState.DONE_WITH_REMARK}
        if fact.step == LAST and done and not self.passed:
            second: Answer | None = getattr(doing.command, "second", None)
            yield from self._second(doing, TwoPersonAct.OVERRIDE, fact.step, second)

    def _decide(self, doing: Doing, fact: GateDecided) -> Iterator[str]:
        yield from self._neutral(doing)
        if doing.actor is None or doing.actor.means != self.commander:
            yield f"{self.commander} decides, and it was {doing.actor}"
        if fact.decision is not StationAnswer.GO:
            return
        voices = {who for who, _ in self.votes.values() if who not in PARTIAL}
        if len(voices) < QUORUM or {vote for _, vote in self.votes.values()} != {fact.decision}:
            yield f"go was decided over {self.votes}"

    def _amend(self, doing: Doing, fact: PlanAmended) -> Iterator[str]:
        yield from self._proven(doing)
        if doing.actor is None or doing.actor.means != self.commander:
            yield f"{self.commander} amends, and it was {doing.actor}"
        command = doing.command
        assert isinstance(command, Amend)
        if command.later_by > LIMIT:
            asked = None if fact.second is None else self.asked.get(fact.second.digest)
            thing = asked.thing if asked else ""
            yield from self._second(doing, TwoPersonAct.AMEND, thing, fact.second)
            if self.meanings.get(thing) != (fact.plan, command.amendments):
                yield "another amendment was signed"

    def _enrol(self, doing: Doing, fact: KeyEnrolled) -> Iterator[str]:
        yield from self._proven(doing)
        if doing.actor is None or doing.actor.means not in LEADS:
            yield "who confirmed the key is not entitled to"
        if doing.actor is not None and FINGERPRINTS.get(fact.fingerprint) == doing.actor.means:
            yield "a person confirmed their own key"

    def _second(
        self, doing: Doing, act: TwoPersonAct, thing: str, answer: Answer | None
    ) -> Iterator[str]:
        """A second person signed exactly this, as it stands now, and may be the second person."""
        given = None if answer is None else self.answers.get(answer.signature)
        if answer is None or given is None:
            yield "no second person signed it"
            return
        who = given.by
        if who is None or who not in self.keys or given.key_of != who or not given.is_whole:
            yield f"the signature proves nothing: {given}"
        asked = self.asked.get(answer.digest)
        if asked is None or (asked.act, asked.thing) != (act, thing):
            yield f"the signature is over something else: {asked}"
            return
        if asked.stood != self.stands(act, thing):
            yield "what was signed is not what stands now"
        if doing.now >= min(given.expires, asked.expires):
            yield "the signature had expired"
        first = None if doing.actor is None else doing.actor.means
        if who in {first, asked.by}:
            yield f"{who} is the first person too"
        if who in PARTIAL:
            yield f"{who} has a part in the change"
        if who not in LEADS:
            yield f"{who} does not hold the role"
        if answer.signature in self.used:
            yield "the signature was used before"

    # ---------------------------------------------------------------------------- the account

    def _take(self, doing: Doing, recorded: Recorded[ConsoleFact]) -> None:
        fact = recorded.fact
        second: Answer | None = getattr(fact, "second", None) or getattr(fact, "commit", None)
        if second is not None:
            self.used.add(second.signature)
        match fact:
            case SignatureAsked(act=act, thing=thing, digest=digest, expires=expires):
                by = None if doing.actor is None else doing.actor.means
                stood = self.stands(act, thing)
                self.asked[digest] = Asked(act, thing, by, stood, expires)
            case StepStarted(step=step):
                self.attempts[step] = self.attempts.get(step, 0) + 1
                self.passed = self.passed and step != LAST
            case CheckRead(passed=passed):
                self.passed = bool(passed)
            case StationAnswered(station=station, vote=vote):
                holder = doing.for_person or doing.actor
                self.votes[station] = (None if holder is None else holder.means, vote)
            case PlanAmended(plan=plan):
                self.plan = plan
            case _:
                self._take_bridge(doing, recorded)

    def _take_bridge(self, doing: Doing, recorded: Recorded[ConsoleFact]) -> None:
        fact: Any = recorded.fact
        match fact:
            case LineStopped():
                self.stop = recorded.id
            case LineResumed():
                self.stop = None
            case RollbackArmed(plan=plan, fleet=fleet, forced=forced):
                self.armed = (plan, fleet, forced)
            case RollbackDisarmed():
                self.armed = None
            case RollbackFired():
                self.fired = True
            case HoldBegan(cause=cause, thing=thing):
                self.holds.add((cause, thing))
            case HoldEnded(cause=cause, thing=thing):
                self.holds.discard((cause, thing))
            case HandoverOffered():
                self.offered = doing.for_person.means if doing.for_person else None
            case HandoverAccepted():
                self.commander = self.offered
            case KeyEnrolled(fingerprint=fingerprint):
                self.keys[FINGERPRINTS[fingerprint]] = fingerprint
            case KeyRevoked(fingerprint=fingerprint):
                self.keys = {who: key for who, key in self.keys.items() if key != fingerprint}
            case _:
                pass
