"""The page of prepared rollbacks: dry-run while it is in sight, one at a time, and armed from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.night.dry_run import DryRun
from relconsole.services.dry_runs import DryRuns
from relconsole.services.opening import TakenUp
from relconsole_ui.controllers.rollbacks import RollbacksController
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.rollbacks import PreparedRow
from relconsole_ui.views.rollback.prepared import RollbacksView
from tests.gui.bot import Bot
from tests.gui.rollback.kit import Bridge, bridge_of
from tests.unit.services.rooms_s2 import LEDGER, deploy, deploys, night, versions

PLAN = versions(deploy("pay"), deploy("ledger", LEDGER))
MADE = "dry run of another rollback"


async def paged(
    look: Look, bot: Bot, own: Callable[[Bridge], DryRun | None]
) -> tuple[Bridge, RollbacksView, list[None]]:
    """The page over a night whose rollback can be armed, not in sight yet."""
    found = await night(PLAN)
    await deploys(found, "pay")
    bridge = bridge_of(found, look, bot)
    await bridge.until(lambda: bridge.controller.dry_run.dry is not None)
    view, armed = bot.add(RollbacksView(look)), list[None]()
    runs = DryRuns(desk=found.desk, armourer=bridge.room.tools.armourer, clock=found.clock)
    bridge.kept.append(
        RollbacksController(
            bridge.room, view, runs, lambda: own(bridge), lambda: armed.append(None)
        )
    )
    return bridge, view, armed


def rows(view: RollbacksView) -> tuple[PreparedRow, ...]:
    return view.rows.rows


def test_that_the_page_shows_the_dry_run_of_the_bridge_and_arms_it(look: Look, bot: Bot) -> None:
    async def scene() -> None:
        bridge, view, armed = await paged(look, bot, lambda it: it.controller.dry_run.dry)
        await bridge.show()
        assert rows(view) == ()
        bot.show(view, 1200, 700)
        await bridge.show()
        assert [row.readiness for row in rows(view)] == ["reason needed"]
        assert "never rehearsed" in view.why.text()
        bot.click(view.arm)
        assert armed == [None]
        assert MADE not in bridge.tasks.names
        await bridge.tasks.close()

    asyncio.run(scene())


def test_that_the_rollbacks_of_other_nights_are_dry_run_one_at_a_time_while_in_sight(
    look: Look, bot: Bot
) -> None:
    async def scene() -> None:
        bridge, view, _ = await paged(look, bot, lambda _: None)
        here = bridge.night
        others = [replace(PLAN, id=ReleaseId(name), title=name) for name in ("fraud", "ledger")]
        known = {**here.desk.state.workspace.releases, **{each.id: each for each in others}}
        workspace = replace(here.desk.state.workspace, releases=known)
        await here.desk.must(ImportWorkspace(workspace=workspace))
        for each in others:
            taken = await here.opener.open_or_take_up(each.id, rehearsal=False)
            assert isinstance(taken, TakenUp), taken
        await bridge.show()
        assert MADE not in bridge.tasks.names
        bot.show(view, 1200, 700)
        bridge.room.show()
        bridge.room.show()
        assert bridge.tasks.names.count(MADE) == 1
        await bridge.settle()
        await bridge.show()
        await bridge.show()
        assert bridge.tasks.names.count(MADE) == 2
        await bridge.show()
        found = {str(row.key): row.why for row in rows(view)}
        assert found["fraud"] == found["ledger"] == ("nothing was started yet",)
        assert bridge.tasks.names.count(MADE) == 2
        here.clock.advance(301)
        await bridge.show()
        assert bridge.tasks.names.count(MADE) == 3
        await bridge.tasks.close()

    asyncio.run(scene())
