"""The one door of a night: every command passes it, and what must hold whatever is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

import msgspec.structs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relconsole.domain.console.facts import make_codec
from relconsole.domain.estate.people import is_one_of
from relconsole.domain.kernel.ids import Digest, EffectId, PersonId, StepId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.bridge_commands import (
    AcceptHandover,
    Amend,
    BeginHold,
    ClearTrigger,
    CloseLeftOpen,
    CloseProblem,
    EndHold,
    HandOverLeftOpen,
    LeaveOpen,
    MarkTriggerFalse,
    Note,
    OfferHandover,
    OpenProblem,
    ReportClockJump,
    ResumeLine,
    StandTrigger,
    StopLine,
)
from relconsole.domain.night.bridge_facts import HandoverAccepted, HoldCause, TriggerStood
from relconsole.domain.night.decide import AFTER_THE_END, NightCommand
from relconsole.domain.night.decide_start import halt_reasons
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectIntended,
    EffectRefused,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
    Purpose,
)
from relconsole.domain.night.evolve import NightFact, evolve_run, open_run
from relconsole.domain.night.evolve_effects import EffectMove
from relconsole.domain.night.facts import (
    Followers,
    RunEnded,
    RunOpened,
    RunOutcome,
    StepStarted,
    StepState,
)
from relconsole.domain.night.readiness_of_steps import ready_steps, underway_steps
from relconsole.domain.night.rollback_commands import (
    AskSignature,
    CloseTotal,
    DisarmRollback,
    EndRollback,
    KeepPreserved,
    KeepRestorePoint,
    KeepTotal,
)
from relconsole.domain.night.rollback_facts import (
    RollbackEnding,
    RollbackFired,
    SignatureAsked,
    TotalMoment,
    TwoPersonAct,
)
from relconsole.domain.night.run_commands import (
    EndRun,
    IntendEffect,
    KeepAnchor,
    LeaveRun,
    MoveEffect,
    OpenRun,
    TakeUp,
)
from relconsole.domain.night.state import RunState
from relconsole.domain.night.step_commands import (
    AnswerStation,
    DecideFollowers,
    DecideGate,
    EndStep,
    KeepCheck,
    RepeatStep,
    Said,
    StartStep,
    WaitStep,
)
from relconsole.domain.plan.amendment import Amendment, Insert, NotNeeded, Reassign, Repeat, Skip
from relconsole.domain.plan.digest import plain_of
from relconsole.domain.plan.runbook import StepKind
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.record.canonical import canonical
from relconsole.domain.record.effect import EffectState, Outcome
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.record.request import Answer
from tests.unit.domain.night import scenes
from tests.unit.domain.night.nights import (
    BEN,
    CONSOLE,
    EVERYBODY,
    Bridge,
    actor,
    arm,
    at_the_gate,
    bridge,
    current_forecast,
    deploying,
    figures,
    fire,
    past_the_gate,
    read,
)
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    DROP,
    GATE,
    INES,
    JO,
    MARA,
    RELEASE,
    RUN,
    STOP,
    UNDO_DEPLOY,
    at,
    minutes,
)

CODEC = make_codec()
ARMED = scenes.armed()
BRIEF = Digest("e" * 64)
WARM = replace(scenes.undo_deploy(), id=StepId("warm"), run=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something that somebody asks, with the few choices of which commands are made."""

    what: str
    step: StepId
    who: Actor | PersonId | None
    whom: PersonId | None
    note: str
    pick: int
    """Which of the choices of a command, whatever it has."""
    in_turn: bool = False
    """Whether it is about the step that is next, and says what would be right."""
    by_right: bool = False
    """Whether it is asked by whom the night expects."""

    @property
    def said(self) -> Said:
        return Said(for_person=self.whom, heard="voice", note=self.note)


def signature(night: Bridge, act: TwoPersonAct, thing: str, asked: Asked) -> Answer | None:
    """A second person's word: none, a true one, or one under another person's key."""
    if asked.pick % 4 == 0 or not isinstance(asked.who, str):
        return None
    facts = night.decide(AskSignature(run=RUN, act=act, thing=thing), by=asked.who)
    if isinstance(facts, Refusal):
        return None
    night.record(*facts, by=asked.who)
    (request,) = facts
    assert isinstance(request, SignatureAsked)
    key = BEN if asked.pick % 4 == 1 else None
    return night.answers(request, signer=asked.whom or INES, key=key)


def starts(night: Bridge, asked: Asked) -> StartStep:
    latest = 6 if asked.pick % 3 == 0 else 120
    second = signature(night, TwoPersonAct.COMMIT, asked.step, asked) if latest == 6 else None
    return replace(
        night.start(asked.step, asked.said),
        figures=figures(asked.step, latest_after=latest),
        second=second,
    )


def ends(night: Bridge, asked: Asked) -> EndStep:
    states = [StepState.DONE, StepState.FAILED, StepState.SKIPPED, StepState.NOT_NEEDED]
    return EndStep(run=RUN, step=asked.step, state=states[asked.pick % 4], said=asked.said)


def amends(night: Bridge, asked: Asked) -> Amend:
    acts: list[Amendment] = [
        Skip(step=asked.step, reason="r"),
        NotNeeded(step=asked.step, reason="r"),
        Repeat(step=asked.step, reason="r"),
        Reassign(step=asked.step, owner=asked.whom or JO, reason="r"),
        Insert(step=WARM, reason="r", before=(asked.step,)),
    ]
    return Amend(
        run=RUN,
        amendments=(acts[asked.pick % 5],),
        reason="r",
        calls={},
        forecast=current_forecast(night.run, night.now),
        later_by=minutes(0),
    )


def moves(night: Bridge, asked: Asked) -> MoveEffect:
    known = [each.effect.id for each in night.run.open_effects()]
    effect = known[asked.pick % len(known)] if known else EffectId("none")
    facts: list[EffectMove] = [
        EffectSent(run=RUN, effect=effect),
        EffectAcknowledged(run=RUN, effect=effect, remote=f"job-{effect}"),
        EffectConfirmed(run=RUN, effect=effect, outcome=Outcome.SUCCEEDED),
        EffectConfirmed(run=RUN, effect=effect, outcome=Outcome.FAILED),
        EffectUnknown(run=RUN, effect=effect, why="no answer"),
        EffectRefused(run=RUN, effect=effect, reason="no"),
        EffectSettledByHand(run=RUN, effect=effect, outcome=None, note=asked.note),
    ]
    follows = {EffectState.INTENDED: 0, EffectState.SENT: 1, EffectState.ACKNOWLEDGED: 2}
    state = night.run.effects[effect].effect.state if known else EffectState.REFUSED
    if asked.in_turn and state in follows:
        return MoveEffect(run=RUN, move=facts[follows[state]])
    return MoveEffect(run=RUN, move=facts[(asked.pick // 3) % 7])


def resumes(night: Bridge, asked: Asked) -> ResumeLine:
    second = signature(night, TwoPersonAct.RESUME, RUN, asked)
    return ResumeLine(run=RUN, second=second or scenes.signature())


def stands(_: Bridge, asked: Asked) -> StandTrigger:
    stood = TriggerStood(run=RUN, trigger="p95", value=1.5, since=at(1), reasons=("slow",))
    return StandTrigger(run=RUN, stood=stood)


def ends_a_hold(night: Bridge, asked: Asked) -> EndHold:
    holds = night.run.holds
    held = holds[asked.pick % len(holds)] if holds else None
    cause, thing = (held.cause, held.thing) if held else (HoldCause.CLOCK, "clock")
    return EndHold(run=RUN, cause=cause, thing=thing, said=asked.said)


def problems(_: Bridge, asked: Asked) -> OpenProblem:
    return OpenProblem(
        run=RUN,
        problem=f"P{asked.pick % 2}",
        what="queue",
        severity="high",
        question="drain?" if asked.pick % 3 else "",
        decide_by=at(asked.pick),
        then=list(Followers)[asked.pick % 4],
    )


def ends_rollback(_: Bridge, asked: Asked) -> EndRollback:
    seen = ARMED.fleet[0]
    back = replace(seen, expected=seen.target, observed=(seen.target,), ok=asked.pick % 2 == 0)
    ending = list(RollbackEnding)[asked.pick % 3]
    return EndRollback(run=RUN, ending=ending, fleet=(back,), reconcile=())


KINDS: dict[str, Callable[[Bridge, Asked], NightCommand]] = {
    "start": starts,
    "end": ends,
    "amend": amends,
    "move": moves,
    "resume": resumes,
    "trigger": stands,
    "end hold": ends_a_hold,
    "problem": problems,
    "end rollback": ends_rollback,
    "repeat": lambda _, asked: RepeatStep(run=RUN, step=asked.step, said=asked.said),
    "wait": lambda _, asked: WaitStep(run=RUN, step=asked.step, reason="it", said=asked.said),
    "followers": lambda _, asked: DecideFollowers(
        run=RUN, step=asked.step, decision=list(Followers)[asked.pick % 4], said=asked.said
    ),
    "check": lambda night, asked: KeepCheck(
        run=RUN,
        check=replace(
            read(deploying().run, DEPLOY, "p95", passed=asked.pick % 2 == 0), step=asked.step
        ),
    ),
    "vote": lambda _, asked: AnswerStation(
        run=RUN,
        step=GATE,
        station=("payments", "ledger")[asked.pick % 2],
        vote=list(StationAnswer)[asked.pick % 3],
        said=asked.said,
    ),
    "decide": lambda _, asked: DecideGate(
        run=RUN, step=GATE, decision=list(StationAnswer)[asked.pick % 3], said=asked.said
    ),
    "stop": lambda _, asked: StopLine(run=RUN, said=asked.said),
    "hold": lambda _, asked: BeginHold(
        run=RUN,
        cause=list(HoldCause)[asked.pick % len(HoldCause)],
        thing=asked.step,
        reasons=("so",),
    ),
    "clear": lambda _, __: ClearTrigger(run=RUN, trigger="p95"),
    "mark": lambda _, asked: MarkTriggerFalse(run=RUN, trigger="p95", said=asked.said),
    "close problem": lambda _, asked: CloseProblem(
        run=RUN, problem=f"P{asked.pick % 2}", decision=asked.note
    ),
    "leave open": lambda _, asked: LeaveOpen(
        run=RUN, entry="mute", what="muted", owner=asked.whom, closes="lift it"
    ),
    "close entry": lambda _, __: CloseLeftOpen(run=RUN, entry="mute"),
    "take entry": lambda _, __: HandOverLeftOpen(run=RUN, entry="mute"),
    "offer": lambda _, asked: OfferHandover(run=RUN, to=asked.whom or INES, brief=BRIEF),
    "accept": lambda _, __: AcceptHandover(run=RUN, brief=BRIEF),
    "note": lambda _, asked: Note(run=RUN, said=asked.said),
    "jump": lambda _, __: ReportClockJump(run=RUN, seconds=40),
    "arm": lambda _, __: arm(ARMED),
    "disarm": lambda _, __: DisarmRollback(run=RUN),
    "fire": lambda night, asked: fire(ARMED, signature(night, TwoPersonAct.ROLLBACK, RUN, asked)),
    "preserve": lambda _, __: KeepPreserved(run=RUN, folder="f", files=(), digests=()),
    "total": lambda _, asked: KeepTotal(
        run=RUN, total="t", moment=list(TotalMoment)[asked.pick % 3], value=1.0
    ),
    "close total": lambda _, asked: CloseTotal(
        run=RUN,
        total="t",
        moment=list(TotalMoment)[asked.pick % 3],
        cause=asked.note,
        correction="none",
        owner=asked.whom or ASHA,
    ),
    "point": lambda _, __: KeepRestorePoint(run=RUN, point="dump", says="done"),
    "take up": lambda _, asked: TakeUp(run=RUN, holder="console-2", fence=2 + asked.pick),
    "leave": lambda _, __: LeaveRun(run=RUN, outcome=RunOutcome.HELD, reasons=("so",)),
    "finish": lambda _, asked: EndRun(run=RUN, outcome=list(RunOutcome)[asked.pick % 4]),
    "intend": lambda _, asked: IntendEffect(
        run=RUN,
        system=SystemId("itsm"),
        effect_kind="change.comment",
        purpose=list(Purpose)[asked.pick % len(Purpose)],
        payload={},
    ),
    "anchor": lambda _, asked: KeepAnchor(
        run=RUN, size=asked.pick, root=Digest("2" * 64), place="keyring"
    ),
    "open": lambda _, __: OpenRun(
        run=RUN,
        release=RELEASE,
        rehearsal=False,
        holder="c",
        plan=BRIEF,
        step_digests={},
        calls={},
        approval="",
        approval_gaps=(),
        policy=BRIEF,
        console="0",
    ),
}
NAMES = (*EVERYBODY, PersonId("MARA"), PersonId("tnovak"), PersonId("zoe"))
OFTEN = ["start", "end", "move", "check", "vote", "decide", "fire", "followers", "repeat", "resume"]
HALTING = ["stop", "jump", "hold", "trigger"]
STEPS = (ANNOUNCE, STOP, DEPLOY, GATE, DROP, UNDO_DEPLOY, StepId("warm"))


def anything(chance: Random) -> Asked:
    """Something that anybody asks: often of the steps, now and then unsigned or by nobody."""
    name = chance.choice(NAMES)
    seldom = [] if chance.random() < 0.8 else HALTING
    whos: list[Actor | PersonId | None] = [name, name, CONSOLE, None, actor(name, signed=False)]
    return Asked(
        what=chance.choice([*sorted(KINDS.keys() - HALTING), *OFTEN * 4, *seldom]),
        step=chance.choice(STEPS),
        who=chance.choice(whos),
        whom=chance.choice([None, None, None, chance.choice(NAMES)]),
        note=chance.choice(["", "because", "so it is"]),
        pick=chance.randrange(60),
        in_turn=chance.random() < 0.85,
        by_right=chance.random() < 0.6,
    )


def fitting(night: Bridge, asked: Asked) -> Asked:
    """What is asked, where that is wished in turn and by whom the night expects."""
    run = night.run
    asks = {StepState.FAILED, StepState.SKIPPED}
    open_ended = [each for each, found in sorted(run.steps.items()) if found.state in asks]
    ready = [step.id for step in ready_steps(run, night.now)]
    begun = [step.id for step in underway_steps(run)]
    choices = {"start": ready, "followers": open_ended, "repeat": open_ended}.get(
        asked.what, begun or ready
    )
    if asked.in_turn:
        step = choices[asked.pick % len(choices)] if choices else asked.step
        picks = {"resume": asked.pick * 4 + 3, "fire": asked.pick * 4 + 3, "finish": 0}
        asked = replace(asked, step=step, pick=picks.get(asked.what, asked.pick))
    if not asked.by_right:
        return asked
    planned = run.find_step(asked.step)
    owner = planned.owner if planned is not None else None
    fit: dict[str, Actor | PersonId] = {
        "start": owner or run.commander,
        "end": owner or run.commander,
        "repeat": owner or run.commander,
        "vote": (JO, ASHA)[asked.pick % 2],
        "move": CONSOLE,
        "check": CONSOLE,
        "finish": CONSOLE,
        "arm": BEN,
        "accept": run.handover.to if run.handover is not None else INES,
    }
    return replace(asked, who=fit.get(asked.what, run.commander), whom=None)


def fired() -> Bridge:
    night = deploying()
    night.fires()
    return night


def failed() -> Bridge:
    """A night whose deployment has failed."""
    night = deploying()
    night.succeeds(DEPLOY)
    command = EndStep(run=RUN, step=DEPLOY, state=StepState.FAILED, said=Said(note="no"))
    night.does(command, by=JO)
    return night


def polled() -> Bridge:
    """A night whose gate one station has answered."""
    night = at_the_gate()
    night.does(AnswerStation(run=RUN, step=GATE, station="ledger", vote=StationAnswer.GO), by=ASHA)
    return night


def done() -> Bridge:
    """A night with nothing left to do."""
    night = past_the_gate()
    said = Said(note="columns are gone")
    night.does(EndStep(run=RUN, step=DROP, state=StepState.NOT_NEEDED, said=said), by=ASHA)
    return night


SCENES = st.sampled_from([bridge, deploying, failed, polled, past_the_gate, fired, done])


def judge(night: Bridge, asked: Asked, before: RunState, fact: NightFact) -> None:
    """Say of a fact, whatever was asked, that no rule of the night is broken by it."""
    people, release = night.estate.people, night.release
    person = asked.who.person if isinstance(asked.who, Actor) else asked.who
    match fact:
        case StepStarted(step=step_id, for_person=for_person):
            step = before.find_step(step_id)
            assert step is not None
            assert not halt_reasons(before, forward=not before.is_undo(step_id))
            assert (before.rollback is not None and before.rollback.fired_at is not None) is (
                before.is_undo(step_id)
            )
            partial = (release.requester, *release.authors)
            named = [each for each in (person, for_person) if each is not None]
            if step.changes_production:
                assert not any(is_one_of(people, each, partial) for each in named)
                assert step.owner is None or is_one_of(
                    people, person or "", (step.owner, before.commander, release.scribe or INES)
                )
        case EffectIntended():
            assert before.stop is None
        case RollbackFired(person=first, second=second):
            assert second is not None
            assert not is_one_of(
                people, second.signer, (first, release.requester, *release.authors)
            )
        case HandoverAccepted():
            assert before.handover is not None
            assert is_one_of(people, person or "", (before.handover.to,))
        case _:
            pass


def judge_run(run: RunState) -> None:
    """Say of a run that its steps and gates stand as they may."""
    for step_id, found in run.steps.items():
        assert [each.number for each in found.attempts] == list(range(1, len(found.attempts) + 1))
        assert all(each.ended is not None for each in found.attempts[:-1])
        jobs = [
            each
            for each in run.effects.values()
            if each.effect.step == step_id
            and each.is_open
            and each.intent.purpose in {Purpose.STEP, Purpose.UNDO}
        ]
        assert len(jobs) <= 1
        step = run.find_step(step_id)
        if step is not None and step.kind is StepKind.GATE and found.was_done:
            assert run.gates[step_id].decision is StationAnswer.GO
            assert {vote.vote for vote in run.votes[step_id]} == {StationAnswer.GO}
            assert len(set(run.voters[step_id])) >= 2


@settings(max_examples=80, deadline=None)
@given(SCENES, st.integers(0, 2**32))
def test_that_whatever_is_asked_no_rule_is_broken_and_the_record_tells_the_same_night(
    scene: Callable[[], Bridge], seed: int
) -> None:
    night, chance = scene(), Random(seed)
    for number in range(40):
        night.clock += number % 3
        asked = fitting(night, anything(chance))
        command = KINDS[asked.what](night, asked)
        before = night.run
        answer = night.decide(command, asked.who)
        assert night.run is before, "deciding records nothing by itself"
        if isinstance(answer, Refusal):
            assert answer.reasons
            continue
        assert not before.is_over or isinstance(command, AFTER_THE_END)
        for fact in answer:
            assert fact.run == RUN
            judge(night, asked, before, fact)
        night.record(*answer, by=asked.who)
        judge_run(night.run)
    assert told_again(night) == canonical(plain_of(night.run))


def told_again(night: Bridge) -> bytes:
    """The run as it is folded from what the record would hold of its facts."""
    first, *others = (
        msgspec.structs.replace(each, fact=CODEC.decode(*CODEC.encode(each.fact)))
        for each in night.night.facts
    )
    assert isinstance(first.fact, RunOpened)
    run = open_run(
        Recorded(
            id=first.id, seq=first.seq, at=first.at, by=first.by, key=first.key, fact=first.fact
        )
    )
    for each in others:
        run = evolve_run(run, each)  # type: ignore[arg-type]
    return canonical(plain_of(run))


def test_that_a_command_of_each_kind_comes_to_facts_or_to_reasons() -> None:
    night = deploying()
    for name, made in KINDS.items():
        asked = Asked(what=name, step=STOP, who=MARA, whom=None, note="", pick=1)
        answer = night.decide(made(night, asked))
        assert isinstance(answer, tuple | Refusal)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_that_nothing_but_what_outlasts_the_night_is_asked_of_a_run_that_is_over(
    name: str,
) -> None:
    night = deploying()
    asked = Asked(what=name, step=STOP, who=MARA, whom=None, note="so", pick=2)
    command = KINDS[name](night, asked)
    night.record(RunEnded(run=RUN, outcome=RunOutcome.FINISHED))
    if isinstance(command, AFTER_THE_END):
        assert night.decide(command) is not None
    else:
        assert night.refuses(command) == ("run_over",)
    assert night.run.is_over
