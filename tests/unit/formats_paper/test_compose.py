from __future__ import annotations

from dataclasses import replace

import pytest
from immutables import Map

from relconsole.adapters.formats.paper.blocks import Table
from relconsole.adapters.formats.paper.compose import compose_sheet
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.night.effect_facts import (
    EffectIntended,
    EffectSent,
    EffectUnknown,
    Purpose,
)
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_facts import (
    RollbackEnded,
    RollbackEnding,
    RollbackFired,
)
from relconsole.domain.plan.runbook import Runbook, Undo, UndoKind
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    DEPLOY,
    JO,
    MARA,
    OTHER_PLAN,
    RUN,
    UNDO_DEPLOY,
    armed,
    at,
    begin,
    estate,
    release,
    runbook,
    signature,
)
from tests.unit.formats_paper.scenes import paper, rollback_plan, under_way, words_of


def test_that_the_present_state_and_the_bridge_come_first() -> None:
    told = words_of(compose_sheet(paper(under_way())))
    for words in (
        (
            "[Present state] State HELD, 2 of 5 steps ended Commander mara, offered to ines "
            "Way back start by 01:50Z (03:50)"
        ),
        "Forecast 4m 00s late; ends 00:41Z (02:41), nine of ten by 00:45Z (02:45), in the window",
        "!trigger p95: high and rising! !trigger p95 stands!",
        "[Bridge] Dial-in DE +49 30 9999 Link https://bridge.example.org/7 Back-up +49 30 8888",
        "[Under way and next] 23:40Z (01:40) deploy: Deploy payments-api 2.31.0, running",
        "[Problems and decisions] P1 (high): slow",
        "[Left open] alerts (jo, until 01:00Z (03:00)); closed by: end it",
    ):
        assert words in told


def test_that_before_the_night_everything_is_still_to_do() -> None:
    told = words_of(compose_sheet(paper()))
    assert "[Present state] State not started Commander mara" in told
    assert "Forecast unknown" in told
    assert "☐ no. 1 23:30 (01:30) Announce the start announce: communication" in told
    assert "[Under way and next] 23:30Z (01:30) announce: Announce the start" in told
    assert "[Problems and decisions]" not in told


def test_that_people_come_with_every_way_to_reach_them_in_order() -> None:
    told = words_of(compose_sheet(paper(under_way())))
    assert (
        "Mara Okafor mara, operations commander, decides 1. phone: +49 30 1234 2. chat: @mara "
        "20:00-06:00 Europe/Berlin"
    ) in told
    assert "Jo Park jo, payments owner, station payments NO WAY TO REACH KNOWN hours" in told
    assert "[Vendors] Ledger GmbH, +49 40 1, contract L-12" in told


def test_that_somebody_needed_later_is_listed_too() -> None:
    late = release(Runbook(steps=tuple(replace(s, not_before=at(100)) for s in runbook().steps)))
    told = words_of(compose_sheet(replace(paper(), release=late)))
    assert "Asha Rao asha, ledger 1. pager: 77-12" in told


def test_that_a_person_without_a_team_is_printed_so() -> None:
    people = {
        name: replace(person, team=None) if name == JO else person
        for name, person in estate().people.items()
    }
    told = words_of(compose_sheet(replace(paper(), estate=Estate(people=Map(people)))))
    assert "Jo Park jo, no team owner" in told
    assert "!NOBODY for Leave canary at 23:45Z (01:45): station payments!" in told


def test_that_the_runbook_can_be_followed_without_the_console() -> None:
    told = words_of(compose_sheet(paper(under_way())))
    for words in (
        (
            "☑ no. 1 done 23:30 (01:30) Announce the start announce: communication - 2m - 23:30 "
            "23:32 mara"
        ),
        (
            "stop-writers: manual, do-confirm, after announce asha Ledger 5m to 9m 5m by 01:40Z "
            "(03:40) 23:33 23:39 asha rec. mara"
        ),
        (
            "▶ no. 3 running 23:37 (01:37) Deploy payments-api 2.31.0 deploy: automated, after "
            "stop-writers runs deploy at ci with to=prod check p95: p95 below 0.8 jo Payments "
            "8m 3m 23:40 jo"
        ),
        "asks payments, ledger; 2 needed",
        "not before 00:30Z (02:30) runs migrate at ci",
        "NONE irreversible",
    ):
        assert words in told


def test_that_the_prepared_rollback_can_be_walked_by_hand() -> None:
    told = words_of(compose_sheet(paper(under_way())))
    for words in (
        f"[Prepared rollback] Covers deploy, stop-writers Digest {rollback_plan().digest}",
        "payments-api at prod: from 2.31.0 or 2.30.4 back to 2.30.4",
        "ledger at prod: from unknown back to unknown",
        "Restore dump a dump, kept at vault 2, before stop-writers, until 09:30Z (11:30)",
        "Restore copy a copy, kept at vault 3, before stop-writers",
        "Total rows Rows: sum(rows)",
        "!Only two people may start this",
        "☐ no. 1 +0s Back to payments-api 2.30.4 undoes deploy undo-deploy: automated",
        (
            "☐ no. 2 +3m Tell the bank tell-the-bank: manual, do-confirm, after undo-deploy "
            "check lag: lag below 5 and above 0 changes data: a verified restore point first "
            "by telephone - 3m to 5m"
        ),
    ):
        assert words in told


def test_that_what_is_missing_is_printed_as_missing() -> None:
    bare = replace(release(Runbook()), bridge=None, vendors=(), change=None, scribe=None)
    told = words_of(compose_sheet(replace(paper(), release=bare, rollback=None)))
    assert "!no bridge named!" in told
    assert "!the plan has no steps!" in told
    assert "!no rollback is prepared for this plan!" in told
    assert "[Vendors]" not in told
    assert "Change" not in told


def test_that_there_is_room_for_what_is_done_by_hand() -> None:
    log = compose_sheet(paper()).blocks[-1]
    assert isinstance(log, Table)
    assert log.head[0] == "Time (UTC)"
    assert len(log.rows) == 24


def test_that_a_quiet_running_night_has_no_box_and_an_unknown_way_back() -> None:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    told = words_of(compose_sheet(replace(paper(night), forecast=None)))
    assert "State running, 0 of 5 steps ended Commander mara Way back latest safe start" in told
    assert "!trigger" not in told
    assert "[Problems and decisions]" not in told


def test_that_a_gone_way_back_is_shouted() -> None:
    asked = paper(under_way())
    assert asked.forecast is not None
    gone = replace(asked, forecast=replace(asked.forecast, latest_safe_start=None))
    assert "Way back NONE: something irreversible has begun" in words_of(compose_sheet(gone))


@pytest.mark.parametrize(("ended", "words"), [(False, "running"), (True, "partial")])
def test_that_a_fired_rollback_stands_on_the_first_page(ended: bool, words: str) -> None:
    night = under_way()
    night.add(armed(), 20, JO)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), 21, JO)
    night.start(UNDO_DEPLOY, 22, JO)
    if ended:
        night.add(RollbackEnded(run=RUN, ending=RollbackEnding.PARTIAL, fleet=()), 25)
    told = words_of(compose_sheet(paper(night)))
    assert f"Way back rollback fired 23:51Z (01:51), {words}" in told
    assert "▶ no. 1 running +0s Back to payments-api 2.30.4" in told


def test_that_an_unsettled_effect_is_in_the_box() -> None:
    night = begin()
    effect = EffectId(
        night.add(
            EffectIntended(
                run=RUN,
                system=SystemId("ci"),
                effect_kind="job.start",
                purpose=Purpose.STEP,
                fence=1,
                step=DEPLOY,
            ),
            4,
        )
    )
    night.add(EffectSent(run=RUN, effect=effect), 4)
    night.add(EffectUnknown(run=RUN, effect=effect, why="time-out"), 5)
    told = words_of(compose_sheet(paper(night)))
    assert "!not settled: job.start at ci for deploy is unknown: time-out!" in told


def test_that_a_gate_without_a_quorum_asks_everybody_and_an_undo_without_a_time_is_named() -> None:
    steps = tuple(
        replace(step, quorum=None, undo=Undo(kind=UndoKind.COMPENSATION))
        for step in runbook().steps
    )
    told = words_of(compose_sheet(replace(paper(), release=release(Runbook(steps=steps)))))
    assert "asks payments, ledger; 2 needed" in told
    assert "compensation" in told


def test_that_the_print_of_a_rehearsal_calls_itself_one_on_every_page() -> None:
    sheet = compose_sheet(paper(begin(rehearsal=True)))
    assert sheet.title == "REHEARSAL: Payments Core 2026.4 (pay-4)"
    assert "State REHEARSAL: running" in words_of(sheet)
    assert compose_sheet(paper()).title == "Payments Core 2026.4 (pay-4)"


def test_that_every_state_has_a_shape_of_its_own_or_says_its_word() -> None:
    night = begin()
    night.end(ANNOUNCE, 1, MARA, state=StepState.SKIPPED)
    night.end(DEPLOY, 1, MARA, state=StepState.NOT_NEEDED)
    told = words_of(compose_sheet(paper(night)))
    assert "– no. 1 skipped" in told
    assert "– no. 3 not needed" in told
