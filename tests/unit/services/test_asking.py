"""Asking people: what is put to whom, and how an answer becomes a fact."""

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.facts import StationAnswered, StepState
from relconsole.domain.plan.runbook import Check, Runbook, StepKind
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.ports.questions import Answered, Word
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import (
    INES,
    MARA,
    METRICS,
    PAY,
    STATION,
    deploy,
    gate,
    manual,
    release,
    small,
)
from tests.unit.services.bridge import Bridge

M, GO = StepId("m"), StepId("go")
HOLD = replace(manual("pause"), kind=StepKind.HOLD)


def answer(step: str, word: Word, by: PersonId | None = None, **more: str) -> Answered:
    return Answered(step=StepId(step), word=word, by=by, **more)


def one() -> Runbook:
    return Runbook(steps=(manual("m"),))


async def ask(bridge: Bridge, *, jobs: bool = True) -> tuple[list[str], tuple[str, ...]]:
    """Ask once; gives the steps that nobody answers any more, and what was refused."""
    unanswered, refused = await bridge.interviewer.ask(bridge.run.id, jobs=jobs)
    return [question.step.id for question in unanswered], refused


def test_that_every_open_step_is_asked_about_in_plan_order(loop: VirtualLoop) -> None:
    plan = Runbook(steps=(manual("m"), deploy("a", PAY), gate("go"), manual("later", after=("m",))))
    bridge = Bridge(loop, release(plan))

    async def scene() -> None:
        await bridge.night()
        assert await ask(bridge) == (["m", "go"], ())
        says = [question.says for question in bridge.asker.asked]
        assert says == [
            "m: Do m; the bridge: start?",
            f"gate go: Decide go; {STATION}: go, no-go or hold?",
        ]
        await bridge.begin("m")
        bridge.asker.asked.clear()
        await ask(bridge)
        first = bridge.asker.asked[0]
        assert first.says == "m: Do m; the bridge: done?"
        assert first.gives == (Word.DONE, Word.FAILED, Word.SKIP, Word.NOT_NEEDED)

    bridge.play(scene())


def test_that_an_owner_and_a_gate_without_stations_are_named(loop: VirtualLoop) -> None:
    plan = Runbook(steps=(replace(manual("m"), owner=INES), replace(gate("go"), stations=())))
    bridge = Bridge(loop, release(plan))

    async def scene() -> None:
        await bridge.night()
        await ask(bridge)
        assert [question.says for question in bridge.asker.asked] == [
            "m: Do m; ines: start?",
            "gate go: Decide go; the commander: go, no-go or hold?",
        ]

    bridge.play(scene())


def test_that_where_no_jobs_run_the_automated_steps_are_asked_about_too(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(Runbook(steps=(deploy("a", PAY),))))

    async def scene() -> None:
        await bridge.night(rehearsal=True)
        assert await ask(bridge, jobs=True) == ([], ())
        assert await ask(bridge, jobs=False) == (["a"], ())

    bridge.play(scene())


def test_that_nobody_is_asked_about_what_is_not_to_begin_yet(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(Runbook(steps=(manual("m"), gate("go")))))

    async def scene() -> None:
        run = await bridge.night()
        unanswered, _ = await bridge.interviewer.ask(run, jobs=True, not_yet=frozenset({M}))
        assert [question.step.id for question in unanswered] == ["go"]

    bridge.play(scene())


def test_that_nothing_is_missing_while_an_answer_may_still_come(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(one()), waits=True)

    async def scene() -> None:
        await bridge.night()
        assert await ask(bridge) == ([], ())

    bridge.play(scene())


@pytest.mark.parametrize(
    ("word", "state"),
    [
        (Word.START, StepState.RUNNING),
        (Word.DONE, StepState.DONE),
        (Word.NOT_NEEDED, StepState.NOT_NEEDED),
        (Word.SKIP, StepState.SKIPPED),
    ],
)
def test_that_an_answer_before_the_start_is_taken(
    loop: VirtualLoop, word: Word, state: StepState
) -> None:
    bridge = Bridge(loop, release(one()), answers={"m": (answer("m", word, note="so"),)})

    async def scene() -> None:
        await bridge.night()
        assert await ask(bridge) == ([], ())
        assert bridge.states()["m"] is state
        started = state in {StepState.RUNNING, StepState.DONE}
        assert bool(bridge.run.steps[M].attempts) is started

    bridge.play(scene())


@pytest.mark.parametrize("word", [Word.DONE, Word.FAILED])
def test_that_a_running_step_ends_as_it_is_answered(loop: VirtualLoop, word: Word) -> None:
    bridge = Bridge(loop, release(one()), answers={"m": (answer("m", word, note="so"),)})

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("m")
        assert await ask(bridge) == ([], ())
        assert bridge.states()["m"].value == word.value
        assert bridge.run.steps[M].attempts[-1].note == "so"

    bridge.play(scene())


def test_that_a_word_that_the_question_does_not_give_is_refused(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(one()), answers={"m": (Word.GO,)})

    async def scene() -> None:
        await bridge.night()
        assert await ask(bridge) == ([], ("m: go is no answer to this",))
        assert bridge.states()["m"] is StepState.NOT_STARTED

    bridge.play(scene())


def test_that_a_refusal_is_given_with_its_reasons(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(one()), answers={"m": (Word.SKIP,)})

    async def scene() -> None:
        await bridge.night()
        _, refused = await ask(bridge)
        assert refused[0].startswith("m: skipped needs a reason")

    bridge.play(scene())


def test_that_a_step_that_may_not_start_is_not_ended(loop: VirtualLoop) -> None:
    plan = Runbook(steps=(replace(manual("m"), owner=MARA),))
    bridge = Bridge(
        loop,
        replace(release(plan), requester=MARA, commander=INES),
        two_people=True,
        answers={"m": (Word.DONE,)},
    )

    async def scene() -> None:
        await bridge.night()
        _, refused = await ask(bridge)
        assert len(refused) == 1
        assert not bridge.run.steps[M].attempts

    bridge.play(scene())


def test_that_the_checks_of_a_manual_step_are_read_when_it_is_done(loop: VirtualLoop) -> None:
    check = Check(id="up", system=METRICS, query="up", above=0.5)
    plan = Runbook(steps=(replace(manual("m"), checks=(check,)),))
    bridge = Bridge(loop, release(plan), answers={"m": (Word.DONE,)})
    bridge.see("up", ({}, 1.0))

    async def scene() -> None:
        await bridge.night()
        assert await ask(bridge) == ([], ())
        (read,) = bridge.run.steps[M].attempts[-1].checks
        assert read.passed

    bridge.play(scene())


def test_that_a_rehearsal_reads_no_checks(loop: VirtualLoop) -> None:
    check = Check(id="up", system=METRICS, query="up", above=0.5)
    plan = Runbook(steps=(replace(manual("m"), checks=(check,)),))
    bridge = Bridge(loop, release(plan), answers={"m": (Word.DONE,)})

    async def scene() -> None:
        await bridge.night(rehearsal=True)
        assert await ask(bridge) == ([], ())
        assert bridge.calls() == []
        assert bridge.states()["m"] is StepState.DONE

    bridge.play(scene())


@pytest.mark.parametrize(
    ("given", "for_person"),
    [
        (answer("m", Word.START, for_name="ines"), INES),
        (answer("m", Word.START, by=INES), INES),
        (answer("m", Word.START, by=MARA), None),
        (answer("m", Word.START), INES),
    ],
)
def test_that_an_answer_counts_for_whom_it_names_else_for_the_owner(
    loop: VirtualLoop, given: Answered, for_person: PersonId | None
) -> None:
    plan = Runbook(steps=(replace(manual("m"), owner=INES),))
    bridge = Bridge(loop, release(plan), two_people=True, answers={"m": (given,)})

    async def scene() -> None:
        await bridge.night()
        assert await ask(bridge) == ([], ())
        assert bridge.run.steps[M].attempts[-1].for_person == for_person

    bridge.play(scene())


def test_that_a_gate_is_decided_once_its_poll_is_go_throughout(loop: VirtualLoop) -> None:
    bridge = Bridge(
        loop,
        release(Runbook(steps=(gate("go"),))),
        answers={"go": (answer("go", Word.GO, for_name=STATION),)},
    )

    async def scene() -> None:
        await bridge.night()
        assert await ask(bridge) == ([], ())
        assert bridge.run.gates[GO].note == "the poll is go throughout"
        assert bridge.states()["go"] is StepState.DONE

    bridge.play(scene())


def test_that_a_poll_that_is_not_over_decides_nothing(loop: VirtualLoop) -> None:
    plan = Runbook(steps=(replace(gate("go"), stations=(STATION, "ledger")),))
    bridge = Bridge(loop, release(plan), answers={"go": (answer("go", Word.GO, for_name=STATION),)})

    async def scene() -> None:
        await bridge.night()
        await ask(bridge)
        assert not bridge.run.gates
        assert bridge.states()["go"] is StepState.RUNNING

    bridge.play(scene())


def test_that_only_the_commander_has_ordered_that_go_throughout_means_go(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(
        loop,
        replace(release(Runbook(steps=(gate("go"),))), commander=INES, scribe=MARA),
        two_people=True,
        answers={"go": (answer("go", Word.GO, for_name=STATION),)},
    )

    async def scene() -> None:
        await bridge.night()
        assert await ask(bridge) == ([], ())
        assert not bridge.run.gates

    bridge.play(scene())


def test_that_a_vote_may_be_taken_without_deciding(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(Runbook(steps=(gate("go"),))))

    async def scene() -> None:
        await bridge.night()
        step = bridge.run.find_step(GO)
        assert step is not None
        vote = answer("go", Word.GO, for_name=STATION)
        await bridge.interviewer.take_gate(bridge.run.id, step, vote, decide_unanimous=False)
        assert not bridge.run.gates

    bridge.play(scene())


@pytest.mark.parametrize(
    ("given", "for_person"),
    [
        (answer("go", Word.HOLD, for_name=STATION, note="wait"), None),
        (answer("go", Word.HOLD, for_name="ines", note="wait"), INES),
        (answer("go", Word.HOLD, by=MARA, note="wait"), None),
    ],
)
def test_that_a_person_speaks_for_the_station_that_bears_their_role(
    loop: VirtualLoop, given: Answered, for_person: PersonId | None
) -> None:
    plan = Runbook(steps=(replace(gate("go"), stations=(STATION, "lead")),))
    bridge = Bridge(loop, release(plan), two_people=True, answers={"go": (given,)})

    async def scene() -> None:
        await bridge.night()
        assert await ask(bridge) == ([], ())
        (told,) = [each.fact for each in bridge.told if isinstance(each.fact, StationAnswered)]
        assert told.station == (STATION if given.for_name == STATION else "lead")
        assert told.for_person == for_person

    bridge.play(scene())


def test_that_an_answer_of_no_station_is_the_commanders_decision(loop: VirtualLoop) -> None:
    bridge = Bridge(
        loop,
        release(Runbook(steps=(gate("go"),))),
        answers={"go": (answer("go", Word.NO_GO, note="the rate is up"),)},
    )

    async def scene() -> None:
        await bridge.night()
        assert await ask(bridge) == ([], ())
        assert bridge.run.gates[GO].decision is StationAnswer.NO_GO
        assert bridge.held_by() == {(HoldCause.GATE, "go")}

    bridge.play(scene())


def test_that_a_refused_vote_decides_nothing(loop: VirtualLoop) -> None:
    bridge = Bridge(
        loop,
        release(Runbook(steps=(gate("go"),))),
        two_people=True,
        answers={"go": (answer("go", Word.NO_GO, for_name=STATION),)},
    )

    async def scene() -> None:
        await bridge.night()
        _, refused = await ask(bridge)
        assert "needs a note" in refused[0]
        assert not bridge.run.votes

    bridge.play(scene())


def test_that_nobody_is_asked_to_start_a_planned_hold(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(Runbook(steps=(HOLD,))))

    async def scene() -> None:
        await bridge.night()
        assert await ask(bridge) == ([], ())
        await bridge.begin("pause")
        assert await ask(bridge) == (["pause"], ())
        (question,) = bridge.asker.asked
        assert question.says == "hold pause: Do pause; the bridge: done, or hold?"

    bridge.play(scene())


@pytest.mark.parametrize("word", [Word.DONE, Word.GO])
def test_that_a_planned_hold_ends_when_it_is_answered(loop: VirtualLoop, word: Word) -> None:
    bridge = Bridge(loop, release(Runbook(steps=(HOLD,))), answers={"pause": (word,)})

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("pause")
        assert await ask(bridge) == ([], ())
        assert bridge.states()["pause"] is StepState.DONE

    bridge.play(scene())


@pytest.mark.parametrize(
    ("word", "note", "says"),
    [
        (Word.HOLD, "", "pause was answered hold"),
        (Word.NO_GO, "the rate is up", "pause was answered no-go: the rate is up"),
    ],
)
def test_that_a_planned_hold_that_is_to_stay_holds_the_run(
    loop: VirtualLoop, word: Word, note: str, says: str
) -> None:
    given = answer("pause", word, note=note)
    bridge = Bridge(loop, release(Runbook(steps=(HOLD,))), answers={"pause": (given,)})

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("pause")
        assert await ask(bridge) == ([], ())
        assert bridge.held_by() == {(HoldCause.PERSON, "pause")}
        assert bridge.run.holds[0].reasons == (says,)

    bridge.play(scene())


def test_that_answers_come_one_a_question(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), answers={"m": (Word.START, Word.DONE)})

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a", "b")
        await bridge.work()
        await bridge.say_go("go")
        await ask(bridge)
        assert bridge.states()["m"] is StepState.RUNNING
        await ask(bridge)
        assert bridge.states()["m"] is StepState.DONE

    bridge.play(scene())
