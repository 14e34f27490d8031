"""The relief brief of a run, as text and as the digest that a hand-over is bound to."""

from __future__ import annotations

from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.night.brief import brief_digest, make_brief
from relconsole.domain.night.brief_text import render_brief
from relconsole.domain.night.state import RunState
from relconsole.runtime.console import Console


def brief_of(console: Console, found: RunState, reader: PersonId) -> tuple[str, Digest]:
    """Give the brief for a reader as it is now, and its digest."""
    workspace = console.desk.state.workspace
    now = console.clock.now()
    brief = make_brief(
        found,
        workspace.releases[found.release],
        workspace.estate,
        now,
        forecast=console.forecaster.forecast(console.desk.state, found.id, now),
        reader=reader,
    )
    return render_brief(brief), brief_digest(brief)
