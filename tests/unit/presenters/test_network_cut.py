"""The bridge without a line: nothing from before reads as now, and nothing is promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from relconsole.domain.health.indicator import Watch, WatchState
from relconsole.domain.kernel.observation import Observation
from relconsole.domain.night.change_commands import SeeChange, TellChange
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.release.release import (
    ChangeReference,
    ChangeStates,
    Indicator,
    Item,
    Release,
    Severity,
)
from relconsole_ui.presenters.network_cut import NetworkCutRows, present_network_cut
from tests.unit.presenters.night_plan import (
    DESK,
    METRICS,
    RELEASE,
    RUN,
    at,
    runbook,
    workspace,
)
from tests.unit.presenters.scenes import (
    Stage,
    alarm,
    before,
    boxed_problem,
    calm,
    finished,
    none_live,
    tell_until_three_run,
)
from tests.unit.presenters.whole_night import night

CUT = at("02:14:52")
P95 = Indicator(
    id="Checkout p95",
    title="Checkout p95",
    system=METRICS,
    query="p95",
    unit="s",
    severity=Severity.CRITICAL,
)
LAG = Indicator(id="lag", title="Ledger lag", system=METRICS, query="lag", unit="s")


def cut(stage: Stage, **changes: object) -> NetworkCutRows:
    seen = replace(stage.seen("02:17:42", sources=none_live(CUT)), **changes)  # type: ignore[arg-type]
    rows = present_network_cut(seen)
    assert rows is not None
    return rows


def planned(release: Release) -> Stage:
    """A night of this release until three steps run."""
    whole = replace(workspace(), releases={RELEASE: release})
    return tell_until_three_run(Stage(planned=whole))


def released(**changes: object) -> Release:
    return replace(workspace().releases[RELEASE], **changes)  # type: ignore[arg-type]


def read(indicator: Indicator, value: float) -> dict[str, Watch]:
    last = Observation(
        value=value,
        source=METRICS,
        observed_at=CUT,
        time_to_live=timedelta(seconds=60),
    )
    watch = Watch(indicator=indicator.id, state=WatchState.INSIDE, last=last)
    return {indicator.id: watch}


def test_that_it_stands_only_while_a_night_is_on_and_no_source_is_live() -> None:
    assert present_network_cut(calm().seen()) is None
    assert present_network_cut(before().seen(sources=none_live(at("01:00")))) is None
    assert present_network_cut(finished().seen(sources=none_live(CUT))) is None
    assert cut(calm()).since == "02:14:52"


def test_that_the_change_is_unknown_until_it_is_read_again() -> None:
    (row,) = cut(calm()).unknown
    assert (row.what, row.last, row.at) == ("CHG-48213", "not known", "")
    assert row.follows == "read again on return"
    assert row.sentence == "CHG-48213 is unknown, last not known: read again on return"
    assert cut(planned(released(change=None))).unknown == ()


def test_that_a_trigger_may_be_true_while_nobody_sees_it() -> None:
    stage = planned(released(indicators=(P95, LAG)))
    unread, others, _ = cut(stage).unknown
    assert (unread.last, unread.at) == ("not known", "")
    assert unread.follows == "may be true: treat as possible"
    assert (others.what, others.last, others.at) == ("Other metrics", "not known", "")
    stage = planned(released(indicators=(P95, LAG)))
    was_read, others, _ = cut(stage, watches={**read(P95, 1.01), **read(LAG, 1.1)}).unknown
    assert (was_read.last, was_read.at) == ("1.01\u00a0s", "02:14:52")
    assert was_read.sentence.startswith("Checkout p95 is unknown, last 1.01\u00a0s at 02:14:52")
    assert (others.last, others.at) == ("1 value from before", "02:14:52")
    assert others.follows == "no limit is kept, none is broken"


def test_that_a_trigger_that_stood_stands_until_it_is_seen_to_clear() -> None:
    stage = alarm()
    seen = stage.seen(sources=none_live(CUT))
    with_p95 = replace(seen.release, indicators=(P95,))
    state = replace(
        seen.state,
        workspace=replace(seen.state.workspace, releases={RELEASE: with_p95}),
    )
    rows = present_network_cut(replace(seen, state=state))
    assert rows is not None
    assert rows.unknown[0].follows == "stands until it is seen to clear"


def test_that_versions_are_unknown_where_the_release_changes_any() -> None:
    stage = planned(released(items=(Item(service="payments-api"),)))  # type: ignore[arg-type]
    row = cut(stage).unknown[0]
    assert (row.what, row.last) == ("Versions", "of payments-api")
    assert row.follows == "pre-flight must be repeated"


def told(stage: Stage) -> Stage:
    """The change record is owed a note."""
    stage.do("02:15:30", TellChange(run=RUN), by=None)
    return stage


def kept_in_step() -> Stage:
    change = ChangeReference(
        system=DESK,
        id="CHG-48213",
        states=ChangeStates(approved="Scheduled", running="Implement", finished="Review"),
    )
    stage = planned(released(change=change))
    stage.do("02:11", SeeChange(run=RUN, state="Scheduled"), by=None)
    return stage


def test_that_what_waits_is_counted_by_its_kind_and_the_oldest_is_dated() -> None:
    rows = cut(told(kept_in_step()))
    assert rows.unknown[0].last == "state Scheduled"
    assert rows.unknown[0].at == "02:11:00"
    assert rows.unknown[0].follows == "work notes wait in the outbox"
    assert sum(row.count for row in rows.outbox) == int(rows.waiting.split()[0])
    assert [row.what for row in rows.outbox][-1] == "state of the change"
    assert rows.outbox[0].sentence == "1 work note"
    assert rows.outbox_says.endswith("The oldest has waited since 02:15:30.")


def test_that_an_empty_outbox_says_so_and_what_happens_to_what_comes() -> None:
    rows = cut(calm())
    assert (rows.outbox, rows.waiting) == ((), "nothing waits")
    assert rows.outbox_says.startswith("Nothing waits to be sent.")


def test_that_a_job_under_way_is_read_back_and_never_run_again() -> None:
    stage = night()
    row = next(row for row in cut(stage).unknown if row.what.startswith("Job"))
    assert (row.what, row.last, row.at) == ("Job of step 14", "taken, not over", "02:07:00")
    assert row.follows == "read back, never run again"
    stage.lose_job("02:14", "shift")
    row = next(row for row in cut(stage).unknown if row.what.startswith("Job"))
    assert row.last == "not known"


def test_that_whoever_may_sign_here_is_named() -> None:
    works = {row.what: row.how for row in cut(night()).works}
    assert works["Signing, two people"] == "Asha or Petra, own key"


def test_that_what_this_machine_does_itself_needs_no_network() -> None:
    stage = calm()
    works = {row.what: row.how for row in cut(stage).works}
    assert works["Runbook and clock"] == "steps move by hand"
    assert works["Recorded for"] == "Asha, Ines, Jo: by voice"
    assert works["Go / No-go"] == "by phone, read back"
    assert works["Phones"] == "12 of 13 people, kept here"
    assert works["Record"] == f"{stage.state.size} entries, kept here"
    assert "Signing, two people" not in works
    rows = cut(stage)
    assert rows.works[0].sentence == "Runbook and clock works: steps move by hand"
    assert rows.sentence.startswith("Unknown since 02:14:52. CHG-48213 is unknown")
    outbox = cut(told(kept_in_step())).outbox
    keys = [row.key for row in rows.unknown]
    keys += [row.key for row in rows.works]
    keys += [row.key for row in outbox]
    assert len(set(keys)) == len(keys)


def test_that_several_of_a_kind_are_counted_together() -> None:
    stage = told(kept_in_step())
    stage.do("02:15:40", boxed_problem())
    notes = next(row for row in cut(told(stage)).outbox if row.what.startswith("work"))
    assert notes.sentence == "2 work notes"


def test_that_nothing_is_recorded_for_others_where_the_commander_does_it_all() -> None:
    stage = Stage(planned=replace(workspace(), releases={RELEASE: released(runbook=alone())}))
    stage.open("01:30")
    stage.start("01:31", "open")
    assert [row.what for row in cut(stage).works] == ["Runbook and clock", "Phones", "Record"]


def alone() -> Runbook:
    return replace(runbook(), steps=runbook().steps[:2], deadline=None)
