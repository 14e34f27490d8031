"""The night report: how a run went, by written criteria, with everything that deviated.

It is made from the run, its recorded facts and the workspace, and says of itself what it cannot
prove. How its lines are laid out is in ``report_text``; what each section gathers is in
``report_sections``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from immutables import Map

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import Digest, PersonId, ReleaseId, RunId, StepId
from relconsole.domain.night.alert_report import AlertRow, list_alert_acts
from relconsole.domain.night.answer import (
    OpenLine,
    ProblemLine,
    RunType,
    night_answer,
    standing_outcome,
)
from relconsole.domain.night.bridge_facts import ProblemOpened
from relconsole.domain.night.change_facts import ClosureCode
from relconsole.domain.night.effect_facts import EffectSettledByHand
from relconsole.domain.night.facts import CheckpointAnchored, RunOpened, RunOutcome, StepState
from relconsole.domain.night.log import LoggedFact
from relconsole.domain.night.message_report import SentRow, list_sent
from relconsole.domain.night.muster_report import MusterRow, list_muster
from relconsole.domain.night.plan_against_actual import Deviation, StepRow, compare_steps
from relconsole.domain.night.relief import ReliefLine
from relconsole.domain.night.report_sections import (
    AmendmentRow,
    CommandRow,
    HoldRow,
    SettledRow,
    SignatureRow,
    TotalRow,
    TriggerEnding,
    TriggerRow,
    list_amendments,
    list_commands,
    list_dark,
    list_holds,
    list_settled,
    list_signatures,
    list_totals,
    list_triggers,
    list_unproven,
    list_unread,
)
from relconsole.domain.night.rollback_answer import RollbackAnswer, rollback_answer
from relconsole.domain.night.rollback_facts import RollbackEnding
from relconsole.domain.night.state import RunState
from relconsole.domain.night.wording import say_duration
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.release.release import Release


class NightOutcome(StrEnum):
    """How a night went; the criteria are those of ``judge_night``."""

    SUCCESSFUL = "successful"
    SUCCESSFUL_WITH_ISSUES = "successful_with_issues"
    PARTLY = "partly"
    ROLLED_BACK = "rolled_back"
    STOPPED = "stopped"


CLOSURE: Final[Mapping[NightOutcome, ClosureCode]] = {
    NightOutcome.SUCCESSFUL: ClosureCode.SUCCESSFUL,
    NightOutcome.SUCCESSFUL_WITH_ISSUES: ClosureCode.WITH_ISSUES,
    NightOutcome.PARTLY: ClosureCode.PARTLY,
    NightOutcome.ROLLED_BACK: ClosureCode.ROLLED_BACK,
    NightOutcome.STOPPED: ClosureCode.NOT_IMPLEMENTED,
}
"""The closure code that each outcome proposes for the change record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFigures:
    """The record behind the report: how many facts, and the root of the tree over them."""

    facts: int
    root: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureRow:
    """The closure code that a person confirmed; ``note`` says why it is another one."""

    code: ClosureCode
    by: PersonId | None
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NightReport:
    """A night; ``outcome`` is None for one that is not over, ``standing`` then says how it stands.

    ``because`` are the criteria that made the outcome, ``issues`` everything that did not go as
    planned, ``defects`` what the report itself cannot prove. ``late`` is the end against the end of
    the window. ``closure`` is a proposal, ``confirmed`` what a person made of it. ``planned`` and
    ``done`` count the steps of the forward plan.
    """

    release: ReleaseId
    title: str
    run: RunId
    type: RunType
    change: str
    environment: str
    zone: str
    made_at: datetime
    window_start: datetime
    window_end: datetime
    opened_at: datetime
    opened_by: PersonId | None
    approval: str
    plan: Digest
    commander: PersonId
    ended_at: datetime | None
    late: timedelta | None
    standing: RunOutcome | None
    standing_reasons: tuple[str, ...]
    outcome: NightOutcome | None
    because: tuple[str, ...]
    closure: str
    confirmed: ClosureRow | None
    planned: int
    done: int
    steps: tuple[StepRow, ...]
    issues: tuple[str, ...]
    problems: tuple[ProblemLine, ...]
    amendments: tuple[AmendmentRow, ...]
    holds: tuple[HoldRow, ...]
    triggers: tuple[TriggerRow, ...]
    alerts: tuple[AlertRow, ...]
    muster: tuple[MusterRow, ...]
    messages: tuple[SentRow, ...]
    commands: tuple[CommandRow, ...]
    signatures: tuple[SignatureRow, ...]
    settled: tuple[SettledRow, ...]
    totals: tuple[TotalRow, ...]
    relief: tuple[ReliefLine, ...]
    rollback: RollbackAnswer | None
    left_open: tuple[OpenLine, ...]
    defects: tuple[str, ...]
    figures: RecordFigures | None


def night_report(
    run: RunState,
    facts: Sequence[Recorded[LoggedFact]],
    release: Release,
    estate: Estate,
    now: datetime,
    *,
    p90: Mapping[StepId, timedelta] = Map(),
    figures: RecordFigures | None = None,
) -> NightReport:
    """Give the report of a run; ``p90`` are the durations that nine nights of ten do not exceed."""
    answer = night_answer(run, now)
    steps = compare_steps(run, facts, release, estate.people, p90)
    outcome, because = judge_night(run, steps, issues := _issues(run, facts, steps, release))
    standing, standing_reasons = standing_outcome(run)
    return NightReport(
        release=run.release,
        title=release.title,
        run=run.id,
        type=answer.type,
        change=f"{release.change.id} in {release.change.system}" if release.change else "",
        environment=release.environment,
        zone=release.zone,
        made_at=now,
        window_start=release.window.start,
        window_end=release.window.end,
        opened_at=run.opened_at,
        opened_by=run.opened_by,
        approval=run.approval,
        plan=_opened_plan(run, facts),
        commander=run.commander,
        ended_at=run.ended_at if run.is_over else None,
        late=_lateness(run, release),
        standing=standing,
        standing_reasons=standing_reasons,
        outcome=outcome,
        because=because,
        closure=_closure(run, outcome),
        confirmed=_confirmed(run),
        planned=sum(not row.undo for row in steps),
        done=sum(_is_done(row) and not row.undo for row in steps),
        steps=steps,
        issues=issues,
        problems=answer.problems,
        amendments=list_amendments(facts),
        holds=list_holds(facts),
        triggers=list_triggers(facts),
        alerts=list_alert_acts(facts),
        muster=list_muster(facts),
        messages=list_sent(run),
        commands=list_commands(facts, estate.people),
        signatures=list_signatures(run, facts),
        settled=list_settled(facts),
        totals=list_totals(run),
        relief=answer.relief,
        rollback=None if run.rollback is None else rollback_answer(run),
        left_open=answer.left_open,
        defects=_defects(run, facts),
        figures=figures,
    )


def _opened_plan(run: RunState, facts: Sequence[Recorded[LoggedFact]]) -> Digest:
    """Give the plan as it was when the run was opened, before any amendment."""
    return next((each.fact.plan for each in facts if isinstance(each.fact, RunOpened)), run.plan)


def judge_night(
    run: RunState, steps: Sequence[StepRow], issues: Sequence[str]
) -> tuple[NightOutcome | None, tuple[str, ...]]:
    """Give the outcome by these criteria, the first that holds, with why; None while it is open.

    Rolled back: a rollback of the whole release ended with desired and observed state both the old
    one. Partly: a rollback ended otherwise or covered one service only, or a step that changes
    production failed or was skipped; a rollback that can be gone on with counts once the run was
    left. Stopped: the run was left with its line stopped, or ended
    otherwise than finished. Successful with issues: anything else that did not go as planned.
    Successful: the rest.
    """
    back = run.rollback
    left = run.outcome is not None
    went_back = back is not None and back.ending is not None and (left or not back.is_running)
    left_stopped = run.outcome is RunOutcome.STOPPED and run.stop is not None
    if not (run.is_over or went_back or left_stopped):
        return None, ()
    if back is not None and back.fired_at is not None:
        if back.ending is RollbackEnding.ROLLED_BACK and back.armed.only is None:
            return NightOutcome.ROLLED_BACK, ("every service is observed on its old version",)
        only = f" of {back.armed.only} alone" if back.armed.only else ""
        ending = str(back.ending or "not over").replace("_", " ")
        return NightOutcome.PARTLY, (f"a rollback{only} was fired and is {ending}",)
    if run.outcome is not RunOutcome.FINISHED:
        return NightOutcome.STOPPED, run.ended_reasons or ("the run did not come to its end",)
    undone = tuple(
        f"{row.step} {str(row.state).replace('_', ' ')}"
        for row in steps
        if row.state in {StepState.FAILED, StepState.SKIPPED} and _changes(run, row)
    )
    if undone:
        return NightOutcome.PARTLY, undone
    if issues:
        return NightOutcome.SUCCESSFUL_WITH_ISSUES, (f"{len(issues)} not as planned",)
    return NightOutcome.SUCCESSFUL, ("every step done as planned",)


def _closure(run: RunState, outcome: NightOutcome | None) -> str:
    """Give the closure code to propose; one stopped after it touched production is partly done."""
    if outcome is None or run.rehearsal:
        return ""
    if outcome is NightOutcome.STOPPED and any(
        step.changes_production and step.id in run.touched() for step in run.runbook.steps
    ):
        return CLOSURE[NightOutcome.PARTLY]
    return CLOSURE[outcome]


def _confirmed(run: RunState) -> ClosureRow | None:
    """Give the closure code that somebody confirmed."""
    found = run.closure
    if found is None:
        return None
    return ClosureRow(code=found.fact.code, by=found.by, at=found.at, note=found.fact.note)


def _changes(run: RunState, row: StepRow) -> bool:
    """Tell whether a row is a step of the plan that changes production."""
    step = run.runbook.find(row.step)
    return step is not None and step.changes_production


def _is_done(row: StepRow) -> bool:
    return row.state in {StepState.DONE, StepState.DONE_WITH_REMARK}


def _issues(
    run: RunState,
    facts: Sequence[Recorded[LoggedFact]],
    steps: Sequence[StepRow],
    release: Release,
) -> tuple[str, ...]:
    """Give everything that did not go as planned, one line each."""
    found = [
        f"{row.step}: {', '.join(row.deviations)}"
        for row in steps
        if row.deviations and row.deviations != (Deviation.NOT_NEEDED,)
    ]
    found += [
        f"{row.step}: {row.note or 'done with a remark'}"
        for row in steps
        if row.state is StepState.DONE_WITH_REMARK
    ]
    found += [
        f"problem {each.fact.problem}: {each.fact.what}{_incident(each.fact, each.by)}"
        for each in facts
        if isinstance(each.fact, ProblemOpened)
    ]
    found += [f"hold, {row.cause} {row.thing}" for row in list_holds(facts) if row.is_unplanned]
    found += [
        f"trigger {row.trigger} stood"
        + (", a false positive" if row.ending is TriggerEnding.FALSE_POSITIVE else "")
        for row in list_triggers(facts)
    ]
    found += [f"plan amended: {row.reason}" for row in list_amendments(facts)]
    settled = sum(isinstance(each.fact, EffectSettledByHand) for each in facts)
    found += [f"effects settled by hand: {settled}"] if settled else []
    found += list_dark(facts)
    found += [f"left open: {line.what}" for line in night_answer(run).left_open]
    late = _lateness(run, release)
    if late is not None and late > timedelta(0):
        found.append(f"over {say_duration(late)} after the end of the window")
    return tuple(found)


def _incident(fact: ProblemOpened, by: PersonId | None) -> str:
    """Give the incident that a problem names, and how the two were linked."""
    return f" (incident {fact.incident}, stated by {by or 'the console'})" if fact.incident else ""


def _lateness(run: RunState, release: Release) -> timedelta | None:
    """Give the end against the end of the window, None for a rehearsal and before the end."""
    if run.ended_at is None or not run.is_over or run.rehearsal:
        return None
    return run.ended_at - release.window.end


def _defects(run: RunState, facts: Sequence[Recorded[LoggedFact]]) -> tuple[str, ...]:
    """Give what the report cannot prove."""
    found = list(list_unproven(run, facts))
    if run.anchored == 0:
        found.append("not anchored: no head of this record stands anywhere outside it")
    else:
        later = sum(
            each.seq > run.anchored
            for each in facts
            if not isinstance(each.fact, CheckpointAnchored)
        )
        found += [f"{later} facts are later than the last anchor"] if later else []
    return (*found, *list_unread(run))
