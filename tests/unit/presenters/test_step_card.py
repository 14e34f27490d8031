"""One step whole: its clock, its checks, and what may be done with it."""

from dataclasses import replace
from datetime import timedelta

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.facts import Followers, StepState
from relconsole.domain.night.step_commands import (
    DecideFollowers,
    EndStep,
    RepeatStep,
    Said,
    WaitStep,
)
from relconsole.domain.plan.runbook import (
    Check,
    JobRun,
    Mode,
    Replay,
    Runbook,
    Step,
    StepKind,
    Undo,
    UndoKind,
)
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.step_card import StepAct, StepCardRows, present_step_card
from tests.unit.presenters.night_plan import (
    DROP,
    GATE,
    JO,
    LAG,
    METRICS,
    P95,
    RELEASE,
    RUN,
    SHIFT,
    TOMAS,
    VERIFY,
    WARM,
    at,
    release,
    workspace,
)
from tests.unit.presenters.scenes import (
    Stage,
    alarm,
    before,
    calm,
    finished,
    lost_job,
    polling,
    rehearsed,
)


def card(seen: Seen, step: str) -> StepCardRows:
    found = present_step_card(seen, StepId(step))
    assert found is not None
    return found


def acts(seen: Seen, step: str) -> list[StepAct]:
    return [offer.act for offer in card(seen, step).offers]


def staged(*steps: Step) -> Stage:
    """The night with these steps for its plan."""
    planned = replace(release(), runbook=Runbook(steps=steps))
    stage = Stage()
    stage.do("01:00", ImportWorkspace(workspace=replace(workspace(), releases={RELEASE: planned})))
    stage.open("01:30")
    return stage


def step(name: str = "one", **more: object) -> Step:
    bare = Step(id=StepId(name), title=name.title(), duration=plain(timedelta(minutes=8)))
    return replace(bare, **more)  # type: ignore[arg-type]


def test_that_no_card_is_shown_of_nothing() -> None:
    assert present_step_card(before().seen(), SHIFT) is None
    assert present_step_card(calm().seen(), StepId("nowhere")) is None
    assert present_step_card(calm().seen(), None) is None


def test_that_a_running_step_shows_what_is_left_of_its_time() -> None:
    shift = card(calm().seen(), SHIFT)
    assert (shift.heading, shift.mode) == ("STEP 14 OF 27", "Do-confirm")
    assert (shift.person, shift.role) == ("Jo Reyes", "Operations, not an author of this change")
    assert shift.count == "03:18"
    assert (shift.count_word, shift.count_note) == ("left of 8\u00a0min", "due 02:15")
    assert (shift.start_word, shift.due_word, shift.is_late) == ("02:07 start", "02:15 due", False)
    assert round(shift.done_share, 4) == 0.5875
    assert shift.due_share == 1.0
    assert shift.sentence.endswith("running, 03:18 left of 8\u00a0min")


def test_that_an_overrun_counts_up_with_a_minus_and_the_bar_still_grows() -> None:
    shift = card(alarm().seen(), SHIFT)
    assert (shift.count, shift.count_word) == ("\u221202:42", "Overrun")
    assert shift.count_note == "plan 8\u00a0min, now 10\u00a0min 42\u00a0s"
    assert shift.is_late
    assert shift.done_share == 0.75
    assert round(shift.due_share, 3) == 0.561


def test_that_checks_say_what_they_read_and_which_of_them_fails() -> None:
    stage = alarm()
    stage.read("02:17:30", "shift", LAG, None)
    lines = card(stage.seen(), SHIFT).checks
    assert [(line.title, line.value, line.status, line.is_failing) for line in lines] == [
        ("Canary pool healthy over 0.5", "1", Status.DONE, False),
        ("Ledger lag under 2", "unknown", Status.UNKNOWN, True),
        ("Checkout p95 under 0.8", "1.42", Status.CRITICAL, True),
    ]
    assert card(calm().seen(), SHIFT).checks[2].value == "not read yet"
    assert card(rehearsed().seen(), SHIFT).checks[0].value == "not read in a rehearsal"


def test_that_at_most_nine_checks_are_shown_and_the_rest_is_counted() -> None:
    many = tuple(
        Check(id=f"c{number}", system=METRICS, query="q", above=1, below=2) for number in range(11)
    )
    shown = card(staged(step(checks=many)).seen(), "one")
    assert len(shown.checks) == 9
    assert shown.more_checks == "2 more"
    assert shown.checks[0].title == "c0 over 1 and under 2"


def test_that_a_check_that_fails_is_among_those_that_are_shown() -> None:
    many = tuple(Check(id=f"c{number}", system=METRICS, query="q", below=2) for number in range(11))
    stage = staged(step(checks=many))
    stage.start("02:10", "one")
    stage.read("02:11", "one", many[10], 5)
    shown = card(stage.seen(), "one")
    assert [line.title for line in shown.checks] == [
        "c10 under 2",
        *(f"c{number} under 2" for number in range(8)),
    ]
    assert shown.more_checks == "2 more"


def test_that_a_step_that_ended_says_when_and_how_long_it_took() -> None:
    deploy = card(calm().seen(), "deploy")
    assert (deploy.count, deploy.count_word) == ("Done", "at 02:07:00")
    assert deploy.count_note == "took 9\u00a0min, plan 9\u00a0min"
    skipped = card(finished().seen(), VERIFY)
    assert (skipped.count, skipped.count_word) == ("Skipped", "")
    assert skipped.count_note == "without an attempt"
    assert skipped.start_word == "not started"


def test_that_a_step_to_come_counts_to_its_start_or_says_that_nobody_knows() -> None:
    assert (card(calm().seen(), VERIFY).count, card(calm().seen(), VERIFY).count_word) == (
        "02:18",
        "until its plan",
    )
    assert card(alarm().seen(), VERIFY).count_word == "late to start"
    unknown = card(calm().seen(forecasts=False), VERIFY)
    assert (unknown.count, unknown.count_word) == ("8\u00a0min", "no forecast yet")
    assert unknown.due_word == ""


def test_that_the_mode_says_what_kind_of_step_it_is() -> None:
    seen = staged(
        step(mode=Mode.READ_DO),
        step("two", kind=StepKind.AUTOMATED),
        step("three", kind=StepKind.GATE),
    ).seen()
    assert [card(seen, name).mode for name in ("one", "two", "three")] == [
        "Read-do",
        "Automated",
        "Gate",
    ]


def test_that_who_wrote_the_change_and_who_owns_nothing_is_said() -> None:
    seen = staged(step(owner=TOMAS), step("two"), step("three", owner=PersonId("stranger"))).seen()
    assert card(seen, "one").role == "author or requester of this change"
    assert (card(seen, "two").person, card(seen, "two").role) == ("No owner", "")
    assert card(seen, "three").role == "not an author of this change"


def test_that_the_way_back_is_told() -> None:
    seen = staged(
        step(undo=Undo(kind=UndoKind.INVERSE, duration=plain(timedelta(minutes=3)))),
        step(
            "two",
            undo=Undo(
                kind=UndoKind.COMPENSATION, title="Pay back", duration=plain(timedelta(minutes=1))
            ),
        ),
        step("three"),
    ).seen()
    assert card(seen, "one").undo == "Way back: inverse, 3\u00a0min"
    assert card(seen, "two").undo == "Way back: Pay back, 1\u00a0min"
    assert card(seen, "three").undo == ""
    assert card(calm().seen(), DROP).undo == "No way back after this step"


def test_that_a_replay_says_what_proves_it_or_what_it_lacks() -> None:
    proved = Replay(duplicates="keyed by id", count="rows", amount="sum")
    inverse = Undo(kind=UndoKind.INVERSE, duration=plain(timedelta(minutes=3)))
    seen = staged(
        step(replays=proved),
        step("two", replays=proved, undo=inverse),
        step("three", replays=replace(proved, amount=""), undo=inverse),
    ).seen()
    says = "Replays, keyed by id; rows and sum prove it"
    assert card(seen, "one").undo == says
    assert card(seen, "two").undo == f"Way back: inverse, 3\u00a0min. {says}"
    assert card(seen, "three").undo == (
        "No way back after this step: it replays, and does not state the amount that proves it"
    )


def test_that_relief_is_no_step_of_the_count() -> None:
    planned = replace(release(), runbook=Runbook(steps=(step(),), relief=(step("page"),)))
    stage = Stage()
    stage.do("01:00", ImportWorkspace(workspace=replace(workspace(), releases={RELEASE: planned})))
    stage.open("01:30")
    assert card(stage.seen(), "one").heading == "STEP 1 OF 1"


def test_that_an_act_for_somebody_else_says_for_whom() -> None:
    stage = calm()
    assert card(stage.seen(), SHIFT).records_for == "Jo Reyes"
    assert card(stage.seen(person=JO), SHIFT).records_for == ""
    assert card(stage.seen(person=None), SHIFT).records_for == ""
    assert card(staged(step()).seen(), "one").records_for == ""


def test_that_a_step_says_for_what_it_waits() -> None:
    stage = calm()
    assert card(stage.seen(), VERIFY).waits == "Waits for step 14"
    assert card(stage.seen(), "shift-all").waits == "Waits for steps 16, 15"
    assert card(stage.seen(), WARM).waits == ""
    stage.do("02:12", WaitStep(run=RUN, step=WARM, reason="the cache"))
    assert card(stage.seen(), WARM).waits == "Waits for the cache"


def test_that_a_step_is_started_once_it_is_ready_and_may_be_dropped_before() -> None:
    drops = [StepAct.SKIP, StepAct.NOT_NEEDED]
    assert acts(calm().seen(), VERIFY) == drops
    stage = staged(step(), step("two", kind=StepKind.GATE), step("three", after=(StepId("two"),)))
    assert acts(stage.seen(), "one") == [StepAct.START, *drops]
    assert acts(stage.seen(), "two") == [StepAct.POLL, *drops]
    assert acts(calm().seen(), GATE) == drops
    assert acts(polling().seen(), GATE) == [StepAct.POLL]


def test_that_nobody_acts_without_a_key_or_after_the_night() -> None:
    assert acts(calm().seen(person=None), SHIFT) == []
    assert acts(finished().seen(), SHIFT) == []


def test_that_failing_checks_take_two_people_and_a_rehearsal_asks_for_none() -> None:
    after = [StepAct.FAIL, StepAct.WAIT]
    assert acts(alarm().seen(), SHIFT) == [StepAct.OVERRIDE, *after]
    assert acts(rehearsed().seen(), SHIFT) == [StepAct.COMPLETE, *after]
    assert acts(calm().seen(), WARM) == [StepAct.COMPLETE, *after]


def test_that_a_check_that_was_not_read_yet_is_read_by_completing_and_not_overridden() -> None:
    assert card(calm().seen(), SHIFT).checks[2].value == "not read yet"
    assert acts(calm().seen(), SHIFT)[0] is StepAct.COMPLETE


def test_that_a_start_that_leaves_no_way_back_says_before_that_it_takes_two() -> None:
    for_good = step(undo=Undo(kind=UndoKind.IRREVERSIBLE))
    seen = staged(for_good).seen()
    first = card(seen, "one").offers[0]
    assert (first.act, first.text, first.needs_note) == (StepAct.START, "Start, two people", True)
    for alone in (
        staged(step()).seen(),
        staged(replace(for_good, kind=StepKind.COMMUNICATION)).seen(),
        staged(for_good).seen(forecasts=False),
    ):
        first = card(alone, "one").offers[0]
        assert (first.act, first.text, first.needs_note) == (StepAct.START, "Start step", False)


def test_that_a_job_completes_its_step_by_itself() -> None:
    job = JobRun(system=METRICS, job="deploy")
    stage = staged(step(run=job, kind=StepKind.AUTOMATED))
    stage.start("01:30", "one")
    assert acts(stage.seen(), "one") == [StepAct.FAIL, StepAct.WAIT]


def test_that_a_job_whose_end_nobody_knows_is_settled_by_a_person_who_looked() -> None:
    held = card(lost_job().seen(), "second")
    assert held.status is Status.UNKNOWN
    assert held.waits.startswith("Nobody knows how its job ended.")
    assert [offer.act for offer in held.offers] == [
        StepAct.ENDED_WELL,
        StepAct.ENDED_BADLY,
        StepAct.NEVER_RAN,
    ]
    assert all(offer.needs_note for offer in held.offers)


def test_that_after_a_failure_somebody_decides_what_follows() -> None:
    stage = calm()
    stage.end("02:12", "warm", StepState.FAILED, "no capacity")
    assert acts(stage.seen(), WARM) == [
        StepAct.REPEAT,
        StepAct.GO_ON,
        StepAct.DROP_FOLLOWERS,
        StepAct.ROLL_BACK,
    ]
    decided = DecideFollowers(run=RUN, step=WARM, decision=Followers.GO_ON, said=Said(note="fine"))
    stage.do("02:13", decided)
    assert acts(stage.seen(), WARM) == [StepAct.REPEAT]
    assert acts(stage.seen(), "deploy") == [StepAct.REPEAT]


def test_that_earlier_attempts_are_told_with_how_they_ended() -> None:
    stage = calm()
    stage.end("02:12", "warm", StepState.FAILED, "no capacity")
    stage.do("02:13", RepeatStep(run=RUN, step=WARM, said=Said(note="again")))
    stage.start("02:13:30", "warm")
    told = card(stage.seen(), WARM).attempts
    assert told == ("Attempt 1, 01:58:30 to 02:12:00, failed: no capacity",)
    assert card(stage.seen(), SHIFT).attempts == ()


def test_that_a_step_with_no_length_still_has_a_bar() -> None:
    stage = staged(step(duration=plain(timedelta(0)), kind=StepKind.COMMUNICATION))
    stage.start("01:30", "one")
    stage.do("01:31", EndStep(run=RUN, step=StepId("one"), state=StepState.DONE))
    assert card(stage.seen(), "one").done_share == 0.75
    assert at("01:31") == stage.now


def test_that_the_limit_of_the_check_stands_in_its_title() -> None:
    assert card(calm().seen(), SHIFT).checks[2].title == f"{P95.id} under 0.8"


def test_that_a_way_back_of_unknown_length_is_told_without_one() -> None:
    unknown = step(undo=Undo(kind=UndoKind.COMPENSATION, title="Pay back"))
    assert card(staged(unknown).seen(forecasts=False), "one").undo == "Way back: Pay back"
