"""The form that opens a problem: what may be chosen in it, and what was written read back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from relconsole.domain.kernel.ids import PersonId, ServiceId, StepId
from relconsole.domain.night.answer import planned_steps
from relconsole.domain.night.bridge_commands import OpenProblem
from relconsole.domain.night.facts import Followers
from relconsole.domain.night.state import UNDERWAY, RunState
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock

SEVERITIES: Final = ("minor", "major", "critical")
USUAL_SEVERITY: Final = "major"
STEP: Final = "step:"
SERVICE: Final = "service:"
_CLOCK: Final = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several; ``key`` is empty for none of them."""

    key: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemForm:
    """What may be chosen, and what stands there before anybody writes."""

    about: tuple[Choice, ...]
    people: tuple[Choice, ...]
    severities: tuple[Choice, ...]
    otherwise: tuple[Choice, ...]
    first_about: str
    severity: str
    decides: str
    decide_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemWords:
    """What was written and chosen; times are hours and minutes in the zone of the night."""

    what: str
    severity: str = USUAL_SEVERITY
    about: str = ""
    owner: str = ""
    next_word: str = ""
    incident: str = ""
    question: str = ""
    options: str = ""
    decides: str = ""
    decide_by: str = ""
    otherwise: str = Followers.HOLD.value


def present_problem_form(seen: Seen, step: StepId | None = None) -> ProblemForm | None:
    """Give the form, None where there is no night in which to open a problem."""
    run = seen.run
    if run is None or run.is_over:
        return None
    forecast = seen.forecast
    by = None if forecast is None else forecast.decide_by
    people = sorted(seen.state.workspace.estate.people.values(), key=lambda each: each.name)
    return ProblemForm(
        about=_about(seen, run),
        people=(
            Choice(key="", says="nobody yet"),
            *(Choice(key=each.id, says=each.name) for each in people),
        ),
        severities=tuple(Choice(key=each, says=each) for each in SEVERITIES),
        otherwise=(
            Choice(key=Followers.HOLD.value, says="hold stays"),
            Choice(key=Followers.ROLL_BACK.value, says="roll back"),
        ),
        first_about="" if step is None else f"{STEP}{step}",
        severity=USUAL_SEVERITY,
        decides=run.commander,
        decide_by="" if by is None or by <= seen.now else clock(by, seen.zone),
    )


def _about(seen: Seen, run: RunState) -> tuple[Choice, ...]:
    """Give the steps, those under way first, and the services that change."""
    steps = planned_steps(run)
    begun = [step for step in steps if run.steps[step.id].state in UNDERWAY]
    rest = [step for step in steps if run.steps[step.id].state not in UNDERWAY]
    numbers = {step.id: number for number, step in enumerate(steps, 1)}
    services = dict.fromkeys(item.service for item in seen.release.items)
    return (
        Choice(key="", says="the whole night"),
        *(
            Choice(key=f"{STEP}{step.id}", says=f"{numbers[step.id]} {step.title}")
            for step in (*begun, *rest)
        ),
        *(Choice(key=f"{SERVICE}{service}", says=service) for service in services),
    )


def read_clock(text: str, seen: Seen) -> datetime | None:
    """Give the next instant at which clocks of the night's zone read so, None for no such time."""
    written = _CLOCK.fullmatch(text.strip())
    if written is None:
        return None
    wall = time(int(written["hour"]), int(written["minute"]))
    zone = ZoneInfo(seen.zone)
    local = seen.now.astimezone(zone)
    found = datetime.combine(local.date(), wall, tzinfo=zone)
    if found < local - timedelta(hours=12):
        found += timedelta(days=1)
    elif found > local + timedelta(hours=12):
        found -= timedelta(days=1)
    return found.astimezone(seen.now.tzinfo)


def read_problem(seen: Seen, words: ProblemWords) -> OpenProblem | str:
    """Give the command, or why what was written cannot be one."""
    run = seen.run
    if run is None:
        return "The night has not been opened."
    if not words.what.strip():
        return "A problem says what is wrong."
    times: dict[str, datetime | None] = {}
    for name, text in (("Next word", words.next_word), ("Decide by", words.decide_by)):
        times[name] = read_clock(text, seen) if text.strip() else None
        if text.strip() and times[name] is None:
            return f"{name} reads {text.strip()}, which is no time such as 02:32."
    asks = bool(words.question.strip())
    step = words.about.removeprefix(STEP) if words.about.startswith(STEP) else ""
    service = words.about.removeprefix(SERVICE) if words.about.startswith(SERVICE) else ""
    return OpenProblem(
        run=run.id,
        problem=f"P{len(run.problems) + 1}",
        what=words.what.strip(),
        severity=words.severity,
        owner=PersonId(words.owner) if words.owner else None,
        step=StepId(step) if step else None,
        service=ServiceId(service) if service else None,
        incident=words.incident.strip(),
        next_word=times["Next word"],
        question=words.question.strip(),
        options=_options(words.options) if asks else (),
        decides=PersonId(words.decides) if asks and words.decides else None,
        decide_by=times["Decide by"] if asks else None,
        latest_decide_by=None if seen.forecast is None else seen.forecast.decide_by,
        then=Followers(words.otherwise),
    )


def _options(text: str) -> tuple[str, ...]:
    """Give the options, one a line or parted by semicolons."""
    lines = text.replace(";", "\n").splitlines()
    return tuple(line.strip() for line in lines if line.strip())
