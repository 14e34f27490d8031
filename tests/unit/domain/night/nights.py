"""A night to decide upon: who is there, whose keys count, and commands whose facts are recorded.

The release, its people and the run come from ``scenes``; here stands the bridge around them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from immutables import Map

from relconsole.domain.calendar.entries import Calendar, Freeze, Recurring
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import Person, find_person
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.ids import Digest, EffectId, PersonId, StepId, TeamId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.kernel.zones import Meant
from relconsole.domain.night.around import Actor, Around
from relconsole.domain.night.decide import NightCommand, decide_night
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectIntended,
    EffectSent,
)
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.facts import CheckRead, RunTakenUp, StepState
from relconsole.domain.night.readiness_of_steps import progress_of
from relconsole.domain.night.rollback_commands import (
    ArmRollback,
    AskSignature,
    FireRollback,
)
from relconsole.domain.night.rollback_facts import RollbackArmed, SignatureAsked, TwoPersonAct
from relconsole.domain.night.state import RunState
from relconsole.domain.night.step_commands import (
    AnswerStation,
    DecideGate,
    EndStep,
    Said,
    StartStep,
)
from relconsole.domain.plan.forecast import forecast_digest
from relconsole.domain.plan.guard import StartFigures
from relconsole.domain.plan.runbook import Runbook, Step, StepKind
from relconsole.domain.plan.sampling import SEED
from relconsole.domain.readiness.keys import Keyring
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.record.effect import Outcome
from relconsole.domain.record.request import Answer, answer_request, parse_request
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.release.release import Release
from tests.unit.domain.night import scenes
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    GATE,
    INES,
    JO,
    MARA,
    RUN,
    STOP,
    TOMAS,
    Night,
    at,
    minutes,
)

BEN, PIA = PersonId("ben"), PersonId("pia")
"""Ben is nobody's owner, station or author; Pia wrote the change."""

JOURNAL = "journal-1"
SIGNING = {
    person: SigningKey(bytes([number]) * 32)
    for number, person in enumerate((MARA, ASHA, JO, INES, TOMAS, BEN, PIA), 1)
}
EVERYBODY = tuple(SIGNING)
Facts = tuple[NightFact, ...]


def estate() -> Estate:
    """The people of the scenes, the requester, the author, and somebody from elsewhere."""
    people = {
        **scenes.estate().people,
        TOMAS: Person(id=TOMAS, name="Tomas Novak", aliases=("tnovak",), roles=("product",)),
        BEN: Person(id=BEN, name="Ben Ost", team=TeamId("catering"), roles=("lead",)),
        PIA: Person(id=PIA, name="Pia Lund", team=TeamId("payments-dev")),
    }
    return replace(scenes.estate(), people=Map(people))


def release(plan: Runbook | None = None) -> Release:
    """The release of the scenes, with its author."""
    return replace(scenes.release(plan), authors=(PIA,))


def keyring(people: Collection[PersonId]) -> Keyring:
    """The keys of these people, all of which count."""
    keys = {person: SIGNING[person].public for person in people}
    return Keyring(
        keys=Map({key.fingerprint: key for key in keys.values()}),
        owners=Map({key.fingerprint: person for person, key in keys.items()}),
        newest=Map({person: key.fingerprint for person, key in keys.items()}),
        effective=Map({person: key.fingerprint for person, key in keys.items()}),
    )


def actor(by: str | None, *, signed: bool = True) -> Actor:
    """Who asks, under the own key of whomever the name means, or under none."""
    if by is None:
        return Actor()
    person = find_person(estate().people, by)
    key = SIGNING[person.id].public.fingerprint if person is not None and signed else None
    return Actor(person=PersonId(by), key=key)


CONSOLE = Actor(person=MARA, is_console=True)
"""The console, which the commander conducts."""


@dataclass(slots=True, kw_only=True)
class Bridge:
    """A night, and everything that its decisions may know."""

    night: Night
    release: Release = field(default_factory=release)
    estate: Estate = field(default_factory=estate)
    calendar: Calendar = field(default_factory=Calendar)
    policy: Policy = field(default_factory=Policy)
    keys: Keyring = field(default_factory=lambda: keyring(EVERYBODY))
    clock: float = 5
    """Minutes since the window opened."""

    @property
    def run(self) -> RunState:
        """The run as its facts have left it."""
        return self.night.run

    @property
    def now(self) -> datetime:
        """The instant on the bridge."""
        return at(self.clock)

    def around(self, who: Actor | str | None = MARA) -> Around:
        """What a decision may know when this person, or the console, asks."""
        return Around(
            now=self.now,
            journal=JOURNAL,
            actor=who if isinstance(who, Actor) else actor(who),
            estate=self.estate,
            calendar=self.calendar,
            policy=self.policy,
            release=self.release,
            keys=self.keys,
        )

    def decide(self, command: NightCommand, by: Actor | str | None = MARA) -> Facts | Refusal:
        """What the command comes to, of which nothing is recorded."""
        return decide_night(self.around(by), self.run, command)

    def does(self, command: NightCommand, by: Actor | str | None = MARA) -> Facts:
        """The facts of a command that is not refused, recorded one after the other."""
        facts = self.decide(command, by)
        assert not isinstance(facts, Refusal), str(facts)
        self.record(*facts, by=by)
        return facts

    def refuses(self, command: NightCommand, by: Actor | str | None = MARA) -> tuple[str, ...]:
        """The rules by which a command is refused, each once."""
        refusal = self.decide(command, by)
        assert isinstance(refusal, Refusal), refusal
        return tuple(dict.fromkeys(reason.rule for reason in refusal.reasons))

    def record(self, *facts: NightFact, by: Actor | str | None = None) -> None:
        """Record facts as they are."""
        who = by if isinstance(by, Actor) else actor(by)
        for fact in facts:
            self.night.add(fact, self.clock, None if who.is_console else who.person)

    def start(self, step: StepId, said: Said | None = None) -> StartStep:
        """The command that starts a step over a current forecast, with the way back open."""
        return start(self.run, step, now=self.now, said=said)

    def comes_to(self, *steps: StepId) -> None:
        """Let these steps be done, whoever does them: their jobs succeed, their checks pass."""
        for step_id in steps:
            step = self.run.find_step(step_id)
            assert step is not None
            if step.kind is StepKind.GATE:
                self.polls_go(step)
                continue
            owner = step.owner or MARA
            self.does(self.start(step_id), by=owner)
            self.succeeds(step_id)
            self.passes(step)
            self.does(EndStep(run=RUN, step=step_id, state=StepState.DONE), by=owner)

    def polls_go(self, step: Step) -> None:
        """Let every station answer go, and the commander decide it."""
        speakers = {"payments": JO, "ledger": ASHA}
        for station in step.stations:
            vote = AnswerStation(
                run=RUN, step=step.id, station=station, vote=StationAnswer.GO, said=Said()
            )
            self.does(vote, by=speakers[station])
        self.does(DecideGate(run=RUN, step=step.id, decision=StationAnswer.GO))

    def effects(self, step: StepId) -> tuple[EffectId, ...]:
        """The effects intended for a step, oldest first."""
        return tuple(
            each for each, found in sorted(self.run.effects.items()) if found.effect.step == step
        )

    def succeeds(self, step: StepId) -> None:
        """Let the jobs of a step's newest attempt succeed."""
        for each in self.run.step_effects(step, len(self.run.steps[step].attempts)):
            effect = each.effect.id
            self.record(
                EffectSent(run=RUN, effect=effect),
                EffectAcknowledged(run=RUN, effect=effect, remote=f"job-{effect}"),
                EffectConfirmed(run=RUN, effect=effect, outcome=Outcome.SUCCEEDED),
            )

    def passes(self, step: Step) -> None:
        """Let the checks of a step's newest attempt pass."""
        for check in step.checks:
            self.record(read(self.run, step.id, check.id, passed=True))

    def asks(self, act: TwoPersonAct, thing: str, by: str = MARA) -> SignatureAsked:
        """The request that somebody asks another to sign."""
        (asked,) = self.does(AskSignature(run=RUN, act=act, thing=thing), by=by)
        assert isinstance(asked, SignatureAsked)
        return asked

    def signs(
        self,
        act: TwoPersonAct,
        thing: str,
        *,
        signer: str = BEN,
        key: PersonId | None = None,
        asked_by: str = MARA,
    ) -> Answer:
        """The answer of a second person to a request that was asked just now."""
        return self.answers(self.asks(act, thing, by=asked_by), signer=signer, key=key)

    def answers(
        self, asked: SignatureAsked, *, signer: str = BEN, key: PersonId | None = None
    ) -> Answer:
        """The answer to a request, under the signer's own key or somebody else's."""
        person = find_person(self.estate.people, signer)
        own = key or (person.id if person is not None else BEN)
        request = parse_request(asked.request.encode())
        return answer_request(request, PersonId(signer), SIGNING[own], self.now)

    def arms(self, armed: RollbackArmed | None = None) -> RollbackArmed:
        """The rollback of the scenes, armed over a fleet that is as planned."""
        found = armed or scenes.armed()
        self.does(arm(found), by=BEN)
        return found

    def fires(self) -> None:
        """Arm the rollback of the scenes and fire it by two people."""
        armed = self.arms()
        second = self.signs(TwoPersonAct.ROLLBACK, RUN, signer=INES, asked_by=BEN)
        self.does(fire(armed, second), by=BEN)


def start(run: RunState, step: StepId, *, now: datetime, said: Said | None = None) -> StartStep:
    """The command that starts a step over a current forecast, with the way back open."""
    return StartStep(
        run=RUN,
        step=step,
        said=said or Said(),
        call_now=run.calls.get(step),
        forecast=current_forecast(run, now),
        figures=figures(step),
    )


def current_forecast(run: RunState, now: datetime) -> Digest:
    """The name of the forecast as the run stands."""
    return forecast_digest(run.plan, progress_of(run, now), SEED)


def figures(step: StepId, *, latest_after: float | None = 120) -> StartFigures:
    """What a start does to the way back: the latest start of one, in minutes, None for none."""
    return StartFigures(
        step=step,
        lasts=minutes(5),
        latest_now=at(150),
        latest_after=None if latest_after is None else at(latest_after),
    )


def arm(armed: RollbackArmed) -> ArmRollback:
    """The command that arms this rollback over the part of the fleet that is as planned."""
    return ArmRollback(
        run=RUN,
        only=armed.only,
        covered=armed.covered,
        steps=armed.steps,
        calls=armed.calls,
        plan=armed.plan,
        fleet=(armed.fleet[0],),
    )


def fire(armed: RollbackArmed, second: Answer | None) -> FireRollback:
    """The command that fires this rollback over the fleet as it was seen."""
    return FireRollback(run=RUN, plan=armed.plan, fleet=(armed.fleet[0],), second=second)


def read(run: RunState, step: StepId, check: str, *, passed: bool | None) -> CheckRead:
    """A reading of a check of a step's newest attempt."""
    return CheckRead(
        run=RUN,
        step=step,
        attempt=len(run.steps[step].attempts),
        check=check,
        value=None if passed is None else 0.5 if passed else 1.5,
        passed=passed,
        says=f"{check} was read",
        source="metrics",
    )


def freeze(start: datetime, end: datetime) -> Calendar:
    """A calendar in which everything is frozen in between."""
    first, last = (
        Meant(instant=each, wall=each.replace(tzinfo=None), zone="UTC") for each in (start, end)
    )
    return Calendar(freezes=(Freeze(id="year-end", when=Recurring(start=first, end=last)),))


def bridge(
    plan: Runbook | None = None, *, rehearsal: bool = False, keyed: Collection[PersonId] = EVERYBODY
) -> Bridge:
    """A night that a console has just taken up, five minutes into its window."""
    found = Bridge(
        night=scenes.begin(plan, rehearsal=rehearsal), release=release(plan), keys=keyring(keyed)
    )
    found.record(RunTakenUp(run=RUN, holder="console-1", fence=1))
    return found


def nameless(plan: Runbook | None = None) -> Bridge:
    """A night of people whose keys nobody has confirmed yet."""
    return bridge(plan, keyed=())


def deploying() -> Bridge:
    """A night whose deployment runs."""
    found = bridge()
    found.comes_to(ANNOUNCE, STOP)
    found.does(found.start(DEPLOY), by=JO)
    return found


def at_the_gate() -> Bridge:
    """A night whose gate is to be answered."""
    found = bridge()
    found.comes_to(ANNOUNCE, STOP, DEPLOY)
    return found


def past_the_gate() -> Bridge:
    """A night whose last step, which cannot be undone, is ready."""
    found = at_the_gate()
    found.comes_to(GATE)
    found.clock = 60
    return found


def intended(facts: Facts) -> tuple[EffectIntended, ...]:
    """The effects among these facts."""
    return tuple(fact for fact in facts if isinstance(fact, EffectIntended))
