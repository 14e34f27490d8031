"""What is said of each act that two people do: what it is, what stands against it, what is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from immutables import Map

from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.night.decide_end import failing_checks
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.guard import StartFigures
from relconsole.domain.plan.runbook import Step
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.lateness import numbers
from relconsole_ui.presenters.looked_at import LookedAtRow
from relconsole_ui.presenters.rollback_sight import readable
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock, clock_seconds, minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class ActWords:
    """What is said of an act of two people, whoever wants it.

    ``heading`` stands over the ``rows``; ``comes`` is what doing it records; ``rule`` who may not
    sign it beside what holds for every act. ``word`` is typed before it is done, empty where Enter
    is enough; ``is_grave`` where something is lost for good. ``shows`` goes into the request.
    """

    title: str
    about: str
    heading: str
    rows: tuple[LookedAtRow, ...]
    confirm: str
    comes: str
    reason: str = ""
    rule: str = ""
    word: str = ""
    is_grave: bool = False
    shows: JsonObject = field(default_factory=Map[str, str])


def override_words(seen: Seen, run: RunState, step: Step, note: str) -> ActWords:
    """Give what is said of ending a step as done over checks that do not pass."""
    failing = failing_checks(run, step)
    attempt = run.steps[step.id].attempt
    read = {} if attempt is None else {each.check: each.passed for each in attempt.checks}
    owner = "" if step.owner is None else f"{seen.name(step.owner)} owns this step and may not sign"
    return ActWords(
        title="Override a failing check",
        about=_about(run, step),
        heading="Does not pass",
        rows=tuple(
            LookedAtRow(
                status=Status.CRITICAL if read.get(reason.thing) is False else Status.UNKNOWN,
                says=readable(reason.says, seen.zone),
            )
            for reason in failing
        ),
        confirm="Override and complete",
        comes="The step is recorded as done, over these checks.",
        reason=note,
        rule=owner,
        shows={
            "step": step.id,
            "title": step.title,
            "failing": [reason.says for reason in failing],
            **({"reason": note} if note else {}),
        },
    )


def commit_words(
    seen: Seen,
    run: RunState,
    step: Step,
    reasons: tuple[Reason, ...],
    figures: StartFigures | None,
    note: str,
) -> ActWords:
    """Give what is said of starting a step that leaves no way back, or none in time."""
    return ActWords(
        title="Start with no way back",
        about=_about(run, step),
        heading="What is lost",
        rows=(
            *(
                LookedAtRow(status=Status.WARNING, says=readable(reason.says, seen.zone))
                for reason in reasons
            ),
            *(() if figures is None else _figure_rows(seen, figures)),
        ),
        confirm="Start step",
        comes="The step starts, and from then on the way back is given up.",
        reason=note,
        word=run.release,
        is_grave=True,
        shows={
            "step": step.id,
            "title": step.title,
            "way_back": [str(reason) for reason in reasons],
            **({"reason": note} if note else {}),
        },
    )


def resume_words(seen: Seen, run: RunState) -> ActWords | None:
    """Give what is said of resuming the line, None where it is not stopped."""
    stop = run.stop
    if stop is None:
        return None
    by, at = seen.name(stop.by), clock_seconds(stop.at, seen.zone)
    holds = tuple(
        LookedAtRow(status=Status.HOLD, says=f"Still held afterwards: {'; '.join(hold.reasons)}")
        for hold in run.holds
    )
    return ActWords(
        title="Resume the line",
        about=f"{by} stopped the line at {at}",
        heading="What stands",
        rows=(
            LookedAtRow(
                status=Status.HOLD,
                says=stop.note or "No reason was given",
                note=f"stopped {minutes(seen.now - stop.at)} ago",
            ),
            *holds,
        ),
        confirm="Resume the line",
        comes="Steps may start again.",
        shows={"stopped_by": stop.by, "why": stop.note},
    )


def _about(run: RunState, step: Step) -> str:
    return f"Step {numbers(run)[step.id]}, {step.title}"


def _figure_rows(seen: Seen, figures: StartFigures) -> tuple[LookedAtRow, ...]:
    """Give the latest safe rollback start as it is, and as it would be."""
    now, after = _latest(seen, figures.latest_now), _latest(seen, figures.latest_after)
    return (
        LookedAtRow(
            status=Status.ADVISORY, says="Latest safe rollback start", note=f"{now}, then {after}"
        ),
        LookedAtRow(
            status=Status.ADVISORY,
            says="The step takes, nine times of ten",
            note=f"up to {minutes(figures.lasts)}",
        ),
    )


def _latest(seen: Seen, moment: datetime | None) -> str:
    return "none" if moment is None else clock(moment, seen.zone)
