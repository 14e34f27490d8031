"""The status page: what is off, what stands open, what runs, and who watches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from relconsole.domain.health.indicator import Watch, WatchState
from relconsole.domain.kernel.observation import Observation
from relconsole.domain.night.bridge_commands import LeaveOpen, OpenProblem
from relconsole.domain.plan.runbook import StepSilence
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.after_rollback import StatusSection, present_after_rollback
from relconsole_ui.presenters.seen import Seen
from tests.unit.presenters.rollback_nights import (
    PAY,
    PLAN,
    WATCHED,
    Night,
    begun,
    deployed,
    deploys,
    seen_of,
    with_run,
)
from tests.unit.services.rooms import METRICS, minutes, played
from tests.unit.services.rooms_s2 import ASHA, acts, keyed_room


def section(seen: Seen, heading: str) -> StatusSection:
    return next(each for each in present_after_rollback(seen) if each.heading == heading)


async def fired() -> Night:
    here = await deployed()
    await here.fires()
    return here


@played
async def test_that_there_is_no_page_before_a_rollback_was_fired() -> None:
    room = await keyed_room(PLAN)
    assert present_after_rollback(seen_of(room)) == ()
    here = await deployed()
    assert present_after_rollback(seen_of(here.room)) == ()
    await here.arms()
    assert present_after_rollback(seen_of(here.room)) == ()


@played
async def test_that_versions_are_shown_as_they_were_observed() -> None:
    here = await fired()
    assert section(seen_of(here.room), "Versions observed").lines == ()
    row = replace(here.rollback.armed.fleet[0], observed=("1.0",), ok=True)
    others = (replace(row, observed=("1.0", "2.0"), ok=False), replace(row, observed=(), ok=False))
    seen = with_run(seen_of(here.room), rollback=replace(here.rollback, fleet=(row, *others)))
    lines = section(seen, "Versions observed").lines
    assert [(line.status, line.says) for line in lines] == [
        (Status.DONE, f"{PAY} runs 1.0"),
        (Status.WARNING, f"{PAY} runs 1.0 and 2.0"),
        (Status.UNKNOWN, f"{PAY} is unknown"),
    ]
    assert lines[0].sentence == f"done, {PAY} runs 1.0, wanted 1.0"
    assert lines[0].key != lines[2].key


@played
async def test_that_what_was_not_taken_back_is_named() -> None:
    here = await fired()
    assert section(seen_of(here.room), "Not taken back").lines == ()
    armed = replace(here.rollback.armed, covered=())
    standing = with_run(seen_of(here.room), rollback=replace(here.rollback, armed=armed))
    (line,) = section(standing, "Not taken back").lines
    assert (line.says, line.note) == (f"Deploy {PAY}", "left standing")


@played
async def test_that_what_is_left_open_stands_with_owner_and_end() -> None:
    here = await fired()
    room = here.room
    assert section(seen_of(room), "Left open").lines == ()
    until = room.clock.now() + timedelta(minutes=30)
    entry = LeaveOpen(
        run=here.run, entry="lock", what="Lock of prod", owner=ASHA, closes="unlock", expires=until
    )
    await acts(room, entry)
    await acts(room, replace(entry, entry="note", expires=None))
    problem = OpenProblem(run=here.run, problem="P1", what="p95 high", severity="critical")
    await acts(room, problem)
    lines = section(seen_of(room), "Left open").lines
    assert [(line.status, line.says, line.note) for line in lines] == [
        (Status.ADVISORY, "Lock of prod; closes with unlock", "Asha, until 20:31"),
        (Status.ADVISORY, "Lock of prod; closes with unlock", "Asha"),
        (Status.WARNING, "P1: p95 high", "nobody"),
    ]
    room.clock.advance(3_600)
    assert section(seen_of(room), "Left open").lines[0].status is Status.WARNING
    found = room.run.problems["P1"]
    closed = room.run.problems.set("P1", replace(found, closed=room.clock.now()))
    assert len(section(with_run(seen_of(room), problems=closed), "Left open").lines) == 2


@played
async def test_that_a_silence_that_stands_at_its_system_is_left_open() -> None:
    silenced = replace(
        PLAN.runbook.steps[0],
        silence=StepSilence(system=METRICS, services=(PAY,), lasts=minutes(60)),
    )
    runbook = replace(PLAN.runbook, steps=(silenced, *PLAN.runbook.steps[1:]))
    here = await begun(replace(PLAN, runbook=runbook))
    await deploys(here.room, "pay")
    await here.fires()
    run = here.room.run
    effects = {
        name: replace(found, effect=replace(found.effect, remote="silence-1"))
        for name, found in run.effects.items()
    }
    seen = with_run(seen_of(here.room), effects=run.effects.update(effects))
    lines = section(seen, "Left open").lines
    assert [line.says for line in lines] == ["Alerts are silenced in metrics"]


@played
async def test_that_who_commands_watches_and_what_is_known_is_counted() -> None:
    here = await fired()
    (line,) = section(seen_of(here.room), "Who watches").lines
    assert (line.says, line.note) == ("Mara", "commands")
    here = await begun(WATCHED)
    await deploys(here.room, "pay")
    await here.fires()
    seen = seen_of(here.room)
    dark = section(seen, "Who watches").lines[1]
    assert (dark.status, dark.says, dark.note) == (
        Status.UNKNOWN,
        "1 indicator watched",
        "0 known now",
    )
    last = Observation(
        value=0.3, source="metrics", observed_at=seen.now, time_to_live=timedelta(seconds=60)
    )
    watch = Watch(indicator="p95", state=WatchState.INSIDE, last=last)
    lit = section(replace(seen, watches={"p95": watch}), "Who watches").lines[1]
    assert (lit.status, lit.note) == (Status.RUNNING, "1 known now")
