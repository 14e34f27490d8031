from __future__ import annotations

from dataclasses import replace

import pytest
from immutables import Map

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.night.answer import OpenLine
from relconsole.domain.night.bridge_facts import (
    HandoverOffered,
    HoldBegan,
    HoldCause,
    LeftOpen,
    LeftOpenHandedOver,
    LineStopped,
    ProblemOpened,
    TriggerStood,
)
from relconsole.domain.night.brief import brief_digest
from relconsole.domain.night.brief_text import render_brief, render_muster, say_open
from relconsole.domain.night.facts import RunEnded, RunOutcome
from relconsole.domain.night.layout import WIDTH
from relconsole.domain.night.muster import make_muster
from relconsole.domain.night.muster_marks import PersonMark
from relconsole.domain.night.rollback_facts import (
    RollbackEnded,
    RollbackEnding,
    RollbackFired,
)
from relconsole.domain.plan.runbook import Runbook, Step
from relconsole.domain.release.release import Bridge, DialIn
from tests.unit.domain.night.scenes import (
    ASHA,
    INES,
    JO,
    MARA,
    OTHER_PLAN,
    PLAN,
    RUN,
    STOP,
    Night,
    armed,
    at,
    begin,
    estate,
    release,
    runbook,
    signature,
)
from tests.unit.domain.night.test_brief import brief, under_way


def squeezed(text: str) -> str:
    """The text with its line breaks and indents as single blanks."""
    return " ".join(text.split())


def bridge_facts(night: Night) -> None:
    night.add(
        HoldBegan(run=RUN, cause=HoldCause.TRIGGER, thing="p95", reasons=("high\nand rising",)), 4
    )
    night.add(TriggerStood(run=RUN, trigger="p95", value=0.9, since=at(3), reasons=("high",)), 4)
    night.add(
        ProblemOpened(
            run=RUN,
            problem="P1",
            what="slow",
            severity="high",
            owner=JO,
            next_word=at(30),
            question="wait or go back?",
            options=("wait", "back"),
            decides=MARA,
            decide_by=at(40),
        ),
        4,
        JO,
    )
    night.add(
        ProblemOpened(run=RUN, problem="P2", what="noise", severity="low", question="ignore?"), 4
    )
    night.add(
        LeftOpen(run=RUN, entry="s", what="alerts", owner=JO, closes="end it", expires=at(90)),
        4,
    )
    night.add(LeftOpen(run=RUN, entry="t", what="lock", owner=None, closes="unlock"), 4)
    night.add(LeftOpenHandedOver(run=RUN, entry="t", to=INES), 4, INES)
    night.add(HandoverOffered(run=RUN, to=INES, brief=PLAN), 4, MARA)


def test_that_a_brief_is_read_in_one_glance_and_ends_with_its_digest() -> None:
    night = under_way()
    bridge_facts(night)
    found = brief(night, "asha", told=True)
    text = render_brief(found)
    assert all(len(line) <= WIDTH for line in text.splitlines())
    assert text.rstrip().endswith(brief_digest(found))
    told = squeezed(text)
    for words in (
        "BRIEF Payments Core 2026.4 (live)",
        "state held: trigger p95: high and rising",
        "commander mara, offered to ines",
        "steps 1 of 5 ended",
        "window ends 2026-04-21 02:30:00Z (04:30:00 Berlin)",
        "4m 00s late; ends 00:41Z (02:41), nine of ten by 00:45Z (02:45); in the window 96%",
        "latest safe start 2026-04-21 01:50:00Z (03:50:00 Berlin), decide by 01:45Z (03:45)",
        "rollback not armed",
        "stop-writers: Stop ledger writers, asha, waiting since 23:33Z (01:33) for the vendor",
        "next word 00:00Z (02:00); mara decides by 00:10Z (02:10), else hold: wait or go back?",
        "[wait | back]",
        "P2 (low): noise; owner nobody; nobody named decides, else hold: ignore?",
        "alerts (jo, until 01:00Z (03:00)); closed by: end it",
        "lock (handed to ines, no expiry); closed by: unlock",
        "NEXT FOR ASHA",
        "canary: Leave canary, for station ledger",
    ):
        assert words in told


def test_that_what_nobody_worked_out_is_called_unknown() -> None:
    told = squeezed(render_brief(brief(under_way())))
    assert "state running" in told
    assert "forecast unknown way back unknown" in told
    assert "NEXT FOR" not in told
    assert "mara: 23:46Z (01:46) canary: Leave canary, decides" in told


def test_that_a_reader_without_a_part_is_told_so() -> None:
    assert "NEXT FOR TOMAS nothing in this plan" in squeezed(
        render_brief(brief(under_way(), "tomas"))
    )


def test_that_a_night_without_a_way_back_says_so() -> None:
    found = brief(under_way(), told=True)
    outlook = found.outlook
    assert outlook is not None
    gone = replace(found, outlook=replace(outlook, latest_safe_start=None, decide_by=None))
    assert "way back none: something irreversible has begun" in squeezed(render_brief(gone))


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("armed", "armed 23:50Z (01:50) by jo, not fired"),
        ("fired", "fired 23:51Z (01:51) by jo and ines, running"),
        ("ended", "fired 23:51Z (01:51) by jo and ines, rolled back"),
        ("alone", "fired 23:51Z (01:51) by jo, running"),
    ],
)
def test_that_the_rollback_stands_in_the_brief(stage: str, words: str) -> None:
    night = under_way()
    night.add(armed(), 20, JO)
    if stage != "armed":
        second = None if stage == "alone" else signature()
        night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=second, person=JO), 21, JO)
    if stage == "ended":
        night.add(RollbackEnded(run=RUN, ending=RollbackEnding.ROLLED_BACK, fleet=()), 30)
    assert words in squeezed(render_brief(brief(night)))


def test_that_a_stopped_or_ended_run_says_how() -> None:
    night = under_way()
    night.add(LineStopped(run=RUN, note=""), 4, ASHA)
    assert "state stopped: asha stopped the line" in squeezed(render_brief(brief(night)))
    over = begin()
    over.add(RunEnded(run=RUN, outcome=RunOutcome.FINISHED), 5)
    assert "state finished commander" in squeezed(render_brief(brief(over)))


def test_that_a_step_without_owner_or_start_time_is_still_told() -> None:
    night = begin(Runbook(steps=(replace(runbook().steps[1], owner=None, after=()),)))
    night.start(STOP, 1, ASHA)
    told = squeezed(render_brief(brief(night)))
    assert "stop-writers: Stop ledger writers, no owner, running since 23:31Z (01:31)" in told
    assert "NOBODY (the step has no owner): 23:31Z (01:31) stop-writers" in told
    found = brief(night)
    bare = replace(found, under_way=(replace(found.under_way[0], since=None),))
    assert "no owner, running NEXT" in squeezed(render_brief(bare))


def test_that_a_muster_names_who_how_and_what_has_nobody() -> None:
    text = render_muster(make_muster(release(), estate(), at(-15)))
    assert all(len(line) <= WIDTH for line in text.splitlines())
    told = squeezed(text)
    for words in (
        "MUSTER Payments Core 2026.4",
        (
            "Mara Okafor (mara), commander, owner, decides throughout, on duty; not called "
            "phone +49 30 1234 > chat @mara"
        ),
        (
            "Asha Rao (asha), owner, station ledger at 23:32Z (01:32), OFF DUTY; not called "
            "pager 77-12"
        ),
        (
            "Jo Park (jo), owner, station payments at 23:37Z (01:37), hours unknown; not called "
            "NO WAY TO REACH KNOWN"
        ),
        "BRIDGE de +49 30 9999 link https://bridge.example.org/7 back-up +49 30 8888",
        "Ledger GmbH, +49 40 1, contract L-12, case C-7, 24x7, answers within 30m 00s",
        "Cloud Inc",
    ):
        assert words in told
    assert "NOBODY FOR" not in told


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (PersonMark(here=True, answered_at=at(-20)), "here since 23:10Z (01:10)"),
        (PersonMark(here=False, answered_at=at(-20), note="ill"), "GONE since 23:10Z (01:10): ill"),
        (PersonMark(called_at=at(-17), way="chat"), "called by chat since 23:13Z (01:13)"),
        (PersonMark(called_at=at(-40)), "MISSING, called since 22:50Z (00:50)"),
    ],
)
def test_that_a_muster_says_where_each_person_stands(mark: PersonMark, words: str) -> None:
    found = make_muster(release(), estate(), at(-15), marks={MARA: mark})
    assert f"on duty; {words} phone +49" in squeezed(render_muster(found))


def test_that_a_muster_shouts_for_steps_that_nobody_does() -> None:
    unowned = Runbook(steps=(Step(id=STOP, title="Stop", duration=runbook().steps[1].duration),))
    bare = replace(release(unowned), bridge=None, vendors=())
    told = squeezed(render_muster(make_muster(bare, Estate(people=Map()), at(-15))))
    assert "NOBODY FOR 23:30Z (01:30) Stop: the step has no owner" in told
    assert "mara (mara), commander throughout, NOT KNOWN to the estate" in told
    assert "BRIDGE none named" in told
    named = squeezed(render_muster(make_muster(release(), Estate(people=Map()), at(-15))))
    assert "Stop ledger writers: owner asha is nobody the estate knows" in named


def test_that_a_problem_without_a_choice_asks_for_nothing() -> None:
    night = under_way()
    night.add(ProblemOpened(run=RUN, problem="P3", what="slow", severity="low"), 4)
    assert "P3 (low): slow; owner nobody NEXT" in squeezed(render_brief(brief(night)))


def test_that_a_bridge_without_a_link_shows_its_numbers() -> None:
    bridge = Bridge(dial_in=(DialIn(country="de", number="+49 30 9999"),))
    told = squeezed(render_muster(make_muster(replace(release(), bridge=bridge), estate(), at(0))))
    assert "BRIDGE de +49 30 9999 VENDORS" in told


def test_that_an_entry_nobody_owns_says_so() -> None:
    entry = OpenLine(
        entry="x", what="lock", owner=None, closes="unlock", expires=None, handed_to=None
    )
    assert say_open(entry, "UTC") == "lock (nobody, no expiry); closed by: unlock"
