from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import EffectId, PersonId, SystemId
from relconsole.domain.kernel.json import as_object
from relconsole.domain.night.ahead import NeedRole
from relconsole.domain.night.bridge_facts import (
    HandoverOffered,
    HoldBegan,
    HoldCause,
    ProblemClosed,
    ProblemOpened,
)
from relconsole.domain.night.brief import Brief, brief_digest, make_brief
from relconsole.domain.night.effect_facts import (
    EffectIntended,
    EffectSent,
    EffectUnknown,
    Purpose,
)
from relconsole.domain.night.facts import RunOutcome, StepState, StepWaits
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.rollback_facts import (
    RollbackEnded,
    RollbackEnding,
    RollbackFired,
)
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    GATE,
    INES,
    JO,
    MARA,
    OTHER_PLAN,
    PLAN,
    RUN,
    STOP,
    TOMAS,
    Night,
    armed,
    at,
    begin,
    estate,
    release,
    signature,
)
from tests.unit.domain.night.test_ahead import forecast


def brief(night: Night, reader: str | None = None, *, told: bool = False) -> Brief:
    return make_brief(
        night.run,
        release(),
        estate(),
        at(5),
        forecast=forecast() if told else None,
        reader=PersonId(reader) if reader else None,
    )


def under_way() -> Night:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 2, MARA)
    night.start(STOP, 3, ASHA)
    night.add(StepWaits(run=RUN, step=STOP, reason="the vendor", until=at(20)), 4, ASHA)
    return night


def test_that_a_brief_says_where_the_night_stands() -> None:
    night = under_way()
    night.add(HoldBegan(run=RUN, cause=HoldCause.TRIGGER, thing="p95", reasons=("high",)), 4)
    found = brief(night)
    assert (found.outcome, found.reasons) == (RunOutcome.HELD, ("trigger p95: high",))
    assert (found.ended, found.planned) == (1, 5)
    assert [(each.step, each.state, each.waits_for) for each in found.under_way] == [
        (STOP, StepState.WAITING, "the vendor")
    ]
    assert (found.outlook, found.rollback) == (None, None)


def test_that_a_forecast_brings_end_lateness_and_the_latest_safe_start() -> None:
    outlook = brief(under_way(), told=True).outlook
    assert outlook is not None
    assert (outlook.end_p50, outlook.end_p90, outlook.latest_safe_start) == (
        at(71),
        at(75),
        at(140),
    )


def test_that_a_closed_problem_is_no_longer_in_the_brief() -> None:
    night = under_way()
    for name in ("P1", "P2"):
        night.add(ProblemOpened(run=RUN, problem=name, what="slow", severity="high"), 4, JO)
    night.add(ProblemClosed(run=RUN, problem="P1"), 5, JO)
    assert [each.problem for each in brief(night).problems] == ["P2"]


def test_that_an_effect_nobody_can_tell_yet_is_in_the_brief() -> None:
    night = under_way()
    for step, says in ((DEPLOY, "time-out"), (None, "")):
        effect = EffectId(
            night.add(
                EffectIntended(
                    run=RUN,
                    system=SystemId("ci"),
                    effect_kind="job.start",
                    purpose=Purpose.STEP,
                    fence=1,
                    step=step,
                ),
                4,
            )
        )
        night.add(EffectSent(run=RUN, effect=effect), 4)
        night.add(EffectUnknown(run=RUN, effect=effect, why=says), 5)
    assert brief(night).unsettled == (
        "job.start at ci for deploy is unknown: time-out",
        "job.start at ci is unknown",
    )


def test_that_a_reader_sees_their_steps_and_stations_with_times() -> None:
    mine = brief(under_way(), "asha").mine
    assert [(need.step, need.role) for need in mine] == [
        (STOP, NeedRole.OWNER),
        (GATE, NeedRole.STATION),
        ("drop", NeedRole.OWNER),
    ]
    assert brief(under_way(), "tomas").mine == ()
    assert brief(under_way()).mine == ()


def test_that_an_alias_reads_the_same_brief() -> None:
    assert brief(under_way(), "MOkafor").mine == brief(under_way(), "mara").mine != ()


def test_that_the_one_offered_the_command_sees_what_the_commander_decides() -> None:
    night = under_way()
    assert brief(night, "ines").mine == ()
    night.add(HandoverOffered(run=RUN, to=INES, brief=PLAN), 5, MARA)
    assert [(need.step, need.role) for need in brief(night, "ines").mine] == [
        (GATE, NeedRole.DECIDES)
    ]


@pytest.mark.parametrize("stage", ["armed", "fired", "ended"])
def test_that_the_brief_tells_how_far_the_way_back_is(stage: str) -> None:
    night = under_way()
    night.add(armed(), 20, JO)
    if stage != "armed":
        night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), 21, JO)
    if stage == "ended":
        night.add(RollbackEnded(run=RUN, ending=RollbackEnding.PARTIAL, fleet=()), 30)
    found = brief(night).rollback
    assert found is not None
    assert (found.armed_by, found.fired_at, found.second, found.ending) == (
        JO,
        None if stage == "armed" else at(21),
        None if stage == "armed" else INES,
        RollbackEnding.PARTIAL if stage == "ended" else None,
    )


def test_that_the_digest_binds_everything_that_was_shown() -> None:
    found = brief(under_way(), "asha", told=True)
    assert len(brief_digest(found)) == 64
    assert brief_digest(found) == brief_digest(brief(under_way(), "asha", told=True))
    outlook = found.outlook
    assert outlook is not None
    for other in (
        replace(found, outlook=replace(outlook, in_window=0.95)),
        replace(found, at=at(6)),
        replace(found, holds=(), commander=TOMAS),
    ):
        assert brief_digest(other) != brief_digest(found)


def test_that_a_brief_is_plain_json() -> None:
    written = as_object(to_json(brief(under_way(), "asha", told=True)))
    assert written["at"] == "2026-04-20T23:35:00Z"
    assert as_object(written["outlook"])["late"] == 240.0
